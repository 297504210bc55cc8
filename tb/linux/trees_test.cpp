// Mainline's device trees as boards: what is built, what is left out, and copies that pass on each.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"
#include "platform/config/property_table.h"
#include "platform/program.h"

namespace dmavp::platform {
namespace {

using ::testing::ElementsAre;

std::string blob(const std::string& name) { return LINUX_TREE_DIR "/" + name + ".dtb"; }

BoardDescription describe(const std::string& name, const std::vector<std::string>& enable = {}) {
  DeviceTree tree = DeviceTree::load(blob(name));
  for (const std::string& path : enable) apply_board_setting(tree, path + ":status", "okay");
  return complete_and_describe(tree);
}

/// Kinds of ignored nodes: the last part of the path without its address and number, each once.
std::set<std::string> ignored_kinds(const BoardDescription& board) {
  std::set<std::string> kinds;
  for (const std::string& path : board.ignored) {
    const std::string last = path.substr(path.rfind('/') + 1);
    kinds.insert(last.substr(0, last.find('@')));
  }
  return kinds;
}

TEST(MainlineTree, K210) {
  const BoardDescription board = describe("sipeed_maix_bit");
  EXPECT_EQ(board.cpus.size(), 2u);
  ASSERT_EQ(board.memories.size(), 1u);
  EXPECT_EQ(board.memories[0].base, 0x80000000u);
  EXPECT_EQ(board.memories[0].size, 8u << 20);
  EXPECT_EQ(board.plic.base, 0x0C000000u);
  EXPECT_EQ(board.plic.sources, 65u);
  ASSERT_EQ(board.dmacs.size(), 1u);
  EXPECT_EQ(board.dmacs[0].base, 0x50000000u);
  EXPECT_THAT(board.dmacs[0].interrupts, ElementsAre(27, 28, 29, 30, 31, 32));
  EXPECT_FALSE(board.dmacs[0].parameters.force_cfg2);
  EXPECT_TRUE(board.coherent);
  EXPECT_THAT(ignored_kinds(board),
              ElementsAre("clock-controller", "gpio", "gpio-controller", "gpio-keys", "gpio-leds",
                          "gpio-port", "i2c", "memory-controller", "mmc", "pinmux", "reset-controller",
                          "serial", "syscon-reboot", "timer", "watchdog"));
}

TEST(MainlineTree, K210PeripheralsComeToLifeByTheirStatus) {
  const BoardDescription board =
      describe("sipeed_maix_bit", {"/soc/bus@50200000/serial@50210000", "/soc/bus@50200000/serial@50220000"});
  const auto uart = [&](std::uint64_t base) -> const PeripheralDescription* {
    for (const PeripheralDescription& p : board.peripherals) {
      if (p.base == base && p.kind == PeripheralKind::kUart) return &p;
    }
    return nullptr;
  };
  ASSERT_NE(uart(0x50210000), nullptr);
  EXPECT_EQ(uart(0x50210000)->interrupt, 11u);
  EXPECT_FALSE(uart(0x50210000)->rx) << "mainline has no dmas here";
  ASSERT_NE(uart(0x50220000), nullptr);
  EXPECT_EQ(uart(0x50220000)->interrupt, 12u);
}

TEST(MainlineTree, Jh7110) {
  const BoardDescription board = describe("jh7110-starfive-visionfive-2-v1.3b");
  ASSERT_EQ(board.cpus.size(), 4u) << "the monitor core is off";
  EXPECT_EQ(board.cpus[0].path, "/cpus/cpu@1");
  EXPECT_EQ(board.cpus[0].context, 1u);
  ASSERT_FALSE(board.memories.empty());
  EXPECT_EQ(board.memories[0].base, 0x40000000u);
  EXPECT_EQ(board.memories[0].size, std::uint64_t{1} << 32);
  EXPECT_EQ(board.plic.sources, 136u);
  ASSERT_EQ(board.dmacs.size(), 1u);
  EXPECT_EQ(board.dmacs[0].base, 0x16050000u);
  EXPECT_THAT(board.dmacs[0].interrupts, ElementsAre(73));
  EXPECT_TRUE(board.dmacs[0].parameters.force_cfg2);
  ASSERT_FALSE(board.peripherals.empty());
  EXPECT_EQ(board.peripherals[0].base, 0x10000000u);
  EXPECT_EQ(board.peripherals[0].interrupt, 32u);
  EXPECT_THAT(ignored_kinds(board),
              ElementsAre("audio-codec", "cache-controller", "clock-controller", "crypto", "dma-controller",
                          "ethernet", "flash", "gpio-restart", "i2c", "mdio", "mmc", "opp-table-0",
                          "partitions", "pcie", "phy", "pinctrl", "pmic", "power-controller", "pwm", "pwmdac",
                          "rng", "sound", "spi", "syscon", "temperature-sensor", "timer", "usb", "watchdog"));
}

TEST(MainlineTree, Agilex5HasNoMemoryNode) {
  const BoardDescription board = describe("socfpga_agilex5_socdk");
  EXPECT_EQ(board.cpus.size(), 4u);
  EXPECT_EQ(board.plic.base, 0x1D000000u);
  ASSERT_EQ(board.dmacs.size(), 2u);
  EXPECT_THAT(board.dmacs[0].interrupts, ElementsAre(86 + 32));
  EXPECT_THAT(board.dmacs[1].interrupts, ElementsAre(171 + 32));
  EXPECT_FALSE(board.dmacs[0].parameters.force_cfg2) << "its compatible names the first layout";
  EXPECT_FALSE(board.coherent);
  const auto ram = std::find_if(board.memories.begin(), board.memories.end(),
                                [](const MemoryDescription& m) { return m.main_memory; });
  ASSERT_NE(ram, board.memories.end());
  EXPECT_EQ(ram->base, 0x82000000u) << "256 MiB without what is reserved";
  EXPECT_THAT(ignored_kinds(board),
              ElementsAre("clock-controller", "gpio", "gpio-controller", "msi-controller", "psci", "rstmgr",
                          "svcbuffer", "sysmgr", "timer", "timer0", "timer1", "timer2", "timer3", "usb",
                          "usbphy", "watchdog"));
}

class MainlineBoard : public testing::TestWithParam<const char*> {};

/// Nodes that others are reached through, or that only say a number.
bool is_plumbing(const DeviceTree& tree, int node) {
  for (const char* kind : {"simple-bus", "simple-pm-bus", "simple-mfd", "fixed-clock", "riscv,cpu-intc"})
    if (tree.compatible(node, kind)) return true;
  return tree.parent(node) < 0;
}

/// Nothing is left out without a word.
TEST_P(MainlineBoard, BuildsOrListsEveryNode) {
  DeviceTree tree = DeviceTree::load(blob(GetParam()));
  const BoardDescription board = complete_and_describe(tree);
  std::set<std::string> known(board.ignored.begin(), board.ignored.end());
  for (const auto& part : board.cpus) known.insert(part.path);
  for (const auto& part : board.dmacs) known.insert(part.path);
  for (const auto& part : board.peripherals) {
    known.insert(part.path);
    for (const auto& chip : part.chips) known.insert(chip.path);
  }
  for (const auto& part : board.request_selects) known.insert(part.path);
  std::set<std::string> named = {board.plic.name};
  for (const auto& part : board.memories) named.insert(part.name);
  std::set<int> skipped;  // switched off or listed, and what lies below
  unsigned judged = 0;
  for (const int node : tree.all()) {
    const bool below = tree.parent(node) >= 0 && skipped.count(tree.parent(node)) != 0;
    const bool listed = std::count(board.ignored.begin(), board.ignored.end(), tree.path(node)) != 0;
    if (below || listed || !tree.enabled(node)) skipped.insert(node);
    if (below || !tree.enabled(node) || !tree.has(node, "compatible")) continue;
    judged++;
    EXPECT_TRUE(known.count(tree.path(node)) != 0 || named.count(tree.label(node)) != 0 ||
                is_plumbing(tree, node))
        << tree.path(node);
  }
  EXPECT_GT(judged, 15u);
}

/// Linux's tree, framework, driver and test client: only the kernel and the hardware are ours. One channel,
/// since Linux's driver loses interrupts when two CPUs meet in it.
TEST_P(MainlineBoard, RunsNothingButLinux) {
  const std::string scenario = test::scratch("linux.toml");
  test::write_file(scenario,
                   "[scenario]\nduration = \"60s\"\nmodules = [\"" LINUX_MODULE_DIR
                   "/linux-dmaengine.so\", \"" LINUX_MODULE_DIR "/linux-virt-dma.so\", \"" LINUX_MODULE_DIR
                   "/linux-dw-axi-dmac.so\"]\n[client.test]\nmodule = \"" LINUX_MODULE_DIR
                   "/linux-dmatest.so\"\niterations = 20\nchannel = \"dma0chan1\"\nrun = true\n");
  const test::Finished finished = test::run_program({"run", scenario, "--board", blob(GetParam())});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.err.find("dma0chan1-copy0: summary 20 tests, 0 failures"), std::string::npos)
      << finished.err;
}

TEST_P(MainlineBoard, RunsTheDefaultJob) {
  const test::Finished finished = test::run_program({"run", "--board", blob(GetParam())});
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_NE(finished.out.find("PASSED"), std::string::npos) << finished.out;
}

INSTANTIATE_TEST_SUITE_P(Trees, MainlineBoard,
                         testing::Values("sipeed_maix_bit", "jh7110-starfive-visionfive-2-v1.3b",
                                         "socfpga_agilex5_socdk"),
                         [](const auto& row) { return std::string(row.param).substr(0, 6); });

}  // namespace
}  // namespace dmavp::platform
