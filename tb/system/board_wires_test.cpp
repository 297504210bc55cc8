// Every peripheral of every board: its address, its interrupt and its request numbers, by probing them. The
// tables are those of the specification, not of the device trees.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "peripherals/traffic_core.h"
#include "reference/spec.h"
#include "system/bench_board.h"

namespace dmavp::tb {
namespace {

using reference::CfgFields;
using reference::CtlFields;

enum class Kind { kUart, kLoop, kFlash, kI2s, kTraffic };

struct Device {
  Kind kind;
  u64 base;
  unsigned interrupt;  ///< 0: none
  int tx, rx;          ///< -1: none
};

struct BoardTable {
  const char* name;
  u64 plic, ram;
  std::vector<Device> devices;
};

std::ostream& operator<<(std::ostream& out, const BoardTable& board) { return out << board.name; }

std::vector<Device> generic_devices() {
  std::vector<Device> devices{{Kind::kUart, 0x11000000, 10, 0, 1},
                              {Kind::kUart, 0x11001000, 11, 2, 3},
                              {Kind::kFlash, 0x11010000, 20, 8, 9},
                              {Kind::kLoop, 0x11011000, 21, 10, 11},
                              {Kind::kI2s, 0x11020000, 0, 16, 17}};
  for (unsigned n = 0; n < 4; ++n) {
    const int number = static_cast<int>(32 + 2 * n);
    devices.push_back({Kind::kTraffic, 0x11030000 + 0x1000 * u64{n}, 40 + n, number, number + 1});
  }
  return devices;
}

const std::vector<BoardTable>& boards() {
  static const std::vector<BoardTable> all{{"k210",
                                            0x0C000000,
                                            0x80000000,
                                            {{Kind::kUart, 0x50210000, 11, 15, 14},
                                             {Kind::kLoop, 0x52000000, 1, 1, 0},
                                             {Kind::kFlash, 0x54000000, 4, 7, 6},
                                             {Kind::kI2s, 0x50250000, 0, 8, 9},
                                             {Kind::kTraffic, 0x50470000, 24, 12, 13},
                                             {Kind::kTraffic, 0x50471000, 25, 10, 11}}},
                                           {"jh7110",
                                            0x0C000000,
                                            0x40000000,
                                            {{Kind::kUart, 0x10000000, 32, 0, 1},
                                             {Kind::kUart, 0x10010000, 33, 2, 3},
                                             {Kind::kFlash, 0x10060000, 38, 8, 9},
                                             {Kind::kLoop, 0x10070000, 39, 10, 11},
                                             {Kind::kI2s, 0x120B0000, 0, 47, -1},
                                             {Kind::kI2s, 0x100E0000, 0, -1, 24},
                                             {Kind::kTraffic, 0x10300000, 120, 40, 41},
                                             {Kind::kTraffic, 0x10301000, 121, 42, 43}}},
                                           {"agilex5",
                                            0x1D000000,
                                            0x82000000,
                                            {{Kind::kUart, 0x10C02000, 32 + 108, 8, 9},
                                             {Kind::kUart, 0x10C02100, 32 + 109, 10, 11},
                                             {Kind::kFlash, 0x10DA4000, 32 + 99, 2, 3},
                                             {Kind::kLoop, 0x10DA5000, 32 + 100, 4, 5},
                                             {Kind::kI2s, 0x10DD0000, 0, 16, 17},
                                             {Kind::kTraffic, 0x10DE0000, 32 + 181, 32, 33},
                                             {Kind::kTraffic, 0x10DE1000, 32 + 182, 34, 35}}},
                                           {"generic16", 0x0C000000, 0x80000000, generic_devices()},
                                           {"generic32", 0x0C000000, 0x80000000, generic_devices()}};
  return all;
}

struct Probe {
  u64 offset;  ///< of a read-only register that identifies the part
  u64 value;
  u64 data_tx, data_rx;
  unsigned width;  ///< log2 of an item's bytes
};

Probe probe(Kind kind) {
  switch (kind) {
    case Kind::kUart:
      return {0xFC, 0x44570110, 0x00, 0x00, 0};
    case Kind::kI2s:
      return {0x1FC, 0x445701A0, 0x1C8, 0x1C0, 1};
    case Kind::kTraffic:
      return {0x58, 0x00100004, 0x08, 0x0C, 2};
    case Kind::kLoop:
    case Kind::kFlash:
      break;
  }
  return {0x5C, 0, 0x60, 0x60, 0};
}

class BoardWires : public testing::TestWithParam<BoardTable> {
 protected:
  BenchBoard b{"bench", GetParam().name, {}};

  bool k210() const { return std::string(GetParam().name) == "k210"; }
  u64 out() const { return GetParam().ram + 0x1000; }
  u64 in() const { return GetParam().ram + 0x2000; }

  bool pending(unsigned source) {
    return (b.bus_read(GetParam().plic + 0x1000 + 4 * (source / 32)) >> source % 32 & 1) != 0;
  }

  void start(unsigned channel, bool to_device, const Device& device, unsigned items) {
    const Probe p = probe(device.kind);
    CtlFields ctl;
    ctl.src_width = ctl.dst_width = p.width;
    (to_device ? ctl.dst_fixed : ctl.src_fixed) = true;
    CfgFields cfg;
    cfg.tt_fc = to_device ? 1 : 2;
    (to_device ? cfg.dst_per : cfg.src_per) = static_cast<unsigned>(to_device ? device.tx : device.rx);
    b.write("SAR", channel, to_device ? out() : device.base + p.data_rx);
    b.write("DAR", channel, to_device ? device.base + p.data_tx : in());
    b.write("BLOCK_TS", channel, items - 1);
    b.write("CTL", channel, ctl.encode());
    b.write("CFG", channel, cfg.encode(b.cfg2()));
    b.enable(channel);
  }

  bool ends(unsigned channel) {
    for (unsigned i = 0; i < 1000 && b.enabled(channel); ++i) b.let_pass(1000);
    return !b.enabled(channel);
  }

  /// Ready to move data, and loud on its interrupt if it has one.
  void switch_on(const Device& d) {
    const auto write = [&](u64 offset, u64 value) { b.bus_write(d.base + offset, value); };
    switch (d.kind) {
      case Kind::kUart:
        write(0x0C, 0x83), write(0x00, 1), write(0x04, 0), write(0x0C, 0x03), write(0x08, 1), write(0x04, 2);
        return;
      case Kind::kLoop:
      case Kind::kFlash: {
        // Frames of 8 bits: [4:0] of DWC_ssi, [20:16] of the other.
        const bool dwc = b.bus_read(d.base + 0x5C) >> 24 == '1';
        write(0x00, dwc ? 0x7 : 0x70000), write(0x14, 8), write(0x4C, 3), write(0x50, 4), write(0x54, 0);
        write(0x10, 1), write(0x08, 1);
        return;
      }
      case Kind::kI2s:
        write(0x00, 1), write(0x48, 0), write(0x4C, 4), write(0x30, 2), write(0x34, 2);
        write(0x04, d.rx >= 0), write(0x08, d.tx >= 0);
        // The K210 has its DMA enables in CCR, and DMACR is beyond its window.
        if (k210()) {
          write(0x10, 0x300);
        } else {
          write(0x200, 0x30000);
        }
        write(0x0C, 1);
        return;
      case Kind::kTraffic:
        write(0x34, 1), write(0x00, 3);
        return;
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, BoardWires, testing::ValuesIn(boards()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST_P(BoardWires, EveryPartIsAtItsAddress) {
  ASSERT_EQ(b.description().peripherals.size(), GetParam().devices.size());
  b.run([&] {
    for (const Device& d : GetParam().devices) {
      const Probe p = probe(d.kind);
      const u64 read = b.bus_read(d.base + p.offset);
      if (p.value != 0) {
        EXPECT_EQ(read, p.value) << std::hex << d.base;
      } else {
        EXPECT_THAT(read, testing::AnyOf(0x3430312Au, 0x3130312Au)) << std::hex << d.base;
      }
    }
  });
}

TEST_P(BoardWires, EveryInterruptIsItsSource) {
  b.run([&] {
    for (const Device& d : GetParam().devices) {
      if (d.interrupt == 0) continue;
      EXPECT_FALSE(pending(d.interrupt)) << std::hex << d.base;
      switch_on(d);
      b.let_pass(100);
      EXPECT_TRUE(pending(d.interrupt)) << std::hex << d.base;
    }
  });
}

TEST_P(BoardWires, OnlyAgilex5HidesRamFromItsCaches) {
  const bool agilex5 = std::string(GetParam().name) == "agilex5";
  EXPECT_EQ(b.description().coherent, !agilex5);
  for (const port::RamRegion& ram : b.ram()) EXPECT_EQ(ram.cpu_view == ram.bus_view, !agilex5);
}

/// What goes out by the one number comes back by the other: through wire, codec, flash or generator.
TEST_P(BoardWires, EveryRequestNumberMovesItsData) {
  constexpr unsigned kItems = 4;
  const u64 bytes[] = {0x9F, 0x21, 0x32, 0x43};  // the first asks a flash for its identity
  b.run([&] {
    b.restart();
    const Device* player = nullptr;  // an I2S that only sends
    for (const Device& d : GetParam().devices) {
      SCOPED_TRACE(d.base);
      const unsigned width = probe(d.kind).width;
      const unsigned received = d.kind == Kind::kI2s ? 64 : kItems;
      for (unsigned i = 0; i < kItems; ++i) b.bus_write(out() + (u64{i} << width), bytes[i], 1u << width);
      if (d.rx < 0) {
        player = &d;
        continue;
      }
      start(1, false, d, received);
      b.let_pass(2000);
      EXPECT_TRUE(b.enabled(1)) << "nobody may ask before the device is on";
      switch_on(d);
      const Device& sender = d.tx < 0 ? *player : d;
      if (&sender != &d) switch_on(sender);
      start(0, true, sender, kItems);
      EXPECT_TRUE(ends(0)) << "request " << sender.tx;
      EXPECT_TRUE(ends(1)) << "request " << d.rx;
      std::vector<u64> back;
      for (unsigned i = 0; i < received; ++i)
        back.push_back(b.bus_read(in() + (u64{i} << width), 1u << width));
      const std::vector<u64> sent(std::begin(bytes), std::end(bytes));
      if (d.kind == Kind::kUart || d.kind == Kind::kLoop) {
        EXPECT_EQ(back, sent);
      } else if (d.kind == Kind::kFlash) {
        EXPECT_THAT(back, testing::ElementsAre(testing::_, 0xEF, 0x40, 0x18));
      } else if (d.kind == Kind::kTraffic) {
        for (unsigned i = 0; i < kItems; ++i) EXPECT_EQ(back[i], traffic::pattern(1, i) & 0xFFFFFFFF) << i;
        EXPECT_EQ(b.bus_read(d.base + 0x20), kItems) << "taken by the sink";
        EXPECT_EQ(b.bus_read(d.base + 0x4C), 0u) << "reads of an empty source";
      } else if (d.kind == Kind::kI2s) {
        EXPECT_NE(std::search(back.begin(), back.end(), sent.begin(), sent.end()), back.end());
      }
    }
  });
}

}  // namespace
}  // namespace dmavp::tb
