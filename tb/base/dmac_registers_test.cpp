// Behaviour of the register file on the real engine: enables, protection, interrupts, reset, access widths.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "base/dmac_rig.h"

namespace dmavp::dmac {
namespace {

Parameters small(unsigned channels = 4) {
  Parameters p;
  p.num_channels = channels;
  return p;
}

constexpr std::uint64_t kAll = ~std::uint64_t{0};

TEST(DmacEnable, WhileZeroTheChannelControlsReadZeroAndIgnoreWrites) {
  for (const unsigned channels : {4u, 32u}) {
    DmacRig rig(small(channels));
    rig.program(0, 8);
    rig.set_enable(0, true);
    EXPECT_EQ(rig.read(0x018), 0u);
    rig.write("DMAC_CFG", kAll);
    EXPECT_EQ(rig.read("DMAC_CFG"), 3u);
    rig.run(1000);
    EXPECT_EQ(rig.read(0x018), 0u) << "the write is not remembered";
    EXPECT_EQ(rig.status(0), 0u);
  }
}

TEST(DmacEnable, ClearedWhileActiveItReadsOneUntilEveryChannelHasStopped) {
  DmacRig rig(small());
  rig.program(0, 64);
  rig.program(1, 64);
  rig.write("DMAC_CFG", 1);
  rig.set_enable(0, true);
  rig.set_enable(1, true);
  rig.run(20);
  rig.write("DMAC_CFG", 0);
  EXPECT_EQ(rig.read("DMAC_CFG"), 1u);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 3u);
  rig.program(2, 8);
  rig.set_enable(2, true);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 3u) << "no channel starts while the controller waits to stop";
  rig.write(0x014, 0, 4);
  rig.run(1000);
  EXPECT_EQ(rig.read("DMAC_CFG"), 0u) << "a write to the empty upper half asks for nothing";
  EXPECT_EQ(rig.status(0), kChDisabled);
  EXPECT_EQ(rig.status(1), kChDisabled);
}

TEST(DmacTransfer, OneBlockMovesItsBytesAndEndsWithEnableClear) {
  DmacRig rig(small());
  for (std::uint64_t i = 0; i < 16; ++i) rig.port.store(0x1000 + 8 * i, 0xA0A0 + i);
  rig.write("DMAC_CFG", 3);
  rig.program(0, 16);
  rig.set_enable(0, true);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 1u);
  rig.run(500);
  EXPECT_EQ(rig.status(0), kDmaTfrDone);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
  for (std::uint64_t i = 0; i < 16; ++i) EXPECT_EQ(rig.port.load(0x8000 + 8 * i), 0xA0A0 + i);
  EXPECT_EQ(rig.read("CH0_BLOCK_TS"), 15u) << "the programmed value when idle";
  EXPECT_EQ(rig.read("CH0_SAR"), 0x1080u);
  EXPECT_EQ(rig.read("CH0_STATUS"), 16u);
  EXPECT_EQ(rig.read("CH0_CTL"), 0x1B00u);
}

/// Channel 0 of this rig is enabled and halted on an invalid item, so it stays as it is.
struct Halted : DmacRig {
  explicit Halted(unsigned channels = 4, std::uint64_t cfg = 0xF) : DmacRig(small(channels)) {
    write("DMAC_CFG", 3);
    write(registers.cfg_v2() ? "CH0_CFG2" : "CH0_CFG", cfg);
    write("CH0_LLP", 0x2000);
    set_enable(0, true);
    run(200);
  }
};

TEST(DmacProtection, ProtectedRegistersKeepTheirValueWhileEnabled) {
  for (const char* name : {"CH0_SAR", "CH0_DAR", "CH0_BLOCK_TS", "CH0_LLP", "CH0_AXI_ID", "CH0_AXI_QOS",
                           "CH0_SSTATAR", "CH0_DSTATAR"}) {
    Halted rig;
    ASSERT_EQ(rig.status(0), kShadowOrLliInvalidErr);
    const std::uint64_t before = rig.read(name);
    rig.write(name, ~before);
    EXPECT_EQ(rig.read(name), before) << name;
    EXPECT_EQ(rig.status(0), kShadowOrLliInvalidErr | kSlvifWrOnChEnErr) << name;
    rig.set_enable(0, false);
    rig.run(10);
    rig.write("CH0_INTCLEAR", kAll);
    rig.write(name, 0x40);
    EXPECT_NE(rig.read(name), before) << name << " after disable";
    EXPECT_EQ(rig.status(0), 0u);
  }
}

TEST(DmacProtection, ControlIsDroppedSilentlyInLinkedListMode) {
  Halted rig;
  const std::uint64_t before = rig.read("CH0_CTL");
  rig.write("CH0_CTL", ~before);
  EXPECT_EQ(rig.read("CH0_CTL"), before);
  EXPECT_EQ(rig.status(0), kShadowOrLliInvalidErr);
}

TEST(DmacProtection, OnlyTheMultiBlockTypesMayChangeWhileEnabled) {
  for (const unsigned channels : {4u, 16u}) {
    Halted rig(channels);
    const char* name = channels > 8 ? "CH0_CFG2" : "CH0_CFG";
    const std::uint64_t before = rig.read(name);
    rig.write(name, (before & ~std::uint64_t{0xF}) | 0x5);
    EXPECT_EQ(rig.read(name) & 0xF, 0x5u);
    EXPECT_EQ(rig.status(0) & kSlvifWrOnChEnErr, 0u) << "other fields written back unchanged";
    rig.write(name, before ^ (std::uint64_t{7} << 32));
    EXPECT_EQ(rig.read(name), before) << "types change, the transfer type does not";
    EXPECT_NE(rig.status(0) & kSlvifWrOnChEnErr, 0u);
  }
}

TEST(DmacProtection, ShadowSetIsRoutedHiddenAndProtectedWhileValid) {
  DmacRig rig(small());
  rig.write("CH0_SAR", 0x111);
  rig.write("CH0_CFG", 0x2);  // shadow source, contiguous destination
  rig.write("CH0_SAR", 0x222);
  rig.write("CH0_DAR", 0x333);
  EXPECT_EQ(rig.read("CH0_SAR"), 0x111u) << "reads return the active copy";
  EXPECT_EQ(rig.read("CH0_DAR"), 0x333u) << "the other side is not shadowed";
  rig.write("CH0_CTL", kCtlValid);
  EXPECT_EQ(rig.read("CH0_CTL"), kCtlValid | 0x1200) << "VALID shows the shadow copy";
  rig.write("CH0_SAR", 0x444);
  EXPECT_EQ(rig.status(0), kSlvifShadowWrOnValidErr);
}

TEST(DmacControls, SoftwareHandshakeBitsTakeOnlyOnARunningChannel) {
  Halted rig;
  rig.write("CH1_SWHSSRC", 0x3F);
  EXPECT_EQ(rig.read("CH1_SWHSSRC"), 0u) << "disabled channel";
  rig.write("CH0_SWHSSRC", 0x15);
  EXPECT_EQ(rig.read("CH0_SWHSSRC"), 0u) << "no write enable";
  rig.write("CH0_SWHSSRC", 0x33);
  EXPECT_EQ(rig.read("CH0_SWHSSRC"), 0x11u);
  rig.write("CH0_SWHSSRC", 0x22);
  EXPECT_EQ(rig.read("CH0_SWHSSRC"), 0x11u) << "software cannot take a request back";
  rig.set_enable(0, false);
  rig.run(10);
  EXPECT_EQ(rig.read("CH0_SWHSSRC"), 0u);
}

TEST(DmacControls, ResumeRequestActsOnAnyValueOfTheLowerHalf) {
  Halted rig;
  rig.port.store(0x2000, 0x1000);
  rig.port.store(0x2008, 0x8000);
  rig.port.store(0x2010, 7);
  rig.port.store(0x2020, kCtlValid | kCtlLast | 0x1B00);
  rig.run(100);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 1u) << "halted until told";
  rig.write(0x14C, 1, 4);  // BLK_TFR_RESUMEREQ + 4
  rig.run(500);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 1u);
  rig.write(0x148, 0, 4);
  rig.run(500);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
  EXPECT_EQ(rig.status(0), kShadowOrLliInvalidErr | kDmaTfrDone);
}

TEST(DmacControls, AbortIsCompleteBeforeTheNextReadAndAbsentIfNotSynthesized) {
  for (const bool v2 : {false, true}) {
    Halted rig(v2 ? 16 : 4);
    if (v2) {
      rig.write("DMAC_CHABORT", 0x1'0001);
    } else {
      rig.write("DMAC_CHEN", 0x101ull << 32);
    }
    EXPECT_EQ(rig.read(0x018), 0u);
    EXPECT_NE(rig.status(0) & kChAborted, 0u);
  }
  Parameters p = small();
  p.abort_en = false;
  DmacRig rig(p);
  rig.write("DMAC_CFG", 1);
  rig.program(0, 256);
  rig.set_enable(0, true);
  rig.write("DMAC_CHEN", 0x101ull << 32);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 1u);
}

TEST(DmacReset, WhileBusyPutsEverythingAtResetAndDropsTheLines) {
  DmacRig rig(small());
  rig.write("DMAC_CFG", 3);
  rig.program(0, 8);
  rig.set_enable(0, true);
  rig.run(300);
  rig.program(1, 256);
  rig.set_enable(1, true);
  rig.run(30);
  ASSERT_TRUE(rig.lines.level[0]);
  ASSERT_TRUE(rig.lines.level[kCombinedLine]);
  const std::uint64_t before = rig.port.load(0x8800 + 0x700);
  rig.write("DMAC_RESET", 0);
  EXPECT_EQ(rig.read("DMAC_CHEN"), 2u) << "writing 0 has no effect";
  rig.write("DMAC_RESET", 1);
  EXPECT_EQ(rig.read("DMAC_RESET"), 0u);
  EXPECT_EQ(rig.read("DMAC_CFG"), 0u);
  EXPECT_FALSE(rig.lines.level[0]);
  EXPECT_FALSE(rig.lines.level[kCombinedLine]);
  rig.run(2000);
  for (const Register& reg : rig.registers.bank().registers()) {
    for (unsigned i = 0; i < reg.count(); ++i) {
      if (!reg.write_only()) {
        EXPECT_EQ(rig.registers.peek(reg.offset(i), 8), reg.reset_value(i)) << reg.instance_name(i);
      }
    }
  }
  EXPECT_EQ(rig.port.load(0x8800 + 0x700), before) << "nothing moves after the reset";
}

TEST(DmacInterrupts, EventsAreLatchedIfEnabledThenAndSignalledIfEnabledNow) {
  DmacRig rig(small());
  rig.write("DMAC_CFG", 3);
  rig.write("CH0_INTSTATUS_ENA", 0);
  rig.read("CH0_INTCLEAR");
  EXPECT_EQ(rig.status(0), 0u);
  rig.write("CH0_INTSTATUS_ENA", kAll);
  EXPECT_EQ(rig.status(0), 0u) << "lost, not remembered";
  rig.read("CH0_INTCLEAR");
  rig.write("CH0_INTSTATUS_ENA", 0);
  EXPECT_EQ(rig.status(0), kSlvifRd2RwoErr) << "latched bits stay";
  EXPECT_TRUE(rig.lines.level[0]);
  rig.write("CH0_INTSIGNAL_ENA", 0);
  EXPECT_FALSE(rig.lines.level[0]);
  EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
  rig.write("CH0_INTSIGNAL_ENA", kSlvifRd2RwoErr);
  EXPECT_TRUE(rig.lines.level[0]);
  rig.write("CH0_INTCLEAR", 0);
  EXPECT_EQ(rig.status(0), kSlvifRd2RwoErr);
  rig.write("CH0_INTCLEAR", kSlvifRd2RwoErr);
  EXPECT_EQ(rig.status(0), 0u);
  EXPECT_FALSE(rig.lines.level[0]);
}

TEST(DmacInterrupts, LinesAreLevelsGatedByIntEnAndHeldByEveryPendingChannel) {
  for (const unsigned channels : {4u, 16u}) {
    DmacRig rig(small(channels));
    rig.write("DMAC_CFG", 3);
    rig.read("CH1_INTCLEAR");
    rig.read("CH3_INTCLEAR");
    rig.read("DMAC_COMMON_INTCLEAR");
    const std::uint64_t common = std::uint64_t{1} << (channels > 8 ? 32 : 16);
    EXPECT_EQ(rig.read(0x030), 0xAu | common);
    const auto levels = [&rig] {
      return std::vector<bool>{rig.lines.level[1], rig.lines.level[3], rig.lines.level[kCommonLine],
                               rig.lines.level[kCombinedLine]};
    };
    EXPECT_EQ(levels(), std::vector<bool>({true, true, true, true}));
    rig.write("DMAC_CFG", 1);
    EXPECT_EQ(levels(), std::vector<bool>({false, false, false, false}));
    EXPECT_EQ(rig.read(0x030), 0xAu | common) << "not gated by INT_EN";
    rig.write("DMAC_CFG", 3);
    EXPECT_EQ(levels(), std::vector<bool>({true, true, true, true}));
    rig.write("CH1_INTCLEAR", kAll);
    EXPECT_EQ(levels(), std::vector<bool>({false, true, true, true}));
    rig.write("DMAC_COMMON_INTCLEAR", kAll);
    EXPECT_EQ(levels(), std::vector<bool>({false, true, false, true}));
    rig.write("CH3_INTCLEAR", kAll);
    EXPECT_EQ(levels(), std::vector<bool>({false, false, false, false}));
    EXPECT_EQ(rig.read(0x030), 0u);
  }
}

TEST(DmacInterrupts, IoTypeDecidesWhichOutputsExist) {
  for (const unsigned type : {0u, 1u, 2u}) {
    Parameters p = small();
    p.intr_io_type = type;
    DmacRig rig(p);
    rig.write("DMAC_CFG", 3);
    rig.read("CH1_INTCLEAR");
    rig.read("DMAC_COMMON_INTCLEAR");
    EXPECT_EQ(rig.lines.level[1], type != 0);
    EXPECT_EQ(rig.lines.level[kCommonLine], type != 0);
    EXPECT_EQ(rig.lines.level[kCombinedLine], type != 1);
  }
}

TEST(DmacInterrupts, ALineRisesInTheCycleOfItsEventHoweverTimeIsSliced) {
  Cycle rise[3] = {};
  const Cycle slices[3] = {1, 7, 100000};
  for (int i = 0; i < 3; ++i) {
    DmacRig rig(small());
    rig.write("DMAC_CFG", 3);
    rig.program(0, 100);
    rig.set_enable(0, true);
    while (rig.lines.changes.empty() && rig.now < 200000) rig.run(slices[i]);
    ASSERT_FALSE(rig.lines.changes.empty());
    rise[i] = rig.lines.changes[0].cycle;
  }
  EXPECT_GT(rise[0], 100u);
  EXPECT_EQ(rise[0], rise[1]);
  EXPECT_EQ(rise[0], rise[2]);
}

TEST(DmacAccessErrors, LatchTheBitOfTheirBlockUnlessSuppressed) {
  for (const bool latched : {true, false}) {
    Parameters p = small();
    p.slvif_status = latched;
    DmacRig rig(p);
    const auto expect = [&](const char* where, const char* clear, std::uint64_t bits) {
      EXPECT_EQ(rig.read(where), latched ? bits : 0u) << where;
      rig.write(clear, kAll);
      EXPECT_EQ(rig.read(where), 0u);
    };
    rig.read(0x068);
    expect("DMAC_COMMON_INTSTATUS", "DMAC_COMMON_INTCLEAR", 0x1);
    rig.read(0x020);
    expect("DMAC_COMMON_INTSTATUS", "DMAC_COMMON_INTCLEAR", 0x1);  // CHSUSP of the other layout
    rig.write("DMAC_ID", 1);
    expect("DMAC_COMMON_INTSTATUS", "DMAC_COMMON_INTCLEAR", 0x2);
    rig.read("DMAC_COMMON_INTCLEAR");
    expect("DMAC_COMMON_INTSTATUS", "DMAC_COMMON_INTCLEAR", 0x4);
    rig.write(0x500, 1);
    expect("DMAC_COMMON_INTSTATUS", "DMAC_COMMON_INTCLEAR", 0x100);  // behind the last channel
    rig.write(0x3A0, 1);
    expect("CH2_INTSTATUS", "CH2_INTCLEAR", kSlvifDecErr);
    rig.write("CH2_STATUS", 1);
    expect("CH2_INTSTATUS", "CH2_INTCLEAR", kSlvifWr2RoErr);
    rig.read("CH2_BLK_TFR_RESUMEREQ");
    expect("CH2_INTSTATUS", "CH2_INTCLEAR", kSlvifRd2RwoErr);
  }
}

TEST(DmacAccessWidth, A64BitWriteEqualsItsTwoHalvesWhateverIsWritten) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const unsigned channels = seed % 2 ? 4 : 20;
    DmacRig wide(small(channels));
    DmacRig halves(small(channels));
    std::mt19937_64 random(seed);
    const auto& registers = wide.registers.bank().registers();
    for (int step = 0; step < 300; ++step) {
      const Register& reg = registers[random() % registers.size()];
      const std::uint64_t offset = reg.offset(static_cast<unsigned>(random() % reg.count()));
      std::uint64_t value = random() & random();
      if (reg.name() == "DMAC_CFG") value |= 1;  // keep it running most of the time
      if (reg.name() == "DMAC_RESET" && random() % 8 != 0) continue;
      if (random() % 4 == 0) {
        const std::uint64_t whole = wide.read(offset);
        const std::uint64_t low = halves.read(offset, 4);
        EXPECT_EQ(whole, low | (halves.read(offset + 4, 4) << 32)) << reg.name();
      } else {
        wide.write(offset, value);
        halves.write(offset, value & 0xFFFF'FFFF, 4);
        halves.write(offset + 4, value >> 32, 4);
      }
      const Cycle pause = random() % 40;
      wide.run(pause);
      halves.run(pause);
      for (std::uint64_t at = 0; at < wide.registers.bank().size(); at += 8) {
        ASSERT_EQ(wide.registers.peek(at, 8), halves.registers.peek(at, 8))
            << wide.registers.bank().name_at(at) << " after " << reg.name() << ", seed " << seed << " step "
            << step;
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::dmac
