// DMA aimed at the controller's own registers: bursts re-enter the register socket while the controller is
// busy.
#include <algorithm>
#include <string>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kRegisters = 0x50000000, kFrom = kRam + 0x2000, kTo = kRam + 0x9000;

RigOptions plain() {
  RigOptions o;
  o.parameters = small_parameters();
  return o;
}

u64 bus(std::string_view name, unsigned ch = 0) { return kRegisters + offset_of(name, ch); }

/// One word per burst, as a register file wants it.
CtlFields word(unsigned code = 3) { return bursts(1, code); }

TEST(OwnRegisters, AChannelProgramsAndStartsAnother) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  // Channel 0 copies SAR, DAR, BLOCK_TS and CTL of channel 1 into place, then CHEN, one list item each.
  const u64 image = kRam + 0x1000, items = kRam + 0x400;
  rig.ram().store(image, kFrom);
  rig.ram().store(image + 8, kTo);
  rig.ram().store(image + 16, 99);
  rig.ram().store(image + 24, bursts(8).encode());
  rig.ram().store(image + 32, 0x0202);
  item(items, image, bus("SAR", 1), 4, word(), items + 64).write(rig.ram());
  item(items + 64, image + 32, bus("DMAC_CHEN"), 1, word(), 0, true, true).write(rig.ram());
  rig.write("CFG", 1, CfgFields{}.encode(false));
  start(rig, list_at(0, items));
  ASSERT_TRUE(rig.run_until([&] { return rig.status(0) && rig.status(1); }));
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(rig.status(1), irq::kTransferDone);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 800), 800u);
  EXPECT_EQ(rig.read("BLOCK_TS", 1), 99u);
}

TEST(OwnRegisters, ChannelDisablesSuspendsAbortsOrResetsItself) {
  struct Case {
    const char* what;
    std::string_view name;
    u64 value;
    u32 expected;
  };
  for (const Case& c :
       {Case{"disable", "DMAC_CHEN", 0x0100, irq::kDisabled},
        Case{"abort", "DMAC_CHEN", 0x0101'00000000, irq::kAborted},
        Case{"suspend", "DMAC_CHEN", 0x01010000, irq::kSuspended | irq::kSourceSuspended},
        Case{"reset", "DMAC_RESET", 1, 0}, Case{"switch off", "DMAC_CFG", 2, irq::kDisabled}}) {
    SCOPED_TRACE(c.what);
    Rig rig(plain());
    fill(rig, 1);
    rig.power_up();
    for (u64 i = 0; i < 100; ++i) rig.ram().store(kFrom + 8 * i, c.value);
    CtlFields ctl = word();
    ctl.dst_fixed = true;
    start(rig, single(0, kFrom, bus(c.name), 100, ctl), 0, 3);
    start(rig, single(1, kFrom, kTo, 64, wide()));
    rig.run(5000);
    const u32 seen = rig.status(0) & ~irq::kLockCleared;
    if (c.expected == (irq::kSuspended | irq::kSourceSuspended)) {
      EXPECT_EQ(seen, c.expected);
      EXPECT_TRUE(rig.enabled(0));
      rig.resume(0);
      rig.run(100);
      rig.abort(0);
    } else {
      EXPECT_EQ(seen, c.expected);
    }
    EXPECT_FALSE(rig.enabled(0));
    // Whatever it did to itself, the controller works afterwards.
    rig.power_up();
    start(rig, single(2, kFrom + 0x800, kTo + 0x1000, 16, wide()));
    ASSERT_TRUE(rig.run_until([&] { return (rig.status(2) & irq::kTransferDone) != 0; }));
    EXPECT_EQ(copied(rig.ram(), kFrom + 0x800, kTo + 0x1000, 128), 128u);
  }
}

/// The stop comes with any word of the block, and is due at once. Every word is written once, not twice.
TEST(OwnRegisters, AStopWithinAnyBurstCompletesItOnce) {
  constexpr u32 kWords = 12;
  for (const bool dmi : {false, true}) {
    for (const u64 stop : {u64{0x0100}, u64{0x01010000}, u64{0x0101} << 32}) {
      for (u32 at = 0; at < kWords; ++at) {
        for (const unsigned outstanding : {0u, 3u}) {
          SCOPED_TRACE(testing::Message()
                       << dmi << std::hex << " " << stop << " at " << at << " " << outstanding);
          RigOptions o = plain();
          o.dmi = dmi;
          o.observe = true;
          Rig rig(o);
          fill(rig, 1);
          rig.power_up();
          for (u32 i = 0; i < kWords; ++i) rig.ram().store(kFrom + 8 * i, i == at ? stop : 0);
          CtlFields ctl = word();
          ctl.dst_fixed = true;
          start(rig, single(0, kFrom, bus("DMAC_CHEN"), kWords, ctl), 0, outstanding);
          rig.run(1000);
          const auto writes = [&] {
            return static_cast<u64>(std::count_if(rig.accesses().begin(), rig.accesses().end(),
                                                  [](const BusAccess& a) { return a.write; }));
          };
          const u64 written = writes();
          EXPECT_GE(written, at + 1);
          // The response to the write that aborts its own channel comes too late to be counted.
          const u64 dropped = stop == u64{0x0101} << 32 ? 1 : 0;
          EXPECT_EQ(rig.statistics(0).bytes_written, 8 * (written - dropped));
          if (stop == 0x01010000 && rig.enabled(0)) {
            EXPECT_TRUE(rig.status(0) & irq::kSuspended);
            rig.resume(0);
            ASSERT_TRUE(rig.run_until_idle(2000));
            EXPECT_EQ(rig.status(0) & irq::kTransferDone, irq::kTransferDone);
            EXPECT_EQ(writes(), kWords);
            EXPECT_EQ(rig.read("STATUS", 0), kWords);
          }
          EXPECT_FALSE(rig.enabled(0));
          start(rig, single(2, kFrom + 0x800, kTo + 0x1000, 16, wide()));
          ASSERT_TRUE(rig.run_until_idle(2000));
          EXPECT_EQ(copied(rig.ram(), kFrom + 0x800, kTo + 0x1000, 128), 128u);
          if (HasFailure()) return;
        }
      }
    }
  }
}

/// Without direct memory the controller asks for the latency of its own register window, also while it looks
/// ahead, and blocks of a list that lie there behave as any other.
TEST(OwnRegisters, BlocksInTheWindowAreTheSameWithAndWithoutDirectMemory) {
  std::vector<u64> seen[2];
  for (const bool dmi : {false, true}) {
    RigOptions o = plain();
    o.dmi = dmi;
    o.parameters.lli_prefetch_en = true;
    Rig rig(o);
    fill(rig, 1);
    rig.power_up();
    const u64 items = kRam + 0x400;
    item(items, kFrom, kTo, 64, bursts(8), items + 64).write(rig.ram());
    item(items + 64, kFrom, bus("SAR", 5), 2, bursts(2), items + 128).write(rig.ram());
    item(items + 128, bus("SAR", 5), kTo + 0x800, 2, bursts(2), items + 192).write(rig.ram());
    item(items + 192, kFrom, kTo + 0x1000, 64, bursts(8), 0, true, true).write(rig.ram());
    start(rig, list_at(0, items));
    start(rig, single(3, kFrom, kTo + 0x2000, 200, bursts(8)), 3);
    rig.run(10'000);  // nobody looks
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
    EXPECT_EQ(copied(rig.ram(), kFrom, kTo + 0x800, 16), 16u);
    EXPECT_EQ(copied(rig.ram(), kFrom, kTo + 0x1000, 512), 512u);
    for (const Edge& e : rig.edges()) seen[dmi].push_back(e.time);
  }
  EXPECT_FALSE(seen[0].empty());
  EXPECT_EQ(seen[0], seen[1]);
}

TEST(OwnRegisters, ReadingThemByDmaShowsTheirValues) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  rig.write("SAR", 5, 0x1122334455667788);
  rig.write("DAR", 5, 0x99AABBCCDDEEFF00);
  start(rig, single(0, bus("SAR", 5), kTo, 2, word()));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.ram().load(kTo), 0x1122334455667788u);
  EXPECT_EQ(rig.ram().load(kTo + 8), 0x99AABBCCDDEEFF00u);
  start(rig, single(0, bus("SAR", 5), kTo + 64, 4, word(2)));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.ram().load(kTo + 64), 0x1122334455667788u);
  EXPECT_EQ(rig.ram().load(kTo + 72), 0x99AABBCCDDEEFF00u);
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
}

TEST(OwnRegisters, WritingTheRunningChannelsRegistersIsRefusedAndReported) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  start(rig, single(0, kFrom, bus("SAR", 0), 4, word()));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone | irq::kWriteOnEnabled);
}

TEST(OwnRegisters, ItemsInsideTheRegisterWindowDoNoHarm) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  for (unsigned ch = 0; ch < 8; ++ch) {
    const ChannelSetup s = list_at(ch, kRegisters + 0x100 + 0x40 * ch);
    start(rig, s);
    rig.run(1000);
  }
  for (unsigned ch = 0; ch < 8; ++ch) rig.abort(ch);
  EXPECT_EQ(rig.enabled_mask(), 0u);
  start(rig, single(0, kFrom, kTo, 8, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0) & irq::kTransferDone, irq::kTransferDone);
}

/// A whole block thrown at the register window, of every width and shape: time always returns.
TEST(OwnRegisters, GarbageOverTheWholeWindow) {
  for (const bool fixed : {false, true}) {
    for (unsigned code = 0; code < 4; ++code) {
      Rig rig(plain());
      for (u64 seed = first_program(); seed < first_program() + programs(50, 10); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        rig.soft_reset();
        fill(rig, seed);
        rig.power_up();
        CtlFields c = bursts(4, code);
        c.dst_fixed = fixed;
        start(rig, single(7, kFrom, kRegisters, 0x900u >> code, c), 7, 3);
        start(rig, single(0, kRegisters, kTo, 0x900u >> code, bursts(4, code)));
        rig.run(20000);
        rig.soft_reset();
        EXPECT_EQ(rig.enabled_mask(), 0u);
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
