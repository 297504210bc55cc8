// The driver's transfers with peripherals on a fake controller: cases inside the kernel
// (cases/slave_cases.cpp), what the peripheral got and what the registers said from here. covers: R6 R10 R11
// R35 K12
#include <gtest/gtest.h>
#include <libfdt.h>

#include <string>
#include <tuple>

#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

struct Rig {
  FakeSoc soc;
  std::string tree;
  explicit Rig(const std::string& tree_name, FakeDmac::Settings dmac = {}, std::uint64_t seed = 1)
      : soc(make(tree_name, dmac, seed)), tree(tree_name) {
    soc.boot();
  }
  static FakeSoc::Settings make(const std::string& tree, FakeDmac::Settings dmac, std::uint64_t seed) {
    const bool wide = tree == "wide";
    FakeSoc::Settings s;
    s.device_tree = tree_path(tree);
    s.dmac = dmac;
    s.dmac.ps_per_byte = 10'000;
    s.dmac.channels = wide ? 16 : 6;
    s.dmac.write_back = tree != "plain" && tree != "single_plain";
    s.combined_irq = wide;
    s.seed = seed;
    return s;
  }
  void run(const std::string& test) {
    std::string parameters = "slave-cases test=" + test;
    if (tree == "wide") parameters += " wide=1";
    if (tree.rfind("single", 0) == 0) parameters += " one_cpu=1";
    const int status = soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", parameters});
    for (const std::string& line : soc.log_lines)
      if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
    EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(soc.dmac.protected_writes, 0u);
  }
  /// Bytes the peripheral took that are not those of the stream, which starts again every `period` bytes.
  std::size_t wrong(std::size_t period = ~std::size_t{0}) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < soc.dmac.sunk.size(); i++)
      n += std::to_integer<std::uint8_t>(soc.dmac.sunk[i]) != FakeDmac::stream_byte(i % period);
    return n;
  }
};

using Parameters = std::tuple<const char*, const char*, bool>;
class Slave : public testing::TestWithParam<Parameters> {};

TEST_P(Slave, Case) {
  const auto& [name, tree, to_device] = GetParam();
  Rig rig(tree);
  rig.run(std::string(name) + (to_device ? " to_device=1" : ""));
  const bool v2 = std::string(tree) == "wide";
  ASSERT_FALSE(rig.soc.dmac.cfg_seen.empty());
  for (std::uint64_t cfg : rig.soc.dmac.cfg_seen) {
    EXPECT_EQ(cfg & 0xF, 0xFu);
    EXPECT_EQ(cfg >> 32 & 7, to_device ? 1u : 2u) << "TT_FC";
    EXPECT_EQ(cfg >> 35 & 3, 0u) << "hardware handshake";
    const unsigned shift = to_device ? (v2 ? 11 : 44) : (v2 ? 4 : 39);
    EXPECT_EQ(cfg >> shift & (v2 ? 0x3F : 0xF), to_device ? 3u : 5u) << "the cell of `dmas`";
  }
  for (std::uint64_t ctl : rig.soc.dmac.ctl_seen) {
    EXPECT_EQ(ctl >> 4 & 1, !to_device) << "only the register is fixed";
    EXPECT_EQ(ctl >> 6 & 1, to_device);
    EXPECT_EQ(ctl & 5, 0u) << "the first master";
    EXPECT_EQ(ctl >> (to_device ? 48 : 39) & 0xFF, 15u) << "a burst to one address has at most 16 beats";
  }
  std::size_t last = 0;
  for (std::uint64_t ctl : rig.soc.dmac.ctl_seen) {
    EXPECT_EQ(ctl >> 30 & 1, ctl >> 62 & 1) << "the last write alone answers when it has arrived";
    last += ctl >> 62 & 1;
  }
  EXPECT_GT(last, 0u);
  if (std::string(name) == "lists" && to_device) {
    EXPECT_GT(rig.soc.dmac.sunk.size(), 10000u);
    EXPECT_EQ(rig.wrong(), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Layouts, Slave,
                         testing::Combine(testing::Values("lists", "residue", "pause_and_resume", "refusals"),
                                          testing::Values("narrow", "wide", "plain"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param) +
                                  (std::get<2>(row.param) ? "_out" : "_in");
                         });

TEST(SlaveBurst, IsTheLongestCodedOneThatIsNotLonger) {
  for (const char* parameters : {"bursts", "bursts to_device=1"}) {
    Rig rig("narrow");
    rig.run(parameters);
    ASSERT_EQ(rig.soc.dmac.ctl_seen.size(), 41u);
    for (unsigned maxburst = 0; maxburst <= 40; maxburst++) {
      const unsigned code = maxburst >= 32 ? 4 : maxburst >= 16 ? 3 : maxburst >= 8 ? 2 : maxburst >= 4;
      const std::uint64_t ctl = rig.soc.dmac.ctl_seen[maxburst];
      EXPECT_EQ(ctl >> 14 & 0xF, code) << maxburst;
      EXPECT_EQ(ctl >> 18 & 0xF, code) << maxburst;
    }
  }
}

TEST(SlaveBurst, IsThatOfTheConfigurationAtPrepare) {  // covers: K12
  for (const char* parameters : {"configurations", "configurations to_device=1"}) {
    Rig rig("narrow");
    rig.run(parameters);
    ASSERT_EQ(rig.soc.dmac.ctl_seen.size(), 3u);
    for (unsigned i = 0; i < 3; i++) EXPECT_EQ(rig.soc.dmac.ctl_seen[i] >> 14 & 0xF, i + 1);
  }
}

TEST(SlaveLimits, LengthsThatHardwareOrResidueCannotHoldAreRefusedWithTheReason) {
  for (const char* tree : {"narrow", "wide", "plain"}) {
    Rig rig(tree);
    rig.run("lengths");
    EXPECT_EQ(rig.soc.logged("without write-back nobody learns"), rig.tree == "plain");
    EXPECT_EQ(rig.soc.logged("is longer than a block, and the peripheral controls the flow"), 1u);
    EXPECT_EQ(rig.soc.logged("a list of more than 4294967295 bytes"), 1u);
    EXPECT_EQ(rig.soc.logged("a buffer of 4294967296 bytes is not a number of periods"), 1u);
  }
}

TEST(SlaveLimits, InterfacesThatTheBoardDoesNotHaveAreRefused) {
  for (const unsigned interfaces : {4u, 5u}) {
    FakeSoc::Settings s = Rig::make("narrow", {}, 1);
    s.edit = [&](void* blob) {
      const int node = fdt_path_offset(blob, "/soc/dma-controller@50000000");
      const fdt32_t value = cpu_to_fdt32(interfaces);
      ASSERT_EQ(fdt_setprop(blob, node, "dmavp,num-hs-if", &value, sizeof(value)), 0);
    };
    FakeSoc soc(s);
    soc.boot();
    EXPECT_EQ(soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "slave-cases test=few_handshakes"}), 0);
    EXPECT_EQ(soc.logged("CHECK failed"), 0u);
    EXPECT_EQ(soc.logged("handshake interface 5: there are " + std::to_string(interfaces)), 1u);
  }
}

class Cyclic : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Cyclic, Case) {
  const auto& [name, tree] = GetParam();
  Rig rig(tree);
  rig.run(name);
  EXPECT_EQ(rig.soc.dmac.halts, 0u) << "no period is late";
}

INSTANTIATE_TEST_SUITE_P(
    Layouts, Cyclic,
    testing::Combine(testing::Values("cyclic_positions", "cyclic_callbacks", "cyclic_terminate"),
                     testing::Values("narrow", "wide", "plain")),
    [](const auto& row) { return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param); });

TEST(CyclicLatency, BelowTheBoundNoPeriodIsLate) {
  for (const char* tree : {"single", "single_plain"}) {
    Rig rig(tree);
    rig.run("cyclic_bound");
    EXPECT_EQ(rig.soc.dmac.halts, 0u) << tree;
    EXPECT_EQ(rig.soc.logged("halted"), 0u);
  }
}

TEST(CyclicLatency, AboveTheBoundTheChannelHaltsSaysSoAndGoesOn) {
  Rig rig("single");
  rig.run("cyclic_late");
  EXPECT_EQ(rig.soc.dmac.halts, 1u);
  EXPECT_EQ(rig.soc.logged("cyclic transfer halted, the interrupt of a period came too late"), 1u);
  EXPECT_EQ(rig.soc.logged("cyclic transfer halted 1 times for late interrupts"), 1u);
  EXPECT_GT(rig.soc.dmac.sunk.size(), 12 * 1600u);
  EXPECT_EQ(rig.wrong(4 * 1600), 0u) << "nothing is repeated or lost";
}

TEST(SlaveStop, WorkIssuedMeanwhileWaitsForAChannelThatDrains) {
  for (const char* tree : {"narrow", "wide"}) {
    FakeDmac::Settings dmac;
    dmac.stop_ps = 2'000'000'000;  // 2 ms
    Rig rig(tree, dmac);
    rig.run("slow_stop to_device=1");
    EXPECT_TRUE(rig.soc.dmac.aborts_at.empty());
  }
}

TEST(SlaveStop, ATimerAbortsWhatASilentPeripheralKeepsBusy) {
  FakeDmac::Settings dmac;
  dmac.stop_ps = test::kNever;
  Rig rig("narrow", dmac);
  rig.run("slow_stop to_device=1");
  EXPECT_GE(rig.soc.dmac.aborts_at.size(), 3u);
}

}  // namespace
