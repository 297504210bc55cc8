// Channel locking: LOCK_CH and LOCK_CH_L (specification 4.4, 5.4, 2.6 bit 27).
#include <algorithm>

#include "registers/flow.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x8000;
constexpr u64 kLock = u64{1} << 52, kLockLevel = u64{3} << 53, kPerBlock = u64{1} << 53;
constexpr u32 kWords = 64;

RigOptions plain(bool lock = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.lock_en = lock;
  o.ram_bytes = 64 << 10;
  o.dmi = false;
  return o;
}

/// Three items on channel 1; one long block on channel 5, which wins every arbitration that takes place.
void begin(Rig& rig, u64 lock) {
  for (unsigned i = 0; i < 3; ++i)
    item(kItems + 64 * i, kFrom + 0x200 * i, kTo + 0x200 * i, kWords, bursts(8), kItems + 64 * (i + 1), true,
         i == 2)
        .write(rig.ram());
  rig.power_up();
  const ChannelSetup s = list_at(1, kItems);
  program_channel(rig, s, cfg_for(s).encode(false) | lock);
  rig.enable(1);
  rig.run(60);  // inside the first block
  start(rig, single(5, kFrom + 0x1000, kTo + 0x1000, 512, bursts(8)), 7);
}

/// How often the bus changes from channel 1 to 5 before the last access of channel 1.
unsigned turns(Rig& rig) {
  const auto& all = rig.accesses();
  std::size_t end = all.size();
  while (end > 0 && all[end - 1].channel != 1) --end;
  unsigned n = 0;
  for (std::size_t i = 1; i < end; ++i) n += all[i].channel == 5 && all[i - 1].channel == 1;
  return n;
}

TEST(Lock, WholeTransferKeepsOthersFromTheBus) {
  Rig rig(plain());
  fill(rig, 1);
  begin(rig, kLock);
  rig.run(30);
  const u64 sar = rig.read("SAR", 5);
  EXPECT_EQ(sar, kFrom + 0x1000) << "starves, whatever its priority";
  ASSERT_TRUE(rig.run_until([&] { return !rig.enabled(1); }));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(turns(rig), 0u);
  EXPECT_EQ(rig.status(1), irq::kTransferDone) << "a normal end clears no lock settings";
  EXPECT_EQ(rig.read("CFG", 1) & kLock, kLock);
  EXPECT_EQ(rig.status(5), irq::kTransferDone) << "and then the other gets everything";
  EXPECT_EQ(copied(rig.ram(), kFrom + 0x1000, kTo + 0x1000, 4096), 4096u);
}

TEST(Lock, BlockLevelLetsOthersInBetweenBlocks) {
  Rig rig(plain());
  fill(rig, 1);
  begin(rig, kLock | kPerBlock);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_GE(turns(rig), 1u);
  // Inside each block the bus is its own.
  const auto& all = rig.accesses();
  for (unsigned i = 0; i < 3; ++i) {
    const auto inside = [&](const BusAccess& a) {
      return a.channel == 1 && a.address >= kTo + 0x200 * i && a.address < kTo + 0x200 * (i + 1);
    };
    const auto first = std::find_if(all.begin(), all.end(), inside);
    const auto last = std::find_if(all.rbegin(), all.rend(), inside).base();
    EXPECT_TRUE(std::all_of(first, last, [](const BusAccess& a) { return a.channel == 1; })) << i;
  }
  EXPECT_EQ(rig.status(1), irq::kTransferDone);
  EXPECT_EQ(rig.status(5), irq::kTransferDone);
}

TEST(Lock, WithoutItThePriorityDecides) {
  Rig rig(plain());
  fill(rig, 1);
  begin(rig, 0);
  rig.run(30);
  EXPECT_GT(rig.read("SAR", 5), kFrom + 0x1000);
}

TEST(Lock, EachStopLiftsItAndSaysSo) {
  for (unsigned stop = 0; stop < 3; ++stop) {
    for (const u64 lock : {u64{0}, kLock, kLock | kPerBlock}) {
      SCOPED_TRACE(testing::Message() << stop << " " << std::hex << lock);
      Rig rig(plain());
      fill(rig, 1);
      begin(rig, lock);
      rig.run(10);
      ASSERT_TRUE(rig.enabled(1));
      stop == 0 ? rig.suspend(1) : stop == 1 ? rig.disable(1) : rig.abort(1);
      EXPECT_EQ((rig.status(1) & irq::kLockCleared) != 0, lock != 0);
      EXPECT_EQ(rig.read("CFG", 1) & (kLock | kLockLevel), 0u) << "the settings are gone";
      const u64 sar = rig.read("SAR", 5);
      rig.run(200);
      EXPECT_GT(rig.read("SAR", 5), sar) << "the other goes on";
      if (stop == 0) rig.resume(1);
      ASSERT_TRUE(rig.run_until_idle());
      EXPECT_EQ(copied(rig.ram(), kFrom + 0x1000, kTo + 0x1000, 4096), 4096u);
      if (stop == 0) {
        EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 1536), 1536u);
      }
    }
  }
}

TEST(Lock, AnErrorOrAResetFreesTheBus) {
  for (const bool reset : {false, true}) {
    Rig rig(plain());
    fill(rig, 1);
    if (!reset) rig.set_errors({{kFrom + 0x100, kFrom + 0x100, false, true, false}});
    begin(rig, kLock);
    if (reset) {
      rig.soft_reset();
      rig.power_up();
      start(rig, single(5, kFrom + 0x1000, kTo + 0x1000, 512, bursts(8)));
    }
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(5), irq::kTransferDone);
  }
}

TEST(Lock, AnInvalidItemUnderALockIsRepairedByTheProcessor) {
  Rig rig(plain());
  fill(rig, 1);
  begin(rig, kLock);
  rig.ram().store(kItems + 64 + 0x20, bursts(8).encode());
  ASSERT_TRUE(rig.run_until([&] { return rig.status(1) != 0; }));
  EXPECT_EQ(rig.status(1), irq::kInvalid);
  item(kItems + 64, kFrom + 0x200, kTo + 0x200, kWords, bursts(8), kItems + 128).write(rig.ram());
  rig.write("BLK_TFR_RESUMEREQ", 1, 1);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 1536), 1536u);
  EXPECT_EQ(rig.status(5), irq::kTransferDone);
}

/// "Meaningful for memory-to-memory only" (4.4): a peripheral that is slow must not stop the others.
TEST(Lock, HasNoFunctionForPeripherals) {
  for (unsigned type = 1; type < 8; ++type) {
    SCOPED_TRACE(kFlowNames[type]);
    Rig rig(plain());
    fill(rig, 1);
    const Flow flow{rig, type};
    rig.power_up();
    flow.reset_devices();
    program_channel(rig, single(2, flow.source(), flow.sink(), flow.items, flow.ctl()),
                    flow.cfg().encode(false) | kLock);
    rig.enable(2);
    rig.run(50);
    start(rig, single(5, kFrom + 0x1000, kTo + 0x1000, 64, bursts(8)));
    ASSERT_TRUE(rig.run_until([&] { return !rig.enabled(5); }, 2000));
    EXPECT_EQ(rig.status(5), irq::kTransferDone);
  }
}

/// Linux writes its priority where CFG2 has LOCK_CH and LOCK_CH_L (4.3): harmless, as the feature is absent.
TEST(Lock, AbsentFeatureIgnoresTheBits) {
  for (const bool cfg2 : {false, true}) {
    RigOptions o = plain(false);
    o.parameters.force_cfg2 = cfg2;
    Rig rig(o);
    fill(rig, 1);
    rig.power_up();
    const ChannelSetup s = single(1, kFrom, kTo, 512, bursts(8));
    program_channel(rig, s, cfg_for(s).encode(cfg2) | kLock | kLockLevel);
    EXPECT_EQ(rig.read("CFG", 1) & (kLock | kLockLevel), 0u);
    rig.enable(1);
    start(rig, single(5, kFrom + 0x1000, kTo + 0x1000, 64, bursts(8)));
    ASSERT_TRUE(rig.run_until([&] { return !rig.enabled(5); }));
    EXPECT_TRUE(rig.enabled(1));
    rig.suspend(1);
    EXPECT_EQ(rig.status(1) & irq::kLockCleared, 0u);
    rig.abort(1);
  }
}

}  // namespace
}  // namespace dmavp::tb
