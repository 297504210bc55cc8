// What software computes from DAR and STATUS equals the bytes that have changed in memory, at any moment
// (design decision 9).
#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x2000, kTo = kRam + 0x12000;
constexpr u64 kBytes = 24 * 1024;

class Residue : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Dmi, Residue, testing::Bool());

TEST_P(Residue, EqualsTheBytesNotYetChangedAtRandomMoments) {
  RigOptions o;
  o.parameters = small_parameters();
  o.dmi = GetParam();
  Rig rig(o);
  const u64 fifo = u64{o.parameters.fifo_depth} * o.parameters.data_width_bytes;
  unsigned moments = 0, in_flight = 0, inside = 0;
  for (u64 seed = first_program(); seed < first_program() + programs(100, 8); ++seed) {
    SCOPED_TRACE(seed);
    reference::Random random(seed);
    rig.soft_reset();
    fill(rig, seed);
    complement(rig, kFrom, kTo, kBytes);
    rig.power_up();
    CtlFields c = bursts(1u << random.below(5));
    c.src_width = static_cast<unsigned>(random.below(4));
    c.dst_width = static_cast<unsigned>(random.below(4));
    c.awlen = static_cast<unsigned>(random.below(16));
    const auto osr = static_cast<unsigned>(random.below(8));
    start(rig, single(0, kFrom, kTo, static_cast<u32>(kBytes >> c.src_width), c), 0, osr);
    if (seed % 3 == 1) start(rig, single(5, kFrom, kTo + 0x10000, 2048, wide()), 1);
    for (;;) {
      if (seed % 2) {
        rig.annotate(random.range(1, 150));
      } else {
        rig.run(random.range(1, 150));
      }
      const u64 written = rig.read("DAR", 0) - kTo;
      const u64 read = rig.read("SAR", 0) - kFrom;
      const u64 items = rig.read("BLOCK_TS", 0);
      const bool done = !rig.enabled(0);
      const u64 status = rig.read("STATUS", 0);
      const Image seen = rig.debug_image(kTo, kBytes);
      u64 changed = 0;
      while (changed < kBytes && seen[kTo + changed] == rig.ram()[kFrom + changed]) ++changed;
      for (u64 i = changed; i < kBytes; ++i)
        ASSERT_NE(seen[kTo + i], rig.ram()[kFrom + i]) << "byte " << i << " changed behind an unchanged one";
      ASSERT_EQ(changed, written);
      ASSERT_GE(read, written);
      ASSERT_LE(read - written, fifo);
      if (done) break;
      if (read != 0 && written != kBytes) {  // between the last response and DONE: either
        EXPECT_EQ(items, read >> c.src_width);
      }
      EXPECT_LE(status & 0x3FFFFF, read >> c.src_width);
      ++moments;
      in_flight += read != written;
      inside += written != 0 && written % o.parameters.granule_bytes != 0;
      EXPECT_EQ(rig.fifo_bytes(0), read - written);
    }
    ASSERT_EQ(rig.status(0), irq::kTransferDone);
  }
  EXPECT_GT(moments, 500u);
  EXPECT_GT(in_flight, moments / 10) << "in-flight bytes are non-zero at times";
  EXPECT_GT(inside, moments / 2) << "observed inside granules";
}

/// What SAR has passed may be overwritten, what DAR has passed is final: neither is touched again.
TEST_P(Residue, SoftwareMayReuseWhatTheAddressesHavePassed) {
  for (u64 seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE(seed);
    RigOptions o;
    o.parameters = small_parameters();
    o.dmi = GetParam();
    Rig rig(o);
    reference::Random random(seed);
    const Image before = fill(rig, seed);
    rig.power_up();
    CtlFields c = bursts(1u << random.below(5));
    c.src_width = static_cast<unsigned>(random.below(4));
    c.dst_width = static_cast<unsigned>(random.below(4));
    start(rig, single(0, kFrom, kTo, static_cast<u32>(kBytes >> c.src_width), c), 0,
          static_cast<unsigned>(random.below(4)));
    u64 stamped = 0;
    while (rig.enabled(0)) {
      rig.run(random.range(1, 400));
      const u64 read = rig.read("SAR", 0) - kFrom;
      for (u64 i = 0; i < read; ++i) rig.ram()[kFrom + i] = 0xEE;
      const u64 written = rig.read("DAR", 0) - kTo;
      ASSERT_LE(written, read);
      for (u64 i = 0; i < stamped; ++i) ASSERT_EQ(rig.ram()[kTo + i], 0x55) << i;
      for (u64 i = stamped; i < written; ++i) {
        ASSERT_EQ(rig.ram()[kTo + i], before[kFrom + i]) << i;
        rig.ram()[kTo + i] = 0x55;
      }
      stamped = written;
    }
    EXPECT_EQ(stamped, kBytes);
  }
}

/// A debug read of DAR is as true as a normal one.
TEST_P(Residue, DebugReadsShowTheSameTruth) {
  RigOptions o;
  o.parameters = small_parameters();
  o.dmi = GetParam();
  Rig rig(o);
  fill(rig, 1);
  complement(rig, kFrom, kTo, kBytes);
  rig.power_up();
  start(rig, single(0, kFrom, kTo, kBytes / 8, bursts(8)));
  for (int i = 0; i < 40; ++i) {
    rig.run(61);
    const u64 debug = rig.debug_read(offset_of("DAR", 0));
    EXPECT_EQ(debug - kTo, copied(rig.debug_image(kFrom, kBytes + kTo - kFrom), kFrom, kTo, kBytes));
    EXPECT_EQ(rig.read("DAR", 0), debug);
  }
}

}  // namespace
}  // namespace dmavp::tb
