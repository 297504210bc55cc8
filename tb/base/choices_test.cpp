// Streams of choices and clock arithmetic.
#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "base/clock.h"
#include "base/seeded_choices.h"

namespace dmavp {
namespace {

std::vector<std::uint64_t> take(SeededChoices& choices, const char* name, unsigned count,
                                std::uint64_t bound = 0) {
  std::vector<std::uint64_t> values;
  for (unsigned i = 0; i < count; ++i) values.push_back(choices.draw(choices.stream(name), bound));
  return values;
}

TEST(SeededChoices, AStreamDependsOnSeedAndNameOnly) {
  SeededChoices alone(42);
  const auto expected = take(alone, "arbiter", 100);
  SeededChoices crowd(42);
  for (int i = 0; i < 50; ++i) {
    take(crowd, ("other" + std::to_string(i)).c_str(), 3);
    EXPECT_EQ(take(crowd, "arbiter", 2),
              std::vector<std::uint64_t>(expected.begin() + 2 * i, expected.begin() + 2 * i + 2));
  }
  SeededChoices other_seed(43);
  EXPECT_NE(take(other_seed, "arbiter", 100), expected);
  EXPECT_NE(take(crowd, "arbiter2", 100), expected);
}

TEST(SeededChoices, BoundsHoldAndEveryValueIsEquallyLikely) {
  SeededChoices choices(7);
  for (const std::uint64_t bound : {2u, 3u, 7u, 10u}) {
    std::array<unsigned, 10> count{};
    for (const std::uint64_t v : take(choices, "dice", 20000, bound)) {
      ASSERT_LT(v, bound);
      ++count[v];
    }
    for (std::uint64_t v = 0; v < bound; ++v) {
      EXPECT_NEAR(count[v], 20000.0 / static_cast<double>(bound), 450) << v << " of " << bound;
    }
  }
  EXPECT_EQ(take(choices, "one", 3, 1), std::vector<std::uint64_t>({0, 0, 0}));
}

TEST(Clock, EdgesNeverDriftAndConversionsAreInverse) {
  for (const std::uint64_t hz : {1u, 3u, 390'000'000u, 400'000'000u, 999'999'937u}) {
    const Clock clock(hz);
    EXPECT_EQ(clock.time_of(hz), 1'000'000'000'000u) << "one second is hz cycles";
    for (const Cycle c : {Cycle{0}, Cycle{1}, Cycle{2}, Cycle{12345}, 1000 * hz + 7}) {
      const Picoseconds t = clock.time_of(c);
      EXPECT_EQ(clock.cycle_at(t), c);
      EXPECT_EQ(clock.cycle_from(t), c);
      if (t > 0) {
        EXPECT_EQ(clock.cycle_from(t - 1), c);
        EXPECT_EQ(clock.cycle_at(t - 1), c - 1);
      }
    }
  }
  EXPECT_EQ(Clock(5).time_of(kNever), kNever);
}

/// Edges that no picosecond count can hold never come; none wraps round to an early time.
TEST(Clock, EdgesBeyondAllTimeNeverCome) {
  for (const std::uint64_t hz : {1u, 3u, 1000u, 400'000'000u, 999'999'937u}) {
    const Clock clock(hz);
    const Cycle last = clock.cycle_at(kNever - 1);
    EXPECT_LT(clock.time_of(last), kNever) << hz;
    for (Cycle c = last + 1; c < kNever / 2; c *= 2) EXPECT_EQ(clock.time_of(c), kNever) << hz << " " << c;
    EXPECT_EQ(clock.time_of(kNever - 1), kNever) << hz;
    EXPECT_EQ(clock.time_of(kNever), kNever) << hz;
  }
}

}  // namespace
}  // namespace dmavp
