// Linked-list prefetch (specification 3.3, ch_lli_prefetch_en): earlier, and otherwise no difference.
#include <algorithm>

#include "registers/steps.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x8000;

RigOptions plain(bool prefetch = true, bool dmi = false) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 2;
  o.parameters.lli_prefetch_en = prefetch;
  o.ram_bytes = 64 << 10;
  o.dmi = dmi;
  return o;
}

/// Three items of 64 words.
void three(Rig& rig, bool second_valid = true) {
  item(kItems, kFrom, kTo, 64, bursts(8), kItems + 64).write(rig.ram());
  item(kItems + 64, kFrom + 0x400, kTo + 0x400, 64, bursts(8), kItems + 128, second_valid).write(rig.ram());
  item(kItems + 128, kFrom + 0x800, kTo + 0x800, 64, bursts(8), kItems + 192, true, true).write(rig.ram());
}

std::size_t index_of(const std::vector<BusAccess>& all, u64 address, bool write) {
  const auto at = std::find_if(all.begin(), all.end(),
                               [&](const BusAccess& a) { return a.address == address && a.write == write; });
  return static_cast<std::size_t>(at - all.begin());
}

TEST(Prefetch, NextItemIsReadWhileTheBlockRuns) {
  for (const bool prefetch : {false, true}) {
    Rig rig(plain(prefetch));
    fill(rig, 1);
    three(rig);
    rig.power_up();
    start(rig, list_at(0, kItems));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
    const auto& all = rig.accesses();
    for (unsigned i = 0; i < 2; ++i) {
      const std::size_t fetch = index_of(all, kItems + 64 * (i + 1), false);
      const std::size_t last_write = index_of(all, kTo + 0x400 * i + 0x1C0, true);
      EXPECT_EQ(fetch < last_write, prefetch) << i;
      EXPECT_GT(fetch, index_of(all, kItems + 64 * i, false));
      EXPECT_EQ(
          std::count_if(all.begin(), all.end(),
                        [&](const BusAccess& a) { return a.address == kItems + 64 * (i + 1) && !a.write; }),
          1);
    }
    EXPECT_EQ(index_of(all, kItems + 192, false), all.size()) << "nothing is fetched behind LAST";
    EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
  }
}

TEST(Prefetch, ItemThatBecomesValidBeforeTheBlockEndsIsNoError) {
  Rig rig(plain());
  fill(rig, 1);
  three(rig, false);
  rig.power_up();
  start(rig, list_at(0, kItems));
  ASSERT_TRUE(rig.run_until(
      [&] { return index_of(rig.accesses(), kItems + 64, false) < rig.accesses().size(); }, 500, 1));
  rig.run(20);
  ASSERT_TRUE(rig.enabled(0));
  EXPECT_EQ(rig.status(0), 0u);
  three(rig, true);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone) << "dropped in silence and fetched again";
  EXPECT_EQ(copied(rig.ram(), kFrom + 0x400, kTo + 0x400, 512), 512u);
}

TEST(Prefetch, ItemThatStaysInvalidIsReportedAtTheBlockEndOnly) {
  Rig rig(plain());
  fill(rig, 1);
  three(rig, false);
  rig.power_up();
  start(rig, list_at(0, kItems));
  while (rig.status(0) == 0) {
    ASSERT_LT(rig.now(), 2000u);
    EXPECT_EQ(rig.read("LLP", 0) == kItems || rig.read("LLP", 0) == kItems + 64, true);
    rig.run(1);
  }
  EXPECT_EQ(rig.status(0), irq::kInvalid);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 512), 512u) << "after the block";
  EXPECT_EQ(rig.ram().load(kItems + 0x20) >> 63, 0u) << "and after its write-back";
  EXPECT_EQ(rig.read("LLP", 0), kItems + 64) << "names the offending item";
  three(rig, true);
  rig.write("BLK_TFR_RESUMEREQ", 0, 1);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone | irq::kInvalid);
  EXPECT_EQ(copied(rig.ram(), kFrom + 0x800, kTo + 0x800, 512), 512u);
}

TEST(Prefetch, LlpNamesTheItemBehindTheRunningOne) {
  Rig rig(plain());
  fill(rig, 1);
  three(rig);
  rig.power_up();
  start(rig, list_at(0, kItems));
  u64 previous = kItems;
  while (rig.enabled(0)) {
    const u64 llp = rig.read("LLP", 0), sar = rig.read("SAR", 0);
    EXPECT_GE(llp, previous);
    previous = llp;
    if (sar > kFrom && sar < kFrom + 0x200) {
      EXPECT_EQ(llp, kItems + 64);
    }
    if (sar > kFrom + 0x400 && sar < kFrom + 0x600) {
      EXPECT_EQ(llp, kItems + 128);
    }
    rig.run(3);
  }
  EXPECT_EQ(rig.read("LLP", 0), kItems + 192);
}

/// The block that runs is not harmed by the item behind it.
TEST(Prefetch, ErrorEndsTheTransferAfterTheBlock) {
  for (const bool decode : {false, true}) {
    Rig rig(plain());
    fill(rig, 1);
    three(rig);
    rig.set_errors({{kItems + 64, kItems + 127, decode, true, false}});
    rig.power_up();
    start(rig, list_at(0, kItems));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), decode ? irq::kLliReadDecErr : irq::kLliReadSlvErr);
    EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 512), 512u);
    EXPECT_EQ(rig.ram().load(kItems + 0x20) >> 63, 0u);
    EXPECT_EQ(rig.read("LLP", 0), kItems + 64);
    rig.set_errors({});
    three(rig);
    rig.write("INTCLEAR", 0, ~u64{0});
    start(rig, list_at(0, kItems));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
  }
}

TEST(Prefetch, IsFasterWhenBlocksAreShort) {
  Cycle took[2];
  for (const bool prefetch : {false, true}) {
    RigOptions o = plain(prefetch);
    o.read_latency = 40;
    o.parameters.lli_wb_en = false;
    Rig rig(o);
    fill(rig, 1);
    three(rig);
    rig.power_up();
    start(rig, list_at(0, kItems));
    ASSERT_TRUE(rig.run_until_idle(100000, 1));
    took[prefetch] = rig.now();
  }
  EXPECT_GE(took[0], took[1] + 60)
      << "two fetches of at least 40 cycles are hidden, but for what a block lacks";
}

/// Every stop at every cycle: nothing moves afterwards, and the channel works again.
TEST(Prefetch, StopsAtEveryCycle) {
  Rig rig(plain());
  for (unsigned stop = 0; stop < 3; ++stop) {
    for (Cycle at = 0;; at += full_tier() ? 1 : 3) {
      SCOPED_TRACE(testing::Message() << stop << " at " << at);
      rig.soft_reset();
      const Image before = fill(rig, 1);
      three(rig);
      rig.power_up();
      start(rig, list_at(0, kItems));
      rig.run(at);
      if (!rig.enabled(0)) break;
      if (stop == 0) {
        rig.suspend(0);
        ASSERT_TRUE(
            rig.run_until([&] { return (rig.status(0) & irq::kSuspended) || !rig.enabled(0); }, 300, 1));
        if (!rig.enabled(0)) continue;
        const Image paused = rig.ram();
        rig.run(300);
        ASSERT_TRUE(only_copied(paused, rig.ram(), 0, 0, 0));
        rig.resume(0);
        ASSERT_TRUE(rig.run_until_idle());
        EXPECT_EQ(rig.status(0) & irq::kTransferDone, irq::kTransferDone);
        for (unsigned i = 0; i < 3; ++i)
          ASSERT_EQ(copied(rig.ram(), kFrom + 0x400 * i, kTo + 0x400 * i, 512), 512u);
        continue;
      }
      if (stop == 1) {
        rig.disable(0);
        ASSERT_TRUE(rig.run_until_idle(300, 1));
      } else {
        rig.abort(0);
        ASSERT_FALSE(rig.enabled(0));
      }
      rig.run(50);
      rig.accesses().clear();
      rig.run(200);
      EXPECT_TRUE(rig.accesses().empty());
      three(rig);
      rig.write("INTCLEAR", 0, ~u64{0});
      start(rig, list_at(0, kItems));
      ASSERT_TRUE(rig.run_until_idle());
      EXPECT_EQ(rig.status(0), irq::kTransferDone);
      EXPECT_EQ(copied(rig.ram(), kFrom + 0x800, kTo + 0x800, 512), 512u);
    }
  }
}

/// Blocks that are over before the next item has come; that item is not valid.
TEST(Prefetch, StopsWhileTheNextItemIsAwaited) {
  for (const u32 burst_len : {256u, 2u}) {  // an item in one burst, or in several
    for (const bool valid : {false, true}) {
      for (unsigned stop = 0; stop < 3; ++stop) {
        RigOptions o = plain();
        o.read_latency = 40;
        o.write_latency = 1;
        o.parameters.lli_wb_en = false;
        o.parameters.max_burst_len = burst_len;
        Rig rig(o);
        for (Cycle at = 0;; ++at) {
          SCOPED_TRACE(testing::Message() << burst_len << valid << stop << " at " << at);
          rig.soft_reset();
          fill(rig, 1);
          item(kItems, kFrom, kTo, 1, bursts(1), kItems + 64).write(rig.ram());
          item(kItems + 64, kFrom + 64, kTo + 64, 1, bursts(1), 0, valid, true).write(rig.ram());
          rig.power_up();
          start(rig, list_at(0, kItems));
          rig.run(at);
          if (!rig.enabled(0) || (rig.status(0) & irq::kInvalid)) break;
          ASSERT_LT(at, 1000u);
          if (stop == 0) {
            rig.suspend(0);
            ASSERT_TRUE(
                rig.run_until([&] { return (rig.status(0) & irq::kSuspended) || !rig.enabled(0); }, 400, 1));
            if (!rig.enabled(0)) continue;
            const std::size_t n = rig.accesses().size();
            rig.run(200);
            EXPECT_EQ(rig.accesses().size(), n) << "frozen";
            item(kItems + 64, kFrom + 64, kTo + 64, 1, bursts(1), 0, true, true).write(rig.ram());
            rig.resume(0);
            rig.run(600);
            if (rig.status(0) & irq::kInvalid) rig.write("BLK_TFR_RESUMEREQ", 0, 1);
            ASSERT_TRUE(rig.run_until_idle(1000));
            ASSERT_EQ(copied(rig.ram(), kFrom + 64, kTo + 64, 8), 8u);
          } else {
            stop == 1 ? rig.disable(0) : rig.abort(0);
            ASSERT_TRUE(rig.run_until_idle(stop == 1 ? 400 : 0, 1));
            EXPECT_TRUE(rig.status(0) & (stop == 1 ? irq::kDisabled | irq::kTransferDone : irq::kAborted));
          }
        }
      }
    }
  }
}

/// A random list whose items may be invalid until software repairs them; suspended and resumed at times.
class RandomList {
 public:
  explicit RandomList(u64 seed) : random_(seed) {
    const u64 n = random_.range(1, 12);
    for (u64 i = 0; i < n; ++i) {
      CtlFields c = bursts(1u << random_.below(6), static_cast<unsigned>(random_.below(4)));
      c.dst_width = static_cast<unsigned>(random_.below(c.src_width + 1));
      c.src_master = static_cast<unsigned>(random_.below(2));
      c.dst_master = static_cast<unsigned>(random_.below(2));
      c.ioc = random_.percent(50);
      const u64 from = kFrom + 8 * random_.below(0x400), to = kTo + 8 * random_.below(0x400);
      items_.push_back(item(kItems + 64 * i, from, to, static_cast<u32>(random_.range(1, 100)), c,
                            (kItems + 64 * (i + 1)) | random_.below(2), random_.percent(75), i + 1 == n));
    }
    src_type_ = random_.percent(70) ? 3 : static_cast<unsigned>(random_.below(2));
    dst_type_ = src_type_ != 3 || random_.percent(70) ? 3 : static_cast<unsigned>(random_.below(2));
    pause_ = random_.percent(50) ? random_.below(600) : ~u64{0};
  }

  struct Result {
    Image memory;
    u64 sar, dar, llp, block_ts, status;
    u32 bits;
    u64 fetches;
  };
  Result play(bool prefetch, bool dmi) const {
    Rig rig(plain(prefetch, dmi));
    fill(rig, 5);
    for (const Item& i : items_) i.write(rig.ram());
    rig.power_up();
    CfgFields cfg;
    cfg.src_multiblock = src_type_;
    cfg.dst_multiblock = dst_type_;
    rig.write("CFG", 3, cfg.encode(false));
    rig.write("SAR", 3, kFrom);
    rig.write("DAR", 3, kTo);
    rig.write("LLP", 3, kItems);
    rig.enable(3);
    bool paused = false;
    while (rig.enabled(3)) {
      EXPECT_LT(rig.now(), 200'000u);
      if (rig.now() >= 200'000) break;
      rig.run(17);
      if (rig.status(3) & irq::kInvalid) {
        for (Item i : items_) {
          i.ctl |= reference::kCtlValid;
          if (i.address >= (rig.read("LLP", 3) & ~u64{63})) i.write(rig.ram());
        }
        rig.write("INTCLEAR", 3, irq::kInvalid);
        rig.write("BLK_TFR_RESUMEREQ", 3, 1);
      }
      if (!paused && rig.now() > pause_) {
        paused = true;
        rig.suspend(3);
        rig.run(300);
        rig.resume(3);
      }
    }
    return {rig.ram(),
            rig.read("SAR", 3),
            rig.read("DAR", 3),
            rig.read("LLP", 3),
            rig.read("BLOCK_TS", 3),
            rig.read("STATUS", 3),
            rig.status(3) & ~(irq::kSuspended | irq::kSourceSuspended),
            rig.statistics(3).lli_fetches};
  }

 private:
  reference::Random random_;
  std::vector<Item> items_;
  unsigned src_type_, dst_type_;
  u64 pause_;
};

TEST(Prefetch, RandomListsEndTheSameWithAndWithoutIt) {
  const u64 n = programs(10'000);
  for (u64 seed = first_program(); seed < first_program() + n; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    const RandomList list(seed);
    const auto without = list.play(false, seed & 1), with = list.play(true, seed & 1);
    ASSERT_TRUE(only_copied(without.memory, with.memory, 0, 0, 0));
    EXPECT_EQ(with.sar, without.sar);
    EXPECT_EQ(with.dar, without.dar);
    EXPECT_EQ(with.llp, without.llp);
    EXPECT_EQ(with.block_ts, without.block_ts);
    EXPECT_EQ(with.status, without.status);
    EXPECT_EQ(with.bits, without.bits);
    EXPECT_TRUE(with.bits & irq::kTransferDone);
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace dmavp::tb
