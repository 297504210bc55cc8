// Series of a page: nothing is lost or moved by more than a bin while the bins grow.
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "platform/report/series.h"

namespace dmavp::platform {
namespace {

TEST(SeriesSet, AmountsAreKeptWhateverTheTime) {
  std::mt19937_64 random(3);
  SeriesSet set;
  const std::size_t a = set.create(), b = set.create();
  double total = 0;
  std::uint64_t end = 0;
  for (int i = 0; i < 3000; ++i) {
    const std::uint64_t from = random() % (std::uint64_t{1} << (10 + i / 100)), length = random() % 5000;
    set.add(a, from, from + length, 7);
    total += 7;
    end = std::max(end, from + std::max<std::uint64_t>(length, 1));
  }
  set.add(b, 0, 1, 1);
  const std::size_t bins = set.bins(end);
  EXPECT_LE(bins, SeriesSet::kBins);
  EXPECT_GT(bins, SeriesSet::kBins / 4);
  const auto begin = set.values(a).begin();
  EXPECT_NEAR(std::accumulate(begin, begin + static_cast<std::ptrdiff_t>(bins), 0.0), total, 1e-6 * total);
  EXPECT_EQ(set.values(b)[0], 1);
}

TEST(SeriesSet, AConstantRateIsOneInEveryBin) {
  SeriesSet set;
  const std::size_t rate = set.create();
  constexpr std::uint64_t kEnd = 123'456'789;
  for (std::uint64_t t = 0; t < kEnd; t += 1000) set.add(rate, t, std::min(t + 1000, kEnd), 1);
  const auto width = static_cast<double>(set.bin_ps());
  for (std::size_t i = 0; i + 1 < set.bins(kEnd); ++i) EXPECT_NEAR(set.values(rate)[i], width / 1000, 0.01);
}

}  // namespace
}  // namespace dmavp::platform
