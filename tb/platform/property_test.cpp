// The property table against itself, the boards and the manual.
#include "platform/config/property_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>

#include "platform/config/board_description.h"
#include "platform/config/problem.h"

namespace dmavp::platform {
namespace {

using ::testing::HasSubstr;

TEST(PropertyTable, EveryRowIsCompleteAndUnique) {
  std::set<std::pair<NodeKind, std::string>> seen;
  for (const Property& p : property_table()) {
    EXPECT_TRUE(seen.insert({p.kind, p.name}).second) << p.name << " twice";
    EXPECT_LE(p.min, p.max) << p.name;
    EXPECT_NE(std::string(p.text), "") << p.name;
    EXPECT_EQ(std::string(p.text).back(), '.') << p.name;
    EXPECT_NE(p.set != nullptr, p.set_text != nullptr) << p.name;
    if (p.type == PropertyType::kChoice) {
      EXPECT_EQ(p.choices.size(), p.max + 1) << p.name;
    }
  }
}

// Oracle: the structure's own defaults. A default of the table that differs would silently change the model.
TEST(PropertyTable, DefaultsAreThoseOfTheModels) {
  DeviceTree tree = DeviceTree::load("k210");
  const BoardDescription board = describe_board(tree);
  const dmac::Parameters expected;
  const dmac::Parameters& actual = board.dmacs.at(0).parameters;
  EXPECT_EQ(actual.fifo_depth, expected.fifo_depth);
  EXPECT_EQ(actual.max_msize, expected.max_msize);
  EXPECT_EQ(actual.osr_lmt, expected.osr_lmt);
  EXPECT_EQ(actual.compver, expected.compver);
  EXPECT_EQ(actual.residue_policy, expected.residue_policy);
  EXPECT_EQ(actual.tie_break, expected.tie_break);
  EXPECT_EQ(actual.write_start, expected.write_start);
  EXPECT_EQ(actual.read_slot_release, expected.read_slot_release);
  EXPECT_EQ(actual.write_slot_release, expected.write_slot_release);
  EXPECT_EQ(actual.start_latency, expected.start_latency);
  EXPECT_EQ(actual.done_latency, expected.done_latency);
  EXPECT_EQ(actual.register_latency, expected.register_latency);
  EXPECT_EQ(actual.granule_bytes, expected.granule_bytes);
  EXPECT_EQ(actual.lli_wb_en, expected.lli_wb_en);
  EXPECT_EQ(actual.lli_prefetch_en, expected.lli_prefetch_en);
  EXPECT_EQ(actual.src_stat_en, expected.src_stat_en);
  EXPECT_EQ(actual.dst_stat_en, expected.dst_stat_en);
  EXPECT_EQ(actual.lock_en, expected.lock_en);
  EXPECT_EQ(actual.abort_en, expected.abort_en);
  EXPECT_EQ(actual.drop_when_silent, expected.drop_when_silent);
  EXPECT_EQ(actual.handshake_latency, expected.handshake_latency);
  const kernel::CpuCosts costs;
  EXPECT_EQ(board.cpus.at(0).costs.interrupt_entry, costs.interrupt_entry);
  EXPECT_EQ(board.cpus.at(0).costs.context_switch, costs.context_switch);
  EXPECT_EQ(board.cpus.at(0).costs.copy_per_kib, costs.copy_per_kib);
  const kernel::Tunables tunables;
  EXPECT_EQ(board.tunables.time_slice, tunables.time_slice);
  EXPECT_EQ(board.tunables.defer_softirq_percent, tunables.defer_softirq_percent);
}

// Every number of the table, at its bounds and just outside, through --set.
TEST(PropertyTable, BoundsAreEnforcedByEverySetting) {
  const auto alias = [](NodeKind kind) -> std::string {
    switch (kind) {
      case NodeKind::kCpus:
        return "cpus";
      case NodeKind::kCpu:
        return "cpu0";
      case NodeKind::kMemory:
        return "ram0";
      case NodeKind::kDmac:
        return "dmac0";
      case NodeKind::kPlic:
        return "plic0";
      case NodeKind::kBus:
        return "soc";
      case NodeKind::kRequestSelect:
        return "sysctl";
      case NodeKind::kUart:
        return "uart0";
      case NodeKind::kSpi:
        return "spi0";
      case NodeKind::kFlash:
        return "flash0";
      case NodeKind::kI2s:
        return "i2s0";
      case NodeKind::kTraffic:
        return "traffic0";
      case NodeKind::kTrafficGenerator:
        return "load0";
    }
    return "";
  };
  for (const Property& p : property_table()) {
    const std::string path = alias(p.kind) + ":" + p.name + (p.type == PropertyType::kCells ? "[0]" : "");
    DeviceTree tree = DeviceTree::load("generic32");
    if (p.type == PropertyType::kChoice) {
      for (const char* word : p.choices) EXPECT_NO_THROW(apply_board_setting(tree, path, word)) << path;
      EXPECT_THROW(apply_board_setting(tree, path, "neither"), InputError) << path;
      continue;
    }
    if (p.type == PropertyType::kText) continue;
    EXPECT_NO_THROW(apply_board_setting(tree, path, std::to_string(p.min))) << path;
    EXPECT_NO_THROW(apply_board_setting(tree, path, std::to_string(p.max))) << path;
    EXPECT_THROW(apply_board_setting(tree, path, std::to_string(p.max + 1)), InputError) << path;
    if (p.min > 0) {
      EXPECT_THROW(apply_board_setting(tree, path, std::to_string(p.min - 1)), InputError) << path;
    }
    EXPECT_THROW(apply_board_setting(tree, path, "many"), InputError) << path;
  }
}

TEST(PropertyTable, SettingReachesTheModelsParameters) {
  DeviceTree tree = DeviceTree::load("k210");
  apply_board_setting(tree, "dmac0:snps,axi-max-burst-len", "16");
  apply_board_setting(tree, "dmac0:snps,block-size[2]", "1K");
  apply_board_setting(tree, "/soc/dma-controller@50000000:dmavp,fifo-depth", "64");
  apply_board_setting(tree, "dmac0:dmavp,tie-break", "lowest-index");
  apply_board_setting(tree, "ram0:dmavp,read-latency", "13");
  apply_board_setting(tree, "cpus:dmavp,quantum-ns", "1us");
  apply_board_setting(tree, "cpu1:dmavp,cost-softirq", "0");
  const BoardDescription board = describe_board(tree);
  const dmac::Parameters& p = board.dmacs.at(0).parameters;
  EXPECT_EQ(p.max_burst_len, 16u);  // what the controller makes follows what drivers are told
  EXPECT_EQ(p.max_block_items[1], 0x200000u);
  EXPECT_EQ(p.max_block_items[2], 1024u);
  EXPECT_EQ(p.fifo_depth, 64u);
  EXPECT_EQ(p.tie_break, dmac::TieBreak::kLowestIndex);
  EXPECT_EQ(board.memories.at(0).read_latency, 13u);
  EXPECT_EQ(board.quantum_ps, 1'000'000u);
  EXPECT_EQ(board.cpus.at(1).costs.softirq, 0u);
  EXPECT_NE(board.cpus.at(0).costs.softirq, 0u);
}

TEST(PropertyTable, OneValueForAnArraySetsEveryChannel) {
  DeviceTree tree = DeviceTree::load("generic32");
  apply_board_setting(tree, "dmac0:snps,block-size", "4096");
  const BoardDescription board = describe_board(tree);
  for (unsigned ch = 0; ch < 32; ++ch)
    EXPECT_EQ(board.dmacs.at(0).parameters.max_block_items[ch], 4096u) << ch;
}

TEST(PropertyTable, ManualIsTheGeneratedOne) {
  std::ostringstream generated;
  write_properties_markdown(generated);
  std::ifstream file(DMAVP_SOURCE_DIR "/docs/properties.md");
  ASSERT_TRUE(file.is_open());
  std::ostringstream written;
  written << file.rdbuf();
  EXPECT_EQ(written.str(), generated.str()) << "run: dmavp properties --format md >docs/properties.md";
}

}  // namespace
}  // namespace dmavp::platform
