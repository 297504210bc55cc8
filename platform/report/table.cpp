// The table a person reads after a run.
#include <algorithm>
#include <array>
#include <cstdio>

#include "platform/config/value.h"
#include "platform/report/result.h"

namespace dmavp::platform {
namespace {

using Row = std::vector<std::string>;

// Columns as wide as their widest cell; the first one to the left, the others to the right.
void print_rows(std::ostream& out, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const Row& row : rows) {
    out << "  ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string pad(widths[i] - row[i].size(), ' ');
      out << (i == 0 ? row[i] + pad : "  " + pad + row[i]);
    }
    out << "\n";
  }
}

std::string fixed(double value, int digits) {
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}

std::string percent(Cycle part, Cycle whole) {
  return whole == 0 ? "-" : fixed(100.0 * static_cast<double>(part) / static_cast<double>(whole), 1) + " %";
}

void print_clients(std::ostream& out, const Recorder& recorder) {
  std::vector<Row> rows{
      {"client", "module", "transfers", "bytes", "errors", "time", "MB/s", "latency p50", "p99"}};
  for (const ClientRecord& c : recorder.clients()) {
    const Percentiles p = percentiles_ns(c.latencies);
    rows.push_back({c.name, c.kind, std::to_string(c.transfers), format_bytes(c.bytes),
                    std::to_string(c.errors), format_time(duration_ps(c)), fixed(throughput_mb_s(c), 1),
                    format_time(static_cast<std::uint64_t>(p.p50 * 1000)),
                    format_time(static_cast<std::uint64_t>(p.p99 * 1000))});
  }
  print_rows(out, rows);
  for (const ClientRecord& c : recorder.clients()) {
    for (const auto& [key, value] : c.notes) out << "  " << c.name << ": " << key << " " << value << "\n";
  }
}

void print_channels(std::ostream& out, Board& board, const Recorder& recorder) {
  std::vector<Row> rows{{"channel", "read", "written", "blocks", "bursts r", "w", "busy", "interrupts"}};
  unsigned unused = 0;
  for (unsigned d = 0; d < board.dmacs(); ++d) {
    const DmacDescription& description = board.description().dmacs[d];
    const Cycle elapsed = Clock(description.clock_hz).cycle_at(recorder.end());
    for (unsigned ch = 0; ch < description.parameters.num_channels; ++ch) {
      const dmac::ChannelStatistics s = board.dmac(d).engine().channel_statistics(ch);
      if (s.bytes_read + s.bytes_written + s.lli_fetches == 0) {
        ++unused;
        continue;
      }
      const Cycle idle = s.writer.cycles[static_cast<unsigned>(dmac::Cause::kIdle)];
      rows.push_back({description.name + ".ch" + std::to_string(ch), format_bytes(s.bytes_read),
                      format_bytes(s.bytes_written), std::to_string(s.blocks), std::to_string(s.read_bursts),
                      std::to_string(s.write_bursts), percent(elapsed - std::min(idle, elapsed), elapsed),
                      std::to_string(recorder.rising_edges(description.name, ch))});
    }
  }
  print_rows(out, rows);
  if (unused != 0) out << "  (" << unused << " channels moved nothing)\n";
}

// Peripherals that did anything, with what they counted.
void print_peripherals(std::ostream& out, Board& board) {
  for (unsigned i = 0; i < board.peripherals(); ++i) {
    std::string line;
    for (const Counter& c : board.peripheral(i).counters()) {
      if (c.value != 0) line += (line.empty() ? "" : ", ") + c.name + " " + std::to_string(c.value);
    }
    if (!line.empty()) out << "  " << board.description().peripherals[i].name << ": " << line << "\n";
  }
}

// Traffic generators of the timed mode.
void print_loads(std::ostream& out, const Board& board, const Recorder& recorder) {
  for (std::size_t i = 0; i < board.description().loads.size(); ++i) {
    const TrafficGeneratorStatistics* s = board.load_statistics(i);
    if (s == nullptr) continue;
    out << "  " << board.description().loads[i].name << ": "
        << fixed(throughput_mb_s(s->bytes(), recorder.end()), 1) << " MB/s, " << s->bursts() << " bursts, "
        << s->late << " late";
    if (s->bursts() != 0)
      out << ", latency " << s->latency_min << " .. " << s->latency_max << " cycles, mean "
          << fixed(s->latency_mean(), 1);
    if (s->errors != 0) out << ", " << s->errors << " errors";
    out << "\n";
  }
}

}  // namespace

void write_table(std::ostream& out, const RunSummary& run, Board& board, const Recorder& recorder) {
  out << "\n"
      << run.scenario << " on " << run.board << ", timing " << run.timing << ", seed " << run.seed << ": "
      << (run.passed ? "PASSED" : "FAILED") << "\n\n";
  print_clients(out, recorder);
  out << "\n";
  print_channels(out, board, recorder);
  print_peripherals(out, board);
  print_loads(out, board, recorder);

  std::vector<std::uint64_t> per_cpu(board.description().cpus.size());
  for (const InterruptRecord& i : recorder.interrupts()) {
    if (i.cpu < per_cpu.size()) per_cpu[i.cpu] += i.count;
  }
  if (run.why.known) out << "\n  why: " << run.why.sentence() << "\n";
  if (run.explanation) out << "  explain: " << run.explanation->sentence() << "\n";
  out << "\n  interrupts taken:";
  for (std::size_t cpu = 0; cpu < per_cpu.size(); ++cpu) out << " cpu" << cpu << " " << per_cpu[cpu];
  out << "\n  simulated " << format_time(recorder.end()) << " = " << board.clock().cycle_at(recorder.end())
      << " cycles of " << fixed(static_cast<double>(board.clock().hz()) / 1e6, 0) << " MHz in "
      << fixed(run.wall_s, 2) << " s, " << run.switches << " stops of software for hardware\n";
  for (const std::string& path : run.ignored) out << "  note: nobody knows the node " << path << "\n";
  for (const std::string& note : board.description().notes) out << "  note: " << note << "\n";
  for (const DiagnosticRecord& d : recorder.diagnostics()) {
    out << "  " << to_string(d.severity) << ": " << d.kind << " at " << format_time(d.time_ps) << " ("
        << d.source << (d.count > 1 ? ", " + std::to_string(d.count) + " times" : "") << "): " << d.message
        << "\n";
  }
  for (const FaultRecord& f : run.faults) {
    out << "  fault: " << f.kind << " on " << f.target
        << (f.hits == 0 ? " did not happen"
                        : " at " + format_time(f.time_ps) +
                              (f.hits > 1 ? ", " + std::to_string(f.hits) + " times" : ""))
        << "\n";
  }
  for (const std::string& failure : run.failures) out << "  failed: " << failure << "\n";
  if (run.failures.empty() && recorder.diagnostics().empty()) out << "  nothing went wrong\n";
}

}  // namespace dmavp::platform
