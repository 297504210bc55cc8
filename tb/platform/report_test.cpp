// Parts of the reports as plain C++: the dump of waveforms, the filters.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"
#include "platform/config/problem.h"
#include "platform/report/filter.h"
#include "platform/report/trace.h"
#include "platform/report/vcd.h"
#include "platform/vcd_reader.h"
#include "tier.h"

namespace dmavp::test {
namespace {

using platform::EventFilter;
using platform::InputError;
using platform::Vcd;
using tb::seed_base;
using tb::seeds;
using ::testing::Contains;
using ::testing::HasSubstr;

struct Change {
  std::uint64_t time;
  Vcd::Variable variable;
  std::uint64_t value;
};

constexpr unsigned kVariables = 200;  // more than identifiers of one character
constexpr unsigned kBits = 5;

/// `changes` are told up to `ahead` before their time comes to be written, in any order.
std::string dump(const std::vector<Change>& changes, std::uint64_t from, std::uint64_t to, std::uint64_t end,
                 bool in_pieces) {
  Vcd vcd(from, to);
  for (unsigned v = 0; v < kVariables; ++v)
    vcd.add_bits("s" + std::to_string(v / 7), "v" + std::to_string(v), kBits, 0);
  std::ostringstream out;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    vcd.set(changes[i].variable, changes[i].time, changes[i].value);
    std::uint64_t least = end;  // of what is still to come
    if (!in_pieces || i % 50 != 0) continue;
    for (std::size_t j = i + 1; j < changes.size(); ++j) least = std::min(least, changes[j].time);
    vcd.flush(out, least);
  }
  vcd.finish(out, end);
  return out.str();
}

TEST(Vcd, PiecesMakeTheWholeAndReadersSeeWhatWasTold) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::vector<Change> changes;
    for (unsigned i = 0; i < 2000; ++i) {
      const std::uint64_t value = random() % 8 == 0 ? Vcd::kUndriven : random() % (1u << kBits);
      changes.push_back({i / 4 + random() % 60, static_cast<Vcd::Variable>(random() % kVariables), value});
    }
    const std::uint64_t from = random() % 3 == 0 ? 0 : random() % 300;
    const std::uint64_t to = from + 1 + random() % 500;
    const std::uint64_t end = random() % 600;
    const std::string text = dump(changes, from, to, end, false);
    EXPECT_EQ(dump(changes, from, to, end, true), text);

    const Waves waves = read_vcd(text);
    ASSERT_EQ(waves.signals.size(), kVariables);
    EXPECT_EQ(waves.end, std::min(to, end));
    std::stable_sort(changes.begin(), changes.end(),
                     [](const Change& a, const Change& b) { return a.time < b.time; });
    for (std::uint64_t time = waves.start; time < std::min(to, end + 1); time += 7) {
      std::vector<std::string> values(kVariables, "0");
      for (const Change& c : changes) {
        if (c.time > time) break;
        std::string bits;
        for (std::uint64_t v = c.value; v != 0 && c.value != Vcd::kUndriven; v >>= 1)
          bits.insert(bits.begin(), (v & 1) != 0 ? '1' : '0');
        values[c.variable] = c.value == Vcd::kUndriven ? "z" : bits.empty() ? "0" : bits;
      }
      for (unsigned v = 0; v < kVariables; ++v)
        ASSERT_EQ(waves.of("s" + std::to_string(v / 7) + ".v" + std::to_string(v)).at(time), values[v])
            << time;
    }
  }
}

TEST(Vcd, WhatIsSupersededIsNotShownAndThePastStays) {
  Vcd vcd(0, 1000);
  const Vcd::Variable state = vcd.add_text("a", "state", "idle");
  const Vcd::Variable sum = vcd.add_bits("a.b", "sum", 4, 1);
  std::ostringstream out;
  vcd.set(state, 10, vcd.text("busy bee"));
  vcd.set(state, 30, vcd.text("idle"));
  vcd.supersede(state, 20);
  vcd.set(state, 20, vcd.text("asleep"));
  for (const auto& [time, difference] : {std::pair{50, 2}, {52, -2}, {50, 3}, {51, -3}})
    vcd.add(sum, static_cast<std::uint64_t>(time), difference);
  EXPECT_EQ(vcd.size(), 6u);
  vcd.flush(out, 40);
  EXPECT_EQ(vcd.size(), 4u);
  vcd.supersede(state, 15);
  vcd.set(state, 15, vcd.text("late"));
  vcd.finish(out, 100);
  const Waves waves = read_vcd(out.str());
  const std::vector<std::pair<std::uint64_t, std::string>> states{
      {0, "idle"}, {10, "busy_bee"}, {20, "asleep"}, {40, "late"}};
  const std::vector<std::pair<std::uint64_t, std::string>> sums{{0, "1"}, {50, "110"}, {51, "11"}, {52, "1"}};
  EXPECT_EQ(waves.of("a.state").changes, states);
  EXPECT_EQ(waves.of("a.b.sum").changes, sums);
  EXPECT_EQ(waves.end, 100u);
}

platform::BoardDescription board() {
  platform::DeviceTree tree = platform::DeviceTree::load("k210");
  return platform::complete_and_describe(tree);
}

EventFilter trace_filter(const std::string& text) {
  return parse_trace_filter("--trace-filter", text, board());
}

TEST(EventFilter, SelectsByChannelKindSourceAndTime) {
  const EventFilter channel = trace_filter("channel=dmac0.ch3|dma0chan4,kind=burst|callback,from=1us,to=2us");
  EXPECT_TRUE(channel.matches({1'000'000, "dmac0", "burst", 3}));
  EXPECT_TRUE(channel.matches({1'999'999, "cpu0", "callback", platform::kNoChannel, "dma0chan4"}));
  EXPECT_FALSE(channel.matches({999'999, "dmac0", "burst", 3}));
  EXPECT_FALSE(channel.matches({2'000'000, "dmac0", "burst", 3}));
  EXPECT_FALSE(channel.matches({1'000'000, "dmac0", "burst", 4}));
  EXPECT_FALSE(channel.matches({1'000'000, "dmac1", "burst", 3}));
  EXPECT_FALSE(channel.matches({1'000'000, "dmac0", "block-done", 3}));
  EXPECT_FALSE(channel.matches({1'000'000, "cpu0", "callback", platform::kNoChannel, "dma0chan3"}));
  EXPECT_FALSE(channel.matches({1'000'000, "cpu0", "thread"}));
  EXPECT_TRUE(trace_filter("source=uart1").matches({0, "uart1", "dma-request"}));

  EXPECT_EQ(channel.interests("dmac0"), unsigned{kBursts});
  EXPECT_EQ(channel.interests("uart1"), 0u);
  EXPECT_EQ(trace_filter("kind=thread").interests("dmac0"), 0u);
  EXPECT_EQ(trace_filter("kind=error|register-write").interests("dmac0"), kBlocks | kRegisterAccesses);
  EXPECT_EQ(trace_filter("source=cpu1").interests("dmac0"), 0u);
  EXPECT_EQ(trace_filter("from=1us").interests("uart1"), unsigned{kEverything});
}

// Who adds a kind of event adds it to the filters and to the manual.
TEST(EventFilter, KnowsEveryKindOfTheGoldenTraces) {
  const std::vector<std::string> kinds = platform::event_kinds();
  std::set<std::string> seen;
  for (const auto& file : std::filesystem::recursive_directory_iterator(DMAVP_SOURCE_DIR "/traces")) {
    if (file.path().extension() != ".trace") continue;
    std::ifstream lines(file.path());
    std::string time, source, kind;
    for (std::string line; std::getline(lines, line);) {
      if (line[0] != '#' && std::istringstream(line) >> time >> source >> kind) seen.insert(kind);
    }
  }
  EXPECT_GT(seen.size(), 20u);
  for (const std::string& kind : seen) EXPECT_THAT(kinds, Contains(kind));
  std::ostringstream manual;
  manual << std::ifstream(DMAVP_SOURCE_DIR "/docs/trace-format.md").rdbuf();
  for (const std::string& kind : kinds) EXPECT_THAT(manual.str(), HasSubstr("`" + kind + "`"));
}

struct Mistake {
  const char* text;
  const char* says;
};

TEST(EventFilter, SaysWhatThereIs) {
  for (const Mistake& m : {
           Mistake{"kind=brust", "no kind \"brust\" (burst, channel-enabled, block-start"},
           Mistake{"kind=", "no kind \"\""},
           Mistake{"source=dmac1", "no source \"dmac1\" (dmac0, "},
           Mistake{"channel=dmac0.ch6", "no channel \"dmac0.ch6\" (dmac0.ch0 to dmac0.ch5, or"},
           Mistake{"channel=dma0chan", "no channel"},
           Mistake{"channel=dma0chan1x", "no channel"},
           Mistake{"channel=d", "no channel"},
           Mistake{"from=5", "from=5: not a time"},
           Mistake{"from=2us,to=2us", "from is not before to"},
           Mistake{"to=1us,to=2us", "to is given twice"},
           Mistake{"time=2us", "\"time=2us\" is not one of channel, kind, source, from, to"},
           Mistake{"kind", "\"kind\" is not one of"},
           Mistake{"", "\"\" is not one of"},
           Mistake{"kind=burst,", "\"\" is not one of"},
       }) {
    try {
      trace_filter(m.text);
      ADD_FAILURE() << m.text << " is accepted";
    } catch (const InputError& error) {
      EXPECT_THAT(error.what(), HasSubstr(m.says));
      EXPECT_THAT(error.what(), HasSubstr(std::string("--trace-filter \"") + m.text + "\""));
    }
  }
  EXPECT_THROW(parse_vcd_filter("--vcd-filter", "kind=burst", board()), InputError);
}

}  // namespace
}  // namespace dmavp::test
