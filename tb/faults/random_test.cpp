// Software under faults nobody has thought of: random plans while everything is at work, and a failure of
// each single allocation and mapping. Whatever happens, the run ends by itself within its simulated time and
// every client either is right or says that it is not.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <random>
#include <string>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

/// A plan of one to four faults in the form of [[fault]] tables, for soc-mix on the boards named below.
class RandomPlan {
 public:
  explicit RandomPlan(std::uint64_t seed) : random_(seed) {
    const unsigned count = 1 + below(4);
    for (unsigned i = 0; i < count; ++i) add();
  }
  const std::string& text() const { return text_; }

 private:
  unsigned below(unsigned bound) { return static_cast<unsigned>(random_() % bound); }
  const char* pick(std::initializer_list<const char*> words) {
    return words.begin()[below(unsigned(words.size()))];
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
        text_ += word("kind", pick({"slverr", "decerr"})) + word("target", "dmac0") +
                 word("on", pick({"source", "destination", "descriptor", "write-back"})) + counting(3000);
        break;
      case 2:
        text_ += word("kind", "bit-flip") + word("target", "dmac0") +
                 word("on", pick({"source", "destination"})) + number("bit", below(64)) + counting(3000);
        break;
      case 3:
        text_ += word("kind", "corrupt-descriptor") + word("target", "dmac0") + counting(100);
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

json::object result_of(const std::string& file) {
  json::error_code error;
  const json::value value = json::parse(read_file(file), error);
  return !error && value.is_object() ? value.as_object() : json::object{};
}

/// What must hold of any run, whatever was planned. Empty, or what does not.
std::string complaint(const Finished& run, const json::object& result) {
  if (run.status != 0 && run.status != 1) return "exit status " + std::to_string(run.status);
  for (const char* hang : {"not finished after", "deadlock", "never started"}) {
    if (run.err.find(hang) != std::string::npos) return hang;
  }
  if (result.empty()) return "no result";
  if (result.at("software").at("live_allocations").to_number<std::uint64_t>() != 0)
    return "memory is left over";
  return {};
}

/// Data the bus changed that were payload: someone has to say so.
bool payload_changed(const json::object& result) {
  for (const json::value& fault : result.at("faults").as_array()) {
    if (fault.at("kind") == "bit-flip" && fault.at("hits").to_number<std::uint64_t>() != 0) return true;
  }
  return false;
}

class RandomFaults : public ::testing::TestWithParam<const char*> {};

TEST_P(RandomFaults, EndWithoutCrashHangOrSilentCorruption) {
  const char* board = GetParam();
  const std::string toml = scratch("random.toml");
  const std::string out = scratch("random.json");
  const std::uint64_t plans = tb::number("DMAVP_FAULT_PLANS", tb::programs(500));  // on each of two boards
  const std::uint64_t first = tb::number("DMAVP_FAULT_PLAN", tb::first_program());
  for (std::uint64_t seed = first; seed < first + plans; ++seed) {
    const RandomPlan plan(seed);
    write_file(toml, soc_mix_with(plan.text()));
    std::remove(out.c_str());
    const Finished run = run_program(
        {"run", toml, "--board", board, "--quiet", "--seed", std::to_string(seed + 1), "--json", out});
    const json::object result = result_of(out);
    const std::string wrong = complaint(run, result);
    EXPECT_TRUE(wrong.empty()) << wrong << "; DMAVP_FAULT_PLAN=" << seed << " on " << board << ":\n"
                               << plan.text() << run.err;
    if (wrong.empty() && payload_changed(result)) {
      EXPECT_EQ(run.status, 1) << "a changed bit was not noticed; DMAVP_FAULT_PLAN=" << seed << " on "
                               << board << ":\n"
                               << plan.text();
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Boards, RandomFaults, ::testing::Values("k210", "generic32"),
                         [](const auto& row) { return std::string(row.param); });

/// Lets call number n fail, for every n (in the shorter tier one in `stride`), until there are no more.
void let_each_fail(const char* kind, unsigned stride) {
  const std::string toml = scratch("each.toml");
  const std::string out = scratch("each.json");
  for (unsigned n = 1;; n += stride) {
    ASSERT_LT(n, 5000u);
    write_file(toml,
               soc_mix_with(std::string("[[fault]]\nkind = \"") + kind +
                            "\"\ntarget = \"kernel\"\nnth = " + std::to_string(n) + "\nfired = \"any\"\n"));
    std::remove(out.c_str());
    const Finished run = run_program({"run", toml, "--board", "generic16", "--quiet", "--json", out, "--set",
                                      "client.dmatest.iterations=5"});
    const json::object result = result_of(out);
    const std::string wrong = complaint(run, result);
    EXPECT_TRUE(wrong.empty()) << wrong << "; " << kind << " number " << n << "\n" << run.err;
    if (!result.empty() && result.at("faults").at(0).at("hits").to_number<int>() == 0) {
      EXPECT_EQ(run.status, 0) << run.err;  // as without a plan
      return;
    }
  }
}

TEST(EachAllocation, MayFail) { let_each_fail("allocation-failure", tb::full_tier() ? 1 : 17); }
TEST(EachMapping, MayFail) { let_each_fail("mapping-failure", tb::full_tier() ? 7 : 97); }

}  // namespace
}  // namespace dmavp::test
