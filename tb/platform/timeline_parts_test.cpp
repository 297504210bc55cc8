// Parts of the timeline as plain C++: slices and windows, arrows, what it keeps.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/report/descriptor_flows.h"
#include "platform/report/timeline.h"
#include "platform/report/trace_events.h"
#include "platform/timeline_reader.h"
#include "tier.h"

namespace dmavp::test {
namespace {

using platform::DescriptorFlows;
using platform::EventFilter;
using platform::json_string;
using platform::Timeline;
using platform::TraceEvents;
using tb::seed_base;
using tb::seeds;
using ::testing::IsEmpty;

constexpr std::uint64_t kEnd = 10'000;

TEST(TraceEvents, TextsAreJsonWhateverTheyHold) {
  const auto read = [](const std::string& text) {
    return std::string(boost::json::parse(json_string(text)).as_string());
  };
  const std::string fine = "a\"b\\c\n\t\x01\x7f </script> \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";
  EXPECT_EQ(read(fine), fine);
  const std::string bad = "\xef\xbf\xbd";
  EXPECT_EQ(read("\xff-\xc3"), bad + "-" + bad);
  EXPECT_EQ(read("\xc0\xaf"), bad + bad);
  EXPECT_EQ(read("\xed\xa0\x80!"), bad + bad + bad + "!");
}

struct Model {
  std::uint64_t from, to;
  std::string name;
};

// Slices are cut to the window and the end of the run, whatever is open when.
TEST(TraceEvents, SlicesOfAWindowAreThoseOfTheWholeCut) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + 10 * seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::uint64_t from = random() % 2 == 0 ? 0 : random() % 6'000;
    const std::uint64_t to = random() % 2 == 0 ? ~std::uint64_t{0} : from + 1 + random() % 6'000;
    TraceEvents events(from, to);
    const unsigned process = events.add_process("p");
    const TraceEvents::Track track = events.add_track(process, 0, "t");
    const auto counter = events.add_counter(process, "c", {"a", "b"});
    std::vector<Model> open, done;
    std::map<std::uint64_t, std::uint64_t> values{{0, 0}};
    std::ostringstream out;
    std::uint64_t time = 0;
    for (unsigned i = 0; (time += random() % 200) < kEnd; ++i) {
      if (random() % 3 != 0) {
        open.push_back({time, 0, std::to_string(i)});
        events.begin(track, time, open.back().name);
      } else if (!open.empty()) {
        events.end(track, time);
        open.back().to = time;
        done.push_back(open.back());
        open.pop_back();
      }
      values[time] = random() % 4;
      events.count(counter, time, 1, values[time]);
      if (random() % 10 == 0) events.write(out);
    }
    for (Model& m : open) {
      m.to = kEnd;
      done.push_back(m);
    }
    events.close(kEnd);
    events.finish(out);
    const TimelineFile file = read_timeline(out.str());
    EXPECT_THAT(file.problems, IsEmpty());
    const std::uint64_t last = std::min(to, kEnd);
    std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> wanted, shown;
    for (const Model& m : done) {
      // A slice of no length at the window's edge may be shown or not.
      if (m.from < to && m.to > from && m.from < kEnd)
        wanted[m.name] = {std::max(m.from, from), std::min(m.to, last)};
    }
    const auto found = file.tracks.find("p/t");
    if (found != file.tracks.end()) {
      for (const TimelineSlice& s : found->second.slices) shown[s.name] = {s.from, s.to};
    }
    for (const auto& [name, times] : wanted) EXPECT_EQ(shown[name], times) << name;
    for (const auto& [name, times] : shown) {
      if (times.first != times.second) {
        EXPECT_EQ(wanted.count(name), 1u) << name;
      }
    }
    const auto counted = file.counters.find("p/c/b");
    for (std::uint64_t at = from; at < std::min(last, time); at += 37) {
      std::uint64_t value = 0;
      if (counted != file.counters.end()) {
        const auto next = counted->second.upper_bound(at);
        if (next != counted->second.begin()) value = std::prev(next)->second;
      }
      ASSERT_EQ(value, std::prev(values.upper_bound(at))->second) << at;
    }
  }
}

// Whatever happens to descriptors, in whatever order: arrows have a start and an end, on slices, and what is
// kept has a limit.
TEST(DescriptorFlows, EveryArrowIsWholeAndFewDescriptorsAreKept) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + 5 * seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    TraceEvents events(0, ~std::uint64_t{0});
    DescriptorFlows flows(events, true);
    const TraceEvents::Track track = events.add_track(events.add_process("p"), 0, "t");
    events.begin(track, 0, "slice");
    std::int64_t cookie = 0;
    const unsigned terminates = random() % 2 == 0 ? 0 : 100;
    for (std::uint64_t time = 1; time < kEnd; ++time) {
      const unsigned channel = random() % 2;
      const DescriptorFlows::Place place{random() % 20 == 0 ? TraceEvents::kHidden : track, time};
      switch (random() % 8) {
        case 0:
        case 1:
        case 2:
          flows.submitted(channel, {++cookie, random() % 3}, place);
          break;
        case 3:
          flows.started(channel, place);
          break;
        case 4:
          flows.step(channel, {place.track, time - random() % std::min<std::uint64_t>(time, 50)});
          break;
        case 5:
          flows.finished(channel);
          break;
        case 6:
          flows.callback(channel, cookie - static_cast<std::int64_t>(random() % 3000), place);
          break;
        default:
          if (terminates != 0 && random() % terminates == 0) flows.terminated(channel);
      }
      ASSERT_LE(flows.size(), 2 * (2 * DescriptorFlows::kMost + 1));
    }
    flows.close();
    EXPECT_EQ(flows.size(), 0u);
    events.close(kEnd);
    std::ostringstream out;
    events.finish(out);
    const TimelineFile file = read_timeline(out.str());
    EXPECT_THAT(file.problems, IsEmpty());
    EXPECT_GT(file.flows.size(), 1000u);
  }
}

TEST(DescriptorFlows, PeriodsOfACyclicDescriptorHaveArrowsOfTheirOwn) {
  TraceEvents events(0, ~std::uint64_t{0});
  DescriptorFlows flows(events, true);
  const TraceEvents::Track track = events.add_track(events.add_process("p"), 0, "t");
  events.begin(track, 0, "slice");
  flows.submitted(0, {7, 100}, {track, 10});
  flows.submitted(0, {8, 100}, {track, 11});
  EXPECT_EQ(flows.started(0, {track, 20})->cookie, 7);
  const DescriptorFlows::Id first = flows.step(0, {track, 30});
  flows.callback(0, 7, {track, 40});
  const DescriptorFlows::Id second = flows.step(0, {track, 50});
  EXPECT_NE(first, second);
  EXPECT_EQ(flows.running(0), second);
  flows.callback(0, 7, {track, 60});
  flows.terminated(0);
  std::ostringstream out;
  events.close(100);
  events.finish(out);
  const TimelineFile file = read_timeline(out.str());
  EXPECT_THAT(file.problems, IsEmpty());
  const auto times = [&](std::uint64_t id) {
    std::vector<std::uint64_t> all;
    for (const auto& point : file.flows.at(id).points) all.push_back(point.time);
    return all;
  };
  EXPECT_EQ(times(first), (std::vector<std::uint64_t>{10, 20, 30, 40}));
  EXPECT_EQ(times(second), (std::vector<std::uint64_t>{50, 60}));
  EXPECT_EQ(times(2), (std::vector<std::uint64_t>{11, 11}));  // never executed
}

/// `transfers` of three bursts each, a piece to the file after every hundredth: the most that is ever kept.
std::size_t most_kept(unsigned transfers) {
  platform::DeviceTree tree = platform::DeviceTree::load("k210");
  const platform::BoardDescription board = platform::complete_and_describe(tree);
  Timeline timeline(board, EventFilter{}, nullptr);
  Observer& dmac = *timeline.observer_of("dmac0");
  const Clock clock(board.dmacs[0].clock_hz);
  const EventSource source{"dmac0"};
  std::ostringstream out;
  std::size_t most = 0;
  for (unsigned n = 0; n < transfers; ++n) {
    const Cycle start = 1000 + Cycle{n} * 1000;
    const auto at = [&](Cycle cycle) { return clock.time_of(start + cycle); };
    const auto soft = [&](port::SoftEventKind kind, Cycle cycle) {
      timeline.soft({kind, 0, at(cycle), "dma0chan2", n + 2, 0, 300});
    };
    soft(port::SoftEventKind::kSubmit, 0);
    soft(port::SoftEventKind::kIssue, 1);
    dmac.block({source, 2, BlockPhase::kChannelEnabled, at(2), 0, 0});
    dmac.block({source, 2, BlockPhase::kBlockStart, at(3), 0, 300});
    for (Cycle burst = 0; burst < 3; ++burst) {
      const Cycle c = start + 10 + burst * 20;
      dmac.side({source, 2, false, burst == 1 ? "memory" : "transferring", c});
      dmac.grant({source, 2, BurstKind::kRead, 0, false, c, c + 5, c + 30, c + 30});
      dmac.fifo({source, 2, 100, c + 30});
      dmac.burst({source, 2, BurstKind::kRead, 0, 0x1000, 100, 25, false, c, c + 5, c + 30, c + 30, 0});
    }
    dmac.block({source, 2, BlockPhase::kBlockDone, at(200), 0, 300});
    dmac.block({source, 2, BlockPhase::kTransferDone, at(200), 0, 300});
    soft(port::SoftEventKind::kCallback, 300);
    soft(port::SoftEventKind::kCallbackEnd, 310);
    most = std::max(most, timeline.size());
    if (n % 100 == 99) timeline.flush(out, at(900));
  }
  timeline.finish(out, clock.time_of(1000 + Cycle{transfers} * 1000));
  const TimelineFile file = read_timeline(out.str());
  EXPECT_THAT(file.problems, IsEmpty());
  EXPECT_EQ(
      file.tracks.at("dmac0/ch2 reads").slices.size() + file.tracks.at("dmac0/ch2 reads 2").slices.size(),
      transfers * 3);
  return most;
}

TEST(Timeline, KeepsNoMoreThanFewTransfersHowManyThereAre) {
  const std::size_t few = most_kept(200);
  EXPECT_LT(few, 100 * 30u);
  EXPECT_LE(most_kept(2000), few);
}

// What a run that has ended is told of later does not belong to it.
TEST(Timeline, EndsWithTheRun) {
  platform::DeviceTree tree = platform::DeviceTree::load("k210");
  const platform::BoardDescription board = platform::complete_and_describe(tree);
  Timeline timeline(board, EventFilter{}, nullptr);
  for (const std::uint64_t time : {10u, 20u, 30u})
    timeline.soft({port::SoftEventKind::kThreadSwitch, 0, time, time == 20 ? "b" : "a"});
  std::ostringstream out;
  timeline.finish(out, 25);
  const TimelineFile file = read_timeline(out.str());
  EXPECT_THAT(file.problems, IsEmpty());
  const auto& slices = file.tracks.at("CPUs/cpu0 process").slices;
  ASSERT_EQ(slices.size(), 2u);
  EXPECT_EQ(slices[1].name, "b");
  EXPECT_EQ(slices[1].to, 25u);
}

}  // namespace
}  // namespace dmavp::test
