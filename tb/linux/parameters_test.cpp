// The parameters of Linux's dmatest, plain ones and those with functions behind them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "linux/linux_run.h"

namespace dmavp::tb {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// With run=1 at load dmatest acquires channels twice, when `run` is set and in its initialisation, each time
/// for copies and for fills, and looks at max_channels behind each one it adds: it gets three more.
constexpr unsigned kBeyondMaximum = 3;

TEST(LinuxParameters, ReachTheModuleFromAScenario) {
  const LinuxJob job =
      run_linux({"--board", "k210", "--set", "client.judge.iterations=4"}, 2,
                "iterations=3,threads_per_chan=2,max_channels=2,test_buf_size=1KiB,run=true");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_EQ(job.log.summaries.size(), (2 + kBeyondMaximum) * 2);
  EXPECT_EQ(job.log.tests(), (2 + kBeyondMaximum) * 2 * 4);
  EXPECT_EQ(job.log.failures(), 0u);
}

/// The module's initialisation waits once it sees that a thread has begun.
TEST(LinuxParameters, ReachTheModuleFromTheCommandLine) {
  const LinuxJob job =
      insert_linux({"--board", "k210"}, "iterations=5,threads_per_chan=2,max_channels=2,run=1,wait=1");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_EQ(job.log.added, (2 + kBeyondMaximum) * 2);
  EXPECT_EQ(job.log.started, job.log.added);
  EXPECT_EQ(job.log.failures(), 0u);
}

/// The hook behind `channel` takes the channel when the parameter is set, so it comes behind the others.
TEST(LinuxParameters, ChannelTakesTheChannelItNames) {
  const LinuxJob job = run_linux({"--board", "k210"}, 2, "iterations=3,channel=dma0chan4,run=1");
  ASSERT_EQ(job.status, 0) << job.err;
  ASSERT_EQ(job.log.summaries.size(), 1u) << job.err;
  EXPECT_EQ(job.log.summaries[0].thread, "dma0chan4-copy0");
  const LinuxJob two =
      insert_linux({"--board", "k210"}, "iterations=3,channel=dma0chan4,channel=dma0chan1,run=1");
  ASSERT_EQ(two.status, 0) << two.err;
  EXPECT_EQ(two.log.added, 2u);
}

/// Our provider fills memory, so Linux's dmatest can be told to test that.
TEST(LinuxParameters, FillsMemoryInsteadOfCopying) {
  const LinuxJob job = run_linux({"--board", "k210"}, 2, "dmatest=1,iterations=20,run=1");
  ASSERT_EQ(job.status, 0) << job.err;
  ASSERT_EQ(job.log.summaries.size(), 6u) << job.err;
  for (const DmatestSummary& summary : job.log.summaries)
    EXPECT_THAT(summary.thread, HasSubstr("-set")) << "a thread of copies";
  EXPECT_EQ(job.log.tests(), 6u * 20);
  EXPECT_EQ(job.log.failures(), 0u);
}

TEST(LinuxParameters, DeviceSelectsTheController) {
  const LinuxJob job = run_linux({"--board", "k210"}, 2, "device=50000000.dma-controller,iterations=3,run=1");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_EQ(job.log.summaries.size(), 6u);
  const LinuxJob other = run_linux({"--board", "k210"}, 2, "device=nobody,iterations=3,run=1");
  EXPECT_EQ(other.status, 0) << other.err;
  EXPECT_EQ(other.log.added, 0u);
}

TEST(LinuxParameters, UnloadingStopsWhatStillRuns) {
  const LinuxJob job = insert_linux({"--board", "k210"}, "iterations=1000000,run=1");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_EQ(job.log.started, 6u);
  EXPECT_EQ(job.log.failures(), 0u);
  EXPECT_TRUE(job.result.at("diagnostics").as_array().empty());
  EXPECT_EQ(software({{}, job.result}, "live_allocations"), 0u);
}

TEST(LinuxParameters, WithoutRunNothingHappens) {
  const LinuxJob job = run_linux({"--board", "k210"}, 2, "iterations=5,wait=1");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_EQ(job.log.added, 0u);
}

TEST(LinuxParameters, TransferSizeBeyondTheBufferEndsTheTest) {
  const LinuxJob job = run_linux(
      {"--board", "k210"}, 2, "transfer_size=4096,test_buf_size=4096,channel=dma0chan0,iterations=5,run=1");
  ASSERT_EQ(job.status, 0) << job.err;
  EXPECT_THAT(job.log.others, Contains(HasSubstr("4096-byte transfer size must be lower")));
  ASSERT_EQ(job.log.summaries.size(), 1u);
  EXPECT_EQ(job.log.summaries[0].tests, 1u);
}

/// The module says it by its thread's result: the client fails.
TEST(LinuxParameters, ABufferThatIsTooSmallFailsTheRun) {
  const LinuxJob job =
      run_linux({"--board", "k210"}, 2, "alignment=7,test_buf_size=64,channel=dma0chan0,iterations=5,run=1");
  EXPECT_EQ(job.status, 1) << job.err;
  EXPECT_THAT(job.log.others, Contains(HasSubstr("64-byte buffer too small for 128-byte alignment")));
  EXPECT_EQ(job.result.at("clients").at(0).at("result").as_int64(), -12);
}

struct Wrong {
  const char* name;
  const char* parameters;
  const char* text;
};
class LinuxParameterError : public testing::TestWithParam<Wrong> {};
INSTANTIATE_TEST_SUITE_P(
    Values, LinuxParameterError,
    testing::Values(Wrong{"unknown", "nope=1", "no such parameter"},
                    Wrong{"number", "iterations=many", "is not a number"},
                    Wrong{"no_setter", "test_list=1", "cannot be set"},
                    Wrong{"no_such_channel", "channel=dma0chan9", "parameter channel=dma0chan9"},
                    Wrong{"channel_twice", "channel=dma0chan1,channel=dma0chan1",
                          "parameter channel=dma0chan1"},
                    Wrong{"too_long", "channel=a-name-of-more-than-nineteen-bytes", "too long"},
                    Wrong{"hook", "run=maybe", "parameter run=maybe: not a valid value"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST_P(LinuxParameterError, IsRefusedByName) {
  const LinuxJob job = insert_linux({"--board", "k210"}, GetParam().parameters);
  EXPECT_EQ(job.status, 2) << job.err;
  EXPECT_THAT(job.err, HasSubstr(GetParam().text));
}

}  // namespace
}  // namespace dmavp::tb
