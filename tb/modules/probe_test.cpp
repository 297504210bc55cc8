// The driver's probe on device trees with one value wrong: what it says, and that it lets go of everything.
#include <gtest/gtest.h>
#include <libfdt.h>

#include <cstring>
#include <string>

#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

struct Row {
  const char* name;
  const char* property;
  int cell;  ///< that gets `value`; -1 = the property goes
  std::uint32_t value;
  const char* message;  ///< of the log
};

void edit(void* blob, const Row& row) {
  const int node = fdt_path_offset(blob, "/soc/dma-controller@50000000");
  ASSERT_GE(node, 0);
  if (row.cell < 0) {
    ASSERT_EQ(fdt_nop_property(blob, node, row.property), 0);
    return;
  }
  const fdt32_t value = cpu_to_fdt32(row.value);
  ASSERT_EQ(
      fdt_setprop_inplace_namelen_partial(blob, node, row.property, static_cast<int>(strlen(row.property)),
                                          static_cast<std::uint32_t>(4 * row.cell), &value, 4),
      0);
}

class Probe : public testing::TestWithParam<Row> {};

TEST_P(Probe, RefusesAndNamesThePropertyAndItsRange) {
  const Row& row = GetParam();
  FakeSoc::Settings s;
  s.device_tree = tree_path("narrow");
  s.edit = [&](void* blob) { edit(blob, row); };
  FakeSoc soc(s);
  soc.boot();
  soc.run({"dmaengine", "virt-dma", "dw-axi-dmac"});
  EXPECT_EQ(soc.logged(std::string("50000000.dma-controller: ") + row.message), 1u);
  EXPECT_EQ(soc.logged("50000000.dma-controller: probe with driver dw_axi_dmac_platform failed with error"),
            1u);
  EXPECT_EQ(soc.dmac.read(0x10, 8, soc.time()), 0u);
  EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    WrongValues, Probe,
    testing::Values(
        Row{"no_channels", "dma-channels", -1, 0, "property dma-channels is missing or malformed"},
        Row{"channels_0", "dma-channels", 0, 0, "property dma-channels = 0 is not in 1..32"},
        Row{"channels_33", "dma-channels", 0, 33, "property dma-channels = 33 is not in 1..32"},
        Row{"masters_3", "snps,dma-masters", 0, 3, "property snps,dma-masters = 3 is not in 1..2"},
        Row{"no_masters", "snps,dma-masters", -1, 0, "property snps,dma-masters is missing or malformed"},
        Row{"width_7", "snps,data-width", 0, 7, "property snps,data-width = 7 is not in 0..6"},
        Row{"block_0", "snps,block-size", 2, 0, "property snps,block-size[2] = 0 is not in 1..2097152"},
        Row{"block_large", "snps,block-size", 5, 0x400000, "property snps,block-size[5] = 4194304 is not in"},
        Row{"no_block", "snps,block-size", -1, 0,
            "property snps,block-size needs 6 numbers, one per channel"},
        Row{"few_blocks", "dma-channels", 0, 7, "property snps,block-size needs 7 numbers, one per channel"},
        Row{"priority_6", "snps,priority", 4, 6, "property snps,priority[4] = 6 is not in 0..5"},
        Row{"no_priority", "snps,priority", -1, 0, "property snps,priority needs 6 numbers"},
        Row{"burst_0", "snps,axi-max-burst-len", 0, 0,
            "property snps,axi-max-burst-len = 0 is not in 1..256"},
        Row{"burst_257", "snps,axi-max-burst-len", 0, 257, "property snps,axi-max-burst-len = 257 is not in"},
        Row{"no_interrupts", "interrupts", -1, 0, "no interrupts"},
        Row{"interrupt_out_of_range", "interrupts", 3, 99, "interrupt 99 cannot be requested: -22"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(ProbeOptional, BurstLimitAndClocksMayBeAbsent) {
  for (const char* property : {"snps,axi-max-burst-len", "clock-names"}) {
    FakeSoc::Settings s;
    s.device_tree = tree_path("narrow");
    s.edit = [&](void* blob) { edit(blob, {"", property, -1, 0, ""}); };
    FakeSoc soc(s);
    soc.boot();
    EXPECT_EQ(soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "memcpy count=2"}), 0) << property;
    EXPECT_EQ(soc.logged("all equal"), 1u) << property;
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
  }
}

TEST(ProbeParameter, OutstandingIsChecked) {
  for (const char* parameter : {"dw-axi-dmac outstanding=0", "dw-axi-dmac outstanding=17"}) {
    FakeSoc::Settings s;
    s.device_tree = tree_path("narrow");
    FakeSoc soc(s);
    soc.boot();
    soc.run({"dmaengine", "virt-dma", parameter});
    EXPECT_EQ(soc.logged("is not in 1..16"), 1u);
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
  }
}

}  // namespace
