// The closed forms of a block against the burst engine, and the shares of a wire.
#include "platform/why/steady.h"

#include <gtest/gtest.h>

#include <random>

#include "dmac/engine_rig.h"
#include "tier.h"

namespace dmavp::platform::why {
namespace {

using dmac::Cause;
using dmac::test::Control;
using dmac::test::Rig;

/// Cycles from the first address to the last response of a block, by the engine.
double simulated(const dmac::Parameters& p, const Load& load) {
  Rig rig(p, std::size_t{1} << 19);
  rig.port.read_latency = load.read_latency;
  rig.port.write_latency = load.write_latency;
  Control control;
  control.src_width = control.dst_width = 0;
  while (1u << control.src_width < load.read_width) ++control.src_width;
  while (1u << control.dst_width < load.write_width) ++control.dst_width;
  control.burst = load.read_burst;
  rig.program(0, load.displacement, 1u << 18, static_cast<std::uint32_t>(load.block_bytes), control,
              load.read_osr);
  rig.engine.enable(0);
  rig.run();
  const auto& cycles = rig.engine.channel_statistics(0).reader.cycles;
  double sum = 0;
  for (const Cause cause :
       {Cause::kTransferring, Cause::kArbitration, Cause::kOutstandingLimit, Cause::kFifo, Cause::kMemory})
    sum += static_cast<double>(cycles[static_cast<unsigned>(cause)]);
  return sum;
}

unsigned pick(std::mt19937_64& random, std::initializer_list<unsigned> values) {
  return *(values.begin() + random() % values.size());
}

/// In bursts of 8 beats of 8 bytes, 16 outstanding.
Load blocks_of(double bytes, Cycle read_latency, Cycle write_latency) {
  Load load;
  load.block_bytes = bytes;
  load.read_width = load.write_width = 8;
  load.read_burst = load.write_burst = 8;
  load.read_osr = load.write_osr = 16;
  load.read_latency = read_latency;
  load.write_latency = write_latency;
  return load;
}

TEST(Steady, BlocksTakeAsLongAsInTheEngine) {
  unsigned far = 0, all = 0;
  std::string table;
  const std::uint64_t programs = tb::programs(2000, 4);
  for (std::uint64_t seed = 0; seed < programs; ++seed) {
    SCOPED_TRACE(tb::first_program() + seed);
    std::mt19937_64 random(tb::first_program() + seed);
    dmac::Parameters p = dmac::test::default_parameters();
    p.data_width_bytes = pick(random, {4, 8, 16, 32});
    p.fifo_depth = pick(random, {8, 16, 32, 64, 128, 512});
    p.burst_overhead = pick(random, {0, 0, 1, 4});
    p.write_overhead = random() % 2 != 0;
    p.issue_interval = pick(random, {1, 1, 3, 12});
    p.cut_through_delay = pick(random, {1, 3});
    p.write_start = random() % 2 ? dmac::WriteStart::kCutThrough : dmac::WriteStart::kStoreAndForward;
    p.read_slot_release = random() % 4 ? dmac::SlotRelease::kLastBeat : dmac::SlotRelease::kLastWriteBeat;
    p.write_slot_release = random() % 4 ? dmac::SlotRelease::kResponse : dmac::SlotRelease::kLastBeat;
    p.read_slot_latency = pick(random, {0, 0, 2});
    p.copy_limit = pick(random, {0, 0, 0, 2, 5});
    p.fifo_credit = random() % 4 ? dmac::FifoCredit::kBurst : dmac::FifoCredit::kBeat;
    p.fifo_release = random() % 4 ? dmac::FifoRelease::kResponse : dmac::FifoRelease::kWriteBeat;
    p.fifo_latency = pick(random, {0, 1, 4});
    Load load;
    load.read_width = load.write_width = p.data_width_bytes;
    load.block_bytes = p.data_width_bytes * pick(random, {64, 256, 500, 1024, 4096});
    load.read_burst = load.write_burst = pick(random, {1, 4, 8, 16, 32});
    load.read_osr = load.write_osr = pick(random, {1, 2, 4, 16});
    load.read_latency = pick(random, {1, 4, 10, 30, 100});
    load.write_latency = pick(random, {1, 6, 20, 60});
    const Pace predicted = pace(p, load);
    const double cycles = simulated(p, load);
    const double ratio = predicted.block_cycles(load.block_bytes) / cycles;
    ++all;
    if (std::abs(ratio - 1) <= 0.03) continue;
    ++far;
    table += "seed " + std::to_string(seed) + " ratio " + std::to_string(ratio) + " simulated " +
             std::to_string(cycles) + " loop " + std::to_string(static_cast<int>(predicted.slowest().limit)) +
             " B " + std::to_string(load.read_burst) + " N " + std::to_string(load.read_osr) + " L " +
             std::to_string(load.read_latency) + "/" + std::to_string(load.write_latency) + " depth " +
             std::to_string(p.fifo_depth) + " h " + std::to_string(p.burst_overhead) + " cut " +
             std::to_string(static_cast<int>(p.write_start)) + " slot " +
             std::to_string(static_cast<int>(p.read_slot_release)) + "/" +
             std::to_string(static_cast<int>(p.write_slot_release)) + " copy " +
             std::to_string(p.copy_limit) + " credit " + std::to_string(static_cast<int>(p.fifo_credit)) +
             " release " + std::to_string(static_cast<int>(p.fifo_release)) + " issue " +
             std::to_string(p.issue_interval) + " shared " + std::to_string(p.shared_data_port) +
             " displaced " + std::to_string(load.displacement) + " bytes " +
             std::to_string(load.block_bytes / p.data_width_bytes) + "\n";
  }
  EXPECT_LE(far, all / 20) << far << " of " << all << " blocks are predicted more than 3 % wrong:\n" << table;
}

// Behind a boundary of 4 KiB reads begin in the middle of a write, which needs the next one, too.
TEST(Steady, DisplacedReadsTakeRoomInTheFifo) {
  for (const unsigned depth : {16u, 32u, 64u, 128u}) {
    dmac::Parameters p = dmac::test::default_parameters();
    p.fifo_depth = depth;
    Load load = blocks_of(1 << 17, 150, 20);
    for (const unsigned displacement : {0u, 32u, 64u, 4096u - 24}) {
      load.displacement = displacement;
      load.split_reads = displacement % 64 != 0 ? 1 : 0;
      EXPECT_NEAR(pace(p, load).block_cycles(load.block_bytes) / simulated(p, load), 1, 0.03)
          << depth << " deep, displaced by " << displacement;
    }
  }
}

// Read slots that the last write beat frees, and bursts until their response: as few as one.
TEST(Steady, LimitsThatWaitForWritesHold) {
  for (const unsigned limit : {1u, 2u, 4u}) {
    for (const bool copies : {false, true}) {
      for (const dmac::WriteStart start :
           {dmac::WriteStart::kCutThrough, dmac::WriteStart::kStoreAndForward}) {
        dmac::Parameters p = dmac::test::default_parameters();
        p.fifo_depth = 512;
        p.write_start = start;
        (copies ? p.copy_limit : p.read_limit) = limit;
        if (!copies) p.read_slot_release = dmac::SlotRelease::kLastWriteBeat;
        const Load load = blocks_of(1 << 15, 40, 60);
        EXPECT_NEAR(pace(p, load).block_cycles(load.block_bytes) / simulated(p, load), 1, 0.01)
            << limit << (copies ? " copies" : " reads");
      }
    }
  }
}

// N*B / (L + B + h) beats a cycle, until the wire is full.
TEST(Steady, OutstandingReadsHideTheLatency) {
  dmac::Parameters p = dmac::test::default_parameters();
  p.fifo_depth = 1024;
  p.burst_overhead = 2;
  Load load;
  load.block_bytes = 1 << 20;
  load.read_width = load.write_width = 8;
  load.read_burst = load.write_burst = 16;
  load.read_latency = 62;
  load.write_osr = 16;
  for (const auto& [n, cycles] : {std::pair{1u, 80.0}, {2u, 40.0}, {4u, 20.0}, {8u, 18.0}, {16u, 18.0}}) {
    load.read_osr = n;
    EXPECT_DOUBLE_EQ(pace(p, load).cycles_per_burst(), cycles) << n;
    EXPECT_EQ(pace(p, load).slowest().limit, n < 8 ? Limit::kReadSlots : Limit::kReadData) << n;
    EXPECT_DOUBLE_EQ(pace(p, load).demand(), 18.0 / cycles) << n;
  }
}

TEST(Steady, WiresAreSharedByPriorityAndEqually) {
  using testing::Test;
  const auto near = [](const std::vector<double>& a, const std::vector<double>& b) {
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-9) << i;
  };
  near(fair_shares({{1, 1, 0}}), {1});
  near(fair_shares({{1, 1, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}}), {0.25, 0.25, 0.25, 0.25});
  near(fair_shares({{0.2, 1, 0}, {1, 1, 0}, {1, 1, 0}}), {1.0 / 3, 0.4, 0.4});
  near(fair_shares({{0.7, 1, 1}, {1, 1, 0}}), {1.0, 0.3});
  near(fair_shares({{1, 0.5, 1}, {1, 1, 0}}), {1.0, 0.5});
}

TEST(Steady, ChannelsThatBeginTogetherEndWhenTheWireLetsThem) {
  EXPECT_NEAR(all_done({{100, 40, 0}}), 100, 1e-6);
  EXPECT_NEAR(all_done({{100, 40, 0}, {80, 40, 0}}), 100, 1e-6);                  // both fit
  EXPECT_NEAR(all_done({{100, 100, 0}, {100, 100, 0}, {50, 50, 0}}), 250, 1e-6);  // the wire is always busy
  // The first takes 80 % for 100 cycles and leaves 20; alone the rest goes at its own speed.
  EXPECT_NEAR(all_done({{100, 80, 1}, {100, 50, 0}}), 100 + 100 * 0.6, 1e-6);
}

TEST(Steady, ItemsTakeAnAccessForEachBurst) {
  dmac::Parameters p = dmac::test::default_parameters();
  Load load;
  load.read_latency = 30;
  load.write_latency = 7;
  EXPECT_DOUBLE_EQ(item_cycles(p, load, false), 5 + 30);
  EXPECT_DOUBLE_EQ(item_cycles(p, load, true), 3 + 7);
  p.max_burst_len = 2;
  EXPECT_DOUBLE_EQ(item_cycles(p, load, false), 5 + 3 * 30);
  EXPECT_DOUBLE_EQ(item_cycles(p, load, true), 3 + 2 * 7);
}

}  // namespace
}  // namespace dmavp::platform::why
