// Enable, end, disable, suspend, resume, abort and reset of one channel (specification 5.3, 5.4).
#include <algorithm>
#include <cstring>
#include <string>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x1000, kTo = kRam + 0x8000;
constexpr u64 kBytes = 8192;

RigOptions plain(bool dmi = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 2;
  o.dmi = dmi;
  return o;
}

ChannelSetup copy(unsigned ch = 0, unsigned beats = 8) {
  return single(ch, kFrom, kTo, kBytes / 8, bursts(beats));
}

/// The same, each side over a port of the seed's choice.
ChannelSetup copy_over_ports(unsigned ch, u64 seed) {
  reference::Random random(seed + seed_base() * 1000);
  SCOPED_TRACE("seed " + std::to_string(seed + seed_base() * 1000));
  CtlFields c = bursts(8);
  c.src_master = static_cast<unsigned>(random.below(2));
  c.dst_master = static_cast<unsigned>(random.below(2));
  return single(ch, kFrom, kTo, kBytes / 8, c);
}

TEST(Control, TransferTakesTimeAndEndsWithChEnClearAndDone) {
  Rig rig(plain());
  const Image before = fill(rig, 1);
  rig.power_up();
  start(rig, copy());
  EXPECT_TRUE(rig.enabled(0));
  EXPECT_EQ(rig.status(0), 0u);
  EXPECT_EQ(rig.debug_image(kTo, 64)[kTo], before[kTo]) << "nothing is finished inside the doorbell write";
  rig.run(kBytes / 8 / 2);
  EXPECT_TRUE(rig.enabled(0));
  EXPECT_GT(rig.read("SAR", 0), kFrom);
  EXPECT_LT(rig.read("SAR", 0), kFrom + kBytes);
  EXPECT_GT(rig.read("BLOCK_TS", 0), 0u);
  EXPECT_LT(rig.read("BLOCK_TS", 0), kBytes / 8);
  // Step by step: DONE is never seen together with CH_EN.
  while (!(rig.status(0) & irq::kTransferDone)) {
    ASSERT_LT(rig.now(), 100000u);
    EXPECT_TRUE(rig.enabled(0) || (rig.status(0) & irq::kTransferDone));
    rig.run(1);
  }
  EXPECT_FALSE(rig.enabled(0));
  EXPECT_EQ(rig.status(0), irq::kTransferDone) << "no CH_DISABLED, no BLOCK_TFR_DONE without IOC";
  EXPECT_EQ(rig.read("SAR", 0), kFrom + kBytes);
  EXPECT_EQ(rig.read("DAR", 0), kTo + kBytes);
  EXPECT_EQ(rig.read("BLOCK_TS", 0), kBytes / 8 - 1);
  EXPECT_EQ(rig.read("STATUS", 0), kBytes / 8);
  EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, kBytes));
}

TEST(Control, InterruptComesAtTheCycleTheStatusBitDoes) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  start(rig, copy(3));
  Cycle last_clear = 0;
  while (!(rig.status(3) & irq::kTransferDone)) {
    last_clear = rig.now();
    rig.run(1);
    ASSERT_LT(rig.now(), 100000u);
  }
  const Cycle polled = rig.now();
  rig.soft_reset();
  rig.edges().clear();
  rig.power_up();
  start(rig, copy(3));
  const Cycle started = rig.now();
  rig.run(20000);  // nobody looks: the line has to rise by itself
  ASSERT_FALSE(rig.edges().empty());
  const Picoseconds rise = rig.edges().front().time;
  EXPECT_EQ(rise / 1000 - started, polled) << "last seen clear at " << last_clear;
  EXPECT_TRUE(rig.line(3));
  EXPECT_TRUE(rig.line(kCombinedLine));
  EXPECT_FALSE(rig.line(2));
}

TEST(Control, IocReportsTheBlock) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  CtlFields c = bursts(8);
  c.ioc = true;
  start(rig, single(0, kFrom, kTo, 16, c));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone | irq::kBlockDone);
  rig.write("INTCLEAR", 0, irq::kBlockDone);
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  rig.write("INTCLEAR", 0, 0);
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
}

TEST(Control, ReEnableReusesBlockTsAndContinuesFromTheAddresses) {
  Rig rig(plain());
  const Image before = fill(rig, 1);
  rig.power_up();
  start(rig, single(0, kFrom, kTo, 16, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  rig.write("SAR", 0, kFrom);  // DAR, BLOCK_TS and CTL keep what they have (6.3.3)
  rig.enable(0);
  ASSERT_TRUE(rig.run_until_idle());
  for (u64 i = 0; i < 256; ++i) EXPECT_EQ(rig.ram()[kTo + i], before[kFrom + i % 128]) << i;
  EXPECT_EQ(rig.read("DAR", 0), kTo + 256);
}

TEST(Control, RegistersOfARunningChannelAreProtected) {
  Rig rig(plain());
  const Image before = fill(rig, 1);
  rig.power_up();
  start(rig, copy());
  for (const char* name : {"SAR", "DAR", "BLOCK_TS", "CTL", "LLP", "AXI_ID", "AXI_QOS"}) {
    rig.write(name, 0, ~u64{0});
    EXPECT_EQ(rig.status(0), irq::kWriteOnEnabled) << name;
    rig.write("INTCLEAR", 0, irq::kWriteOnEnabled);
  }
  const u64 cfg = rig.read("CFG", 0);
  rig.write("CFG", 0, cfg ^ (u64{1} << 49));
  EXPECT_EQ(rig.read("CFG", 0), cfg);
  EXPECT_EQ(rig.status(0), irq::kWriteOnEnabled);
  rig.write("INTCLEAR", 0, irq::kWriteOnEnabled);
  rig.write_at(offset_of("CFG", 0), cfg & 0xFFFFFFFF, 4);
  EXPECT_EQ(rig.read("CFG", 0), cfg);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, kBytes));
}

class Stops : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Dmi, Stops, testing::Bool());

/// At every few cycles of a transfer: what has been read and written is accounted for byte by byte.
TEST_P(Stops, SuspendAndResumeLoseNothing) {
  Rig rig(plain(GetParam()));
  unsigned caught = 0;
  for (Cycle at = 0; at < 1300; at += 37) {
    SCOPED_TRACE(at);
    rig.soft_reset();
    fill(rig, at + 1);
    complement(rig, kFrom, kTo, kBytes);
    const Image before = rig.ram();
    rig.power_up();
    start(rig, copy_over_ports(5, at), 0, 3);
    rig.run(at);
    if (!rig.enabled(5)) break;
    rig.suspend(5);
    EXPECT_TRUE(rig.suspended_bit(5));
    const Cycle asked = rig.now();
    ASSERT_TRUE(
        rig.run_until([&] { return (rig.status(5) & irq::kSuspended) || !rig.enabled(5); }, 40000, 1));
    if (!rig.enabled(5)) continue;
    ++caught;
    EXPECT_LT(rig.now() - asked, 400u);
    EXPECT_EQ(rig.status(5) & ~irq::kLockCleared, irq::kSuspended | irq::kSourceSuspended);
    const u64 read = rig.read("SAR", 5) - kFrom, written = rig.read("DAR", 5) - kTo;
    EXPECT_EQ(read, written) << "the FIFO has drained";
    EXPECT_EQ(copied(rig.ram(), kFrom, kTo, kBytes), written);
    rig.run(1000);
    EXPECT_EQ(rig.read("SAR", 5) - kFrom, read);
    EXPECT_EQ(copied(rig.ram(), kFrom, kTo, kBytes), written);
    EXPECT_TRUE(rig.enabled(5));
    rig.write("INTCLEAR", 5, irq::kSuspended | irq::kSourceSuspended);
    rig.resume(5);
    EXPECT_FALSE(rig.suspended_bit(5));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(5) & ~irq::kLockCleared, irq::kTransferDone);
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, kBytes));
  }
  EXPECT_GT(caught, 15u);
}

TEST_P(Stops, DisableDrainsTheFifoAndReportsIt) {
  Rig rig(plain(GetParam()));
  unsigned caught = 0;
  for (Cycle at = 0; at < 1200; at += 41) {
    SCOPED_TRACE(at);
    rig.soft_reset();
    fill(rig, at + 1);
    complement(rig, kFrom, kTo, kBytes);
    const Image before = rig.ram();
    rig.power_up();
    start(rig, copy_over_ports(2, at), 0, 3);
    rig.run(at);
    if (!rig.enabled(2)) break;
    rig.disable(2);
    ASSERT_TRUE(rig.run_until_idle(400, 1));
    const u32 seen = rig.status(2) & ~irq::kLockCleared;
    const u64 read = rig.read("SAR", 2) - kFrom, written = rig.read("DAR", 2) - kTo;
    if (seen == irq::kTransferDone) {
      EXPECT_EQ(written, kBytes);
      continue;
    }
    ++caught;
    EXPECT_EQ(seen, irq::kDisabled);
    EXPECT_EQ(read, written);
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, written));
    rig.run(1000);
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, written));
  }
  EXPECT_GT(caught, 15u);
}

TEST_P(Stops, AbortIsCompleteBeforeTheNextRead) {
  Rig rig(plain(GetParam()));
  unsigned flushed = 0;
  for (Cycle at = 0; at < 1000; at += 29) {
    SCOPED_TRACE(at);
    rig.soft_reset();
    fill(rig, at + 1);
    complement(rig, kFrom, kTo, kBytes);
    const Image before = rig.ram();
    rig.power_up();
    start(rig, copy_over_ports(1, at), 0, 7);
    rig.run(at);
    rig.abort(1);
    const u64 chen = rig.read("DMAC_CHEN");
    EXPECT_EQ(chen, 0u) << "CH_EN, CH_SUSP and CH_ABORT";
    EXPECT_EQ(rig.status(1) & ~irq::kLockCleared, irq::kAborted);
    const u64 read = rig.read("SAR", 1) - kFrom, written = rig.read("DAR", 1) - kTo;
    EXPECT_GE(read, written);
    flushed += read > written;
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, written));
    rig.run(500);
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, written)) << "late responses are dropped";
    EXPECT_EQ(rig.read("DAR", 1) - kTo, written);
    EXPECT_EQ(rig.status(1) & ~irq::kLockCleared, irq::kAborted);
  }
  EXPECT_GT(flushed, 10u);
}

TEST_P(Stops, AbortedChannelCanBeUsedAgainAtOnce) {
  Rig rig(plain(GetParam()));
  const Image before = fill(rig, 9);
  rig.power_up();
  for (Cycle at = 10; at < 300; at += 31) {
    start(rig, single(1, kFrom, kTo, kBytes / 8, bursts(16)), 0, 15);
    rig.run(at);
    rig.abort(1);
    start(rig, single(1, kFrom + 0x2000, kTo + 0x4000, 64, wide()));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(1), irq::kTransferDone) << "events of the aborted transfer must not appear";
    for (u64 i = 0; i < 512; ++i)
      ASSERT_EQ(rig.ram()[kTo + 0x4000 + i], before[kFrom + 0x2000 + i]) << at << " " << i;
    for (u64 i = 0; i < 512; ++i) rig.ram()[kTo + 0x4000 + i] = 0;
  }
}

TEST_P(Stops, SoftResetWhileBusyReturnsEverythingToReset) {
  Rig rig(plain(GetParam()));
  for (Cycle at = 5; at < 900; at += 97) {
    SCOPED_TRACE(at);
    fill(rig, at);
    complement(rig, kFrom, kTo, kBytes);
    const Image before = rig.ram();
    rig.power_up();
    start(rig, copy_over_ports(0, at), 0, 3);
    start(rig, single(4, kFrom, kTo + 0x8000, 700, wide()));
    rig.run(at);
    rig.soft_reset();
    const Image at_reset = rig.ram();
    EXPECT_EQ(rig.read("DMAC_CFG"), 0u);
    EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
    EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
    for (const char* name : {"SAR", "DAR", "BLOCK_TS", "LLP", "STATUS", "INTSTATUS"}) {
      EXPECT_EQ(rig.read(name, 0), 0u) << name;
      EXPECT_EQ(rig.read(name, 4), 0u) << name;
    }
    EXPECT_EQ(rig.read("CTL", 0), 0x1200u);
    EXPECT_EQ(rig.read("INTSTATUS_ENA", 0), irq::kAll);
    rig.run(2000);
    EXPECT_EQ(std::memcmp(at_reset.data(), rig.ram().data(), at_reset.size()), 0);
    u64 n = 0;
    while (n < kBytes && at_reset[kTo + n] == before[kFrom + n]) ++n;
    EXPECT_TRUE(n < kBytes || at > 800) << "stopped, not finished";
    for (u64 i = n; i < kBytes; ++i) ASSERT_EQ(at_reset[kTo + i], before[kTo + i]) << i;
    for (int l = 0; l < 8; ++l) EXPECT_FALSE(rig.line(l));
  }
}

TEST(Control, ClearingDmacEnDisablesEveryChannelAndReadsOneUntilTheyStopped) {
  Rig rig(plain());
  fill(rig, 3);
  rig.power_up();
  start(rig, copy(0), 0, 3);
  start(rig, single(6, kFrom, kTo + 0x8000, 900, wide()));
  rig.run(200);
  rig.write("DMAC_CFG", 2);
  EXPECT_EQ(rig.read("DMAC_CFG"), 3u) << "channels are still active";
  ASSERT_TRUE(rig.run_until([&] { return rig.read("DMAC_CFG") == 2; }, 1000, 1));
  EXPECT_EQ(rig.read("DMAC_CHEN"), 0u);
  for (const unsigned ch : {0u, 6u}) EXPECT_EQ(rig.status(ch) & ~irq::kLockCleared, irq::kDisabled);
  rig.write("DMAC_CFG", 0);
  EXPECT_EQ(rig.read("DMAC_CFG"), 0u);
}

TEST(Control, SuspendThenDisableLosesTheLeftoverOnly) {
  Rig rig(plain());
  const Image before = fill(rig, 3);
  rig.power_up();
  CtlFields c = bursts(4);
  c.src_width = 0;
  c.dst_width = 3;  // bytes in, words out: the FIFO may keep up to 7 bytes
  start(rig, single(0, kFrom, kTo, 4096, c));
  rig.run(333);
  rig.suspend(0);
  ASSERT_TRUE(rig.run_until([&] { return (rig.status(0) & irq::kSuspended) != 0; }, 40000, 1));
  const u64 read = rig.read("SAR", 0) - kFrom, written = rig.read("DAR", 0) - kTo;
  EXPECT_LT(read - written, 8u);
  rig.disable(0);
  ASSERT_TRUE(rig.run_until_idle(100, 1));
  EXPECT_TRUE(rig.status(0) & irq::kDisabled);
  EXPECT_FALSE(rig.suspended_bit(0));
  EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, written));
  // A disabled channel can be used again although it had been suspended.
  start(rig, single(0, kFrom, kTo, 64, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
}

TEST(Control, InterruptIsALevelGatedByIntEnWithTwoChannelsPending) {
  Rig rig(plain());
  fill(rig, 3);
  rig.power_up();
  start(rig, single(1, kFrom, kTo, 8, wide()));
  start(rig, single(4, kFrom, kTo + 0x1000, 8, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  rig.run(1);
  EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0x12u);
  EXPECT_TRUE(rig.line(1) && rig.line(4) && rig.line(kCombinedLine));
  rig.write("INTCLEAR", 1, ~u64{0});
  rig.run(1);
  EXPECT_FALSE(rig.line(1));
  EXPECT_TRUE(rig.line(4));
  EXPECT_TRUE(rig.line(kCombinedLine)) << "the other channel is still pending";
  rig.write("DMAC_CFG", 1);
  rig.run(1);
  EXPECT_FALSE(rig.line(4) || rig.line(kCombinedLine));
  EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0x10u) << "not gated by INT_EN";
  rig.write("DMAC_CFG", 3);
  rig.run(1);
  EXPECT_TRUE(rig.line(4) && rig.line(kCombinedLine));
  rig.write("INTSIGNAL_ENA", 4, 0);
  rig.run(1);
  EXPECT_FALSE(rig.line(4) || rig.line(kCombinedLine));
  EXPECT_EQ(rig.read("DMAC_INTSTATUS"), 0u);
  EXPECT_EQ(rig.status(4), irq::kTransferDone);
  rig.write("INTSTATUS_ENA", 4, 0);
  EXPECT_EQ(rig.status(4), irq::kTransferDone) << "gates setting, does not hide what is latched";
  start(rig, single(2, kFrom, kTo, 8, wide()));
  rig.write("INTSTATUS_ENA", 2, 0);
  ASSERT_TRUE(rig.run_until_idle());
  rig.write("INTSTATUS_ENA", 2, irq::kAll);
  EXPECT_EQ(rig.status(2), 0u) << "lost, not remembered";
}

TEST(Control, AnnotatedAccessesActAtTheirOwnTime) {
  Cycle ended[2];
  u64 dar[2];
  for (const bool ahead : {false, true}) {
    Rig rig(plain());
    fill(rig, 3);
    rig.power_up();
    const auto pass = [&](Cycle n) { ahead ? rig.annotate(n) : rig.run(n); };
    pass(100);
    start(rig, copy(), 0, 3);
    pass(250);
    dar[ahead] = rig.read("DAR", 0);
    rig.suspend(0);
    pass(300);
    EXPECT_TRUE(rig.status(0) & irq::kSuspended);
    rig.resume(0);
    rig.run(5000);
    ASSERT_FALSE(rig.edges().empty());
    const auto done =
        std::find_if(rig.edges().rbegin(), rig.edges().rend(), [](const Edge& e) { return e.level; });
    ended[ahead] = done->time;
  }
  EXPECT_EQ(dar[0], dar[1]);
  EXPECT_EQ(ended[0], ended[1]);
}

}  // namespace
}  // namespace dmavp::tb
