// What a run says about its fault plan: exit status, reasons, result file, trace.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "faults/play.h"

namespace dmavp::test {
namespace {

using ::testing::HasSubstr;

const std::string kWriteError =
    std::string(kCopy) + "[[fault]]\nkind='slverr'\ntarget='dmac0'\non='destination'\n";

/// The run fails, and says why with these words.
void expect_failure(const std::string& scenario, const char* reason,
                    const std::vector<std::string>& more = {}) {
  const Result result = play(scenario, "k210", more);
  EXPECT_EQ(result.run.status, 1) << scenario;
  EXPECT_THAT(result.run.err, HasSubstr(reason)) << scenario;
}

TEST(FaultVerdict, AFaultThatNeverHappensFailsTheRunUnlessThePlanAllowsIt) {
  expect_failure(kWriteError + "nth=100000\n", "fault slverr on dmac0 never happened");
  for (const char* allowed : {"no", "any"})
    EXPECT_EQ(play(kWriteError + "nth=100000\nfired='" + allowed + "'\n", "k210").run.status, 0);
  expect_failure(kWriteError + "fired='no'\noutcome='write-failed'\n", "happened 1 times, expected never");
}

TEST(FaultVerdict, AnOutcomeNobodyHasSeenFailsTheRun) {
  expect_failure(kWriteError + "outcome='timeout'\n",
                 "no client has seen timeout, the outcome of slverr on dmac0");
  expect_failure(kWriteError, "1 failed transfers (write-failed), expected 0");
  expect_failure(kWriteError + "outcome='none'\n", "1 failed transfers (write-failed), expected 0");
  expect_failure(kWriteError + "outcome='write-failed'\n[expect]\nerrors=2\n",
                 "1 failed transfers, expected 2");
  EXPECT_EQ(play(kWriteError + "[expect]\nerrors=1\n", "k210").run.status, 0);
}

TEST(FaultVerdict, ClientsAndDiagnosticsThatAreToFailDo) {
  const std::string good = kWriteError + "outcome='write-failed'\n[expect]\n";
  expect_failure(good + "failing_clients=['copy']\n", "copy ended without an error, though");
  expect_failure(good + "diagnostics=['kernel.bus-error']\n", "no diagnostic kernel.bus-error");
  const std::string every = kWriteError + "count=0\noutcome='write-failed'\n";
  expect_failure(every, "client copy ended with result -5");
  EXPECT_EQ(play(every + "[expect]\nfailing_clients=['copy']\n", "k210").run.status, 0);
}

TEST(FaultVerdict, ConditionsSelectAndSettingsChangeThem) {
  const std::string plan = kWriteError + "nth=5\ncount=2\nfired='any'\n[expect]\nerrors=";
  const auto hits = [&](const std::vector<std::string>& settings) {
    std::vector<std::string> words;
    for (const std::string& setting : settings) {
      words.emplace_back("--set");
      words.push_back(setting);
    }
    const Result result = play(plan + "2\n", "k210", words);
    return result.json.at("faults").at(0).at("hits").to_number<int>();
  };
  EXPECT_EQ(hits({}), 2);
  EXPECT_EQ(hits({"fault[0].count=1"}), 1);
  EXPECT_EQ(hits({"fault[0].channel=5"}), 0);
  EXPECT_EQ(hits({"fault[0].address=0x10"}), 0);
  EXPECT_EQ(hits({"fault[0].time=1s"}), 0);
  EXPECT_EQ(hits({"fault[0].probability=0"}), 0);
}

/// Time and address of the first line of a trace with these words.
std::pair<std::uint64_t, std::uint64_t> first_burst(const std::string& trace, const char* words) {
  std::istringstream lines(trace);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find("address=0x");
    if (line.find(words) != std::string::npos && at != std::string::npos)
      return {std::stoull(line), std::stoull(line.substr(at + 10), nullptr, 16)};
  }
  ADD_FAILURE() << "no burst with " << words;
  return {};
}

TEST(FaultVerdict, AFlippedBitOfMemoryIsFoundWhateverWayTheDataGo) {
  for (const char* board : {"k210", "agilex5"}) {
    const std::string file = scratch("whole.trace");
    ASSERT_EQ(play(kCopy, board, {"--trace", file}).run.status, 0);
    const std::string trace = read_file(file);
    const std::uint64_t fetched = first_burst(trace, "kind=lli-fetch").first;
    const std::uint64_t source = first_burst(trace, "kind=read ").second;
    std::ostringstream plan;
    plan << kCopy << "[[fault]]\nkind='memory-bit-flip'\ntarget='ram0'\ntime='" << fetched
         << "ps'\naddress=" << (source | 31) << "\nbit=7\noutcome='mismatch'\n";
    const Result result = play(plan.str(), board);
    EXPECT_EQ(result.run.status, 0) << board << "\n" << plan.str() << result.run.err;
  }
}

TEST(FaultVerdict, TheTraceHasALineForEachHitAndTheSameRunTheSameTrace) {
  const std::string scenario = kWriteError + "count=0\nprobability=0.05\n[expect]\nerrors=1\n";
  std::string traces[2];
  for (std::string& trace : traces) {
    const std::string file = scratch("hits.trace");
    const Result result = play(scenario, "k210", {"--trace", file});
    trace = read_file(file);
    const auto hits = result.json.at("faults").at(0).at("hits").to_number<std::size_t>();
    EXPECT_GT(hits, 0u);
    std::size_t lines = 0;
    for (std::size_t at = 0; (at = trace.find(" dmac0 fault slverr hit=", at)) != std::string::npos; ++at)
      ++lines;
    EXPECT_EQ(lines, hits);
  }
  EXPECT_EQ(traces[0], traces[1]);
}

TEST(FaultVerdict, WhatAPlanNamesMustBeThere) {
  const Result result =
      play(std::string(kCopy) + "[[fault]]\nkind='slverr'\ntarget='dmac7'\non='source'\n", "k210");
  EXPECT_EQ(result.run.status, 2);
  EXPECT_THAT(result.run.err, HasSubstr("fault[0].target: no controller dmac7 (there are: dmac0)"));
}

}  // namespace
}  // namespace dmavp::test
