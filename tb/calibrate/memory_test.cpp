// The memory of the calibration by closed forms: an engine without limits of its own shows what the memory
// lets through.
#include <gtest/gtest.h>

#include "calibrate/engines.h"

namespace dmavp::tb {
namespace {

using platform::ReferencePoint;
using platform::simulate;
using platform::TransferFigures;

ReferencePoint point(bool shared, Cycle latency, unsigned outstanding, unsigned burst, unsigned beats) {
  ReferencePoint p;
  p.max_burst = burst;
  p.memory.shared = shared;
  p.memory.read_latency = latency;
  p.memory.write_latency = 5;
  p.memory.outstanding = outstanding;
  p.bytes = beats * p.width_bytes;
  return p;
}

dmac::Parameters unlimited() {
  dmac::Parameters p = copy_engine();
  p.start_latency = 1;
  p.done_latency = 0;
  p.write_start = dmac::WriteStart::kCutThrough;
  p.cut_through_delay = 1;
  p.fifo_credit = dmac::FifoCredit::kBeat;
  return p;
}

TEST(ReferenceMemoryTest, FirstBeatsAndLastResponse) {
  for (const Cycle latency : {1, 2, 7, 100}) {
    const TransferFigures f = simulate(unlimited(), point(false, latency, 1000, 16, 64));
    EXPECT_EQ(f.first_address, 1u);
    EXPECT_EQ(f.first_read, 1 + latency);
    EXPECT_EQ(f.first_write, 2 + latency);
    EXPECT_EQ(f.cycles, 2 + latency + 63 + 5);
    EXPECT_EQ(f.read_bursts, 4u);
    EXPECT_EQ(f.write_bursts, 4u);
  }
}

/// N bursts of B beats accepted and unfinished, latency L: B beats in max(B, (L + B) / N) cycles.
TEST(ReferenceMemoryTest, OutstandingBurstsHideTheLatency) {
  for (const unsigned n : {1u, 2u, 3u, 4u, 8u}) {
    for (const unsigned b : {1u, 4u, 16u, 64u}) {
      for (const Cycle latency : {1, 10, 50, 200}) {
        const unsigned beats = 64 * 64;
        const TransferFigures f = simulate(unlimited(), point(false, latency, n, b, beats));
        const double a_burst = std::max<double>(b, static_cast<double>(latency + b) / n);
        const double expected = a_burst * (beats / b) + static_cast<double>(latency);
        EXPECT_NEAR(static_cast<double>(f.cycles), expected, 0.01 * expected + a_burst)
            << n << " outstanding, " << b << " beats, latency " << latency;
        EXPECT_LE(f.reads_outstanding, n);
      }
    }
  }
}

TEST(ReferenceMemoryTest, OneDataPortTakesEachBeatTwice) {
  for (const unsigned b : {1u, 16u, 128u}) {
    const unsigned beats = 4096;
    const TransferFigures f = simulate(unlimited(), point(true, 3, 1000, b, beats));
    EXPECT_GE(f.cycles, 2 * beats);
    EXPECT_NEAR(static_cast<double>(f.cycles), 2.0 * beats, 0.01 * 2 * beats + 20) << b;
  }
}

/// Properties of any memory: more latency never makes a transfer shorter, more outstanding bursts never
/// longer, and no beat is for nothing.
TEST(ReferenceMemoryTest, NothingBetterCostsMore) {
  for (const bool shared : {false, true}) {
    for (const unsigned b : {2u, 8u, 32u}) {
      Cycle before = 0;
      for (Cycle latency = 1; latency < 60; ++latency) {
        const Cycle cycles = simulate(axi_cdma(), point(shared, latency, 4, b, 512)).cycles;
        EXPECT_GE(cycles, before) << latency;
        EXPECT_GE(cycles, 512u * (shared ? 2 : 1));
        before = cycles;
      }
      before = kNever;
      for (unsigned n = 1; n < 20; ++n) {
        const Cycle cycles = simulate(unlimited(), point(shared, 30, n, b, 512)).cycles;
        EXPECT_LE(cycles, before) << n;
        before = cycles;
      }
    }
  }
}

TEST(ReferenceMemoryTest, BurstsEndAtPagesOfFourKilobytes) {
  ReferencePoint p = point(false, 4, 1000, 256, 1024);
  EXPECT_EQ(simulate(unlimited(), p).read_bursts, 4u);
  p.source = 8;
  p.destination = 4088;
  const TransferFigures f = simulate(unlimited(), p);
  EXPECT_EQ(f.read_bursts, 5u);   // 256 + 255, 256 + 256, 1 beats
  EXPECT_EQ(f.write_bursts, 5u);  // 1, 256 + 256, 256 + 255
}

}  // namespace
}  // namespace dmavp::tb
