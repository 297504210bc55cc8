// The register map of the SSI: tables, flags, probes of the drivers (spec peripherals 3.1 - 3.4, 3.8).
#include "peripherals/ssi_registers.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "peripherals/narrow_access.h"
#include "peripherals/ssi_rig.h"

namespace dmavp::tb {
namespace {

using ssi::TransferMode;

ssi::Parameters parameters_of(ssi::Layout layout) {
  ssi::Parameters p;
  p.layout = layout;
  if (layout == ssi::Layout::kApb16) p.max_frame = 16;
  return p;
}

struct Expected {
  const char* name;
  std::uint64_t offset;
  std::uint32_t reset;
  std::uint32_t after_ones;  ///< while disabled
};

TEST(SsiRegisters, ResetValuesAndWritableBits) {
  const std::map<ssi::Layout, Expected> ctrlr0 = {
      {ssi::Layout::kApb16, {"CTRLR0", 0, 0x7, 0xFFFF}},
      {ssi::Layout::kApb32, {"CTRLR0", 0, 0x7'0000, 0x017F'FFF0}},
      {ssi::Layout::kDwc, {"CTRLR0", 0, 0x4007, 0x00CF'7FDF}},
  };
  const std::vector<Expected> common = {{"CTRLR1", 0x04, 0, 0xFFFF},
                                        {"SSIENR", 0x08, 0, 1},
                                        {"MWCR", 0x0C, 0, 7},
                                        {"SER", 0x10, 0, 0xF},
                                        {"BAUDR", 0x14, 0, 0xFFFE},
                                        {"TXFTLR", 0x18, 0, 0},
                                        {"RXFTLR", 0x1C, 0, 0},
                                        {"TXFLR", 0x20, 0, 0},
                                        {"RXFLR", 0x24, 0, 0},
                                        {"SR", 0x28, 6, 6},
                                        {"IMR", 0x2C, 0x3F, 0x3F},
                                        {"ISR", 0x30, 0, 0},
                                        {"RISR", 0x34, 0, 0},
                                        {"TXOICR", 0x38, 0, 0},
                                        {"RXOICR", 0x3C, 0, 0},
                                        {"RXUICR", 0x40, 0, 0},
                                        {"MSTICR", 0x44, 0, 0},
                                        {"ICR", 0x48, 0, 0},
                                        {"DMACR", 0x4C, 0, 3},
                                        {"DMATDLR", 0x50, 0, 0xFF},
                                        {"DMARDLR", 0x54, 0, 0xFF},
                                        {"IDR", 0x58, 0, 0},
                                        {"RX_SAMPLE_DLY", 0xF0, 0, 0xFF},
                                        {"SPI_CTRLR0", 0xF4, 0, 0xFFFF'FFFF},
                                        {"XIP_MODE_BITS", 0xFC, 0, 0xFFFF'FFFF},
                                        {"XIP0_WORD", 0x100, 0, 0xFFFF'FFFF},
                                        {"XIP5_WORD", 0x114, 0, 0xFFFF'FFFF},
                                        {"ENDIAN", 0x118, 0, 0xFFFF'FFFF}};
  for (const auto& [layout, first] : ctrlr0) {
    std::vector<Expected> all = common;
    all.push_back(first);
    all.push_back(layout == ssi::Layout::kDwc ? Expected{"VERSION", 0x5C, 0x3130'312A, 0x3130'312A}
                                              : Expected{"VERSION", 0x5C, 0x3430'312A, 0x3430'312A});
    for (const Expected& e : all) {
      SsiRig rig(parameters_of(layout));
      ASSERT_EQ(rig.model.bank().offset_of(e.name), e.offset);
      EXPECT_EQ(rig.read(e.name), e.reset) << e.name;
      if (e.offset == 0x08) continue;
      rig.write(e.name, ~0u);
      EXPECT_EQ(rig.read(e.name), e.after_ones) << e.name;
    }
  }
}

TEST(SsiRegisters, HolesReadZeroAndAllDataAddressesAreOneFifo) {
  SsiRig rig;
  std::set<std::uint64_t> declared;
  for (const Register& reg : rig.model.bank().registers()) {
    for (unsigned i = 0; i < reg.count(); ++i) declared.insert(reg.offset(i));
  }
  for (std::uint64_t offset = 0; offset < 0x1000; offset += 4) {
    if (declared.count(offset) != 0) continue;
    std::uint64_t value = 1;
    rig.model.bank().write(offset, 4, ~0u);
    rig.model.bank().read(offset, 4, value);
    EXPECT_EQ(value, 0u) << offset;
  }
  rig.setup(8, TransferMode::kTransmitReceive, 2, 0, true);
  for (unsigned n = 0; n < 36; ++n) {
    rig.model.bank().write(0x60 + 4 * n, n % 2 == 0 ? 1 : 4, n);
    rig.pass(160'000);
    std::uint64_t value = 0;
    rig.model.bank().read(0xEC - 4 * n, 4, value);
    EXPECT_EQ(value, n);
  }
}

TEST(SsiRegisters, ConfigurationIsLockedWhileEnabled) {
  SsiRig rig;
  rig.setup(8, TransferMode::kTransmitReceive, 4);
  for (const char* name : {"CTRLR0", "CTRLR1", "MWCR", "BAUDR", "RX_SAMPLE_DLY", "SPI_CTRLR0"}) {
    const std::uint32_t before = rig.read(name);
    rig.write(name, ~before);
    EXPECT_EQ(rig.read(name), before) << name;
  }
  for (const char* name : {"TXFTLR", "RXFTLR", "IMR", "DMACR", "DMATDLR", "DMARDLR", "SER"}) {
    rig.write(name, 3);
    EXPECT_EQ(rig.read(name), 3u) << name;
  }
}

/// A threshold that the FIFO does not have leaves the old one in place, in both directions.
TEST(SsiRegisters, ThresholdsBeyondTheFifoAreNotTaken) {
  for (const unsigned depth : {8u, 31u, 256u}) {
    ssi::Parameters p;
    p.fifo_depth = depth;
    SsiRig rig(p);
    for (const char* name : {"TXFTLR", "RXFTLR"}) {
      for (unsigned value = 0; value < 256; ++value) {
        rig.write(name, 5);
        rig.write(name, value);
        EXPECT_EQ(rig.read(name), value < depth ? value : 5u) << name << " " << value;
      }
    }
  }
}

/// An access of 8 or 16 bits moves a frame if it carries the lowest byte, and nothing otherwise.
TEST(SsiRegisters, OnlyTheLowestByteOfDataMovesAFrame) {
  SsiRig rig;
  rig.setup(16, TransferMode::kTransmitReceive, 2, 0, true);
  const auto off_the_lowest = [&](const char* name, bool write) {
    access_off_the_lowest_byte(rig.model.bank(), name, write, [&] { rig.pass(1'000'000); });
  };
  off_the_lowest("DR0_DATA", true);
  off_the_lowest("DR35_DATA", true);
  EXPECT_EQ(rig.model.core().traffic().frames, 0u);
  rig.write("DR7_DATA", 0xA1, 1);
  rig.write("DR8_DATA", 0xC3B2, 2);
  rig.pass(1'000'000);
  off_the_lowest("DR0_DATA", false);
  EXPECT_EQ(rig.peek("RXFLR"), 2u);
  EXPECT_EQ(rig.read("DR9_DATA", 1), 0xA1u);
  EXPECT_EQ(rig.read("DR1_DATA", 2), 0xC3B2u);
  EXPECT_EQ(rig.model.core().losses().rx_underflow, 0u);
  rig.pop();
  for (const char* name : {"RXUICR", "ICR"}) off_the_lowest(name, false);
  EXPECT_EQ(rig.read("RXUICR", 1), 1u);
}

TEST(SsiRegisters, ParametersAreChecked) {
  const auto problem = [](auto change) {
    ssi::Parameters p;
    change(p);
    const auto problems = ssi::validate(p);
    return problems.empty() ? std::string() : problems[0].field;
  };
  EXPECT_EQ(problem([](ssi::Parameters&) {}), "");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p.fifo_depth = 7; }), "fifo_depth");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p.fifo_depth = 257; }), "fifo_depth");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p.num_cs = 17; }), "num_cs");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p.max_frame = 16; }), "max_frame");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p.layout = ssi::Layout::kApb16; }), "max_frame");
  EXPECT_EQ(problem([](ssi::Parameters& p) { p = ssi::Parameters::k210_spi3(); }), "");
}

/// What Linux's probe finds out (spec 3.8, step 1).
TEST(SsiRegisters, LinuxProbe) {
  for (const ssi::Layout layout : {ssi::Layout::kApb16, ssi::Layout::kApb32, ssi::Layout::kDwc}) {
    for (const unsigned depth : {8u, 16u, 31u, 32u, 256u}) {
      for (const unsigned selects : {1u, 4u, 16u}) {
        ssi::Parameters p = parameters_of(layout);
        p.fifo_depth = depth;
        p.num_cs = selects;
        SsiRig rig(p);
        rig.write("SSIENR", 0);
        rig.write("IMR", rig.read("IMR") & ~0xFFu);
        rig.read("ICR");
        rig.write("SER", 0);
        rig.write("SSIENR", 1);
        EXPECT_EQ(rig.read("VERSION"), p.version_value());
        rig.write("SER", 0xFFFF);
        EXPECT_EQ(rig.read("SER"), (1u << selects) - 1);
        rig.write("SER", 0);
        unsigned found = 1;
        for (; found < 256; ++found) {
          rig.write("TXFTLR", found);
          if (rig.read("TXFTLR") != found) break;
        }
        EXPECT_EQ(found, depth);
        rig.write("TXFTLR", 0);
        if (layout == ssi::Layout::kDwc) continue;
        rig.write("SSIENR", 0);
        const std::uint32_t before = rig.read("CTRLR0");
        rig.write("CTRLR0", 0xFFFF'FFFF);
        EXPECT_EQ((rig.read("CTRLR0") & 0xF) == 0, layout == ssi::Layout::kApb32);
        rig.write("CTRLR0", before);
        EXPECT_EQ(rig.read("CTRLR0"), before);
      }
    }
  }
}

TEST(SsiRegisters, FlagsAreRaisedAndClearedEach) {
  struct Flag {
    std::uint32_t bit;
    const char* clear;
  };
  for (const Flag flag :
       {Flag{ssi::kTxOverflow, "TXOICR"}, {ssi::kRxOverflow, "RXOICR"}, {ssi::kRxUnderflow, "RXUICR"}}) {
    for (const bool together : {false, true}) {
      SsiRig rig;
      rig.setup(8, TransferMode::kTransmitReceive, 2);
      rig.write("IMR", 0);
      if (flag.bit == ssi::kRxUnderflow) {
        rig.pop();
      } else if (flag.bit == ssi::kTxOverflow) {
        for (unsigned n = 0; n < 34; ++n) rig.push(n);  // one in the shifter
      } else {
        for (unsigned n = 0; n < 33; ++n) rig.push(n);
        rig.pass(33 * 160'000);
      }
      const std::uint32_t latched = ssi::kTxOverflow | ssi::kRxUnderflow | ssi::kRxOverflow;
      EXPECT_EQ(rig.read("RISR") & latched, flag.bit);
      EXPECT_EQ(rig.read("ISR"), 0u);
      EXPECT_FALSE(rig.model.interrupt());
      rig.write("IMR", flag.bit);
      EXPECT_EQ(rig.read("ISR"), flag.bit);
      EXPECT_TRUE(rig.model.interrupt());
      rig.peek(flag.clear);  // looking does not clear
      EXPECT_EQ(rig.read(together ? "ICR" : flag.clear), 1u);
      EXPECT_FALSE(rig.model.interrupt());
      EXPECT_EQ(rig.read(together ? "ICR" : flag.clear), 0u);
    }
  }
}

TEST(SsiRegisters, OverrunKeepsOldDataAndCounts) {
  for (const bool quirk : {false, true}) {
    ssi::Parameters p;
    p.rx_full_quirk = quirk;
    SsiRig rig(p);
    rig.setup(8, TransferMode::kTransmitReceive, 2, 0, true);
    for (unsigned n = 0; n < 32; ++n) rig.push(n);
    rig.pass(32 * 160'000);
    const unsigned kept = quirk ? 31 : 32;
    EXPECT_EQ(rig.peek("RXFLR"), kept);
    EXPECT_EQ(rig.model.core().losses().rx_overrun, 32 - kept);
    EXPECT_EQ((rig.peek("SR") & ssi::kRff) != 0, !quirk);
    rig.push(99);
    rig.pass(160'000);
    EXPECT_EQ(rig.model.core().losses().rx_overrun, 33 - kept);
    for (unsigned n = 0; n < kept; ++n) EXPECT_EQ(rig.pop(), n);
    EXPECT_EQ(rig.pop(), kept - 1);  // empty: the last one again
    EXPECT_EQ(rig.model.core().losses().rx_underflow, 1u);
  }
}

TEST(SsiRegisters, LevelsFollowTheirThresholds) {
  for (unsigned threshold = 0; threshold < 32; ++threshold) {
    SsiRig rig;
    rig.setup(8, TransferMode::kTransmitReceive, 0, 0, true);  // no clock: the FIFO only fills
    rig.write("TXFTLR", threshold);
    rig.write("DMATDLR", threshold);
    rig.write("DMACR", 3);
    for (unsigned level = 0; level <= 32; ++level) {
      EXPECT_EQ((rig.read("RISR") & ssi::kTxEmpty) != 0, level <= threshold);
      const RequestLevels request = rig.model.request(Direction::kTransmit);
      EXPECT_EQ(request.burst, level <= threshold);
      EXPECT_EQ(request.single, level < 32);
      if (level < 32) rig.push(level);
    }
    rig.setup(8, TransferMode::kTransmitReceive, 2, 0, true);
    EXPECT_EQ(rig.peek("TXFLR"), 0u);
    rig.write("RXFTLR", threshold);
    rig.write("DMARDLR", threshold);
    for (unsigned level = 0; level <= 32; ++level) {
      EXPECT_EQ((rig.read("RISR") & ssi::kRxFull) != 0, level >= threshold + 1);
      const RequestLevels request = rig.model.request(Direction::kReceive);
      EXPECT_EQ(request.burst, level >= threshold + 1);
      EXPECT_EQ(request.single, level > 0);
      rig.push(level);
      rig.pass(160'000);
    }
    rig.write("DMACR", 0);
    EXPECT_EQ(rig.model.request(Direction::kReceive), RequestLevels{});
    rig.write("DMACR", 3);
    rig.write("SSIENR", 0);
    EXPECT_EQ(rig.model.request(Direction::kTransmit), RequestLevels{});
    EXPECT_EQ(rig.read("RISR") & (ssi::kTxEmpty | ssi::kRxFull), 0u);
  }
}

}  // namespace
}  // namespace dmavp::tb
