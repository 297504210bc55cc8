// The I2S when software changes its mind, and what it announces (spec peripherals 5.2 - 5.4).
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "peripherals/i2s_rig.h"
#include "peripherals/next_change.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using i2s::DmaEnable;
using i2s::Parameters;

constexpr Picoseconds kFrame = I2sRig::kFrame;

/// Captures all ones but for a hole in the middle, and counts the frames it is told of.
struct FullScale : I2sLine {
  unsigned ended = 0;
  std::vector<I2sFrame> played;
  void play(unsigned, const I2sFrame& frame, I2sContent, Picoseconds) override { played.push_back(frame); }
  I2sFrame capture(unsigned, Picoseconds) override { return {0x7F0F'F0FF, -2}; }
  void frame_ended(Picoseconds) override { ++ended; }
};

/// A slot cuts what is wider: when sent, and again when received from a line that had more bits.
TEST(I2sCorners, SlotsCutBothWays) {
  for (const unsigned wss : {0u, 1u, 2u}) {
    I2sRig rig;
    FullScale line;
    rig.model.core().set_line(&line);
    const unsigned slot = 16 + 8 * wss;
    rig.write("CCR", wss << 3);
    for (const char* name : {"CH0_RCR", "CH0_TCR"}) rig.write(name, 5);
    for (const char* name : {"IER", "ITER", "IRER"}) rig.write(name, 1);
    rig.play_pair(0x1234'5678, 0x9ABC'DEF1);
    rig.write("CER", 1);
    rig.pass(2 * slot * 1'000'000);
    const std::uint32_t mask = ~std::uint32_t{0} << (32 - slot);
    ASSERT_EQ(line.played.size(), 1u);
    EXPECT_EQ(static_cast<std::uint32_t>(line.played[0].left), 0x1234'5678u & mask);
    EXPECT_EQ(static_cast<std::uint32_t>(line.played[0].right), 0x9ABC'DEF1u & mask);
    EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), 0x7F0F'F0FFu & mask);
    EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), 0xFFFF'FFFEu & mask);
  }
}

/// The clock runs with IEN, CER and as a master; frames begin on the first edge after the last of them.
TEST(I2sCorners, ClockBeginsWithTheLastSwitch) {
  I2sRig rig;
  rig.write("CER", 1);
  rig.write("IRER", 1);
  rig.at(5'500'000);
  EXPECT_EQ(rig.model.core().frames(), 0u);
  rig.write("IER", 1);
  rig.at(6'000'000 + kFrame - 1);
  EXPECT_EQ(rig.line.captured.size(), 0u);
  rig.at(6'000'000 + kFrame);
  EXPECT_EQ(rig.line.captured.size(), 1u);

  Parameters slave;
  slave.master = false;
  I2sRig other(slave);
  for (const char* name : {"IER", "IRER", "ITER", "CER"}) other.write(name, 1);
  other.pass(10 * kFrame);
  EXPECT_EQ(other.model.core().frames(), 0u);
  EXPECT_EQ(other.model.next_change(), kNever);
  other.model.external_boundary({});
  other.model.external_boundary({});
  EXPECT_EQ(other.model.core().frames(), 1u);
  other.write("IER", 0);
  for (unsigned n = 0; n < 3; ++n) other.model.external_boundary({});
  EXPECT_EQ(other.model.core().frames(), 1u);
}

/// A slave that is switched off while it sends a pair has cut it, and sends nothing any more.
TEST(I2sCorners, SwitchedOffSlaveSendsNothing) {
  Parameters slave;
  slave.master = false;
  I2sRig rig(slave);
  rig.format16();
  for (const char* name : {"IER", "ITER"}) rig.write(name, 1);
  rig.model.external_boundary({});
  rig.write("IER", 0);
  EXPECT_EQ(rig.model.core().losses().frames_cut, 0u) << "silence is no loss";
  rig.write("IER", 1);
  rig.play_pair(1, 2);
  rig.model.external_boundary({});
  EXPECT_TRUE(rig.model.core().tx(0).sending);
  rig.write("IER", 0);
  EXPECT_FALSE(rig.model.core().tx(0).sending);
  EXPECT_EQ(rig.model.core().losses().frames_cut, 1u);
}

/// What is switched on within a frame takes part from the next one; what is switched off is out at once.
TEST(I2sCorners, ReceiversTakeWholeFrames) {
  for (const char* name : {"IRER", "CH0_RER"}) {
    I2sRig rig;
    FullScale line;
    rig.model.core().set_line(&line);
    rig.format16();
    for (const char* on : {"IER", "CER", "IRER"}) rig.write(on, 1);
    rig.write(name, 0);
    rig.at(kFrame / 2);
    rig.write(name, 1);
    rig.at(kFrame);
    EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 0u) << name;
    EXPECT_EQ(line.ended, 0u) << "nothing was on";
    rig.at(2 * kFrame);
    EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 1u) << name;
    EXPECT_EQ(line.ended, 1u);
    rig.at(2 * kFrame + kFrame / 2);
    rig.write(name, 0);
    rig.at(4 * kFrame);
    EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 1u) << name;
    EXPECT_EQ(line.ended, 1u);
  }
}

TEST(I2sCorners, ALeftSampleDoesNotOutliveIen) {
  I2sRig rig;
  rig.write("IER", 1);
  rig.write("CH0_LRBR_LTHR", 5);
  rig.write("IER", 0);
  rig.write("IER", 1);
  rig.write("CH0_RRBR_RTHR", 6);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].left, 0u);
}

/// Whatever stops a transmitter, what it sends until it has data again is silence and no underrun.
TEST(I2sCorners, AStoppedTransmitterDoesNotUnderrun) {
  for (const char* how : {"ITER", "CH0_TER", "IER", "TXFFR", "CH0_TFF", ""}) {
    I2sRig rig;
    rig.format16();
    for (const char* name : {"IER", "ITER", "CER"}) rig.write(name, 1);
    for (unsigned n = 0; n < 3; ++n) rig.play_pair(n, n);
    rig.pass(2 * kFrame + kFrame / 2);
    const std::string name = how;
    if (name == "TXFFR" || name == "CH0_TFF") {
      rig.write(name, 1);
    } else if (!name.empty()) {
      rig.pass(kFrame);  // the FIFO is empty, the last pair on the line
      rig.write(name, 0);
      rig.write(name, 1);
    }
    rig.pass(5 * kFrame);
    EXPECT_EQ(rig.model.core().losses().underruns, name.empty() ? 1u : 0u) << how;
  }
}

TEST(I2sCorners, FlushedPairsAreCountedInBothDirections) {
  I2sRig rig;
  rig.format16();
  for (const char* name : {"IER", "IRER", "CER"}) rig.write(name, 1);
  rig.play_pair(1, 1);
  rig.pass(3 * kFrame);
  rig.write("RXFFR", 1);
  rig.write("TXFFR", 1);
  EXPECT_EQ(rig.model.core().losses().rx_flushed, 3u);
  EXPECT_EQ(rig.model.core().losses().tx_flushed, 1u);
  rig.pass(2 * kFrame);
  rig.write("RXFFR", 0);
  rig.write("CH0_RFF", 0);
  EXPECT_EQ(rig.model.core().losses().rx_flushed, 3u);
}

/// A part that refuses to flush what is on takes the flush of a channel that is off.
TEST(I2sCorners, ChannelsThatAreOffCanBeFlushed) {
  Parameters p;
  p.flush_while_on = false;
  I2sRig rig(p);
  rig.format16();
  for (const char* name : {"IER", "IRER", "ITER", "CER"}) rig.write(name, 1);
  rig.pass(3 * kFrame);
  rig.play_pair(1, 1);
  for (const auto& [flush, enable] : {std::pair("CH0_RFF", "CH0_RER"), std::pair("CH0_TFF", "CH0_TER")}) {
    const auto level = [&, name = std::string(flush)] {
      return name == "CH0_RFF" ? rig.model.core().rx(0).fifo.size() : rig.model.core().tx(0).fifo.size();
    };
    rig.write(flush, 1);
    EXPECT_NE(level(), 0u) << flush;
    rig.write(enable, 0);
    rig.write(flush, 1);
    EXPECT_EQ(level(), 0u) << flush;
  }
}

/// A flag that software has not cleared is told of once.
TEST(I2sCorners, EachLossIsToldOnceUntilItsFlagIsCleared) {
  I2sRig rig;
  DiagnosticCount seen;
  rig.model.set_observer(&seen, "i2s");
  rig.format16();
  for (const char* name : {"IER", "IRER", "CER"}) rig.write(name, 1);
  rig.pass(20 * kFrame);
  EXPECT_EQ(seen.count, 1u);
  rig.pass(5 * kFrame);
  EXPECT_EQ(seen.count, 1u);
  rig.read("CH0_ROR");
  rig.pass(2 * kFrame);
  EXPECT_EQ(seen.count, 2u);
}

// --- DMA registers ---

/// A pair stays with its channel, even if that is switched off between left and right.
TEST(I2sCorners, APairStaysWithItsChannel) {
  Parameters p;
  p.tx_channels = p.rx_channels = 2;
  I2sRig rig(p);
  for (const char* name : {"IER", "IRER", "CER"}) rig.write(name, 1);
  rig.pass(3 * kFrame);
  rig.write("TXDMA", 1);
  rig.write("CH0_TER", 0);
  rig.write("TXDMA", 2);
  EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 1u);
  EXPECT_EQ(rig.model.core().tx(1).fifo.size(), 0u);
  const std::size_t pairs = rig.model.core().rx(0).fifo.size();
  const std::uint32_t left = rig.read("RXDMA");
  rig.write("CH0_RER", 0);
  EXPECT_EQ(rig.read("RXDMA"), left + (1u << 16));
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), pairs - 1);
  EXPECT_EQ(rig.model.core().rx(1).fifo.size(), pairs);
}

/// Writing 0 restarts nothing.
TEST(I2sCorners, RestartTakesAOne) {
  Parameters p;
  p.tx_channels = p.rx_channels = 2;
  I2sRig rig(p);
  for (const char* name : {"IER", "IRER", "CER"}) rig.write(name, 1);
  rig.pass(3 * kFrame);
  for (unsigned n = 0; n < 2; ++n) rig.write("TXDMA", n), rig.read("RXDMA");
  rig.write("RTXDMA", 0);
  rig.write("RRXDMA", 0);
  for (unsigned n = 0; n < 2; ++n) rig.write("TXDMA", n), rig.read("RXDMA");
  EXPECT_EQ(rig.model.core().tx(1).fifo.size(), 1u);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), rig.model.core().rx(1).fifo.size());
}

/// Split items are dealt out to the channels pair by pair, and RCR = 0 extends from as many bits as the slot
/// has.
TEST(I2sCorners, K210SplitsOverChannelsAndExtendsFromTheSlot) {
  Parameters p;
  p.dma_enable = DmaEnable::kCcr;
  p.tx_channels = p.rx_channels = 2;
  I2sRig rig(p);
  I2sLoopback loopback;
  rig.model.core().set_line(&loopback);
  rig.write("CCR", 1u << 10 | 1u << 11);
  for (const char* name : {"CH0_TCR", "CH1_TCR", "CH0_RCR", "CH1_RCR"}) rig.write(name, 0);
  for (const char* name : {"IER", "ITER", "IRER"}) rig.write(name, 1);
  for (std::uint32_t item = 0; item < 4; ++item) rig.write("TXDMA", 0x8000'7000 + item * 0x0001'0001);
  for (unsigned n = 0; n < 2; ++n) {
    ASSERT_EQ(rig.model.core().tx(n).fifo.size(), 2u);
    for (unsigned i = 0; i < 2; ++i) {
      EXPECT_EQ(rig.model.core().tx(n).fifo[i].left, 0x7000 + 2 * i + n);
      EXPECT_EQ(rig.model.core().tx(n).fifo[i].right, 0x8000 + 2 * i + n);
    }
  }
  rig.write("CER", 1);
  rig.pass(2 * kFrame);
  EXPECT_EQ(rig.peek("CH1_LRBR_LTHR"), 0x7001u);
  EXPECT_EQ(rig.peek("CH1_RRBR_RTHR"), 0xFFFF'8001u);
  for (std::uint32_t item = 0; item < 4; ++item)
    EXPECT_EQ(rig.read("RXDMA"), 0x8000'7000 + item * 0x0001'0001);
}

/// Whatever the state, no interrupt, request or diagnostic comes before it was announced.
TEST(I2sCorners, EveryChangeIsAnnounced) {
  SCOPED_TRACE("seed " + std::to_string(seed_base()));
  std::mt19937_64 random(seed_base());
  const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
  unsigned changes = 0;
  for (unsigned trial = 0; trial < 200; ++trial) {
    Parameters p;
    p.fifo_depth = 2u << pick(3);
    p.tx_channels = pick(3);
    p.rx_channels = p.tx_channels == 0 ? 1 : pick(3);
    p.request_rule = pick(2) == 0 ? i2s::RequestRule::kLowestChannel : i2s::RequestRule::kAllChannels;
    I2sRig a(p);
    I2sRig b(p);
    Announced<i2s::Registers> both(a.model, b.model, Clock(1'000'000));
    const auto write = [&](const std::string& name, std::uint32_t value) {
      a.write(name, value);
      b.write(name, value);
    };
    for (unsigned n = 0; n < std::max(p.tx_channels, p.rx_channels); ++n) {
      const std::string channel = "CH" + std::to_string(n) + "_";
      write(channel + "IMR", pick(0x40) & 0x33);
      write(channel + "RFCR", pick(p.fifo_depth));
      write(channel + "TFCR", pick(p.fifo_depth));
      write(channel + "RER", pick(4) != 0);
      write(channel + "TER", pick(4) != 0);
    }
    write("DMACR", pick(4) << 16);
    write("IER", 1);
    write("ITER", pick(4) != 0);
    write("IRER", pick(4) != 0);
    write("CER", 1);
    for (unsigned step = 0; step < 12; ++step) {
      for (unsigned n = pick(2 * p.fifo_depth + 2); n > 0; --n) write("TXDMA", n);
      for (unsigned n = pick(2) == 0 ? pick(2 * p.fifo_depth) : 0; n > 0; --n) {
        ASSERT_EQ(a.read("RXDMA"), b.read("RXDMA"));
      }
      for (const char* name : {"CH0_ROR", "CH0_TOR"}) {
        if (pick(4) == 0) {
          ASSERT_EQ(a.read(name), b.read(name));
        }
      }
      ASSERT_TRUE(both.pass(a.model.now() + pick(p.fifo_depth + 3) * kFrame + pick(kFrame)))
          << trial << " " << step;
    }
    changes += both.changes();
  }
  EXPECT_GT(changes, 1000u);
}

}  // namespace
}  // namespace dmavp::tb
