// The result of a run: JSON for tools, a table for people (design section 4).
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "platform/board/board.h"
#include "platform/faults/fault_verdict.h"
#include "platform/report/explanation.h"
#include "platform/report/recorder.h"

namespace dmavp::platform {

/// What neither the board nor the recorder knows about a run.
struct RunSummary {
  std::string board;
  std::string scenario;
  std::string timing;
  std::uint64_t seed = 0;
  bool passed = false;
  std::vector<std::string> failures;  ///< why it did not pass, one sentence each
  double wall_s = 0;
  std::uint64_t switches = 0;  ///< software stopped, though it could go on, so that hardware could catch up;
                               ///< depends on the quantum, hence not in the JSON
  std::vector<FaultRecord> faults;   ///< of the plan, in its order
  std::vector<std::string> ignored;  ///< device-tree nodes nobody knows
  why::Advice why;
  std::optional<Explanation> explanation;  ///< of --explain
};

/// Latencies by the nearest-rank method; zeros when there are none.
struct Percentiles {
  double min = 0, p50 = 0, p95 = 0, p99 = 0, max = 0;
};
Percentiles percentiles_ns(const Latencies& latencies);

/// Payload bytes / (first issue_pending to last completion), in 10^6 bytes per second.
double throughput_mb_s(const ClientRecord& client);
double throughput_mb_s(std::uint64_t bytes, port::Time duration_ps);  ///< 0 in no time
port::Time duration_ps(const ClientRecord& client);

/// The statistics must be up to date: Board::synchronize().
boost::json::object result_document(const RunSummary& run, Board& board, const Recorder& recorder);
void write_json(std::ostream& out, const RunSummary& run, Board& board, const Recorder& recorder);
void write_table(std::ostream& out, const RunSummary& run, Board& board, const Recorder& recorder);

}  // namespace dmavp::platform
