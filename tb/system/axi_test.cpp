// Every scenario on every board with the AXI checker on: on the golden traces, which golden_trace.* hold the
// program to, and in the full tier on the scenarios at their own size.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "dmac/planner.h"
#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"
#include "platform/config/property_table.h"
#include "platform/program.h"
#include "system/soc.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

namespace fs = std::filesystem;

class AxiOnBoard : public testing::TestWithParam<const char*> {
 protected:
  /// Bursts seen in a trace.
  std::uint64_t expect_legal(const fs::path& file) const {
    const auto description = platform::describe_board(board_tree(GetParam()));
    std::ifstream trace(file);
    EXPECT_TRUE(trace) << file;
    const auto checkers = check_trace(trace, axi_limits(description.dmacs[0]));
    std::uint64_t bursts = 0;
    for (const auto& [name, checker] : checkers) {
      EXPECT_EQ(checker.report(), "") << file << ", " << name;
      bursts += checker.bursts();
    }
    return bursts;
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, AxiOnBoard,
                         testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"),
                         [](const auto& board) { return std::string(board.param); });

TEST_P(AxiOnBoard, GoldenTracesAreLegal) {
  unsigned traces = 0;
  for (const auto& file : fs::directory_iterator(fs::path(DMAVP_SOURCE_DIR) / "traces" / GetParam())) {
    EXPECT_GT(expect_legal(file.path()), 10u) << file.path();
    ++traces;
  }
  EXPECT_GE(traces, 7u);
}

TEST_P(AxiOnBoard, ScenariosOfTheirOwnSizeAreLegal) {
  if (!full_tier()) GTEST_SKIP() << "full tier";
  for (const auto& golden : fs::directory_iterator(fs::path(DMAVP_SOURCE_DIR) / "traces" / GetParam())) {
    const std::string scenario = golden.path().stem();
    const std::string trace = test::scratch(scenario + ".trace");
    const auto run = test::run_program({"run", scenario, "--board", GetParam(), "--quiet", "--trace", trace});
    ASSERT_EQ(run.status, 0) << scenario << "\n" << run.err;
    EXPECT_GT(expect_legal(trace), 100u) << scenario;
    fs::remove(trace);
  }
}

}  // namespace
}  // namespace dmavp::tb
