// The I2S without simulation: registers, sample clock, FIFOs, DMA registers (spec peripherals 5).
#include <gtest/gtest.h>

#include <random>

#include "peripherals/i2s_rig.h"

namespace dmavp::tb {
namespace {

using i2s::DmaEnable;
using i2s::Parameters;

struct Expected {
  const char* name;
  std::uint64_t offset;
  std::uint32_t reset;
  std::uint32_t after_ones;
};

TEST(I2sRegisters, ResetValuesAndWritableBits) {
  const std::vector<Expected> table = {
      {"IER", 0x000, 0, 0xF23},
      {"IRER", 0x004, 0, 1},
      {"ITER", 0x008, 0, 1},
      {"CER", 0x00C, 0, 1},
      {"CCR", 0x010, 0, 0x1F},
      {"RXFFR", 0x014, 0, 0},
      {"TXFFR", 0x018, 0, 0},
      {"CH0_LRBR_LTHR", 0x020, 0, 0},
      {"CH0_RRBR_RTHR", 0x024, 0, 0},
      {"CH0_RER", 0x028, 1, 0xFF'FF01},
      {"CH0_TER", 0x02C, 1, 0xFF'FF01},
      {"CH0_RCR", 0x030, 5, 7},
      {"CH0_TCR", 0x034, 5, 7},
      {"CH0_ISR", 0x038, 0x10, 0x10},
      {"CH0_IMR", 0x03C, 0x33, 0x33},
      {"CH0_ROR", 0x040, 0, 0},
      {"CH0_TOR", 0x044, 0, 0},
      {"CH0_RFCR", 0x048, 7, 0xF},
      {"CH0_TFCR", 0x04C, 7, 0xF},
      {"CH0_RFF", 0x050, 0, 0},
      {"CH0_TFF", 0x054, 0, 0},
      {"CH1_TER", 0x06C, 1, 0xFF'FF01},
      {"CH3_TFCR", 0x10C, 7, 0xF},
      {"RXDMA", 0x1C0, 0, 0},
      {"RRXDMA", 0x1C4, 0, 0},
      {"TXDMA", 0x1C8, 0, 0},
      {"RTXDMA", 0x1CC, 0, 0},
      {"COMP_TYPE", 0x1FC, 0x4457'01A0, 0x4457'01A0},
      {"DMACR", 0x200, 0, 0x3'0000},
  };
  Parameters p;
  p.tx_channels = 4;
  p.rx_channels = 4;
  for (const Expected& e : table) {
    I2sRig rig(p);
    ASSERT_EQ(rig.model.bank().offset_of(e.name), e.offset) << e.name;
    EXPECT_EQ(rig.read(e.name), e.reset) << e.name;
    rig.write(e.name, ~0u);
    EXPECT_EQ(rig.read(e.name), e.after_ones) << e.name;
  }
}

TEST(I2sRegisters, ComponentParameters) {
  I2sRig rig;
  EXPECT_EQ(rig.read("COMP_PARAM_1"), 0x0924'007Eu);
  EXPECT_EQ(rig.read("COMP_PARAM_2"), 0x0000'1224u);
  Parameters p;
  p.fifo_depth = 8;
  p.master = false;
  p.tx_channels = 0;
  p.rx_channels = 3;
  p.word_bits = 16;
  EXPECT_EQ(p.comp_param_1(), 0x0249'014Au);
  EXPECT_TRUE(i2s::validate(p).empty());
  p.rx_channels = 0;
  p.fifo_depth = 12;
  p.word_bits = 18;
  p.frame_cycles = 65;
  std::string fields;
  for (const ParameterProblem& problem : i2s::validate(p)) fields += problem.field + " ";
  EXPECT_EQ(fields, "fifo_depth tx_channels word_bits frame_cycles frame_cycles ");
}

TEST(I2sRegisters, K210HasItsControlBitsAndNoDmacr) {
  Parameters p;
  p.dma_enable = DmaEnable::kCcr;
  I2sRig rig(p);
  rig.write("CCR", ~0u);
  EXPECT_EQ(rig.read("CCR"), 0xFFFu);
  EXPECT_LE(rig.model.bank().size(), 0x200u);
  EXPECT_THROW(rig.model.bank().offset_of("DMACR"), std::invalid_argument);
}

TEST(I2sRegisters, AbsentDirectionsReadZeroAndIgnore) {
  Parameters p;
  p.tx_channels = 0;
  I2sRig rig(p);
  EXPECT_EQ(rig.read("CH0_ISR"), 0u);
  rig.write("IER", 1);
  rig.write("ITER", 1);
  rig.write("DMACR", 3u << 16);
  rig.play_pair(1, 2);
  rig.write("TXDMA", 1);
  rig.write("TXFFR", 1);
  rig.write("CH0_TFF", 1);
  rig.read("CH0_TOR");
  EXPECT_EQ(rig.model.request(Direction::kTransmit), RequestLevels{});
}

// --- sample clock ---

/// Sample instants come from absolute counts: 10^6 of them at 44.1 kHz, each at ceil(n / rate).
TEST(I2sClock, SampleInstantsNeverDrift) {
  constexpr std::uint64_t kSclk = 44100 * 64;  // no whole number of picoseconds
  I2sRig rig({}, kSclk);
  rig.write("CCR", 0x10);
  rig.write("IER", 1);
  rig.write("IRER", 1);
  rig.write("CER", 1);
  constexpr std::uint64_t kSamples = 1'000'000;
  std::uint64_t n = 0;
  while (n < kSamples) {
    rig.pass(7'777'777'777);  // some 343 frames
    rig.write("RXFFR", 1);
    for (const Picoseconds at : rig.line.captured) {
      ++n;
      ASSERT_EQ(at, (n * 1'000'000'000'000 + 44099) / 44100);
    }
    rig.line.captured.clear();
  }
  EXPECT_EQ(rig.model.core().frames(), n);
}

TEST(I2sClock, FrameIsTwiceTheSlotOrFixed) {
  for (const unsigned code : {0u, 1u, 2u}) {
    for (const unsigned fixed : {0u, 64u}) {
      Parameters p;
      p.frame_cycles = fixed;
      I2sRig rig(p);
      rig.write("CCR", code << 3);
      rig.write("IER", 1);
      rig.write("IRER", 1);
      rig.at(5'500'000);  // between two edges: the first frame begins at 6 us
      rig.write("CER", 1);
      const std::uint64_t cycles = fixed != 0 ? fixed : 32 + 16 * code;
      rig.at(6'000'000 + 3 * cycles * 1'000'000 - 1);
      EXPECT_EQ(rig.line.captured.size(), 2u);
      rig.at(6'000'000 + 3 * cycles * 1'000'000);
      EXPECT_EQ(rig.line.captured.size(), 3u);
    }
  }
}

TEST(I2sClock, RunsOnlyWithEverySwitchOn) {
  for (const char* off : {"IER", "ITER", "CH0_TER", "CER"}) {
    I2sRig rig;
    rig.format16();
    for (const char* name : {"IER", "ITER", "CH0_TER", "CER"}) rig.write(name, name == off ? 0 : 1);
    rig.pass(10 * I2sRig::kFrame);
    EXPECT_TRUE(rig.line.played.empty()) << off;
    rig.write(off, 1);
    rig.pass(10 * I2sRig::kFrame);
    EXPECT_GE(rig.line.played.size(), 9u) << off;
  }
}

TEST(I2sClock, AnotherRateTakesOverAtAFrameBoundary) {
  I2sRig rig;
  rig.format16();
  rig.write("IER", 1);
  rig.write("IRER", 1);
  rig.write("CER", 1);
  rig.at(I2sRig::kFrame / 2);
  rig.model.core().set_sclk(Clock(2'000'000));
  rig.at(I2sRig::kFrame * 3);
  EXPECT_EQ(rig.line.captured,
            (std::vector<Picoseconds>{32'000'000, 48'000'000, 64'000'000, 80'000'000, 96'000'000}));
}

// --- FIFOs ---

TEST(I2sFifo, APairEntersWithItsRightSampleAndLeavesWithIt) {
  I2sRig rig;
  rig.format16(1);
  rig.write("IER", 1);
  rig.write("CH0_LRBR_LTHR", 0x1111);
  rig.write("CH0_LRBR_LTHR", 0x2222);
  EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 0u);
  rig.write("CH0_RRBR_RTHR", 0x3333);
  EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 1u);
  rig.write("IRER", 1);
  rig.write("CER", 1);
  rig.pass(2 * I2sRig::kFrame);
  EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), 0u);
  EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), 0u);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 2u);
  EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), 1u);
  EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), 2u);
  EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), 3u);
  EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), 3u);  // empty
  EXPECT_EQ(rig.model.core().losses().rx_underflow, 1u);
}

TEST(I2sFifo, StarvedTransmitterSendsZerosAndCountsExactly) {
  I2sRig rig;
  rig.format16();
  rig.write("IER", 1);
  rig.write("ITER", 1);
  rig.write("CER", 1);
  std::uint64_t frames = 0;
  std::uint64_t times = 0;
  std::mt19937 random(11);
  rig.pass(5 * I2sRig::kFrame);  // not started yet: idle, not an underrun
  std::size_t idle = rig.line.played.size();
  for (unsigned round = 0; round < 50; ++round) {
    rig.line.played.clear();
    const auto pairs = static_cast<unsigned>(1 + random() % 16);
    const auto dry = static_cast<unsigned>(random() % 5);
    for (unsigned n = 0; n < pairs; ++n) rig.play_pair(n + 1, n + 101);
    rig.pass((pairs + dry) * I2sRig::kFrame);
    // The frame under way when the pairs came, then the pairs; the last frame played is one behind.
    for (unsigned n = 0; n + 1 < rig.line.played.size(); ++n) {
      const I2sRecorder::Played& played = rig.line.played[n + 1];
      const bool has = n < pairs;
      EXPECT_EQ(played.frame, has ? frame16(static_cast<int>(n + 1), static_cast<int>(n + 101)) : I2sFrame{});
      EXPECT_EQ(played.content, has ? I2sContent::kSamples : I2sContent::kUnderrun);
    }
    frames += dry;
    if (dry > 0) ++times;
    EXPECT_EQ(rig.model.core().losses().underrun_frames, frames);
    EXPECT_EQ(rig.model.core().losses().underruns, times);
  }
  EXPECT_EQ(idle, 5u);
  EXPECT_GT(times, 10u);
  rig.write("ITER", 0);
  rig.pass(10 * I2sRig::kFrame);
  rig.write("ITER", 1);
  rig.pass(10 * I2sRig::kFrame);
  EXPECT_EQ(rig.model.core().losses().underruns, times);
}

TEST(I2sFifo, OverrunAndOverflowKeepOldDataAndClear) {
  for (const unsigned depth : {2u, 4u, 8u, 16u}) {
    Parameters p;
    p.fifo_depth = depth;
    I2sRig rig(p);
    rig.format16(1);
    rig.write("IER", 1);
    for (unsigned n = 0; n < depth + 3; ++n) rig.play_pair(n, n);
    EXPECT_EQ(rig.model.core().losses().tx_overflow, 3u);
    EXPECT_EQ(rig.peek("CH0_ISR") & 0x20, 0x20u);
    rig.write("CH0_IMR", 0x13);
    EXPECT_TRUE(rig.model.interrupt());
    EXPECT_EQ(rig.read("CH0_TOR"), 1u);
    EXPECT_FALSE(rig.model.interrupt());
    EXPECT_EQ(rig.read("CH0_TOR"), 0u);

    rig.write("IRER", 1);
    rig.write("CER", 1);
    rig.pass((depth + 2) * I2sRig::kFrame);
    EXPECT_EQ(rig.model.core().losses().rx_overrun, 2u);
    EXPECT_EQ(rig.peek("CH0_ISR") & 0x02, 0x02u);
    rig.write("CH0_IMR", 0x31);
    EXPECT_TRUE(rig.model.interrupt());
    EXPECT_EQ(rig.read("CH0_ROR"), 1u);
    EXPECT_FALSE(rig.model.interrupt());
    for (unsigned n = 0; n < depth; ++n) {
      EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), 2 * n);
      EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), 2 * n + 1);
    }
    EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 0u);
  }
}

TEST(I2sFifo, ThresholdsAtEveryCode) {
  for (unsigned code = 0; code < 16; ++code) {
    I2sRig rig;
    rig.format16();
    rig.write("CH0_TFCR", code);
    rig.write("CH0_RFCR", code);
    rig.write("IER", 1);
    rig.write("ITER", 1);
    rig.write("IRER", 1);
    rig.write("DMACR", 3u << 16);
    for (unsigned level = 0; level <= 16; ++level) {
      EXPECT_EQ((rig.peek("CH0_ISR") & 0x10) != 0, level <= code);
      EXPECT_EQ(rig.model.request(Direction::kTransmit), (RequestLevels{level <= code, level < 16}));
      rig.play_pair(0, 0);
    }
    rig.write("CER", 1);
    rig.pass(I2sRig::kFrame / 2);
    for (unsigned level = 0; level <= 16; ++level) {
      EXPECT_EQ((rig.peek("CH0_ISR") & 0x01) != 0, level >= code + 1);
      EXPECT_EQ(rig.model.request(Direction::kReceive), (RequestLevels{level >= code + 1, level > 0}));
      rig.pass(I2sRig::kFrame);
    }
  }
}

TEST(I2sFifo, FlushAndDisableEmpty) {
  for (const bool accept : {true, false}) {
    Parameters p;
    p.flush_while_on = accept;
    I2sRig rig(p);
    rig.format16();
    rig.write("IER", 1);
    rig.write("ITER", 1);
    rig.write("IRER", 1);
    const auto refill = [&] {
      rig.write("IER", 0);
      rig.write("IER", 1);
      for (unsigned n = 0; n < 8; ++n) rig.play_pair(n, n);
      rig.write("CER", 1);
      rig.pass(4 * I2sRig::kFrame + 2'000'000);
      rig.write("CER", 0);
      EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 3u);  // one was taken at the start
      EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 4u);
    };
    for (const char* name : {"TXFFR", "CH0_TFF"}) {
      refill();
      rig.write(name, 1);
      EXPECT_EQ(rig.model.core().tx(0).fifo.size(), accept ? 0u : 3u) << name;
      rig.write("ITER", 0);
      rig.write(name, 1);
      EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 0u) << name;
      rig.write("ITER", 1);
    }
    for (const char* name : {"RXFFR", "CH0_RFF"}) {
      refill();
      rig.write(name, 1);
      EXPECT_EQ(rig.model.core().rx(0).fifo.size(), accept ? 0u : 4u) << name;
      rig.write("IRER", 0);
      rig.write(name, 1);
      EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 0u) << name;
      rig.write("IRER", 1);
    }
    refill();
    EXPECT_EQ(rig.model.core().losses().frames_cut, 5u);
    rig.write("IER", 0);
    EXPECT_EQ(rig.model.core().tx(0).fifo.size() + rig.model.core().rx(0).fifo.size(), 0u);
    rig.play_pair(1, 2);
    EXPECT_EQ(rig.model.core().losses().tx_ignored, 2u);
  }
}

/// A sample of w bits through a slot of s: the upper min(w, s) bits survive.
TEST(I2sFifo, EveryWordSizeThroughEverySlot) {
  static constexpr unsigned kBits[] = {0, 12, 16, 20, 24, 32};
  for (unsigned tx_code = 0; tx_code <= 5; ++tx_code) {
    for (unsigned rx_code = 0; rx_code <= 5; ++rx_code) {
      for (unsigned wss = 0; wss <= 2; ++wss) {
        I2sRig rig;
        I2sLoopback loopback;
        rig.model.core().set_line(&loopback);
        const unsigned slot = 16 + 8 * wss;
        const unsigned out = tx_code == 0 ? slot : kBits[tx_code];
        const unsigned in = rx_code == 0 ? slot : kBits[rx_code];
        rig.write("CCR", wss << 3);
        rig.write("CH0_TCR", tx_code);
        rig.write("CH0_RCR", rx_code);
        rig.write("IER", 1);
        rig.write("ITER", 1);
        rig.write("IRER", 1);
        rig.play_pair(0x9ABC'DEF1, 0x1234'5678);
        rig.write("CER", 1);
        rig.pass(2 * slot * 1'000'000);
        const auto expected = [&](std::uint64_t sample) {
          std::uint64_t full = sample << (64 - out);  // its bits at the top
          full &= ~std::uint64_t{0} << (64 - slot);   // what the slot carries
          return static_cast<std::uint32_t>(full >> (64 - in));
        };
        EXPECT_EQ(rig.read("CH0_LRBR_LTHR"), expected(0x9ABC'DEF1)) << out << " " << in << " " << slot;
        EXPECT_EQ(rig.read("CH0_RRBR_RTHR"), expected(0x1234'5678)) << out << " " << in << " " << slot;
      }
    }
  }
}

// --- DMA registers ---

TEST(I2sDma, SequenceGoesLeftRightThenTheNextChannel) {
  for (unsigned on = 1; on < 16; ++on) {
    Parameters p;
    p.tx_channels = 4;
    p.rx_channels = 4;
    I2sRig rig(p);
    I2sLoopback loopback;
    rig.model.core().set_line(&loopback);
    rig.write("CCR", 0x10);
    rig.write("IER", 1);
    rig.write("ITER", 1);
    rig.write("IRER", 1);
    unsigned channels = 0;
    for (unsigned n = 0; n < 4; ++n) {
      const std::uint32_t enabled = on >> n & 1;
      channels += enabled;
      rig.write("CH" + std::to_string(n) + "_TER", enabled);
      rig.write("CH" + std::to_string(n) + "_RER", enabled);
    }
    constexpr unsigned kRounds = 5;
    for (std::uint32_t item = 0; item < kRounds * channels * 2; ++item) rig.write("TXDMA", 1000 + item);
    for (unsigned n = 0, place = 0; n < 4; ++n) {
      const auto& fifo = rig.model.core().tx(n).fifo;
      ASSERT_EQ(fifo.size(), (on >> n & 1) != 0 ? kRounds : 0u);
      for (unsigned i = 0; i < fifo.size(); ++i) {
        EXPECT_EQ(fifo[i].left, 1000 + 2 * (i * channels + place));
        EXPECT_EQ(fifo[i].right, 1001 + 2 * (i * channels + place));
      }
      if ((on >> n & 1) != 0) ++place;
    }
    rig.write("CER", 1);
    rig.pass(kRounds * 64'000'000);
    rig.write("CER", 0);
    for (std::uint32_t item = 0; item < kRounds * channels * 2; ++item) {
      EXPECT_EQ(rig.read("RXDMA"), 1000 + item);
    }
    EXPECT_EQ(rig.model.core().losses().rx_underflow, 0u);
  }
}

TEST(I2sDma, RestartIsIgnoredWithinAPair) {
  Parameters p;
  p.tx_channels = 2;
  p.rx_channels = 2;
  I2sRig rig(p);
  rig.write("IER", 1);
  rig.write("TXDMA", 1);
  rig.write("RTXDMA", 1);  // ignored
  rig.write("TXDMA", 2);
  rig.write("RTXDMA", 1);  // back to channel 0
  rig.write("TXDMA", 3);
  rig.write("TXDMA", 4);
  EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 2u);
  EXPECT_EQ(rig.model.core().tx(1).fifo.size(), 0u);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].right, 2u);

  rig.write("IRER", 1);
  rig.write("CER", 1);
  rig.pass(5 * 32'000'000);
  const std::uint32_t left = rig.read("RXDMA");
  rig.write("RRXDMA", 1);
  EXPECT_EQ(rig.read("RXDMA"), left + (1u << 16));
  rig.write("RRXDMA", 1);
  rig.read("RXDMA");
  rig.read("RXDMA");
  EXPECT_EQ(rig.model.core().rx(0).fifo.size() + 2, rig.model.core().rx(1).fifo.size());
}

/// Switched off between left and right: the FIFOs are empty afterwards, and both directions begin with a
/// left.
TEST(I2sDma, SwitchedOffWithinAPairItBeginsWithTheLeft) {
  const Parameters p;
  I2sRig rig(p);
  rig.write("IER", 1);
  rig.write("IRER", 1);
  rig.write("CER", 1);
  rig.pass(5 * 32'000'000);
  rig.read("RXDMA");
  rig.write("TXDMA", 7);
  rig.write("IER", 0);
  rig.write("IER", 1);
  for (const unsigned sample : {0xA1u, 0xB1u, 0xA2u, 0xB2u}) rig.write("TXDMA", sample);
  const auto& sent = rig.model.core().tx(0).fifo;
  ASSERT_EQ(sent.size(), 2u);
  EXPECT_EQ(sent[0].left, 0xA1u);
  EXPECT_EQ(sent[0].right, 0xB1u);
  EXPECT_EQ(sent[1].left, 0xA2u);
  rig.pass(5 * 32'000'000);
  const auto& received = rig.model.core().rx(0).fifo;
  ASSERT_GT(received.size(), 1u);
  const std::size_t pairs = received.size();
  EXPECT_EQ(rig.read("RXDMA"), received[0].left);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), pairs);
  rig.read("RXDMA");
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), pairs - 1);
}

TEST(I2sDma, K210SplitsItemsAndExtendsSigns) {
  Parameters p;
  p.dma_enable = DmaEnable::kCcr;
  I2sRig rig(p);
  I2sLoopback loopback;
  rig.model.core().set_line(&loopback);
  rig.format16();
  rig.write("CCR", 1u << 10 | 1u << 11 | 3u << 8);
  rig.write("IER", 1);
  rig.write("ITER", 1);
  rig.write("IRER", 1);
  rig.write("TXDMA", 0x8001'7FFE);
  rig.write("TXDMA", 0x0002'FFFF);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].left, 0x7FFEu);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].right, 0x8001u);
  rig.write("CER", 1);
  rig.pass(2 * I2sRig::kFrame);
  EXPECT_EQ(rig.read("RXDMA"), 0x8001'7FFEu);
  EXPECT_EQ(rig.peek("CH0_LRBR_LTHR"), 0xFFFF'FFFFu);
  rig.write("CCR", 1u << 11);
  EXPECT_EQ(rig.read("RXDMA"), 0xFFFF'FFFFu);
  EXPECT_EQ(rig.read("RXDMA"), 0x2u);
}

TEST(I2sDma, RequestsNeedTheBlockAndTheirEnable) {
  struct Style {
    DmaEnable enable;
    const char* reg;
    std::uint32_t tx, rx;
  };
  for (const Style style :
       {Style{DmaEnable::kDmacr, "DMACR", 1u << 17, 1u << 16},
        Style{DmaEnable::kCcr, "CCR", 1u << 8, 1u << 9}, Style{DmaEnable::kAlways, nullptr, 0, 0}}) {
    Parameters p;
    p.dma_enable = style.enable;
    I2sRig rig(p);
    const RequestLevels empty = {true, true};
    const RequestLevels none;
    EXPECT_EQ(rig.model.request(Direction::kTransmit), none);
    if (style.reg != nullptr) rig.write(style.reg, style.tx);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), none);
    rig.write("ITER", 1);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), none);
    rig.write("IER", 1);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), empty);
    rig.write("CH0_TER", 0);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), none);
    rig.write("CH0_TER", 1);
    rig.write("IRER", 1);
    rig.write("CH0_RFCR", 0);
    rig.write("CER", 1);
    rig.pass(3 * 32'000'000);
    EXPECT_EQ(rig.model.request(Direction::kReceive), style.reg == nullptr ? empty : none);
    if (style.reg == nullptr) continue;
    rig.write(style.reg, style.rx);
    EXPECT_EQ(rig.model.request(Direction::kReceive), empty);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), none);
  }
}

TEST(I2sDma, SeveralChannelsRequestByRule) {
  for (const i2s::RequestRule rule : {i2s::RequestRule::kLowestChannel, i2s::RequestRule::kAllChannels}) {
    Parameters p;
    p.tx_channels = 3;
    p.request_rule = rule;
    I2sRig rig(p);
    rig.write("IER", 1);
    rig.write("ITER", 1);
    rig.write("DMACR", 1u << 17);
    rig.write("CH0_TER", 0);
    for (unsigned n = 0; n < 16; ++n) {
      rig.write("CH2_LRBR_LTHR", n);
      rig.write("CH2_RRBR_RTHR", n);
    }
    const bool lowest = rule == i2s::RequestRule::kLowestChannel;
    EXPECT_EQ(rig.model.request(Direction::kTransmit), (RequestLevels{lowest, lowest}));
  }
}

}  // namespace
}  // namespace dmavp::tb
