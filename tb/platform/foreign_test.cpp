// Trees in the manner of the mainline ones: what they leave out, and what they hold that has no model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "platform/config/board_description.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

DeviceTree load(const std::string& dts) {
  const std::string path = ::testing::TempDir() + "dmavp-foreign-" + std::to_string(::getpid()) + ".dts";
  std::ofstream(path) << dts;
  DeviceTree tree = DeviceTree::load(path);
  ::unlink(path.c_str());
  return tree;
}

std::string refusal(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "(accepted)";
}

std::string read_text(const std::string& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in.is_open()) << file;
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string risc_v() { return read_text(DMAVP_SOURCE_DIR "/tb/platform/trees/riscv.dts"); }
std::string arm() { return read_text(DMAVP_SOURCE_DIR "/tb/platform/trees/arm.dts"); }

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(ForeignTree, DisabledCoresRamAcross4GiBAndAssumedClocks) {
  DeviceTree tree = load(risc_v());
  const BoardDescription board = complete_and_describe(tree);
  ASSERT_EQ(board.cpus.size(), 2u);  // the first one is off
  EXPECT_EQ(board.cpus[0].path, "/cpus/cpu@1");
  EXPECT_EQ(board.cpus[0].context, 1u);
  EXPECT_EQ(board.cpus[1].context, 3u);
  ASSERT_EQ(board.memories.size(), 1u);
  EXPECT_EQ(board.memories[0].base, 0x40000000u);
  EXPECT_EQ(board.memories[0].size, std::uint64_t{1} << 32);
  EXPECT_TRUE(board.coherent);
  EXPECT_EQ(board.clock_hz, 198'000'000u);
  EXPECT_TRUE(board.dmacs.at(0).parameters.force_cfg2);
  EXPECT_THAT(board.notes, Contains(AllOf(HasSubstr("dma-controller@16050000"), HasSubstr("198000000 Hz"))));
  EXPECT_THAT(board.ignored, UnorderedElementsAre("/soc/timer@2000000", "/soc/clock-controller@10230000",
                                                  "/leds", "/soc/clock-controller@13020000",
                                                  "/soc/spi@13010000", "/soc/spi@13010000/flash@0"));
  EXPECT_TRUE(board.peripherals.empty());  // all are disabled
}

TEST(ForeignTree, AStatusSettingBringsADeviceToLife) {
  DeviceTree tree = load(risc_v());
  apply_board_setting(tree, "/soc/serial@10000000:status", "okay");
  apply_board_setting(tree, "/soc/i2s@100e0000:status", "okay");
  apply_board_setting(tree, "/soc/i2s@100e0000:dmavp,fifo-depth", "8");
  const BoardDescription board = complete_and_describe(tree);
  ASSERT_EQ(board.peripherals.size(), 2u);
  const PeripheralDescription& uart = board.peripherals[0];
  EXPECT_EQ(uart.base, 0x10000000u);
  EXPECT_EQ(uart.interrupt, 32u);
  EXPECT_EQ(uart.clock_hz, 24'000'000u);
  EXPECT_FALSE(uart.rx || uart.tx);
  const PeripheralDescription& i2s = board.peripherals[1];
  EXPECT_EQ(i2s.i2s.parameters.fifo_depth, 8u);
  EXPECT_FALSE(i2s.tx);  // a phandle of 0 is a hole
  ASSERT_TRUE(i2s.rx);
  EXPECT_EQ(i2s.rx->number, 24u);
  EXPECT_EQ(i2s.i2s.parameters.tx_channels, 0u);
}

TEST(ForeignTree, GicCellsNoMemorySramAtZero) {
  DeviceTree tree = load(arm());
  const BoardDescription board = complete_and_describe(tree);
  ASSERT_EQ(board.cpus.size(), 2u);
  EXPECT_EQ(board.cpus[1].path, "/cpus/cpu@200");
  EXPECT_EQ(board.cpus[1].context, 1u);
  EXPECT_EQ(board.plic.base, 0x1D000000u);
  EXPECT_EQ(board.plic.size, 0x400000u);
  EXPECT_EQ(board.plic.contexts, 2u);
  ASSERT_EQ(board.dmacs.size(), 2u);
  EXPECT_THAT(board.dmacs[0].interrupts, ElementsAre(86 + 32));
  EXPECT_THAT(board.dmacs[1].interrupts, ElementsAre(171 + 32));
  EXPECT_FALSE(board.dmacs[0].parameters.force_cfg2);  // the mainline string alone is the first layout
  EXPECT_FALSE(board.coherent);                        // so are ARM boards that say nothing
  ASSERT_EQ(board.memories.size(), 2u);
  EXPECT_EQ(board.memories[0].base, 0u);
  EXPECT_FALSE(board.memories[0].main_memory);
  EXPECT_EQ(board.memories[1].base, 0x82000000u);  // 256 MiB from 0x80000000 without what is reserved
  EXPECT_EQ(board.memories[1].size, 0x0E000000u);
  EXPECT_THAT(board.notes, Contains(HasSubstr("256 MiB at 0x80000000 assumed")));
  EXPECT_THAT(board.ignored, UnorderedElementsAre("/psci", "/timer", "/soc@0/clock-controller@10d10000",
                                                  "/soc@0/interrupt-controller@1d000000/msi@1d040000"));
  ASSERT_EQ(board.peripherals.size(), 1u);
  EXPECT_EQ(board.peripherals[0].tx->number, 2u);
  EXPECT_EQ(board.peripherals[0].interrupt, 99u + 32u);
}

TEST(ForeignTree, RequestNumbersBeyondTheNarrowLayoutNeedTheProperty) {
  const std::string wide = replaced(arm(), "<&dmac0 2>", "<&dmac0 20>");
  EXPECT_THAT(refusal([&] {
                DeviceTree t = load(wide);
                complete_and_describe(t);
              }),
              AllOf(HasSubstr("/soc@0/spi@10da4000: dmas: tx: request 20 is beyond the 16"),
                    HasSubstr("dmavp,num-hs-if")));
}

TEST(ForeignTree, AControllerWithoutAModelLeavesItsClientsUnwired) {
  const std::string other = replaced(arm(), "<&dmac0 2>", "<&unknown 2>");
  DeviceTree tree = load(replaced(other, "dmac0: dma",
                                  "unknown: dma@10db1000 { compatible = \"vendor,dma\"; "
                                  "reg = <0x10db1000 0x100>; #dma-cells = <1>; }; dmac0: dma"));
  const BoardDescription board = complete_and_describe(tree);
  EXPECT_FALSE(board.peripherals.at(0).tx);
  EXPECT_TRUE(board.peripherals.at(0).rx);
  EXPECT_THAT(board.notes, Contains(HasSubstr("spi@10da4000: dmas: tx: /soc@0/dma@10db1000 has no model")));
}

TEST(ForeignTree, ReservationsCutRamInPieces) {
  const std::string memory =
      "memory@80000000 { device_type = \"memory\"; reg = <0 0x7f000000 0 0x2000000>, <0 0x90000000 0 "
      "0x100000>; };\n"
      "  reserved-memory {";
  DeviceTree tree = load(replaced(arm(), "reserved-memory {", memory));
  const BoardDescription board = complete_and_describe(tree);
  ASSERT_EQ(board.memories.size(), 3u);
  EXPECT_EQ(board.memories[0].base, 0x7F000000u);
  EXPECT_EQ(board.memories[0].size, 0x01000000u);
  EXPECT_EQ(board.memories[1].base, 0x90000000u);
  EXPECT_THAT(refusal([&] {
                DeviceTree t = load(replaced(arm(), "0x80000000 0x0 0x2000000", "0x80000000 0x0 0x10000000"));
                complete_and_describe(t);
              }),
              HasSubstr("no RAM is left"));
}

}  // namespace
}  // namespace dmavp::platform
