// Peripherals at the registers: requests, transactions, TRANSCOMP, software handshake
// (specification 5.6, 5.7).
#include <numeric>

#include "registers/flow.h"

namespace dmavp::tb {
namespace {

constexpr u32 kSrcTransComp = 1u << 3, kDstTransComp = 1u << 4;

RigOptions plain(bool dmi = true) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.num_masters = 2;
  o.ram_bytes = 64 << 10;
  o.dmi = dmi;
  return o;
}

class Handshake : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Types, Handshake, testing::Range(1u, 8u),
                         [](const auto& p) { return kFlowNames[p.param]; });

/// "DMA starts at enable instead of at the peripheral's request."
TEST_P(Handshake, NothingMovesUnaskedAndEverythingAsAsked) {
  for (const bool dmi : {false, true}) {
    Rig rig(plain(dmi));
    const Flow flow{rig, GetParam()};
    const Image before = fill(rig, 4);
    rig.power_up();
    flow.begin();
    rig.run(1000);
    EXPECT_TRUE(rig.enabled(2));
    EXPECT_EQ(rig.status(2), 0u);
    EXPECT_TRUE(rig.device(kSourceHs).data.empty() && rig.device(kSinkHs).data.empty());
    EXPECT_EQ(rig.read("DAR", 2), flow.sink());
    flow.feed();
    ASSERT_TRUE(rig.run_until_idle(5000));
    EXPECT_EQ(rig.status(2), irq::kTransferDone | flow.transaction_bits());
    EXPECT_TRUE(flow.exact(before, flow.bytes()));
    EXPECT_EQ(rig.read("STATUS", 2), flow.items);
    EXPECT_EQ(rig.read("SAR", 2), flow.source() + (from_device(flow.tt_fc) ? 0 : flow.bytes()));
    EXPECT_EQ(rig.read("DAR", 2), flow.sink() + (to_device(flow.tt_fc) ? 0 : flow.bytes()));
    for (const unsigned hs : {kSourceHs, kSinkHs}) {
      const Device& d = rig.device(hs);
      if (d.transactions.empty()) continue;
      EXPECT_EQ(d.finishes, 1u) << "dma_finish with the last transaction";
      EXPECT_EQ(std::accumulate(d.transactions.begin(), d.transactions.end(), 0u), flow.bytes());
      if (!d.script.empty()) {
        for (std::size_t i = 0; i < d.script.size(); ++i) EXPECT_EQ(d.transactions[i], 4 * d.script[i]) << i;
      } else if (flow.tt_fc < 4) {
        EXPECT_EQ(d.transactions, (std::vector<u32>{16, 16, 16, 16, 4, 4})) << "two items are not a burst";
      }
    }
    EXPECT_EQ(rig.device(kSourceHs).data.size(), from_device(flow.tt_fc) ? flow.bytes() : 0u)
        << "nothing was read that is not wanted";
    EXPECT_TRUE(rig.violations().empty()) << rig.violations().front();
  }
}

/// Item by item as the peripheral gets ready: the controller is never ahead of it.
TEST_P(Handshake, SlowPeripheralsAreServedAsTheyBecomeReady) {
  Rig rig(plain());
  const Flow flow{rig, GetParam()};
  const Image before = fill(rig, 4);
  rig.power_up();
  flow.begin();
  for (u32 i = 0; i < flow.items; ++i) {
    rig.run(40);
    if (from_device(flow.tt_fc)) rig.feed(kSourceHs, 1);
    rig.run(40);
    if (to_device(flow.tt_fc)) rig.feed(kSinkHs, 1);
  }
  ASSERT_TRUE(rig.run_until_idle(5000));
  EXPECT_EQ(rig.status(2), irq::kTransferDone | flow.transaction_bits());
  EXPECT_TRUE(flow.exact(before, flow.bytes()));
}

/// dma_single alone is no request in the burst region (5.6).
TEST(HandshakeRules, SingleAloneDoesNotStartABurst) {
  Rig rig(plain());
  const Flow flow{rig, 2};
  fill(rig, 4);
  rig.power_up();
  flow.begin();
  rig.device(kSourceHs).ready = 12;
  rig.request(kSourceHs, {false, true, false});
  rig.run(500);
  EXPECT_TRUE(rig.device(kSourceHs).data.empty());
  rig.feed(kSourceHs, 15);
  ASSERT_TRUE(rig.run_until_idle(5000));
  EXPECT_EQ(rig.device(kSourceHs).data.size(), 72u);
}

/// In the single region dma_req moves the rest at once.
TEST(HandshakeRules, BurstRequestInTheSingleRegionMovesTheRemainder) {
  Rig rig(plain());
  const Flow flow{rig, 1};
  fill(rig, 4);
  rig.power_up();
  flow.begin();
  rig.device(kSinkHs).singles = false;
  rig.feed(kSinkHs, 20);
  ASSERT_TRUE(rig.run_until_idle(5000));
  EXPECT_EQ(rig.device(kSinkHs).transactions, (std::vector<u32>{16, 16, 16, 16, 8}));
}

/// dma_last means nothing when the controller decides where a block ends.
TEST(HandshakeRules, LastIsIgnoredUnlessThePeripheralIsFlowController) {
  Rig rig(plain());
  const Flow flow{rig, 2};
  const Image before = fill(rig, 4);
  rig.power_up();
  flow.begin();
  rig.device(kSourceHs).ready = 72;
  rig.request(kSourceHs, {true, true, true});
  ASSERT_TRUE(rig.run_until_idle(5000));
  EXPECT_TRUE(flow.exact(before, 72));
}

/// The interface that CFG names, and no other; both register layouts.
TEST(HandshakeRules, OnlyTheSelectedInterfaceIsHeard) {
  for (const bool cfg2 : {false, true}) {
    RigOptions o = plain();
    o.parameters.num_hs_if = cfg2 ? 64 : 16;
    Rig rig(o);
    for (const unsigned hs : {0u, 5u, cfg2 ? 63u : 15u}) {
      SCOPED_TRACE(hs);
      rig.soft_reset();
      fill(rig, 4);
      rig.power_up();
      for (unsigned i = 0; i < o.parameters.num_hs_if; ++i) {
        rig.device(i) = Device{};
        rig.drive(i);
      }
      CfgFields c;
      c.tt_fc = 2;
      c.src_per = hs;
      CtlFields ctl = wide(2);
      ctl.src_fixed = true;
      program_channel(rig, single(1, device_at(hs), kFlowTo, 5, ctl), c.encode(cfg2));
      rig.enable(1);
      for (unsigned i = 0; i < o.parameters.num_hs_if; ++i)
        if (i != hs) rig.feed(i, 5);
      rig.run(500);
      EXPECT_EQ(rig.read("DAR", 1), kFlowTo);
      rig.feed(hs, 5);
      ASSERT_TRUE(rig.run_until_idle(2000));
      EXPECT_EQ(rig.device(hs).transactions.size(), 5u);
      EXPECT_TRUE(rig.read("DAR", 1) == kFlowTo + 20);
    }
  }
}

/// Per transaction, not per transfer: cleared in between the bit comes again (2.6).
TEST(HandshakeRules, TransCompComesWithEveryTransaction) {
  Rig rig(plain());
  const Flow flow{rig, 3};
  fill(rig, 4);
  rig.power_up();
  flow.begin();
  rig.feed(kSourceHs, 18);
  ASSERT_TRUE(rig.run_until([&] { return rig.status(2) != 0; }, 500, 1));
  EXPECT_EQ(rig.status(2), kSrcTransComp);
  rig.run(500);
  rig.write("INTCLEAR", 2, ~u64{0});
  for (unsigned i = 0; i < 4; ++i) {
    rig.feed(kSinkHs, 4);
    rig.run(200);
    EXPECT_EQ(rig.status(2) & kDstTransComp, kDstTransComp) << i;
    rig.write("INTCLEAR", 2, ~u64{0});
  }
  EXPECT_TRUE(rig.enabled(2));
}

// --- software handshake: REQ 1, REQ_WE 2, SGLREQ 4, SGLREQ_WE 8, LST 16, LST_WE 32 ---

class SoftwareHandshake : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Types, SoftwareHandshake, testing::Range(1u, 8u),
                         [](const auto& p) { return kFlowNames[p.param]; });

TEST_P(SoftwareHandshake, EveryTransactionIsAskedForByARegisterWrite) {
  Rig rig(plain());
  const Flow flow{rig, GetParam(), 2, 18, true};
  const Image before = fill(rig, 4);
  rig.power_up();
  for (const char* name : {"SWHSSRC", "SWHSDST"}) {
    rig.write(name, 2, 0x3F);
    EXPECT_EQ(rig.read(name, 2), 0u) << "writable only while the channel is enabled";
  }
  flow.begin();
  for (const unsigned hs : {kSourceHs, kSinkHs}) rig.device(hs).careless = true;
  flow.feed();  // hardware requests are not looked at
  rig.run(500);
  EXPECT_EQ(rig.read("DAR", 2), flow.sink());
  EXPECT_TRUE(rig.device(kSourceHs).data.empty() && rig.device(kSinkHs).data.empty());
  rig.write("SWHSSRC", 2, 0x15);
  EXPECT_EQ(rig.read("SWHSSRC", 2), 0u) << "no write enable, no effect";

  std::size_t asked[2] = {};
  const auto ask = [&](bool sink, const char* name) {
    const bool control = sink ? sink_in_control(flow.tt_fc) : source_in_control(flow.tt_fc);
    const auto script = Flow::script();
    const std::size_t n = asked[sink]++;
    if (control && n >= script.size()) return;
    if (control) {
      rig.write(name, 2, 3 | (script[n] == 1 ? 0xC : 0) | (n + 1 == script.size() ? 0x30 : 0));
    } else {
      rig.write(name, 2, n < 4 ? 3 : 0xF);
    }
  };
  for (unsigned round = 0; round < 8 && rig.enabled(2); ++round) {
    if (from_device(flow.tt_fc) && (rig.read("SWHSSRC", 2) & 1) == 0) ask(false, "SWHSSRC");
    if (to_device(flow.tt_fc) && (rig.read("SWHSDST", 2) & 1) == 0) ask(true, "SWHSDST");
    rig.run(300);
  }
  ASSERT_FALSE(rig.enabled(2));
  EXPECT_EQ(rig.status(2), irq::kTransferDone | flow.transaction_bits());
  EXPECT_EQ(rig.read("SWHSSRC", 2), 0u);
  EXPECT_EQ(rig.read("SWHSDST", 2), 0u);
  EXPECT_TRUE(flow.exact(before, flow.bytes()));
}

TEST(SoftwareHandshakeBits, StayUntilTheTransactionIsDoneAndCannotBeCleared) {
  Rig rig(plain());
  const Flow flow{rig, 3, 2, 18, true};
  fill(rig, 4);
  rig.power_up();
  flow.begin();
  for (const unsigned hs : {kSourceHs, kSinkHs}) rig.device(hs).careless = true;
  rig.write("SWHSDST", 2, 3);  // nothing to write yet
  EXPECT_EQ(rig.read("SWHSDST", 2), 1u);
  rig.write("SWHSDST", 2, 2);
  rig.run(100);
  EXPECT_EQ(rig.read("SWHSDST", 2), 1u) << "software cannot clear it";
  rig.write("SWHSSRC", 2, 3);
  rig.run(200);
  EXPECT_EQ(rig.read("SWHSSRC", 2), 0u);
  EXPECT_EQ(rig.read("SWHSDST", 2), 0u);
  EXPECT_EQ(rig.status(2), kSrcTransComp | kDstTransComp);
  EXPECT_EQ(rig.device(kSinkHs).data.size(), 16u);
  rig.write("SWHSSRC", 2, 3);
  rig.write("SWHSDST", 2, 3);
  rig.abort(2);
  EXPECT_EQ(rig.read("SWHSDST", 2), 0u) << "requests end with the channel";
  flow.begin();
  EXPECT_EQ(rig.read("SWHSSRC", 2) | rig.read("SWHSDST", 2), 0u) << "and do not come back";
  rig.run(500);
  EXPECT_TRUE(rig.device(kSourceHs).data.empty());
}

}  // namespace
}  // namespace dmavp::tb
