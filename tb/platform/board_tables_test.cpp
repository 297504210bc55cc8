// What the boards consist of, against the tables of the specification (boards 2 - 4, 7): the numbers here are
// theirs, not those of the device trees. tb/system/board_wires_test.cpp probes the wires themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "platform/config/board_description.h"

namespace dmavp::platform {
namespace {

using u64 = std::uint64_t;
constexpr u64 kMHz = 1'000'000;
constexpr u64 kMiB = 1 << 20;

struct Memory {
  u64 base, size;
  bool main;
};

struct InterruptController {
  u64 base, size;
  unsigned sources, contexts;
};

struct Controller {
  u64 base, size;
  std::vector<std::uint32_t> interrupts;
  unsigned channels, masters, width, block, burst, handshakes;
  bool wide_cfg;  ///< CFG2
  bool ranked;    ///< priorities 0, 1, 2 ..; else all 0
};

struct Part {
  const char* name;
  PeripheralKind kind;
  u64 base, size;
  std::optional<std::uint32_t> interrupt;
  int tx, rx;  ///< of dmac0; -1: none
  u64 hz;      ///< baud, ssi or serial clock; of a traffic device its own
  unsigned depth;
};

struct Row {
  const char* name;
  std::vector<u64> cpus;  ///< Hz
  std::vector<unsigned> contexts;
  u64 axi;
  std::vector<Memory> memories;
  InterruptController plic;
  std::vector<Controller> controllers;
  std::vector<Part> parts;
};
std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.name; }

constexpr auto kUart = PeripheralKind::kUart;
constexpr auto kSpi = PeripheralKind::kSpi;
constexpr auto kI2s = PeripheralKind::kI2s;
constexpr auto kTraffic = PeripheralKind::kTraffic;
constexpr u64 kSound = 48'000 * 32;  ///< twice 16 bits per frame

Row generic(const char* name, unsigned channels, unsigned width, unsigned block, unsigned burst) {
  Row row{name,
          {1000 * kMHz, 1000 * kMHz, 1000 * kMHz, 1000 * kMHz},
          {0, 2, 4, 6},
          250 * kMHz,
          {{0x80000000, 256 * kMiB, true}, {0x08000000, kMiB, false}},
          {0x0C000000, 0x4000000, 127, 8},
          {{0x10000000, 0x4000, {5}, channels, 2, width, block, burst, 64, false, false}},
          {{"uart0", kUart, 0x11000000, 0x1000, 10, 0, 1, 48 * kMHz, 16},
           {"uart1", kUart, 0x11001000, 0x1000, 11, 2, 3, 48 * kMHz, 16},
           {"spi0", kSpi, 0x11010000, 0x1000, 20, 8, 9, 250 * kMHz, 32},
           {"spi1", kSpi, 0x11011000, 0x1000, 21, 10, 11, 250 * kMHz, 32},
           {"i2s0", kI2s, 0x11020000, 0x1000, {}, 16, 17, kSound, 16}}};
  static const char* const kNames[] = {"traffic0", "traffic1", "traffic2", "traffic3"};
  for (unsigned n = 0; n < 4; ++n) {
    const int number = static_cast<int>(32 + 2 * n);
    row.parts.push_back({kNames[n], kTraffic, 0x11030000 + 0x1000 * u64{n}, 0x1000, 40 + n, number,
                         number + 1, 125 * kMHz, 16});
  }
  return row;
}

std::vector<Row> rows() {
  return {{"k210",
           {390 * kMHz, 390 * kMHz},
           {0, 2},
           390 * kMHz,
           {{0x80000000, 8 * kMiB, true}},
           {0x0C000000, 0x4000000, 65, 4},
           {{0x50000000, 0x1000, {27, 28, 29, 30, 31, 32}, 6, 2, 32, 0x200000, 256, 16, false, true}},
           {{"uart1", kUart, 0x50210000, 0x100, 11, 15, 14, 195 * kMHz, 16},
            {"spi0", kSpi, 0x52000000, 0x100, 1, 1, 0, 390 * kMHz, 32},
            {"spi3", kSpi, 0x54000000, 0x200, 4, 7, 6, 390 * kMHz, 32},
            {"i2s0", kI2s, 0x50250000, 0x200, {}, 8, 9, kSound, 16},
            {"traffic0", kTraffic, 0x50470000, 0x1000, 24, 12, 13, 195 * kMHz, 16},
            {"traffic1", kTraffic, 0x50471000, 0x1000, 25, 10, 11, 195 * kMHz, 16}}},
          {"jh7110",
           {1500 * kMHz, 1500 * kMHz, 1500 * kMHz, 1500 * kMHz},
           {1, 3, 5, 7},
           198 * kMHz,
           {{0x40000000, 256 * kMiB, true}},
           {0x0C000000, 0x4000000, 136, 9},
           {{0x16050000, 0x10000, {73}, 4, 1, 8, 65536, 16, 64, true, true}},
           {{"uart0", kUart, 0x10000000, 0x10000, 32, 0, 1, 24 * kMHz, 16},
            {"uart1", kUart, 0x10010000, 0x10000, 33, 2, 3, 24 * kMHz, 16},
            {"spi0", kSpi, 0x10060000, 0x1000, 38, 8, 9, 198 * kMHz, 32},
            {"spi1", kSpi, 0x10070000, 0x1000, 39, 10, 11, 198 * kMHz, 32},
            {"i2stx0", kI2s, 0x120B0000, 0x1000, {}, 47, -1, 48'000 * 64, 16},
            {"i2srx", kI2s, 0x100E0000, 0x1000, {}, -1, 24, 48'000 * 64, 16},
            {"traffic0", kTraffic, 0x10300000, 0x1000, 120, 40, 41, 49'500'000, 16},
            {"traffic1", kTraffic, 0x10301000, 0x1000, 121, 42, 43, 49'500'000, 16}}},
          {"agilex5",
           {1500 * kMHz, 1500 * kMHz, 1800 * kMHz, 1800 * kMHz},
           {0, 1, 2, 3},
           400 * kMHz,
           // The first 32 MiB are the firmware's.
           {{0x82000000, 224 * kMiB, true}, {0, 0x80000, false}},
           {0x1D000000, 0x400000, 255, 4},
           {{0x10DB0000, 0x500, {32 + 86}, 4, 1, 4, 32767, 8, 48, true, true},
            {0x10DC0000, 0x500, {32 + 171}, 4, 1, 4, 32767, 8, 48, true, true}},
           {{"uart0", kUart, 0x10C02000, 0x100, 32 + 108, 8, 9, 100 * kMHz, 128},
            {"uart1", kUart, 0x10C02100, 0x100, 32 + 109, 10, 11, 100 * kMHz, 128},
            {"spi0", kSpi, 0x10DA4000, 0x1000, 32 + 99, 2, 3, 400 * kMHz, 256},
            {"spi1", kSpi, 0x10DA5000, 0x1000, 32 + 100, 4, 5, 400 * kMHz, 256},
            {"i2s0", kI2s, 0x10DD0000, 0x1000, {}, 16, 17, kSound, 16},
            {"traffic0", kTraffic, 0x10DE0000, 0x1000, 32 + 181, 32, 33, 100 * kMHz, 16},
            {"traffic1", kTraffic, 0x10DE1000, 0x1000, 32 + 182, 34, 35, 100 * kMHz, 16}}},
          generic("generic16", 16, 8, 4096, 16),
          generic("generic32", 32, 16, 65536, 8)};
}

class BoardTables : public testing::TestWithParam<Row> {
 protected:
  const Row& row() const { return GetParam(); }
  bool is(const char* name) const { return std::string(row().name) == name; }
  DeviceTree tree = DeviceTree::load(GetParam().name);
  BoardDescription board = describe_board(tree);
};
INSTANTIATE_TEST_SUITE_P(Boards, BoardTables, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(BoardTables, ProcessorsMemoriesAndInterruptController) {
  ASSERT_EQ(board.cpus.size(), row().cpus.size());
  for (std::size_t n = 0; n < board.cpus.size(); ++n) {
    EXPECT_EQ(board.cpus[n].context, row().contexts[n]) << n;
    const int node = *tree.node(board.cpus[n].path);
    EXPECT_EQ(tree.cell(node, "clock-frequency").value_or(0), row().cpus[n]) << n;
    EXPECT_EQ(tree.cell(node, is("agilex5") ? "d-cache-line-size" : "d-cache-block-size").value_or(0), 64u)
        << n;
  }
  EXPECT_EQ(board.clock_hz, row().axi);
  EXPECT_EQ(board.coherent, !is("agilex5"));
  ASSERT_EQ(board.memories.size(), row().memories.size());
  for (std::size_t n = 0; n < board.memories.size(); ++n) {
    EXPECT_EQ(board.memories[n].base, row().memories[n].base) << n;
    EXPECT_EQ(board.memories[n].size, row().memories[n].size) << n;
    EXPECT_EQ(board.memories[n].main_memory, row().memories[n].main) << n;
  }
  EXPECT_EQ(board.plic.base, row().plic.base);
  EXPECT_EQ(board.plic.size, row().plic.size);
  EXPECT_EQ(board.plic.sources, row().plic.sources);
  EXPECT_EQ(board.plic.contexts, row().plic.contexts);
}

TEST_P(BoardTables, Controllers) {
  ASSERT_EQ(board.dmacs.size(), row().controllers.size());
  for (std::size_t n = 0; n < board.dmacs.size(); ++n) {
    SCOPED_TRACE(n);
    const DmacDescription& d = board.dmacs[n];
    const Controller& c = row().controllers[n];
    EXPECT_EQ(d.base, c.base);
    EXPECT_EQ(d.size, c.size);
    EXPECT_EQ(d.clock_hz, row().axi);
    EXPECT_EQ(d.interrupts, c.interrupts);
    EXPECT_EQ(d.parameters.num_channels, c.channels);
    EXPECT_EQ(d.parameters.num_masters, c.masters);
    EXPECT_EQ(d.parameters.data_width_bytes, c.width);
    EXPECT_EQ(d.parameters.max_burst_len, c.burst);
    EXPECT_EQ(d.parameters.num_hs_if, c.handshakes);
    EXPECT_EQ(d.parameters.force_cfg2, c.wide_cfg);
    for (unsigned channel = 0; channel < c.channels; ++channel) {
      EXPECT_EQ(d.parameters.max_block_items[channel], c.block) << channel;
      EXPECT_EQ(d.parameters.reset_priority[channel], c.ranked ? channel : 0) << channel;
    }
  }
}

TEST_P(BoardTables, Peripherals) {
  ASSERT_EQ(board.peripherals.size(), row().parts.size());
  for (const Part& part : row().parts) {
    SCOPED_TRACE(part.name);
    const PeripheralDescription* found = nullptr;
    for (const PeripheralDescription& p : board.peripherals) {
      if (p.name == part.name) found = &p;
    }
    ASSERT_NE(found, nullptr);
    const PeripheralDescription& p = *found;
    EXPECT_EQ(p.kind, part.kind);
    EXPECT_EQ(p.base, part.base);
    EXPECT_EQ(p.size, part.size);
    EXPECT_EQ(p.interrupt, part.interrupt);
    const auto number = [](const std::optional<DmaLink>& link) {
      return link ? static_cast<int>(link->dmac * 100 + link->number) : -1;
    };
    EXPECT_EQ(number(p.tx), part.tx);
    EXPECT_EQ(number(p.rx), part.rx);
    EXPECT_EQ(part.kind == kTraffic ? p.bus_hz : p.clock_hz, part.hz);
    switch (part.kind) {
      case kUart:
        EXPECT_EQ(p.uart.parameters.fifo_depth, part.depth);
        EXPECT_TRUE(p.uart.parameters.dma_extra);
        break;
      case kSpi:
        EXPECT_EQ(p.spi.fifo_depth, part.depth);
        EXPECT_EQ(p.spi.num_cs, 4u);
        EXPECT_EQ(p.spi.rx_full_quirk, is("k210"));
        EXPECT_EQ(p.spi.layout,
                  is("generic32") || p.name == "spi3" ? ssi::Layout::kDwc : ssi::Layout::kApb32);
        ASSERT_EQ(p.chips.size(), 1u);
        EXPECT_EQ(p.chips[0].select, 0u);
        break;
      case kI2s:
        EXPECT_EQ(p.i2s.parameters.fifo_depth, part.depth);
        EXPECT_EQ(p.i2s.parameters.dma_enable, is("k210")     ? i2s::DmaEnable::kCcr
                                               : is("jh7110") ? i2s::DmaEnable::kAlways
                                                              : i2s::DmaEnable::kDmacr);
        EXPECT_EQ(p.i2s.parameters.frame_cycles, is("jh7110") ? 64u : 0u);
        EXPECT_EQ(p.i2s.parameters.master, p.name != "i2srx");
        break;
      case kTraffic:
        EXPECT_EQ(p.traffic.fifo_depth, part.depth);
        break;
    }
  }
}

/// The names under which software finds parts on every board.
TEST_P(BoardTables, RolesAreTheirParts) {
  struct Role {
    const char* alias;
    const char* part;
  };
  const bool k210 = is("k210");
  const bool jh7110 = is("jh7110");
  const Role roles[] = {{"serial0", k210 ? "uart1" : "uart0"},
                        {"spi-loop", k210 ? "spi0" : "spi1"},
                        {"sound-play", jh7110 ? "i2stx0" : "i2s0"},
                        {"sound-capture", jh7110 ? "i2srx" : "i2s0"}};
  for (const Role& role : roles) {
    bool found = false;
    for (const PeripheralDescription& p : board.peripherals) {
      const bool chip = std::string(role.alias) == "spi-loop" && !p.chips.empty() && !p.chips[0].flash;
      if (p.name != role.part) continue;
      found = true;
      EXPECT_EQ(tree.node(role.alias), tree.node(p.path)) << role.alias;
      if (p.kind == kSpi) {
        EXPECT_TRUE(chip) << "the loopback";
      }
    }
    EXPECT_TRUE(found) << role.part;
  }
  unsigned flashes = 0;
  for (const PeripheralDescription& p : board.peripherals) {
    for (const SpiChip& chip : p.chips) {
      if (!chip.flash) continue;
      ++flashes;
      EXPECT_EQ(tree.node("spi-flash"), tree.node(chip.path));
      EXPECT_EQ(p.name, k210 ? "spi3" : "spi0");
      EXPECT_EQ(chip.settings.parameters.size, 16 * kMiB);
      EXPECT_THAT(chip.settings.parameters.id, testing::ElementsAre(0xEF, 0x40, 0x18));
    }
  }
  EXPECT_EQ(flashes, 1u);
}

}  // namespace
}  // namespace dmavp::platform
