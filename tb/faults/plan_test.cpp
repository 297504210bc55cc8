// Fault plans as configuration: what is read, what is refused and where, and when a fault counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>

#include "base/seeded_choices.h"
#include "platform/config/problem.h"
#include "platform/config/scenario.h"
#include "platform/faults/fault_check.h"
#include "platform/faults/fault_trigger.h"

namespace dmavp::platform {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file() { return ::testing::TempDir() + "dmavp-faults-" + std::to_string(::getpid()) + ".toml"; }

std::vector<FaultSpec> load(const std::string& text, const std::vector<Setting>& settings = {}) {
  std::ofstream(file()) << text;
  const std::vector<FaultSpec> faults = load_scenario(file(), settings).faults;
  ::unlink(file().c_str());
  return faults;
}

std::string message(const std::string& text, const std::vector<Setting>& settings = {}) {
  try {
    load(text, settings);
  } catch (const InputError& error) {
    ::unlink(file().c_str());
    return error.what();
  }
  return "(no error)";
}

const char kWhole[] =
    "[[fault]]\nkind = \"slverr\"\ntarget = \"dmac0\"\non = \"write-back\"\nchannel = 3\nnth = 4\ncount = 0\n"
    "probability = 0.25\ntime = \"2us\"\naddress = [\"0x1000\", \"0x1fff\"]\noutcome = \"write-failed\"\n"
    "[[fault]]\nkind = \"memory-bit-flip\"\ntarget = \"ram0\"\ntime = \"1ms\"\naddress = 4096\nbit = 7\n"
    "fired = \"no\"\n";

TEST(FaultPlan, ReadsEveryKey) {
  const auto plan = load(kWhole);
  ASSERT_EQ(plan.size(), 2u);
  const FaultSpec& first = plan[0];
  EXPECT_EQ(first.title(), "slverr on dmac0");
  EXPECT_EQ(first.on, "write-back");
  EXPECT_EQ(first.channel, 3u);
  EXPECT_TRUE(first.counted);
  EXPECT_EQ(first.nth, 4u);
  EXPECT_EQ(first.count, 0u);
  EXPECT_EQ(first.probability, 0.25);
  EXPECT_EQ(first.time_ps, 2'000'000u);
  EXPECT_EQ(first.first, 0x1000u);
  EXPECT_EQ(first.last, 0x1fffu);
  EXPECT_EQ(first.outcome, "write-failed");
  EXPECT_EQ(first.fired, FaultSpec::Fired::kAny);  // it is left to chance
  EXPECT_FALSE(plan[1].counted);
  EXPECT_EQ(plan[1].bit, 7u);
  EXPECT_EQ(plan[1].last, 4096u);
  EXPECT_EQ(plan[1].fired, FaultSpec::Fired::kNo);
}

TEST(FaultPlan, SettingsReachTheTableTheyName) {
  const auto plan = load(kWhole, {{"fault[0].nth", "9"},
                                  {"fault[0].probability", "0.5"},
                                  {"fault[1].address", "0x2000"},
                                  {"fault[1].fired", "any"}});
  EXPECT_EQ(plan[0].nth, 9u);
  EXPECT_EQ(plan[0].probability, 0.5);
  EXPECT_EQ(plan[1].first, 0x2000u);
  EXPECT_EQ(plan[1].fired, FaultSpec::Fired::kAny);
  for (const char* path : {"fault[2].nth", "fault[x].nth", "fault.nth", "fault[0]nth.x", "fault[]. "})
    EXPECT_THAT(message(kWhole, {{path, "1"}}), HasSubstr("no such table")) << path;
}

TEST(FaultPlan, EachMistakeNamesLineAndKey) {
  const std::string table = "[[fault]]\nkind = \"slverr\"\ntarget = \"dmac0\"\non = \"source\"\n";
  const struct {
    std::string text;
    const char* place;
    const char* reason;
  } rows[] = {
      {"fault = 1\n", ":1: fault", "array of tables"},
      {"[[fault]]\ntarget = \"dmac0\"\n", "fault[0].kind", "required, one of slverr, decerr"},
      {"[[fault]]\nkind = \"x\"\n", ":2: fault[0].kind", "required"},
      {"[[fault]]\nkind = \"slverr\"\non = \"source\"\n", "fault[0].target", "required"},
      {"[[fault]]\nkind = \"slverr\"\ntarget = \"dmac0\"\n", "fault[0].on", "required for slverr"},
      {"[[fault]]\nkind = \"slverr\"\ntarget = \"dmac0\"\non = \"rx\"\n", ":4: fault[0].on", "source, dest"},
      {table + "nth = 0\n", ":5: fault[0].nth", "from 1"},
      {table + "nth = \"many\"\n", ":5: fault[0].nth", "must be a number"},
      {table + "channel = 32\n", ":5: fault[0].channel", "0 to 31"},
      {table + "probability = 1.5\n", ":5: fault[0].probability", "from 0 to 1"},
      {table + "probability = \"0.5x\"\n", ":5: fault[0].probability", "from 0 to 1"},
      {table + "time = 5\n", ":5: fault[0].time", "with a unit"},
      {table + "address = [4, 2]\n", ":5: fault[0].address", "[first, last]"},
      {table + "address = [1, 2, 3]\n", ":5: fault[0].address", "[first, last]"},
      {table + "bit = 1\n", ":5: fault[0].bit", "means nothing for slverr"},
      {table + "fired = \"often\"\n", ":5: fault[0].fired", "yes, no, any"},
      {table + "outcome = \"bad\"\n", ":5: fault[0].outcome", "none, read-failed"},
      {table + "sort = 1\n", ":5: fault[0].sort", "unknown key"},
      {"[[fault]]\nkind = \"interrupt-spurious\"\ntarget = \"dmac0\"\n", "fault[0].time", "required"},
      {"[[fault]]\nkind = \"interrupt-late\"\ntarget = \"dmac0\"\n", "fault[0].delay", "required"},
      {"[[fault]]\nkind = \"corrupt-descriptor\"\ntarget = \"dmac0\"\nbit = 512\n", "fault[0].bit", "511"},
      {table + "[[fault]]\nkind = \"bit-flip\"\ntarget = \"a\"\n", ":5: fault[1].on", "required"},
  };
  for (const auto& row : rows)
    EXPECT_THAT(message(row.text), AllOf(HasSubstr(row.place), HasSubstr(row.reason))) << row.text;
}

TEST(FaultPlan, ATimeAloneStartsWhatLasts) {
  const std::string stuck = "[[fault]]\nkind = \"interrupt-stuck\"\ntarget = \"dmac0\"\n";
  EXPECT_TRUE(load(stuck)[0].counted);
  EXPECT_FALSE(load(stuck + "time = \"1us\"\n")[0].counted);
  EXPECT_TRUE(load(stuck + "time = \"1us\"\nnth = 2\n")[0].counted);
}

TEST(FaultPlan, EveryKindIsListedWithTheWordsOfItsRow) {
  std::ostringstream text, manual;
  print_faults(text);
  write_faults_markdown(manual);
  std::set<std::string> names;
  for (const FaultKindInfo& info : fault_kinds()) {
    EXPECT_EQ(&info_of(info.kind), &info);
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_EQ(info.keys & info.required & ~info.keys, 0u);
    for (const std::string& printed : {text.str(), manual.str()})
      EXPECT_THAT(printed, AllOf(HasSubstr(info.name), HasSubstr(info.text), HasSubstr(info.client)));
  }
  for (const FaultOutcome& outcome : fault_outcomes()) EXPECT_THAT(manual.str(), HasSubstr(outcome.text));
}

// --- against a board ---

BoardDescription board() {
  BoardDescription b;
  b.dmacs.resize(1);
  b.dmacs[0].name = "dmac0";
  b.dmacs[0].parameters.num_channels = 4;
  b.dmacs[0].parameters.lli_wb_en = false;
  b.dmacs[0].interrupts = {1};
  b.memories.resize(1);
  b.memories[0] = {"ram0", 0x1000, 0x1000, 1, 1, true, true};
  b.peripherals.resize(1);
  b.peripherals[0].name = "uart0";
  b.peripherals[0].tx = DmaLink{};
  return b;
}

TEST(FaultPlan, WhatTheBoardDoesNotHaveIsNamed) {
  const auto problem = [](const std::string& keys) {
    const auto plan = load("[[fault]]\n" + keys);
    const auto problems = check_faults(plan, board(), {"memcpy"});
    return problems.size() == 1 ? problems[0] : problems.empty() ? "(none)" : "(several)";
  };
  const struct {
    const char* keys;
    const char* problem;
  } rows[] = {
      {"kind='slverr'\ntarget='dmac0'\non='source'\nchannel=3\n", "(none)"},
      {"kind='slverr'\ntarget='dmac1'\non='source'\n",
       "fault[0].target: no controller dmac1 (there are: dmac0)"},
      {"kind='slverr'\ntarget='dmac0'\non='source'\nchannel=4\n", "fault[0].channel: dmac0 has 4 channels"},
      {"kind='slverr'\ntarget='dmac0'\non='write-back'\n", "fault[0].on: dmac0 writes no descriptors back"},
      {"kind='interrupt-lost'\ntarget='dmac0'\n", "(none)"},
      {"kind='interrupt-lost'\ntarget='dmac0'\nchannel=1\n", "one interrupt line for all channels"},
      {"kind='interrupt-lost'\ntarget='uart0'\n", "uart0 has no interrupt"},
      {"kind='interrupt-lost'\ntarget='ram0'\n", "no controller or peripheral ram0"},
      {"kind='request-stuck-low'\ntarget='uart0'\non='tx'\n", "(none)"},
      {"kind='request-stuck-low'\ntarget='uart0'\non='rx'\n", "fault[0].on: uart0 has no such DMA request"},
      {"kind='peripheral-stalled'\ntarget='uart0'\n", "(none)"},
      {"kind='peripheral-stalled'\ntarget='uart1'\n", "no peripheral uart1 (there are: uart0)"},
      {"kind='memory-bit-flip'\ntarget='ram0'\ntime='1us'\naddress=0x1fff\n", "(none)"},
      {"kind='memory-bit-flip'\ntarget='ram0'\ntime='1us'\naddress=0x2000\n",
       "ram0 is from 0x1000 to 0x1fff"},
      {"kind='memory-bit-flip'\ntarget='ram1'\ntime='1us'\naddress=0x1000\n", "no memory ram1"},
      {"kind='allocation-failure'\ntarget='kernel'\n", "(none)"},
      {"kind='allocation-failure'\ntarget='memcpy'\n", "(none)"},
      {"kind='mapping-failure'\ntarget='dmatest'\n", "neither \"kernel\" nor a module"},
  };
  for (const auto& row : rows) EXPECT_THAT(problem(row.keys), HasSubstr(row.problem)) << row.keys;
}

// --- counting ---

struct Log : FaultLog {
  void fault_hit(const Hit& hit) override { times.push_back(hit.time); }
  std::vector<Picoseconds> times;
};

struct Counting {
  FaultSpec fault;
  SeededChoices choices{7};
  Log log;
  /// Times (1, 2, ... ps) of the occasions that are hit.
  std::vector<Picoseconds> play(unsigned occasions) {
    log.times.clear();
    FaultTrigger trigger(fault, choices, choices.stream("fault.0"), log);
    for (Picoseconds t = 1; t <= occasions; ++t) trigger.occasion(t);
    EXPECT_EQ(trigger.hits(), log.times.size());
    EXPECT_EQ(trigger.first_hit(), log.times.empty() ? 0 : log.times[0]);
    return log.times;
  }
};

TEST(FaultTrigger, CountsOccasionsFromTheNthAndFromItsTime) {
  Counting c;
  c.fault.counted = true;
  EXPECT_THAT(c.play(5), ElementsAre(1));
  c.fault.nth = 3;
  EXPECT_THAT(c.play(5), ElementsAre(3));
  c.fault.count = 2;
  EXPECT_THAT(c.play(5), ElementsAre(3, 4));
  c.fault.count = 0;
  c.fault.time_ps = 2;  // the first occasion that counts is the one at 2
  EXPECT_THAT(c.play(5), ElementsAre(4, 5));
  c.fault.counted = false;
  EXPECT_TRUE(c.play(5).empty());
}

TEST(FaultTrigger, ChanceIsItsOwnStreamAndAsOftenAsStated) {
  Counting c;
  c.fault.counted = true;
  c.fault.count = 0;
  c.fault.probability = 0.25;
  const std::size_t hits = c.play(20'000).size();
  EXPECT_NEAR(static_cast<double>(hits), 5000.0, 5 * 61.2);  // 5 standard deviations
  c.fault.probability = 0;
  EXPECT_TRUE(c.play(1000).empty());
}

}  // namespace
}  // namespace dmavp::platform
