// SLVERR and DECERR at every access of a transfer (specification 5.9), and bursts as the bus sees them (5.2).
#include <map>
#include <set>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kItems = kRam + 0x400, kFrom = kRam + 0x2000, kTo = kRam + 0x9000;

RigOptions plain(bool dmi) {
  RigOptions o;
  o.parameters = small_parameters();
  o.dmi = dmi;
  return o;
}

void two_items(Rig& rig) {
  CtlFields c = bursts(4);
  c.ioc = true;
  item(kItems, kFrom, kTo, 12, c, kItems + 64).write(rig.ram());
  item(kItems + 64, kFrom + 0x100, kTo + 0x100, 12, c, 0, true, true).write(rig.ram());
}

class Errors : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Dmi, Errors, testing::Bool());

/// Records the accesses of a good run, then fails each of them in turn with both kinds of error.
TEST_P(Errors, AtEveryAccessOfATransfer) {
  std::vector<BusAccess> good;
  {
    Rig rig(plain(false));
    fill(rig, 1);
    two_items(rig);
    rig.power_up();
    start(rig, list_at(2, kItems));
    ASSERT_TRUE(rig.run_until_idle());
    good = rig.accesses();
    EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
  }
  ASSERT_EQ(good.size(), 16u) << "2 fetches, 2 write-backs, 2 x 3 reads, 2 x 3 writes";
  Rig rig(plain(GetParam()));
  for (const BusAccess& victim : good) {
    for (const bool decode : {false, true}) {
      SCOPED_TRACE(testing::Message() << (victim.write ? "write " : "read ") << std::hex << victim.address
                                      << (decode ? " DECERR" : " SLVERR"));
      rig.soft_reset();
      rig.set_errors({});
      fill(rig, 1);
      two_items(rig);
      const ErrorRange error{victim.address, victim.address + victim.bytes - 1, decode, !victim.write,
                             victim.write};
      Model model(traits_of(rig.options()), rig.ram(), {error});
      model.start(list_at(2, kItems));
      rig.set_errors({error});
      rig.power_up();
      start(rig, list_at(2, kItems));
      ASSERT_TRUE(rig.run_until_idle(5000, 10));
      const reference::Outcome& o = model.outcome(2);
      ASSERT_EQ(o.end, reference::End::kError);
      const u32 seen = rig.status(2);
      EXPECT_EQ(seen, o.int_one_of | (o.int_must & irq::kBlockDone));
      EXPECT_EQ(seen & irq::kTransferDone, 0u);
      EXPECT_EQ(rig.read("LLP", 2), o.llp);
      EXPECT_EQ(model.compare_allowed(rig.ram(), 0), std::nullopt);
      const u64 items = rig.read("STATUS", 2) & 0x3FFFFF;
      EXPECT_LE(items, 12u);
      // The channel works again at once, as Linux expects.
      rig.set_errors({});
      rig.disable(2);
      two_items(rig);
      start(rig, list_at(2, kItems));
      EXPECT_EQ(rig.status(2), 0u);
      ASSERT_TRUE(rig.run_until_idle(5000, 10));
      EXPECT_EQ(rig.status(2), irq::kTransferDone | irq::kBlockDone);
      EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 96), 96u);
    }
  }
}

TEST_P(Errors, UnmappedAddressesAnswerDecErr) {
  Rig rig(plain(GetParam()));
  fill(rig, 1);
  rig.power_up();
  const u64 nowhere = kRam + (1 << 20);
  start(rig, single(0, nowhere, kTo, 8, wide()));
  start(rig, single(1, kFrom, nowhere, 8, wide()));
  start(rig, list_at(2, nowhere));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kSrcDecErr);
  EXPECT_EQ(rig.status(1), irq::kDstDecErr);
  EXPECT_EQ(rig.status(2), irq::kLliReadDecErr);
  EXPECT_GT(rig.strays(), 0u);
}

TEST_P(Errors, OneChannelsErrorDoesNotDisturbAnother) {
  Rig rig(plain(GetParam()));
  const Image before = fill(rig, 1);
  rig.set_errors({{kFrom + 0x1000, kFrom + 0x1000, false, true, true}});
  rig.power_up();
  start(rig, single(0, kFrom, kTo, 400, bursts(8)), 0, 3);
  start(rig, single(1, kFrom + 0xF00, kTo + 0x4000, 100, bursts(8)), 0, 3);
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(rig.status(1), irq::kSrcSlvErr);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 3200), 3200u);
  for (u64 i = 0x100; i < 800; ++i) EXPECT_EQ(rig.ram()[kTo + 0x4000 + i], before[kTo + 0x4000 + i]) << i;
}

TEST(Bursts, RespectLengthsBoundariesAndWidths) {
  Rig rig(plain(false));
  struct Case {
    unsigned arlen, awlen, src, dst;
    u64 sar, dar;
  };
  for (const Case& c :
       {Case{16, 4, 3, 3, kFrom, kTo}, Case{1, 1, 3, 3, kFrom, kTo}, Case{7, 3, 0, 3, kFrom + 3, kTo},
        Case{8, 8, 3, 0, kFrom, kTo + 5}, Case{256, 256, 3, 3, kFrom + 0xF80, kTo + 0xFC8},
        Case{16, 16, 3, 3, kFrom + 0xFE0, kTo + 0xFF8}}) {
    SCOPED_TRACE(testing::Message() << c.arlen << " " << c.awlen << " " << std::hex << c.sar);
    rig.soft_reset();
    const Image before = fill(rig, 2);
    rig.power_up();
    rig.accesses().clear();
    CtlFields ctl;
    ctl.src_width = c.src;
    ctl.dst_width = c.dst;
    ctl.arlen_en = ctl.awlen_en = true;
    ctl.arlen = c.arlen - 1;
    ctl.awlen = c.awlen - 1;
    start(rig, single(0, c.sar, c.dar, 2048u >> c.src, ctl));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.status(0), irq::kTransferDone);
    EXPECT_TRUE(only_copied(before, rig.ram(), c.sar, c.dar, 2048));
    u64 read = c.sar, written = c.dar;
    for (const BusAccess& a : rig.accesses()) {
      EXPECT_EQ(a.address, a.write ? written : read) << "in order, without a gap";
      (a.write ? written : read) += a.bytes;
      EXPECT_LE(a.beats, a.write ? c.awlen : c.arlen);
      EXPECT_EQ(a.beat_bytes, 1u << (a.write ? c.dst : c.src));
      EXPECT_EQ(a.address >> 12, (a.address + a.bytes - 1) >> 12);
    }
    EXPECT_EQ(read, c.sar + 2048);
    EXPECT_EQ(written, c.dar + 2048);
    EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
  }
}

TEST(Bursts, FixedSidesStreamOneBeat) {
  Rig rig(plain(false));
  const Image before = fill(rig, 2);
  rig.power_up();
  CtlFields c = bursts(4, 2);
  c.src_fixed = true;
  start(rig, single(0, kFrom, kTo, 16, c));
  ASSERT_TRUE(rig.run_until_idle());
  for (u64 i = 0; i < 64; ++i) EXPECT_EQ(rig.ram()[kTo + i], before[kFrom + i % 4]);
  EXPECT_EQ(rig.read("SAR", 0), kFrom);
  for (const BusAccess& a : rig.accesses()) {
    if (!a.write) {
      EXPECT_EQ(a.address, kFrom);
      EXPECT_EQ(a.streaming, 4u);
    }
  }
  EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
}

/// Linux with burst property 256 (6.1.4): ARLEN and AWLEN become 0 and SRC_STAT_EN is set by the overflow.
TEST(Bursts, ArlenOutOfRangeIsClippedAndStrayStatusBitHasNoEffect) {
  RigOptions o = plain(false);
  o.parameters.max_burst_len = 16;
  Rig rig(o);
  fill(rig, 2);
  rig.power_up();
  CtlFields c = bursts(256);
  c.src_stat = true;
  start(rig, single(0, kFrom, kTo, 256, c));
  ASSERT_TRUE(rig.run_until_idle());
  EXPECT_EQ(rig.status(0), irq::kTransferDone);
  EXPECT_EQ(copied(rig.ram(), kFrom, kTo, 2048), 2048u);
  for (const BusAccess& a : rig.accesses()) {
    EXPECT_LE(a.beats, 16u);
    EXPECT_GE(a.address, kFrom) << "no status is fetched from address 0";
  }
  EXPECT_EQ(rig.strays(), 0u);
}

}  // namespace
}  // namespace dmavp::tb
