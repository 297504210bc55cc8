// Every register of the controller against a table written by hand from the specification, for the three
// layouts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "base/dmac_rig.h"

namespace dmavp::dmac {
namespace {

/// What a register reads after reset, and after all ones were written to it while the controller is off.
struct Expected {
  const char* name;
  std::uint64_t offset;
  std::uint64_t reset;
  std::uint64_t after_ones;
};

// DMAC_EN = 0 throughout: the channel controls read 0 and ignore writes.
const std::vector<Expected> kCommon = {
    {"DMAC_ID", 0x000, 0xD0C0'FFEE, 0xD0C0'FFEE},
    {"DMAC_COMPVER", 0x008, 0x3130'312A, 0x3130'312A},
    {"DMAC_COMMON_INTCLEAR", 0x038, 0, 0},
    {"DMAC_COMMON_INTSTATUS_ENA", 0x040, 0x10F, 0x10F},
    {"DMAC_COMMON_INTSIGNAL_ENA", 0x048, 0x10F, 0x10F},
    {"DMAC_LOWPOWER_CFG", 0x060, 0x0040'4040'0000'000F, 0x00FF'FFFF'0000'000F},
};
const std::vector<Expected> kEnablesV1 = {
    {"DMAC_CHEN", 0x018, 0, 0},
    {"DMAC_INTSTATUS", 0x030, 0, 0},
};
const std::vector<Expected> kEnablesV2 = {
    {"DMAC_CHEN2", 0x018, 0, 0},
    {"DMAC_CHSUSP", 0x020, 0, 0},
    {"DMAC_CHABORT", 0x028, 0, 0},
    {"DMAC_INTSTATUS2", 0x030, 0, 0},
};
// Two masters, 40 address bits, 15 bits of BLOCK_TS, MSIZE up to 32 items (3 bits), no status fetch, no lock.
const std::vector<Expected> kChannel = {
    {"SAR", 0x00, 0, 0xFF'FFFF'FFFF},
    {"DAR", 0x08, 0, 0xFF'FFFF'FFFF},
    {"BLOCK_TS", 0x10, 0, 0x7FFF},
    {"CTL", 0x18, 0x1200, 0xC4FF'FFFF'7FDD'FF55},
    {"LLP", 0x28, 0, 0xFF'FFFF'FFC1},
    {"STATUS", 0x30, 0, 0},
    {"SWHSSRC", 0x38, 0, 0},
    {"SWHSDST", 0x40, 0, 0},
    {"BLK_TFR_RESUMEREQ", 0x48, 0, 0},
    {"AXI_ID", 0x50, 0, 0xFFFF'FFFF},
    {"AXI_QOS", 0x58, 0, 0xFF},
    {"SSTAT", 0x60, 0, 0},
    {"DSTAT", 0x68, 0, 0},
    {"SSTATAR", 0x70, 0, 0xFF'FFFF'FFFF},
    {"DSTATAR", 0x78, 0, 0xFF'FFFF'FFFF},
    {"INTSTATUS_ENA", 0x80, 0xF83F'7FFB, 0xF83F'7FFB},
    {"INTSIGNAL_ENA", 0x90, 0xF83F'7FFB, 0xF83F'7FFB},
    {"INTCLEAR", 0x98, 0, 0},
};

struct Layout {
  const char* name;
  unsigned channels;
  unsigned handshakes;
  bool force_cfg2;
  bool chen_v2;
  bool cfg_v2;
};

Parameters parameters_of(const Layout& layout) {
  Parameters p;
  p.num_channels = layout.channels;
  p.num_hs_if = layout.handshakes;
  p.force_cfg2 = layout.force_cfg2;
  p.num_masters = 2;
  p.addr_width = 40;
  p.max_msize = 32;
  p.max_block_items = for_all_channels(std::uint32_t{32767});
  p.dmac_id = 0xD0C0FFEE;
  p.slvif_status = false;  // reads of write-only registers are part of the test
  return p;
}

class DmacMap : public testing::TestWithParam<Layout> {
 protected:
  std::vector<Expected> table() const {
    std::vector<Expected> all = kCommon;
    const auto& enables = GetParam().chen_v2 ? kEnablesV2 : kEnablesV1;
    all.insert(all.end(), enables.begin(), enables.end());
    for (unsigned ch = 0; ch < GetParam().channels; ++ch) {
      const std::string prefix = "CH" + std::to_string(ch) + "_";
      const auto add = [&](std::string name, Expected e) {
        names_.push_back(std::make_unique<std::string>(prefix + name));
        e.name = names_.back()->c_str();
        e.offset += 0x100 + 0x100 * ch;
        all.push_back(e);
      };
      for (const Expected& e : kChannel) add(e.name, e);
      // TT_FC 3, software handshakes, the lowest channel has the highest priority.
      const std::uint64_t priority = GetParam().channels - 1 - ch;
      if (GetParam().cfg_v2) {
        add("CFG2", {nullptr, 0x20, (0x1Bull << 32) | (priority << 47), 0x7F8F'801F'0001'FBFF});
      } else {
        add("CFG", {nullptr, 0x20, (0x1Bull << 32) | (priority << 49), 0x7F8E'F79F'0000'000F});
      }
    }
    return all;
  }
  mutable std::vector<std::unique_ptr<std::string>> names_;
};

INSTANTIATE_TEST_SUITE_P(Layouts, DmacMap,
                         testing::Values(Layout{"v1v1", 6, 16, false, false, false},
                                         Layout{"v1cfg2byParameter", 4, 16, true, false, true},
                                         Layout{"v1cfg2byHandshakes", 8, 17, false, false, true},
                                         Layout{"v2v2", 32, 48, false, true, true},
                                         Layout{"v2v2nine", 9, 0, false, true, true}),
                         [](const auto& layout) { return std::string(layout.param.name); });

TEST_P(DmacMap, ResetsAndImplementedBitsAreThoseOfTheTable) {
  DmacRig rig(parameters_of(GetParam()));
  const std::vector<Expected> all = table();
  for (const Expected& e : all) {
    EXPECT_EQ(rig.registers.bank().offset_of(e.name), e.offset) << e.name;
    EXPECT_EQ(rig.read(e.offset), e.reset) << e.name;
    EXPECT_EQ(rig.read(e.offset, 4), e.reset & 0xFFFF'FFFF) << e.name;
    EXPECT_EQ(rig.read(e.offset + 4, 4), e.reset >> 32) << e.name;
    EXPECT_EQ(rig.registers.peek(e.offset, 8), e.reset) << e.name;
  }
  for (const Expected& e : all) rig.write(e.offset, ~std::uint64_t{0});
  for (const Expected& e : all) EXPECT_EQ(rig.read(e.offset), e.after_ones) << e.name;
  rig.write("DMAC_RESET", 1);
  for (const Expected& e : all) EXPECT_EQ(rig.read(e.offset), e.reset) << e.name << " after soft reset";
  EXPECT_EQ(rig.read("DMAC_CFG"), 0u);
  EXPECT_EQ(rig.read("DMAC_RESET"), 0u);
}

TEST_P(DmacMap, TheTableIsComplete) {
  DmacRig rig(parameters_of(GetParam()));
  std::set<std::string> known = {"DMAC_CFG", "DMAC_RESET", "DMAC_COMMON_INTSTATUS"};
  for (unsigned ch = 0; ch < GetParam().channels; ++ch)
    known.insert("CH" + std::to_string(ch) + "_INTSTATUS");
  for (const Expected& e : table()) known.insert(e.name);
  for (std::uint64_t offset = 0; offset < rig.registers.bank().size(); offset += 4) {
    const std::string name = rig.registers.bank().name_at(offset);
    if (name != "?") {
      EXPECT_EQ(known.count(name), 1u) << name;
    }
  }
}

TEST_P(DmacMap, ReferenceListsTheLayoutsOwnRegisters) {
  std::ostringstream out;
  write_register_reference(parameters_of(GetParam()), "dmac0", out);
  EXPECT_EQ(out.str().find("DMAC_CHSUSP") != std::string::npos, GetParam().chen_v2);
  EXPECT_EQ(out.str().find("## CHn_CFG2 - ") != std::string::npos, GetParam().cfg_v2);
  EXPECT_THAT(out.str(), testing::HasSubstr("# Registers of dmac0"));
}

TEST(DmacMapByParameters, AbsentFeaturesReadZeroAndPresentOnesKeepBits) {
  Parameters p;
  p.num_masters = 1;
  p.addr_width = 32;
  p.max_msize = 1;
  p.multi_blk_en = false;
  DmacRig absent(p);
  for (const char* name : {"CH0_CTL", "CH0_CFG", "CH0_LLP", "CH0_SAR"}) absent.write(name, ~std::uint64_t{0});
  EXPECT_EQ(absent.read("CH0_CTL") & 0x0300'0000'003F'C005u, 0u) << "masters, MSIZE, status fetch";
  EXPECT_EQ(absent.read("CH0_CFG") & 0x0070'0000'0000'000Fu, 0u) << "lock, multi-block";
  EXPECT_EQ(absent.read("CH0_LLP"), 0xFFFF'FFC0u);
  EXPECT_EQ(absent.read("CH0_SAR"), 0xFFFF'FFFFu);

  p.num_masters = 2;
  p.max_msize = 1024;
  p.multi_blk_en = p.src_stat_en = p.dst_stat_en = p.lock_en = true;
  DmacRig present(p);
  for (const char* name : {"CH0_CTL", "CH0_CFG"}) present.write(name, ~std::uint64_t{0});
  EXPECT_EQ(present.read("CH0_CTL") & 0x0300'0000'003F'C005u, 0x0300'0000'003F'C005u);
  EXPECT_EQ(present.read("CH0_CFG") & 0x0070'0000'0000'000Fu, 0x0070'0000'0000'000Fu);
}

TEST(DmacParameters, ProblemsNameTheFieldAndTheRange) {
  EXPECT_TRUE(validate(Parameters{}).empty());
  Parameters p;
  p.num_channels = 0;
  p.data_width_bytes = 12;
  p.fifo_depth = 0;
  p.granule_bytes = 1;
  std::string text;
  for (const ParameterProblem& problem : validate(p)) text += problem.field + " " + problem.message + "\n";
  EXPECT_EQ(text,
            "num_channels is 0, must be 1..32 channels\n"
            "data_width_bytes is 12, must be a power of two\n"
            "fifo_depth is 0, must be 4..1024 entries\n"
            "granule_bytes is 1, must be 64..1048576 bytes\n");
  p = Parameters{};
  p.num_channels = 33;
  EXPECT_EQ(validate(p).size(), 1u);
  p = Parameters{};
  p.max_block_items[3] = 3;
  p.reset_priority[1] = 8;
  ASSERT_EQ(validate(p).size(), 2u);
  EXPECT_EQ(validate(p)[0].field, "reset_priority[1]");
  EXPECT_EQ(validate(p)[1].field, "max_block_items[3]");
}

}  // namespace
}  // namespace dmavp::dmac
