// Random programs on all channels: what happens must not depend on how time is advanced, on how data move, or
// on being watched; every byte arrives; every cycle is attributed.
#include <gtest/gtest.h>

#include "dmac/programs.h"
#include "tier.h"

namespace dmavp::dmac::test {
namespace {

TEST(RandomPrograms, DisjointCopiesArriveExactly) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(4000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program(seed, false, false);
    const Outcome outcome = play(g, seed % 2 == 0, Slicing::kWakes);
    Rig before(g.p, kMemory);
    before.fill_random(7);
    std::vector<std::byte> expected = before.port.memory;
    for (const ChannelProgram& c : g.channels) {
      for (std::size_t i = 0; i < c.copies.size(); ++i) {
        const Copy& copy = c.copies[i];
        bool clipped = false;
        std::uint32_t bytes = ((copy.bytes >> copy.control.src_width))
                              << clip_width(g.p, copy.control.src_width, clipped);
        const std::uint32_t dst_width = 1u << clip_width(g.p, copy.control.dst_width, clipped);
        if (g.p.residue_policy == ResiduePolicy::kDrop) bytes -= bytes % dst_width;
        std::memcpy(&expected[copy.dst], &before.port.memory[copy.src], bytes);
        if (c.list) {  // the item itself: compared in its own test
          std::memcpy(&expected[c.items + 64 * i], &outcome.memory[c.items + 64 * i], 64);
        }
      }
      bool done = false;
      for (const Event& e : outcome.events) {
        EXPECT_EQ(e.bits & ~(kBlockTfrDone | kDmaTfrDone), 0u) << "seed " << seed;
        done = done || (e.channel == c.channel && e.bits == kDmaTfrDone);
      }
      EXPECT_TRUE(done) << "seed " << seed << " channel " << c.channel;
    }
    ASSERT_TRUE(outcome.memory == expected) << "seed " << seed;
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

TEST(RandomPrograms, HowTimeAdvancesChangesNothing) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(1000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program(seed, true, true);
    for (bool direct : {false, true}) {
      const Outcome fine = play(g, direct, Slicing::kFine);
      expect_same(fine, play(g, direct, Slicing::kOneGo), "one go");
      expect_same(fine, play(g, direct, Slicing::kWakes), "wakes");
      expect_same(fine, play(g, direct, Slicing::kRandom, Watch::kNothing, seed), "random steps");
      ASSERT_FALSE(HasFailure()) << "seed " << seed << " direct " << direct;
    }
  }
}

TEST(RandomPrograms, DirectCopyingAndObserversChangeNothing) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(2000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program(seed, true, seed % 2 == 0);
    const Outcome committed = play(g, false, Slicing::kOneGo);
    expect_same(committed, play(g, true, Slicing::kOneGo), "direct");
    expect_same(committed, play(g, false, Slicing::kWakes, Watch::kBursts), "watched");
    expect_same(committed, play(g, true, Slicing::kWakes, Watch::kBursts), "direct and watched");
    expect_same(committed, play(g, true, Slicing::kRandom, Watch::kActivity, seed), "activity watched");
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

TEST(RandomPrograms, SteadyStatesAreSkippedWithoutATrace) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(400, 20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Program g = random_program(seed, false, seed % 3 == 0);
    std::mt19937_64 random(seed);
    g.channels.resize(std::min<std::size_t>(g.channels.size(), 1 + random() % 2));
    g.p.max_burst_len = 16;
    for (ChannelProgram& c : g.channels) {
      c.start = c.channel * (random() % 3000);
      c.copies.resize(1);
      c.list = false;
      Copy& copy = c.copies[0];
      copy.src = c.channel * kMemory / 2;
      copy.dst = copy.src + kMemory / 4;
      copy.bytes = 32768 + static_cast<std::uint32_t>(random() % 4096 & ~63u);
      copy.control.burst = 1u << (random() % 5);
      copy.control.src_width = 2 + static_cast<unsigned>(random() % 3);
      copy.control.dst_width = 2 + static_cast<unsigned>(random() % 3);
    }
    for (Action& a : g.actions) {
      a.channel = static_cast<unsigned>(a.channel % g.channels.size());
      a.at = random() % 30000;
    }
    const Outcome stepped = play(g, true, Slicing::kFine);
    expect_same(stepped, play(g, true, Slicing::kOneGo), "one go");
    expect_same(stepped, play(g, true, Slicing::kWakes), "wakes");
    expect_same(stepped, play(g, true, Slicing::kRandom, Watch::kNothing, seed), "random steps");
    expect_same(stepped, play(g, false, Slicing::kWakes), "committed");
    expect_same(stepped, play(g, false, Slicing::kWakes, Watch::kActivity), "activity watched");
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

}  // namespace
}  // namespace dmavp::dmac::test
