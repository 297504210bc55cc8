// The hidden second set of SAR, DAR, BLOCK_TS and CTL (specification 3.5).
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x1000, kTo = kRam + 0x8000;
constexpr u32 kOnValid = 1u << 20;

class Shadow : public testing::Test {
 protected:
  static RigOptions options() {
    RigOptions o;
    o.parameters = small_parameters();
    o.dmi = false;
    o.ram_bytes = 64 << 10;
    return o;
  }
  Shadow() {
    fill(rig_, 3);
    rig_.power_up();
    CfgFields c;
    c.src_multiblock = c.dst_multiblock = 2;
    rig_.write("CFG", 1, c.encode(false));
  }
  static u64 ctl(bool last) {
    CtlFields c = bursts(8);
    c.valid = true;
    c.last = last;
    return c.encode();
  }
  void write_set(u64 from, u64 to, u32 words, bool last) {
    rig_.write("SAR", 1, from);
    rig_.write("DAR", 1, to);
    rig_.write("BLOCK_TS", 1, words - 1);
    rig_.write("CTL", 1, ctl(last));
  }
  bool consumed() { return rig_.read("CTL", 1) >> 63 == 0; }

  Rig rig_{options()};
};

TEST_F(Shadow, WritesGoToTheSetAndReadsShowTheActiveCopy) {
  rig_.write("CFG", 1, 0);
  rig_.write("SAR", 1, 0x1110);
  rig_.write("DAR", 1, 0x2220);
  rig_.write("BLOCK_TS", 1, 0x33);
  const u64 active = wide(2).encode();
  rig_.write("CTL", 1, active);
  rig_.write("CFG", 1, 2 | 2 << 2);
  write_set(kFrom, kTo, 32, true);
  EXPECT_EQ(rig_.read("SAR", 1), 0x1110u);
  EXPECT_EQ(rig_.read("DAR", 1), 0x2220u);
  EXPECT_EQ(rig_.read("BLOCK_TS", 1), 0x33u);
  EXPECT_EQ(rig_.read("CTL", 1), active | reference::kCtlValid) << "but CTL[63] tells of the set";
  rig_.enable(1);
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(1), irq::kTransferDone);
  EXPECT_EQ(rig_.read("SAR", 1), kFrom + 256);
  EXPECT_EQ(rig_.read("DAR", 1), kTo + 256);
  EXPECT_EQ(rig_.read("BLOCK_TS", 1), 31u);
  EXPECT_EQ(rig_.read("CTL", 1), ctl(true) & ~reference::kCtlValid) << "VALID is cleared in both";
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 256), 256u);
}

TEST_F(Shadow, OnlyTheSidesOfThatTypeAreRouted) {
  rig_.write("CFG", 1, 2);  // source shadow, destination contiguous
  rig_.write("DAR", 1, kTo + 0x100);
  EXPECT_EQ(rig_.read("DAR", 1), kTo + 0x100);
  rig_.write("SAR", 1, kFrom);
  EXPECT_NE(rig_.read("SAR", 1), kFrom);
  rig_.write("CFG", 1, 2 << 2);
  rig_.write("SAR", 1, kFrom + 0x40);
  EXPECT_EQ(rig_.read("SAR", 1), kFrom + 0x40);
  rig_.write("DAR", 1, kTo);
  EXPECT_EQ(rig_.read("DAR", 1), kTo + 0x100);
}

TEST_F(Shadow, WriteWhileTheSetIsValidIsDroppedAndReported) {
  write_set(kFrom, kTo, 32, true);
  EXPECT_EQ(rig_.status(1), 0u);
  for (const char* name : {"SAR", "DAR", "BLOCK_TS", "CTL"}) {
    rig_.write(name, 1, 0);
    EXPECT_EQ(rig_.status(1), kOnValid) << name;
    rig_.write("INTCLEAR", 1, kOnValid);
    rig_.write_at(offset_of(name, 1), 0, 4);
    EXPECT_EQ(rig_.status(1), kOnValid) << name << " 32 bits";
    rig_.write("INTCLEAR", 1, kOnValid);
  }
  rig_.enable(1);
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 256), 256u) << "what had been there first";
}

TEST_F(Shadow, RunningChannelTakesTheNextSetAtTheBlockEnd) {
  write_set(kFrom, kTo, 64, false);
  rig_.enable(1);
  ASSERT_TRUE(rig_.run_until([&] { return consumed(); }, 100, 1));
  write_set(kFrom + 0x800, kTo + 0x1000, 16, true);
  EXPECT_EQ(rig_.status(1), 0u) << "no WRONCHEN: the set is free";
  EXPECT_FALSE(consumed());
  rig_.write("SAR", 1, 0);
  EXPECT_EQ(rig_.status(1), kOnValid);
  rig_.write("INTCLEAR", 1, kOnValid);
  rig_.write("LLP", 1, 64);
  EXPECT_EQ(rig_.status(1), irq::kWriteOnEnabled) << "other registers stay protected";
  rig_.write("INTCLEAR", 1, ~u64{0});
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(1), irq::kTransferDone);
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 512), 512u);
  EXPECT_EQ(copied(rig_.ram(), kFrom + 0x800, kTo + 0x1000, 128), 128u);
}

/// K210's shadow update (6.3.6): poll CTL[63], four writes, RESUMEREQ = 0; too late, or not.
TEST_F(Shadow, MissingSetHaltsUntilResumeRequest) {
  rig_.enable(1);
  ASSERT_TRUE(rig_.run_until([&] { return rig_.status(1) != 0; }, 100, 1));
  EXPECT_EQ(rig_.status(1), irq::kInvalid) << "already at enable";
  for (unsigned n = 0; n < 3; ++n) {
    SCOPED_TRACE(n);
    EXPECT_TRUE(rig_.enabled(1));
    rig_.write("INTCLEAR", 1, ~u64{0});
    rig_.write("BLK_TFR_RESUMEREQ", 1, 0);
    rig_.run(100);
    EXPECT_EQ(rig_.status(1), irq::kInvalid) << "resumed without a set: halts again";
    rig_.write("INTCLEAR", 1, ~u64{0});
    ASSERT_TRUE(consumed());
    write_set(kFrom + 0x100 * n, kTo + 0x100 * n, 16, n == 2);
    rig_.run(100);
    EXPECT_EQ(copied(rig_.ram(), kFrom + 0x100 * n, kTo + 0x100 * n, 128) == 128, false)
        << "not before RESUMEREQ";
    rig_.write("BLK_TFR_RESUMEREQ", 1, 0);
    rig_.run(200);
    EXPECT_EQ(copied(rig_.ram(), kFrom + 0x100 * n, kTo + 0x100 * n, 128), 128u);
  }
  EXPECT_FALSE(rig_.enabled(1));
  EXPECT_EQ(rig_.status(1), irq::kTransferDone);
}

TEST_F(Shadow, HaltedChannelStopsAtOnce) {
  for (unsigned stop = 0; stop < 3; ++stop) {
    rig_.write("INTCLEAR", 1, ~u64{0});
    rig_.enable(1);
    ASSERT_TRUE(rig_.run_until([&] { return rig_.status(1) != 0; }, 100, 1));
    if (stop == 0) {
      rig_.suspend(1);
      EXPECT_TRUE(rig_.status(1) & irq::kSuspended);
      write_set(kFrom, kTo, 16, true);
      rig_.write("BLK_TFR_RESUMEREQ", 1, 1);
      rig_.run(200);
      EXPECT_TRUE(rig_.enabled(1));
      EXPECT_FALSE(consumed()) << "suspended";
      rig_.resume(1);
      ASSERT_TRUE(rig_.run_until_idle(500));
      EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 128), 128u);
    } else if (stop == 1) {
      rig_.disable(1);
      EXPECT_TRUE(rig_.status(1) & irq::kDisabled);
    } else {
      rig_.abort(1);
      EXPECT_TRUE(rig_.status(1) & irq::kAborted);
    }
    EXPECT_FALSE(rig_.enabled(1));
  }
}

/// 32-bit software: CTL's upper word last, because VALID is in it.
TEST_F(Shadow, ThirtyTwoBitWritesFillTheSet) {
  const u64 base = offset_of("SAR", 1);
  const auto halves = [&](u64 at, u64 value) {
    rig_.write_at(at, value & 0xFFFFFFFF, 4);
    rig_.write_at(at + 4, value >> 32, 4);
  };
  for (const bool last : {false, true}) {
    const u64 from = kFrom + (last ? 0x200 : 0), to = kTo + (last ? 0x400 : 0);
    halves(base, from);
    halves(base + 8, to);
    halves(base + 0x10, 63);
    halves(base + 0x18, ctl(last));
    EXPECT_EQ(rig_.status(1), 0u);
    if (!last) rig_.enable(1);
    if (!last) rig_.run(30);
  }
  ASSERT_TRUE(rig_.run_until_idle());
  EXPECT_EQ(rig_.status(1), irq::kTransferDone);
  EXPECT_EQ(copied(rig_.ram(), kFrom, kTo, 512), 512u);
  EXPECT_EQ(copied(rig_.ram(), kFrom + 0x200, kTo + 0x400, 512), 512u);
}

TEST_F(Shadow, ResetForgetsTheSet) {
  write_set(kFrom, kTo, 16, true);
  rig_.soft_reset();
  rig_.power_up();
  rig_.write("CFG", 1, 2 | 2 << 2);
  EXPECT_TRUE(consumed());
  rig_.enable(1);
  rig_.run(100);
  EXPECT_EQ(rig_.status(1), irq::kInvalid);
}

}  // namespace
}  // namespace dmavp::tb
