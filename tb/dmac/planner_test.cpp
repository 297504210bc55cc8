#include "dmac/planner.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>

#include "dmac/arbiter.h"
#include "dmac/lli.h"

namespace dmavp::dmac {
namespace {

TEST(Planner, EveryBurstObeysAxiAndTheBurstsCoverTheBlockExactly) {
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Parameters p;
    p.data_width_bytes = 1u << (random() % 7);
    p.fifo_depth = 4u << (random() % 9);
    p.max_burst_len = 1 + static_cast<unsigned>(random() % 256);
    p.burstlen_width = 4 + static_cast<unsigned>(random() % 5);
    const bool fixed = random() % 4 == 0;
    const bool enabled = random() % 2 == 0;
    const auto len = static_cast<unsigned>(random() % 256);
    bool clipped = false;
    const auto code = static_cast<unsigned>(random() % 8);
    const std::uint8_t width = clip_width(p, code, clipped);
    ASSERT_EQ(clipped, code == 7 || (1u << code) > p.data_width_bytes);
    ASSERT_LE(1u << width, p.data_width_bytes);
    const SideShape shape = make_shape(p, width, fixed, enabled, len);

    std::uint64_t address = random() % 20000;
    std::uint32_t left = static_cast<std::uint32_t>(1 + random() % 30000);
    bool first = true;
    while (left != 0) {
      const PlannedBurst burst = plan_burst(shape, address, left);
      ASSERT_GT(burst.bytes, 0u);
      ASSERT_LE(burst.bytes, left);
      ASSERT_LE(burst.beats, p.max_burst_len);
      ASSERT_LE(burst.beats, 1u << p.burstlen_width);
      if (enabled) {
        ASSERT_LE(burst.beats, len + 1);
      }
      ASSERT_LE(burst.bytes, std::max(fifo_bytes_of(p) / 2, shape.width()));
      if (fixed) {
        ASSERT_LE(burst.beats, 16u);
        ASSERT_EQ(burst.beats, (burst.bytes + shape.width() - 1) / shape.width());
      } else {
        ASSERT_EQ(address / 4096, (address + burst.bytes - 1) / 4096);
        ASSERT_EQ(burst.beats, (address + burst.bytes - 1) / shape.width() - address / shape.width() + 1);
        if (!first) {
          ASSERT_EQ(address % shape.width(), 0u);
        }
        // A burst ends short only where something named ends: a limit, 4 KiB or the block.
        const std::uint64_t end = address + burst.bytes;
        ASSERT_TRUE(burst.bytes == left || end % 4096 == 0 || burst.beats == shape.max_bytes / shape.width());
        address = end;
      }
      left -= burst.bytes;
      first = false;
    }
  }
}

TEST(Planner, WholeBeatsEndOnABeatAndLeaveLessThanOne) {
  for (unsigned width = 0; width < 5; ++width) {
    for (bool fixed : {false, true}) {
      const SideShape shape{static_cast<std::uint8_t>(width), fixed, 64};
      for (std::uint64_t address = 0; address < 40; ++address) {
        for (std::uint32_t bytes = 0; bytes < 100; ++bytes) {
          const std::uint32_t whole = whole_beats(shape, address, bytes);
          ASSERT_LE(whole, bytes);
          ASSERT_LT(bytes - whole, shape.width());
          if (whole != 0) {
            ASSERT_EQ((whole + (fixed ? 0 : address)) % shape.width(), 0u);
          }
        }
      }
    }
  }
}

TEST(Lli, FieldsLieWhereTheLayoutSays) {
  std::array<std::byte, kLliFetchBytes> bytes{};
  for (unsigned i = 0; i < kLliFetchBytes; ++i) bytes[i] = static_cast<std::byte>(0x10 + i);
  const LinkedListItem item = decode_lli(bytes.data());
  EXPECT_EQ(item.sar, 0x1716151413121110u);
  EXPECT_EQ(item.dar, 0x1F1E1D1C1B1A1918u);
  EXPECT_EQ(item.block_ts, 0x23222120u & 0x3FFFFF);
  EXPECT_EQ(item.llp, 0x2F2E2D2C2B2A2928u);
  EXPECT_EQ(item.ctl.raw, 0x3736353433323130u);
}

TEST(Lli, WriteBackCarriesControlAndStatus) {
  LliWriteBack status;
  status.ctl.raw = 0x1122334455667788;
  status.sstat = 0xAABBCCDD;
  status.dstat = 0x01020304;
  status.completed_items = 0x123456;
  status.left_in_fifo = 0x789;
  status.block_done = true;
  std::array<std::byte, kLliWriteBackBytes> bytes{};
  encode_write_back(status, bytes.data());
  const auto word = [&](unsigned at) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
    return value;
  };
  EXPECT_EQ(word(0), 0x1122334455667788u);
  EXPECT_EQ(word(8), 0x01020304AABBCCDDu);
  EXPECT_EQ(word(16), 0x4000078900123456u);
  status.transfer_done = true;
  encode_write_back(status, bytes.data());
  EXPECT_EQ(word(16), 0xC000078900123456u);
}

TEST(Arbiter, EarliestThenPriorityThenRoundRobin) {
  Priorities order;
  Arbiter arbiter(order);
  const auto pick = [&](std::initializer_list<std::array<unsigned, 3>> offers) {
    for (const auto& [channel, priority, time] : offers) {
      if (order.set(channel, priority)) arbiter.clear();
    }
    for (const auto& [channel, priority, time] : offers) arbiter.request(channel, time, 0);
    arbiter.find(0, 0);
    const unsigned channel = arbiter.channel();
    arbiter.granted(channel);
    return channel;
  };
  EXPECT_EQ(pick({{0, 0, 5}, {1, 7, 6}}), 0u) << "time goes before priority";
  EXPECT_EQ(pick({{0, 0, 5}, {1, 7, 5}}), 1u) << "priority goes before turn";
  EXPECT_EQ(pick({{0, 1, 5}, {1, 1, 5}, {2, 1, 5}}), 1u);
  EXPECT_EQ(pick({{0, 1, 5}, {1, 1, 5}, {2, 1, 5}}), 2u);
  EXPECT_EQ(pick({{0, 1, 5}, {1, 1, 5}, {2, 1, 5}, {3, 6, 4}}), 3u) << "a level above";
  arbiter.request(3, kNever, 0);
  EXPECT_EQ(pick({{0, 1, 5}, {1, 1, 5}, {2, 1, 5}}), 0u) << "leaves the turn of those below";
  for (unsigned channel = 0; channel < 3; ++channel) arbiter.request(channel, kNever, 0);
  arbiter.find(0, 0);
  EXPECT_EQ(arbiter.time(), kNever);

  Arbiter fixed(order, TieBreak::kLowestIndex);
  fixed.request(2, 5, 0);
  fixed.request(1, 5, 0);
  for (int i = 0; i < 3; ++i) {
    fixed.find(0, 0);
    EXPECT_EQ(fixed.channel(), 1u);
    fixed.granted(1);
  }
}

/// What is kept from grant to grant never differs from looking at all requests anew.
TEST(Arbiter, KeepsWhatAScanOfAllRequestsFinds) {
  struct Request {
    Cycle ready = kNever;
    Cycle latency = 0;
  };
  for (unsigned seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const auto below = [&](unsigned n) { return static_cast<unsigned>(random() % n); };
    Priorities order;
    Arbiter arbiter(order);
    Timers timers;
    std::array<Request, kMaxChannels> requests;
    std::array<unsigned, kMaxChannels> priorities{};
    std::array<Cycle, kMaxChannels> wakes;
    wakes.fill(kNever);
    const unsigned levels = 1 + below(4);
    const unsigned latencies = 1 + below(4);
    std::array<unsigned, kMaxChannels> turn{};  // of each priority, at its lowest channel
    const auto level = [&](unsigned channel) {
      return static_cast<unsigned>(std::find(priorities.begin(), priorities.end(), priorities[channel]) -
                                   priorities.begin());
    };
    Cycle free = 0;
    Cycle data_free = 0;
    for (unsigned step = 0; step < 3000; ++step) {
      const unsigned changed = below(kMaxChannels);
      Request& request = requests[changed];
      request.ready = below(3) == 0 ? kNever : free + below(20);
      request.latency = 3 * below(latencies);
      arbiter.request(changed, request.ready, request.latency);
      wakes[changed] = below(3) == 0 ? kNever : below(20);
      timers.set(changed, wakes[changed]);
      if (below(200) == 0) {
        const unsigned channel = below(kMaxChannels);
        priorities[channel] = below(levels);
        if (order.set(channel, priorities[channel])) {
          arbiter.clear();
          for (unsigned i = 0; i < kMaxChannels; ++i)
            arbiter.request(i, requests[i].ready, requests[i].latency);
        }
      }
      Cycle time = kNever;
      unsigned best = 0;
      for (unsigned channel = 0; channel < kMaxChannels; ++channel) {
        const auto& [ready, latency] = requests[channel];
        if (ready == kNever) continue;
        const Cycle at = std::max({ready, free, data_free > latency ? data_free - latency : 0});
        const auto behind = [&](unsigned c) { return (c + kMaxChannels - turn[level(c)]) % kMaxChannels; };
        if (at < time ||
            (at == time && (priorities[channel] > priorities[best] ||
                            (priorities[channel] == priorities[best] && behind(channel) < behind(best))))) {
          time = at;
          best = channel;
        }
      }
      arbiter.find(free, data_free);
      ASSERT_EQ(arbiter.time(), time) << "seed " << seed << " step " << step;
      const auto first = std::min_element(wakes.begin(), wakes.end());
      ASSERT_EQ(timers.time(), *first);
      ASSERT_EQ(timers.channel(), static_cast<unsigned>(first - wakes.begin()));
      if (time == kNever) continue;
      ASSERT_EQ(arbiter.channel(), best) << "seed " << seed << " step " << step;
      if (below(2) == 0) {
        arbiter.granted(best);
        turn[level(best)] = (best + 1) % kMaxChannels;
        free = std::max(free, time + 1);
        data_free = std::max(data_free, time) + below(9);
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::dmac
