// Linked lists: VALID, LAST, write-back, halting and resuming, and what LLP shows (specification 3).
#include <algorithm>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x9000;

RigOptions plain(bool write_back = true, bool dmi = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.lli_wb_en = write_back;
  o.parameters.num_masters = 2;
  o.dmi = dmi;
  return o;
}

struct Mode {
  bool write_back, dmi;
};
class Lists : public testing::TestWithParam<Mode> {
 protected:
  Rig rig_{plain(GetParam().write_back, GetParam().dmi)};
};
INSTANTIATE_TEST_SUITE_P(Modes, Lists,
                         testing::Values(Mode{true, true}, Mode{true, false}, Mode{false, true}),
                         [](const auto& p) {
                           return std::string(p.param.write_back ? "WriteBack" : "NoWriteBack") +
                                  (p.param.dmi ? "Dmi" : "Transport");
                         });

/// Three items of 40, 8 and 200 words, the middle one with IOC.
void three(Rig& rig, bool second_valid = true) {
  CtlFields ioc = bursts(4);
  ioc.ioc = true;
  item(kItems, kFrom, kTo, 40, bursts(16), kItems + 0x80).write(rig.ram());
  item(kItems + 0x80, kFrom + 0x800, kTo + 0x1000, 8, ioc, kItems + 0x40, second_valid).write(rig.ram());
  item(kItems + 0x40, kFrom + 0x1000, kTo + 0x2000, 200, bursts(8), kItems, true, true).write(rig.ram());
}

TEST_P(Lists, ThreeItemsAreWalkedInOrderAndRetired) {
  fill(rig_, 5);
  three(rig_);
  Model model(traits_of(rig_.options()), rig_.ram());
  model.start(list_at(3, kItems));
  rig_.power_up();
  start(rig_, list_at(3, kItems));
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(3), irq::kTransferDone | irq::kBlockDone);
  EXPECT_EQ(rig_.read("LLP", 3), kItems) << "advanced although that item was the last";
  EXPECT_EQ(rig_.read("SAR", 3), kFrom + 0x1000 + 1600);
  EXPECT_EQ(rig_.read("DAR", 3), kTo + 0x2000 + 1600);
  EXPECT_EQ(rig_.read("STATUS", 3), 200u);
  EXPECT_EQ(model.compare(rig_.ram()), std::nullopt);
  if (GetParam().write_back) {
    EXPECT_EQ(rig_.ram().load(kItems + 0x20) >> 63, 0u) << "VALID is given back";
    EXPECT_EQ(rig_.ram().load(kItems + 0x30) & 0x3FFFFF, 40u);
    EXPECT_EQ(rig_.ram().load(kItems + 0x40 + 0x30) >> 63, 1u) << "DMA_TFR_DONE of the last";
  } else {
    EXPECT_EQ(rig_.ram().load(kItems + 0x20) >> 63, 1u) << "memory is never modified";
  }
}

TEST_P(Lists, InvalidItemHaltsUntilRepairedAndResumed) {
  const Image before = fill(rig_, 6);
  three(rig_, false);
  rig_.power_up();
  start(rig_, list_at(3, kItems));
  ASSERT_TRUE(rig_.run_until([&] { return rig_.status(3) != 0; }));
  EXPECT_EQ(rig_.status(3), irq::kInvalid);
  EXPECT_TRUE(rig_.enabled(3)) << "halted, but enabled";
  EXPECT_EQ(rig_.read("LLP", 3), kItems + 0x80) << "still names the offending item";
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 320), 320u);
  rig_.run(5000);
  EXPECT_EQ(rig_.status(3), irq::kInvalid);
  rig_.write("INTCLEAR", 3, irq::kInvalid);
  rig_.write("BLK_TFR_RESUMEREQ", 3, 1);  // not repaired: halts again at the same item
  rig_.run(200);
  EXPECT_EQ(rig_.status(3), irq::kInvalid);
  EXPECT_EQ(rig_.read("LLP", 3), kItems + 0x80);
  rig_.write("INTCLEAR", 3, irq::kInvalid);
  const u64 ctl = kItems + 0x80 + 0x20;
  rig_.ram().store(ctl, rig_.ram().load(ctl) | reference::kCtlValid);
  rig_.run(500);
  EXPECT_TRUE(rig_.enabled(3)) << "waits for RESUMEREQ";
  EXPECT_EQ(rig_.status(3), 0u);
  rig_.write("BLK_TFR_RESUMEREQ", 3, 0);  // any value
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(3), irq::kTransferDone | irq::kBlockDone);
  for (u64 i = 0; i < 64; ++i) EXPECT_EQ(rig_.ram()[kTo + 0x1000 + i], before[kFrom + 0x800 + i]);
}

TEST_P(Lists, HaltedChannelIsDisabledAbortedAndSuspendedAtOnce) {
  for (const char* how : {"disable", "abort", "suspend"}) {
    SCOPED_TRACE(how);
    rig_.soft_reset();
    fill(rig_, 6);
    three(rig_, false);
    rig_.power_up();
    start(rig_, list_at(3, kItems));
    ASSERT_TRUE(rig_.run_until([&] { return rig_.status(3) != 0; }));
    if (how[0] == 'd') rig_.disable(3);
    if (how[0] == 'a') rig_.abort(3);
    if (how[0] == 's') {
      rig_.suspend(3);
      rig_.run(10);
      EXPECT_EQ(rig_.status(3) & irq::kSuspended, irq::kSuspended);
      rig_.disable(3);
    }
    rig_.run(10);
    EXPECT_FALSE(rig_.enabled(3));
    EXPECT_TRUE(rig_.status(3) & (how[0] == 'a' ? irq::kAborted : irq::kDisabled));
    EXPECT_FALSE(rig_.status(3) & irq::kTransferDone);
    EXPECT_EQ(rig_.read("LLP", 3), kItems + 0x80);
  }
}

TEST_P(Lists, ItemInvalidMaskedStillHalts) {
  fill(rig_, 6);
  three(rig_, false);
  rig_.power_up();
  ChannelSetup s = list_at(3, kItems);
  s.status_enable = irq::kAll & ~irq::kInvalid;
  start(rig_, s);
  rig_.run(5000);
  EXPECT_EQ(rig_.status(3), 0u);
  EXPECT_TRUE(rig_.enabled(3));
  const u64 ctl = kItems + 0x80 + 0x20;
  rig_.ram().store(ctl, rig_.ram().load(ctl) | reference::kCtlValid);
  rig_.write("BLK_TFR_RESUMEREQ", 3, 1);
  ASSERT_TRUE(rig_.run_until_idle());
}

TEST_P(Lists, CyclicUseWalksTheRingByReEnablingWithoutWritingLlp) {  // 6.1.5
  const Image before = fill(rig_, 7);
  for (u64 i = 0; i < 4; ++i)
    item(kItems + 64 * i, kFrom + 64 * i, kTo + 64 * i, 8, wide(), kItems + 64 * ((i + 1) % 4), true, true)
        .write(rig_.ram());
  rig_.power_up();
  program(rig_, list_at(0, kItems));
  for (u64 round = 0; round < 10; ++round) {
    const u64 i = round % 4;
    for (u64 b = 0; b < 64; ++b) rig_.ram()[kTo + 64 * i + b] = 0;
    rig_.ram().store(kItems + 64 * i + 0x20, rig_.ram().load(kItems + 64 * i + 0x20) | reference::kCtlValid);
    rig_.enable(0);
    ASSERT_TRUE(rig_.run_until_idle());
    EXPECT_EQ(rig_.status(0), irq::kTransferDone);
    EXPECT_EQ(rig_.read("LLP", 0), kItems + 64 * ((i + 1) % 4)) << round;
    for (u64 b = 0; b < 64; ++b) ASSERT_EQ(rig_.ram()[kTo + 64 * i + b], before[kFrom + 64 * i + b]) << round;
    rig_.write("INTCLEAR", 0, irq::kTransferDone);
  }
}

TEST_P(Lists, RingWithoutLastRunsForEverOrUntilItMeetsAUsedItem) {
  fill(rig_, 7);
  for (u64 i = 0; i < 3; ++i)
    item(kItems + 64 * i, kFrom + 64 * i, kTo + 64 * i, 8, wide(), kItems + 64 * ((i + 1) % 3))
        .write(rig_.ram());
  rig_.power_up();
  start(rig_, list_at(0, kItems));
  rig_.run(20000);
  EXPECT_TRUE(rig_.enabled(0));
  if (GetParam().write_back) {
    EXPECT_EQ(rig_.status(0), irq::kInvalid);
    EXPECT_EQ(rig_.read("LLP", 0), kItems);
  } else {
    EXPECT_EQ(rig_.status(0), 0u);
    EXPECT_GT(rig_.statistics(0).blocks, 100u);
  }
  rig_.disable(0);
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_TRUE(rig_.status(0) & irq::kDisabled);
}

TEST_P(Lists, ItemAddedAtRunTimeIsFound) {
  fill(rig_, 8);
  item(kItems, kFrom, kTo, 500, wide(), kItems + 64).write(rig_.ram());
  rig_.ram().store(kItems + 64 + 0x20, 0);
  rig_.power_up();
  start(rig_, list_at(0, kItems));
  rig_.run(100);
  item(kItems + 64, kFrom + 0x2000, kTo + 0x2000, 10, wide(), 0, true, true).write(rig_.ram());
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(0), irq::kTransferDone);
  EXPECT_EQ(copied(rig_.ram(), kFrom + 0x2000, kTo + 0x2000, 80), 80u);
}

TEST_P(Lists, FetchUsesTheMasterThatLlpNames) {
  if (GetParam().dmi) return;  // needs to see the bursts
  fill(rig_, 9);
  CtlFields c = bursts(4);
  c.dst_master = 1;
  item(kItems, kFrom, kTo, 16, c, (kItems + 64) | 1).write(rig_.ram());
  item(kItems + 64, kFrom, kTo, 16, c, 0, true, true).write(rig_.ram());
  rig_.power_up();
  start(rig_, list_at(0, kItems));
  ASSERT_TRUE(rig_.run_until_idle());
  unsigned fetches = 0;
  for (const BusAccess& a : rig_.accesses()) {
    if (a.address >= kItems && a.address < kItems + 128 && !a.write) {
      EXPECT_EQ(a.master, a.address == kItems + 64 || a.address > kItems + 64 ? 1u : 0u);
      if (a.address % 64 == 0) ++fetches;
    } else if (a.address >= kFrom && a.address < kTo) {
      EXPECT_EQ(a.master, 0u);
    } else if (a.address >= kTo) {
      EXPECT_EQ(a.master, 1u);
    }
  }
  EXPECT_EQ(fetches, 2u);
  EXPECT_TRUE(rig_.violations().empty()) << rig_.violations().front();
}

TEST(ListDetails, CtlWritesAreIgnoredInSilenceWhileAListRuns) {  // 2.5
  Rig rig(plain());
  fill(rig, 9);
  item(kItems, kFrom, kTo, 512, wide(), 0, true, true).write(rig.ram());
  rig.power_up();
  start(rig, list_at(0, kItems));
  rig.run(100);
  const u64 ctl = rig.read("CTL", 0);
  rig.write("CTL", 0, 0);
  EXPECT_EQ(rig.read("CTL", 0), ctl);
  EXPECT_EQ(rig.status(0), 0u);
  rig.write("LLP", 0, kItems);
  EXPECT_EQ(rig.status(0), irq::kWriteOnEnabled);
  EXPECT_EQ(rig.read("LLP", 0), 0u);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 4096), 4096u);
}

TEST(ListDetails, ItemHasNoMoreBlockTsBitsThanTheRegister) {  // 1.1: ch_max_block_ts
  RigOptions o = plain();
  o.parameters.max_block_items.fill(64);
  o.observe = true;
  Rig rig(o);
  fill(rig, 9);
  item(kItems, kFrom, kTo, 128 + 16, wide(), 0, true, true).write(rig.ram());
  rig.power_up();
  start(rig, list_at(0, kItems));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(rig.read("BLOCK_TS"), 15u);
  EXPECT_EQ(rig.read("STATUS"), 16u);
  EXPECT_EQ(rig.read("DAR"), kTo + 128);
  EXPECT_EQ(rig.diagnostics().size(), 1u);
}

TEST(ListDetails, BitsOfAbsentFeaturesInAnItemReadZeroInTheRegisters) {  // 1.1; 6.1.4: AWLEN overflows
  RigOptions o = plain();
  o.parameters.num_masters = 1;
  Rig rig(o);
  fill(rig, 9);
  CtlFields ctl = wide();
  ctl.src_master = ctl.dst_master = 1;
  ctl.src_stat = ctl.dst_stat = true;
  item(kItems, kFrom, kTo, 16, ctl, kItems + 64 + 1, true, true).write(rig.ram());
  rig.power_up();
  start(rig, list_at(0, kItems));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(rig.read("CTL") & ~reference::kCtlValid, wide().encode() | reference::kCtlLast);
  EXPECT_EQ(rig.read("LLP"), kItems + 64);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 128), 128u);
}

TEST(ListDetails, LlpLowBitsHaveNoFunction) {
  Rig rig(plain());
  fill(rig, 9);
  item(kItems, kFrom, kTo, 16, wide(), 0, true, true).write(rig.ram());
  rig.power_up();
  start(rig, list_at(0, kItems | 0x3E));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 128), 128u);
}

/// An item and its write-back that take several bursts: at most the one under way is still seen after a
/// disable.
TEST(ListDetails, DisableStopsBetweenTheBurstsOfAnItem) {
  RigOptions o = plain(true, false);
  o.parameters.max_burst_len = 2;
  Rig rig(o);
  unsigned within = 0;
  const auto of_item = [&] {
    return std::count_if(rig.accesses().begin(), rig.accesses().end(),
                         [](const BusAccess& a) { return a.address < kItems + 64; });
  };
  for (Cycle at = 0;; ++at) {
    SCOPED_TRACE(at);
    ASSERT_LT(at, 1000u);
    rig.soft_reset();
    fill(rig, 9);
    item(kItems, kFrom, kTo, 2, wide(), 0, true, true).write(rig.ram());
    rig.power_up();
    rig.accesses().clear();
    start(rig, list_at(0, kItems));
    rig.run(at);
    if (!rig.enabled(0)) break;
    const auto before = of_item();
    rig.disable(0);
    ASSERT_TRUE(rig.run_until_idle(200, 1));
    const auto after = of_item();
    if (before < 3) {  // of three bursts of the fetch
      EXPECT_LE(after, before + 1);
      within += after == before + 1;
    }
    rig.run(100);
    EXPECT_EQ(of_item(), after);
  }
  EXPECT_GT(within, 10u);
}

}  // namespace
}  // namespace dmavp::tb
