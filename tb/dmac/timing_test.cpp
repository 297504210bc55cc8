// Closed forms: throughput, shares, priority, start and end of a transfer, in-flight bytes and residue per
// cycle.
#include <gtest/gtest.h>

#include <numeric>

#include "dmac/engine_rig.h"
#include "dmac/planner.h"

namespace dmavp::dmac::test {
namespace {

struct Point {
  unsigned outstanding;
  unsigned beats;
  Cycle latency;
  Cycle overhead;
};

class Throughput : public testing::TestWithParam<bool> {};

TEST_P(Throughput, OneChannelFollowsTheClosedForm) {
  for (const Point& q :
       {Point{1, 16, 20, 0}, Point{1, 4, 7, 0}, Point{2, 16, 50, 0}, Point{3, 8, 40, 0}, Point{4, 16, 64, 0},
        Point{4, 16, 48, 0}, Point{4, 16, 10, 0}, Point{16, 8, 200, 0}, Point{16, 1, 30, 0},
        Point{1, 16, 20, 5}, Point{4, 8, 60, 3}, Point{2, 256, 100, 0}}) {
    Parameters p = default_parameters();
    p.fifo_depth = 1024;
    p.burst_overhead = q.overhead;
    Rig rig(p, std::size_t{1} << 20);
    rig.port.direct = GetParam();
    rig.port.read_latency = q.latency;
    Control control;
    control.burst = q.beats;
    const std::uint32_t bytes = 1u << 18;
    rig.program(0, 0, 1u << 19, bytes, control, q.outstanding);
    rig.engine.enable(0);
    rig.run();
    const double beats = bytes / 8.0;
    const double rate = beats / static_cast<double>(rig.client.cycle_of(0, kDmaTfrDone));
    const double n = q.outstanding;
    const double b = q.beats;
    const auto l = static_cast<double>(q.latency);
    const auto h = static_cast<double>(q.overhead);
    EXPECT_NEAR(rate / std::min(b / (b + h), n * b / (l + b + h)), 1.0, 0.02)
        << "N " << n << " B " << b << " L " << l << " h " << h;
  }
}

TEST_P(Throughput, EqualChannelsShareEqually) {
  for (unsigned channels : {2u, 3u, 5u, 8u}) {
    for (unsigned outstanding : {1u, 4u}) {
      Parameters p = default_parameters();
      Rig rig(p, std::size_t{1} << 22);
      rig.port.direct = GetParam();
      const std::uint32_t share = 1u << 18;
      for (unsigned ch = 0; ch < channels; ++ch) {
        rig.program(ch, ch * share, (8 + ch) * share - (ch == 7 ? 0 : 0), share, {}, outstanding);
        rig.engine.enable(ch);
      }
      rig.engine.advance(20'000);
      std::uint64_t total = 0;
      for (unsigned ch = 0; ch < channels; ++ch) total += rig.engine.channel_statistics(ch).bytes_written;
      for (unsigned ch = 0; ch < channels; ++ch) {
        const auto moved = static_cast<double>(rig.engine.channel_statistics(ch).bytes_written);
        EXPECT_NEAR(moved * channels / static_cast<double>(total), 1.0, 0.02) << ch << " of " << channels;
      }
      EXPECT_NEAR(static_cast<double>(total) / 8 / 20'000, outstanding * channels >= 2 ? 1.0 : 16.0 / 26,
                  0.02);
    }
  }
}

TEST_P(Throughput, HigherPriorityRunsAsIfItWereAlone) {
  const auto done = [](bool with_others, bool direct) {
    Rig rig(default_parameters(), std::size_t{1} << 22);
    rig.port.direct = direct;
    const std::uint32_t share = 1u << 17;
    for (unsigned ch : {0u, 1u, 2u}) {
      if (ch != 1 && !with_others) continue;
      rig.program(ch, ch * share, (8 + ch) * share, share, {}, 8, ch == 1 ? 3 : ch);
      rig.engine.enable(ch);
    }
    rig.run();
    const Cycle first = rig.client.cycle_of(1, kDmaTfrDone);
    if (with_others) {
      // While channel 1 runs the others get the crumbs; then 2 goes before 0.
      EXPECT_LT(rig.client.cycle_of(2, kDmaTfrDone), rig.client.cycle_of(0, kDmaTfrDone));
      EXPECT_NEAR(static_cast<double>(rig.client.cycle_of(2, kDmaTfrDone)) / static_cast<double>(first), 2.0,
                  0.05);
    }
    return first;
  };
  const auto alone = static_cast<double>(done(false, GetParam()));
  EXPECT_NEAR(static_cast<double>(done(true, GetParam())) / alone, 1.0, 0.02);
}

/// A higher channel that takes every other turn does not disturb the round of the lower ones.
TEST_P(Throughput, EqualChannelsShareEquallyBelowAHigherOne) {
  Parameters p = default_parameters();
  Rig rig(p, std::size_t{1} << 22);
  rig.port.direct = GetParam();
  const std::uint32_t share = 1u << 18;
  for (unsigned ch = 0; ch < 5; ++ch) {
    rig.program(ch, ch * share, (8 + ch) * share, share, {}, ch == 4 ? 1 : 4, ch == 4 ? 3 : 1);
    rig.engine.enable(ch);
  }
  rig.engine.advance(20'000);
  const auto moved = [&](unsigned ch) {
    return static_cast<double>(rig.engine.channel_statistics(ch).bytes_written);
  };
  const double equal = (moved(0) + moved(1) + moved(2) + moved(3)) / 4;
  EXPECT_GT(moved(4), 2 * equal);
  for (unsigned ch = 0; ch < 4; ++ch) EXPECT_NEAR(moved(ch) / equal, 1, 0.02) << ch;
}

INSTANTIATE_TEST_SUITE_P(CommitAndDirect, Throughput, testing::Bool());

TEST(Timing, AnAloneBurstTakesTheSumOfItsParts) {
  Parameters p = default_parameters();
  p.start_latency = 5;
  p.done_latency = 3;
  p.cut_through_delay = 2;
  Rig rig(p);
  rig.port.log = true;
  rig.port.read_latency = 11;
  rig.port.write_latency = 7;
  rig.engine.advance(100);
  rig.program(0, 0x1000, 0x2000, 128);
  rig.engine.enable(0);
  rig.run();
  ASSERT_EQ(rig.port.bursts.size(), 2u);
  const BurstTimes& read = rig.port.bursts[0].times;
  EXPECT_EQ(read.accepted, 105u);
  EXPECT_EQ(read.first_beat, 116u);
  EXPECT_EQ(read.last_beat, 131u);
  const BurstTimes& write = rig.port.bursts[1].times;
  EXPECT_EQ(write.accepted, 133u) << "store and forward: behind the last beat";
  EXPECT_EQ(write.first_beat, 133u);
  EXPECT_EQ(write.last_beat, 148u);
  EXPECT_EQ(write.response, 155u);
  EXPECT_EQ(rig.client.events, (std::vector<Event>{{0, kDmaTfrDone, 158}}));
}

TEST(Timing, CutThroughChainsBeatsAndNeverOvertakesData) {
  for (unsigned src_width = 0; src_width <= 3; ++src_width) {
    for (unsigned dst_width = 0; dst_width <= 3; ++dst_width) {
      for (std::uint64_t offset : {0u, 1u, 5u}) {
        Parameters p = default_parameters();
        p.write_start = WriteStart::kCutThrough;
        p.cut_through_delay = 2;
        Rig rig(p);
        rig.port.log = true;
        Control control;
        control.src_width = src_width;
        control.dst_width = dst_width;
        control.burst = 16;
        rig.program(0, 0x1000 + offset, 0x2000 + 3 * offset, 512, control);
        rig.engine.enable(0);
        rig.run();
        // Arrival of every byte, from the reads; departure from the writes.
        std::vector<Cycle> arrival(512, kNever);
        Cycle slack = kNever;
        for (const auto& [burst, times] : rig.port.bursts) {
          const std::uint64_t base = burst.write ? 0x2000 + 3 * offset : 0x1000 + offset;
          for (std::uint32_t i = 0; i < burst.bytes; ++i) {
            const std::uint64_t beat =
                (burst.address + i) / burst.beat_bytes - burst.address / burst.beat_bytes;
            const Cycle at = times.first_beat + beat;
            if (!burst.write) arrival[burst.address - base + i] = at;
          }
        }
        for (const auto& [burst, times] : rig.port.bursts) {
          if (!burst.write) continue;
          for (std::uint32_t i = 0; i < burst.bytes; ++i) {
            const std::uint64_t beat =
                (burst.address + i) / burst.beat_bytes - burst.address / burst.beat_bytes;
            const Cycle at = times.first_beat + beat;
            const Cycle come = arrival[burst.address - 0x2000 - 3 * offset + i];
            ASSERT_GE(at, come + p.cut_through_delay);
            slack = std::min(slack, at - come - p.cut_through_delay);
          }
        }
        EXPECT_EQ(slack, 0u) << "no beat waits longer than it must, " << src_width << " to " << dst_width;
      }
    }
  }
}

TEST(Timing, ResidueAndInFlightAreTrueInEveryCycle) {
  for (bool direct : {false, true}) {
    Parameters p = default_parameters();
    p.fifo_depth = 32;
    Rig rig(p);
    rig.port.direct = direct;
    rig.fill_random(3);
    const std::uint32_t bytes = 3000 * 8 / 8 & ~7u;
    for (std::uint32_t i = 0; i < bytes; ++i) rig.port.memory[0x8000 + i] = ~rig.port.memory[0x1000 + i];
    rig.program(0, 0x1000, 0x8000, bytes);
    rig.engine.enable(0);
    std::uint32_t most = 0;
    while (rig.engine.enabled(0)) {
      rig.engine.advance(rig.engine.now() + 1);
      std::uint32_t changed = 0;
      for (std::uint32_t i = 0; i < bytes; ++i) {
        changed += rig.port.memory[0x8000 + i] == rig.port.memory[0x1000 + i] ? 1u : 0u;
      }
      ASSERT_EQ(rig.engine.dar(0) - 0x8000, changed) << rig.engine.now();
      if (!rig.engine.enabled(0)) break;
      const std::uint32_t in_flight = rig.engine.fifo_bytes(0);
      ASSERT_EQ(rig.engine.sar(0) - 0x1000, changed + in_flight);
      ASSERT_LE(in_flight, fifo_bytes_of(p));
      if (rig.engine.block_ts(0) != bytes / 8 - 1) {  // programmed value until the block runs
        ASSERT_EQ(rig.engine.block_ts(0) * 8, changed + in_flight);
      }
      ASSERT_EQ(rig.engine.status(0), changed / 8 | (std::uint64_t{in_flight / 8} << 32));
      most = std::max(most, in_flight);
    }
    EXPECT_GT(most, 0u);
    EXPECT_EQ(rig.engine.sar(0), 0x1000u + bytes);
    EXPECT_EQ(rig.engine.block_ts(0), bytes / 8 - 1);
  }
}

// A wake is for an event or for a granule, however many channels share the port: nothing is asked in vain.
TEST(Timing, EventsComeAtAWakeAndDataGranuleByGranule) {
  const std::uint32_t bytes = 1u << 16;
  for (unsigned channels : {1u, 2u, 8u}) {
    for (bool direct : {false, true}) {
      Parameters p;
      p.num_channels = 8;
      Rig rig(p, std::size_t{1} << 21);
      rig.port.direct = direct;
      const auto target = [](unsigned ch) { return (1u << 20) + (ch << 17); };
      for (unsigned ch = 0; ch < channels; ++ch) {
        rig.program(ch, ch << 17, target(ch), bytes);
        rig.engine.enable(ch);
      }
      std::array<std::uint64_t, 8> visible{};
      unsigned wakes = 0;
      while (rig.engine.next_wake() != kNever) {
        const Cycle wake = rig.engine.next_wake();
        const std::size_t events = rig.client.events.size();
        rig.engine.advance(wake);
        ++wakes;
        for (std::size_t i = events; i < rig.client.events.size(); ++i)
          EXPECT_EQ(rig.client.events[i].cycle, wake);
        for (unsigned ch = 0; ch < channels; ++ch) {
          const std::uint64_t now_visible = rig.engine.dar(ch) - target(ch);
          EXPECT_LE(now_visible - visible[ch], rig.p.granule_bytes + 256);
          visible[ch] = now_visible;
        }
      }
      for (unsigned ch = 0; ch < channels; ++ch) EXPECT_EQ(visible[ch], bytes);
      // A granule of all channels together at each wake; start, end of the block and done of each.
      EXPECT_LE(wakes, bytes / rig.p.granule_bytes + 4 * channels) << channels << direct;
    }
  }
}

TEST(Timing, CausesNameTheBottleneck) {
  const auto share = [](Cause cause, bool reader, const std::function<void(Rig&)>& setup, Parameters p) {
    Rig rig(p, std::size_t{1} << 22);
    rig.program(0, 0, 1u << 20, 1u << 17);
    setup(rig);
    rig.engine.enable(0);
    rig.engine.advance(10'000);
    const ChannelStatistics s = rig.engine.channel_statistics(0);
    return static_cast<double>((reader ? s.reader : s.writer).cycles[static_cast<unsigned>(cause)]) / 10'000;
  };
  const Parameters deep = default_parameters();
  Parameters shallow = deep;
  shallow.fifo_depth = 32;
  EXPECT_GT(share(
                Cause::kTransferring, true, [](Rig&) {}, deep),
            0.98);
  EXPECT_GT(share(
                Cause::kOutstandingLimit, true,
                [](Rig& r) {
                  r.program(0, 0, 1u << 20, 1u << 17, {}, 1);
                  r.port.read_latency = 48;
                },
                deep),
            0.7);
  EXPECT_GT(share(
                Cause::kFifo, false, [](Rig& r) { r.port.read_latency = 500; }, deep),
            0.8);
  EXPECT_GT(share(
                Cause::kFifo, true, [](Rig& r) { r.port.write_latency = 100; }, shallow),
            0.5);
  EXPECT_GT(share(
                Cause::kOutstandingLimit, false, [](Rig& r) { r.port.write_latency = 500; }, deep),
            0.5);
  EXPECT_GT(share(
                Cause::kArbitration, true,
                [](Rig& r) {
                  r.program(1, 1u << 18, 1u << 21, 1u << 17, {}, 8, 7);
                  r.engine.enable(1);
                },
                deep),
            0.9);
  EXPECT_GT(share(
                Cause::kHandshake, true,
                [](Rig& r) {
                  ChannelConfig config;
                  config.tt_fc = 2;
                  r.engine.set_config(0, config);
                },
                deep),
            0.9);
}

/// A slot freed at the last beat lets more writes wait for their response than the limit says; what the
/// channel can keep track of bounds them.
TEST(Timing, WritesInFlightAreBounded) {
  constexpr std::uint32_t kBytes = 1024;
  constexpr Cycle kLatency = 1000;
  Parameters p = default_parameters();
  p.write_slot_release = SlotRelease::kLastBeat;
  Rig rig(p);
  rig.port.write_latency = kLatency;
  rig.port.log = true;
  rig.fill_random(3);
  Control bytes;
  bytes.src_width = bytes.dst_width = 0;
  bytes.burst = 1;
  rig.program(0, 0x1000, 0x8000, kBytes, bytes, 16);
  rig.engine.enable(0);
  rig.run();
  EXPECT_EQ(rig.client.bits_of(0), kDmaTfrDone);
  EXPECT_EQ(std::memcmp(&rig.port.memory[0x1000], &rig.port.memory[0x8000], kBytes), 0);
  // 64 at a time, each round as long as the latency.
  const Cycle done = rig.client.cycle_of(0, kDmaTfrDone);
  EXPECT_GE(done, kBytes / 64 * kLatency);
  EXPECT_LE(done, kBytes / 64 * (kLatency + 64) + 100);
}

TEST(Timing, AShorterPathDoesNotOvertake) {
  Rig rig;
  rig.port.far_end = 0x8400;
  rig.port.far_latency = 300;
  rig.port.log = true;
  rig.fill_random(4);
  rig.program(0, 0x10000, 0x8000, 0x800, {}, 16);
  rig.engine.enable(0);
  std::uint64_t next = 0x8000;
  Cycle latest = 0;
  rig.run();
  for (const ArrayPort::Logged& l : rig.port.bursts) {
    if (!l.burst.write) continue;
    EXPECT_EQ(l.burst.address, next);
    EXPECT_GE(l.times.response, latest);
    next += l.burst.bytes;
    latest = l.times.response;
  }
  EXPECT_EQ(next, 0x8800u);
  EXPECT_GE(latest, 300u);
}

}  // namespace
}  // namespace dmavp::dmac::test
