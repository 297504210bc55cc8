// What Linux, Zephyr and the K210 SDK do for transfers with peripherals, access by access (specification 6).
#include <algorithm>

#include "registers/flow.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kBuffer = kRam + 0x2000;
constexpr u32 kPeriodWords = 16;

RigOptions board(unsigned channels, unsigned handshakes, bool write_back = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_channels = channels;
  o.parameters.num_hs_if = handshakes;
  o.parameters.num_masters = 2;
  o.parameters.lli_wb_en = write_back;
  o.ram_bytes = 64 << 10;
  return o;
}

struct LinuxBoard {
  const char* name;
  unsigned channels, handshakes, interface;
  bool write_back;
};

/// 32-bit accesses; everything by items.
class LinuxSlave : public testing::TestWithParam<LinuxBoard> {
 protected:
  LinuxSlave() {
    fill(rig_, 1);
    before_ = rig_.ram();
    w(0x10, r(0x10) | 1);
    w(0x10, r(0x10) | 2);
    renew();
  }
  u32 r(u64 at) { return static_cast<u32>(rig_.access(false, at, 4).value); }
  void w(u64 at, u64 value) { rig_.access(true, at, 4, value & 0xFFFFFFFF); }
  Device& device() { return rig_.device(GetParam().interface); }
  bool cfg2() const { return GetParam().channels > 8 || GetParam().handshakes > 16; }
  bool enabled() { return ((GetParam().channels > 8 ? rig_.read_at(0x18) : r(0x18)) >> kChannel & 1) != 0; }
  void set_enable(bool on) {
    if (GetParam().channels > 8) {
      const u64 v = rig_.read_at(0x18) & ~(u64{1} << kChannel);
      rig_.write_at(0x18, v | u64{on} << kChannel | u64{1} << (16 + kChannel));
    } else {
      const u32 v = r(0x18) & ~(1u << kChannel);
      w(0x18, v | u32{on} << kChannel | 1u << (8 + kChannel));
    }
  }
  void renew() {
    rig_.ram() = before_;
    device() = Device{};
    device().burst = 4;
    rig_.drive(GetParam().interface);
  }
  /// Device to memory (2 or, with device_fc, 4) or memory to device (1 or 6).
  void start(unsigned tt_fc) {
    ASSERT_FALSE(enabled());
    w(0x10, r(0x10) | 1);
    const u64 hs = GetParam().interface;
    w(kBase + 0x20, cfg2() ? 0xF | hs << 4 | hs << 11 : 0xF);
    w(kBase + 0x24, cfg2() ? tt_fc : tt_fc | hs << 7 | hs << 12);
    w(kBase + 0x28, kItems);
    w(kBase + 0x2C, kItems >> 32);
    w(kBase + 0x90, 0x003F7FE2);
    w(kBase + 0x80, 0x203F7FE2);
    set_enable(true);
  }
  void put(unsigned i, bool to_dev, u32 words, bool last, u64 next) {
    const u64 at = kItems + 64 * i, memory = kBuffer + 4 * kPeriodWords * i,
              dev = device_at(GetParam().interface);
    for (u64 b = 0; b < 64; b += 8) rig_.ram().store(at + b, 0);
    const u64 lo = 2 << 8 | 2 << 11 | 1 << 14 | 1 << 18 | (to_dev ? 1 << 6 : 1 << 4);
    Item{at,
         to_dev ? memory : dev,
         to_dev ? dev : memory,
         words - 1,
         next,
         lo | reference::kCtlValid | (last ? reference::kCtlLast : 0)}
        .write(rig_.ram());
  }
  void sg_list(bool to_dev) {
    for (unsigned i = 0; i < 3; ++i) put(i, to_dev, kPeriodWords, i == 2, i == 2 ? 0 : kItems + 64 * (i + 1));
  }
  u32 handler() {
    w(0x10, r(0x10) & ~2u);
    u32 mine = 0;
    for (unsigned n = 0; n < GetParam().channels; ++n) {
      const u32 status = r(0x100 + 0x100 * n + 0x88);
      w(0x100 + 0x100 * n + 0x98, status);
      if (n == kChannel) mine = status;
    }
    return mine;
  }
  void handler_end() {
    w(0x10, r(0x10) | 2);
    rig_.run(1);
  }
  u8 word_of_source(bool to_dev, u64 n) const {
    return to_dev ? before_[kBuffer + n] : Device::stream(GetParam().interface, n);
  }
  void expect_stream(bool to_dev, u64 bytes) {
    ASSERT_EQ(device().data.size(), bytes);
    for (u64 n = 0; n < bytes; ++n) {
      const u8 got = to_dev ? device().data[n] : rig_.ram()[kBuffer + n];
      ASSERT_EQ(got, word_of_source(to_dev, n)) << n;
    }
  }

  static constexpr unsigned kChannel = 2;
  static constexpr u64 kBase = 0x100 + 0x100 * kChannel;
  Rig rig_{board(GetParam().channels, GetParam().handshakes, GetParam().write_back)};
  Image before_{0, 0};
};
INSTANTIATE_TEST_SUITE_P(Boards, LinuxSlave,
                         testing::Values(LinuxBoard{"K210", 6, 16, 5, true},
                                         LinuxBoard{"Jh7110", 4, 48, 39, false},
                                         LinuxBoard{"Generic16", 16, 64, 63, true}),
                         [](const auto& p) { return p.param.name; });

TEST_P(LinuxSlave, ScatterListInBothDirections) {
  for (const bool to_dev : {false, true}) {
    SCOPED_TRACE(to_dev);
    renew();
    sg_list(to_dev);
    start(to_dev ? 1 : 2);
    rig_.run(200);
    EXPECT_TRUE(device().data.empty());
    for (unsigned i = 0; i < 3 * kPeriodWords / 4; ++i) {
      EXPECT_FALSE(rig_.line(kCombinedLine));
      rig_.feed(GetParam().interface, 4);
      rig_.run(150);
    }
    ASSERT_TRUE(rig_.line(kCombinedLine));
    EXPECT_EQ(handler(), irq::kTransferDone);
    EXPECT_FALSE(enabled());
    handler_end();
    EXPECT_FALSE(rig_.line(kCombinedLine));
    expect_stream(to_dev, 3 * 4 * kPeriodWords);
    EXPECT_EQ(device().transactions.size(), 3 * kPeriodWords / 4);
    EXPECT_EQ(device().finishes, 3u) << "once per block";
  }
}

/// slave_config with device_fc (TT_FC 4 and 6): the peripheral ends each block, BLOCK_TS is ignored.
TEST_P(LinuxSlave, DeviceFlowControl) {
  for (const bool to_dev : {false, true}) {
    SCOPED_TRACE(to_dev);
    renew();
    device().script = {4, 4, 1};
    put(0, to_dev, 1000, true, 0);
    start(to_dev ? 6 : 4);
    rig_.feed(GetParam().interface, 9);
    ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }, 5000));
    EXPECT_EQ(handler(), irq::kTransferDone);
    handler_end();
    expect_stream(to_dev, 36);
  }
}

/// Every item of the ring is LAST: the handler re-arms the item that LLP names and enables the channel again,
/// LLP unwritten (6.1.5).
TEST_P(LinuxSlave, CyclicReEnableWalksTheRing) {
  for (const bool to_dev : {false, true}) {
    SCOPED_TRACE(to_dev);
    renew();
    constexpr unsigned kPeriods = 4, kRounds = 3;
    for (unsigned i = 0; i < kPeriods; ++i)
      put(i, to_dev, kPeriodWords, true, kItems + 64 * ((i + 1) % kPeriods));
    start(to_dev ? 1 : 2);
    rig_.feed(GetParam().interface, u64{kPeriods} * kRounds * kPeriodWords);
    for (unsigned period = 0; period < kPeriods * kRounds; ++period) {
      ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }, 5000)) << period;
      EXPECT_EQ(handler(), irq::kTransferDone);
      EXPECT_FALSE(enabled());
      const u64 llp = r(kBase + 0x28) | u64{r(kBase + 0x2C)} << 32;
      ASSERT_EQ(llp, kItems + 64 * ((period + 1) % kPeriods)) << "exactly the next item";
      w(kBase + 0x98, rig_.ram().load(llp + 0x30) & 0xFFFFFFFF);
      rig_.ram().store(llp + 0x20, rig_.ram().load(llp + 0x20) | reference::kCtlValid);
      set_enable(true);
      handler_end();
      if (!to_dev) {
        for (u64 n = 0; n < 4 * kPeriodWords; ++n)
          ASSERT_EQ(rig_.ram()[kBuffer + 4 * kPeriodWords * (period % kPeriods) + n],
                    Device::stream(GetParam().interface, 4 * kPeriodWords * period + n));
      }
    }
    rig_.run(500);
    EXPECT_EQ(device().data.size(), 4 * kPeriodWords * kPeriods * kRounds);
    for (u64 n = 0; to_dev && n < device().data.size(); ++n)
      ASSERT_EQ(device().data[n], before_[kBuffer + n % (4 * kPeriodWords * kPeriods)]);
    set_enable(false);
    if (to_dev) rig_.feed(GetParam().interface, kPeriodWords);  // what the FIFO holds has to go somewhere
    ASSERT_TRUE(rig_.run_until([&] { return !enabled(); }, 50'000)) << "the poll of terminate";
  }
}

TEST_P(LinuxSlave, PauseAndResumeWithASlowPeripheral) {
  sg_list(false);
  start(2);
  rig_.feed(GetParam().interface, 20);
  rig_.run(700);
  rig_.suspend(kChannel);
  bool found = false;
  for (int i = 0; i < 20 && !found; ++i) {
    found = (r(kBase + 0x88) >> 29 & 1) != 0;
    if (!found) rig_.run(2000);
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(rig_.line(kCombinedLine));
  w(kBase + 0x98, 1u << 29);
  rig_.feed(GetParam().interface, 28);
  rig_.run(1000);
  EXPECT_EQ(device().data.size(), 80u) << "paused: its requests wait";
  rig_.resume(kChannel);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }, 5000));
  EXPECT_EQ(handler() & irq::kTransferDone, irq::kTransferDone);
  expect_stream(false, 3 * 4 * kPeriodWords);
}

/// Terminate of a playback whose device has died: as on silicon the channel stays enabled for the whole poll,
/// and only an abort frees it.
TEST_P(LinuxSlave, TerminateOfADeadSinkHangsUntilAborted) {
  sg_list(true);
  start(1);
  rig_.feed(GetParam().interface, 4);
  rig_.run(500);
  set_enable(false);
  rig_.run(50'000'000);  // 50 ms
  EXPECT_TRUE(enabled());
  rig_.abort(kChannel);
  EXPECT_FALSE(enabled());
  renew();
  sg_list(true);
  w(kBase + 0x98, 0xFFFFFFFF);
  start(1);
  rig_.feed(GetParam().interface, 3 * kPeriodWords);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }, 5000));
  EXPECT_EQ(handler(), irq::kTransferDone);
  expect_stream(true, 3 * 4 * kPeriodWords);
}

/// Zephyr: CFG2, 64-bit accesses, peripheral addresses increment too; stop() needs an abort that acts at
/// once.
TEST(ZephyrSlave, ReceivesAndIsStoppedWithASilentPeripheral) {
  Rig rig(board(4, 48));
  fill(rig, 1);
  constexpr unsigned kHs = 21;
  rig.device(kHs).item = 1;
  rig.device(kHs).burst = 8;
  const auto start = [&] {
    EXPECT_EQ(rig.read_at(0x18) & 0x00040004, 0u);
    for (unsigned i = 0; i < 2; ++i) {
      const u64 ctl = 2 << 14 | 2 << 18 | u64{0xF} << 22 | u64{0xF} << 26 | u64{2} << 32 | u64{2} << 35 |
                      u64{7} << 56 | (i ? reference::kCtlLast : 0) | reference::kCtlValid;
      Item{kItems + 64 * i, device_at(kHs), kBuffer + 32 * i, 31, i ? 0 : kItems + 64, ctl}.write(rig.ram());
    }
    rig.write_at(0x10, 3);
    rig.write_at(0x320, 0xF | u64{kHs} << 4 | u64{2} << 32);
    rig.write_at(0x380, 0x3F7FE3);
    rig.write_at(0x390, 0x3F7FE3);
    rig.write_at(0x328, kItems);
    rig.write_at(0x18, 0x0404);
    EXPECT_EQ(rig.read_at(0x18) & 4, 4u);
  };
  start();
  rig.feed(kHs, 64);
  unsigned blocks = 0;
  for (bool done = false; !done;) {
    ASSERT_TRUE(rig.run_until([&] { return rig.line(kCombinedLine); }, 5000, 5));
    EXPECT_EQ(rig.read_at(0x30), 4u);
    const u64 status = rig.read_at(0x388);
    EXPECT_EQ(status & 0x3F7FE0, 0u);
    if (status & 1) rig.write_at(0x398, 0x3F7FE1);
    blocks += status & 1;
    done = (status & 2) != 0;
    if (done) rig.write_at(0x398, 0x3F7FE2);
    rig.run(1);
  }
  EXPECT_EQ(blocks, 2u);
  EXPECT_EQ(rig.read_at(0x18), 0u);
  for (u64 n = 0; n < 64; ++n) ASSERT_EQ(rig.ram()[kBuffer + n], Device::stream(kHs, n));
  start();
  rig.feed(kHs, 11);
  rig.run(300);
  rig.write_at(0x18, 0x04040000);
  rig.write_at(0x18, rig.access(false, 0x18, 4).value & ~u64{4}, 4);
  EXPECT_EQ(rig.read_at(0x18) & 4, 4u);
  rig.write_at(0x18, u64{0x0404} << 32);
  EXPECT_EQ(rig.read_at(0x18), 0u);
  EXPECT_EQ(rig.device(kHs).data.size(), 64u + 8u);
}

/// K210: registers alone, one handshake number per channel, the memory side's HS_SEL set to software.
TEST(K210Slave, SingleBlocksWithPolling) {
  Rig rig(board(6, 16));
  fill(rig, 1);
  rig.write_at(0x10, rig.read_at(0x10) | 3);
  for (unsigned n = 0; n < 6; ++n) {
    const bool to_dev = n % 2 == 0;
    SCOPED_TRACE(n);
    const u64 base = 0x100 + 0x100 * u64{n};
    Device& d = rig.device(n);
    d.burst = 4;
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.write_at(0x18, (rig.read_at(0x18) & ~(u64{1} << n)) | u64{0x100} << n);
    EXPECT_EQ(rig.read_at(0x18) >> n & 1, 0u);
    u64 cfg = rig.read_at(base + 0x20) & ~(u64{0xF} | u64{0x1F} << 32 | u64{0xF} << 39 | u64{0xF} << 44);
    cfg |= u64{to_dev ? 1u : 2u} << 32 | u64{1} << (to_dev ? 35 : 36) | u64{n} << 39 | u64{n} << 44;
    rig.write_at(base + 0x20, cfg);
    rig.write_at(base + 0, to_dev ? kBuffer : device_at(n));
    rig.write_at(base + 8, to_dev ? device_at(n) : kBuffer);
    const u64 ctl = to_dev ? 0x45244 : 0x45214;  // 6.5
    rig.write_at(base + 0x18, (rig.read_at(base + 0x18) & ~u64{0x3FFF7F}) | ctl);
    EXPECT_EQ(rig.read_at(base + 0x18) & 0xFFFFFFFF, ctl);
    rig.write_at(base + 0x10, 30);
    rig.write_at(0x10, rig.read_at(0x10) | 3);
    rig.write_at(0x18, rig.read_at(0x18) | u64{0x101} << n);
    rig.run(300);
    EXPECT_TRUE(d.data.empty()) << "not before the peripheral asks";
    rig.feed(n, 31);
    ASSERT_TRUE(rig.run_until([&] { return (rig.read_at(0x18) >> n & 1) == 0; }, 5000));
    EXPECT_EQ(rig.read_at(base + 0x88) & 2, 2u);
    EXPECT_TRUE(rig.line(static_cast<int>(n)));
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.run(1);
    EXPECT_FALSE(rig.line(static_cast<int>(n)));
    ASSERT_EQ(d.data.size(), 124u);
    for (u64 i = 0; i < 124; ++i) ASSERT_EQ(rig.ram()[kBuffer + i], d.data[i]);
    EXPECT_EQ(d.transactions.size(), 7u + 3u) << "seven bursts of four and three singles";
  }
}

}  // namespace
}  // namespace dmavp::tb
