// Software under faults nobody has thought of: random plans while everything is at work, and a failure of
// each single allocation and mapping. Whatever happens, the run ends by itself within its simulated time and
// every client either is right or says that it is not.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <iterator>
#include <map>
#include <random>
#include <string>

#include "faults/play.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

/// A plan of one to four faults in the form of [[fault]] tables, for soc-mix on every board.
class RandomPlan {
 public:
  /// `write_back`: the controller writes descriptors back.
  RandomPlan(std::uint64_t seed, bool write_back) : random_(seed), write_back_(write_back) {
    const unsigned count = 1 + below(4);
    for (unsigned i = 0; i < count; ++i) add();
  }
  const std::string& text() const { return text_; }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  const char* pick(std::initializer_list<const char*> words) {
    return words.begin()[below(unsigned(words.size()))];
  }
  unsigned pick_one(std::initializer_list<unsigned> numbers) {
    return numbers.begin()[below(unsigned(numbers.size()))];
  }
  std::string number(const char* key, unsigned value) {
    return std::string(key) + " = " + std::to_string(value) + "\n";
  }
  std::string word(const char* key, const std::string& value) {
    return std::string(key) + " = \"" + value + "\"\n";
  }
  std::string time(const char* key, unsigned limit_us) {
    return word(key, std::to_string(1 + below(limit_us)) + "us");
  }

  /// When it is hit, and how often.
  std::string counting(unsigned most) {
    std::string keys = number("nth", 1 + below(most));
    if (below(3) == 0) keys += number("count", 1 + below(5));
    if (below(4) == 0) keys += word("probability", "0." + std::to_string(1 + below(9)));
    return keys;
  }

  void add() {
    text_ += "[[fault]]\nfired = \"any\"\n";
    switch (below(10)) {
      case 0:
      case 1:
        text_ +=
            word("kind", pick({"slverr", "decerr"})) + word("target", "dmac0") +
            word("on",
                 pick({"source", "destination", "descriptor", write_back_ ? "write-back" : "descriptor"})) +
            counting(3000);
        break;
      case 2:
        text_ += word("kind", "bit-flip") + word("target", "dmac0") +
                 word("on", pick({"source", "destination"})) + number("bit", below(64)) + counting(3000);
        break;
      case 3:
        // VALID, or a bit of SAR, DAR or LLP that leads to where nobody is; others would lead into memory.
        text_ += word("kind", "corrupt-descriptor") + word("target", "dmac0") + counting(100);
        if (below(2)) text_ += number("bit", 64 * pick_one({0, 1, 3}) + 40 + below(24));
        break;
      case 4:
        text_ += word("kind", "interrupt-lost") + word("target", pick({"dmac0", "serial0", "spi0"})) +
                 counting(100);
        break;
      case 5:
        text_ += word("kind", "interrupt-late") + word("target", pick({"dmac0", "serial0"})) +
                 time("delay", 20'000) + counting(100);
        break;
      case 6:
        text_ += word("kind", pick({"interrupt-stuck", "interrupt-spurious"})) +
                 word("target", pick({"dmac0", "serial0", "spi0"})) + time("time", 60'000) +
                 time("duration", 500);
        break;
      case 7:
        text_ += word("kind", pick({"request-stuck-high", "request-stuck-low", "request-dropped"})) +
                 word("target", pick({"serial0", "spi0"})) + word("on", pick({"rx", "tx"})) +
                 time("duration", 100'000) + counting(200);
        break;
      case 8:
        text_ += word("kind", "clock-off") + word("target", "dmac0") + time("time", 60'000) +
                 time("duration", 5000);
        break;
      default:
        text_ += word("kind", pick({"allocation-failure", "mapping-failure"})) + word("target", "kernel") +
                 counting(400);
        break;
    }
  }

  std::mt19937_64 random_;
  bool write_back_;
  std::string text_;
};

/// soc-mix for a fiftieth of its time, with this plan behind it.
std::string soc_mix_with(const std::string& faults) {
  std::string text = read_file(std::string(DMAVP_SOURCE_DIR) + "/platform/scenarios/soc-mix.toml");
  for (const char* long_time : {"run_ms = 1000", "frames = 4800"}) {
    for (std::size_t at; (at = text.find(long_time)) != std::string::npos;)
      text.replace(at, std::string(long_time).size(),
                   std::string(long_time).substr(0, std::string(long_time).size() - 2));
  }
  return text + "\n" + faults;
}

/// What must hold of any run, whatever was planned. Empty, or what does not.
std::string complaint(const Result& result) {
  if (result.run.status != 0 && result.run.status != 1)
    return "exit status " + std::to_string(result.run.status);
  for (const char* hang : {"not finished after", "deadlock"}) {
    if (result.run.err.find(hang) != std::string::npos) return hang;
  }
  if (result.json.empty()) return "no result";
  const auto left = result.json.at("software").at("live_allocations").to_number<std::uint64_t>();
  return left != 0 ? std::to_string(left) + " pieces of memory are left over" : "";
}

/// What clients that ended well have received, by their own account, as a checksum of all of it.
std::map<std::string, std::string> checksums(const json::object& result) {
  std::map<std::string, std::string> sums;
  for (const json::value& client : result.at("clients").as_array()) {
    const json::object& notes = client.at("notes").as_object();
    if (client.at("result").to_number<int>() != 0 || !notes.contains("checksum")) continue;
    sums[client.at("name").as_string().c_str()] = notes.at("checksum").as_string().c_str();
  }
  return sums;
}

constexpr const char* kBoards[] = {"k210", "jh7110", "agilex5", "generic16", "generic32"};
constexpr unsigned kParts = 2;  ///< of the plans of a board, so that none takes long
class RandomFaults : public ::testing::TestWithParam<unsigned> {};

TEST_P(RandomFaults, EndWithoutCrashHangOrSilentCorruption) {
  const std::string board = kBoards[GetParam() / kParts];
  const std::uint64_t plans = tb::number("DMAVP_FAULT_PLANS", tb::programs(100));
  const std::uint64_t first = tb::number("DMAVP_FAULT_PLAN", tb::first_program() + GetParam() * plans);
  const auto expected = checksums(play(soc_mix_with(""), board).json);
  ASSERT_EQ(expected.size(), 3u);  // all but dmatest, which compares with a pattern
  for (std::uint64_t seed = first; seed < first + plans; ++seed) {
    SCOPED_TRACE("DMAVP_FAULT_PLAN=" + std::to_string(seed) + " DMAVP_FAULT_PLANS=1 on " + board);
    const RandomPlan plan(seed, board != "jh7110");
    const Result result = play(soc_mix_with(plan.text()), board, {"--seed", std::to_string(seed + 1)});
    const std::string wrong = complaint(result);
    EXPECT_EQ(wrong, "") << plan.text() << result.run.err;
    if (!wrong.empty()) continue;
    for (const auto& [client, sum] : checksums(result.json))
      EXPECT_EQ(sum, expected.at(client)) << client << " has not noticed\n" << plan.text();
  }
}
INSTANTIATE_TEST_SUITE_P(Boards, RandomFaults, ::testing::Range(0u, unsigned(std::size(kBoards)) * kParts),
                         [](const auto& row) {
                           return std::string(kBoards[row.param / kParts]) + "_" +
                                  std::to_string(row.param % kParts);
                         });

/// Lets call number n fail, for every n (in the shorter tier one in `stride`), until there are no more.
void let_each_fail(const std::string& kind, unsigned stride) {
  for (unsigned n = 1;; n += stride) {
    ASSERT_LT(n, 5000u);
    SCOPED_TRACE(kind + " number " + std::to_string(n));
    const Result result =
        play(soc_mix_with("[[fault]]\nkind = \"" + kind +
                          "\"\ntarget = \"kernel\"\nnth = " + std::to_string(n) + "\nfired = \"any\"\n"),
             "generic16", {"--set", "client.dmatest.iterations=5"});
    EXPECT_EQ(complaint(result), "") << result.run.err;
    if (!result.json.empty() && result.json.at("faults").at(0).at("hits").to_number<int>() == 0) {
      EXPECT_EQ(result.run.status, 0) << result.run.err;  // as without a plan
      return;
    }
  }
}

TEST(EachAllocation, MayFail) { let_each_fail("allocation-failure", tb::full_tier() ? 1 : 17); }
TEST(EachMapping, MayFail) { let_each_fail("mapping-failure", tb::full_tier() ? 7 : 97); }

}  // namespace
}  // namespace dmavp::test
