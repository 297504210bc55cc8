// The register map as a driver meets it: reset values, access types, write enables, access widths, illegal
// accesses.
#include <map>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

struct Layout {
  const char* name;
  unsigned channels;
  bool force_cfg2;
};

class Map : public testing::TestWithParam<Layout> {
 protected:
  static RigOptions options() {
    RigOptions o;
    o.parameters = small_parameters();
    o.parameters.num_channels = GetParam().channels;
    o.parameters.force_cfg2 = GetParam().force_cfg2;
    o.parameters.num_masters = 2;
    o.parameters.src_stat_en = o.parameters.dst_stat_en = true;  // every register exists
    for (unsigned n = 0; n < o.parameters.num_channels; ++n)
      o.parameters.reset_priority[n] = static_cast<u8>((o.parameters.num_channels - 1 - n) & 7);
    return o;
  }
  bool cfg2() const { return GetParam().channels > 8 || GetParam().force_cfg2; }
  u64 cfg_reset(unsigned n) const {
    CfgFields c;
    c.tt_fc = 3;
    c.hs_sel_src = c.hs_sel_dst = true;
    c.priority = (GetParam().channels - 1 - n) & 7;
    return c.encode(cfg2());
  }
  u64 reset_value(const RegisterInfo& r, unsigned ch) const {
    static const std::map<std::string_view, u64> known = {{"DMAC_COMPVER", 0x3130312A},
                                                          {"DMAC_COMMON_INTSTATUS_ENA", 0x10F},
                                                          {"DMAC_COMMON_INTSIGNAL_ENA", 0x10F},
                                                          {"DMAC_LOWPOWER_CFG", 0x004040400000000F},
                                                          {"CTL", 0x1200},
                                                          {"INTSTATUS_ENA", irq::kAll},
                                                          {"INTSIGNAL_ENA", irq::kAll}};
    if (r.name == "CFG") return cfg_reset(ch);
    const auto it = known.find(r.name);
    return it == known.end() ? 0 : it->second;
  }
  /// Calls f(register, channel) for every register.
  template <typename F>
  void each(F f) const {
    for (const RegisterInfo& r : kRegisters)
      for (unsigned ch = 0; ch < (r.channel ? GetParam().channels : 1); ++ch) f(r, ch);
  }
  Rig rig_{options()};
};

INSTANTIATE_TEST_SUITE_P(Layouts, Map,
                         testing::Values(Layout{"v1", 6, false}, Layout{"v1cfg2", 4, true},
                                         Layout{"v2", 32, false}, Layout{"one", 1, false},
                                         Layout{"v2small", 9, false}),
                         [](const auto& p) { return p.param.name; });

TEST_P(Map, ResetValuesInBothWidths) {
  each([&](const RegisterInfo& r, unsigned ch) {
    if (r.access == Access::kWriteOnly) return;
    const u64 at = offset_of(r.name, ch);
    const u64 expected = reset_value(r, ch);
    EXPECT_EQ(rig_.read_at(at), expected) << r.name << " " << ch;
    EXPECT_EQ(rig_.read_at(at, 4), expected & 0xFFFFFFFF) << r.name << " " << ch;
    EXPECT_EQ(rig_.read_at(at + 4, 4), expected >> 32) << r.name << " " << ch;
    EXPECT_EQ(rig_.debug_read(at), expected) << r.name << " " << ch;
  });
  EXPECT_EQ(rig_.read("DMAC_COMMON_INTSTATUS"), 0u);
  for (unsigned ch = 0; ch < GetParam().channels; ++ch) EXPECT_EQ(rig_.status(ch), 0u);
}

TEST_P(Map, ImplementedBitsKeepWhatIsWritten) {
  std::map<std::string_view, u64> bits = {
      {"SAR", ~u64{0}},
      {"DAR", ~u64{0}},
      {"BLOCK_TS", 0x3FFFFF},
      {"CTL", ~reference::kCtlReserved},
      {"LLP", ~u64{0x3E}},
      {"AXI_QOS", 0xFF},
      {"SSTATAR", ~u64{0}},
      {"DSTATAR", ~u64{0}},
      {"INTSTATUS_ENA", irq::kAll},
      {"INTSIGNAL_ENA", irq::kAll},
      {"DMAC_COMMON_INTSTATUS_ENA", 0x10F},
      {"DMAC_COMMON_INTSIGNAL_ENA", 0x10F},
  };
  // TT_FC, HS_SEL and OSR_LMT are where they are in both layouts; LOCK is absent, UID and POL are read-only.
  u64 cfg = 0xF | u64{0x1F} << 32 | u64{0xFF} << 55;
  cfg |= cfg2() ? u64{0x3F} << 4 | u64{0x3F} << 11 | u64{0x1F} << 47
                : u64{0xF} << 39 | u64{0xF} << 44 | u64{7} << 49;
  bits["CFG"] = cfg;
  const u64 open = cfg2() ? u64{0xF} << 18 | u64{0xF} << 25 : 0;  // UID access type is not stated for CFG2
  each([&](const RegisterInfo& r, unsigned ch) {
    const auto it = bits.find(r.name);
    if (it == bits.end()) return;
    const u64 mask = r.name == "CFG" ? ~open : ~u64{0};
    rig_.write(r.name, ch, ~u64{0});
    EXPECT_EQ(rig_.read(r.name, ch) & mask, it->second) << r.name << " " << ch;
    rig_.write(r.name, ch, 0);
    EXPECT_EQ(rig_.read(r.name, ch), 0u) << r.name << " " << ch;
  });
  for (unsigned ch = 0; ch < GetParam().channels; ++ch) EXPECT_EQ(rig_.status(ch), 0u) << ch;
}

TEST_P(Map, HalvesAreIndependentAndEqualOneWideWrite) {
  reference::Random random(GetParam().channels);
  each([&](const RegisterInfo& r, unsigned ch) {
    if (r.access != Access::kReadWrite || r.name == "DMAC_RESET") return;
    const u64 at = offset_of(r.name, ch);
    const u64 a = random.next(), b = random.next();
    rig_.write_at(at, a);
    const u64 wide_a = rig_.read_at(at);
    rig_.write_at(at, b);
    const u64 wide_b = rig_.read_at(at);
    rig_.write_at(at, a & 0xFFFFFFFF, 4);
    EXPECT_EQ(rig_.read_at(at), (wide_a & 0xFFFFFFFF) | (wide_b >> 32 << 32)) << r.name << " " << ch;
    rig_.write_at(at + 4, a >> 32, 4);
    EXPECT_EQ(rig_.read_at(at), wide_a) << r.name << " " << ch;
    rig_.write_at(at, 0);
  });
}

TEST_P(Map, ReadOnlyAndWriteOnlyRegistersAnswerAndLatchTheirBit) {
  each([&](const RegisterInfo& r, unsigned ch) {
    const u64 at = offset_of(r.name, ch);
    const u64 where = r.channel ? offset_of("INTSTATUS", ch) : offset_of("DMAC_COMMON_INTSTATUS");
    const u64 clear = r.channel ? offset_of("INTCLEAR", ch) : offset_of("DMAC_COMMON_INTCLEAR");
    u64 expected = 0;
    if (r.access == Access::kReadOnly) {
      const u64 value = rig_.read_at(at);
      EXPECT_TRUE(rig_.access(true, at, 8, ~u64{0}).okay) << r.name;
      expected = r.channel ? irq::kWriteToReadOnly : 2;
      EXPECT_EQ(rig_.read_at(where), expected) << r.name << " " << ch;
      rig_.write_at(clear, ~u64{0});
      EXPECT_EQ(rig_.read_at(at), value) << r.name;
    } else if (r.access == Access::kWriteOnly) {
      rig_.debug_read(at);
      EXPECT_EQ(rig_.read_at(where), 0u) << "a debug access has no side effect: " << r.name;
      const Reply reply = rig_.access(false, at, 8);
      EXPECT_TRUE(reply.okay) << r.name;
      EXPECT_EQ(reply.value, 0u) << r.name;
      expected = r.channel ? irq::kReadOfWriteOnly : 4;
      EXPECT_EQ(rig_.read_at(where), expected) << r.name << " " << ch;
      rig_.write_at(clear, ~u64{0});
    }
    EXPECT_EQ(rig_.read_at(where), 0u) << r.name;
  });
}

TEST_P(Map, HolesAnswerWithZeroAndTheErrorBitOfTheirBlock) {
  const u64 common = offset_of("DMAC_COMMON_INTSTATUS");
  for (const u64 hole : {u64{0x68}, u64{0xF8}}) {
    for (const bool write : {false, true}) {
      const Reply reply = rig_.access(write, hole, 8, ~u64{0});
      EXPECT_TRUE(reply.okay);
      EXPECT_EQ(reply.value, 0u);
      EXPECT_EQ(rig_.read_at(common), 1u) << std::hex << hole;
      rig_.write("DMAC_COMMON_INTCLEAR", 0xFFFFFFFF);
      EXPECT_EQ(rig_.read_at(common), 0u);
    }
  }
  const unsigned last = GetParam().channels - 1;
  for (const u64 hole : {u64{0xA0}, u64{0xF8}}) {
    EXPECT_TRUE(rig_.access(false, 0x100 + last * 0x100 + hole, 4).okay);
    EXPECT_EQ(rig_.status(last), irq::kHole) << std::hex << hole;
    rig_.write("INTCLEAR", last, irq::kHole);
  }
  const u64 outside = 0x100 + u64{GetParam().channels} * 0x100;
  EXPECT_TRUE(rig_.access(false, outside, 8).okay);
  EXPECT_EQ(rig_.read_at(common), 0x100u) << "an address outside any register block";
  rig_.write("DMAC_COMMON_INTCLEAR", 0xFFFFFFFF);
}

TEST_P(Map, WriteEnablesProtectEveryBitOfTheChannelControls) {
  rig_.write("DMAC_CFG", 1);
  const unsigned n = GetParam().channels;
  for (unsigned ch = 0; ch < n; ++ch) {
    // Nothing to fetch: the channel halts on an invalid item and stays enabled.
    program(rig_, list_at(ch, kRam));
  }
  rig_.ram().store(kRam + 0x20, 0);
  const u64 all_bits = rig_.layout_v2() ? 0x0000FFFF'0000FFFFu : 0xFFu;
  rig_.write("DMAC_CHEN", all_bits);
  EXPECT_EQ(rig_.enabled_mask(), 0u) << "no write enable, no effect";
  u32 expected = 0;
  for (unsigned ch = 0; ch < n; ch += 2) {
    rig_.enable(ch);
    expected |= 1u << ch;
    EXPECT_EQ(rig_.enabled_mask(), expected);
  }
  rig_.run(200);
  EXPECT_EQ(rig_.enabled_mask(), expected);
  const u64 seen = rig_.read("DMAC_CHEN");
  EXPECT_EQ(seen & (rig_.layout_v2() ? 0xFFFF0000'FFFF0000u : 0xFFFFFFFF'FFFFFF00u), 0u)
      << "write enables read 0";
  rig_.write("DMAC_CHEN", seen);
  rig_.write("DMAC_CHEN", 0);
  EXPECT_EQ(rig_.enabled_mask(), expected) << "reading and writing back is harmless";
  rig_.suspend(0);
  EXPECT_TRUE(rig_.suspended_bit(0));
  rig_.write("DMAC_CHEN", rig_.read("DMAC_CHEN"));
  if (rig_.layout_v2()) rig_.write_at(kChSusp, rig_.read_at(kChSusp));
  EXPECT_TRUE(rig_.suspended_bit(0));
  if (n > 1) {
    EXPECT_FALSE(rig_.suspended_bit(1));
    rig_.suspend(1);
    EXPECT_FALSE(rig_.suspended_bit(1)) << "a disabled channel does not take CH_SUSP";
  }
  rig_.resume(0);
  EXPECT_FALSE(rig_.suspended_bit(0));
  for (unsigned ch = 0; ch < n; ch += 2) {
    rig_.disable(ch);
    rig_.run(50);
    expected &= ~(1u << ch);
    EXPECT_EQ(rig_.enabled_mask(), expected);
    EXPECT_TRUE(rig_.status(ch) & irq::kDisabled);
  }
}

TEST_P(Map, ControllerDisabledHidesAndIgnoresTheChannelControls) {
  EXPECT_EQ(rig_.read("DMAC_CFG"), 0u);
  program(rig_, list_at(0, kRam));
  rig_.enable(0);
  EXPECT_EQ(rig_.read("DMAC_CHEN"), 0u);
  rig_.write("DMAC_CFG", ~u64{0});
  EXPECT_EQ(rig_.read("DMAC_CFG"), 3u);
  EXPECT_EQ(rig_.read("DMAC_CHEN"), 0u) << "the ignored write is not remembered";
  rig_.write("DMAC_CFG", 0);
  EXPECT_EQ(rig_.read("DMAC_CFG"), 0u);
}

TEST(MapDetails, CommonErrorsRaiseTheCommonInterrupt) {
  for (const unsigned channels : {4u, 16u}) {
    SCOPED_TRACE(channels);
    RigOptions o;
    o.parameters = small_parameters();
    o.parameters.num_channels = channels;
    Rig rig(o);
    rig.power_up();
    rig.read_at(0x68);
    rig.run(1);
    const u64 bit = u64{1} << (channels > 8 ? 32 : 16);
    EXPECT_EQ(rig.read("DMAC_INTSTATUS"), bit);
    EXPECT_TRUE(rig.line(kCommonLine));
    EXPECT_TRUE(rig.line(kCombinedLine));
    rig.write("DMAC_COMMON_INTSIGNAL_ENA", 0);
    rig.run(1);
    EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
    EXPECT_FALSE(rig.line(kCommonLine));
    EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 1u);
    rig.write("DMAC_COMMON_INTSIGNAL_ENA", 1);
    EXPECT_EQ(rig.read("DMAC_INTSTATUS"), bit);
    rig.write("DMAC_COMMON_INTCLEAR", 1);
    EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
    rig.write("DMAC_COMMON_INTSTATUS_ENA", 0);
    rig.read_at(0x68);
    EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 0u) << "not enabled: lost";
    rig.write("DMAC_COMMON_INTSTATUS_ENA", 0xFFFFFFFF);
    EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 0u) << "and not remembered";
  }
}

TEST(MapDetails, FieldsOfAbsentFeaturesReadZero) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 1;
  o.parameters.addr_width = 32;
  o.parameters.max_block_items.fill(32768);
  Rig rig(o);
  rig.write("CTL", 0, ~u64{0});
  EXPECT_EQ(rig.read("CTL", 0) & 5, 0u) << "SMS and DMS with one master";
  EXPECT_EQ(rig.read("CTL", 0) >> 56 & 3, 0u) << "status fetch is absent";
  rig.write("LLP", 0, ~u64{0});
  EXPECT_EQ(rig.read("LLP", 0), 0xFFFFFFC0u) << "LMS with one master, 32-bit addresses";
  rig.write("SAR", 0, 0xABCD'87654321u);
  EXPECT_EQ(rig.read("SAR", 0), 0x87654321u) << "address bits above are ignored";
  rig.write("BLOCK_TS", 0, ~u64{0});
  EXPECT_EQ(rig.read("BLOCK_TS", 0), 0x7FFFu);
  EXPECT_EQ(rig.status(0), 0u);
}

TEST(MapDetails, NarrowUnalignedAndOddAccessesAreRejectedWithoutHarm) {
  RigOptions o;
  o.parameters = small_parameters();
  Rig rig(o);
  rig.write("SAR", 0, 0x1122334455667788);
  u8 data[64] = {};
  const u64 sar = offset_of("SAR", 0);
  for (const unsigned length : {1u, 2u, 3u, 5u, 7u}) {
    rig.raw_access(true, sar, length, length, data, nullptr, 0);
    rig.raw_access(true, sar + 1, length, length, data, nullptr, 0);
    EXPECT_EQ(rig.read("SAR", 0), 0x1122334455667788u) << length;
  }
  rig.raw_access(true, sar + 2, 4, 4, data, nullptr, 0);
  rig.raw_access(true, sar + 4, 8, 8, data, nullptr, 0);
  EXPECT_EQ(rig.read("SAR", 0), 0x1122334455667788u);
  EXPECT_EQ(rig.read("DAR", 0), 0u);
  rig.raw_access(false, ~u64{0} - 3, 4, 4, data, nullptr, 0);
  EXPECT_EQ(rig.enabled_mask(), 0u);
}

}  // namespace
}  // namespace dmavp::tb
