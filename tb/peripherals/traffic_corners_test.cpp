// Blocks, switches and narrow accesses of the traffic source and sink (docs/traffic.md; spec boards 7.5).
#include <gtest/gtest.h>

#include <utility>

#include "peripherals/traffic_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

void sink(TrafficRig& d, unsigned from, unsigned count) {
  for (unsigned i = from; i < from + count; ++i) d.write(SINK, traffic::pattern(1, i));
}

/// A block that is no multiple of BURST has as many items as it says.
TEST(TrafficCorners, BlocksEndWithinABurst) {
  TrafficRig d;
  d.write(BURST, 4);
  d.write(GAP, 10);
  d.write(SOURCE_LENGTH, 6);
  d.write(CTRL, 2);
  d.run_to(1000);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 6u);
  EXPECT_EQ(d.core.statistics().source_made, 6u);
}

/// A sink is done when its items have come and left.
TEST(TrafficCorners, SinkIsDoneWhenItIsEmpty) {
  TrafficRig d;
  d.write(BURST, 2);
  d.write(GAP, 10);
  d.write(SINK_LENGTH, 5);
  d.write(CTRL, 1);
  sink(d, 0, 5);
  for (const auto& [cycle, done] : {std::pair(10u, false), std::pair(20u, false), std::pair(30u, true)}) {
    d.run_to(cycle);
    EXPECT_EQ((d.read(STATUS) & 0x200) != 0, done) << cycle;
  }
}

/// Switched on, a side begins anew: its FIFO, the pattern, and what the line may miss.
TEST(TrafficCorners, SwitchingOnBeginsAnew) {
  TrafficRig d;
  d.write(GAP, 100);
  d.write(CTRL, 1);
  sink(d, 0, 3);
  d.write(CTRL, 0);
  d.run_to(1000);
  EXPECT_EQ(d.read(SINK_LEVEL), 3u);
  d.write(CTRL, 1);
  EXPECT_EQ(d.read(SINK_LEVEL), 0u);
  d.run_to(2000);
  EXPECT_EQ(d.read(STARVED), 0u) << "it has not begun";
  sink(d, 0, 1);
  EXPECT_EQ(d.read(MISMATCHES), 0u);
}

TEST(TrafficCorners, AnEmptySourceGivesItsLastItemAgain) {
  TrafficRig d;
  d.write(GAP, 10);
  d.write(SOURCE_LENGTH, 2);
  d.write(CTRL, 2);
  d.run_to(100);
  d.read(SOURCE);
  const std::uint32_t last = d.read(SOURCE);
  EXPECT_EQ(last, traffic::pattern(1, 1) & 0xFFFF'FFFF);
  EXPECT_EQ(d.read(SOURCE), last);
  EXPECT_EQ(d.read(UNDERRUNS), 1u);
  EXPECT_EQ(d.read(STATUS) & 0x400, 0x400u);
}

/// A write of BURST or GAP begins a gap, on both sides.
TEST(TrafficCorners, AnotherRateBeginsAGap) {
  TrafficRig d;
  d.write(GAP, 100);
  d.write(CTRL, 3);
  sink(d, 0, 8);
  d.run_to(90);
  d.write(BURST, 2);
  d.run_to(189);
  EXPECT_EQ(d.read(SINK_LEVEL), 8u);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 0u);
  d.run_to(190);
  EXPECT_EQ(d.read(SINK_LEVEL), 6u);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 2u);
}

/// A flow controller calls a transaction the last when it asks for it, not before; and asks for nothing
/// beyond its block, whatever waits in the FIFO.
TEST(TrafficCorners, FlowControllerEndsItsBlock) {
  TrafficRig d;
  d.write(GAP, 10);
  d.write(SOURCE_LENGTH, 4);
  d.write(CTRL, 8 | 2);
  for (unsigned level = 0; level <= 4; ++level) {
    d.run_to(10 * level);
    const traffic::RequestLevels request = d.core.source_request();
    EXPECT_EQ(request.burst, level == 4) << level;
    EXPECT_EQ(request.last, level == 4) << level;
  }
  d.write(SOURCE_LENGTH, 2);  // four wait
  for (unsigned left = 2; left > 0; --left) {
    EXPECT_TRUE(d.core.source_request().single);
    EXPECT_EQ(d.core.source_request().last, left == 1);
    d.read(SOURCE);
  }
  EXPECT_EQ(d.read(STATUS) & 0x400, 0x400u);
  d.write(STATUS, 0x400);
  for (const unsigned level : {2u, 1u}) {
    EXPECT_FALSE(d.core.source_request().burst || d.core.source_request().single);
    EXPECT_EQ(d.read(SOURCE_LEVEL), level);
    EXPECT_EQ(d.read(STATUS) & 0x400, 0u) << "a block ends once";
    d.read(SOURCE);  // of nobody's block
  }
}

/// 64 bits are an item at 0x08 with items of 8 bytes, and two registers everywhere else.
TEST(TrafficCorners, WideAccessesAreItemsOnlyInTheirPlace) {
  for (const unsigned bytes : {4u, 8u}) {
    traffic::Parameters p;
    p.item_bytes = bytes;
    TrafficRig d(p);
    d.write(GAP, 0);
    d.write(CTRL, 1);
    d.registers.write(SINK, 8, traffic::pattern(1, 0), RegisterBank::kAllLanes);
    EXPECT_EQ(d.read(SINK_COUNT), 1u);
    EXPECT_EQ(d.read(MISMATCHES), 0u);
    d.registers.write(SINK_WM, 8, 7u | std::uint64_t{9} << 32, RegisterBank::kAllLanes);
    EXPECT_EQ(d.read(SINK_WM), 7u);
    EXPECT_EQ(d.read(SOURCE_WM), 9u);
    std::uint64_t value = 0;
    d.registers.read(SINK_WM, 8, value, RegisterBank::kAllLanes);
    EXPECT_EQ(value, 7u | std::uint64_t{9} << 32);
    EXPECT_EQ(d.read(UNDERRUNS), 0u);
    d.write(GAP, 10);
    d.write(SOURCE_LENGTH, 1);
    d.write(CTRL, 3);
    d.run_to(100);
    d.registers.read(SINK, 8, value, RegisterBank::kAllLanes);
    const std::uint64_t item = traffic::pattern(1, 0);
    EXPECT_EQ(value, bytes == 8 ? item : item << 32) << "SOURCE is the upper half";
  }
}

TEST(TrafficCorners, OnlyTheLowestByteMovesAnItem) {
  traffic::Parameters p;
  p.item_bytes = 2;
  TrafficRig d(p);
  d.write(CTRL, 1);
  for (const auto& [at, bytes] : {std::pair(1u, 1u), std::pair(2u, 2u), std::pair(3u, 1u)}) {
    std::uint64_t value = 0;
    d.registers.write(SINK + at, bytes, 0xFFFF, RegisterBank::kAllLanes);
    d.registers.read(SOURCE + at, bytes, value, RegisterBank::kAllLanes);
  }
  EXPECT_EQ(d.read(SINK_COUNT) + d.read(MISMATCHES) + d.read(UNDERRUNS), 0u);
  d.registers.write(SINK, 2, traffic::pattern(1, 0) & 0xFFFF, RegisterBank::kAllLanes);
  EXPECT_EQ(d.read(SINK_COUNT), 1u);
  EXPECT_EQ(d.read(MISMATCHES), 0u);
}

}  // namespace
}  // namespace dmavp
