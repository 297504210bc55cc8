// Peripheral sides: a source and a sink with FIFOs of their own ask for data with dma_req, dma_single and
// dma_last, over all TT_FC, sizes and timings. Nothing may be lost, moved unasked or depend on how time
// advances, and every transaction has the length its table gives it (spec dw-axi-dmac 5.6, 5.7).
#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <random>

#include "dmac/engine_rig.h"
#include "tier.h"

namespace dmavp::dmac::test {
namespace {

constexpr std::uint64_t kSourceAt = 0x1'0000'0000;
constexpr std::uint64_t kSinkAt = 0x1'0001'0000;
constexpr unsigned kSourceHs = 3;
constexpr unsigned kSinkHs = 60;
constexpr std::size_t kMemory = std::size_t{1} << 17;
constexpr std::uint64_t kFrom = 0x1000;
constexpr std::uint64_t kTo = 0x10000;

struct Program {
  Parameters p = default_parameters();
  unsigned tt_fc = 0;
  bool software = false;
  Control control;
  unsigned src_msize = 0;  ///< codes
  unsigned dst_msize = 0;
  std::uint32_t items = 1;       ///< of the source
  std::uint32_t controlled = 0;  ///< transactions until a flow controller says last
  unsigned fifo_items = 16;
  unsigned clock = 1;  ///< cycles of the controller in one of the peripherals
  unsigned gap = 0;    ///< cycles between two items of a peripheral
  Cycle latency = 3;
  std::uint64_t seed = 0;
  Cycle stop_at = kNever;
  unsigned stop = 0;  ///< 0 none, 1 suspend and resume, 2 disable, 3 abort, 4 suspend and disable
};

std::uint32_t items_of(unsigned code) { return code == 0 ? 1 : 1u << (code + 1); }

/// A FIFO between the bus and a line that fills or empties it, one item at a time.
class Peripheral {
 public:
  Peripheral(Engine& engine, unsigned hs, bool source, unsigned item, unsigned depth, unsigned burst,
             unsigned clock)
      : engine_(engine), hs_(hs), source_(source), item_(item), depth_(depth), burst_(burst), clock_(clock) {}

  DmaRequest levels() const {
    if (silent) return {};
    const std::size_t items = fifo_.size() / item_;
    const bool last = controlled != 0 && transactions + 1 == controlled;
    if (source_) return {items >= burst_, items > 0 && controlled == 0, last};
    return {items + burst_ <= depth_, items < depth_ && controlled == 0, last};
  }
  /// With the next edge of its clock.
  void drive(Cycle at) {
    driven_at_ = std::max(driven_at_, (at + clock_ - 1) / clock_ * clock_);
    engine_.request(hs_, levels(), driven_at_);
  }

  /// The line brings or takes one item.
  void tick(Cycle at) {
    if (source_ && fifo_.size() / item_ < depth_) {
      for (unsigned i = 0; i < item_; ++i) {
        fifo_.push_back(static_cast<std::byte>(line_next_ * 29 >> 3));
        ++line_next_;
      }
    } else if (!source_) {
      for (unsigned i = 0; i < item_ && !fifo_.empty(); ++i) {
        taken.push_back(fifo_.front());
        fifo_.pop_front();
      }
    } else {
      return;
    }
    drive(at);
  }

  void access(const Burst& burst, std::byte* data, Cycle at) {
    for (std::uint32_t i = 0; i < burst.bytes; ++i) {
      if (source_) {
        EXPECT_FALSE(fifo_.empty()) << "read of an empty FIFO";
        if (fifo_.empty()) return;
        given.push_back(fifo_.front());
        data[i] = fifo_.front();
        fifo_.pop_front();
      } else {
        EXPECT_LT(fifo_.size(), depth_ * item_) << "write to a full FIFO";
        fifo_.push_back(data[i]);
        given.push_back(data[i]);
      }
    }
    moved_ += burst.bytes;
    if (clock_ > 1) drive(at);
  }
  void acknowledged(bool finish, Cycle at) {
    lengths.push_back(moved_);
    moved_ = 0;
    ++transactions;
    finished = finish;
    drive((at + clock_ - 1) / clock_ * clock_ + clock_);
  }

  std::vector<std::byte> given;  ///< over the bus
  std::vector<std::byte> taken;  ///< by the line
  std::vector<std::uint32_t> lengths;
  unsigned transactions = 0;
  unsigned controlled = 0;
  bool finished = false;
  bool silent = false;

 private:
  Engine& engine_;
  unsigned hs_;
  bool source_;
  unsigned item_;
  unsigned depth_;
  unsigned burst_;
  unsigned clock_;
  Cycle driven_at_ = 0;
  std::deque<std::byte> fifo_;
  std::uint32_t moved_ = 0;
  std::uint64_t line_next_ = 0;
};

/// Memory below, a source and a sink above.
class Port final : public AxiPort {
 public:
  explicit Port(ArrayPort& array) : array_(array) {}
  bool immediate() const override { return true; }
  Path path(unsigned master, std::uint64_t address, bool write) override {
    if (address < kMemory) return array_.path(master, address, write);
    return {address & ~0xFFFull, address | 0xFFF, array_.read_latency, nullptr};
  }
  AxiStatus commit(const Burst& burst, const BurstTimes& times, std::byte* data) override {
    if (burst.address < kMemory) return array_.commit(burst, times, data);
    EXPECT_TRUE(burst.fixed);
    (burst.address == kSourceAt ? source : sink)->access(burst, data, times.response);
    return AxiStatus::kOkay;
  }
  void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}

  Peripheral* source = nullptr;
  Peripheral* sink = nullptr;

 private:
  ArrayPort& array_;
};

struct Client final : EngineClient {
  void channel_event(unsigned channel, IntStatus bits, Cycle cycle) override {
    events.push_back({channel, bits, cycle});
  }
  void acknowledge(unsigned hs, bool finish, Cycle cycle) override {
    (hs == kSourceHs ? source : sink)->acknowledged(finish, cycle);
  }
  void software_handshake_done(unsigned, bool destination) override {
    (destination ? sink : source)->acknowledged(false, cycle_of_last());
    ++software_done[destination ? 1 : 0];
  }
  void diagnostic(unsigned, Severity, const char*, const char*, Cycle) override {}
  Cycle cycle_of_last() const { return events.empty() ? 0 : events.back().cycle; }

  std::vector<Event> events;
  std::array<unsigned, 2> software_done{};
  Peripheral* source = nullptr;
  Peripheral* sink = nullptr;
};

struct Outcome {
  std::vector<Event> events;
  std::vector<std::uint32_t> lengths[2];
  std::vector<std::byte> memory, given[2], taken;
  std::vector<std::uint64_t> numbers;
  bool finish[2] = {};

  bool done() const {
    for (const Event& e : events) {
      if (e.bits == kDmaTfrDone) return true;
    }
    return false;
  }
};

enum class Slicing { kFine, kSteps, kWakes };

bool from_peripheral(unsigned tt_fc) { return tt_fc >= 2 && tt_fc != 6; }
bool to_peripheral(unsigned tt_fc) { return tt_fc != 0 && tt_fc != 2 && tt_fc != 4; }

Outcome play(const Program& g, Slicing slicing) {
  ArrayPort array(kMemory);
  for (std::size_t i = 0; i < kMemory; i += 8) array.store(i, i * 0x9E3779B97F4A7C15u, 8);
  array.read_latency = g.latency;
  array.write_latency = g.latency / 2;
  Port port(array);
  Client client;
  Engine engine(g.p, Clock(1'000'000'000), {"dmac0"}, port, client);
  const unsigned src_item = 1u << g.control.src_width;
  const unsigned dst_item = 1u << g.control.dst_width;
  Peripheral source(engine, kSourceHs, true, src_item, g.fifo_items, items_of(g.src_msize), g.clock);
  Peripheral sink(engine, kSinkHs, false, dst_item, g.fifo_items, items_of(g.dst_msize), g.clock);
  source.controlled = g.tt_fc == 4 || g.tt_fc == 5 ? g.controlled : 0;
  sink.controlled = g.tt_fc == 6 || g.tt_fc == 7 ? g.controlled : 0;
  port.source = client.source = &source;
  port.sink = client.sink = &sink;

  Control control = g.control;
  control.src_fixed = from_peripheral(g.tt_fc);
  control.dst_fixed = to_peripheral(g.tt_fc);
  engine.set_sar(0, control.src_fixed ? kSourceAt : kFrom);
  engine.set_dar(0, control.dst_fixed ? kSinkAt : kTo);
  engine.set_block_ts(0, g.items - 1);
  engine.set_ctl(0, control.raw() | std::uint64_t{g.src_msize} << 14 | std::uint64_t{g.dst_msize} << 18);
  ChannelConfig config;
  config.tt_fc = static_cast<std::uint8_t>(g.tt_fc);
  config.src_per = kSourceHs;
  config.dst_per = kSinkHs;
  config.hs_sel_src = config.hs_sel_dst = g.software;
  config.src_osr_limit = config.dst_osr_limit = 4;
  engine.set_config(0, config);
  engine.enable(0);

  std::mt19937_64 random(g.seed);
  const Cycle end = 60'000;
  Cycle next_tick = 0;
  Cycle stop_at = g.stop_at;
  Cycle then = kNever;
  while (engine.now() < end) {
    const Cycle event = std::min({next_tick, stop_at, then, end});
    for (unsigned idle = 0; engine.now() < event;) {
      const Cycle wake = engine.next_wake();
      idle = wake > engine.now() ? 0 : idle + 1;
      if (idle > 1000) {
        ADD_FAILURE() << "wants to be woken at once for ever, cycle " << engine.now();
        return {};
      }
      Cycle to = event;
      if (slicing == Slicing::kFine) to = engine.now() + 1;
      if (slicing == Slicing::kWakes) to = std::min(to, std::max(wake, engine.now()));
      engine.advance(to);
    }
    if (engine.now() >= next_tick) {
      source.tick(engine.now());
      sink.tick(engine.now());
      engine.advance(engine.now());
      if (g.software && engine.enabled(0)) {
        // Software polls the FIFOs and asks in place of the lines.
        engine.software_request(0, false, source.levels());
        engine.software_request(0, true, sink.levels());
      }
      next_tick = engine.now() + 1 + random() % (g.gap + 1);
    }
    if (engine.now() >= then) {
      then = kNever;
      if (g.stop == 1) engine.resume(0);
      if (g.stop == 4) engine.disable(0);
    } else if (engine.now() >= stop_at) {
      stop_at = kNever;
      then = g.stop == 1 || g.stop == 4 ? engine.now() + 300 : kNever;
      if (g.stop == 1 || g.stop == 4) engine.suspend(0);
      if (g.stop == 2) engine.disable(0);
      if (g.stop == 3) engine.abort(0);
    }
  }
  Outcome o;
  o.events = client.events;
  o.lengths[0] = source.lengths;
  o.lengths[1] = sink.lengths;
  o.given[0] = source.given;
  o.given[1] = sink.given;
  o.taken = sink.taken;
  o.memory = array.memory;
  o.finish[0] = source.finished;
  o.finish[1] = sink.finished;
  const ChannelStatistics s = engine.channel_statistics(0);
  o.numbers = {engine.sar(0), engine.dar(0),   engine.status(0), engine.block_ts(0), engine.enabled(0),
               s.bytes_read,  s.bytes_written, s.read_bursts,    s.write_bursts,     s.blocks};
  for (const SideStatistics* side : {&s.reader, &s.writer}) {
    Cycle sum = 0;
    for (Cycle cycles : side->cycles) sum += cycles;
    EXPECT_EQ(sum, engine.now());
    o.numbers.insert(o.numbers.end(), side->cycles.begin(), side->cycles.end());
  }
  return o;
}

Program random_program(std::uint64_t seed, bool stops) {
  std::mt19937_64 random(seed);
  const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
  Program g;
  g.seed = seed;
  g.tt_fc = 1 + below(7);
  g.software = below(4) == 0;
  g.p.fifo_depth = 8u << below(4);
  g.p.handshake_latency = below(4);
  g.p.residue_policy = below(2) ? ResiduePolicy::kDrop : ResiduePolicy::kFlush;
  g.p.write_start = below(2) ? WriteStart::kCutThrough : WriteStart::kStoreAndForward;
  g.control.src_width = below(4);
  g.control.dst_width = below(4);
  g.control.burst = below(2) ? 1u << below(5) : 0;
  g.src_msize = below(4);
  g.dst_msize = below(4);
  g.items = 1 + below(200);
  g.fifo_items = 16 + below(17);
  g.gap = below(8);
  g.latency = below(20);
  g.controlled = 1 + below(20);
  if (below(2)) g.clock = 2 + below(4);
  if (stops) {
    g.stop = 1 + below(4);
    g.stop_at = 1 + below(2500);
  }
  return g;
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.events, b.events);
  EXPECT_EQ(a.numbers, b.numbers);
  for (int i : {0, 1}) {
    EXPECT_EQ(a.lengths[i], b.lengths[i]);
    EXPECT_TRUE(a.given[i] == b.given[i]);
  }
  EXPECT_TRUE(a.taken == b.taken);
  EXPECT_TRUE(a.memory == b.memory);
}

/// What transactions of a side must have been, from its table.
std::vector<std::uint32_t> expected_lengths(std::uint32_t total, std::uint32_t item, std::uint32_t burst,
                                            const std::vector<std::uint32_t>& seen) {
  std::vector<std::uint32_t> lengths;
  for (std::uint32_t left = total, i = 0; left > 0; ++i) {
    std::uint32_t n = burst;
    if (left < burst) {  // the single region: one item, or all the rest where dma_req was there
      n = std::min(item, left);
      if (i < seen.size() && seen[i] == left) n = left;
    }
    lengths.push_back(n);
    left -= n;
  }
  return lengths;
}

TEST(Handshake, EveryByteArrivesInTransactionsOfTheTable) {
  std::map<unsigned, unsigned> seen;
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(10000, 20);
       ++seed) {
    const Program g = random_program(seed, false);
    const Outcome o = play(g, Slicing::kWakes);
    SCOPED_TRACE("seed " + std::to_string(seed) + " TT_FC " + std::to_string(g.tt_fc));
    ASSERT_TRUE(o.done());
    ++seen[g.tt_fc * 2 + g.software];
    const std::uint32_t src_item = 1u << g.control.src_width;
    const std::uint32_t dst_item = 1u << g.control.dst_width;
    std::uint32_t read = g.items * src_item;
    std::uint32_t written = read;
    if (g.tt_fc == 4 || g.tt_fc == 5) read = written = g.controlled * items_of(g.src_msize) * src_item;
    if (g.tt_fc == 6 || g.tt_fc == 7) {
      written = g.controlled * items_of(g.dst_msize) * dst_item;
      read = (written + src_item - 1) / src_item * src_item;
    } else if (g.p.residue_policy == ResiduePolicy::kDrop) {
      written -= written % dst_item;
    }
    EXPECT_EQ(o.numbers[5], read);
    EXPECT_EQ(o.numbers[6], written);
    // A source that follows a destination in control knows no more than the length so far.
    if (from_peripheral(g.tt_fc) && g.tt_fc != 7) {
      EXPECT_EQ(o.lengths[0],
                expected_lengths(read, src_item, items_of(g.src_msize) * src_item, o.lengths[0]));
      if (!g.software) {
        EXPECT_TRUE(o.finish[0]);
      }
    }
    if (to_peripheral(g.tt_fc) && g.tt_fc != 5) {
      EXPECT_EQ(o.lengths[1],
                expected_lengths(written, dst_item, items_of(g.dst_msize) * dst_item, o.lengths[1]));
    }
    for (std::uint32_t i = 0; i < written; ++i) {
      const std::byte from = from_peripheral(g.tt_fc) ? o.given[0][i] : o.memory[kFrom + i];
      const std::byte to = to_peripheral(g.tt_fc) ? o.given[1][i] : o.memory[kTo + i];
      ASSERT_EQ(from, to) << "byte " << i;
    }
    ASSERT_FALSE(HasFailure());
  }
  if (tb::programs(10000, 20) >= 200) {
    EXPECT_EQ(seen.size(), 14u) << "every TT_FC by hardware and by software";
  }
}

TEST(Handshake, HowTimeAdvancesChangesNothing) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(1000, 5); ++seed) {
    const Program g = random_program(seed, seed % 3 != 0);
    SCOPED_TRACE("seed " + std::to_string(seed) + " TT_FC " + std::to_string(g.tt_fc));
    const Outcome fine = play(g, Slicing::kFine);
    expect_same(fine, play(g, Slicing::kSteps));
    expect_same(fine, play(g, Slicing::kWakes));
    ASSERT_FALSE(HasFailure());
  }
}

// Stopped at any moment: what has been read and written is a prefix, and nothing moves afterwards.
void check_stopped(const Program& g) {
  const Outcome o = play(g, Slicing::kWakes);
  ASSERT_FALSE(::testing::Test::HasFailure());
  const std::uint64_t written = o.numbers[6];
  ASSERT_LE(written, o.numbers[5]);
  for (std::uint64_t i = 0; i < written; ++i) {
    const std::byte from = from_peripheral(g.tt_fc) ? o.given[0][i] : o.memory[kFrom + i];
    const std::byte to = to_peripheral(g.tt_fc) ? o.given[1][i] : o.memory[kTo + i];
    ASSERT_EQ(from, to) << "byte " << i;
  }
  if (to_peripheral(g.tt_fc)) {
    EXPECT_EQ(o.given[1].size(), written);
  }
  if (from_peripheral(g.tt_fc)) {
    EXPECT_EQ(o.given[0].size(), o.numbers[5]);
  }
  EXPECT_EQ(o.numbers[4], 0u) << "still enabled";
  IntStatus bits = 0;
  for (const Event& e : o.events) bits |= e.bits;
  if (g.stop == 1) {
    EXPECT_TRUE(o.done());
  } else if (!o.done()) {
    EXPECT_NE(bits & (g.stop == 3 ? kChAborted : kChDisabled), 0u);
  }
}

TEST(Handshake, StopsAtAnyMomentKeepTheStream) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(2000, 4); ++seed) {
    const Program g = random_program(seed, true);
    SCOPED_TRACE("seed " + std::to_string(seed) + " TT_FC " + std::to_string(g.tt_fc) + " stop " +
                 std::to_string(g.stop));
    check_stopped(g);
    ASSERT_FALSE(HasFailure());
  }
}

/// The source has been read, its last bytes do not fill an item of the sink, and the sink is not ready.
TEST(Handshake, SuspensionWaitsForTheRequestOfTheLastBytes) {
  Program g;
  g.tt_fc = 1;
  g.control.src_width = 1;
  g.control.dst_width = 2;
  g.p.residue_policy = ResiduePolicy::kFlush;
  g.items = 7;
  g.gap = 7;
  g.clock = 4;
  for (g.stop = 1; g.stop <= 4; ++g.stop) {
    for (g.stop_at = 1; g.stop_at < 250; ++g.stop_at) {
      SCOPED_TRACE("stop " + std::to_string(g.stop) + " at " + std::to_string(g.stop_at));
      check_stopped(g);
      ASSERT_FALSE(HasFailure());
    }
  }
}

}  // namespace
}  // namespace dmavp::dmac::test
