// Contiguous, reload, shadow and linked-list blocks in all combinations (specification 3.4 to 3.6, 7 #6).
#include <array>

#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x1000, kTo = kRam + 0x8000;
constexpr u32 kWords = 32;  ///< of a block: four bursts
constexpr unsigned kBlocks = 4;
constexpr u32 kTypeError = 1u << 14;
enum Type : unsigned { kContiguous, kReload, kShadow, kList };

RigOptions plain() {
  RigOptions o;
  o.parameters = small_parameters();
  o.dmi = false;
  o.ram_bytes = 64 << 10;
  return o;
}

struct Pair {
  unsigned src, dst;
  bool list() const { return src == kList || dst == kList; }
  bool shadow() const { return src == kShadow || dst == kShadow; }
  bool illegal() const { return list() && shadow(); }
  bool endless() const { return !list() && !shadow() && (src == kReload || dst == kReload); }
};

/// Blocks of the sides that bring their addresses lie apart and out of order.
u64 scattered(u64 base, unsigned block) { return base + 0x800 * ((block * 5 + 2) % 8); }
u64 address(unsigned type, u64 base, unsigned block) {
  if (type == kContiguous) return base + 8 * kWords * block;
  return type == kReload ? base : scattered(base, block);
}

CtlFields ctl_of(unsigned block) {
  CtlFields c = bursts(8);
  c.ioc = true;
  c.valid = true;
  c.last = block + 1 == kBlocks;
  return c;
}

u64 cfg_of(Pair p) {
  CfgFields c;
  c.src_multiblock = p.src;
  c.dst_multiblock = p.dst;
  return c.encode(false);
}

void write_set(Rig& rig, Pair p, unsigned block) {
  if (p.src == kShadow) rig.write("SAR", 1, address(p.src, kFrom, block));
  if (p.dst == kShadow) rig.write("DAR", 1, address(p.dst, kTo, block));
  rig.write("BLOCK_TS", 1, kWords - 1);
  rig.write("CTL", 1, ctl_of(block).encode());
}

void prepare(Rig& rig, Pair p) {
  rig.write("CFG", 1, cfg_of(p));
  if (p.list()) {
    for (unsigned i = 0; i < kBlocks; ++i)
      Item{kItems + 64 * i, scattered(kFrom, i),   scattered(kTo, i),
           kWords - 1,      kItems + 64 * (i + 1), ctl_of(i).encode()}
          .write(rig.ram());
    rig.write("LLP", 1, kItems);
  }
  // A side that is not fed by sets or items takes its registers, which routing must leave alone.
  if (p.src != kShadow) rig.write("SAR", 1, kFrom);
  if (p.dst != kShadow) rig.write("DAR", 1, kTo);
  if (p.shadow()) {
    write_set(rig, p, 0);
  } else if (!p.list()) {
    rig.write("BLOCK_TS", 1, kWords - 1);
    rig.write("CTL", 1, ctl_of(0).encode() & ~reference::kCtlValid);
  }
}

/// Where the bursts of block `n` begin.
void expect_block(Rig& rig, Pair p, unsigned n) {
  std::array<unsigned, 2> seen{};
  for (const BusAccess& a : rig.accesses()) {
    if (a.address < kFrom) continue;  // items
    unsigned& i = seen[a.write];
    if (i / 4 == n) {
      const u64 base = a.write ? address(p.dst, kTo, n) : address(p.src, kFrom, n);
      EXPECT_EQ(a.address, base + 64 * (i % 4)) << (a.write ? "write " : "read ") << i;
    }
    ++i;
  }
  EXPECT_GE(seen[0], 4 * n + 4);
  EXPECT_GE(seen[1], 4 * n + 4);
}

class MultiBlock : public testing::TestWithParam<unsigned> {
 protected:
  Pair pair_{GetParam() % 4, GetParam() / 4};
};
std::string pair_name(const testing::TestParamInfo<unsigned>& p) {
  constexpr const char* kNames[] = {"Contiguous", "Reload", "Shadow", "List"};
  return std::string(kNames[p.param % 4]) + "To" + kNames[p.param / 4];
}
INSTANTIATE_TEST_SUITE_P(Pairs, MultiBlock, testing::Range(0u, 16u), pair_name);

TEST_P(MultiBlock, AddressesFollowTheTypesOfBothSides) {
  const Pair p = pair_;
  Rig rig(plain());
  fill(rig, 3);
  rig.power_up();
  prepare(rig, p);
  rig.enable(1);
  if (p.illegal()) {
    rig.run(1000);
    EXPECT_EQ(rig.status(1), kTypeError);
    EXPECT_TRUE(rig.enabled(1));
    EXPECT_TRUE(rig.accesses().empty());
    return;
  }
  const bool single = p.src == kContiguous && p.dst == kContiguous;
  const unsigned blocks = single ? 1 : kBlocks;
  unsigned sets = 1, reported = 0;
  while (rig.enabled(1)) {
    ASSERT_LT(rig.now(), 20000u);
    rig.run(1);
    if (rig.status(1) & irq::kBlockDone) {
      ++reported;
      rig.write("INTCLEAR", 1, irq::kBlockDone);
    }
    if (p.shadow() && sets < kBlocks && (rig.read("CTL", 1) >> 63) == 0) write_set(rig, p, sets++);
    if (p.endless() && reported == kBlocks - 1) rig.write("CFG", 1, rig.read("CFG", 1) & ~u64{0xF});
  }
  EXPECT_EQ(reported + ((rig.status(1) & irq::kBlockDone) != 0), blocks);
  EXPECT_EQ(rig.status(1) & ~irq::kBlockDone, irq::kTransferDone);
  for (unsigned n = 0; n < blocks; ++n) {
    SCOPED_TRACE(testing::Message() << "block " << n);
    expect_block(rig, p, n);
  }
  unsigned data = 0;
  for (const BusAccess& a : rig.accesses()) data += a.address >= kFrom;
  EXPECT_EQ(data, 8 * blocks) << "and not a burst more";
  EXPECT_EQ(rig.read("SAR", 1), address(p.src, kFrom, blocks - 1) + 8 * kWords);
  EXPECT_EQ(rig.read("DAR", 1), address(p.dst, kTo, blocks - 1) + 8 * kWords);
  EXPECT_EQ(rig.read("BLOCK_TS", 1), kWords - 1);
  EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
}

TEST_P(MultiBlock, EachStopWorksInEveryBlock) {
  const Pair p = pair_;
  for (unsigned stop = 0; stop < 3; ++stop) {
    for (Cycle at = 1; at < 300; at += 23) {
      SCOPED_TRACE(testing::Message() << stop << " at " << at);
      Rig rig(plain());
      fill(rig, 3);
      rig.power_up();
      prepare(rig, p);
      rig.enable(1);
      rig.run(at);
      if (!rig.enabled(1)) break;
      if (stop == 0) {
        rig.suspend(1);
        ASSERT_TRUE(
            rig.run_until([&] { return (rig.status(1) & irq::kSuspended) || !rig.enabled(1); }, 300, 1));
        if (!rig.enabled(1)) continue;
        const std::size_t moved = rig.accesses().size();
        rig.run(300);
        EXPECT_EQ(rig.accesses().size(), moved);
        rig.resume(1);
        rig.run(20);
        rig.abort(1);
      } else if (stop == 1) {
        rig.disable(1);
        ASSERT_TRUE(rig.run_until_idle(300, 1));
        EXPECT_TRUE(rig.status(1) & (irq::kDisabled | irq::kTransferDone));
      } else {
        rig.abort(1);
        EXPECT_TRUE(rig.status(1) & irq::kAborted);
      }
      EXPECT_FALSE(rig.enabled(1));
    }
  }
}

TEST(MultiBlockReload, RunsForEverUntilTheTypesAreWrittenZero) {
  for (const Pair p : {Pair{kReload, kReload}, Pair{kContiguous, kReload}, Pair{kReload, kContiguous}}) {
    for (const unsigned bytes : {4u, 8u}) {
      Rig rig(plain());
      fill(rig, 3);
      rig.power_up();
      prepare(rig, p);
      rig.enable(1);
      rig.run(3000);
      ASSERT_TRUE(rig.enabled(1));
      EXPECT_EQ(rig.status(1), irq::kBlockDone);
      ASSERT_TRUE(rig.run_until([&] { return rig.read("BLOCK_TS", 1) == 8; }, 500, 1)) << "inside a block";
      rig.write_at(offset_of("CFG", 1), rig.read("CFG", 1) & ~u64{0xF} & (bytes == 4 ? 0xFFFFFFFF : ~u64{0}),
                   bytes);
      EXPECT_EQ(rig.status(1), irq::kBlockDone) << "no error: MULTBLK may be written at any time";
      ASSERT_TRUE(rig.run_until_idle(200, 1));
      EXPECT_EQ(rig.status(1), irq::kBlockDone | irq::kTransferDone);
      unsigned data = 0;
      for (const BusAccess& a : rig.accesses()) data += a.write;
      EXPECT_EQ(data % 4, 0u) << "the block that ran became the last, and complete";
    }
  }
}

struct Illegal {
  Pair pair;
  Pair repaired;
};
class MultiBlockError : public testing::TestWithParam<Illegal> {
 protected:
  MultiBlockError() {
    fill(rig_, 3);
    rig_.power_up();
    const Illegal& g = GetParam();
    rig_.write("CFG", 1, cfg_of(g.repaired));
    prepare(rig_, g.repaired);
    rig_.write("CFG", 1, cfg_of(g.pair));
    rig_.enable(1);
    rig_.run(200);
  }
  Rig rig_{plain()};
};
INSTANTIATE_TEST_SUITE_P(Pairs, MultiBlockError,
                         testing::Values(Illegal{{kShadow, kList}, {kList, kList}},
                                         Illegal{{kList, kShadow}, {kShadow, kShadow}},
                                         Illegal{{kShadow, kList}, {kContiguous, kList}},
                                         Illegal{{kList, kShadow}, {kReload, kShadow}}));

TEST_P(MultiBlockError, HaltsUntilALegalPairIsWritten) {
  const Pair p = GetParam().repaired;
  EXPECT_EQ(rig_.status(1), kTypeError);
  EXPECT_TRUE(rig_.enabled(1));
  rig_.write("INTCLEAR", 1, ~u64{0});
  rig_.write("BLK_TFR_RESUMEREQ", 1, 1);
  rig_.run(200);
  EXPECT_TRUE(rig_.accesses().empty()) << "RESUMEREQ is not the cure";
  rig_.write("INTCLEAR", 1, ~u64{0});
  rig_.write("CFG", 1, cfg_of(GetParam().pair));
  rig_.run(50);
  EXPECT_EQ(rig_.status(1), kTypeError) << "still illegal: reported again";
  rig_.write("INTCLEAR", 1, ~u64{0});
  rig_.write("CFG", 1, cfg_of(p));
  rig_.run(150);
  EXPECT_EQ(rig_.status(1) & kTypeError, 0u);
  ASSERT_GE(rig_.accesses().size(), 8u);
  expect_block(rig_, p, 0);
}

TEST_P(MultiBlockError, StopsAtOnce) {
  rig_.suspend(1);
  EXPECT_EQ(rig_.status(1) & irq::kSuspended, irq::kSuspended);
  rig_.resume(1);
  rig_.run(50);
  EXPECT_TRUE(rig_.enabled(1));
  rig_.disable(1);
  EXPECT_FALSE(rig_.enabled(1));
  rig_.enable(1);
  rig_.run(50);
  EXPECT_TRUE(rig_.enabled(1));
  rig_.abort(1);
  EXPECT_FALSE(rig_.enabled(1));
  EXPECT_TRUE(rig_.accesses().empty());
}

TEST_P(MultiBlockError, ASuspendedHaltGoesOnAfterRepairAndResume) {
  rig_.suspend(1);
  rig_.write("CFG", 1, cfg_of(GetParam().repaired));
  rig_.run(200);
  EXPECT_TRUE(rig_.accesses().empty());
  rig_.resume(1);
  rig_.run(150);
  expect_block(rig_, GetParam().repaired, 0);
}

TEST(MultiBlockAbsent, TypesReadZeroAndOneBlockRuns) {
  RigOptions o = plain();
  o.parameters.multi_blk_en = false;
  Rig rig(o);
  fill(rig, 3);
  rig.power_up();
  const Pair p{kReload, kList};
  rig.write("CFG", 1, cfg_of(p));
  EXPECT_EQ(rig.read("CFG", 1) & 0xF, 0u);
  start(rig, single(1, kFrom, kTo, kWords, bursts(8)));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(1), irq::kTransferDone);
  EXPECT_EQ(rig.accesses().size(), 8u);
}

}  // namespace
}  // namespace dmavp::tb
