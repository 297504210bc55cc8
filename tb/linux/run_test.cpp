// Linux's dmatest over Linux's virt-dma, run by the program: what it prints against what the controller
// counted.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "linux/dmatest_log.h"
#include "linux/linux_run.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

struct Variant {
  const char* name;
  const char* parameters;  ///< of dmatest, as --insmod has them
  unsigned threads = 1;    ///< per channel
};

const Variant kVariants[] = {
    {"random", "test_buf_size=16384"},
    {"threads4", "threads_per_chan=4,test_buf_size=4096", 4},
    {"polled", "polled=1,test_buf_size=4096"},
    {"whole", "norandom=1,test_buf_size=32768"},
    {"aligned", "alignment=4,test_buf_size=2048,nobounce=1"},
    {"small", "test_buf_size=64,threads_per_chan=2", 2},
    {"fixed", "transfer_size=1000,test_buf_size=4096"},
    {"noverify", "noverify=1,test_buf_size=65536"},
};

class LinuxRun : public testing::TestWithParam<std::tuple<const char*, unsigned, Variant>> {};
std::string name_of(const testing::TestParamInfo<std::tuple<const char*, unsigned, Variant>>& row) {
  return std::string(std::get<0>(row.param)) + "_cpus" + std::to_string(std::get<1>(row.param)) + "_" +
         std::get<2>(row.param).name;
}
INSTANTIATE_TEST_SUITE_P(Boards, LinuxRun,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Values(1u, 2u),
                                          testing::ValuesIn(kVariants)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(FourCpus, LinuxRun,
                         testing::Combine(testing::Values("generic32"), testing::Values(4u),
                                          testing::ValuesIn(kVariants)),
                         name_of);

std::uint64_t threads_named(const DmatestLog& log, const std::string& name) {
  std::uint64_t n = 0;
  for (const DmatestSummary& s : log.summaries) n += s.thread == name ? 1 : 0;
  return n;
}

std::uint64_t count_of(const boost::json::value& object, const char* key) {
  return object.at(key).to_number<std::uint64_t>();
}

/// The summary's two figures come from one run time, which lies within the simulated time.
void expect_plausible(const DmatestSummary& s, std::uint64_t bytes, std::uint64_t sim_time_ps) {
  SCOPED_TRACE(s.thread);
  ASSERT_GT(s.iops, 0.0);
  const double seconds = static_cast<double>(s.tests) / s.iops;
  EXPECT_LE(seconds, static_cast<double>(sim_time_ps) * 1e-12);
  const double kbs = static_cast<double>(bytes >> 10) / seconds;
  EXPECT_NEAR(static_cast<double>(s.kbs), kbs, kbs * 0.001 + 1.0);
}

TEST_P(LinuxRun, PrintsWhatTheControllerCounted) {
  const auto& [board, cpus, variant] = GetParam();
  const unsigned iterations = full_tier() ? 100 : 20;
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE(seed);
    const LinuxJob job = run_linux(
        {"--board", board, "--seed", std::to_string(seed)}, cpus,
        std::string(variant.parameters) + ",verbose=1,run=1,iterations=" + std::to_string(iterations));
    ASSERT_EQ(job.status, 0) << job.err;
    const auto& channels = job.result.at("channels").as_array();
    const std::uint64_t threads = channels.size() * variant.threads;
    EXPECT_EQ(job.log.added, threads);
    EXPECT_EQ(job.log.started, threads);
    ASSERT_EQ(job.log.summaries.size(), threads) << job.err;
    EXPECT_EQ(job.log.failures(), 0u) << job.err;
    EXPECT_EQ(job.log.tests(), threads * iterations);
    EXPECT_EQ(job.log.with_message("test passed"), threads * iterations);
    for (const DmatestSummary& s : job.log.summaries) {
      EXPECT_EQ(s.tests, iterations) << s.thread;
      EXPECT_EQ(s.status, 0) << s.thread;
      // A name has 15 characters, so that of a thread on channel 10 and up lacks the thread's number.
      if (threads_named(job.log, s.thread) == 1)
        expect_plausible(s, job.log.bytes(s.thread), count_of(job.result, "sim_time_ps"));
    }
    for (std::size_t i = 0; i < channels.size(); ++i) {
      SCOPED_TRACE(i);
      const std::string prefix = "dma0chan" + std::to_string(i) + "-";
      EXPECT_EQ(job.log.transfers(prefix), std::uint64_t{variant.threads} * iterations);
      EXPECT_EQ(count_of(channels[i], "bytes_read"), job.log.bytes(prefix));
      EXPECT_EQ(count_of(channels[i], "bytes_written"), job.log.bytes(prefix));
      EXPECT_EQ(count_of(channels[i], "interrupts"), job.log.transfers(prefix));
      EXPECT_GE(count_of(channels[i], "blocks"), job.log.transfers(prefix));
    }
    EXPECT_TRUE(job.result.at("diagnostics").as_array().empty());
    EXPECT_EQ(count_of(job.result.at("software"), "live_allocations"), 0u);
  }
}

class LinuxSchedule : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Boards, LinuxSchedule, testing::Values("k210", "generic32"),
                         [](const auto& board) { return std::string(board.param); });

TEST_P(LinuxSchedule, IsTheSameForTheSameSeedAndAnotherForAnother) {
  const auto run = [&](const char* seed) {
    LinuxJob job = run_linux({"--board", GetParam(), "--seed", seed}, 2,
                             "threads_per_chan=2,iterations=10,verbose=1,run=1");
    EXPECT_EQ(job.status, 0) << job.err;
    job.result.erase("wall_s");
    return std::make_pair(job.err, boost::json::serialize(job.result));
  };
  const auto first = run("5");
  EXPECT_EQ(run("5"), first);
  EXPECT_NE(run("6").first, first.first);
}

/// Either half of Linux works with the other half of ours.
TEST_P(LinuxSchedule, MixesWithOurModules) {
  const LinuxJob theirs_on_ours = run_linux({"--board", GetParam()}, 2, "iterations=20,run=1", "virt-dma");
  ASSERT_EQ(theirs_on_ours.status, 0) << theirs_on_ours.err;
  EXPECT_GT(theirs_on_ours.log.tests(), 0u);
  EXPECT_EQ(theirs_on_ours.log.failures(), 0u);

  const std::string scenario = test::scratch("ours.toml");
  test::write_file(scenario, linux_scenario(LINUX_MODULE_DIR "/linux-virt-dma.so") +
                                 "[client.ours]\nmodule = \"dmatest\"\niterations = 20\nrun = true\n");
  const Job ours_on_theirs = run_job(Words{"run", scenario, "--board", GetParam()});
  ASSERT_EQ(ours_on_theirs.finished.status, 0) << ours_on_theirs.finished.err;
  EXPECT_GT(ours_on_theirs.result.at("clients").at(0).at("transfers").to_number<unsigned>(), 0u);
}

/// The commands of the manual: modules of a scenario replaced, and everything by --insmod.
TEST(LinuxByHand, AnyCombinationRuns) {
  const std::string framework = LINUX_MODULE_DIR "/linux-dmaengine.so",
                    virt_dma = LINUX_MODULE_DIR "/linux-virt-dma.so",
                    provider = LINUX_MODULE_DIR "/linux-dw-axi-dmac.so";
  const test::Finished replaced =
      test::run_program({"run", "memcpy", "--board", "jh7110", "--set", "scenario.modules[1]=" + virt_dma,
                         "--set", "scenario.modules[2]=" + provider});
  EXPECT_EQ(replaced.status, 0) << replaced.err;
  EXPECT_THAT(replaced.err, testing::HasSubstr("DesignWare AXI DMA Controller, 4 channels"));
  const test::Finished inserted = test::run_program(
      {"run", DMAVP_SOURCE_DIR "/tb/linux/nothing.toml", "--insmod", framework, "--insmod", virt_dma,
       "--insmod", provider, "--insmod", LINUX_MODULE_DIR "/linux-dmatest.so,iterations=10,run=1,wait=1"});
  EXPECT_EQ(inserted.status, 0) << inserted.err;
  const DmatestLog log = read_dmatest_log(inserted.err);
  EXPECT_EQ(log.summaries.size(), 6u) << inserted.err;
  EXPECT_EQ(log.tests(), 60u);
}

}  // namespace
}  // namespace dmavp::tb
