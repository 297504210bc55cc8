// What Linux does to the controller, access by access (specification 6.1), memory to memory.
#include <algorithm>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x9000;

/// 32-bit accesses as readl and writel make them.
struct Narrow {
  Rig& rig;
  u32 r(u64 at) const { return static_cast<u32>(rig.access(false, at, 4).value); }
  void w(u64 at, u64 value) const { rig.access(true, at, 4, value & 0xFFFFFFFF); }
};

struct Board {
  const char* name;
  unsigned channels;
  bool cfg2;
  bool write_back;
};

class Linux : public testing::TestWithParam<Board> {
 protected:
  static RigOptions options() {
    RigOptions o;
    o.parameters = small_parameters();
    o.parameters.num_channels = GetParam().channels;
    o.parameters.force_cfg2 = GetParam().cfg2;
    o.parameters.lli_wb_en = GetParam().write_back;
    return o;
  }
  // Channel controls: v1, v2 in 32-bit accesses (9 to 15 channels), v2 in 64-bit accesses.
  bool v2() const { return GetParam().channels > 8; }
  bool wide() const { return GetParam().channels > 15; }
  u64 ch(unsigned n, u64 offset) const { return 0x100 + 0x100 * n + offset; }

  u64 chen_read(unsigned n) {
    if (!wide()) return (io_.r(0x18) >> n) & 1;
    const u64 v = rig_.read_at(0x18);
    return n < 16 ? (v >> n) & 1 : (v >> (n + 16)) & 1;
  }
  void chen_write(unsigned n, bool on) {
    if (!wide()) {
      u32 v = io_.r(0x18);
      v = on ? v | (1u << n) : v & ~(1u << n);
      io_.w(0x18, v | (1u << ((v2() ? 16 : 8) + n)));
      return;
    }
    u64 v = rig_.read_at(0x18);
    const u64 bit = u64{1} << (n < 16 ? n : n + 16);
    v = on ? v | bit : v & ~bit;
    rig_.write_at(0x18, v | (bit << 16));
  }
  void rmw_cfg(u32 set, u32 clear) { io_.w(0x10, (io_.r(0x10) & ~clear) | set); }

  void probe() {
    rmw_cfg(1, 0);
    rmw_cfg(2, 0);
    for (unsigned n = 0; n < GetParam().channels; ++n) {
      io_.w(ch(n, 0x80), 0);
      chen_write(n, false);
    }
    rmw_cfg(0, 2);
    rmw_cfg(0, 1);
    EXPECT_EQ(rig_.read("DMAC_CFG"), 0u);
    for (unsigned n = 0; n < GetParam().channels; ++n) EXPECT_EQ(chen_read(n), 0u);
    rmw_cfg(1, 0);
    rmw_cfg(2, 0);
  }

  void start(unsigned n, u64 llp) {
    ASSERT_EQ(chen_read(n), 0u);
    rmw_cfg(1, 0);
    io_.w(ch(n, 0x20), 0xF);
    io_.w(ch(n, 0x24), GetParam().cfg2 || v2() ? u64{2} << 20 : u64{2} << 17);  // its CFG2 quirk (4.3)
    io_.w(ch(n, 0x28), llp & 0xFFFFFFFF);
    io_.w(ch(n, 0x2C), llp >> 32);
    io_.w(ch(n, 0x90), 0x003F7FE2);
    io_.w(ch(n, 0x80), 0x203F7FE2);
    chen_write(n, true);
  }

  /// The interrupt handler: status words by channel.
  std::vector<u32> handler() {
    rmw_cfg(0, 2);
    std::vector<u32> seen;
    for (unsigned n = 0; n < GetParam().channels; ++n) {
      seen.push_back(io_.r(ch(n, 0x88)));
      io_.w(ch(n, 0x98), seen.back());
      if (seen.back() & 2) {
        EXPECT_EQ(chen_read(n), 0u) << "DMA_TFR_DONE with CH_EN = 1";
      }
    }
    rmw_cfg(2, 0);
    rig_.run(1);  // the line falls
    return seen;
  }

  /// A list as its memcpy prepares it: VALID on all, LAST and LLP = 0 on the last.
  void prepare(u64 items, u64 from, u64 to, unsigned count, u32 words) {
    for (unsigned i = 0; i < count; ++i) {
      const bool last = i + 1 == count;
      for (u64 b = 0; b < 64; b += 8) rig_.ram().store(items + 64 * i + b, 0);
      const u64 step = u64{words} * 8 * i;
      Item{items + 64 * i,
           from + step,
           to + step,
           words - 1,
           last ? 0 : items + 64 * (i + 1),
           last ? 0xC000000000045B00u : 0x8000000000045B00u}
          .write(rig_.ram());
    }
  }

  Rig rig_{options()};
  Narrow io_{rig_};
};

INSTANTIATE_TEST_SUITE_P(Boards, Linux,
                         testing::Values(Board{"K210", 6, false, true}, Board{"Jh7110", 4, true, false},
                                         Board{"TwelveChannels", 12, false, true},
                                         Board{"Generic32", 32, false, true}),
                         [](const auto& p) { return p.param.name; });

TEST_P(Linux, CopiesOnEveryChannelAndIsInterrupted) {
  fill(rig_, 1);
  probe();
  const unsigned n = std::min(GetParam().channels, 8u);
  for (unsigned c = 0; c < n; ++c) {
    prepare(kItems + 0x200 * c, kFrom + 0x400 * c, kTo + 0x400 * c, 4, 32);
    start(c, kItems + 0x200 * c);
  }
  std::vector<u32> all(GetParam().channels);
  for (int i = 0; i < 1000; ++i) {
    rig_.run(20);
    if (!rig_.line(kCombinedLine)) continue;
    const auto seen = handler();
    for (std::size_t c = 0; c < seen.size(); ++c) {
      EXPECT_EQ(all[c] & seen[c], 0u) << "an event is reported once";
      all[c] |= seen[c];
    }
  }
  EXPECT_FALSE(rig_.line(kCombinedLine));
  for (unsigned c = 0; c < all.size(); ++c) {
    EXPECT_EQ(all[c], c < n ? 2u : 0u) << c;
    if (c >= n) continue;
    EXPECT_EQ(copied(rig_.ram(), kFrom + 0x400 * c, kTo + 0x400 * c, 1024), 1024u);
    EXPECT_EQ(rig_.read("LLP", c), 0u);
  }
}

TEST_P(Linux, ErrorIsReportedAndTheNextTransferStartsFromTheHandler) {
  fill(rig_, 1);
  probe();
  prepare(kItems, kRam + (16 << 20), kTo, 1, 32);
  prepare(kItems + 0x200, kFrom, kTo, 2, 32);
  start(1, kItems);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[1], irq::kSrcDecErr);
  chen_write(1, false);
  start(1, kItems + 0x200);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[1], irq::kTransferDone) << "no trace of the disable or of the old error";
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 512), 512u);
}

TEST_P(Linux, PauseFindsBit29WithoutInterruptAndResumeContinues) {
  fill(rig_, 1);
  probe();
  prepare(kItems, kFrom, kTo, 2, 512);
  start(0, kItems);
  rig_.run(300);
  if (wide()) {
    rig_.write_at(0x20, rig_.read_at(0x20) | 0x10001);
  } else if (v2()) {
    io_.w(0x20, io_.r(0x20) | 0x10001);
  } else {
    io_.w(0x18, io_.r(0x18) | 0x01010000);
  }
  bool found = false;
  for (int i = 0; i < 20 && !found; ++i) {
    found = (io_.r(ch(0, 0x88)) >> 29 & 1) != 0;
    if (!found) rig_.run(2000);  // 2 us at 1 GHz
  }
  EXPECT_TRUE(found);
  EXPECT_FALSE(rig_.line(kCombinedLine));
  io_.w(ch(0, 0x98), 1u << 29);
  EXPECT_EQ(io_.r(ch(0, 0x88)), 0u);
  const u64 dar = rig_.read("DAR", 0);
  rig_.run(3000);
  EXPECT_EQ(rig_.read("DAR", 0), dar);
  if (wide()) {
    rig_.write_at(0x20, (rig_.read_at(0x20) & ~u64{1}) | 0x10000);
  } else if (v2()) {
    io_.w(0x20, (io_.r(0x20) & ~1u) | 0x10000);
  } else {
    io_.w(0x18, (io_.r(0x18) & ~0x00010000u) | 0x01000000);
  }
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[0], 2u);
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 8192), 8192u);
}

TEST_P(Linux, TerminateEndsWellInsideFiftyMilliseconds) {
  fill(rig_, 1);
  probe();
  prepare(kItems, kFrom, kTo, 2, 512);
  start(2, kItems);
  rig_.run(300);
  chen_write(2, false);
  ASSERT_TRUE(rig_.run_until([&] { return chen_read(2) == 0; }, 10000, 10));
  EXPECT_FALSE(rig_.line(kCombinedLine)) << "CH_DISABLED is not enabled by this driver";
  prepare(kItems, kFrom, kTo, 2, 512);
  start(2, kItems);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[2], 2u);
}

/// Allocation, release, remove and another probe (6.1: 2, 10).
TEST_P(Linux, IsRemovedWhileAChannelRunsAndProbesAgain) {
  const Image before = fill(rig_, 1);
  probe();
  prepare(kItems, kFrom, kTo, 1, 32);
  EXPECT_EQ(chen_read(1), 0u) << "free to be allocated";
  start(1, kItems);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[1], irq::kTransferDone);
  chen_write(1, false);
  io_.w(ch(1, 0x80), 0);
  prepare(kItems, kFrom, kTo, 2, 512);
  start(2, kItems);
  rig_.run(300);
  rig_.edges().clear();
  rmw_cfg(0, 2);
  for (unsigned n = 0; n < GetParam().channels; ++n) {
    chen_write(n, false);
    io_.w(ch(n, 0x80), 0);
  }
  rmw_cfg(0, 1);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.read("DMAC_CFG") == 0; }, 1000, 1));
  const u64 written = rig_.read("DAR", 2) - kTo;
  EXPECT_GT(written, 0u);
  EXPECT_LT(written, 8192u);
  rig_.run(10'000);
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, written), written);
  for (u64 i = written; i < 8192; ++i) ASSERT_EQ(rig_.ram()[kTo + i], before[kTo + i]) << i;
  EXPECT_EQ(rig_.read("DMAC_INTSTATUS"), 0u);
  EXPECT_TRUE(rig_.edges().empty());
  probe();
  prepare(kItems, kFrom, kTo, 2, 512);
  start(2, kItems);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.line(kCombinedLine); }));
  EXPECT_EQ(handler()[2], irq::kTransferDone);
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 8192), 8192u);
}

}  // namespace
}  // namespace dmavp::tb
