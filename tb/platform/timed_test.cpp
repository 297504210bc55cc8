// Every scenario in both timing modes: the same work is done, the same data arrive, and where nobody is in
// the way it takes the same time.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

json::object result_of(const std::string& scenario, const std::string& board, const std::string& timing) {
  const std::string file = scratch(timing + ".json");
  const Finished run =
      run_program({"run", scenario, "--board", board, "--timing", timing, "--quiet", "--json", file});
  EXPECT_EQ(run.status, 0) << timing << "\n" << run.err;
  const std::string text = read_file(file);
  return text.empty() ? json::object{} : json::parse(text).as_object();
}

double number(const json::value& value) { return value.to_number<double>(); }

class Timed : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Boards, Timed, testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

TEST_P(Timed, ScenariosMoveTheSameBytes) {
  for (const char* scenario :
       {"default", "memcpy", "blit", "uart-loopback", "audio", "spi-flash", "traffic"}) {
    SCOPED_TRACE(scenario);
    const json::object lt = result_of(scenario, GetParam(), "lt");
    const json::object at = result_of(scenario, GetParam(), "at");
    ASSERT_TRUE(lt.contains("clients") && at.contains("clients"));
    EXPECT_EQ(at.at("timing"), "at");
    EXPECT_TRUE(at.at("passed").as_bool());
    const json::array& a = lt.at("clients").as_array();
    const json::array& b = at.at("clients").as_array();
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      for (const char* field : {"name", "bytes", "transfers", "errors"})
        EXPECT_EQ(a[i].at(field), b[i].at(field)) << field;
    }
  }
}

// One channel at a time: nobody contends for anything.
TEST_P(Timed, WithoutContentionTheTimeIsTheSame) {
  for (const char* scenario : {"memcpy", "blit", "uart-loopback", "spi-flash"}) {
    SCOPED_TRACE(scenario);
    const double lt = number(result_of(scenario, GetParam(), "lt").at("sim_time_ps"));
    const double at = number(result_of(scenario, GetParam(), "at").at("sim_time_ps"));
    EXPECT_NEAR(at / lt, 1.0, 0.02);
  }
}

TEST_P(Timed, RunsAreRepeatable) {
  const std::vector<std::string> words = {"run",      "default", "--board", GetParam(),
                                          "--timing", "at",      "--quiet", "--trace"};
  std::string traces[2];
  for (std::string& trace : traces) {
    const std::string file = scratch("trace");
    std::vector<std::string> all = words;
    all.push_back(file);
    ASSERT_EQ(run_program(all).status, 0);
    trace = read_file(file);
  }
  EXPECT_GT(traces[0].size(), 10'000u);
  EXPECT_TRUE(traces[0] == traces[1]);
}

}  // namespace
}  // namespace dmavp::test
