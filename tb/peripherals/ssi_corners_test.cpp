// The SSI when software changes its mind, and what it announces (spec peripherals 3.4 - 3.7).
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "peripherals/next_change.h"
#include "peripherals/ssi_rig.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using ssi::TransferMode;
using Edges = std::vector<SpiRecorder::Edge>;

/// A transfer that waits for its clock edge does not start when it is switched off or deselected before.
TEST(SsiCorners, WhatHasNotStartedDoesNotStart) {
  for (const char* name : {"SSIENR", "SER"}) {
    SsiRig rig;
    rig.setup(8, TransferMode::kTransmit, 2);
    rig.at(12'000);
    rig.push(1);
    rig.write(name, 0);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().traffic().transfers, 0u) << name;
    EXPECT_EQ(rig.model.core().losses().transfers_cut, 0u) << name;
    rig.write(name, 1);
    rig.push(2);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().traffic().frames, std::string(name) == "SER" ? 2u : 1u) << name;
  }
}

/// Selects that come or go during a transfer move at that moment, the others not.
TEST(SsiCorners, SelectsFollowSerDuringATransfer) {
  SsiRig rig;
  SpiRecorder device[3];
  for (unsigned n = 0; n < 3; ++n) rig.model.core().attach(n, &device[n]);
  rig.setup(8, TransferMode::kTransmit, 2);
  rig.write("SER", 3);
  for (unsigned n = 0; n < 4; ++n) rig.push(n);
  rig.at(200'000);
  rig.write("SER", 6);
  rig.at(2'000'000);
  EXPECT_EQ(device[0].edges, (Edges{{true, 0}, {false, 200'000}}));
  EXPECT_EQ(device[1].edges, (Edges{{true, 0}, {false, 640'000}}));
  EXPECT_EQ(device[2].edges, (Edges{{true, 200'000}, {false, 640'000}}));
  EXPECT_EQ(device[0].frames.size(), 1u);
  EXPECT_EQ(device[1].frames.size(), 4u);
}

/// Switched off in the gap between two frames, the devices see no part of the second.
TEST(SsiCorners, CutInTheGapSendsNothing) {
  SsiRig rig;
  SpiRecorder device;
  rig.model.core().attach(0, &device);
  rig.setup(8, TransferMode::kTransmit, 4);
  rig.write("SSIENR", 0);
  rig.write("CTRLR0", rig.peek("CTRLR0") | 1u << 24);
  rig.write("SSIENR", 1);
  rig.push(1);
  rig.push(2);
  rig.at(330'000);  // the gap is from 320 to 360 ns
  rig.write("SSIENR", 0);
  EXPECT_EQ(device.frames.size(), 1u);
  EXPECT_EQ(device.edges, (Edges{{true, 0}, {false, 320'000}, {true, 360'000}, {false, 360'000}}));
  EXPECT_EQ(rig.model.core().losses().transfers_cut, 1u);
}

/// Of the frames that wait for a receive-only transfer one starts it; the others are nobody's.
TEST(SsiCorners, OneOfTheWaitingFramesStartsAReceive) {
  SsiRig rig;
  rig.setup(8, TransferMode::kReceive, 2, 4);
  rig.write("SER", 0);
  for (unsigned n = 0; n < 3; ++n) rig.push(n);
  rig.write("SER", 1);
  rig.pass(10'000'000);
  EXPECT_EQ(rig.model.core().traffic().frames, 5u);
  EXPECT_EQ(rig.model.core().losses().tx_ignored, 2u);
  EXPECT_EQ(rig.peek("TXFLR"), 0u);
}

/// Running dry counts while a DMA block is under way: not once the part or its requests were switched off.
TEST(SsiCorners, OnlyADmaBlockStarves) {
  for (const char* off : {"SSIENR", "DMACR", ""}) {
    SsiRig rig;
    rig.setup(8, TransferMode::kTransmit, 2);
    rig.write("DMACR", 2);
    rig.model.acknowledged(Direction::kReceive, false);  // says nothing of what is sent
    rig.push(1);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().losses().tx_starved, 0u);
    rig.model.acknowledged(Direction::kTransmit, false);
    if (*off != 0) rig.write(off, 0);
    rig.write("SSIENR", 1);
    rig.write("DMACR", 2);
    rig.push(1);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().losses().tx_starved, *off != 0 ? 0u : 1u) << off;
    rig.write("SSIENR", 0);
    rig.write("SSIENR", 1);
    rig.push(1);
    rig.pass(1'000'000);
    EXPECT_EQ(rig.model.core().losses().tx_starved_time, 0u) << "nobody waited any more";
  }
}

/// Frames are stranded if nothing will come for them: neither a frame nor a burst request.
TEST(SsiCorners, StrandedFramesAreBelowTheWatermarkAndAlone) {
  for (unsigned frames = 0; frames <= 5; ++frames) {
    for (const bool busy : {false, true}) {
      for (const bool receiving : {false, true}) {
        SsiRig rig;
        DiagnosticCount seen;
        rig.model.set_observer(&seen, "ssi");
        rig.setup(8, TransferMode::kTransmitReceive, 2);
        rig.write("DMARDLR", 3);
        rig.write("DMACR", receiving ? 1 : 0);
        for (unsigned n = 0; n < frames; ++n) rig.push(n);
        rig.pass(frames * 160'000);
        if (busy) rig.push(9);
        rig.write("DMACR", 0);
        const bool stranded = receiving && !busy && frames >= 1 && frames <= 3;
        EXPECT_EQ(seen.count, stranded ? 1u : 0u) << frames << " " << busy << " " << receiving;
      }
    }
  }
}

/// The first frame of a burst leaves for the shifter at once, so a burst of one more than the depth fits.
TEST(SsiCorners, TheFirstFrameOfABurstMakesRoom) {
  SsiRig rig;
  rig.setup(8, TransferMode::kTransmit, 2);
  for (unsigned n = 0; n < 34; ++n) {
    EXPECT_EQ(rig.model.core().losses().tx_overflow, n == 34 ? 1u : 0u);
    rig.model.bank().write(0x60, 4, n);  // at one instant
  }
  EXPECT_EQ(rig.model.core().losses().tx_overflow, 1u);
}

TEST(SsiCorners, ThePartsOfTheK210) {
  const ssi::Parameters spi0 = ssi::Parameters::k210();
  const ssi::Parameters spi3 = ssi::Parameters::k210_spi3();
  EXPECT_EQ(spi0.layout, ssi::Layout::kApb32);
  EXPECT_EQ(spi3.layout, ssi::Layout::kDwc);
  for (const ssi::Parameters& p : {spi0, spi3}) {
    EXPECT_EQ(p.fifo_depth, 32u);
    EXPECT_TRUE(p.rx_full_quirk);
    EXPECT_FALSE(p.has_mst());
  }
}

/// Whatever the state, no interrupt, request or diagnostic comes before it was announced.
TEST(SsiCorners, EveryChangeIsAnnounced) {
  SCOPED_TRACE("seed " + std::to_string(seed_base()));
  std::mt19937_64 random(seed_base());
  const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
  unsigned changes = 0;
  for (unsigned trial = 0; trial < 300; ++trial) {
    ssi::Parameters p;
    p.fifo_depth = 8;
    p.rx_full_quirk = pick(2) == 0;
    SsiRig a(p);
    SsiRig b(p);
    Announced<ssi::Registers> both(a.model, b.model, Clock(kSsiHz));
    const auto write = [&](const char* name, std::uint32_t value) {
      a.write(name, value);
      b.write(name, value);
    };
    write("CTRLR0", 0x7'0000 | pick(4) << 8 | pick(2) << 11 | pick(2) << 24);
    write("CTRLR1", pick(12));
    write("BAUDR", 2);
    write("IMR", pick(64));
    write("TXFTLR", pick(8));
    write("RXFTLR", pick(8));
    write("DMATDLR", pick(8));
    write("DMARDLR", pick(8));
    write("DMACR", pick(4));
    write("SER", 1);
    write("SSIENR", 1);
    for (unsigned step = 0; step < 12; ++step) {
      if (pick(3) == 0) {
        const bool last = pick(2) == 0;
        for (SsiRig* rig : {&a, &b}) rig->model.acknowledged(Direction::kTransmit, last);
      }
      for (unsigned n = pick(11); n > 0; --n) write("DR0_DATA", n);
      for (unsigned n = pick(3) == 0 ? pick(10) : 0; n > 0; --n) ASSERT_EQ(a.pop(), b.pop());
      if (pick(4) == 0) {
        ASSERT_EQ(a.read("ICR"), b.read("ICR"));
      }
      ASSERT_TRUE(both.pass(a.model.now() + pick(14 * 160'000))) << trial << " " << step;
    }
    changes += both.changes();
  }
  EXPECT_GT(changes, 1000u);
}

}  // namespace
}  // namespace dmavp::tb
