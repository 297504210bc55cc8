// Latencies against a sorted list of all of them.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "platform/report/latencies.h"

namespace dmavp::platform {
namespace {

port::Time nearest_rank(const std::vector<port::Time>& sorted, unsigned percent) {
  return sorted[std::max<std::size_t>((sorted.size() * percent + 99) / 100, 1) - 1];
}

TEST(Latencies, NoneIsZero) {
  EXPECT_TRUE(Latencies().empty());
  EXPECT_EQ(Latencies().percentile(99), 0u);
}

TEST(Latencies, ExactWhileTheyAreFewAndToAThousandthLater) {
  std::mt19937_64 random(7);
  for (const std::size_t count : {std::size_t{1}, std::size_t{2}, std::size_t{99}, Latencies::kExact,
                                  Latencies::kExact + 1, 5 * Latencies::kExact}) {
    Latencies found;
    std::vector<port::Time> all;
    for (std::size_t i = 0; i < count; ++i) {
      // From picoseconds to minutes, and some of each power of two's ends.
      const port::Time t =
          i % 5 == 0 ? (port::Time{1} << (random() % 47)) - random() % 2 : random() >> (random() % 46 + 17);
      all.push_back(t);
      found.add(t);
    }
    std::sort(all.begin(), all.end());
    ASSERT_EQ(found.count(), count);
    EXPECT_EQ(found.min(), all.front());
    EXPECT_EQ(found.max(), all.back());
    for (unsigned percent = 1; percent <= 100; ++percent) {
      const auto expected = static_cast<double>(nearest_rank(all, percent));
      const auto actual = static_cast<double>(found.percentile(percent));
      EXPECT_NEAR(actual, expected, count <= Latencies::kExact ? 0 : expected / 1024)
          << count << ", " << percent;
    }
    std::uint64_t sum = 0;
    port::Time before = 0;
    found.for_each([&](port::Time t, std::uint64_t number) {
      EXPECT_GE(t, before);
      before = t;
      sum += number;
    });
    EXPECT_EQ(sum, count);
  }
}

}  // namespace
}  // namespace dmavp::platform
