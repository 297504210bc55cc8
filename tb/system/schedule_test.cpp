// dmatest over many seeds: nothing fails, and the seeds really are different orders of software steps.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "system/job.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

struct Load {
  const char*
      buffer;  ///< every thread has two; all of them fill a good part of the board's RAM or of our time
  unsigned quick_iterations;
  unsigned channels;
};

// generic32 moves 64 threads' buffers, mostly byte by byte because offsets are random: small ones keep 20
// seeds of 1000 iterations within minutes.
const std::map<std::string, Load> kLoads = {{"k210", {"64KiB", 200, 6}},
                                            {"jh7110", {"16KiB", 100, 4}},
                                            {"agilex5", {"16KiB", 50, 8}},
                                            {"generic16", {"4KiB", 50, 16}},
                                            {"generic32", {"4KiB", 50, 32}}};

class Dmatest : public testing::TestWithParam<std::tuple<const char*, unsigned>> {};
std::string name_of(const testing::TestParamInfo<std::tuple<const char*, unsigned>>& row) {
  return std::string(std::get<0>(row.param)) + "_" + std::to_string(std::get<1>(row.param)) + "cpu";
}
INSTANTIATE_TEST_SUITE_P(Boards, Dmatest,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Values(1u, 2u)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(FourCpus, Dmatest,
                         testing::Combine(testing::Values("jh7110", "agilex5", "generic16", "generic32"),
                                          testing::Values(4u)),
                         name_of);

TEST_P(Dmatest, NeverFailsWithTwoThreadsOnEveryChannel) {
  const auto& [board, cpus] = GetParam();
  const Load& load = kLoads.at(board);
  const unsigned iterations = full_tier() ? 1000 : load.quick_iterations;
  std::set<std::string> schedules;
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Job job = run_job(Words{"dmatest", "iterations=" + std::to_string(iterations), "threads_per_chan=2",
                                  std::string("test_buf_size=") + load.buffer, "--board", board, "--seed",
                                  std::to_string(seed)} +
                            only_cpus(board, cpus));
    ASSERT_EQ(job.finished.status, 0) << job.finished.err;
    const auto& client = job.result.at("clients").at(0);
    EXPECT_EQ(client.at("transfers").to_number<std::uint64_t>(), 2ull * iterations * load.channels);
    EXPECT_EQ(client.at("errors").to_number<std::uint64_t>(), 0u);
    EXPECT_EQ(client.at("notes").at("failures").as_string(), "0");
    EXPECT_TRUE(job.result.at("diagnostics").as_array().empty());
    EXPECT_EQ(software(job, "live_allocations"), 0u);
    EXPECT_EQ(job.result.at("channels").as_array().size(), load.channels);
    for (const auto& channel : job.result.at("channels").as_array())
      EXPECT_GE(channel.at("blocks").to_number<std::uint64_t>(), 2ull * iterations) << channel.at("name");
    if (cpus == 1) {
      EXPECT_EQ(software(job, "tasklet_on_other_cpu"), 0u);
      EXPECT_EQ(software(job, "spinlock_contended"), 0u);
    }
    schedules.insert(std::string(job.result.at("software").at("schedule_hash").as_string()));
  }
  EXPECT_EQ(schedules.size(), seeds());
}

class Schedules : public testing::TestWithParam<std::tuple<const char*, unsigned>> {};
INSTANTIATE_TEST_SUITE_P(Boards, Schedules,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Values(2u)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(FourCpus, Schedules,
                         testing::Combine(testing::Values("jh7110", "generic32"), testing::Values(4u)),
                         name_of);

/// Small transfers, so that interrupts and submissions of several threads come close together.
TEST_P(Schedules, TwentySeedsAreTwentySchedulesAndEveryInterleavingOccurs) {
  constexpr unsigned kSeeds = 20;
  const auto& [board, cpus] = GetParam();
  std::set<std::string> schedules;
  std::map<std::string, std::uint64_t> sum = {{"softirq_deferred", 0},
                                              {"tasklet_on_other_cpu", 0},
                                              {"submit_during_callback", 0},
                                              {"spinlock_contended", 0}};
  for (std::uint64_t seed = seed_base(); seed < seed_base() + kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Job job = run_job(Words{"dmatest", "iterations=30", "threads_per_chan=2", "test_buf_size=1KiB",
                                  "max_channels=6", "--board", board, "--seed", std::to_string(seed)} +
                            only_cpus(board, cpus));
    ASSERT_EQ(job.finished.status, 0) << "seed " << seed << ": " << job.finished.err;
    schedules.insert(std::string(job.result.at("software").at("schedule_hash").as_string()));
    for (auto& [counter, total] : sum) total += software(job, counter.c_str());
  }
  EXPECT_EQ(schedules.size(), kSeeds);
  for (const auto& [counter, total] : sum) {
    EXPECT_GE(total, 5u) << counter << " hardly ever occurs";
    RecordProperty(counter, std::to_string(total));
  }
}

}  // namespace
}  // namespace dmavp::tb
