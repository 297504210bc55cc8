// The timeline of whole runs (--perfetto), read back and held against the result file, the trace and the
// waveform of the same run.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "platform/program.h"
#include "platform/timeline_reader.h"
#include "platform/trace_line.h"
#include "platform/vcd_reader.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;
using Times = std::multimap<std::uint64_t, std::uint64_t>;  // begin and end

using Line = TraceLine;

struct Outcome {
  Finished finished;
  json::object result;
  std::vector<Line> trace;
  Waves waves;
  TimelineFile timeline;
};

/// With all outputs, of one run.
Outcome run(Words arguments) {
  arguments.insert(arguments.end(), {"--json", scratch("r.json"), "--trace", scratch("r.trace"), "--vcd",
                                     scratch("r.vcd"), "--perfetto", scratch("r.perfetto")});
  Outcome r;
  r.finished = run_program(arguments);
  r.result = json::parse(read_file(scratch("r.json"))).as_object();
  r.trace = parse_trace(read_file(scratch("r.trace")));
  r.waves = read_vcd(read_file(scratch("r.vcd")));
  r.timeline = read_timeline(read_file(scratch("r.perfetto")));
  return r;
}

TimelineFile timeline_of(Words arguments) {
  arguments.insert(arguments.end(), {"--perfetto", scratch("t.perfetto")});
  run_program(arguments);
  return read_timeline(read_file(scratch("t.perfetto")));
}

std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }
std::string name_of(const json::value& value) { return std::string(value.at("name").as_string()); }

class Clock {
 public:
  Clock(const json::object& result, const std::string& part) {
    for (const json::value& d : result.at("dmacs").as_array()) {
      if ((part + ".").rfind(name_of(d) + ".", 0) == 0) hz_ = number(d.at("clock_hz"));
    }
  }
  std::uint64_t at(std::uint64_t time) const {
    return static_cast<std::uint64_t>(static_cast<Wide>(time) * hz_ / 1'000'000'000'000u);
  }
  std::uint64_t time_of(const std::string& cycle, unsigned later = 0) const {
    const Wide count = std::stoull(cycle) + later;
    return static_cast<std::uint64_t>((count * 1'000'000'000'000u + hz_ - 1) / hz_);
  }

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t hz_ = 0;
};

/// "dmac0.ch3" as the beginning of a track's path.
std::string path_of(std::string channel) {
  std::replace(channel.begin(), channel.end(), '.', '/');
  return channel;
}

std::vector<TimelineSlice> named(const TimelineFile& file, const std::string& path, const std::string& name) {
  const auto track = file.tracks.find(path);
  std::vector<TimelineSlice> found;
  if (track == file.tracks.end()) return found;
  for (const TimelineSlice& slice : track->second.slices) {
    if (slice.name.rfind(name, 0) == 0) found.push_back(slice);
  }
  return found;
}

std::uint64_t sum(const std::vector<TimelineSlice>& slices, const char* argument) {
  std::uint64_t total = 0;
  for (const TimelineSlice& slice : slices) total += number(slice.args.at(argument));
  return total;
}

void expect_statistics(const Outcome& r) {
  std::uint64_t bursts = 0;
  for (const json::value& channel : r.result.at("channels").as_array()) {
    const std::string name = name_of(channel);
    const auto reads = r.timeline.of(path_of(name) + " reads");
    const auto writes = r.timeline.of(path_of(name) + " writes");
    EXPECT_EQ(reads.size(), number(channel.at("read_bursts"))) << name;
    EXPECT_EQ(writes.size(), number(channel.at("write_bursts"))) << name;
    EXPECT_EQ(sum(reads, "bytes"), number(channel.at("bytes_read"))) << name;
    EXPECT_EQ(sum(writes, "bytes"), number(channel.at("bytes_written"))) << name;
    EXPECT_EQ(named(r.timeline, path_of(name), "block").size(), number(channel.at("blocks"))) << name;
    EXPECT_EQ(r.timeline.of(path_of(name) + " interrupt").size(), number(channel.at("interrupts"))) << name;
    bursts += reads.size() + writes.size();
    const Clock clock(r.result, name);
    for (const char* side : {"reader", "writer"}) {
      std::map<std::string, std::uint64_t> cycles;
      for (const TimelineSlice& s : r.timeline.of(path_of(name) + " " + side))
        cycles[s.name] += clock.at(s.to) - clock.at(s.from);
      for (const auto& [cause, count] : channel.at(side).as_object()) {
        if (cause == "idle") continue;
        EXPECT_EQ(cycles[cause], number(count)) << name << " " << side << " " << cause;
      }
    }
  }
  EXPECT_GT(bursts, 100u);
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> handled;
  for (const auto& [path, track] : r.timeline.tracks) {
    for (const TimelineSlice& s : track.slices) {
      if (s.args.contains("number") && path.find(" hardirq") != std::string::npos)
        ++handled[{path.substr(0, path.find(' ')), number(s.args.at("number"))}];
    }
  }
  for (const json::value& i : r.result.at("interrupts").as_array()) {
    const auto key = std::pair{"CPUs/cpu" + std::to_string(number(i.at("cpu"))), number(i.at("number"))};
    EXPECT_EQ(handled[key], number(i.at("count"))) << key.first << " " << key.second;
    handled.erase(key);
  }
  EXPECT_TRUE(handled.empty());
}

void expect_counters(const Outcome& r) {
  for (const json::value& channel : r.result.at("channels").as_array()) {
    const std::string name = name_of(channel);
    for (const char* series : {"read", "written"}) {
      const auto counter = r.timeline.counters.find(path_of(name) + " bytes per us/" + series);
      std::uint64_t bytes = 0;
      if (counter != r.timeline.counters.end()) {
        for (auto value = counter->second.begin(); value != counter->second.end(); ++value) {
          const auto next = std::next(value);
          const std::uint64_t until = next == counter->second.end() ? value->first : next->first;
          EXPECT_EQ(value->first % 1'000'000, 0u);
          // A run that ends within a microsecond has its last value to the end.
          const std::uint64_t count = (until - value->first) / 1'000'000;
          bytes += value->second * (next == counter->second.end() ? 1 : count);
        }
      }
      EXPECT_EQ(bytes, number(channel.at(std::string("bytes_") + series))) << name;
    }
    // The level that the waveform shows.
    const auto fifo = r.timeline.counters.find(path_of(name) + " FIFO/bytes");
    std::vector<std::pair<std::uint64_t, std::uint64_t>> wanted, shown;
    for (const auto& [time, value] : r.waves.of(name + ".fifo").changes)
      wanted.emplace_back(time, std::stoull(value, nullptr, 2));
    wanted.erase(wanted.begin());
    if (fifo != r.timeline.counters.end()) shown.assign(fifo->second.begin(), fifo->second.end());
    EXPECT_EQ(shown, wanted) << name;
    for (const auto& [kind, series] : {std::pair{"reads", "reads"}, {"writes", "writes"}}) {
      const auto counter = r.timeline.counters.find(path_of(name) + " outstanding/" + series);
      if (r.timeline.of(path_of(name) + " " + kind).empty()) continue;
      ASSERT_NE(counter, r.timeline.counters.end()) << name << " " << kind;
      EXPECT_EQ(counter->second.rbegin()->second, 0u) << name << " " << kind;
      // Never more than lie beside each other.
      std::size_t lanes = 0;
      for (const auto& track : r.timeline.tracks)
        lanes += track.first.rfind(path_of(name) + " " + kind, 0) == 0 ||
                 track.first.rfind(path_of(name) + " descriptor", 0) == 0;
      std::uint64_t most = 0;
      for (const auto& [time, value] : counter->second) most = std::max(most, value);
      EXPECT_GT(most, 0u);
      EXPECT_LE(most, lanes) << name << " " << kind;
    }
  }
}

/// Every line of the trace that is a slice or an edge of one.
void expect_as_traced(const Outcome& r) {
  const TimelineFile& file = r.timeline;
  std::map<std::string, unsigned> checked;
  std::map<std::string, Times> slices;  // by controller, channel and kind of burst
  for (const auto& [path, track] : file.tracks) {
    for (const TimelineSlice& s : track.slices) {
      if (s.args.contains("accepted"))
        slices[path.substr(0, path.find(' ')) + " " + s.name].emplace(s.from, s.to);
    }
  }
  for (const Line& line : r.trace) {
    const std::string cpu = "CPUs/" + line.source;
    const auto edges = [&](const std::string& path, const std::string& name, auto edge) {
      const auto found = named(file, path, name);
      return std::count_if(found.begin(), found.end(),
                           [&](const TimelineSlice& s) { return s.*edge == line.time; });
    };
    const auto begins = [&](const std::string& path, const std::string& name) {
      return edges(path, name, &TimelineSlice::from);
    };
    const auto ends = [&](const std::string& path, const std::string& name) {
      return edges(path, name, &TimelineSlice::to);
    };
    const std::string channel = line.source + "/ch" + line.field("ch");
    if (line.event == "burst") {
      const Clock clock(r.result, line.source);
      Times& times = slices[channel + " " + line.field("kind")];
      const auto [first, last] = times.equal_range(clock.time_of(line.field("accepted")));
      const auto match = std::find_if(
          first, last, [&](const auto& t) { return t.second == clock.time_of(line.field("response"), 1); });
      EXPECT_TRUE(match != last) << line.text;
      if (match != last) times.erase(match);
    } else if (line.event == "block-start") {
      EXPECT_EQ(begins(channel, "block"), 1) << line.text;
    } else if (line.event == "block-done") {
      EXPECT_EQ(ends(channel, "block"), 1) << line.text;
    } else if (line.event == "transfer-done") {
      EXPECT_EQ(ends(channel, "descriptor #"), 1) << line.text;
    } else if (line.event == "interrupt-entry") {
      EXPECT_EQ(begins(cpu + " hardirq", "irq " + line.field("number")), 1) << line.text;
    } else if (line.event == "interrupt-exit") {
      EXPECT_EQ(ends(cpu + " hardirq", "irq " + line.field("number")), 1) << line.text;
    } else if (line.event == "callback") {
      EXPECT_EQ(begins(cpu + " softirq", "callback "), 1) << line.text;
    } else if (line.event == "thread") {
      const std::string thread = line.text.substr(line.text.find(" thread ") + 8);
      if (thread.rfind("idle/", 0) == 0) continue;
      EXPECT_EQ(begins(cpu + " process", thread), 1) << line.text;
    } else {
      continue;
    }
    ++checked[line.event];
  }
  for (const auto& [key, times] : slices) EXPECT_TRUE(times.empty()) << key << " that are not in the trace";
  for (const char* event : {"burst", "block-start", "block-done", "transfer-done", "interrupt-entry",
                            "interrupt-exit", "callback", "thread"})
    EXPECT_GT(checked[event], 2u) << event;
}

/// The handler of `interrupt` was running already when it came: no entry lies on the way of its arrow.
bool handled_on_the_way(const Outcome& r, const TimelineFlow::Point& interrupt) {
  for (const auto& slice : r.timeline.of("hardirq")) {
    if (slice.from < interrupt.time && interrupt.time < slice.to) return true;
  }
  return false;
}

/// Each callback ends an arrow that has come from the client's call through descriptor, bursts, interrupt and
/// handler.
void expect_arrows(const Outcome& r) {
  std::size_t whole = 0;
  for (const auto& [id, flow] : r.timeline.flows) {
    std::string way;
    for (const auto& point : flow.points) {
      way += point.slice.rfind("callback", 0) == 0       ? 'c'
             : point.slice.rfind("irq ", 0) == 0         ? 'h'
             : point.slice.rfind("descriptor #", 0) == 0 ? 'd'
             : point.slice == "lli-fetch"                ? 'f'
             : point.slice == "interrupt"                ? 'i'
             : point.slice == "read"                     ? 'r'
             : point.slice == "write"                    ? 'w'
                                                         : 's';
    }
    if (way == "sdfrwihc" || way == "cdfrwihc") ++whole;
    if ((way == "sdfrwic" || way == "cdfrwic") && handled_on_the_way(r, flow.points[5])) ++whole;
  }
  const auto callbacks = static_cast<std::size_t>(
      std::count_if(r.trace.begin(), r.trace.end(), [](const Line& l) { return l.event == "callback"; }));
  EXPECT_EQ(whole, callbacks);
  EXPECT_GT(whole, 3u);
}

class TimelineOn : public ::testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Boards, TimelineOn, ::testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

TEST_P(TimelineOn, AgreesWithResultTraceAndWaveform) {
  const Outcome r = run(main_job(GetParam()));
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  EXPECT_THAT(r.timeline.problems, IsEmpty());
  expect_statistics(r);
  expect_counters(r);
  expect_as_traced(r);
  expect_arrows(r);
}

// A cyclic transfer has an arrow for each period, and the way of the hardware from the second on.
TEST(Timeline, FollowsThePeriodsOfAnAudioStream) {
  const Outcome r = run({"run", "audio"});
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  EXPECT_THAT(r.timeline.problems, IsEmpty());
  expect_counters(r);
  std::size_t periods = 0;
  for (const auto& [id, flow] : r.timeline.flows) {
    std::size_t bursts = 0;
    for (const auto& point : flow.points) bursts += point.slice == "read" || point.slice == "write";
    const bool called = flow.points.back().slice.rfind("callback", 0) == 0;
    periods += called;
    if (called) {
      EXPECT_EQ(bursts, 2u) << id;
    }
  }
  const auto callbacks = static_cast<std::size_t>(
      std::count_if(r.trace.begin(), r.trace.end(), [](const Line& l) { return l.event == "callback"; }));
  EXPECT_EQ(periods, callbacks);
  EXPECT_GT(periods, 10u);
}

// Neither schedule nor result depend on it.
TEST(Timeline, ChangesNothing) {
  json::object results[2];
  for (unsigned i = 0; i < 2; ++i) {
    Words job = main_job("generic16");
    job.insert(job.end(), {"--json", scratch("n.json")});
    if (i == 1) job.insert(job.end(), {"--perfetto", scratch("n.perfetto")});
    ASSERT_EQ(run_program(job).status, 0);
    results[i] = json::parse(read_file(scratch("n.json"))).as_object();
    results[i].erase("wall_s");
  }
  EXPECT_EQ(json::serialize(results[0]), json::serialize(results[1]));
}

// A window has what the whole has there; slices that reach out of it are cut.
TEST(Timeline, OfAWindowIsAPieceOfTheWhole) {
  const Words job = main_job("k210");
  const std::uint64_t from = 20'000'000, to = 45'500'000;
  const TimelineFile whole = timeline_of(job);
  Words windowed = job;
  windowed.insert(windowed.end(), {"--perfetto-filter", "from=20us,to=45.5us"});
  const TimelineFile piece = timeline_of(windowed);
  EXPECT_THAT(piece.problems, IsEmpty());
  std::size_t compared = 0;
  for (const auto& [path, track] : whole.tracks) {
    // Lanes of bursts are filled in the order in which bursts come.
    std::multiset<std::string> wanted, shown;
    const auto line = [](const TimelineSlice& s, std::uint64_t begin, std::uint64_t end) {
      return std::to_string(begin) + "-" + std::to_string(end) + " " + s.name + json::serialize(s.args);
    };
    for (const TimelineSlice& s : track.slices) {
      if (s.from < to && s.to > from) wanted.insert(line(s, std::max(s.from, from), std::min(s.to, to)));
    }
    const auto found = piece.tracks.find(path);
    if (found != piece.tracks.end()) {
      for (const TimelineSlice& s : found->second.slices) {
        if (s.from < s.to) shown.insert(line(s, s.from, s.to));
      }
    }
    EXPECT_EQ(shown, wanted) << path;
    compared += wanted.size();
  }
  EXPECT_GT(compared, 200u);
}

TEST(Timeline, ShowsWhatItsFilterSelects) {
  const auto tracks = [](const std::string& filter) {
    Words job = main_job("k210");
    job.insert(job.end(), {"--perfetto-filter", filter});
    const TimelineFile file = timeline_of(job);
    EXPECT_THAT(file.problems, IsEmpty()) << filter;
    std::set<std::string> names;
    for (const auto& [path, track] : file.tracks) names.insert(path);
    for (const auto& counter : file.counters) names.insert(counter.first);
    for (const auto& flow : file.flows) names.insert("flow"), static_cast<void>(flow);
    return names;
  };
  EXPECT_THAT(tracks("channel=dmac0.ch1,kind=transfer|wait"),
              ElementsAre("dmac0/ch1", "dmac0/ch1 reader", "dmac0/ch1 writer"));
  EXPECT_THAT(
      tracks("source=dmac0,channel=dmac0.ch2,kind=counter"),
      ElementsAre("dmac0/ch2 FIFO/bytes", "dmac0/ch2 bytes per us/read", "dmac0/ch2 bytes per us/written",
                  "dmac0/ch2 outstanding/reads", "dmac0/ch2 outstanding/writes"));
  EXPECT_THAT(tracks("kind=thread,source=cpu1"), ElementsAre("CPUs/cpu1 process"));
}

// What happens to a run, the file can be loaded.
TEST(Timeline, IsWholeWhenTheRunFails) {
  write_file(scratch("plan.toml"), read_file(DMAVP_SOURCE_DIR "/tb/examples/lost_interrupt.toml"));
  const Outcome r = run({"run", scratch("plan.toml")});
  EXPECT_EQ(r.finished.status, 1);
  EXPECT_THAT(r.timeline.problems, IsEmpty());
  const auto& instants = r.timeline.tracks.at("run/faults").instants;
  ASSERT_EQ(instants.size(), 1u);
  EXPECT_EQ(instants[0].name, "interrupt-lost");
  for (const json::value& d : r.result.at("diagnostics").as_array()) {
    const auto& marks = r.timeline.tracks.at("run/diagnostics").instants;
    EXPECT_TRUE(std::any_of(marks.begin(), marks.end(), [&](const TimelineInstant& mark) {
      return mark.name == d.at("kind").as_string() && mark.time == number(d.at("time_ps")) &&
             mark.args.at("message") == d.at("message");
    })) << json::serialize(d);
  }
}

TEST(Timeline, CanBeLoadedAfterACrash) {
  const Finished f = run_program({"run", "memcpy", "--perfetto", scratch("c.perfetto"), "--insmod",
                                  std::string(DMAVP_TEST_MODULES) + "/faulty_wild.so"});
  EXPECT_EQ(f.status, 3);
  EXPECT_THAT(f.err, HasSubstr("SIGSEGV"));
  const std::string text = read_file(scratch("c.perfetto"));
  EXPECT_EQ(text.back(), '}');
  EXPECT_THAT(read_timeline(text, false).problems, IsEmpty());
}

TEST(Timeline, SaysThatTheDiskIsFull) {
  const Finished f = run_program({"run", "memcpy", "--perfetto", "/dev/full"});
  EXPECT_EQ(f.status, 3);
  EXPECT_THAT(f.err, HasSubstr("/dev/full: writing failed"));
}

}  // namespace
}  // namespace dmavp::test
