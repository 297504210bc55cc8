// Transfers of the SSI: exact times, modes, chip selects, losses (spec peripherals 3.4 - 3.6).
#include "peripherals/ssi_core.h"

#include <gtest/gtest.h>

#include <random>

#include "peripherals/ssi_rig.h"

namespace dmavp::tb {
namespace {

using ssi::TransferMode;
using Edges = std::vector<SpiRecorder::Edge>;

TEST(SsiTransfer, FramesAtADividerTakeExactlyTheirTime) {
  for (const unsigned bits : {4u, 8u, 13u, 16u, 32u}) {
    for (const std::uint32_t divider : {2u, 6u, 254u}) {
      for (const unsigned frames : {1u, 2u, 17u}) {
        SsiRig rig;
        SpiRecorder device;
        rig.model.core().attach(0, &device);
        rig.setup(bits, TransferMode::kTransmitReceive, divider);
        rig.at(123'456);  // between two clock edges: the transfer starts at the next one
        for (unsigned n = 0; n < frames; ++n) rig.push(n);
        EXPECT_FALSE(rig.busy());
        rig.at(130'000);
        EXPECT_TRUE(rig.busy());
        const Picoseconds end = 130'000 + Picoseconds{frames} * bits * divider * kSsiCycle;
        rig.at(end - 1);
        EXPECT_TRUE(rig.busy());
        EXPECT_EQ(rig.peek("RXFLR"), frames - 1);
        rig.at(end);
        EXPECT_FALSE(rig.busy());
        EXPECT_EQ(rig.peek("RXFLR"), frames);
        EXPECT_EQ(device.edges, (Edges{{true, 130'000}, {false, end}}));
      }
    }
  }
}

TEST(SsiTransfer, OddClocksDoNotDrift) {
  SsiRig rig({}, 99'999'989);  // no whole number of picoseconds
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(8, TransferMode::kTransmit, 2);
  rig.push(0);
  const Clock clock(99'999'989);
  constexpr unsigned kFrames = 100'000;
  for (unsigned n = 1; n <= kFrames; ++n) {
    if (n < kFrames) rig.push(0);
    rig.at(clock.time_of(Cycle{16} * n) - 1);
    ASSERT_TRUE(rig.busy()) << n;
    rig.at(clock.time_of(Cycle{16} * n));
  }
  EXPECT_FALSE(rig.busy());
  EXPECT_EQ(device.edges.size(), 2u);  // one transfer without a gap
}

TEST(SsiTransfer, AllFrameSizesLoopBackInEveryLayout) {
  for (const ssi::Layout layout : {ssi::Layout::kApb16, ssi::Layout::kApb32, ssi::Layout::kDwc}) {
    ssi::Parameters p;
    p.layout = layout;
    if (layout == ssi::Layout::kApb16) p.max_frame = 16;
    for (unsigned bits = 4; bits <= p.max_frame; ++bits) {
      SsiRig rig(p);
      rig.setup(bits, TransferMode::kTransmitReceive, 2, 0, true);
      rig.push(0xDEAD'BEA5);
      rig.pass(bits * 2 * kSsiCycle);
      EXPECT_FALSE(rig.busy());
      EXPECT_EQ(rig.pop(), bits == 32 ? 0xDEAD'BEA5 : 0xDEAD'BEA5 & ((1u << bits) - 1)) << bits;
    }
  }
}

TEST(SsiTransfer, TransmitOnlyStoresNothing) {
  SsiRig rig;
  rig.setup(8, TransferMode::kTransmit, 2);
  for (unsigned n = 0; n < 5; ++n) rig.push(n);
  rig.pass(5 * 16 * kSsiCycle);
  EXPECT_FALSE(rig.busy());
  EXPECT_EQ(rig.peek("RXFLR"), 0u);
  EXPECT_EQ(rig.model.core().traffic().frames, 5u);
}

TEST(SsiTransfer, ReceiveOnlyIsStartedByOneWriteAndTakesNdfPlusOne) {
  for (const unsigned frames : {1u, 32u, 65536u}) {
    SsiRig rig;
    SpiRecorder device;
    rig.model.core().attach(0, &device);
    rig.setup(8, TransferMode::kReceive, 2, frames - 1);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().traffic().transfers, 0u);
    const Picoseconds start = rig.model.now();
    rig.push(0xFF);
    rig.push(0xFF);  // does not send and does not start another transfer
    EXPECT_TRUE(rig.busy());
    const Picoseconds end = start + Picoseconds{frames} * 16 * kSsiCycle;
    rig.at(end - 1);
    EXPECT_TRUE(rig.busy());
    rig.pass(10'000'000);
    EXPECT_FALSE(rig.busy());
    EXPECT_EQ(device.edges, (Edges{{true, start}, {false, end}}));
    EXPECT_EQ(device.frames.size(), frames);
    EXPECT_EQ(device.frames[0].out, 0u);
    EXPECT_EQ(rig.peek("RXFLR"), std::min(frames, 32u));
    EXPECT_EQ(rig.model.core().losses().rx_overrun, frames > 32 ? frames - 32 : 0);
    EXPECT_EQ(rig.model.core().losses().tx_ignored, 1u);
  }
}

TEST(SsiTransfer, EepromReadSendsThenReceivesUnderOneSelect) {
  for (const unsigned frames : {1u, 32u, 65536u}) {
    SsiRig rig;
    SpiRecorder device;
    rig.model.core().attach(0, &device);
    rig.write("SSIENR", 0);
    rig.write("CTRLR0", rig.ctrlr0(8, TransferMode::kEepromRead));
    rig.write("CTRLR1", frames - 1);
    rig.write("BAUDR", 2);
    rig.write("SSIENR", 1);
    for (const std::uint32_t byte : {0x03u, 0x12u, 0x34u, 0x56u}) rig.push(byte);
    EXPECT_FALSE(rig.busy());  // filled before it is selected
    rig.write("SER", 1);
    rig.pass(4 * 16 * kSsiCycle);
    EXPECT_EQ(rig.peek("RXFLR"), 0u);
    unsigned received = 0;
    for (; received < frames; ++received) {
      rig.pass(16 * kSsiCycle);
      ASSERT_EQ(rig.pop(), 0xFFu);
    }
    EXPECT_FALSE(rig.busy());
    EXPECT_EQ(device.edges.size(), 2u);
    EXPECT_EQ(device.frames.size(), 4u + frames);
    EXPECT_EQ(device.frames[2].out, 0x34u);
    EXPECT_EQ(rig.model.core().losses().rx_overrun, 0u);
  }
}

TEST(SsiTransfer, SelectRisesWhenTheTransmitFifoRunsDry) {
  SsiRig rig;
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(8, TransferMode::kTransmitReceive, 2);
  rig.write("DMACR", 2);
  rig.model.acknowledged(Direction::kTransmit, false);  // the DMA block goes on
  rig.push(1);
  rig.at(160'000);  // exactly at the end: too late
  rig.push(2);
  rig.at(300'000);
  rig.push(3);  // in time
  rig.at(1'000'000);
  EXPECT_EQ(device.edges, (Edges{{true, 0}, {false, 160'000}, {true, 160'000}, {false, 480'000}}));
  EXPECT_EQ(rig.model.core().losses().tx_starved, 2u);
  rig.push(4);
  EXPECT_EQ(rig.model.core().losses().tx_starved_time, 520'000u);
  rig.model.acknowledged(Direction::kTransmit, true);  // the block is over: running dry is in order
  rig.pass(1'000'000);
  EXPECT_EQ(rig.model.core().losses().tx_starved, 2u);
}

TEST(SsiTransfer, DisablingCutsTheFrameAndEmptiesTheFifos) {
  SsiRig rig;
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(8, TransferMode::kTransmitReceive, 4);
  for (const std::uint32_t byte : {0xA5u, 0xC3u, 1u, 2u}) rig.push(byte);
  rig.at((32 + 4 * 3 + 3) * kSsiCycle);  // three bits and three quarters of the second frame
  rig.write("SSIENR", 0);
  ASSERT_EQ(device.frames.size(), 2u);
  EXPECT_EQ(device.frames[1].bits, 3u);
  EXPECT_EQ(device.frames[1].out, 0xC3u >> 5);
  EXPECT_EQ(device.edges.back(), (SpiRecorder::Edge{false, rig.model.now()}));
  EXPECT_EQ(rig.peek("TXFLR"), 0u);
  EXPECT_EQ(rig.peek("RXFLR"), 0u);
  EXPECT_EQ(rig.read("SR"), 6u);
  const ssi::Losses& losses = rig.model.core().losses();
  EXPECT_EQ(losses.transfers_cut, 1u);
  EXPECT_EQ(losses.tx_flushed, 2u);
  EXPECT_EQ(losses.rx_flushed, 1u);
}

TEST(SsiTransfer, DeselectingKeepsTheRestOfTheFifo) {
  SsiRig rig;
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(8, TransferMode::kTransmitReceive, 2);
  for (unsigned n = 0; n < 4; ++n) rig.push(n);
  rig.at(200'000);
  rig.write("SER", 0);
  EXPECT_FALSE(rig.busy());
  EXPECT_EQ(rig.peek("TXFLR"), 2u);
  rig.at(900'000);
  rig.write("SER", 1);
  rig.at(2'000'000);
  EXPECT_EQ(device.edges, (Edges{{true, 0}, {false, 200'000}, {true, 900'000}, {false, 900'000 + 320'000}}));
}

TEST(SsiTransfer, SelectTogglesBetweenFramesOnDemand) {
  for (const bool by_bit : {false, true}) {
    ssi::Parameters p;
    p.layout = by_bit ? ssi::Layout::kApb32 : ssi::Layout::kApb16;
    p.max_frame = by_bit ? 32 : 16;
    p.ss_toggle = !by_bit;
    SsiRig rig(p);
    SpiRecorder device;
    rig.model.core().attach(0, &device);
    rig.setup(8, TransferMode::kTransmitReceive, 2);
    rig.write("SSIENR", 0);
    if (by_bit) rig.write("CTRLR0", rig.peek("CTRLR0") | 1u << 24);
    rig.write("SSIENR", 1);
    rig.push(1);
    rig.push(2);
    rig.pass(1'000'000);
    EXPECT_EQ(device.edges, (Edges{{true, 0}, {false, 160'000}, {true, 180'000}, {false, 340'000}}));
    rig.write("SSIENR", 0);
    rig.write("CTRLR0", rig.peek("CTRLR0") | 1u << 6);  // SCPH = 1: no gap
    rig.write("SSIENR", 1);
    rig.push(1);
    rig.push(2);
    rig.pass(1'000'000);
    EXPECT_EQ(device.edges.size(), 6u);
  }
}

TEST(SsiTransfer, NoClockNoSelectNoStart) {
  SsiRig rig;
  rig.setup(8, TransferMode::kTransmitReceive, 0);
  rig.push(1);
  rig.pass(1'000'000'000);
  EXPECT_FALSE(rig.busy());
  EXPECT_EQ(rig.peek("TXFLR"), 1u);
  rig.setup(8, TransferMode::kTransmitReceive, 7);  // odd: 6
  EXPECT_EQ(rig.peek("BAUDR"), 6u);
  rig.push(1);
  rig.pass(48 * kSsiCycle - 1);
  EXPECT_TRUE(rig.busy());
  rig.pass(1);
  EXPECT_FALSE(rig.busy());
}

/// Devices are told at least 1 Hz, by which they may divide.
TEST(SsiTransfer, ASerialClockBelowOneHertzIsSlowAndNothingWorse) {
  SsiRig rig({}, 1000);
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(32, TransferMode::kReceive, 65534, 65535);
  rig.write("IMR", ssi::kRxOverflow);
  rig.write("DMACR", 3);
  rig.write("DMARDLR", 31);
  rig.push(1);
  const Picoseconds frame = Picoseconds{32} * 65534 * 1'000'000'000;
  EXPECT_EQ(rig.model.next_change(), frame);
  rig.pass(frame);
  ASSERT_EQ(device.frames.size(), 1u);
  EXPECT_EQ(device.frames[0].hz, 1u);
  rig.write("DMACR", 0);
  rig.write("IMR", 0);
  EXPECT_EQ(rig.model.next_change(), kNever);
  rig.write("IMR", ssi::kRxOverflow);
  EXPECT_EQ(rig.model.next_change(), 33 * frame);
  rig.pass(frame / 2);
  rig.write("SSIENR", 0);
  EXPECT_EQ(device.frames.back().bits, 16u);
}

TEST(SsiTransfer, SelectedDevicesShareTheLineAndNobodyIsOnes) {
  SsiRig rig;
  SpiLoopback first;
  SpiRecorder second;
  rig.model.core().attach(1, &first);
  rig.model.core().attach(2, &second);
  rig.setup(8, TransferMode::kTransmitReceive, 2);
  for (const std::uint32_t select : {1u, 2u, 4u, 6u}) {
    rig.write("SER", select);
    rig.push(0x5A);
    rig.pass(160'000);
  }
  EXPECT_EQ(rig.pop(), 0xFFu);
  EXPECT_EQ(rig.pop(), 0x5Au);
  EXPECT_EQ(rig.pop(), 0xA5u);
  EXPECT_EQ(rig.pop(), 0x00u);
}

TEST(SsiTransfer, SlaveNeverStarts) {
  ssi::Parameters p;
  p.layout = ssi::Layout::kDwc;
  p.version = 0x3130'322A;
  SsiRig rig(p);
  rig.setup(8, TransferMode::kTransmitReceive, 2);
  rig.push(1);
  rig.pass(1'000'000);
  EXPECT_EQ(rig.peek("TXFLR"), 1u);
  rig.write("SSIENR", 0);
  rig.write("CTRLR0", rig.peek("CTRLR0") | 1u << 31);
  rig.write("SSIENR", 1);
  rig.push(1);
  rig.pass(1'000'000);
  EXPECT_EQ(rig.peek("RXFLR"), 1u);
}

}  // namespace
}  // namespace dmavp::tb
