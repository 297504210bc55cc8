// What a board's tree may choose, seen at the registers and interrupt sources of the board.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "reference/spec.h"
#include "system/bench_board.h"

namespace dmavp::tb {
namespace {

using reference::CfgFields;
using reference::CtlFields;
using Settings = std::vector<std::string>;

constexpr u64 kPlic = 0x0C000000;
constexpr u64 kRam = 0x80000000;

bool pending(BenchBoard& b, unsigned source) {
  return (b.bus_read(kPlic + 0x1000 + 4 * (source / 32)) >> source % 32 & 1) != 0;
}

/// A copy of `items` items of 8 bytes.
void copy(BenchBoard& b, unsigned channel, u64 src, u64 dst, unsigned items, const CtlFields& ctl) {
  b.write("SAR", channel, src);
  b.write("DAR", channel, dst);
  b.write("BLOCK_TS", channel, items - 1);
  b.write("CTL", channel, ctl.encode());
  b.write("CFG", channel, CfgFields{}.encode(b.cfg2()));
}

CtlFields words() {
  CtlFields ctl;
  ctl.src_width = ctl.dst_width = 3;
  return ctl;
}

bool ends(BenchBoard& b, unsigned channel) {
  for (unsigned i = 0; i < 1000 && b.enabled(channel); ++i) b.let_pass(100);
  return !b.enabled(channel);
}

struct Lines {
  const char* name;
  Settings settings;
  std::vector<unsigned> on_transfer;  ///< sources pending when channel 2 is done
  std::vector<unsigned> on_error;     ///< of a bad access to the common registers
};
class InterruptOutputs : public testing::TestWithParam<Lines> {};

TEST_P(InterruptOutputs, DriveTheSourcesThatTheTreeConnects) {
  BenchBoard b("bench", "k210", GetParam().settings);
  b.run([&] {
    const auto expect = [&](const std::vector<unsigned>& sources, const char* when) {
      for (unsigned source = 27; source <= 35; ++source) {
        const bool wanted = std::find(sources.begin(), sources.end(), source) != sources.end();
        EXPECT_EQ(pending(b, source), wanted) << source << " " << when;
      }
    };
    b.restart();
    copy(b, 2, kRam, kRam + 0x1000, 8, words());
    expect({}, "at first");
    b.enable(2);
    EXPECT_TRUE(ends(b, 2));
    b.let_pass(10);
    expect(GetParam().on_transfer, "after a transfer");
    b.restart();
    b.write("DMAC_ID", 0, 1);
    b.let_pass(10);
    std::vector<unsigned> latched = GetParam().on_transfer;  // nobody has claimed them
    latched.insert(latched.end(), GetParam().on_error.begin(), GetParam().on_error.end());
    expect(latched, "after a write to a read-only register");
  });
}

INSTANTIATE_TEST_SUITE_P(
    Types, InterruptOutputs,
    testing::Values(Lines{"combined", {"dmac0:interrupts=27", "dmac0:dmavp,intr-io-type=0"}, {27}, {}},
                    Lines{"channels", {"dmac0:dmavp,intr-io-type=1"}, {29}, {}},
                    Lines{"channels_and_common",
                          {"dmac0:interrupts=27,28,29,30,31,32,34", "dmac0:dmavp,intr-io-type=1"},
                          {29},
                          {34}},
                    Lines{"both_as_combined", {"dmac0:interrupts=27"}, {27}, {}},
                    Lines{"both", {"dmac0:interrupts=27,28,29,30,31,32,34,35"}, {29, 35}, {34}}),
    [](const auto& row) { return std::string(row.param.name); });

/// Linux writes the priority where CFG2 has LOCK_CH and SRC_OSR_LMT: from bit 52 up.
TEST(PriorityOfLinux, IsAnOutstandingLimitFromPriority8On) {
  BenchBoard b("bench", "generic16", {"ram0:dmavp,read-latency=100", "dmac0:dmavp,lock=0"});
  b.run([&] {
    u64 cycles[3] = {};
    const u64 priorities[] = {0, 8, 15};
    for (unsigned i = 0; i < 3; ++i) {
      b.restart();
      copy(b, 0, kRam, kRam + 0x100000, 4096, words());
      CfgFields plain;
      const u64 cfg = plain.encode(true) & ~(u64{0xFF} << 55);  // both limits are one request
      b.write("CFG", 0, cfg | priorities[i] << 52);
      const u64 read = b.read("CFG", 0);
      EXPECT_EQ(read >> 55 & 0xF, priorities[i] >= 8 ? 1u : 0u);
      EXPECT_EQ(read >> 52 & 7, 0u) << "without locking these bits do not exist";
      const Cycle start = b.now();
      b.enable(0);
      EXPECT_TRUE(ends(b, 0));
      cycles[i] = b.now() - start;
    }
    EXPECT_LT(cycles[1], cycles[0] * 2 / 3) << "two reads outstanding instead of one";
    EXPECT_EQ(cycles[1], cycles[2]);
  });
}

TEST(BurstLength, BeyondTheControllersOwnIsCut) {
  BenchBoard b("bench", "generic16", {});
  b.run([&] {
    b.restart();
    CtlFields ctl = words();
    ctl.arlen_en = ctl.awlen_en = true;
    ctl.arlen = ctl.awlen = 255;
    copy(b, 0, kRam, kRam + 0x10000, 1024, ctl);
    b.enable(0);
    EXPECT_TRUE(ends(b, 0));
    const dmac::ChannelStatistics s = b.statistics(0);
    EXPECT_EQ(s.read_bursts, 1024u / 16);
    EXPECT_EQ(s.write_bursts, 1024u / 16);
  });
}

TEST(TwelveChannels, UseTheWideLayoutWith32BitAccesses) {
  BenchBoard b("bench", "generic16", {"dmac0:dma-channels=12"});
  const u64 base = 0x10000000;
  b.run([&] {
    b.restart();
    for (const unsigned channel : {0u, 8u, 11u}) {
      b.bus_write(kRam, 0x1122334455667788 + channel, 8);
      copy(b, channel, kRam, kRam + 0x1000, 1, words());
      b.bus_write(base + 0x18, 0x10001u << channel, 4);
      for (unsigned i = 0; i < 100 && (b.bus_read(base + 0x18, 4) >> channel & 1) != 0; ++i) b.let_pass(100);
      EXPECT_EQ(b.bus_read(kRam + 0x1000, 8), 0x1122334455667788 + channel);
    }
    b.bus_write(base + 0x18, 0x10001u << 12, 4);
    EXPECT_EQ(b.bus_read(base + 0x18, 4), 0u) << "there is no channel 12";
  });
}

TEST(RamAcross4GiB, IsOneMemoryThatABlockMayCross) {
  BenchBoard b("bench", "jh7110", {"ram0:reg=0,0x40000000,1,0"});
  b.run([&] {
    b.restart();
    const u64 edge = u64{1} << 32;
    for (unsigned i = 0; i < 64; ++i) b.bus_write(0x40000000 + 8 * i, 0xAB00 + i, 8);
    copy(b, 0, 0x40000000, edge - 256, 64, words());
    b.enable(0);
    EXPECT_TRUE(ends(b, 0));
    copy(b, 1, edge - 256, edge + 0x3FFFF000, 64, words());
    b.enable(1);
    EXPECT_TRUE(ends(b, 1));
    for (unsigned i = 0; i < 64; ++i) EXPECT_EQ(b.bus_read(edge + 0x3FFFF000 + 8 * i, 8), 0xAB00 + i);
  });
}

/// The sequence of the K210's SDK: handshake number = channel number, the device by its code.
TEST(K210RequestSelect, ConnectsTheDeviceOfACodeAndNoneOfAReservedOne) {
  BenchBoard b("bench", "k210", {});
  const u64 ssi0 = 0x52000000, sysctl = 0x50440000;
  b.run([&] {
    b.restart();
    const auto frame = [&](u64 offset, u64 value) { b.bus_write(ssi0 + offset, value); };
    frame(0x00, 0x70000), frame(0x14, 8), frame(0x4C, 3), frame(0x50, 4), frame(0x54, 0), frame(0x10, 1);
    const auto start = [&](unsigned channel, bool out) {
      CtlFields ctl;
      ctl.src_width = ctl.dst_width = 0;
      (out ? ctl.dst_fixed : ctl.src_fixed) = true;
      CfgFields cfg;
      cfg.tt_fc = out ? 1 : 2;
      (out ? cfg.dst_per : cfg.src_per) = channel;
      b.write("SAR", channel, out ? kRam : ssi0 + 0x60);
      b.write("DAR", channel, out ? ssi0 + 0x60 : kRam + 0x1000);
      b.write("BLOCK_TS", channel, 3);
      b.write("CTL", channel, ctl.encode());
      b.write("CFG", channel, cfg.encode(false));
      b.enable(channel);
    };
    b.bus_write(kRam, 0x44332211, 4);
    b.bus_write(sysctl + 0x64, u64{40} << 12 | u64{1} << 18, 4);  // 2: reserved, 3: SSI0 tx
    start(2, false);
    start(3, true);
    frame(0x08, 1);
    EXPECT_TRUE(ends(b, 3)) << "code 1 is SSI0 tx";
    b.let_pass(5000);
    EXPECT_TRUE(b.enabled(2)) << "code 40 is nobody";
    b.bus_write(sysctl + 0x64, u64{1} << 18, 4);  // 2: SSI0 rx
    EXPECT_TRUE(ends(b, 2)) << "code 0 is SSI0 rx";
    EXPECT_EQ(b.bus_read(kRam + 0x1000), 0x44332211u);
    EXPECT_EQ(b.bus_read(sysctl + 0x64), u64{1} << 18);
  });
}

/// The selects of the K210: one device at a time asks, and each of the 64 codes is tried in each field.
struct SelectRow {
  const char* name;
  u64 base;
  int tx, rx;  ///< codes of the table; -1: the device has none
  void (*send)(BenchBoard&, u64 base), (*receive)(BenchBoard&, u64 base);
};

void serve_spi(BenchBoard& b, u64 base) {
  const bool dwc = b.bus_read(base + 0x5C) >> 24 == '1';  // its frame size is elsewhere
  b.bus_write(base, dwc ? 0x7 : 0x70000);
  for (const auto& [offset, value] :
       {std::pair{0x14u, 8u}, {0x4Cu, 3u}, {0x50u, 4u}, {0x54u, 0u}, {0x10u, 1u}, {0x08u, 1u}})
    b.bus_write(base + offset, value);
}
void fill_spi(BenchBoard& b, u64 base) {
  for (const unsigned byte : {0x9Fu, 1u, 2u, 3u}) b.bus_write(base + 0x60, byte);
}
void serve_uart(BenchBoard& b, u64 base) {
  for (const auto& [offset, value] :
       {std::pair{0x0Cu, 0x83u}, {0x00u, 1u}, {0x04u, 0u}, {0x0Cu, 0x03u}, {0x08u, 1u}})
    b.bus_write(base + offset, value);
}
void fill_uart(BenchBoard& b, u64 base) { b.bus_write(base, 0x55); }
void serve_i2s(BenchBoard& b, u64 base) {
  for (const auto& [offset, value] : {std::pair{0x00u, 1u},
                                      {0x48u, 0u},
                                      {0x4Cu, 4u},
                                      {0x30u, 2u},
                                      {0x34u, 2u},
                                      {0x08u, 1u},
                                      {0x10u, 0x300u},
                                      {0x0Cu, 1u}})
    b.bus_write(base + offset, value);
}
void fill_i2s(BenchBoard& b, u64 base) { b.bus_write(base + 0x04, 1); }
void serve_traffic(BenchBoard& b, u64 base) { b.bus_write(base, 3); }
void no_more(BenchBoard&, u64) {}

class K210Codes : public testing::TestWithParam<SelectRow> {
 protected:
  BenchBoard b{"bench", "k210", {}};

  /// Which interfaces are asked for, as bits, when the field of `interface` is `code`. The channels copy in
  /// RAM, so that the device goes on asking.
  unsigned asked(unsigned interface, u64 code) {
    b.restart();
    u64 fields = 0;
    for (unsigned n = 0; n < 6; ++n) fields |= (n == interface ? code : u64{63}) << 6 * n;
    b.bus_write(0x50440064, fields & 0x3FFFFFFF);
    b.bus_write(0x50440068, fields >> 30);
    for (unsigned n = 0; n < 6; ++n) {
      copy(b, n, kRam, kRam + 0x1000, 1, words());
      CfgFields cfg;
      cfg.tt_fc = 2;
      cfg.src_per = n;
      b.write("CFG", n, cfg.encode(false));
      b.enable(n);
    }
    b.let_pass(500);
    unsigned done = 0;
    for (unsigned n = 0; n < 6; ++n) done |= unsigned{!b.enabled(n)} << n;
    return done;
  }

  void expect_only(int first, int second) {
    for (int code = 0; code < 64; ++code) {
      // A UART has no enable for DMA: from reset it asks to be filled.
      const bool live = code == first || code == second || code == 15;
      for (unsigned n = 0; n < 6; ++n)
        EXPECT_EQ(asked(n, static_cast<u64>(code)), live ? 1u << n : 0u) << "code " << code << " field " << n;
    }
  }
};

TEST_P(K210Codes, ConnectTheirLineAndNoOther) {
  const SelectRow& row = GetParam();
  b.run([&] {
    b.restart();
    row.send(b, row.base);
    b.let_pass(1000);
    expect_only(row.tx, -1);
    row.receive(b, row.base);
    b.let_pass(400000);  // a character of the UART, some frames of the I2S
    expect_only(row.tx, row.rx);
  });
}
INSTANTIATE_TEST_SUITE_P(Devices, K210Codes,
                         testing::Values(SelectRow{"spi0", 0x52000000, 1, 0, serve_spi, fill_spi},
                                         SelectRow{"spi3", 0x54000000, 7, 6, serve_spi, fill_spi},
                                         SelectRow{"uart1", 0x50210000, 15, 14, serve_uart, fill_uart},
                                         SelectRow{"i2s0", 0x50250000, 25, 26, serve_i2s, fill_i2s},
                                         SelectRow{"traffic_has_no_code", 0x50470000, -1, -1, serve_traffic,
                                                   no_more}),
                         [](const auto& row) { return std::string(row.param.name); });

struct Choice {
  const char* setting;
  u64 expected;
};

class CompletedCount : public testing::TestWithParam<Choice> {};
TEST_P(CompletedCount, CountsFromWhereTheTreeSays) {
  BenchBoard b("bench", "k210", {GetParam().setting});
  b.run([&] {
    b.restart();
    copy(b, 0, kRam, kRam + 0x1000, 8, words());
    b.enable(0);
    EXPECT_TRUE(ends(b, 0));
    EXPECT_EQ(b.read("STATUS", 0) & 0x3FFFFF, GetParam().expected);
  });
}
INSTANTIATE_TEST_SUITE_P(Tree, CompletedCount,
                         testing::Values(Choice{"dmac0:dmavp,cmpltd-from-zero=0", 8},
                                         Choice{"dmac0:dmavp,cmpltd-from-zero=1", 7}));

class UnalignedAddress : public testing::TestWithParam<Choice> {};
TEST_P(UnalignedAddress, IsUsedAsItIsOrRoundedDown) {
  BenchBoard b("bench", "k210", {GetParam().setting});
  b.run([&] {
    b.restart();
    b.bus_write(kRam, 0x0706050403020100, 8);
    b.bus_write(kRam + 8, 0x0F0E0D0C0B0A0908, 8);
    copy(b, 0, kRam + 3, kRam + 0x1000, 1, words());
    b.enable(0);
    EXPECT_TRUE(ends(b, 0));
    EXPECT_EQ(b.bus_read(kRam + 0x1000, 8), GetParam().expected);
  });
}
INSTANTIATE_TEST_SUITE_P(Tree, UnalignedAddress,
                         testing::Values(Choice{"dmac0:dmavp,unaligned-byte-exact=0", 0x0706050403020100},
                                         Choice{"dmac0:dmavp,unaligned-byte-exact=1", 0x0A09080706050403}));

/// Software asks for 1, `expected` and 16 outstanding reads: what is beyond the tree's limit gains nothing.
class OutstandingLimit : public testing::TestWithParam<Choice> {};
TEST_P(OutstandingLimit, EndsWhereTheTreeSays) {
  BenchBoard b("bench", "generic16", {"ram0:dmavp,read-latency=200", GetParam().setting});
  b.run([&] {
    std::vector<u64> cycles;
    for (const u64 wanted : {u64{1}, GetParam().expected, u64{16}}) {
      b.restart();
      copy(b, 0, kRam, kRam + 0x100000, 4096, words());
      b.write("CFG", 0, (CfgFields{}.encode(true) & ~(u64{0xFF} << 55)) | (wanted - 1) * 0x11 << 55);
      const Cycle start = b.now();
      b.enable(0);
      EXPECT_TRUE(ends(b, 0));
      cycles.push_back(b.now() - start);
    }
    if (GetParam().expected == 1) {
      EXPECT_EQ(cycles[1], cycles[0]);
    } else {
      EXPECT_LT(cycles[1], cycles[0] * 2 / 3);
    }
    EXPECT_EQ(cycles[2], cycles[1]);
  });
}
INSTANTIATE_TEST_SUITE_P(Tree, OutstandingLimit,
                         testing::Values(Choice{"dmac0:dmavp,osr-limit=1", 1},
                                         Choice{"dmac0:dmavp,osr-limit=2", 2},
                                         Choice{"dmac0:dmavp,osr-limit=4", 4}));

}  // namespace
}  // namespace dmavp::tb
