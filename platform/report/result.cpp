#include "platform/report/result.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>

#include "platform/report/json_text.h"

namespace dmavp::platform {
namespace {

namespace json = boost::json;

json::object side(const dmac::SideStatistics& statistics) {
  json::object cycles;
  for (unsigned i = 0; i < dmac::kCauses; ++i) {
    cycles[dmac::to_string(static_cast<dmac::Cause>(i))] = statistics.cycles[i];
  }
  return cycles;
}

json::object results_of(const ClientRecord& client) {
  json::object results;
  for (const auto& [result, count] : client.results) results[result] = count;
  return results;
}

json::array faults(const RunSummary& run) {
  json::array list;
  for (const FaultRecord& f : run.faults) {
    list.push_back(json::object{{"kind", f.kind},
                                {"target", f.target},
                                {"hits", f.hits},
                                {"time_ps", f.hits != 0 ? json::value(f.time_ps) : json::value(nullptr)},
                                {"outcome", f.outcome}});
  }
  return list;
}

json::array clients(const Recorder& recorder) {
  json::array list;
  for (const ClientRecord& client : recorder.clients()) {
    const Percentiles p = percentiles_ns(client.latencies);
    json::object notes;
    for (const auto& [key, value] : client.notes) notes[key] = value;
    list.push_back(json::object{
        {"name", client.name},
        {"kind", client.kind},
        {"bytes", client.bytes},
        {"transfers", client.transfers},
        {"errors", client.errors},
        {"results", results_of(client)},
        {"duration_ps", duration_ps(client)},
        {"throughput_mb_s", throughput_mb_s(client)},
        {"latency_ns",
         json::object{{"min", p.min}, {"p50", p.p50}, {"p95", p.p95}, {"p99", p.p99}, {"max", p.max}}},
        {"result", client.result},
        {"notes", std::move(notes)}});
  }
  return list;
}

json::array channels(Board& board, const Recorder& recorder) {
  json::array list;
  for (unsigned d = 0; d < board.dmacs(); ++d) {
    const DmacDescription& description = board.description().dmacs[d];
    const auto& halts = recorder.halts(description.name);
    for (unsigned ch = 0; ch < description.parameters.num_channels; ++ch) {
      const dmac::ChannelStatistics s = board.dmac(d).engine().channel_statistics(ch);
      list.push_back(json::object{{"name", description.name + ".ch" + std::to_string(ch)},
                                  {"bytes_read", s.bytes_read},
                                  {"bytes_written", s.bytes_written},
                                  {"blocks", s.blocks},
                                  {"read_bursts", s.read_bursts},
                                  {"write_bursts", s.write_bursts},
                                  {"lli_fetches", s.lli_fetches},
                                  {"interrupts", recorder.rising_edges(description.name, ch)},
                                  {"halts", halts.count(ch) != 0 ? halts.at(ch).halts : 0},
                                  {"reader", side(s.reader)},
                                  {"writer", side(s.writer)}});
    }
  }
  return list;
}

json::array bus(Board& board) {
  json::array list;
  const auto wire = [](const dmac::PortStatistics::Wire& w) {
    return json::object{{"busy_cycles", w.busy}, {"stalled_cycles", w.stalled}};
  };
  for (unsigned d = 0; d < board.dmacs(); ++d) {
    const DmacDescription& description = board.description().dmacs[d];
    for (unsigned m = 0; m < description.parameters.num_masters; ++m) {
      const dmac::PortStatistics s = board.dmac(d).engine().port_statistics(m);
      list.push_back(json::object{{"name", description.name + ".m" + std::to_string(m)},
                                  {"ar", wire(s.ar)},
                                  {"r", wire(s.r)},
                                  {"aw", wire(s.aw)},
                                  {"w", wire(s.w)},
                                  {"b", wire(s.b)}});
    }
  }
  return list;
}

// Every controller counts cycles of a clock of its own.
json::array dmacs(const Board& board, const Recorder& recorder) {
  json::array list;
  for (const DmacDescription& d : board.description().dmacs) {
    list.push_back(json::object{{"name", d.name},
                                {"clock_hz", d.clock_hz},
                                {"elapsed_cycles", Clock(d.clock_hz).cycle_at(recorder.end())}});
  }
  return list;
}

json::array peripherals(Board& board) {
  json::array list;
  for (unsigned i = 0; i < board.peripherals(); ++i) {
    const PeripheralDescription& description = board.description().peripherals[i];
    json::object counters;
    for (const Counter& c : board.peripheral(i).counters()) counters[c.name] = c.value;
    list.push_back(json::object{{"name", description.name},
                                {"kind", to_string(description.kind)},
                                {"counters", std::move(counters)}});
  }
  return list;
}

/// Traffic generators; there are none outside the timed mode.
json::array loads(const Board& board, const Recorder& recorder) {
  json::array list;
  for (std::size_t i = 0; i < board.description().loads.size(); ++i) {
    const TrafficGeneratorStatistics* s = board.load_statistics(i);
    if (s == nullptr) continue;
    list.push_back(
        json::object{{"name", board.description().loads[i].name},
                     {"reads", s->reads},
                     {"writes", s->writes},
                     {"bytes_read", s->bytes_read},
                     {"bytes_written", s->bytes_written},
                     {"late", s->late},
                     {"errors", s->errors},
                     {"throughput_mb_s", throughput_mb_s(s->bytes(), recorder.end())},
                     {"latency_cycles", json::object{{"min", s->bursts() != 0 ? s->latency_min : 0},
                                                     {"mean", s->latency_mean()},
                                                     {"max", s->latency_max}}}});
  }
  return list;
}

/// DRAMs that have been accessed by non-blocking transport.
json::array memories(Board& board) {
  json::array list;
  for (std::size_t i = 0; i < board.description().memories.size(); ++i) {
    const DramStatistics* s = board.dram_statistics(i);
    if (s == nullptr) continue;
    list.push_back(json::object{{"name", board.description().memories[i].name},
                                {"row_hits", s->hits},
                                {"row_misses", s->misses},
                                {"row_conflicts", s->conflicts},
                                {"refreshes", s->refreshes}});
  }
  return list;
}

json::array texts(const std::vector<std::string>& lines) {
  json::array list;
  for (const std::string& line : lines) list.push_back(json::string(line));
  return list;
}

}  // namespace

Percentiles percentiles_ns(const Latencies& latencies) {
  if (latencies.empty()) return {};
  const auto ns = [](port::Time ps) { return static_cast<double>(ps) / 1000.0; };
  return {ns(latencies.min()), ns(latencies.percentile(50)), ns(latencies.percentile(95)),
          ns(latencies.percentile(99)), ns(latencies.max())};
}

port::Time duration_ps(const ClientRecord& client) {
  return client.first_issue < client.last_completion ? client.last_completion - client.first_issue : 0;
}

double throughput_mb_s(std::uint64_t bytes, port::Time duration_ps) {
  return duration_ps == 0 ? 0.0 : static_cast<double>(bytes) * 1e6 / static_cast<double>(duration_ps);
}

double throughput_mb_s(const ClientRecord& client) {
  return throughput_mb_s(client.bytes, duration_ps(client));
}

json::object result_document(const RunSummary& run, Board& board, const Recorder& recorder) {
  json::array interrupts;
  for (const InterruptRecord& i : recorder.interrupts()) {
    interrupts.push_back(json::object{{"cpu", i.cpu}, {"number", i.number}, {"count", i.count}});
  }
  json::array diagnostics;
  for (const DiagnosticRecord& d : recorder.diagnostics()) {
    diagnostics.push_back(json::object{{"severity", to_string(d.severity)},
                                       {"kind", d.kind},
                                       {"time_ps", d.time_ps},
                                       {"message", d.message},
                                       {"source", d.source},
                                       {"count", d.count}});
  }
  const kernel::RunStatistics& s = recorder.statistics();
  std::array<char, 20> hash{};
  std::snprintf(hash.data(), hash.size(), "%016llx", static_cast<unsigned long long>(s.step_hash));

  json::object result{{"schema", "dmavp.run/1"},
                      {"board", run.board},
                      {"scenario", run.scenario},
                      {"timing", run.timing},
                      {"seed", run.seed},
                      {"passed", run.passed},
                      {"sim_time_ps", recorder.end()},
                      {"elapsed_cycles", board.clock().cycle_at(recorder.end())},
                      {"wall_s", run.wall_s},
                      {"dmacs", dmacs(board, recorder)},
                      {"clients", clients(recorder)},
                      {"channels", channels(board, recorder)},
                      {"bus", bus(board)},
                      {"memories", memories(board)},
                      {"loads", loads(board, recorder)},
                      {"peripherals", peripherals(board)},
                      {"interrupts", std::move(interrupts)},
                      {"diagnostics", std::move(diagnostics)},
                      {"faults", faults(run)},
                      {"failures", texts(run.failures)},
                      {"ignored_nodes", texts(run.ignored)},
                      {"notes", texts(board.description().notes)},
                      {"software", json::object{{"context_switches", s.context_switches},
                                                {"softirq_deferred", s.softirq_deferred},
                                                {"spinlock_contended", s.spinlock_contended},
                                                {"submit_during_callback", s.submit_during_callback},
                                                {"tasklet_on_other_cpu", s.tasklet_on_other_cpu},
                                                {"live_allocations", s.live_allocations},
                                                {"schedule_hash", hash.data()}}},
                      {"why", describe(run.why)}};
  if (run.explanation) result["explain"] = describe(*run.explanation);
  return result;
}

void write_json(std::ostream& out, const RunSummary& run, Board& board, const Recorder& recorder) {
  print_json(out, result_document(run, board, recorder));
  out << "\n";
}

}  // namespace dmavp::platform
