// What Linux, Zephyr and the K210 SDK do to the controller, access by access (specification 6), memory to
// memory.
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
  bool wide_layout() const { return GetParam().channels > 8; }
  u64 ch(unsigned n, u64 offset) const { return 0x100 + 0x100 * n + offset; }

  u64 chen_read(unsigned n) {
    if (!wide_layout()) return (io_.r(0x18) >> n) & 1;
    const u64 v = rig_.read_at(0x18);
    return n < 16 ? (v >> n) & 1 : (v >> (n + 16)) & 1;
  }
  void chen_write(unsigned n, bool on) {
    if (!wide_layout()) {
      u32 v = io_.r(0x18);
      v = on ? v | (1u << n) : v & ~(1u << n);
      io_.w(0x18, v | (1u << (8 + n)));
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
    io_.w(ch(n, 0x24),
          GetParam().cfg2 || wide_layout() ? u64{2} << 20 : u64{2} << 17);  // its CFG2 quirk (4.3)
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
  if (wide_layout()) {
    rig_.write_at(0x20, rig_.read_at(0x20) | 0x10001);
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
  if (wide_layout()) {
    rig_.write_at(0x20, (rig_.read_at(0x20) & ~u64{1}) | 0x10000);
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

TEST(Zephyr, ListCopyWithBlockCallbacks) {  // 6.2: CHEN v1, CFG2, 64-bit accesses
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_channels = 4;
  o.parameters.force_cfg2 = true;
  Rig rig(o);
  fill(rig, 1);
  EXPECT_EQ(rig.read_at(0x18), 0u);
  CtlFields c = wide(2);
  c.ioc = c.src_stat = c.dst_stat = true;
  const u64 extra = u64{0xF} << 22 | u64{0xF} << 26 | u64{2} << 32 | u64{2} << 35;
  for (unsigned i = 0; i < 3; ++i) {
    Item it = item(kItems + 64 * i, kFrom + 256 * i, kTo + 256 * i, 64, c, i == 2 ? 0 : kItems + 64 * (i + 1),
                   true, i == 2);
    it.ctl |= extra;
    it.write(rig.ram());
  }
  EXPECT_EQ(rig.read_at(0x18), 0u);
  rig.write_at(0x10, 3);
  rig.write_at(0x120, 0xF);
  rig.write_at(0x180, 0x3F7FE3);
  rig.write_at(0x190, 0x3F7FE3);
  rig.write_at(0x128, kItems);
  rig.write_at(0x18, 0x0101);
  EXPECT_EQ(rig.read_at(0x18), 1u);
  unsigned blocks = 0;
  bool done = false;
  for (int i = 0; i < 2000 && !done; ++i) {
    rig.run(5);
    if (!rig.line(kCombinedLine)) continue;
    EXPECT_EQ(rig.read_at(0x30), 1u) << "no common interrupt may hide among the channels";
    const u64 seen = rig.read_at(0x188);
    EXPECT_EQ(seen & 0x3F7FE0, 0u);
    if (seen & 1) {
      ++blocks;
      rig.write_at(0x198, 0x3F7FE1);
    }
    if (seen & 2) {
      rig.write_at(0x198, 0x3F7FE2);
      EXPECT_EQ(rig.read_at(0x18), 0u);
      done = true;
    }
    rig.run(1);
  }
  EXPECT_TRUE(done);
  EXPECT_EQ(blocks, 3u);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 768), 768u);
  // stop(): suspend, a 32-bit write without write enable, then an abort that must act at once.
  item(kItems, kFrom, kTo, 1024, c, 0, true, true).write(rig.ram());
  rig.write_at(0x128, kItems);
  rig.write_at(0x18, 0x0101);
  rig.run(50);
  rig.write_at(0x18, 0x01010000);
  rig.write_at(0x18, rig.access(false, 0x18, 4).value & ~u64{1}, 4);
  EXPECT_EQ(rig.read_at(0x18) & 1, 1u) << "no write enable, no effect";
  rig.write_at(0x18, 0x010100000000);
  EXPECT_EQ(rig.read_at(0x18), 0u) << "and CH_SUSP must not stay";
}

TEST(K210, InitSingleBlockAndPolling) {  // 6.3
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_channels = 6;
  o.parameters.num_masters = 2;
  for (unsigned n = 0; n < 6; ++n) o.parameters.reset_priority[n] = static_cast<u8>(5 - n);
  Rig rig(o);
  fill(rig, 1);
  rig.write_at(0x58, rig.read_at(0x58) | 1);
  ASSERT_TRUE(rig.run_until([&] { return (rig.read_at(0x58) & 1) == 0; }, 100, 1));
  const Reply clear = rig.access(false, 0x38, 8);
  EXPECT_TRUE(clear.okay) << "the SDK reads a write-only register";
  rig.write_at(0x38, clear.value | 0x10F);
  EXPECT_EQ(rig.read_at(0x50), 0u);
  rig.write_at(0x10, rig.read_at(0x10) & ~u64{3});
  EXPECT_EQ(rig.read_at(0x10), 0u);
  rig.write_at(0x18, rig.read_at(0x18) & ~u64{0xF});
  rig.write_at(0x10, rig.read_at(0x10) | 3);
  for (unsigned n = 0; n < 6; ++n) {
    SCOPED_TRACE(n);
    const u64 base = 0x100 + 0x100 * u64{n};
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.write_at(0x18, (rig.read_at(0x18) & ~(u64{1} << n)) | u64{0x100} << n);
    EXPECT_EQ(rig.read_at(0x18) >> n & 1, 0u);
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    CfgFields memory;
    memory.hs_sel_src = memory.hs_sel_dst = true;
    memory.src_per = memory.dst_per = n;
    memory.priority = 5 - n;
    EXPECT_EQ(rig.read_at(base + 0x20) >> 49 & 7, 5 - n);
    rig.write_at(base + 0x20, memory.encode(false));
    const u64 from = kFrom + 0x400 * n, to = kTo + 0x400 * n;
    rig.write_at(base, from);
    rig.write_at(base + 8, to);
    CtlFields c = wide(2);
    c.dst_master = 1;
    c.src_msize = c.dst_msize = 1;
    rig.write_at(base + 0x18, c.encode());
    EXPECT_EQ(rig.read_at(base + 0x18), c.encode());
    rig.write_at(base + 0x10, 127);
    rig.write_at(0x10, rig.read_at(0x10) | 3);
    rig.write_at(0x18, rig.read_at(0x18) | u64{0x101} << n);
    rig.write_at(0x18, rig.read_at(0x18));  // the busy check writes back what it reads
    ASSERT_TRUE(rig.run_until([&] { return (rig.read_at(0x18) >> n & 1) == 0; }));
    EXPECT_EQ(rig.read_at(base + 0x88), 2u) << "works without ever writing INTSTATUS_ENA";
    EXPECT_TRUE(rig.line(static_cast<int>(n))) << "INTSIGNAL_ENA is never written either";
    EXPECT_EQ(copied(rig.ram(), from, to, 512), 512u);
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.run(1);
    EXPECT_FALSE(rig.line(static_cast<int>(n)));
    EXPECT_EQ(rig.read_at(base + 0x18), c.encode()) << "CTL still reads what was programmed";
    rig.write_at(base, from);
    rig.write_at(base + 8, to + 512);
    rig.write_at(0x18, rig.read_at(0x18) | u64{0x101} << n);  // quick restart: BLOCK_TS and CTL are kept
    ASSERT_TRUE(rig.run_until([&] { return (rig.read_at(0x18) >> n & 1) == 0; }));
    EXPECT_EQ(copied(rig.ram(), from, to + 512, 512), 512u);
    rig.write_at(base + 0x98, 0xFFFFFFFF);
  }
}

}  // namespace
}  // namespace dmavp::tb
