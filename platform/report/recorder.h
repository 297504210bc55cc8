// Joins the event streams of both halves and keeps what the result of a run needs.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "kernel/kernel.h"
#include "platform/faults/fault_trigger.h"
#include "platform/report/halt_watch.h"
#include "platform/report/interrupt_watch.h"
#include "platform/report/latencies.h"
#include "platform/report/trace.h"
#include "platform/report/view.h"
#include "port/machine.h"

namespace dmavp::platform {

struct ClientRecord {
  std::string name;
  std::string kind;
  std::uint64_t bytes = 0;
  std::uint64_t transfers = 0;
  std::uint64_t errors = 0;
  std::map<std::string, std::uint64_t> results;  ///< of failed transfers: how, and how many
  std::map<std::string, std::uint64_t>
      channels;  ///< transfers of each channel, by the name software has for it
  port::Time first_issue = port::kNever;
  port::Time last_completion = 0;
  Latencies latencies;
  std::vector<std::pair<std::string, std::string>> notes;
  bool done = false;
  int result = 0;  ///< 0 or a negative errno, as the client finished
};

struct DiagnosticRecord {
  Severity severity = Severity::kNote;
  std::string kind;
  std::uint64_t time_ps = 0;
  std::string source;
  std::string message;
  std::uint64_t count = 1;  ///< repetitions of the same text from the same source
};

struct InterruptRecord {
  unsigned cpu = 0;
  std::uint64_t number = 0;
  std::uint64_t count = 0;
};

/// The subscriber of everything. After finish() nothing is recorded any more, so that a result does not
/// depend on how far software ran ahead when the run ended.
class Recorder : public FaultLog {
 public:
  /// What else is to be told of everything; the trace is null if it is not wanted.
  explicit Recorder(Trace* trace, std::vector<View*> views = {}) : trace_(trace), views_(std::move(views)) {}

  /// The observer to attach to a model whose bursts are counted in cycles of `clock`. Lives as long as the
  /// recorder.
  Observer* observer_for(const std::string& name, const Clock& clock);
  /// Tells of interrupts of a controller that software lets wait.
  void watch_interrupts(const std::string& name) { waiting_[name]; }

  void soft(const port::SoftEvent& event);
  void report(const port::ClientReport& report);
  void fault_hit(const FaultLog::Hit& hit) override;
  void note(const char* client, const char* key, const char* value);
  void diagnostic(Severity severity, const std::string& kind, std::uint64_t time_ps,
                  const std::string& source, const std::string& message);
  /// Everything up to now counts, nothing later does.
  void finish(port::Time end);
  bool finished() const { return finished_; }

  const std::vector<ClientRecord>& clients() const { return clients_; }
  const std::vector<DiagnosticRecord>& diagnostics() const { return diagnostics_; }
  std::vector<InterruptRecord> interrupts() const;
  /// Rising edges of an interrupt output of a controller; lines 0..31 are channels.
  std::uint64_t rising_edges(const std::string& source, unsigned line) const;
  /// Channels of a controller that halted on an item that was not valid.
  const std::map<unsigned, HaltWatch::Channel>& halts(const std::string& source) const;
  port::Time end() const { return end_; }
  const kernel::RunStatistics& statistics() const { return statistics_; }

 private:
  class Tap;
  friend class Tap;
  ClientRecord& client(const char* name, const char* kind);

  Trace* trace_;
  std::vector<View*> views_;
  std::vector<std::unique_ptr<Observer>> taps_;
  std::vector<ClientRecord> clients_;
  std::vector<DiagnosticRecord> diagnostics_;
  std::map<std::pair<unsigned, std::uint64_t>, std::uint64_t> interrupts_;
  std::map<std::pair<std::string, unsigned>, std::uint64_t> edges_;
  std::map<std::string, InterruptWatch> waiting_;  ///< by controller
  std::map<std::string, HaltWatch> halts_;         ///< by controller
  kernel::RunStatistics statistics_;
  port::Time end_ = 0;
  bool finished_ = false;
};

}  // namespace dmavp::platform
