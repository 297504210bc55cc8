// Device trees, good and bad.
#include "platform/config/board_description.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <libfdt.h>
#include <unistd.h>

#include <fstream>
#include <functional>

#include "platform/config/device_tree.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string message(const std::function<void()>& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "(no error)";
}

std::string set_and_describe(const std::string& board,
                             std::initializer_list<std::pair<const char*, const char*>> settings) {
  return message([&] {
    DeviceTree tree = DeviceTree::load(board);
    for (const auto& [path, value] : settings) apply_board_setting(tree, path, value);
    describe_board(tree);
  });
}

// A file of this test's own, removed at its end.
class File {
 public:
  File(const std::string& ending, const std::string& text)
      : path_(::testing::TempDir() + "dmavp-" + std::to_string(::getpid()) + ending) {
    std::ofstream(path_, std::ios::binary) << text;
  }
  ~File() { ::unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string minimal(const std::string& extra_soc = "", const std::string& extra_root = "") {
  return R"(/dts-v1/;
/ {
  #address-cells = <2>; #size-cells = <2>;
  aliases { dmac0 = "/soc@0/dma@1000"; };
  cpus { #address-cells = <1>; #size-cells = <0>;
    cpu@7 { device_type = "cpu"; compatible = "riscv"; reg = <7>; status = "disabled"; };
    cpu@8 { device_type = "cpu"; compatible = "riscv"; reg = <8>;
      ic: ic { #interrupt-cells = <1>; interrupt-controller; compatible = "riscv,cpu-intc"; }; };
  };
  memory@140000000 { device_type = "memory"; reg = <1 0x40000000 0 0x100000>, <1 0x40100000 0 0x100000>; };
  clk: clk { compatible = "fixed-clock"; #clock-cells = <0>; clock-frequency = <100000000>; };
)" + extra_root +
         R"(
  soc@0 { compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>; interrupt-parent = <&plic>;
    ranges = <0 0 0x70000000 0x10000000>;
    plic: plic@4000000 { compatible = "riscv,plic0"; reg = <0x4000000 0x4000000>; #interrupt-cells = <1>;
      interrupt-controller; interrupts-extended = <&ic 11>, <&ic 9>; riscv,ndev = <10>; };
    dma@1000 { compatible = "snps,axi-dma-1.01a"; reg = <0x1000 0x1000>; interrupts = <3>;
      clocks = <&clk>, <&clk>; clock-names = "cfgr-clk", "core-clk";
      dma-channels = <4>; snps,dma-masters = <1>; snps,data-width = <3>;
      snps,block-size = <4096 4096 4096 4096>; snps,priority = <0 1 2 3>; };
)" + extra_soc +
         R"(
  };
};
)";
}

std::string describe_text(const std::string& dts) {
  const File file(".dts", dts);
  return message([&] { describe_board(DeviceTree::load(file.path())); });
}

TEST(BoardDescription, K210IsTheChip) {
  const BoardDescription board = describe_board(DeviceTree::load("k210"));
  EXPECT_EQ(board.cpus.size(), 2u);
  EXPECT_EQ(board.cpus[0].context, 0u);
  EXPECT_EQ(board.cpus[1].context, 2u);
  ASSERT_EQ(board.memories.size(), 1u);  // three ranges that touch are one memory
  EXPECT_EQ(board.memories[0].base, 0x80000000u);
  EXPECT_EQ(board.memories[0].size, 8u << 20);
  EXPECT_EQ(board.plic.base, 0x0C000000u);
  EXPECT_EQ(board.plic.sources, 65u);
  EXPECT_EQ(board.plic.contexts, 4u);
  EXPECT_EQ(board.clock_hz, 390'000'000u);
  ASSERT_EQ(board.dmacs.size(), 1u);
  EXPECT_EQ(board.dmacs[0].base, 0x50000000u);
  EXPECT_THAT(board.dmacs[0].interrupts, ElementsAre(27, 28, 29, 30, 31, 32));
  EXPECT_EQ(board.dmacs[0].parameters.num_channels, 6u);
  EXPECT_EQ(board.dmacs[0].parameters.data_width_bytes, 32u);
  EXPECT_EQ(board.dmacs[0].parameters.max_burst_len, 256u);
  EXPECT_TRUE(board.ignored.empty());
}

TEST(BoardDescription, Generic32HasTheLayoutForManyChannels) {
  const BoardDescription board = describe_board(DeviceTree::load("generic32"));
  EXPECT_EQ(board.cpus.size(), 4u);
  EXPECT_EQ(board.clock_hz, 250'000'000u);
  ASSERT_EQ(board.memories.size(), 2u);
  EXPECT_EQ(board.memories[0].size, 256u << 20);
  EXPECT_EQ(board.memories[1].name, "sram0");
  EXPECT_FALSE(board.memories[1].main_memory);
  EXPECT_EQ(board.dmacs[0].parameters.num_channels, 32u);
  EXPECT_EQ(board.dmacs[0].parameters.num_hs_if, 64u);
  EXPECT_EQ(board.dmacs[0].parameters.max_burst_len, 8u);
  EXPECT_EQ(board.dmacs[0].interrupts.size(), 1u);
}

// Two-cell addresses above 4 GiB, a bus that translates, a disabled first CPU, clocks in another order.
TEST(BoardDescription, ReadsTranslatedAndSparseTrees) {
  const File file(".dts", minimal("serial@2000 { compatible = \"vendor,unknown\"; reg = <0x2000 0x100>; };"));
  const BoardDescription board = describe_board(DeviceTree::load(file.path()));
  ASSERT_EQ(board.cpus.size(), 1u);
  EXPECT_EQ(board.cpus[0].path, "/cpus/cpu@8");
  ASSERT_EQ(board.memories.size(), 1u);
  EXPECT_EQ(board.memories[0].base, 0x140000000u);
  EXPECT_EQ(board.memories[0].size, 0x200000u);
  EXPECT_EQ(board.dmacs[0].base, 0x70001000u);
  EXPECT_EQ(board.dmacs[0].name, "dmac0");
  EXPECT_EQ(board.plic.base, 0x74000000u);
  EXPECT_THAT(board.ignored, ElementsAre("/soc@0/serial@2000"));
}

TEST(BoardDescription, EachFaultOfATreeIsNamed) {
  EXPECT_EQ(describe_text(minimal()), "(no error)");
  EXPECT_THAT(describe_text(minimal("ram@1800 { compatible = \"mmio-sram\"; reg = <0x1800 0x1000>; };")),
              AllOf(HasSubstr("overlap"), HasSubstr("dmac0"), HasSubstr("/soc@0/ram@1800")));
  EXPECT_THAT(
      describe_text(minimal("ram@f0000000 { compatible = \"mmio-sram\"; reg = <0xf0000000 0x1000>; };")),
      HasSubstr("outside the \"ranges\""));
  EXPECT_THAT(describe_text(minimal("ram@2000 { compatible = \"mmio-sram\"; reg = <0x2000>; };")),
              HasSubstr("not a whole number of entries"));
  EXPECT_THAT(describe_text(minimal("ram@2000 { compatible = \"mmio-sram\"; reg = <0x2000 0>; };")),
              HasSubstr("the size is 0"));
  EXPECT_THAT(
      describe_text(minimal(
          "ram@2000 { compatible = \"mmio-sram\"; reg = <0x2000 0x100>; dmavp,raed-latency = <1>; };")),
      HasSubstr("dmavp,raed-latency: no such property"));
  EXPECT_THAT(describe_text("/dts-v1/; / { };"),
              AllOf(HasSubstr("no node /cpus"), HasSubstr("no DMA controller"),
                    HasSubstr("no interrupt controller")));
}

TEST(BoardDescription, EachFaultOfASettingIsNamed) {
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:dma-channels", "8"}}),
              AllOf(HasSubstr("snps,block-size"), HasSubstr("has 6 entries, 8 are needed")));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:snps,priority[5]", "6"}}),
              HasSubstr("not below dma-channels"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:interrupts[1]", "27"}}), HasSubstr("27 is already used"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:interrupts[1]", "66"}}), HasSubstr("66 is out of range"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:reg[1]", "0x600"}}),
              HasSubstr("do not hold the registers of 6"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:reg[0]", "0x50000004"}}),
              HasSubstr("reg: 0x50000004 is not a multiple of 8"));
  EXPECT_THAT(set_and_describe("k210", {{"ram0:reg", "0x80000800,0x100000"}}),
              HasSubstr("reg: 0x80000800 is not a multiple of 4096"));
  EXPECT_THAT(set_and_describe("k210", {{"plic0:reg[1]", "0x203000"}}),
              HasSubstr("do not hold the registers of 4 contexts (0x204000)"));
  EXPECT_EQ(set_and_describe("k210", {{"plic0:reg[1]", "0x204000"}}), "(no error)");
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:dma-channels", "6,5"}}),
              HasSubstr("dma-channels: has 2 entries, 1 is expected"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:reg[0]", "0x0c001000"}}),
              AllOf(HasSubstr("overlap"), HasSubstr("dmac0 (0xc001000"), HasSubstr("plic0 (0xc000000")));
  EXPECT_THAT(set_and_describe("k210", {{"cpu0:status", "disabled"}, {"cpu1:status", "disabled"}}),
              HasSubstr("no enabled cpu"));
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:status", "disabled"}}), HasSubstr("no DMA controller"));
  EXPECT_EQ(set_and_describe("k210", {{"cpu1:status", "disabled"}}), "(no error)");
  EXPECT_EQ(set_and_describe("generic32", {{"dmac0:dma-channels", "12"}}), "(no error)");
}

TEST(BoardDescription, InterruptOutputsThatContradictTheLinesAreNamed) {
  const std::string node = "/soc/dma-controller@50000000: ";
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:dmavp,intr-io-type", "0"}}),
              HasSubstr(node + "dmavp,intr-io-type: 0 means one combined line; interrupts has 6"));
  for (const char* lines : {"27", "27,28,29,30,31", "27,28,29,30,31,32,34,35"}) {
    EXPECT_THAT(set_and_describe("k210", {{"dmac0:interrupts", lines}, {"dmac0:dmavp,intr-io-type", "1"}}),
                HasSubstr(node + "dmavp,intr-io-type: 1 means a line for each of the 6 channels"));
  }
  EXPECT_THAT(set_and_describe("k210", {{"dmac0:interrupts", "27,28"}}),
              HasSubstr(node + "interrupts: 2 lines for 6 channels"));
}

TEST(BoardDescription, EachFaultOfAPeripheralIsNamed) {
  struct Row {
    const char *board, *path, *value;
    std::vector<const char*> words;
  };
  const Row rows[] = {
      {"k210", "uart1:reg[0]", "0x50000800", {"address ranges overlap", "dmac0", "uart1"}},
      {"k210", "uart1:reg[0]", "0x50210004", {"/soc/serial@50210000: reg", "multiple of 8"}},
      {"k210", "uart1:interrupts", "66", {"/soc/serial@50210000: interrupts: 66 is out of range (1 .. 65"}},
      {"k210", "uart1:interrupts", "27", {"interrupts: 27 is already used by /soc/dma-controller@50000000"}},
      {"k210", "uart1:interrupts", "11,12", {"/soc/serial@50210000: interrupts: has 2 entries"}},
      {"k210",
       "uart1:dmas[1]",
       "16",
       {"serial@50210000: dmas: tx: request 16 is beyond the 16", "num-hs-if"}},
      {"jh7110", "uart0:dmas[1]", "64", {"dmas: tx: request 64 is beyond the 64"}},
      {"k210", "uart1:dmas[1]", "7", {"request 7", "already used by", "/soc/serial@50210000 tx"}},
      {"k210", "uart1:dmas[0]", "77", {"serial@50210000: dmas: entry 0 is no phandle"}},
      {"k210", "uart1:dmas", "0,0,0", {"serial@50210000: dma-names: has 2 entries, fewer than dmas"}},
      {"k210", "uart1:dmavp,fifo-depth", "17", {"dmavp,fifo-depth: is 17, must be 0, 16"}},
      {"k210", "uart1:reg-shift", "0", {"reg-shift: 0 is out of range"}},
      {"k210", "spi3:num-cs", "17", {"num-cs: 17 is out of range"}},
      {"k210", "flash0:reg", "4", {"flash@0: reg: chip select 4 of /soc/spi@54000000, which has 4"}},
      {"k210", "flash0:dmavp,size", "100000", {"dmavp,size: is 100000 bytes, must be a power of two"}},
      {"k210", "i2s0:dmavp,word-bits", "17", {"dmavp,word-bits: is 17, must be"}},
      {"k210", "i2s0:dmavp,wav-bits", "12", {"dmavp,wav-bits: is 12, must be 8, 16, 24 or 32"}},
      {"k210", "traffic0:dmavp,item-bytes", "3", {"dmavp,item-bytes: is 3, must be 1, 2, 4 or 8"}},
      {"k210", "traffic0:dmavp,sink-watermark", "16", {"dmavp,sink-watermark: is 16, must be 0..15"}},
      {"jh7110", "i2stx0:dmavp,peer", "uart0", {"dmavp,peer: \"uart0\" is no other I2S"}},
      {"jh7110", "i2srx:dmavp,master", "1", {"dmavp,peer: /soc/i2s@100e0000 makes its own clock"}},
      {"jh7110", "i2srx:status", "disabled", {"dmavp,peer: \"i2srx\" is no other I2S"}},
      {"agilex5", "dmac1:interrupts", "118", {"dma-controller@10dc0000: interrupts: 118 is already used"}},
  };
  for (const Row& row : rows) {
    const std::string text = set_and_describe(row.board, {{row.path, row.value}});
    for (const char* word : row.words) EXPECT_THAT(text, HasSubstr(word)) << row.path << "=" << row.value;
  }
  // Two entries of one name, a foreign name, a cut entry.
  const std::string clean =
      "uart: serial@3000 { compatible = \"snps,dw-apb-uart\"; reg = <0x3000 0x100>; "
      "reg-shift = <2>; clock-frequency = <1000000>; ";
  const auto uart = [&](const std::string& rest) { return describe_text(minimal(clean + rest + "};")); };
  EXPECT_EQ(uart(""), "(no error)");
  EXPECT_THAT(uart("dmas = <0>, <0>; dma-names = \"tx\", \"out\"; "), HasSubstr("\"out\" is neither"));
  EXPECT_THAT(uart("dmas = <&plic>; dma-names = \"tx\"; "), HasSubstr("entry 0 is cut off"));
  EXPECT_THAT(
      describe_text(minimal("serial@3000 { compatible = \"snps,dw-apb-uart\"; reg = <0x3000 0x100>; };")),
      HasSubstr("serial@3000: clocks: no rate found for baudclk"));
}

TEST(DeviceTree, RandomAndTruncatedBlobsAreRefused) {
  const DeviceTree good = DeviceTree::load("k210");
  std::vector<char> packed(static_cast<const char*>(good.blob()),
                           static_cast<const char*>(good.blob()) + fdt_totalsize(good.blob()));
  ASSERT_EQ(fdt_pack(packed.data()), 0);
  packed.resize(fdt_totalsize(packed.data()));
  std::uint32_t state = 12345;
  const auto random = [&state] { return state = state * 1664525u + 1013904223u, state >> 8; };
  std::size_t refused = 0;
  std::size_t accepted = 0;
  for (int round = 0; round < 2000; ++round) {
    std::vector<char> blob = packed;
    const unsigned flips = 1 + random() % 4;
    for (unsigned i = 0; i < flips; ++i)
      blob[sizeof(fdt_header) + random() % (blob.size() - sizeof(fdt_header))] = static_cast<char>(random());
    if (round % 4 == 0) blob.resize(random() % blob.size());
    try {
      describe_board(DeviceTree(blob, "fuzz"));
      ++accepted;
    } catch (const InputError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 500u);   // every truncated one, and many of the others
  EXPECT_GT(accepted, 100u);  // a changed byte in a name is no fault
}

}  // namespace
}  // namespace dmavp::platform
