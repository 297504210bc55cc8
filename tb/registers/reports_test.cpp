// What users of such models report most, one test each.
#include <algorithm>

#include "registers/flow.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x1000, kTo = kRam + 0x8000;

RigOptions plain() {
  RigOptions o;
  o.parameters = small_parameters();
  o.ram_bytes = 64 << 10;
  return o;
}

TEST(Reports, DmaStartsAtEnableInsteadOfAtThePeripheralsRequest) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  const Flow flow{rig, 1};
  flow.begin();
  rig.run(10'000);
  EXPECT_TRUE(rig.device(kSinkHs).data.empty());
  rig.feed(kSinkHs, 4);
  rig.run(1'000);
  EXPECT_EQ(rig.device(kSinkHs).data.size(), 16u) << "one request, one transaction";
}

TEST(Reports, EnableBitIsNotSelfClearing) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  for (unsigned ch = 0; ch < 8; ++ch) {
    start(rig, single(ch, kFrom, kTo, 8, wide()));
    EXPECT_TRUE(rig.enabled(ch));
    ASSERT_TRUE(rig.run_until([&] { return !rig.enabled(ch); }, 1'000, 1));
    EXPECT_EQ(rig.status(ch), irq::kTransferDone) << "and not before the end";
  }
}

TEST(Reports, CountsAreInBytesWhereItemsAreMeant) {
  for (unsigned code = 0; code < 4; ++code) {
    Rig rig(plain());
    const Image before = fill(rig, 1);
    rig.power_up();
    start(rig, single(0, kFrom, kTo, 40, bursts(4, code)));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_TRUE(only_copied(before, rig.ram(), kFrom, kTo, u64{40} << code))
        << "BLOCK_TS + 1 items of the source";
    EXPECT_EQ(rig.read("STATUS", 0), 40u);
    EXPECT_EQ(rig.statistics(0).bytes_written, u64{40} << code) << "statistics are in bytes";
    start(rig, single(0, kFrom, kTo, 400, bursts(4, code)));
    ASSERT_TRUE(rig.run_until([&] { return rig.read("SAR", 0) > kFrom; }, 500, 1));
    EXPECT_EQ(rig.read("BLOCK_TS", 0) << code, rig.read("SAR", 0) - kFrom) << "BLOCK_TS counts items read";
  }
}

TEST(Reports, InterruptCannotBeClearedOrFiresForEver) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  const Flow flow{rig, 2};
  flow.begin();
  flow.feed();
  ASSERT_TRUE(rig.run_until_idle());
  rig.run(1);
  ASSERT_TRUE(rig.line(2) && rig.line(kCombinedLine));
  rig.write("INTCLEAR", 2, rig.status(2));
  rig.run(1);
  EXPECT_FALSE(rig.line(2) || rig.line(kCombinedLine));
  EXPECT_EQ(rig.status(2), 0u);
  rig.edges().clear();
  rig.feed(kSourceHs, 40);  // the peripheral goes on asking
  rig.run(20'000);
  EXPECT_TRUE(rig.edges().empty()) << "and nothing raises it again";
}

TEST(Reports, DmaPointedAtItsOwnRegistersReEntersTheModel) {
  for (const bool dmi : {false, true}) {
    RigOptions o = plain();
    o.dmi = dmi;
    Rig rig(o);
    fill(rig, 1);
    rig.power_up();
    rig.ram().store(kFrom, 0x1234560);
    start(rig, single(0, kFrom, o.registers_base + offset_of("SAR", 4), 1, wide()));
    ASSERT_TRUE(rig.run_until_idle());
    EXPECT_EQ(rig.read("SAR", 4), 0x1234560u);
    start(rig, single(0, o.registers_base, o.registers_base + 0x100, 0x100, bursts(16)));
    ASSERT_TRUE(rig.run_until_idle(20'000));
  }
}

/// The bench checks every burst: response preset to incomplete, length, streaming width, attributes.
TEST(Reports, PayloadsAreSentWithoutAllAttributesSet) {
  RigOptions o = plain();
  o.dmi = false;
  Rig rig(o);
  fill(rig, 1);
  rig.power_up();
  for (unsigned type = 0; type < 8; ++type) {
    const Flow flow{rig, type};
    flow.begin();
    flow.feed();
    ASSERT_TRUE(rig.run_until_idle());
  }
  EXPECT_GT(rig.accesses().size(), 100u);
  EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
}

TEST(Reports, TracesAreEmptyOrShowTimeZeroOnly) {
  RigOptions o = plain();
  o.observe = true;
  Rig rig(o);
  fill(rig, 1);
  rig.power_up();
  const Flow flow{rig, 3};
  flow.begin();
  rig.run(100);
  flow.feed();
  ASSERT_TRUE(rig.run_until_idle());
  const auto& all = rig.bursts();
  u64 read = 0, written = 0;
  for (const BurstEvent& b : all) {
    EXPECT_GT(b.accepted, 100u);
    EXPECT_LE(b.accepted, b.first_beat);
    EXPECT_LE(b.first_beat, b.last_beat);
    EXPECT_LE(b.last_beat, b.response);
    EXPECT_LE(b.response, rig.now());
    (b.address == flow.source() ? read : written) += b.bytes;
  }
  EXPECT_EQ(read, flow.bytes());
  EXPECT_EQ(written, flow.bytes());
  EXPECT_GT(all.back().response, all.front().accepted + 20);
}

TEST(Reports, DebugAccessHasSideEffects) {
  Cycle ended[2];
  u32 status[2];
  for (const bool looked : {false, true}) {
    Rig rig(plain());
    fill(rig, 1);
    rig.power_up();
    const Flow flow{rig, 3};
    flow.begin();
    flow.feed();
    for (unsigned i = 0; i < 30; ++i) {
      rig.run(7);
      for (u64 at = 0; looked && at < 0x900; at += 8) rig.debug_read(at);
    }
    ASSERT_TRUE(rig.run_until_idle());
    ended[looked] = rig.edges().empty() ? 0 : rig.edges().back().time;
    status[looked] = rig.status(2);
    EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 0u);
  }
  EXPECT_EQ(ended[0], ended[1]);
  EXPECT_EQ(status[0], status[1]) << "holes and write-only registers raise no error bit";
}

TEST(Reports, FiguresLackADefinition) {
  // Bytes over the cycles from the first request to the last response: 8 bytes per cycle at most.
  RigOptions o = plain();
  o.observe = true;
  o.parameters.fifo_depth = 128;
  Rig rig(o);
  fill(rig, 1);
  rig.power_up();
  start(rig, single(0, kFrom, kTo, 2048, bursts(16)), 0, 7);
  ASSERT_TRUE(rig.run_until_idle(100'000));
  const auto stats = rig.statistics(0);
  EXPECT_EQ(stats.bytes_read, 16384u);
  EXPECT_EQ(stats.bytes_written, 16384u);
  const Cycle took = rig.bursts().back().response - rig.bursts().front().accepted;
  EXPECT_GE(took, 2048u);
  EXPECT_LE(took, 2048u * 11 / 10);
}

TEST(Reports, DecodeErrorsCannotBeMadeQuietWhenTheyAreExpected) {
  RigOptions o = plain();
  o.parameters.slvif_status = false;
  Rig rig(o);
  fill(rig, 1);
  rig.power_up();
  rig.read_at(0x70);  // holes
  rig.read_at(0x100 + 0xA0);
  rig.write("DMAC_ID", 1);
  rig.run(1);
  EXPECT_EQ(rig.read("DMAC_COMMON_INTSTATUS"), 0u);
  EXPECT_EQ(rig.status(0), 0u);
  EXPECT_FALSE(rig.line(kCombinedLine));
  rig.write("INTSIGNAL_ENA", 3, irq::kAll & ~irq::kSrcDecErr);
  start(rig, single(3, 0x10000, kTo, 8, wide()));
  ASSERT_TRUE(rig.run_until_idle());
  rig.run(1);
  EXPECT_EQ(rig.status(3), irq::kSrcDecErr);
  EXPECT_FALSE(rig.line(kCombinedLine)) << "an error that software probes for need not interrupt";
}

}  // namespace
}  // namespace dmavp::tb
