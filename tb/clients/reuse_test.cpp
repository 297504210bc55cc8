// The client memcpy with descriptors that are prepared once and submitted for every copy, on every board.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

class Reuse : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Boards, Reuse, ::testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

/// The board without write-back, those whose caches are not coherent, items that lose VALID: each copy moves
/// other bytes by the same descriptors.
TEST_P(Reuse, CopiesAgainAndAgain) {  // covers: K16
  for (std::uint64_t i = 0; i < tb::seeds(); ++i) {
    const std::uint64_t seed = tb::seed_base() + i;
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::uint64_t size = 1 + random() % 20000, chunk = 1 + size / (1 + random() % 6);
    const std::uint64_t count = 20, transfers = (size + chunk - 1) / chunk;
    const std::string file = scratch("reuse.json");
    std::vector<std::string> words = {
        "run", "memcpy", "--quiet", "--board", GetParam(), "--seed", std::to_string(seed), "--json", file};
    for (const auto& [key, value] : {std::pair{"reuse", std::uint64_t{1}},
                                     {"size", size},
                                     {"chunk", chunk},
                                     {"count", count},
                                     {"depth", 1 + random() % 4},
                                     {"src_offset", random() % 4096},
                                     {"dst_offset", random() % 4096}})
      words.insert(words.end(), {"--set", std::string("client.copy.") + key + "=" + std::to_string(value)});
    const Finished f = run_program(words);
    ASSERT_EQ(f.status, 0) << f.out << f.err;
    const json::object result = json::parse(read_file(file)).as_object();
    const json::value& client = result.at("clients").at(0);
    EXPECT_EQ(client.at("bytes").to_number<std::uint64_t>(), count * size);
    EXPECT_EQ(client.at("transfers").to_number<std::uint64_t>(), count * transfers);
    EXPECT_TRUE(result.at("diagnostics").as_array().empty()) << result.at("diagnostics");
    EXPECT_EQ(result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);
  }
}

}  // namespace
}  // namespace dmavp::test
