// `dmavp diff`: what counts as different, and what is said about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

using testing::HasSubstr;
using testing::Not;
using Words = std::vector<std::string>;

const char* const kBase = R"({
  "schema": "dmavp.run/1", "board": "k210", "scenario": "memcpy", "timing": "lt", "seed": 1,
  "passed": true, "sim_time_ps": 1000000, "wall_s": 0.5,
  "clients": [{"name": "copy", "bytes": 4096, "throughput_mb_s": 200.5}],
  "channels": [
    {"name": "dmac0.ch0", "reader": {"fifo": 500, "idle": 7}},
    {"name": "dmac0.ch1", "reader": {"fifo": 40, "idle": 0}}
  ],
  "interrupts": [{"cpu": 0, "number": 27, "count": 3}],
  "failures": ["one"]
})";

/// The base with one text replaced.
std::string changed(const std::string& from, const std::string& to) {
  std::string text = kBase;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Finished diff(const std::string& b, const Words& options = {}) {
  write_file(scratch("a.json"), kBase);
  write_file(scratch("b.json"), b);
  Words words{"diff", scratch("a.json"), scratch("b.json")};
  words.insert(words.end(), options.begin(), options.end());
  return run_program(words);
}

TEST(Diff, EqualResultsAreEqualAndWallClockDoesNotCount) {
  const Finished same = diff(changed("\"wall_s\": 0.5", "\"wall_s\": 7"));
  EXPECT_EQ(same.status, 0) << same.err;
  EXPECT_THAT(same.out, HasSubstr(": 0 differ, 0 differ within their thresholds"));
  EXPECT_EQ(diff(changed("\"wall_s\": 0.5", "\"wall_s\": 7"), {"--threshold", "*=1%"}).status, 0);
  EXPECT_EQ(diff(changed("\"wall_s\": 0.5", "\"wall_s\": 7"), {"--threshold", "wall_s=1"}).status, 1);
  EXPECT_EQ(diff(changed("\"wall_s\": 0.5", "\"wall_s\": 1.5"), {"--threshold", "wall_s=1"}).status, 0);
}

/// At the threshold is within, one beyond is not; both ways, absolute and in percent.
TEST(Diff, ThresholdsAreExact) {
  const auto fifo = [](int n) { return changed("\"fifo\": 500", "\"fifo\": " + std::to_string(n)); };
  for (const auto& [value, status] : {std::pair{600, 0}, {601, 1}, {400, 0}, {399, 1}}) {
    EXPECT_EQ(diff(fifo(value), {"--threshold", "channels[*].reader.fifo=100"}).status, status) << value;
    EXPECT_EQ(diff(fifo(value), {"--threshold", "channels[dmac0.ch0]=20%"}).status, status) << value;
    EXPECT_EQ(diff(fifo(value), {"--threshold", "channels[dmac0.ch1]=20%"}).status, 1) << value;
  }
  // Percent of nothing is nothing.
  EXPECT_EQ(diff(changed("\"idle\": 0", "\"idle\": 1"), {"--threshold", "channels=50%"}).status, 1);
  // The last that matches counts, but an ignored field stays ignored.
  EXPECT_EQ(diff(fifo(601), {"--threshold", "channels=50%", "--threshold", "*.fifo=1"}).status, 1);
  EXPECT_EQ(diff(fifo(601), {"--threshold", "*.fifo=1", "--threshold", "channels=50%"}).status, 0);
  EXPECT_EQ(diff(fifo(601), {"--ignore", "*.fifo", "--threshold", "channels=1"}).status, 0);
}

TEST(Diff, NumbersAreComparedInFull) {
  const auto time = [](const char* t) { return changed("\"sim_time_ps\": 1000000", t); };
  write_file(scratch("big.json"), time("\"sim_time_ps\": 9007199254740993"));
  write_file(scratch("bigger.json"), time("\"sim_time_ps\": 9007199254740992"));
  EXPECT_EQ(run_program({"diff", scratch("big.json"), scratch("bigger.json")}).status, 1);
}

TEST(Diff, TheTableNamesFieldValuesAndDistance) {
  const Finished found = diff(changed("\"fifo\": 500", "\"fifo\": 750"), {"--threshold", "*.fifo=10%"});
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.out, HasSubstr("b.json: memcpy on k210, timing lt, seed 1\n"));
  EXPECT_THAT(found.out, HasSubstr("channels[dmac0.ch0].reader.fifo  500  750  +250 (+50 %)  10%\n"));
  EXPECT_THAT(found.out, HasSubstr("20 fields compared: 1 differ, 0 differ within their thresholds"));
  EXPECT_THAT(found.out, Not(HasSubstr("sim_time_ps")));
}

TEST(Diff, WhatIsNoNumberOrOnOneSideOnlyDiffers) {
  EXPECT_EQ(diff(changed("true", "false")).status, 1);
  EXPECT_EQ(diff(changed("\"one\"", "\"two\"")).status, 1);
  EXPECT_EQ(diff(changed("\"count\": 3", "\"count\": \"3\"")).status, 1);
  const Finished added = diff(changed("[\"one\"]", "[\"one\", \"two\"]"));
  EXPECT_EQ(added.status, 1);
  EXPECT_THAT(added.out, HasSubstr("failures[1]  (none)  \"two\""));
  const Finished removed = diff(changed("\"idle\": 7", "\"extra\": 7"));
  EXPECT_THAT(removed.out, HasSubstr("channels[dmac0.ch0].reader.idle        7  (none)"));
  EXPECT_EQ(removed.status, 1);
  EXPECT_THAT(diff(changed("\"count\": 3", "\"count\": 4")).out, HasSubstr("interrupts[cpu0.irq27].count"));
  // Elements are found by name, wherever they stand.
  const char* const ch0 = R"({"name": "dmac0.ch0", "reader": {"fifo": 500, "idle": 7}})";
  const char* const ch1 = R"({"name": "dmac0.ch1", "reader": {"fifo": 40, "idle": 0}})";
  std::string swapped = changed(ch0, "X");
  swapped.replace(swapped.find(ch1), std::string(ch1).size(), ch0);
  swapped.replace(swapped.find('X'), 1, ch1);
  EXPECT_EQ(diff(swapped).status, 0);
}

TEST(Diff, BadInputEndsWithStatusTwoAndASentence) {
  const auto refused = [](const Finished& finished, const std::string& sentence) {
    EXPECT_EQ(finished.status, 2) << sentence;
    EXPECT_THAT(finished.err, HasSubstr(sentence));
    EXPECT_EQ(finished.out, "");
  };
  refused(diff("{\n\"schema\": \"dmavp.run/1\",\n\"x\": }\n"), "b.json:3: not JSON: ");
  refused(diff(""), "b.json:1: not JSON: ");
  refused(diff(std::string(kBase) + "\nmore"), "b.json:12: not JSON: ");
  refused(diff(std::string(500, '[')), "b.json:1: not JSON: ");
  refused(diff("[1]"), "b.json: no result of dmavp run: it has no schema");
  refused(diff(changed("dmavp.run/1", "dmavp.run/2")), "schema \"dmavp.run/2\", \"dmavp.run/1\" is needed");
  refused(diff(kBase, {"--threshold", "chanels=1"}), "--threshold chanels: no such field in ");
  refused(diff(kBase, {"--ignore", "clients[no]"}), "--ignore clients[no]: no such field in ");
  refused(diff(kBase, {"--threshold", "board=1"}), "--threshold board: this field is no number");
  for (const char* bad :
       {"seed", "=1", "seed=", "seed=-1", "seed=1e999", "seed=1x", "seed=nan", "seed=1%%"}) {
    refused(diff(kBase, {"--threshold", bad}), std::string("--threshold ") + bad + ": ");
  }
  refused(diff(kBase, {"third.json"}), "two results are needed, 3 given");
  refused(run_program({"diff", scratch("none.json"), scratch("none.json")}), "none.json: cannot be read");
  refused(run_program({"diff", "docs", "docs"}), "docs: is a directory");
}

/// Results of real runs: the same run is equal, another seed or setting is not.
TEST(Diff, ComparesWhatRunsWrite) {
  const auto run = [](const char* file, const Words& options) {
    Words words{"run", "memcpy", "--quiet", "--json", scratch(file), "--set", "client.copy.count=2"};
    words.insert(words.end(), options.begin(), options.end());
    EXPECT_EQ(run_program(words).status, 0);
  };
  run("a.json", {});
  run("same.json", {});
  run("slow.json", {"--set", "dmac0:dmavp,fifo-depth=64"});
  EXPECT_EQ(run_program({"diff", scratch("a.json"), scratch("same.json")}).status, 0);
  const Finished slow = run_program({"diff", scratch("a.json"), scratch("slow.json")});
  EXPECT_EQ(slow.status, 1);
  EXPECT_THAT(slow.out, HasSubstr("clients[copy].throughput_mb_s"));
}

}  // namespace
}  // namespace dmavp::test
