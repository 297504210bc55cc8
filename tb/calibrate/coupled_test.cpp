// An engine that makes a read and a write burst of every pair, cycle by cycle and beat by beat as its
// description says (docs/accuracy.md: iDMA back-end): the burst engine has the same figures at any point.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>

#include "calibrate/engines.h"
#include "platform/calibrate/fit.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using platform::ReferencePoint;
using platform::TransferFigures;

/// The memory of the calibration, a cycle at a time.
class SlowMemory {
 public:
  explicit SlowMemory(const platform::MemoryTiming& timing) : timing_(timing) {}

  bool takes_address() const { return timing_.outstanding >= 1000 || reads_.size() < timing_.outstanding; }
  bool offers_read(Cycle t) const {
    if (reads_.empty()) return false;
    if (timing_.shared) return !buffer_.empty() && buffer_.front() <= t;
    return t >= reads_.front().accepted + timing_.read_latency;
  }
  bool ends_burst() const { return reads_.front().to_deliver == 1; }
  bool takes_write(Cycle t) const { return !timing_.shared || !wants_read(t) || !read_first_; }
  bool offers_response(Cycle t) const { return !responses_.empty() && responses_.front() <= t; }

  /// What happens in cycle `t`: `beats` of a read whose address is accepted (or 0), a write beat is wanted.
  void step(Cycle t, unsigned beats, bool write, bool last) {
    const bool delivered = offers_read(t);
    const bool written = write && takes_write(t);
    if (timing_.shared && wants_read(t)) {
      if (!written) fetch(t);
      if (write) read_first_ = !read_first_;
    }
    if (offers_response(t)) responses_.pop_front();
    if (delivered) {
      if (timing_.shared) buffer_.pop_front();
      if (--reads_.front().to_deliver == 0) reads_.pop_front();
    }
    if (beats != 0) reads_.push_back({t, beats, beats});
    if (written && last) responses_.push_back(t + timing_.write_latency);
  }

 private:
  struct Read {
    Cycle accepted;
    unsigned to_fetch, to_deliver;
  };

  bool wants_read(Cycle t) const {
    if (buffer_.size() - (offers_read(t) ? 1 : 0) >= 2) return false;
    const auto next =
        std::find_if(reads_.begin(), reads_.end(), [](const Read& r) { return r.to_fetch != 0; });
    return next != reads_.end() && t >= next->accepted + std::max<Cycle>(1, timing_.read_latency - 1);
  }
  void fetch(Cycle t) {
    --std::find_if(reads_.begin(), reads_.end(), [](const Read& r) { return r.to_fetch != 0; })->to_fetch;
    buffer_.push_back(t + 1);
  }

  const platform::MemoryTiming timing_;
  std::deque<Read> reads_;
  std::deque<Cycle> buffer_, responses_;
  bool read_first_ = true;
};

/// `slots` pairs until the last write beat, `copies` until the response.
TransferFigures simulate_pairs(const ReferencePoint& p, unsigned slots, unsigned copies) {
  std::vector<unsigned> bursts;
  for (std::uint64_t at = 0, end = std::uint64_t{p.bytes} * p.transfers; at < end;) {
    const std::uint64_t bytes = std::min(
        {p.bytes - at % p.bytes, std::uint64_t{p.max_burst} * p.width_bytes, 4096 - (p.source + at) % 4096});
    bursts.push_back(static_cast<unsigned>(bytes / p.width_bytes));
    at += bytes;
  }
  SlowMemory memory(p.memory);
  TransferFigures f;
  f.first_address = f.first_read = f.first_write = kNever;
  f.read_bursts = f.write_bursts = bursts.size();
  std::deque<Cycle> data;  // read beats: when they can be written
  std::size_t made = 0, asked = 0, written = 0, answered = 0;
  unsigned beat_read = 0, beat_written = 0, reading = 0, reads = 0, writes = 0;
  for (Cycle t = 1; answered != bursts.size(); ++t) {
    if (asked == made && made != bursts.size() && made - written < slots && made - answered < copies) ++made;
    const bool address = asked != made && memory.takes_address();
    const unsigned beats = address ? bursts[asked++] : 0;
    if (address) f.first_address = std::min(f.first_address, t);
    const bool read = memory.offers_read(t);
    const bool write = !data.empty() && data.front() <= t;
    const bool last = write && beat_written + 1 == bursts[written];
    const bool response = memory.offers_response(t);
    const bool taken = write && memory.takes_write(t);
    reads = reads + (address ? 1 : 0) - (read && memory.ends_burst() ? 1 : 0);
    f.reads_outstanding = std::max(f.reads_outstanding, reads);
    if (read && beat_read == 0) ++writes;  // the address goes with the data read
    f.writes_outstanding = std::max(f.writes_outstanding, writes);
    memory.step(t, beats, write, last);
    if (read) {
      f.first_read = std::min(f.first_read, t);
      data.push_back(t + 1);
      if (++beat_read == bursts[reading]) beat_read = 0, ++reading;
    }
    if (taken) {
      f.first_write = std::min(f.first_write, t);
      data.pop_front();
      if (++beat_written == bursts[written]) beat_written = 0, ++written;
    }
    if (response) --writes, ++answered, f.cycles = t;
  }
  return f;
}

unsigned one_of(std::mt19937& random, const std::vector<unsigned>& values) {
  return values[random() % values.size()];
}

TEST(CoupledEngine, EveryFigureAtAnyPoint) {
  for (std::uint64_t seed = 1; seed <= programs(3000, 10); ++seed) {
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    const unsigned nax = one_of(random, {1, 2, 3, 4, 8, 16, 32}), more = one_of(random, {0, 1, 3, 8});
    ReferencePoint p;
    p.configuration = {{"nax", nax}, {"bufdepth", more}};
    p.width_bytes = one_of(random, {4, 8, 16, 64, 128});
    p.max_burst = one_of(random, {1, 2, 3, 8, 16, 64, 256});
    p.memory.shared = one_of(random, {0, 0, 1}) != 0;
    p.memory.read_latency = one_of(random, {1, 2, 5, 13, 40, 200});
    p.memory.write_latency = one_of(random, {1, 3, 7, 60, 200});
    p.memory.outstanding = one_of(random, {1, 2, 4, 1000, 1000});
    p.bytes = p.width_bytes * (1 + static_cast<unsigned>(random() % one_of(random, {20, 600})));
    p.source = p.destination = one_of(random, {0, 0, 2048});
    p.transfers = one_of(random, {1, 1, 2, 5});
    const TransferFigures expected = simulate_pairs(p, nax, nax + more);
    const TransferFigures f = simulate(platform::configured(idma(), p.configuration), p);
    SCOPED_TRACE("seed " + std::to_string(seed));
    EXPECT_EQ(f.cycles, expected.cycles);
    EXPECT_EQ(f.read_bursts, expected.read_bursts);
    EXPECT_EQ(f.write_bursts, expected.write_bursts);
    EXPECT_EQ(f.reads_outstanding, expected.reads_outstanding);
    EXPECT_EQ(f.writes_outstanding, expected.writes_outstanding);
    EXPECT_EQ(f.first_address, expected.first_address);
    EXPECT_EQ(f.first_read, expected.first_read);
    EXPECT_EQ(f.first_write, expected.first_write);
  }
}

/// A write that comes back so late that nothing else matters: S bursts in L + B + Lw + 1 cycles.
TEST(CoupledEngine, CopiesAwaitTheirResponses) {
  for (const unsigned copies : {2u, 5u, 11u}) {
    for (const unsigned beats : {1u, 16u}) {
      ReferencePoint p;
      p.configuration = {{"nax", 2}, {"bufdepth", copies - 2}};
      p.max_burst = beats;
      p.memory.read_latency = 3;
      p.memory.write_latency = 400;
      p.bytes = p.width_bytes * beats * 1000;
      const double expected = 1000.0 * (3 + beats + 400 + 1) / copies;
      const TransferFigures f = simulate(platform::configured(idma(), p.configuration), p);
      EXPECT_NEAR(static_cast<double>(f.cycles), expected, 0.01 * expected) << copies << " of " << beats;
      EXPECT_EQ(f.writes_outstanding, copies);
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
