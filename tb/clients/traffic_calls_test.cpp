// The client traffic on every board with each call that prepares a transfer of a peripheral: scatter lists,
// vectors and interleaved templates whose pieces lie apart in memory.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class TrafficCalls : public ::testing::TestWithParam<std::tuple<std::string, const char*>> {};
INSTANTIATE_TEST_SUITE_P(Boards, TrafficCalls,
                         ::testing::Combine(::testing::ValuesIn(board_names()),
                                            ::testing::Values("sg", "vec", "interleaved")),
                         [](const auto& row) {
                           return std::get<0>(row.param) + "_" + std::get<1>(row.param);
                         });

/// What is read is the pattern, what is written the sink expects, and nothing between the pieces changes.
TEST_P(TrafficCalls, MoveEveryPieceAndNothingBetween) {  // covers: R10 R12 K18
  const auto& [board, call] = GetParam();
  for (std::uint64_t i = 0; i < 2 * tb::seeds(); ++i) {
    const std::uint64_t seed = tb::seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::uint64_t transfer = 8 * (12 + random() % 40), bytes = 8 * (1 + random() % 300);
    const std::uint64_t spacing = random() % 3 ? random() % 100 : 0;
    const std::string file = scratch("traffic.json");
    std::vector<std::string> words = {"run",     "traffic",
                                      "--board", board,
                                      "--seed",  std::to_string(seed),
                                      "--json",  file,
                                      "--set",   std::string("client.traffic.call=") + call};
    for (const auto& [key, value] : {std::pair{"bytes", bytes},
                                     {"transfer", transfer},
                                     {"pieces", 1 + random() % 12},
                                     {"spacing", spacing},
                                     {"buffers", 2 + random() % 4},
                                     {"maxburst", 1 + random() % 8}})
      words.insert(words.end(),
                   {"--set", std::string("client.traffic.") + key + "=" + std::to_string(value)});
    const Finished f = run_program(words);
    ASSERT_EQ(f.status, 0) << testing::PrintToString(words) << f.out << f.err;
    const json::object result = json::parse(read_file(file)).as_object();
    const json::value& client = result.at("clients").at(0);
    EXPECT_EQ(client.at("bytes").to_number<std::uint64_t>(), 2 * bytes);
    EXPECT_EQ(client.at("notes").at("wrong_bytes").as_string(), "0");
    EXPECT_EQ(client.at("notes").at("sink_mismatches").as_string(), "0");
    EXPECT_TRUE(result.at("diagnostics").as_array().empty()) << result.at("diagnostics");
    EXPECT_EQ(result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);
  }
}

TEST(Traffic, SaysWhichCallsThereAre) {
  for (const auto& [settings, message] :
       {std::pair{"call=linear", "call=linear is none of sg, vec, interleaved"},
        std::pair{"spacing=4,cyclic=true", "a ring has no spacing, and is prepared by a call of its own"},
        std::pair{"call=vec,cyclic=true", "a ring has no spacing, and is prepared by a call of its own"}}) {
    std::vector<std::string> words = {"run", "traffic"};
    std::string rest = settings;
    for (std::size_t comma = 0; comma != std::string::npos; rest = rest.substr(comma + 1)) {
      comma = rest.find(',');
      words.insert(words.end(), {"--set", "client.traffic." + rest.substr(0, comma)});
    }
    const Finished f = run_program(words);
    EXPECT_EQ(f.status, 2) << settings;
    EXPECT_THAT(f.err, HasSubstr(message));
  }
}

}  // namespace
}  // namespace dmavp::test
