// A filtered trace is the full one without the lines that do not match.
#include <gtest/gtest.h>

#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "platform/program.h"
#include "platform/trace_line.h"

namespace dmavp::test {
namespace {

using Words = std::vector<std::string>;

using Line = TraceLine;

struct Case {
  const char* name;
  Words filters;
  std::function<bool(const Line&)> selects;
};

bool of_channel(const Line& l, const std::string& ch) {
  if (l.source != "dmac0") return false;
  if (l.event == "interrupt") return l.field("line") == ch;
  if (l.event.rfind("register-", 0) == 0) {
    const unsigned long offset = std::stoul(l.field("offset"), nullptr, 16);
    const unsigned long bank = 0x100 * (std::stoul(ch) + 1);
    return bank <= offset && offset < bank + 0x100;
  }
  return l.field("ch") == ch;
}

std::vector<Case> cases() {
  return {
      {"kind", {"kind=burst"}, [](const Line& l) { return l.event == "burst"; }},
      {"two_kinds",
       {"kind=dma-request|diagnostic"},
       [](const Line& l) { return l.event == "dma-request" || l.event == "diagnostic"; }},
      {"software_alone", {"kind=thread"}, [](const Line& l) { return l.event == "thread"; }},
      {"channel", {"channel=dmac0.ch1"}, [](const Line& l) { return of_channel(l, "1"); }},
      {"channel_of_software",
       {"channel=dma0chan1"},
       [](const Line& l) { return l.first == "dma0chan1" && l.source.rfind("cpu", 0) == 0; }},
      {"source",
       {"source=uart1|cpu1"},
       [](const Line& l) { return l.source == "uart1" || l.source == "cpu1"; }},
      {"time",
       {"from=30us,to=0.06ms"},
       [](const Line& l) { return l.time >= 30'000'000 && l.time < 60'000'000; }},
      {"all_at_once",
       {"channel=dmac0.ch0|dma0chan1,kind=burst|callback,from=20us"},
       [](const Line& l) {
         return l.time >= 20'000'000 && ((l.event == "burst" && of_channel(l, "0")) ||
                                         (l.event == "callback" && l.first == "dma0chan1"));
       }},
      {"one_of_several",
       {"kind=interrupt-entry,source=cpu0", "kind=block-done,channel=dmac0.ch1", "to=1us"},
       [](const Line& l) {
         return (l.event == "interrupt-entry" && l.source == "cpu0") ||
                (l.event == "block-done" && of_channel(l, "1")) || l.time < 1'000'000;
       }},
  };
}

class TraceFilter : public ::testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Each, TraceFilter, ::testing::ValuesIn(cases()),
                         [](const auto& filter) { return std::string(filter.param.name); });

std::string trace(const Words& filters) {
  Words words{"run", "uart-loopback", "--set", "client.uart.path=.clang-format", "--trace", scratch("t")};
  for (const std::string& filter : filters) words.insert(words.end(), {"--trace-filter", filter});
  const Finished finished = run_program(words);
  EXPECT_EQ(finished.status, 0) << finished.err;
  return read_file(scratch("t"));
}

TEST_P(TraceFilter, IsTheSameFilterAppliedToAll) {
  std::istringstream lines(trace({}));
  std::string wanted;
  std::size_t selected = 0;
  std::size_t all = 0;
  for (std::string text; std::getline(lines, text);) {
    const Line line = parse_trace_line(text);
    if (text[0] != '#') {
      ++all;
      if (!GetParam().selects(line)) continue;
      ++selected;
    }
    wanted += text + "\n";
  }
  EXPECT_GT(selected, 0u);
  EXPECT_LT(selected, all);
  EXPECT_EQ(trace(GetParam().filters), wanted);
}

}  // namespace
}  // namespace dmavp::test
