// Throughput, shares and accounts through the SystemC module, against closed forms (design section 5), in
// cycles.
#include <algorithm>
#include <cmath>
#include <map>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x1000, kTo = kRam + 0x40000;

RigOptions timed(Cycle latency, Cycle overhead, bool dmi) {
  RigOptions o;
  o.parameters = small_parameters();
  o.parameters.fifo_depth = 1024;  // out of the way
  o.parameters.burst_overhead = overhead;
  o.ram_bytes = 2 << 20;
  o.read_latency = latency;
  o.write_latency = 1;
  o.dmi = dmi;
  return o;
}

/// Beats per cycle between two moments in the middle of a long transfer.
double steady(Rig& rig, unsigned ch, Cycle from, Cycle to) {
  rig.run(from - rig.now());
  const u64 a = rig.statistics(ch).bytes_written;
  rig.run(to - from);
  EXPECT_TRUE(rig.enabled(ch)) << "too short a transfer for the measurement";
  return static_cast<double>(rig.statistics(ch).bytes_written - a) / 8 / static_cast<double>(to - from);
}

void expect_accounts(Rig& rig) {
  const Cycle now = rig.now();
  for (unsigned ch = 0; ch < rig.options().parameters.num_channels; ++ch) {
    const auto s = rig.statistics(ch);
    for (const auto* side : {&s.reader, &s.writer}) {
      Cycle sum = 0;
      for (const Cycle c : side->cycles) sum += c;
      EXPECT_EQ(sum, now) << "channel " << ch;
    }
    EXPECT_GE(s.bytes_read, s.bytes_written);
  }
}

class Throughput : public testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(Dmi, Throughput, testing::Bool());

/// One side has `n` bursts of `b` beats outstanding over latency `l`; the other side is out of the way.
void expect_closed_form(bool write_side, bool dmi) {
  for (const Cycle latency : {Cycle{0}, Cycle{9}, Cycle{40}, Cycle{150}}) {
    for (const Cycle overhead : {Cycle{0}, Cycle{3}}) {
      RigOptions o = timed(write_side ? 1 : latency, overhead, dmi);
      if (write_side) o.write_latency = latency;
      Rig rig(o);
      for (const unsigned beats : {1u, 4u, 16u, 64u}) {
        for (const unsigned outstanding : {1u, 2u, 4u, 16u}) {
          rig.soft_reset();
          rig.power_up();
          const ChannelSetup s = single(0, kFrom, kTo, 1 << 17, bursts(beats));
          program_channel(
              rig, s,
              (write_side ? cfg_for(s, 0, 15, outstanding - 1) : cfg_for(s, 0, outstanding - 1, 15))
                  .encode(false));
          rig.enable(0);
          const Cycle begin = rig.now();
          const double measured = steady(rig, 0, begin + 6000, begin + 26000);
          const double n = outstanding, b = beats, l = static_cast<double>(latency),
                       h = static_cast<double>(overhead);
          // A write's dead cycles lie behind its last beat, where they pass while its response is awaited.
          const double expected = std::min(b / (b + h), n * b / (l + b + (write_side ? 0 : h)));
          EXPECT_NEAR(measured / expected, 1.0, 0.02) << "L " << l << " h " << h << " B " << b << " N " << n
                                                      << ": " << measured << " for " << expected;
        }
      }
      expect_accounts(rig);
    }
  }
}

TEST_P(Throughput, OfTheReadSideFollowsTheClosedForm) { expect_closed_form(false, GetParam()); }
TEST_P(Throughput, OfTheWriteSideFollowsTheClosedForm) { expect_closed_form(true, GetParam()); }

TEST_P(Throughput, EqualChannelsShareEqually) {
  for (const unsigned k : {2u, 3u, 5u, 8u}) {
    Rig rig(timed(20, 0, GetParam()));
    rig.power_up();
    for (unsigned ch = 0; ch < k; ++ch)
      start(rig, single(ch, kFrom, kTo + ch * 0x20000, 1 << 14, bursts(16)), 2, 15);
    rig.run(2000);
    std::vector<u64> before;
    for (unsigned ch = 0; ch < k; ++ch) before.push_back(rig.statistics(ch).bytes_written);
    rig.run(16000);
    for (unsigned ch = 0; ch < k; ++ch) {
      EXPECT_TRUE(rig.enabled(ch));
      const double share = static_cast<double>(rig.statistics(ch).bytes_written - before[ch]) / 8 / 16000;
      EXPECT_NEAR(share * k, 1.0, 0.02) << "channel " << ch << " of " << k;
    }
    expect_accounts(rig);
  }
}

TEST_P(Throughput, StrictPriorityLeavesTheRestToTheOther) {
  // The high one is latency-bound at 2 x 8 / (40 + 8) = 1/3; the low one has plenty outstanding and gets 2/3.
  Rig rig(timed(40, 0, GetParam()));
  rig.power_up();
  start(rig, single(3, kFrom, kTo, 1 << 16, bursts(8)), 7, 1);
  start(rig, single(1, kFrom, kTo + 0x80000, 1 << 16, bursts(8)), 0, 15);
  rig.run(3000);
  const u64 high = rig.statistics(3).bytes_written, low = rig.statistics(1).bytes_written;
  rig.run(30000);
  const double h = static_cast<double>(rig.statistics(3).bytes_written - high) / 8 / 30000;
  const double l = static_cast<double>(rig.statistics(1).bytes_written - low) / 8 / 30000;
  EXPECT_NEAR(h + l, 1.0, 0.02);
  EXPECT_LE(h, 1.0 / 3 * 1.02);
  // A burst of the low one that already occupies the data channel may be waited for, never more.
  EXPECT_GE(h, 16.0 / (40 + 8 + 8) * 0.98);
  expect_accounts(rig);
}

TEST_P(Throughput, AHighPriorityStreamThatCanFillTheBusStarvesTheLow) {
  Rig rig(timed(10, 0, GetParam()));
  rig.power_up();
  start(rig, single(1, kFrom, kTo, 1 << 16, bursts(16)), 0, 15);
  start(rig, single(3, kFrom, kTo + 0x80000, 1 << 16, bursts(16)), 5, 15);
  rig.run(2000);
  const u64 high = rig.statistics(3).bytes_written, low = rig.statistics(1).bytes_written;
  rig.run(20000);
  EXPECT_NEAR(static_cast<double>(rig.statistics(3).bytes_written - high) / 8 / 20000, 1.0, 0.02);
  EXPECT_LE(static_cast<double>(rig.statistics(1).bytes_written - low) / 8 / 20000, 0.02);
  expect_accounts(rig);
}

TEST_P(Throughput, SharedDataPortHalvesTheRate) {
  RigOptions o = timed(10, 0, GetParam());
  o.parameters.shared_data_port = true;
  Rig rig(o);
  rig.power_up();
  start(rig, single(0, kFrom, kTo, 1 << 16, bursts(16)), 0, 15);
  EXPECT_NEAR(steady(rig, 0, 4000, 24000), 0.5, 0.01);
  expect_accounts(rig);
}

/// Times are the same whether memory is reached by DMI or by transactions, and however often somebody looks.
TEST(Times, DoNotDependOnDmiOrOnObservation) {
  std::map<std::string, std::vector<Picoseconds>> seen;
  for (const bool dmi : {false, true}) {
    for (const Cycle step : {Cycle{7}, Cycle{100}, Cycle{100000}}) {
      RigOptions o = timed(12, 1, dmi);
      o.parameters.fifo_depth = 32;
      Rig rig(o);
      rig.power_up();
      u64 all = 0;
      for (const unsigned ch : {0u, 2u, 3u}) {
        program(rig, single(ch, kFrom + ch * 0x1000, kTo + ch * 0x8000, 900 + 100 * ch, bursts(4 + ch)),
                ch & 1, ch);
        all |= u64{0x101} << ch;
      }
      rig.write("DMAC_CHEN", all);
      for (Cycle t = 0; t < 20000; t += step) {
        rig.run(step);
        rig.read("DAR", 2);
      }
      std::vector<Picoseconds> ends;
      for (const int line : {0, 2, 3}) {
        const auto e = std::find_if(rig.edges().begin(), rig.edges().end(),
                                    [&](const Edge& x) { return x.line == line && x.level; });
        ASSERT_NE(e, rig.edges().end());
        ends.push_back(e->time);
      }
      seen[std::to_string(dmi) + "/" + std::to_string(step)] = ends;
    }
  }
  for (const auto& [how, ends] : seen) EXPECT_EQ(ends, seen.begin()->second) << how;
}

TEST(Times, SuspendedCyclesAreAccountedAsSuspended) {
  Rig rig(timed(10, 0, true));
  rig.power_up();
  start(rig, single(0, kFrom, kTo, 4096, bursts(16)), 0, 3);
  rig.run(1000);
  rig.suspend(0);
  rig.run(5000);
  const auto s = rig.statistics(0);
  const auto suspended = static_cast<std::size_t>(dmac::Cause::kSuspended);
  EXPECT_GT(s.reader.cycles[suspended], 4800u);
  EXPECT_GT(s.writer.cycles[suspended], 4500u);
  expect_accounts(rig);
  rig.resume(0);
  rig.run_until_idle();
  expect_accounts(rig);
}

}  // namespace
}  // namespace dmavp::tb
