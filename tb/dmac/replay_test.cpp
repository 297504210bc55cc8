// A channel whose bursts are transactions is replayed once its period is known (engine_steady.cpp). Whoever
// looks in from within a burst, stops the channel there or refuses the burst must find and cause exactly what
// stepping cycle by cycle has.
#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <string>

#include "dmac/engine_rig.h"
#include "tier.h"

namespace dmavp::dmac::test {
namespace {

constexpr std::size_t kMemory = std::size_t{1} << 18;

struct Program {
  Parameters p = default_parameters();
  Control control;
  std::uint32_t bytes = 0;
  unsigned outstanding = 1;
  Cycle read_latency = 0;
  Cycle write_latency = 0;
  std::uint64_t page = kMemory;  ///< size of the paths the port knows
  unsigned at_commit = 0;
  enum Kind { kLook, kLookOften, kSuspend, kDisable, kAbort, kSecondChannel, kSlvErr, kDecErr, kKinds } kind;
};

Program random_program(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  Program g;
  g.p.issue_interval = 1 + below(3);
  g.p.burst_overhead = below(3);
  g.p.fifo_depth = 64u << below(3);
  g.p.write_start = below(2) ? WriteStart::kCutThrough : WriteStart::kStoreAndForward;
  g.p.write_slot_release = below(2) ? SlotRelease::kResponse : SlotRelease::kLastBeat;
  g.p.shared_data_port = below(3) == 0;
  g.control.src_width = 2 + below(3);
  g.control.dst_width = 2 + below(3);
  g.control.burst = 1u << below(5);
  g.bytes = 16384 + 64 * below(64);
  g.outstanding = 1 + below(6);
  g.read_latency = below(40);
  g.write_latency = below(20);
  g.page = below(2) ? kMemory : 4096;
  g.kind = static_cast<Program::Kind>(below(Program::kKinds));
  g.at_commit = 20 + below(g.bytes >> (g.control.src_width - 1) / g.control.burst);
  return g;
}

/// Paths page by page, as from targets that say nothing of their extent.
class PagedPort final : public AxiPort {
 public:
  PagedPort(ArrayPort& array, std::uint64_t page) : array_(array), page_(page) {}
  bool immediate() const override { return true; }
  Path path(unsigned master, std::uint64_t address, bool write) override {
    Path whole = array_.path(master, address, write);
    if (address < kMemory) {
      whole.first = address & ~(page_ - 1);
      whole.last = whole.first + page_ - 1;
    }
    return whole;
  }
  AxiStatus commit(const Burst& burst, const BurstTimes& times, std::byte* data) override {
    return array_.commit(burst, times, data);
  }
  void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}

 private:
  ArrayPort& array_;
  std::uint64_t page_;
};

struct Outcome {
  std::vector<std::byte> memory;
  std::vector<Event> events;
  std::vector<std::uint64_t> bursts;
  std::vector<std::uint64_t> seen;
};

enum class Slicing { kFine, kOneGo, kWakes };

Outcome play(const Program& g, Slicing slicing) {
  ArrayPort array(kMemory);
  for (std::size_t i = 0; i < kMemory; i += 8) array.store(i, i * 0x9E3779B97F4A7C15u, 8);
  array.read_latency = g.read_latency;
  array.write_latency = g.write_latency;
  PagedPort port(array, g.page);
  Recorder client;
  const Clock clock(1'000'000'000);
  Engine engine(g.p, clock, {"dmac0"}, port, client);
  Outcome outcome;

  const auto look = [&] {
    for (unsigned ch = 0; ch < 2; ++ch) {
      const ChannelStatistics s = engine.channel_statistics(ch);
      for (std::uint64_t n : {engine.now(), engine.sar(ch), engine.dar(ch), engine.status(ch),
                              std::uint64_t{engine.block_ts(ch)}, std::uint64_t{engine.fifo_bytes(ch)},
                              std::uint64_t{engine.enabled(ch)}, s.bytes_read, s.bytes_written, s.read_bursts,
                              s.write_bursts}) {
        outcome.seen.push_back(n);
      }
      for (const SideStatistics* side : {&s.reader, &s.writer}) {
        outcome.seen.insert(outcome.seen.end(), side->cycles.begin(), side->cycles.end());
        EXPECT_EQ(std::accumulate(side->cycles.begin(), side->cycles.end(), Cycle{0}), engine.now());
      }
    }
    const PortStatistics s = engine.port_statistics(0);
    for (const PortStatistics::Wire& w : {s.ar, s.r, s.aw, s.w, s.b}) {
      outcome.seen.push_back(w.busy);
      outcome.seen.push_back(w.stalled);
    }
  };
  const auto program = [&](unsigned ch, std::uint64_t src, std::uint64_t dst, std::uint32_t bytes) {
    engine.set_sar(ch, src);
    engine.set_dar(ch, dst);
    engine.set_block_ts(ch, (bytes >> g.control.src_width) - 1);
    engine.set_ctl(ch, g.control.raw());
    ChannelConfig config;
    config.src_osr_limit = config.dst_osr_limit = static_cast<std::uint8_t>(g.outstanding);
    engine.set_config(ch, config);
  };
  if (g.kind == Program::kSlvErr || g.kind == Program::kDecErr) {
    array.fail_commit = g.at_commit;
    array.fail_status = g.kind == Program::kSlvErr ? AxiStatus::kSlvErr : AxiStatus::kDecErr;
  }
  array.on_commit = [&](const Burst& b, const BurstTimes& t) {
    for (std::uint64_t n :
         {b.address, std::uint64_t{b.bytes}, std::uint64_t{b.beats}, std::uint64_t{b.channel},
          std::uint64_t{b.write}, t.accepted, t.first_beat, t.last_beat, t.response}) {
      outcome.bursts.push_back(n);
    }
    const unsigned number = array.commits - 1;
    if (g.kind == Program::kLookOften && number % 7 == g.at_commit % 7) look();
    if (number != g.at_commit) return;
    look();
    if (g.kind == Program::kSuspend) engine.suspend(0);
    if (g.kind == Program::kDisable) engine.disable(0);
    if (g.kind == Program::kAbort) engine.abort(0);
    if (g.kind == Program::kSecondChannel) engine.enable(1);
    look();
  };
  program(0, 0, kMemory / 2, g.bytes);
  program(1, kMemory / 4, kMemory / 4 * 3, 4096);
  engine.enable(0);
  const Cycle end = 400'000;
  while (engine.now() < end) {
    const Cycle wake = engine.next_wake();
    Cycle to = end;
    if (slicing == Slicing::kFine && wake != kNever) to = engine.now() + 1;
    if (slicing == Slicing::kWakes) to = std::min(to, std::max(wake, engine.now()));
    engine.advance(to);
  }
  look();
  if (g.kind == Program::kSuspend && engine.enabled(0)) {
    engine.resume(0);
    engine.advance(2 * end);
    look();
  }
  outcome.memory = array.memory;
  outcome.events = client.events;
  return outcome;
}

TEST(Replay, EqualsSteppingWhateverHappensWithinABurst) {
  unsigned stopped = 0;
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(8000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program(seed);
    const Outcome stepped = play(g, Slicing::kFine);
    for (Slicing slicing : {Slicing::kOneGo, Slicing::kWakes}) {
      const Outcome other = play(g, slicing);
      ASSERT_EQ(other.events, stepped.events) << "seed " << seed << " kind " << g.kind;
      ASSERT_EQ(other.bursts, stepped.bursts) << "seed " << seed << " kind " << g.kind;
      ASSERT_EQ(other.seen, stepped.seen) << "seed " << seed << " kind " << g.kind;
      ASSERT_TRUE(other.memory == stepped.memory) << "seed " << seed << " kind " << g.kind;
    }
    stopped += stepped.events.empty() || stepped.events[0].bits != kDmaTfrDone;
  }
  EXPECT_GT(stopped, 0u);
}

}  // namespace
}  // namespace dmavp::dmac::test
