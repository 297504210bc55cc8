// Status fetch: SSTAT and DSTAT at the end of a block (specification 3.1, 3.2).
#include <algorithm>

#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x8000;
constexpr u64 kSourceWord = kRam + 0x700, kSinkWord = kRam + 0x744;

RigOptions plain(bool source = true, bool sink = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 2;
  o.parameters.src_stat_en = source;
  o.parameters.dst_stat_en = sink;
  o.ram_bytes = 64 << 10;
  o.dmi = false;
  return o;
}

CtlFields with_status(bool source, bool sink) {
  CtlFields c = bursts(8);
  c.src_stat = source;
  c.dst_stat = sink;
  return c;
}

void put_word(Rig& rig, u64 at, u32 value) {
  for (unsigned i = 0; i < 4; ++i) rig.ram()[at + i] = static_cast<u8>(value >> (8 * i));
}
u32 word_at(Rig& rig, u64 at) { return static_cast<u32>(rig.ram().load(at & ~u64{7}) >> (8 * (at & 4))); }

bool touched(Rig& rig, u64 at) {
  return std::any_of(rig.accesses().begin(), rig.accesses().end(),
                     [&](const BusAccess& a) { return a.address <= at && at < a.address + a.bytes; });
}

TEST(StatusFetch, RegistersShowWhatTheBlockLeft) {
  for (unsigned which = 0; which < 4; ++which) {
    SCOPED_TRACE(which);
    Rig rig(plain());
    fill(rig, 1);
    rig.power_up();
    rig.write("SSTATAR", 0, kSourceWord);
    rig.write("DSTATAR", 0, kSinkWord);
    EXPECT_EQ(rig.read("SSTATAR", 0), kSourceWord);
    put_word(rig, kSourceWord, 0x11111111);
    put_word(rig, kSinkWord, 0x22222222);
    start(rig, single(0, kFrom, kTo, 64, with_status(which & 1, which & 2)));
    rig.run(30);
    EXPECT_FALSE(touched(rig, kSourceWord) || touched(rig, kSinkWord)) << "at the end of the block";
    put_word(rig, kSourceWord, 0xCAFE0001);
    put_word(rig, kSinkWord, 0xBEEF0002);
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
    EXPECT_EQ(rig.read("SSTAT", 0), which & 1 ? 0xCAFE0001 : 0u);
    EXPECT_EQ(rig.read("DSTAT", 0), which & 2 ? 0xBEEF0002 : 0u);
    EXPECT_EQ(touched(rig, kSourceWord), (which & 1) != 0);
    EXPECT_EQ(touched(rig, kSinkWord), (which & 2) != 0);
    EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
  }
}

TEST(StatusFetch, WriteBackCarriesTheStatusOfItsOwnItem) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  rig.write("SSTATAR", 0, kSourceWord);
  rig.write("DSTATAR", 0, kSinkWord);
  // Each block copies new status words into place: the second sees what the first left, and so on.
  for (unsigned i = 0; i < 3; ++i) {
    put_word(rig, kFrom + 0x100 * i, 0xA0 + i);
    put_word(rig, kFrom + 0x100 * i + 4, 0xB0 + i);
    CtlFields c = with_status(true, true);
    c.dst_width = 2;
    item(kItems + 64 * i, kFrom + 0x100 * i, kSourceWord, 1, c, kItems + 64 * (i + 1), true, i == 2)
        .write(rig.ram());
  }
  rig.write("DSTATAR", 0, kSourceWord + 4);
  start(rig, list_at(0, kItems));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(word_at(rig, kItems + 64 * i + 0x28), 0xA0 + i);
    EXPECT_EQ(word_at(rig, kItems + 64 * i + 0x2C), 0xB0 + i);
    EXPECT_EQ(rig.ram().load(kItems + 64 * i + 0x30) & 0x3FFFFF, 1u);
  }
  EXPECT_EQ(rig.read("SSTAT", 0), 0xA2u);
  EXPECT_EQ(rig.read("DSTAT", 0), 0xB2u);
}

TEST(StatusFetch, AnErrorEndsTheTransferWithoutDone) {
  for (const bool sink : {false, true}) {
    for (const bool decode : {false, true}) {
      SCOPED_TRACE(testing::Message() << sink << decode);
      Rig rig(plain());
      fill(rig, 1);
      rig.power_up();
      const u64 at = sink ? kSinkWord : kSourceWord;
      rig.set_errors({{at, at + 3, decode, true, true}});
      rig.write("SSTATAR", 0, kSourceWord);
      rig.write("DSTATAR", 0, kSinkWord);
      start(rig, single(0, kFrom, kTo, 64, with_status(!sink, sink)));
      ASSERT_TRUE(rig.run_until_idle());
      EXPECT_EQ(rig.status(0), decode ? (sink ? irq::kDstDecErr : irq::kSrcDecErr)
                                      : (sink ? irq::kDstSlvErr : irq::kSrcSlvErr));
      EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 512), 512u) << "the data had been moved";
      rig.set_errors({});
      rig.write("INTCLEAR", 0, ~u64{0});
      start(rig, single(0, kFrom, kTo, 64, with_status(true, true)));
      ASSERT_TRUE(rig.run_until_idle());
      EXPECT_EQ(rig.status(0), irq::kTransferDone);
    }
  }
}

TEST(StatusFetch, StopsAtEveryCycleOfTheEndOfABlock) {
  for (unsigned stop = 0; stop < 3; ++stop) {
    Rig rig(plain());
    for (Cycle at = 0;; ++at) {
      SCOPED_TRACE(testing::Message() << stop << " at " << at);
      rig.soft_reset();
      fill(rig, 1);
      put_word(rig, kSourceWord, 0xCAFE0001);
      item(kItems, kFrom, kTo, 8, with_status(true, true), 0, true, true).write(rig.ram());
      rig.power_up();
      rig.write("SSTATAR", 0, kSourceWord);
      rig.write("DSTATAR", 0, kSinkWord);
      start(rig, list_at(0, kItems));
      rig.run(at);
      if (!rig.enabled(0)) break;
      ASSERT_LT(at, 500u);
      if (stop == 0) {
        rig.suspend(0);
        ASSERT_TRUE(
            rig.run_until([&] { return (rig.status(0) & irq::kSuspended) || !rig.enabled(0); }, 100, 1));
        const std::size_t n = rig.accesses().size();
        rig.run(100);
        EXPECT_EQ(rig.accesses().size(), n);
        rig.resume(0);
        ASSERT_TRUE(rig.run_until_idle());
        EXPECT_TRUE(rig.status(0) & irq::kTransferDone);
        EXPECT_EQ(rig.read("SSTAT", 0), 0xCAFE0001u);
        EXPECT_EQ(word_at(rig, kItems + 0x28), 0xCAFE0001u);
      } else if (stop == 1) {
        rig.disable(0);
        ASSERT_TRUE(rig.run_until_idle(100, 1));
      } else {
        rig.abort(0);
        ASSERT_FALSE(rig.enabled(0));
      }
      if (HasFailure()) return;
    }
  }
}

/// SRC_STAT_EN set with the feature absent (section 7): Linux's overflow of a burst length does that.
TEST(StatusFetch, AbsentFeatureFetchesNothing) {
  Rig rig(plain(false, false));
  fill(rig, 1);
  rig.power_up();
  rig.write("CTL", 0, with_status(true, true).encode());
  EXPECT_EQ(rig.read("CTL", 0) >> 56 & 3, 0u);
  for (const bool list : {false, true}) {
    if (list) {
      item(kItems, kFrom, kTo, 64, with_status(true, true), 0, true, true).write(rig.ram());
      start(rig, list_at(0, kItems));
    } else {
      start(rig, single(0, kFrom, kTo, 64, with_status(true, true)));
    }
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
    EXPECT_EQ(rig.strays(), 0u) << "nothing at address 0";
    rig.write("INTCLEAR", 0, ~u64{0});
  }
}

}  // namespace
}  // namespace dmavp::tb
