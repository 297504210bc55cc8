// Pause, resume, disable and abort at every cycle of a short block of every TT_FC, so at every burst
// boundary; and with peripherals that have fallen silent (specification 5.4, 7 #10).
#include <string>
#include <tuple>

#include "registers/flow.h"

namespace dmavp::tb {
namespace {

constexpr u32 kSuspendBits = irq::kSuspended | irq::kSourceSuspended;

RigOptions plain() {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 2;
  o.parameters.fifo_depth = 4;
  o.ram_bytes = 36 << 10;
  return o;
}

/// What software and the peripherals can see of a channel.
struct View {
  u64 sar, dar, block_ts, status, given, taken;
  explicit View(const Flow& f)
      : sar(f.rig.read("SAR", f.channel)),
        dar(f.rig.read("DAR", f.channel)),
        block_ts(f.rig.read("BLOCK_TS", f.channel)),
        status(f.rig.read("STATUS", f.channel)),
        given(f.rig.device(kSourceHs).data.size()),
        taken(f.rig.device(kSinkHs).data.size()) {}
  bool operator==(const View& o) const {
    return sar == o.sar && dar == o.dar && block_ts == o.block_ts && status == o.status && given == o.given &&
           taken == o.taken;
  }
};

u64 read_so_far(const Flow& f) {
  return from_device(f.tt_fc) ? f.rig.device(kSourceHs).data.size()
                              : f.rig.read("SAR", f.channel) - kFlowFrom;
}

/// TT_FC, and SMS and DMS as two bits.
class PeripheralStops : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {
 protected:
  Flow flow_of_test() {
    const auto [tt_fc, masters] = GetParam();
    Flow flow{rig_, tt_fc};
    flow.src_master = masters & 1;
    flow.dst_master = masters >> 1;
    return flow;
  }
  /// Starts the block and lets `at` cycles pass. False once it is over by then.
  bool run_to(const Flow& flow, Cycle at) {
    rig_.soft_reset();
    rig_.power_up();
    rig_.accesses().clear();
    for (u64 a = kFlowTo; a < kFlowTo + 128; a += 8) rig_.ram().store(a, before_.load(a));
    flow.begin();
    flow.feed();
    rig_.run(at);
    return rig_.enabled(flow.channel);
  }
  /// The channel serves an ordinary block of the same kind afterwards.
  void expect_usable(const Flow& flow) {
    for (u64 a = kFlowTo; a < kFlowTo + 128; a += 8) rig_.ram().store(a, before_.load(a));
    rig_.write("INTCLEAR", flow.channel, ~u64{0});
    flow.begin();
    flow.feed();
    ASSERT_TRUE(rig_.run_until_idle(5000));
    EXPECT_EQ(rig_.status(flow.channel), irq::kTransferDone | flow.transaction_bits());
    EXPECT_TRUE(flow.exact(before_, flow.bytes()));
  }

  Rig rig_{plain()};
  Image before_ = fill(rig_, 8);
};
INSTANTIATE_TEST_SUITE_P(Types, PeripheralStops,
                         testing::Combine(testing::Range(0u, 8u), testing::Range(0u, 4u)), [](const auto& p) {
                           return std::string(kFlowNames[std::get<0>(p.param)]) + "Ports" +
                                  std::to_string(std::get<1>(p.param) & 1) +
                                  std::to_string(std::get<1>(p.param) >> 1);
                         });

TEST_P(PeripheralStops, PauseAndResumeAtEveryCycleKeepTheStreamExact) {
  const Flow flow = flow_of_test();
  unsigned caught = 0;
  for (Cycle at = 0; run_to(flow, at); ++at) {
    SCOPED_TRACE(at);
    ASSERT_LT(at, 1000u);
    rig_.suspend(2);
    ASSERT_TRUE(
        rig_.run_until([&] { return (rig_.status(2) & irq::kSuspended) || !rig_.enabled(2); }, 300, 1));
    if (!rig_.enabled(2)) continue;  // the last burst was on its way
    ++caught;
    EXPECT_EQ(rig_.status(2) & ~flow.transaction_bits(), kSuspendBits);
    const View paused(flow);
    EXPECT_EQ(read_so_far(flow), flow.arrived()) << "the FIFO has drained";
    ASSERT_TRUE(flow.exact(before_, flow.arrived()));
    rig_.run(200);
    EXPECT_TRUE(View(flow) == paused) << "residue is frozen";
    rig_.write("INTCLEAR", 2, kSuspendBits);
    rig_.resume(2);
    ASSERT_TRUE(rig_.run_until_idle(5000));
    EXPECT_EQ(rig_.status(2), irq::kTransferDone | flow.transaction_bits());
    ASSERT_TRUE(flow.exact(before_, flow.bytes()));
    EXPECT_TRUE(flow.on_its_ports());
    if (HasFailure()) return;
  }
  EXPECT_GT(caught, 20u);
}

TEST_P(PeripheralStops, DisableAtEveryCycleLeavesWhatTheRegistersSay) {
  const Flow flow = flow_of_test();
  unsigned caught = 0;
  for (Cycle at = 0; run_to(flow, at); ++at) {
    SCOPED_TRACE(at);
    ASSERT_LT(at, 1000u);
    rig_.disable(2);
    ASSERT_TRUE(rig_.run_until_idle(300, 1));
    const u32 seen = rig_.status(2) & ~flow.transaction_bits();
    ASSERT_TRUE(seen == irq::kDisabled || seen == irq::kTransferDone) << seen;
    if (seen == irq::kTransferDone) continue;
    ++caught;
    const View stopped(flow);
    EXPECT_EQ(read_so_far(flow), flow.arrived()) << "drained, nothing is lost";
    EXPECT_EQ(stopped.status & 0x3FFFFF, flow.arrived() / 4);
    ASSERT_TRUE(flow.exact(before_, flow.arrived()));
    rig_.run(300);
    EXPECT_TRUE(View(flow) == stopped) << "nothing moves afterwards";
    expect_usable(flow);
    EXPECT_TRUE(flow.on_its_ports());
    if (HasFailure()) return;
  }
  EXPECT_GT(caught, 20u);
}

TEST_P(PeripheralStops, AbortAtEveryCycleLeavesWhatTheRegistersSay) {
  const Flow flow = flow_of_test();
  for (Cycle at = 0; run_to(flow, at); ++at) {
    SCOPED_TRACE(at);
    ASSERT_LT(at, 1000u);
    rig_.abort(2);
    EXPECT_EQ(rig_.read("DMAC_CHEN"), 0u);
    EXPECT_EQ(rig_.status(2) & ~flow.transaction_bits(), irq::kAborted);
    const View stopped(flow);
    EXPECT_GE(read_so_far(flow), flow.arrived());
    EXPECT_EQ(stopped.status & 0x3FFFFF, flow.arrived() / 4);
    ASSERT_TRUE(flow.exact(before_, flow.arrived()));
    rig_.run(300);
    EXPECT_TRUE(View(flow) == stopped) << "nothing moves afterwards";
    ASSERT_TRUE(flow.exact(before_, flow.arrived()));
    expect_usable(flow);
    EXPECT_TRUE(flow.on_its_ports());
    if (HasFailure()) return;
  }
}

TEST_P(PeripheralStops, SuspendThenDisableAtEveryCycle) {
  const Flow flow = flow_of_test();
  for (Cycle at = 0; run_to(flow, at); at += 3) {
    SCOPED_TRACE(at);
    rig_.suspend(2);
    ASSERT_TRUE(
        rig_.run_until([&] { return (rig_.status(2) & irq::kSuspended) || !rig_.enabled(2); }, 300, 1));
    if (!rig_.enabled(2)) continue;
    rig_.disable(2);
    EXPECT_FALSE(rig_.enabled(2)) << "at once: there is nothing left to drain";
    EXPECT_FALSE(rig_.suspended_bit(2));
    EXPECT_EQ(rig_.status(2) & ~flow.transaction_bits(), kSuspendBits | irq::kDisabled);
    ASSERT_TRUE(flow.exact(before_, flow.arrived()));
    expect_usable(flow);
    EXPECT_TRUE(flow.on_its_ports());
    if (HasFailure()) return;
  }
}

// --- silence ---

/// The peripherals become ready for `source` and `sink` items, then never again.
void begin_stalled(const Flow& flow, u32 source, u32 sink) {
  flow.rig.power_up();
  flow.begin();
  if (source) flow.rig.feed(kSourceHs, source);
  if (sink) flow.rig.feed(kSinkHs, sink);
  flow.rig.run(500);
  ASSERT_TRUE(flow.rig.enabled(flow.channel));
}

TEST(SilentSource, SuspendAndDisableAndAbortActAtOnce) {
  for (const unsigned type : {2u, 3u, 4u, 5u, 7u}) {
    for (const u32 given : {0u, 5u}) {
      SCOPED_TRACE(testing::Message() << kFlowNames[type] << " " << given);
      Rig rig(plain());
      const Flow flow{rig, type};
      const Image before = fill(rig, 8);
      begin_stalled(flow, given, to_device(type) ? 18 : 0);
      rig.suspend(2);
      ASSERT_TRUE(rig.run_until([&] { return (rig.status(2) & irq::kSuspended) != 0; }, 40, 1));
      rig.write("INTCLEAR", 2, ~u64{0});
      rig.resume(2);
      rig.run(100);
      EXPECT_TRUE(rig.enabled(2));
      rig.disable(2);
      ASSERT_TRUE(rig.run_until_idle(40, 1));
      EXPECT_EQ(rig.status(2) & ~flow.transaction_bits(), irq::kDisabled);
      EXPECT_TRUE(flow.exact(before, flow.arrived()));
      begin_stalled(flow, given, to_device(type) ? 18 : 0);
      rig.abort(2);
      EXPECT_FALSE(rig.enabled(2));
    }
  }
}

class SilentSink : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Drop, SilentSink, testing::Bool());

/// A destination that takes no more holds up suspend and disable while there is data for it, as on silicon;
/// or a disable drops the data, if the parameter says so. An abort always works.
TEST_P(SilentSink, HoldsUpTheStopUntilItAsksOrIsAborted) {
  for (const unsigned type : {1u, 3u, 5u}) {
    SCOPED_TRACE(kFlowNames[type]);
    RigOptions o = plain();
    o.parameters.drop_when_silent = GetParam();
    Rig rig(o);
    const Flow flow{rig, type};
    const Image before = fill(rig, 8);
    const u32 source = from_device(type) ? 18 : 0;
    begin_stalled(flow, source, 4);
    ASSERT_GT(read_so_far(flow), 16u) << "the FIFO has something for the silent destination";
    rig.suspend(2);
    rig.run(2000);
    EXPECT_EQ(rig.status(2) & kSuspendBits, irq::kSourceSuspended)
        << "the source has stopped, the FIFO not drained";
    rig.feed(kSinkHs, 14);
    ASSERT_TRUE(rig.run_until([&] { return (rig.status(2) & irq::kSuspended) != 0; }, 1000, 1));
    EXPECT_EQ(read_so_far(flow), flow.arrived());
    EXPECT_TRUE(flow.exact(before, flow.arrived()));
    rig.resume(2);
    ASSERT_TRUE(rig.run_until_idle(5000));
    EXPECT_TRUE(flow.exact(before, flow.bytes()));

    rig.write("INTCLEAR", 2, ~u64{0});
    begin_stalled(flow, source, 4);
    rig.disable(2);
    rig.run(2000);
    EXPECT_EQ(rig.enabled(2), !GetParam()) << "hardware waits for ever";
    EXPECT_EQ(rig.device(kSinkHs).data.size(), 16u);
    if (!GetParam()) {
      rig.feed(kSinkHs, 14);
      ASSERT_TRUE(rig.run_until_idle(1000, 1));
    }
    EXPECT_EQ(rig.status(2) & ~flow.transaction_bits(), irq::kDisabled);
    EXPECT_TRUE(flow.exact(before, flow.arrived()));

    rig.write("INTCLEAR", 2, ~u64{0});
    begin_stalled(flow, source, 4);
    rig.disable(2);
    rig.abort(2);
    EXPECT_FALSE(rig.enabled(2)) << "a disable that hangs is aborted";
    EXPECT_TRUE((rig.status(2) & (irq::kAborted | irq::kDisabled)) != 0);
    rig.feed(kSinkHs, 14);
    rig.run(500);
    EXPECT_EQ(rig.device(kSinkHs).data.size(), 16u) << "it may ask again: nobody answers";
  }
}

}  // namespace
}  // namespace dmavp::tb
