// Random transfers of every kind and direction on every board, by the program: each seed plays others.
// covers: R10 R12 K18
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "system/job.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

void run_cases(const std::string& board, const std::string& cases, const Words& more) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); seed++) {
    SCOPED_TRACE(cases + " seed " + std::to_string(seed));
    const std::string scenario = std::string(DMAVP_SOURCE_DIR) + "/tb/system/bare.toml";
    const Job job = run_job(Words{"run", scenario, "--board", board, "--seed", std::to_string(seed),
                                  "--insmod", std::string(DMAVP_TEST_MODULE_DIR) + "/" + cases} +
                            more);
    EXPECT_EQ(job.finished.status, 0) << job.finished.err;
    EXPECT_EQ(software(job, "live_allocations"), 0u);
  }
}

class RandomOnBoard : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(RandomOnBoard, MemoryIsExact) {
  const auto& [board, cases] = GetParam();
  run_cases(board, std::string(cases) + ",rounds=" + std::to_string(programs(1000)), {});
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, RandomOnBoard,
    testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"),
                     testing::Values("interleaved-cases.so,test=memory", "interleaved-cases.so,test=fixed",
                                     "kind-cases.so,test=memset")),
    [](const auto& row) {
      const std::string cases = std::get<1>(row.param);
      return std::string(std::get<0>(row.param)) + "_" + cases.substr(cases.rfind('=') + 1);
    });

class StreamOnBoard : public testing::TestWithParam<std::tuple<const char*, const char*, bool>> {};

TEST_P(StreamOnBoard, EveryItemIsInItsPlace) {
  const auto& [board, name, to_device] = GetParam();
  for (const char* width : {"1", "4"}) {
    SCOPED_TRACE(std::string("width ") + width);
    run_cases(board, std::string("traffic-cases.so,test=") + name + (to_device ? ",to_device=1" : ""),
              {"--set", std::string("traffic0:dmavp,item-bytes=") + width, "--set",
               "traffic0:dmavp,fifo-depth=32"});
  }
}

INSTANTIATE_TEST_SUITE_P(Traffic, StreamOnBoard,
                         testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic16",
                                                          "generic32"),
                                          testing::Values("templates", "ragged_lists"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param) +
                                  (std::get<2>(row.param) ? "_out" : "_in");
                         });

}  // namespace
}  // namespace dmavp::tb
