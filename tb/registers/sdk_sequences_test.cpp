// What Zephyr and the K210 SDK do to the controller, access by access (specification 6.2, 6.3), memory to
// memory.
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x9000;

RigOptions zephyr_board() {  // CHEN v1, CFG2
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_channels = 4;
  o.parameters.force_cfg2 = true;
  return o;
}

RigOptions k210() {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_channels = 6;
  o.parameters.num_masters = 2;
  for (unsigned n = 0; n < 6; ++n) o.parameters.reset_priority[n] = static_cast<u8>(5 - n);
  return o;
}

TEST(Zephyr, ListCopyWithBlockCallbacks) {  // 64-bit accesses
  Rig rig(zephyr_board());
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

/// Built without list support: registers alone, no callbacks; and suspend(), which waits in vain for a state
/// that hardware never shows.
TEST(Zephyr, BlockByRegistersAndSuspendThatNeverSucceeds) {
  Rig rig(zephyr_board());
  const Image before = fill(rig, 1);
  EXPECT_EQ(rig.read_at(0x18), 0u);
  rig.write_at(0x10, 3);
  rig.write_at(0x320, 0);
  rig.write_at(0x380, 0);
  rig.write_at(0x390, 0);
  rig.write_at(0x300, kFrom);
  rig.write_at(0x308, kTo);
  rig.write_at(0x310, 1023);
  rig.write_at(0x318, bursts(8).encode());
  rig.write_at(0x18, 0x0404);
  EXPECT_EQ(rig.read_at(0x18), 4u);
  rig.run(300);
  rig.write_at(0x18, 0x04040000);
  for (unsigned us = 0; us < 1000; ++us) {
    ASSERT_EQ(rig.read_at(0x18), 0x00040004u) << "suspended and still enabled";
    rig.run(1000);
  }
  const u64 dar = rig.read_at(0x308);
  EXPECT_LT(dar, kTo + 8192);
  EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, dar - kTo));
  rig.write_at(0x18, 0x04000000);
  ASSERT_TRUE(rig.run_until([&] { return rig.read_at(0x18) == 0; }));
  EXPECT_EQ(rig.read_at(0x388), 0u) << "nothing is enabled";
  EXPECT_TRUE(rig.edges().empty());
  EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, 8192));
}

TEST(K210, InitSingleBlockAndPolling) {
  Rig rig(k210());
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

/// Interrupt use: INTSTATUS_ENA = 2, one line per channel, INTSIGNAL_ENA untouched (6.3.5).
TEST(K210, InterruptPerChannelUntilUnregistered) {
  Rig rig(k210());
  fill(rig, 1);
  rig.write_at(0x10, rig.read_at(0x10) | 3);
  for (unsigned n = 0; n < 6; ++n) {
    SCOPED_TRACE(n);
    const u64 base = 0x100 + 0x100 * u64{n};
    CtlFields c = wide(2);
    c.ioc = true;
    program(rig, single(n, kFrom, kTo, 64, c));
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.write_at(base + 0x80, 2);
    rig.write_at(0x18, rig.read_at(0x18) | u64{0x101} << n);
    ASSERT_TRUE(rig.run_until([&] { return rig.line(static_cast<int>(n)); }, 2000, 1));
    for (int other = 0; other < 6; ++other) EXPECT_EQ(rig.line(other), other == static_cast<int>(n));
    EXPECT_EQ(rig.read_at(base + 0x88), 2u) << "no other event is enabled";
    rig.write_at(base + 0x98, 0xFFFFFFFF);
    rig.run(1);
    EXPECT_FALSE(rig.line(static_cast<int>(n)));
    rig.write_at(base + 0x80, 0);
    rig.edges().clear();
    rig.write_at(base, kFrom);
    rig.write_at(0x18, rig.read_at(0x18) | u64{0x101} << n);
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_TRUE(rig.edges().empty()) << "unregistered";
    EXPECT_EQ(rig.read_at(base + 0x88), 0u);
  }
}

/// The shadow helper: polls CTL[63], writes the next set, requests the resumption with the value 0 (6.3.6).
TEST(K210, ShadowUpdatesKeepTheChannelGoing) {
  Rig rig(k210());
  const Image before = fill(rig, 1);
  rig.write_at(0x10, rig.read_at(0x10) | 3);
  rig.write_at(0x220, (rig.read_at(0x220) & ~(u64{0xF} | u64{7} << 32)) | 0xA);
  constexpr unsigned kBlocks = 5;
  for (unsigned i = 0; i < kBlocks; ++i) {
    ASSERT_TRUE(rig.run_until([&] { return rig.read_at(0x218) >> 63 == 0; }, 5000, 10)) << i;
    if (i == 3) rig.run(5000);  // late: the channel has halted
    rig.write_at(0x200, kFrom + 0x400 * i);
    rig.write_at(0x208, kTo + 0x400 * (kBlocks - 1 - i));
    rig.write_at(0x210, 63);
    CtlFields c = bursts(8);
    c.valid = true;
    c.last = i + 1 == kBlocks;
    rig.write_at(0x218, c.encode());
    if (i == 0) {
      rig.write_at(0x18, 0x0202);
    } else {
      rig.write_at(0x248, 0);
    }
  }
  ASSERT_TRUE(rig.run_until([&] { return (rig.read_at(0x18) & 2) == 0; }));
  EXPECT_EQ(rig.read_at(0x288), irq::kTransferDone | irq::kInvalid) << "it halted for the late set";
  for (unsigned i = 0; i < kBlocks; ++i)
    for (u64 n = 0; n < 512; ++n)
      ASSERT_EQ(rig.ram()[kTo + 0x400 * (kBlocks - 1 - i) + n], before[kFrom + 0x400 * i + n])
          << i << " " << n;
}

/// A common-register interrupt is enabled and cleared by 64-bit read-modify-writes (6.3.6).
TEST(K210, CommonInterruptIsEnabledAndClearedByReadModifyWrites) {
  Rig rig(k210());
  rig.write_at(0x10, rig.read_at(0x10) | 3);
  rig.write_at(0x40, rig.read_at(0x40) & ~u64{2});
  rig.write_at(0x48, rig.read_at(0x48) & ~u64{2});
  rig.write_at(0x00, 1);  // write to a read-only register
  rig.run(1);
  EXPECT_EQ(rig.read_at(0x50), 0u);
  rig.write_at(0x40, rig.read_at(0x40) | 2);
  rig.write_at(0x00, 1);
  rig.run(1);
  EXPECT_EQ(rig.read_at(0x50), 2u);
  EXPECT_FALSE(rig.line(kCommonLine) || rig.line(kCombinedLine));
  rig.write_at(0x48, rig.read_at(0x48) | 2);
  rig.run(1);
  EXPECT_TRUE(rig.line(kCommonLine) && rig.line(kCombinedLine));
  EXPECT_EQ(rig.read_at(0x30), 0x10000u);
  rig.write_at(0x38, 2);
  rig.run(1);
  EXPECT_FALSE(rig.line(kCommonLine) || rig.line(kCombinedLine));
}

}  // namespace
}  // namespace dmavp::tb
