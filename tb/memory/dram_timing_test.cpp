// Bandwidth and latency of a DRAM channel, by closed form.
#include "memory/dram_timing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>

namespace dmavp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::uint32_t kBurst = 128;  // 16 beats of the default channel

DramConfig without_refresh() {
  DramConfig config;
  config.trefi = 0;
  return config;
}

/// Cycles per burst of `bursts` bursts that all wait from the start, at addresses `stride` apart.
double cycles_per_burst(DramTiming& dram, unsigned bursts, std::uint64_t stride, bool write = false) {
  Cycle last = 0;
  for (unsigned i = 0; i < bursts; ++i) last = dram.access({0, i * stride, kBurst, write, 0}).last;
  return static_cast<double>(last + 1) / bursts;
}

TEST(DramTiming, LatencyOfEachKindOfAccess) {
  DramTiming dram(without_refresh());
  const DramConfig c;
  EXPECT_EQ(dram.access({100, 0, 8, false, 0}).first, 100 + c.trcd + c.tcl);
  EXPECT_EQ(dram.access({200, 8, 8, false, 0}).first, 200 + c.tcl);
  EXPECT_EQ(dram.access({300, c.row_bytes * c.banks, 8, false, 0}).first, 300 + c.trp + c.trcd + c.tcl);
  EXPECT_EQ(dram.access({400, c.row_bytes, 8, false, 0}).first, 400 + c.trcd + c.tcl);  // the next bank
  const DramStatistics& s = dram.statistics();
  EXPECT_EQ(s.hits, 1u);
  EXPECT_EQ(s.misses, 2u);
  EXPECT_EQ(s.conflicts, 1u);
  EXPECT_EQ(dram.miss_latency(), c.trcd + c.tcl);
}

TEST(DramTiming, RowHitsStreamAtTheWidthOfTheChannel) {
  for (const unsigned width : {4u, 8u, 32u}) {
    DramConfig config = without_refresh();
    config.channel_bytes = width;
    DramTiming dram(config);
    EXPECT_NEAR(cycles_per_burst(dram, 10'000, kBurst) / (kBurst / width), 1, 0.01) << width;
    EXPECT_EQ(dram.statistics().conflicts + dram.statistics().misses, 10'000u * kBurst / config.row_bytes);
  }
}

TEST(DramTiming, AStrideThatAlwaysMissesCostsARowCycle) {
  const DramConfig c = without_refresh();
  const std::uint64_t same_bank = std::uint64_t{c.row_bytes} * c.banks;
  DramTiming reads(c);
  const auto read_cycle = static_cast<double>(std::max(c.tras, c.trcd + 16) + c.trp);
  EXPECT_NEAR(cycles_per_burst(reads, 5'000, same_bank) / read_cycle, 1, 0.01);
  DramTiming writes(c);
  const auto write_cycle = static_cast<double>(c.trcd + c.tcl + 16 + c.twr + c.trp);
  EXPECT_NEAR(cycles_per_burst(writes, 5'000, same_bank, true) / write_cycle, 1, 0.01);
  EXPECT_EQ(writes.statistics().conflicts, 4'999u);
  // With short bursts the row must stay open for tRAS.
  DramTiming single(c);
  Cycle last = 0;
  for (unsigned i = 0; i < 5'000; ++i) last = single.access({0, i * same_bank, 8, false, 0}).last;
  EXPECT_NEAR(static_cast<double>(last) / 5'000 / static_cast<double>(c.tras + c.trp), 1, 0.01);
}

TEST(DramTiming, BanksHideTheirRowCyclesBehindEachOther) {
  DramTiming dram(without_refresh());
  EXPECT_NEAR(cycles_per_burst(dram, 5'000, DramConfig{}.row_bytes) / 16, 1, 0.01);
}

TEST(DramTiming, RefreshTakesItsShare) {
  for (const Cycle interval : {1'000u, 3'120u, 8'000u}) {
    DramConfig c;
    c.trefi = interval;
    c.row_bytes = 1u << 24;  // nothing but refreshes closes a row
    DramTiming dram(c);
    const double lost = static_cast<double>(c.trp + c.trfc + c.trcd) / static_cast<double>(interval);
    EXPECT_NEAR(16 / cycles_per_burst(dram, 50'000, kBurst) / (1 - lost), 1, 0.01) << interval;
  }
}

TEST(DramTiming, ARefreshWhileIdleClosesRowsAndDelaysOnlyWhoArrivesInIt) {
  DramConfig c;
  c.trefi = 1'000;
  DramTiming dram(c);
  dram.access({500, 0, 8, false, 0});
  EXPECT_EQ(dram.access({1'999, 0, 8, false, 0}).first, 1'999 + c.trcd + c.tcl);
  EXPECT_EQ(dram.access({9'010, 0, 8, false, 0}).first, 9'000 + c.trp + c.trfc + c.trcd + c.tcl);
  EXPECT_EQ(dram.statistics().refreshes, 2u);
  EXPECT_EQ(dram.statistics().misses, 3u);
}

/// Whatever comes: data in order, never two on the channel at a time, never before their latency, and as many
/// cycles as their bytes need.
TEST(DramTiming, RandomTrafficNeverOverlapsOnTheChannel) {
  for (unsigned seed = 0; seed < 50; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    DramConfig c;
    c.banks = 1u << random() % 5;
    c.channel_bytes = 1u << random() % 6;
    c.trefi = seed % 2 == 0 ? 0 : 500;
    DramTiming dram(c);
    Cycle arrival = 0;
    Cycle free = 0;
    for (int i = 0; i < 2'000; ++i) {
      arrival += random() % 40;
      const DramAccess access{arrival, random() % (1u << 18),
                              1 + static_cast<std::uint32_t>(random() % 4'096), random() % 2 == 0,
                              arrival + random() % 20};
      const DramTimes times = dram.access(access);
      const std::uint64_t lowest = access.address / c.channel_bytes;
      const std::uint64_t highest = (access.address + access.bytes - 1) / c.channel_bytes;
      ASSERT_GE(times.first, std::max({free, arrival + dram.hit_latency(), access.data_from}));
      ASSERT_GE(times.last - times.first, highest - lowest) << i;
      free = times.last + 1;
    }
  }
}

TEST(DramTiming, RefusesWhatNoDramIs) {
  const auto with = [](const std::function<void(DramConfig&)>& change) {
    DramConfig config;
    change(config);
    return [config] { DramTiming{config}; };
  };
  using Error = std::invalid_argument;
  EXPECT_THAT(with([](DramConfig& c) { c.banks = 3; }), ThrowsMessage<Error>(HasSubstr("banks")));
  EXPECT_THAT(with([](DramConfig& c) { c.banks = 512; }), ThrowsMessage<Error>(HasSubstr("banks")));
  EXPECT_THAT(with([](DramConfig& c) { c.channel_bytes = 0; }),
              ThrowsMessage<Error>(HasSubstr("channel_bytes")));
  EXPECT_THAT(with([](DramConfig& c) { c.row_bytes = 4; }), ThrowsMessage<Error>(HasSubstr("row_bytes")));
  EXPECT_THAT(with([](DramConfig& c) { c.trfc = c.trefi; }), ThrowsMessage<Error>(HasSubstr("trfc")));
}

}  // namespace
}  // namespace dmavp
