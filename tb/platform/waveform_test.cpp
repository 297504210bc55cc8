// The waveform of whole runs, read back and held against the result file, the trace, and a run without it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "platform/program.h"
#include "platform/vcd_reader.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using Words = std::vector<std::string>;

struct Outcome {
  Finished finished;
  json::object result;  ///< without wall_s
  std::string trace;
  Waves waves;
};

/// With the outputs that `outputs` names, of "json", "trace" and "vcd".
Outcome run(Words arguments, const Words& outputs) {
  Outcome run;
  for (const std::string& output : outputs)
    arguments.insert(arguments.end(), {"--" + output, scratch("run." + output)});
  run.finished = run_program(arguments);
  for (const std::string& output : outputs) {
    const std::string text = read_file(scratch("run." + output));
    if (output == "json") {
      run.result = json::parse(text).as_object();
      run.result.erase("wall_s");
    } else if (output == "trace") {
      run.trace = text;
    } else {
      run.waves = read_vcd(text);
    }
  }
  return run;
}

constexpr unsigned kFifoDepth = 16;

Words job_on(const std::string& board) {
  Words job = main_job(board);
  job.insert(job.end(), {"--set", "dmac0:dmavp,fifo-depth=" + std::to_string(kFifoDepth)});
  return job;
}

/// Cycles of a clock, as the platform counts them.
class Cycles {
 public:
  explicit Cycles(std::uint64_t hz) : hz_(hz) {}
  std::uint64_t at(std::uint64_t time) const {
    return static_cast<std::uint64_t>(static_cast<Wide>(time) * hz_ / 1'000'000'000'000u);
  }
  std::uint64_t time_of(std::uint64_t cycle) const {
    return static_cast<std::uint64_t>((static_cast<Wide>(cycle) * 1'000'000'000'000u + hz_ - 1) / hz_);
  }
  /// How long each value lasts.
  std::map<std::string, std::uint64_t> of(const Signal& signal, std::uint64_t end) const {
    std::map<std::string, std::uint64_t> lasts;
    for (std::size_t i = 0; i < signal.changes.size(); ++i) {
      const auto& [from, value] = signal.changes[i];
      const std::uint64_t to = i + 1 < signal.changes.size() ? signal.changes[i + 1].first : end;
      lasts[value] += at(to) - at(from);
    }
    return lasts;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  std::uint64_t hz_;
};

std::uint64_t number(const std::string& bits) { return bits == "z" ? 0 : std::stoull(bits, nullptr, 2); }
std::uint64_t number(const json::value& value) { return value.to_number<std::uint64_t>(); }
std::string name_of(const json::value& value) { return std::string(value.at("name").as_string()); }

std::uint64_t times(const Signal& signal, const std::string& value) {
  std::uint64_t count = 0;
  for (std::size_t i = 1; i < signal.changes.size(); ++i) count += signal.changes[i].second == value;
  return count;
}

Cycles cycles_of(const json::object& result, const std::string& part) {
  for (const json::value& d : result.at("dmacs").as_array()) {
    if (part.rfind(name_of(d) + ".", 0) == 0) return Cycles(number(d.at("clock_hz")));
  }
  throw std::runtime_error("no controller of " + part);
}

void expect_busy_cycles(const Outcome& r) {
  std::uint64_t busy = 0;
  for (const json::value& port : r.result.at("bus").as_array()) {
    const std::string name = name_of(port);
    const Cycles cycles = cycles_of(r.result, name);
    for (const char* wire : {"ar", "r", "aw", "w", "b"}) {
      std::uint64_t seen = 0;
      for (const auto& [value, length] : cycles.of(r.waves.of(name + "." + wire), r.waves.end))
        seen += number(value) * length;
      EXPECT_EQ(seen, number(port.at(wire).at("busy_cycles"))) << name << " " << wire;
      busy += seen;
      if (*wire == 'b') continue;
      std::uint64_t owned = 0;
      for (const auto& [value, length] : cycles.of(r.waves.of(name + "." + wire + "_channel"), r.waves.end))
        owned += value == "z" ? 0 : length;
      EXPECT_EQ(owned, seen) << name << " " << wire << "_channel";
    }
  }
  EXPECT_GT(busy, 1000u);
}

void expect_causes(const Outcome& r) {
  for (const json::value& channel : r.result.at("channels").as_array()) {
    const std::string name = name_of(channel);
    const Cycles cycles = cycles_of(r.result, name);
    for (const char* side : {"reader", "writer"}) {
      auto seen = cycles.of(r.waves.of(name + "." + side), r.waves.end);
      for (const auto& [cause, length] : channel.at(side).as_object()) {
        EXPECT_EQ(seen[cause], number(length)) << name << " " << side << " " << cause;
        seen.erase(cause);
      }
      EXPECT_TRUE(seen.empty()) << name << " " << side << " " << seen.begin()->first;
    }
  }
}

/// Of a run in which nothing is stopped: every address is of a burst that the statistics count, or of an
/// item.
void expect_bursts(const Outcome& r, unsigned item_bursts, bool writes_back) {
  std::map<std::string, std::uint64_t> reads, writes;
  for (const json::value& port : r.result.at("bus").as_array()) {
    const std::string name = name_of(port);
    const Cycles cycles = cycles_of(r.result, name);
    const std::string channel = name.substr(0, name.rfind('.')) + ".ch";
    for (const auto& [value, length] : cycles.of(r.waves.of(name + ".ar_channel"), r.waves.end))
      if (value != "z") reads[channel + std::to_string(number(value))] += length;
    for (const auto& [value, length] : cycles.of(r.waves.of(name + ".aw_channel"), r.waves.end))
      if (value != "z") writes[channel + std::to_string(number(value))] += length;
  }
  for (const json::value& channel : r.result.at("channels").as_array()) {
    const std::string name = name_of(channel);
    EXPECT_EQ(reads[name],
              number(channel.at("read_bursts")) + item_bursts * number(channel.at("lli_fetches")))
        << name;
    EXPECT_EQ(writes[name],
              number(channel.at("write_bursts")) + (writes_back ? number(channel.at("blocks")) : 0))
        << name;
  }
}

void expect_interrupts(const Outcome& r) {
  for (const json::value& channel : r.result.at("channels").as_array())
    EXPECT_EQ(times(r.waves.of(name_of(channel) + ".irq"), "1"), number(channel.at("interrupts")));
  std::map<std::pair<std::string, std::uint64_t>, std::uint64_t> seen;
  for (unsigned cpu = 0; r.waves.signals.count("cpu" + std::to_string(cpu) + ".interrupt") != 0; ++cpu) {
    const std::string name = "cpu" + std::to_string(cpu);
    for (const auto& [time, value] : r.waves.of(name + ".interrupt").changes) {
      if (value == "z") continue;
      ++seen[{name, number(value)}];
      EXPECT_EQ(r.waves.of(name + ".context").at(time), "hardirq") << time;
    }
  }
  for (const json::value& i : r.result.at("interrupts").as_array()) {
    const auto key = std::pair{"cpu" + std::to_string(number(i.at("cpu"))), number(i.at("number"))};
    EXPECT_EQ(seen[key], number(i.at("count"))) << key.first << " " << key.second;
    seen.erase(key);
  }
  EXPECT_TRUE(seen.empty());
}

void expect_fifos(const Outcome& r, unsigned beat_bytes) {
  std::uint64_t most = 0;
  for (const json::value& channel : r.result.at("channels").as_array()) {
    const std::string name = name_of(channel);
    const Signal& fifo = r.waves.of(name + ".fifo");
    for (const auto& [time, value] : fifo.changes) {
      most = std::max(most, number(value));
      if (name.rfind("dmac0.", 0) == 0) {
        EXPECT_LE(number(value), kFifoDepth * beat_bytes) << name << " at " << time;
      }
    }
    EXPECT_EQ(number(fifo.changes.back().second), 0u) << name;
  }
  EXPECT_GE(most, kFifoDepth / 2 * beat_bytes);
}

void expect_contexts(const Outcome& r) {
  std::set<std::string> contexts;
  std::uint64_t switches = 0;
  for (unsigned i = 0; r.waves.signals.count("cpu" + std::to_string(i) + ".context") != 0; ++i) {
    const std::string cpu = "cpu" + std::to_string(i);
    const Signal& thread = r.waves.of(cpu + ".thread");
    const Signal& context = r.waves.of(cpu + ".context");
    EXPECT_EQ(thread.changes.front().second, "idle/" + std::to_string(i));
    switches += thread.changes.size() - 1;
    for (const auto& [time, value] : context.changes) {
      contexts.insert(value);
      const bool idle = thread.at(time).rfind("idle/", 0) == 0;
      if (value == "idle" || value == "process") {
        EXPECT_EQ(value == "idle", idle) << cpu << " at " << time;
      }
    }
  }
  EXPECT_EQ(contexts, (std::set<std::string>{"hardirq", "idle", "process", "softirq"}));
  EXPECT_EQ(switches, number(r.result.at("software").at("context_switches")));
}

/// key=value of a line of the trace.
std::string field(const std::string& line, const std::string& key) {
  const std::size_t at = line.find(" " + key + "=");
  if (at == std::string::npos) return "";
  const std::size_t from = at + key.size() + 2;
  return line.substr(from, line.find(' ', from) - from);
}

/// Each line that speaks of a wire, at its time. Of several of one time the last holds.
void expect_as_traced(const Outcome& r) {
  std::istringstream lines(r.trace);
  std::map<std::pair<std::string, std::uint64_t>, std::string> levels;
  std::map<std::string, unsigned> checked;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::uint64_t time = 0;
    std::string source, event, which;
    if (line[0] == '#' || !(words >> time >> source >> event >> which)) continue;
    if (event == "dma-request") {
      for (const char* level : {"burst", "single", "last"})
        levels[{source + "." + which + "." + level, time}] = field(line, level);
    } else if (event == "interrupt" && source.rfind("dmac", 0) == 0) {
      const unsigned wire = static_cast<unsigned>(std::stoul(field(line, "line")));
      const std::string name = wire < 32    ? ".ch" + std::to_string(wire) + ".irq"
                               : wire == 32 ? ".irq_common"
                                            : ".irq_all";
      levels[{source + name, time}] = field(line, "level");
    } else if (event == "burst") {
      const Cycles cycles = cycles_of(r.result, source + ".");
      const std::string port = source + ".m" + field(line, "master") + ".";
      const std::string kind = field(line, "kind");
      const bool write = kind == "write" || kind == "lli-write-back";
      const std::uint64_t channel = std::stoull(field(line, "ch"));
      const Signal& address = r.waves.of(port + (write ? "aw_channel" : "ar_channel"));
      const Signal& data = r.waves.of(port + (write ? "w_channel" : "r_channel"));
      const auto at = [&](const char* key) { return cycles.time_of(std::stoull(field(line, key))); };
      EXPECT_EQ(number(address.at(at("accepted"))), channel) << line;
      EXPECT_EQ(number(data.at(at("first"))), channel) << line;
      EXPECT_EQ(number(data.at(at("last"))), channel) << line;
      EXPECT_NE(data.at(at("first")), "z") << line;
      if (write) {
        EXPECT_GE(number(r.waves.of(port + "b").at(at("response"))), 1u) << line;
      }
      ++checked[event];
    }
  }
  for (const auto& [key, level] : levels) {
    EXPECT_EQ(r.waves.of(key.first).at(key.second), level) << key.first << " at " << key.second;
    ++checked[key.first.find(".irq") == std::string::npos ? "dma-request" : "interrupt"];
  }
  EXPECT_GT(checked["burst"], 100u);
  EXPECT_GT(checked["interrupt"], 10u);
}

struct Machine {
  const char* board;
  unsigned beat_bytes;
  unsigned item_bursts;  ///< to fetch an item of a list
  bool writes_back;
};

class WaveformOn : public ::testing::TestWithParam<Machine> {};
INSTANTIATE_TEST_SUITE_P(Boards, WaveformOn,
                         ::testing::Values(Machine{"k210", 32, 1, true}, Machine{"jh7110", 8, 1, false},
                                           Machine{"agilex5", 4, 2, true}, Machine{"generic16", 8, 1, true},
                                           Machine{"generic32", 16, 1, true}),
                         [](const auto& machine) { return std::string(machine.param.board); });

TEST_P(WaveformOn, AgreesWithTheStatisticsAndChangesNothing) {
  const Words job = job_on(GetParam().board);
  const Outcome r = run(job, {"json", "vcd"});
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  EXPECT_EQ(r.waves.end, number(r.result.at("sim_time_ps")));
  expect_busy_cycles(r);
  expect_causes(r);
  expect_bursts(r, GetParam().item_bursts, GetParam().writes_back);
  expect_interrupts(r);
  expect_fifos(r, GetParam().beat_bytes);
  expect_contexts(r);
  EXPECT_EQ(json::serialize(r.result), json::serialize(run(job, {"json"}).result));
}

TEST_P(WaveformOn, AgreesWithTheTrace) {
  const Outcome r = run(job_on(GetParam().board), {"json", "trace", "vcd"});
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  expect_as_traced(r);
}

// Requests of peripherals, waits for them, channels that are stopped.
TEST(Waveform, OfPeripheralsAgrees) {
  const Outcome r =
      run({"run", "uart-loopback", "--set", "client.uart.path=LICENSE"}, {"json", "trace", "vcd"});
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  expect_busy_cycles(r);
  expect_causes(r);
  expect_interrupts(r);
  expect_contexts(r);
  expect_as_traced(r);
}

// A DRAM brings wide beats in several cycles: the wire is taken from first to last, `bus[]` counts beats.
TEST(Waveform, PausesOfATargetOccupyTheWire) {
  const Outcome r =
      run({"run", "memcpy", "--board", "generic32", "--timing", "at", "--set", "client.copy.count=1", "--set",
           "client.copy.size=4KiB", "--set", "ram0:dmavp,memory-model=dram"},
          {"json", "trace", "vcd"});
  ASSERT_EQ(r.finished.status, 0) << r.finished.err;
  std::uint64_t taken = 0;
  std::istringstream lines(r.trace);
  for (std::string line; std::getline(lines, line);) {
    const std::string kind = field(line, "kind");
    if (line.find(" burst ") == std::string::npos || (kind != "read" && kind != "lli-fetch")) continue;
    taken += std::stoull(field(line, "last")) - std::stoull(field(line, "first")) + 1;
  }
  std::uint64_t seen = 0, busy = 0;
  for (const json::value& port : r.result.at("bus").as_array()) {
    const std::string name = name_of(port);
    for (const auto& [value, length] : cycles_of(r.result, name).of(r.waves.of(name + ".r"), r.waves.end)) {
      EXPECT_LE(number(value), 1u) << name;
      seen += number(value) * length;
    }
    busy += number(port.at("r").at("busy_cycles"));
  }
  EXPECT_EQ(seen, taken);
  EXPECT_GT(seen, busy);
  expect_causes(r);
}

// The plan's hits are in the waveform and the trace as the result counts them, at the same times.
TEST(Waveform, ShowsEveryHitOfAFaultPlan) {
  std::string plan = read_file(DMAVP_SOURCE_DIR "/tb/examples/lost_interrupt.toml");
  plan += "\n[[fault]]\nkind = \"interrupt-late\"\ntarget = \"dmac0\"\ndelay = \"1us\"\ncount = 2\n";
  plan += "\n[[fault]]\nkind = \"clock-off\"\ntarget = \"dmac0\"\nnth = 3\nduration = \"1us\"\n";
  write_file(scratch("plan.toml"), plan);
  const Outcome r = run({"run", scratch("plan.toml")}, {"json", "trace", "vcd"});
  std::istringstream lines(r.trace);
  std::map<std::string, std::set<std::uint64_t>> traced;  // times by kind
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string time, source, event, kind;
    if (words >> time >> source >> event >> kind && event == "fault") traced[kind].insert(std::stoull(time));
  }
  unsigned faults = 0;
  for (const json::value& fault : r.result.at("faults").as_array()) {
    const std::string kind(fault.at("kind").as_string());
    std::string name = "faults." + std::to_string(++faults) + "_" + kind + "_dmac0";
    std::replace(name.begin(), name.end(), '-', '_');
    const Signal& hits = r.waves.of(name);
    EXPECT_GT(number(fault.at("hits")), 0u) << kind;
    EXPECT_EQ(number(hits.changes.back().second), number(fault.at("hits"))) << kind;
    std::set<std::uint64_t> shown;
    for (std::size_t i = 1; i < hits.changes.size(); ++i) shown.insert(hits.changes[i].first);
    EXPECT_EQ(shown, traced[kind]) << kind;
  }
  EXPECT_EQ(faults, 3u);
}

// What a window shows is what the whole shows there, with the values of before at its start.
TEST(Waveform, OfAWindowIsAPieceOfTheWhole) {
  const Words job = job_on("k210");
  const Waves whole = run(job, {"vcd"}).waves;
  Words windowed = job;
  windowed.insert(windowed.end(), {"--vcd-filter", "source=dmac0|cpu1,from=20us,to=45.5us"});
  const Waves piece = run(windowed, {"vcd"}).waves;
  EXPECT_EQ(piece.start, 20'000'000u);
  EXPECT_EQ(piece.end, 45'500'000u);
  std::size_t shown = 0;
  std::size_t changes = 0;
  for (const auto& [path, signal] : whole.signals) {
    if (path.rfind("dmac0.", 0) != 0 && path.rfind("cpu1.", 0) != 0) continue;
    ++shown;
    std::vector<std::pair<std::uint64_t, std::string>> wanted{{piece.start, signal.at(piece.start)}};
    for (const auto& change : signal.changes) {
      if (change.first > piece.start && change.first < piece.end) wanted.push_back(change);
    }
    EXPECT_EQ(piece.of(path).changes, wanted) << path;
    changes += wanted.size() - 1;
  }
  EXPECT_EQ(piece.signals.size(), shown);
  EXPECT_GT(changes, 100u);
}

// The saved view of the manual, on the run it was made for.
TEST(Waveform, OfTheManualHasWhatItsViewShows) {
  const Waves waves = run({"run", "memcpy", "--board", "generic32", "--seed", "4", "--set",
                           "client.copy.size=4KiB", "--set", "client.copy.count=2"},
                          {"vcd"})
                          .waves;
  std::istringstream view(read_file(DMAVP_SOURCE_DIR "/docs/waveform.gtkw"));
  std::set<std::string> shown;
  for (std::string line; std::getline(view, line);) {
    if (line.rfind("+{", 0) != 0) continue;
    const std::string name = line.substr(line.find("} ") + 2);
    const std::string path = name.substr(0, name.find('['));
    shown.insert(path);
    const Signal& signal = waves.of(path);
    EXPECT_GT(signal.changes.size(), 1u) << path << " never changes";
    EXPECT_EQ(name.substr(path.size()), signal.bits > 1 ? "[" + std::to_string(signal.bits - 1) + ":0]" : "");
  }
  EXPECT_GT(shown.size(), 10u);
}

}  // namespace
}  // namespace dmavp::test
