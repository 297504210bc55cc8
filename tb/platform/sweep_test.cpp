// dmavp sweep: the table is that of the single runs, whatever the number of workers and however often it was
// killed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <random>
#include <sstream>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

std::vector<std::string> plus(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

/// 2 x 3 x 3 short copies.
const std::vector<std::string> kGrid = {"sweep",    "memcpy",
                                        "--timing", "at",
                                        "--set",    "client.copy.count=2",
                                        "--vary",   "board=k210,generic16",
                                        "--vary",   "client.copy.size=64,1KiB,4000",
                                        "--vary",   "seed=1..3"};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST(Sweep, RowsAreTheResultsOfSingleRuns) {
  const std::string file = scratch("grid.json");
  const Finished finished = run_program(plus(kGrid, {"--json", file}));
  ASSERT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out, "");
  const json::value sweep = json::parse(read_file(file));
  EXPECT_EQ(sweep.at("schema").as_string(), "dmavp.sweep/1");
  EXPECT_EQ(sweep.at("axes").as_array().size(), 3u);
  const json::array& rows = sweep.at("rows").as_array();
  ASSERT_EQ(rows.size(), 18u);
  std::size_t point = 0;
  for (const char* board : {"k210", "generic16"}) {
    for (const char* size : {"64", "1KiB", "4000"}) {
      for (const char* seed : {"1", "2", "3"}) {
        SCOPED_TRACE(std::string(board) + ", " + size + " bytes, seed " + seed);
        const json::value& row = rows[point];
        EXPECT_EQ(row.at("point").to_number<std::size_t>(), point++);
        EXPECT_EQ(row.at("values"), (json::array{board, size, seed}));
        EXPECT_EQ(row.at("status").as_string(), "passed");
        if (point % 5 != 0) continue;  // some are enough
        const std::string single = scratch("single.json");
        run_program({"run", "memcpy", "--timing", "at", "--set", "client.copy.count=2", "--board", board,
                     "--set", std::string("client.copy.size=") + size, "--seed", seed, "-q", "--json",
                     single});
        const json::value run = json::parse(read_file(single));
        EXPECT_EQ(row.at("figures").at("sim_time_ps"), run.at("sim_time_ps"));
        EXPECT_EQ(row.at("figures").at("clients[copy].latency_ns.p95"),
                  run.at("clients").at(0).at("latency_ns").at("p95"));
        for (const json::value& channel : run.at("channels").as_array()) {
          if (channel.at("read_bursts") == 0) continue;
          const std::string name = "channels[" + std::string(channel.at("name").as_string()) + "].";
          EXPECT_EQ(row.at("figures").at(name + "read_bursts"), channel.at("read_bursts"));
          EXPECT_EQ(row.at("figures").at(name + "reader.memory"), channel.at("reader").at("memory"));
        }
      }
    }
  }
}

TEST(Sweep, NumberOfWorkersChangesNothing) {
  const std::string one = scratch("one.csv"), one_json = scratch("one.json");
  ASSERT_EQ(run_program(plus(kGrid, {"--csv", one, "--json", one_json, "--jobs", "1"})).status, 0);
  EXPECT_EQ(lines_of(read_file(one)).size(), 19u);
  for (const char* jobs : {"2", "5", "64"}) {
    const std::string many = scratch("many.csv"), many_json = scratch("many.json");
    ASSERT_EQ(run_program(plus(kGrid, {"--csv", many, "--json", many_json, "--jobs", jobs})).status, 0);
    EXPECT_EQ(read_file(many), read_file(one)) << jobs;
    EXPECT_EQ(read_file(many_json), read_file(one_json)) << jobs;
  }
  EXPECT_EQ(run_program(kGrid).out, read_file(one));  // standard output, and as many as there are processors
  EXPECT_EQ(read_file(one + ".journal"), "");
}

/// Starts a sweep and kills it when its journal has that many lines; false if it ended before.
bool killed(const std::vector<std::string>& arguments, const std::string& journal, std::size_t lines) {
  const pid_t process = fork();
  if (process == 0) {
    std::vector<std::string> words = plus({DMAVP_PROGRAM}, arguments);
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    (void)!freopen("/dev/null", "w", stderr);
    execv(DMAVP_PROGRAM, pointers.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(process, &status, WNOHANG) == 0) {
    if (lines_of(read_file(journal)).size() > lines) {
      kill(process, SIGKILL);
      waitpid(process, &status, 0);
      return WIFSIGNALED(status);
    }
    usleep(300);
  }
  return false;
}

TEST(Sweep, GoesOnAfterEveryKill) {
  const std::string whole = scratch("whole.csv");
  ASSERT_EQ(run_program(plus(kGrid, {"--csv", whole})).status, 0);

  const std::string file = scratch("killed.csv"), journal = file + ".journal";
  std::vector<std::string> arguments = plus(kGrid, {"--csv", file, "--jobs", "2"});
  std::mt19937 random(7);
  unsigned kills = 0;
  for (std::size_t lines = 1; lines < 16; lines = lines_of(read_file(journal)).size() + random() % 3) {
    if (!killed(arguments, journal, lines)) break;
    EXPECT_EQ(read_file(file), "");  // nothing half
    if (kills++ == 0) arguments.push_back("--resume");
    if (kills % 2 == 0)
      std::ofstream(journal, std::ios::app) << "{\"point\": 3, \"val";  // as if it had been writing
  }
  EXPECT_GE(kills, 3u);
  const std::size_t before = lines_of(read_file(journal)).size();
  EXPECT_GT(before, 3u);
  const Finished finished = run_program(plus(kGrid, {"--csv", file, "--resume"}));
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(read_file(file), read_file(whole));
  EXPECT_EQ(read_file(journal), "");
}

TEST(Sweep, RunsNoPointTwice) {
  const std::string file = scratch("twice.csv"), journal = file + ".journal";
  ASSERT_TRUE(killed(plus(kGrid, {"--csv", file, "--jobs", "1"}), journal, 4));
  // What the journal says counts: a row that is edited there is the row of the table.
  std::string text = read_file(journal);
  const std::size_t at = text.find("\"status\":\"passed\"");
  ASSERT_NE(at, std::string::npos);
  text.replace(at, 17, "\"status\":\"edited\"");
  write_file(journal, text);
  EXPECT_EQ(run_program(plus(kGrid, {"--csv", file, "--resume", "-q"})).status, 1);
  EXPECT_THAT(lines_of(read_file(file)).at(1), HasSubstr(",edited,"));
  EXPECT_EQ(lines_of(read_file(file)).size(), 19u);
}

TEST(Sweep, PointsThatFailSayWhy) {
  const std::string file = scratch("bad.csv");
  const Finished finished =
      run_program({"sweep", "memcpy", "--set", "client.copy.count=1", "--vary",
                   "client.copy.size=64,much,128", "--vary", "scenario.duration=1s,1us", "--csv", file});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("4 of 6 points have not passed; the first, 1 (failed): not finished after"));
  const auto rows = lines_of(read_file(file));
  ASSERT_EQ(rows.size(), 7u);
  EXPECT_THAT(rows[1], HasSubstr("0,64,1s,passed,,"));
  EXPECT_THAT(rows[2], HasSubstr("1,64,1us,failed,not finished after 1.000 us"));
  EXPECT_THAT(rows[3],
              HasSubstr("2,much,1s,refused,\"--set: client.copy.size: \"\"much\"\" is not a number"));
  EXPECT_THAT(rows[5], HasSubstr("4,128,1s,passed,,"));
}

TEST(Sweep, ACrashIsARow) {
  const std::string file = scratch("crash.json");
  const Finished finished = run_program({"sweep", "memcpy", "--insmod", DMAVP_TEST_MODULES "/faulty_wild.so",
                                         "--vary", "seed=1,2", "--json", file});
  EXPECT_EQ(finished.status, 1);
  const json::value sweep = json::parse(read_file(file));
  for (const json::value& row : sweep.at("rows").as_array()) {
    EXPECT_EQ(row.at("status").as_string(), "crashed");
    EXPECT_THAT(std::string(row.at("problem").as_string()), HasSubstr("exit status 3"));
  }
}

TEST(Sweep, ListsOfPointsAndGridsCombine) {
  const std::string list = scratch("points.csv");
  write_file(list, "client.copy.size,dmac0:snps,axi-max-burst-len\n64,8\n");
  EXPECT_EQ(run_program({"sweep", "memcpy", "--list", list}).status, 2);  // a comma separates
  write_file(list, "client.copy.size,client.copy.count\n64,1\n\n256,2\n");
  const Finished finished = run_program({"sweep", "memcpy", "--list", list, "--vary", "seed=5,6"});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto rows = lines_of(finished.out);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_THAT(rows[0],
              HasSubstr("point,client.copy.size,client.copy.count,seed,status,problem,sim_time_ps,"));
  EXPECT_THAT(rows[1], HasSubstr("0,64,1,5,passed,,"));
  EXPECT_THAT(rows[4], HasSubstr("3,256,2,6,passed,,"));
}

TEST(Sweep, QuotesKeepTheCommasOfAProperty) {
  const std::string list = scratch("quoted.csv");
  write_file(list, "\"dmac0:snps,axi-max-burst-len\",client.copy.size\n4,\"64\"\n8,128\n");
  const Finished finished = run_program({"sweep", "memcpy", "--set", "client.copy.count=1", "--list", list});
  EXPECT_EQ(finished.status, 0) << finished.err;
  const auto rows = lines_of(finished.out);
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_THAT(rows[0], HasSubstr("point,\"dmac0:snps,axi-max-burst-len\",client.copy.size,status"));
  EXPECT_THAT(rows[2], HasSubstr("1,8,128,passed,,"));
  write_file(list, "\"client.copy.size\n4\n");
  const Finished open = run_program({"sweep", "memcpy", "--list", list});
  EXPECT_EQ(open.status, 2);
  EXPECT_THAT(open.err, HasSubstr(list + ":1: a quote without an end"));
}

TEST(Sweep, ASweepOfRefusedPointsIsAWrongCommandLine) {
  const Finished finished = run_program({"sweep", "memcpy", "--vary", "dmac7:snps,priority=1,2"});
  EXPECT_EQ(finished.status, 2);
  EXPECT_THAT(finished.err, HasSubstr("2 of 2 points have not passed; the first, 0 (refused): --set dmac7:"));
}

TEST(Sweep, RangesAreTheirNumbers) {
  const auto values = [](const std::string& range) {
    const std::string file = scratch("range.json");
    run_program({"sweep", "memcpy", "--set", "client.copy.count=1", "--set", "client.copy.size=8", "-q",
                 "--vary", "seed=" + range, "--json", file});
    json::array all;
    const json::value sweep = json::parse(read_file(file));
    for (const json::value& row : sweep.at("rows").as_array()) all.push_back(row.at("values").at(0));
    return json::serialize(all);
  };
  EXPECT_EQ(values("3..5"), R"(["3","4","5"])");
  EXPECT_EQ(values("1..9+4"), R"(["1","5","9"])");
  EXPECT_EQ(values("1..8+4,100"), R"(["1","5","100"])");
  EXPECT_EQ(values("2..20*3"), R"(["2","6","18"])");
  EXPECT_EQ(values("1K..4K*2"), R"(["1024","2048","4096"])");
}

TEST(Sweep, WhatIsWrongIsSaidBeforeTheFirstPoint) {
  const std::string file = scratch("wrong.csv"), journal = file + ".journal";
  const auto error = [](std::vector<std::string> words) {
    const Finished finished = run_program(plus({"sweep", "memcpy"}, words));
    EXPECT_EQ(finished.status, 2) << finished.err;
    EXPECT_EQ(finished.out, "");
    return finished.err;
  };
  EXPECT_THAT(error({}), HasSubstr("nothing is varied"));
  EXPECT_THAT(error({"--vary", "seed"}), HasSubstr("--vary \"seed\": not name=value"));
  EXPECT_THAT(error({"--vary", "speed=1"}), HasSubstr("\"speed\" is neither a path"));
  EXPECT_THAT(error({"--vary", "seed=1,,2"}), HasSubstr("--vary seed: an empty value"));
  EXPECT_THAT(error({"--vary", "seed=1,2,1"}), HasSubstr("--vary seed: value 1 twice"));
  EXPECT_THAT(error({"--vary", "seed=1", "--vary", "seed=2"}), HasSubstr("seed is varied twice"));
  EXPECT_THAT(error({"--vary", "seed=5..1"}), HasSubstr("is empty"));
  EXPECT_THAT(error({"--vary", "seed=1..5+0"}), HasSubstr("never ends"));
  EXPECT_THAT(error({"--vary", "seed=1..5*1"}), HasSubstr("never ends"));
  EXPECT_THAT(error({"--vary", "seed=1..x"}), HasSubstr("is no range of whole numbers"));
  EXPECT_THAT(error({"--vary", "seed=1..2000000"}), HasSubstr("too long"));
  EXPECT_THAT(error({"--vary", "seed=1..2000", "--vary", "a.b=1..2000"}),
              HasSubstr("more than 1000000 points"));
  EXPECT_THAT(error({"--vary", "seed=1", "--jobs", "0"}), HasSubstr("--jobs 0: must be 1..1024"));
  EXPECT_THAT(error({"--vary", "seed=1", "--resume"}), HasSubstr("nothing to resume"));
  EXPECT_THAT(error({"--vary", "seed=1", "--csv", "/no/such/x.csv"}),
              HasSubstr("/no/such/x.csv: cannot be written"));
  EXPECT_THAT(error({"--list", "/no/such.csv"}), HasSubstr("/no/such.csv: cannot be opened"));

  write_file(journal, "nonsense\n");
  EXPECT_THAT(error({"--vary", "seed=1", "--csv", file}),
              HasSubstr("an interrupted sweep; --resume goes on"));
  EXPECT_THAT(error({"--vary", "seed=1", "--csv", file, "--resume"}), HasSubstr(journal + ":1: damaged"));
  unlink(journal.c_str());
  ASSERT_TRUE(killed(plus(kGrid, {"--csv", file}), journal, 2));
  std::vector<std::string> other = kGrid;
  other.back() = "seed=1..4";
  const Finished changed = run_program(plus(other, {"--csv", file, "--resume"}));
  EXPECT_EQ(changed.status, 2);
  EXPECT_THAT(changed.err, HasSubstr(journal + ": belongs to another sweep: axes was "));
}

TEST(Sweep, AnInterruptionKeepsWhatIsThere) {
  const std::string file = scratch("interrupted.csv"), journal = file + ".journal";
  const pid_t process = fork();
  if (process == 0) {
    (void)!freopen("/dev/null", "w", stderr);
    execl(DMAVP_PROGRAM, "dmavp", "sweep", "memcpy", "--vary", "seed=1..1000", "--csv", file.c_str(),
          nullptr);
    _exit(127);
  }
  while (lines_of(read_file(journal)).size() < 5) usleep(300);
  kill(process, SIGINT);
  int status = 0;
  waitpid(process, &status, 0);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 130);
  EXPECT_EQ(read_file(file), "");
  for (const std::string& line : lines_of(read_file(journal))) EXPECT_NO_THROW(json::parse(line)) << line;
}

}  // namespace
}  // namespace dmavp::test
