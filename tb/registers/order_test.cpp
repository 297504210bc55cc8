// Who gets the bus: priority, and round robin among equals (specification 5.8).
#include <algorithm>
#include <map>

#include "registers/instances.h"
#include "registers/steps.h"

namespace dmavp::tb {
namespace {

constexpr u64 kFrom = kRam + 0x1000, kTo = kRam + 0x10000, kSlice = 0x2000;

RigOptions plain() {
  RigOptions o;
  o.parameters = small_parameters();
  o.observe = true;
  return o;
}

void copies(Rig& rig, const std::vector<unsigned>& channels, const std::vector<unsigned>& priorities,
            u32 items = 512) {
  for (std::size_t i = 0; i < channels.size(); ++i)
    program(rig, single(channels[i], kFrom, kTo + kSlice * i, items, bursts(8)), priorities[i], 15);
  u64 all = 0;
  for (const unsigned ch : channels) all |= u64{0x101} << ch;
  rig.write("DMAC_CHEN", all);  // all at once
}

/// Channels of the bursts of one kind, in the order their addresses were accepted.
std::vector<unsigned> order(Rig& rig, BurstKind kind) {
  std::vector<BurstEvent> b;
  for (const BurstEvent& e : rig.bursts())
    if (e.kind == kind) b.push_back(e);
  std::stable_sort(b.begin(), b.end(), [](const auto& x, const auto& y) { return x.accepted < y.accepted; });
  std::vector<unsigned> result;
  for (const BurstEvent& e : b) result.push_back(e.channel);
  return result;
}

TEST(Order, EqualPrioritiesTakeTurnsLowestFirst) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  copies(rig, {2, 5, 7}, {3, 3, 3});
  ASSERT_TRUE(rig.run_until_idle());
  const auto reads = order(rig, BurstKind::kRead);
  ASSERT_EQ(reads.size(), 3 * 64u);
  EXPECT_EQ(reads[0], 2u);
  EXPECT_EQ(reads[1], 5u);
  EXPECT_EQ(reads[2], 7u);
  // Nobody gets ahead by more than one FIFO of bursts at any point, and in steady state they alternate.
  std::map<unsigned, unsigned> count;
  unsigned turns = 0;
  for (std::size_t i = 0; i < reads.size(); ++i) {
    ++count[reads[i]];
    if (i > 0) turns += reads[i] != reads[i - 1];
    if (count.size() == 3 && i < reads.size() - 12) {
      const auto [low, high] = std::minmax({count[2], count[5], count[7]});
      EXPECT_LE(high - low, 2u) << "after burst " << i;
    }
  }
  EXPECT_GT(turns, reads.size() * 9 / 10);
}

TEST(Order, HigherNumberWins) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  copies(rig, {1, 3, 6}, {1, 7, 4});
  std::vector<unsigned> ended;
  ASSERT_TRUE(rig.run_until(
      [&] {
        for (const unsigned ch : {1u, 3u, 6u})
          if (!rig.enabled(ch) && std::find(ended.begin(), ended.end(), ch) == ended.end())
            ended.push_back(ch);
        return ended.size() == 3;
      },
      100000, 5));
  EXPECT_EQ(ended, (std::vector<unsigned>{3, 6, 1}));
  // With enough outstanding requests the highest leaves nothing to the others while it runs.
  const auto writes = order(rig, BurstKind::kWrite);
  const auto last_of_3 = std::find(writes.rbegin(), writes.rend(), 3u).base() - writes.begin();
  EXPECT_LE(last_of_3, 64 + 8);
}

TEST(Order, LateHighPriorityOvertakesAtABurstBoundary) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  copies(rig, {0}, {0}, 1024);
  rig.run(300);
  const u64 before = rig.read("DAR", 0);
  program(rig, single(4, kFrom, kTo + 3 * kSlice, 512, bursts(8)), 7, 15);
  rig.enable(4);
  ASSERT_TRUE(rig.run_until([&] { return !rig.enabled(4); }, 10000, 1));
  EXPECT_LE(rig.read("DAR", 0) - before, 32u * 8 + 128) << "no more than the low one's FIFO and a few bursts";
  EXPECT_TRUE(rig.enabled(0));
  ASSERT_TRUE(rig.run_until_idle());
}

/// Bursts of one port never overlap on a data channel, and addresses keep their interval.
TEST(Order, DataChannelsCarryOneBurstAtATime) {
  Rig rig(plain());
  fill(rig, 1);
  rig.power_up();
  copies(rig, {0, 1, 2, 3}, {0, 1, 1, 2});
  ASSERT_TRUE(rig.run_until_idle());
  for (const bool write : {false, true}) {
    std::vector<BurstEvent> b;
    for (const BurstEvent& e : rig.bursts())
      if ((e.kind == BurstKind::kWrite) == write) b.push_back(e);
    std::sort(b.begin(), b.end(), [](const auto& x, const auto& y) { return x.first_beat < y.first_beat; });
    for (std::size_t i = 1; i < b.size(); ++i) ASSERT_GT(b[i].first_beat, b[i - 1].last_beat);
    for (const BurstEvent& e : b) {
      EXPECT_EQ(e.last_beat - e.first_beat + 1, e.beats);
      if (!write) {
        EXPECT_GE(e.first_beat, e.accepted + rig.options().read_latency);
      } else {
        EXPECT_EQ(e.response, e.last_beat + rig.options().write_latency);
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::tb
