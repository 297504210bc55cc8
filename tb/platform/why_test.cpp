// --explain: what is predicted and what is obtained, over random boards, controllers and copies.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "platform/program.h"
#include "tier.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;

/// A program of random settings, and what it says of itself.
struct Trial {
  std::uint64_t seed = 0;
  std::vector<std::string> words;
  double predicted = 0;
  double obtained = 0;
  std::string sentence;
  bool advised = false;
};

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}
  std::string of(const std::vector<std::string>& values) { return values[random_() % values.size()]; }
  bool one_in(unsigned n) { return random_() % n == 0; }

 private:
  std::mt19937_64 random_;
};

std::vector<std::string> random_program(std::uint64_t seed) {
  Draw draw(seed);
  const std::string timing = draw.of({"lt", "at"});
  std::vector<std::string> words = {"run", "memcpy", "--board", draw.of(board_names()), "--timing", timing};
  const auto set = [&](const std::string& path, const std::string& value) {
    words.insert(words.end(), {"--set", path + "=" + value});
  };
  if (draw.one_in(3)) {  // several channels at a time
    words[1] = "dmatest";
    for (const char* always : {"noverify=1", "norandom=1", "iterations=20"})
      set(std::string("client.dmatest.") + std::string(always).substr(0, std::string(always).find('=')),
          std::string(always).substr(std::string(always).find('=') + 1));
    set("client.dmatest.max_channels", draw.of({"2", "3", "4"}));
    set("client.dmatest.test_buf_size", draw.of({"4KiB", "16KiB", "64KiB"}));
  } else {
    set("client.copy.size", draw.of({"4KiB", "20000", "64KiB", "256KiB"}));
    set("client.copy.count", "6");
    set("client.copy.verify", draw.of({"true", "false", "false"}));
    if (draw.one_in(3)) {
      set("client.copy.chunk", draw.of({"1024", "4096", "9000"}));
      set("client.copy.depth", draw.of({"1", "2", "8"}));
    }
    if (draw.one_in(4)) set("client.copy.src_offset", draw.of({"64", "640", "5"}));
  }
  set("dmac0:snps,axi-max-burst-len", draw.of({"1", "2", "4", "8", "16", "32", "64", "256"}));
  set("dmac0:snps,data-width", draw.of({"2", "3", "4", "5"}));
  set("dmac0:dmavp,fifo-depth", draw.of({"8", "16", "32", "64", "128", "512"}));
  set("ram0:dmavp,read-latency", draw.of({"1", "5", "10", "20", "40", "100", "200"}));
  set("ram0:dmavp,write-latency", draw.of({"1", "5", "10", "20", "50"}));
  if (draw.one_in(2)) set("dmac0:dmavp,read-limit", draw.of({"1", "2", "4", "8"}));
  if (draw.one_in(3)) set("dmac0:dmavp,write-limit", draw.of({"1", "2", "4"}));
  if (draw.one_in(3)) set("dmac0:dmavp,burst-overhead", draw.of({"1", "2", "4"}));
  if (draw.one_in(4)) set("dmac0:dmavp,issue-interval", draw.of({"2", "4"}));
  if (draw.one_in(3)) set("dmac0:dmavp,write-start", "cut-through");
  if (draw.one_in(4)) set("dmac0:dmavp,fifo-release", "write-beat");
  if (draw.one_in(4)) set("dmac0:dmavp,write-slot-release", "last-beat");
  if (draw.one_in(4)) set("soc:dmavp,request-latency", draw.of({"0", "3", "8"}));
  return words;
}

Trial try_program(const std::vector<std::string>& program, std::uint64_t seed = 0) {
  Trial trial;
  trial.seed = seed;
  trial.words = program;
  std::vector<std::string> words = trial.words;
  const std::string file = scratch("why.json");
  words.insert(words.end(), {"--explain", "--quiet", "--json", file});
  const Finished run = run_program(words);
  EXPECT_EQ(run.status, 0) << run.err;
  const std::string text = read_file(file);
  if (text.empty()) return trial;
  const json::value result = json::parse(text);
  trial.sentence = result.at("why").at("sentence").as_string().c_str();
  trial.advised = !result.at("why").at("settings").as_array().empty();
  if (!trial.advised) return trial;
  EXPECT_EQ(result.at("explain").at("outcome").as_string(), "tried");
  trial.predicted = result.at("explain").at("predicted_gain").to_number<double>();
  const json::value& obtained = result.at("explain").at("obtained_gain");
  trial.obtained = obtained.is_null() ? 0 : obtained.to_number<double>();
  return trial;
}

std::string line_of(const Trial& t) {
  char text[96];
  std::snprintf(text, sizeof text, "%5llu  %+8.1f %%  %+8.1f %%  %6.1f  ",
                static_cast<unsigned long long>(t.seed), 100 * t.predicted, 100 * t.obtained,
                100 * std::abs(t.predicted - t.obtained));
  std::string line = text + t.sentence + "\n       ";
  for (const std::string& word : t.words) line += word == "--set" ? "" : " " + word;
  return line + "\n";
}

// Issue 6: the sign is right in 95 % and the median distance at most 5 points.
TEST(Why, AdviceDoesWhatItPredicts) {
  const std::uint64_t wanted = tb::number("DMAVP_WHY", tb::programs(50, 2));
  const std::uint64_t first = tb::first_program();
  SCOPED_TRACE("first seed " + std::to_string(first));
  std::vector<double> distances;
  std::uint64_t wrong = 0, all = 0;
  std::string table = " seed   predicted    obtained  points\n";
  for (std::uint64_t seed = first; distances.size() < wanted && all < 3 * wanted; ++seed, ++all) {
    const Trial trial = try_program(random_program(seed), seed);
    table += line_of(trial);
    if (!trial.advised) continue;
    distances.push_back(100 * std::abs(trial.predicted - trial.obtained));
    if ((trial.predicted > 0) != (trial.obtained > 0)) ++wrong;
  }
  ASSERT_EQ(distances.size(), wanted) << "too few of " << all << " programs have an advice\n" << table;
  std::sort(distances.begin(), distances.end());
  EXPECT_LE(distances[distances.size() / 2], 5.0) << table;
  EXPECT_LE(wrong * 20, wanted) << table;
  if (tb::number("DMAVP_WHY", 0) != 0) std::printf("%s", table.c_str());
}

// Each of three channels could go four times as fast, all of them together by a third.
TEST(Why, ChannelsOfOneClientCountTogether) {
  std::vector<std::string> words = {"run", "dmatest", "--board", "agilex5"};
  for (const char* setting :
       {"client.dmatest.noverify=1", "client.dmatest.norandom=1", "client.dmatest.iterations=20",
        "client.dmatest.max_channels=3", "client.dmatest.test_buf_size=64KiB",
        "dmac0:snps,axi-max-burst-len=4", "dmac0:dmavp,fifo-depth=64", "ram0:dmavp,read-latency=10",
        "ram0:dmavp,write-latency=1", "dmac0:dmavp,read-limit=1"})
    words.insert(words.end(), {"--set", setting});
  const Trial trial = try_program(words);
  EXPECT_TRUE(trial.advised) << trial.sentence;
  EXPECT_NEAR(trial.predicted, trial.obtained, 0.15) << line_of(trial);
}

TEST(Why, IsSaidBelowTheTable) {
  const Finished run = run_program({"run", "memcpy", "--board", "jh7110", "--explain"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.out, ContainsRegex("why: dmac0.ch0: fifo [0-9]+ % of reader cycles: "
                                     "dmac0:dmavp,fifo-depth 32 -> [0-9]+ predicts [+][0-9.]+ %"));
  EXPECT_THAT(run.out, ContainsRegex("explain: predicted [+][0-9.]+ %, obtained [+][0-9.]+ %"));
}

TEST(Why, WithoutAdviceThereIsNoSecondRun) {
  const Finished peripheral = run_program({"run", "traffic", "--explain"});
  EXPECT_EQ(peripheral.status, 0) << peripheral.err;
  EXPECT_THAT(peripheral.out, HasSubstr("the peripheral sets the pace"));
  EXPECT_THAT(peripheral.out, HasSubstr("explain: no advice to try"));
  const Finished failed = run_program({"run", "memcpy", "--explain", "--set", "expect.bytes_min=1GiB"});
  EXPECT_EQ(failed.status, 1);
  EXPECT_THAT(failed.out, HasSubstr("explain: the run has failed"));
}

}  // namespace
}  // namespace dmavp::test
