// The trace file: both event streams as text, one event per line, sorted by time (docs/trace-format.md).
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "platform/faults/fault_trigger.h"
#include "platform/report/filter.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Collects lines and writes them in order of (time, hardware before software, order of arrival): events of
/// the hardware arrive when they are computed, which may be after software that ran ahead.
class Trace {
 public:
  /// Of what the filters select; all of it by default. Before the first event.
  void set_filters(EventFilters filters) { filters_ = std::move(filters); }
  /// Kinds of events of a model that can appear, as bits of Interest.
  unsigned interests(const std::string& source) const { return filters_.interests(source); }

  void burst(const BurstEvent& event, const Clock& clock);
  void block(const BlockEvent& event);
  void register_access(const RegisterEvent& event);
  void interrupt(const InterruptEvent& event);
  void dma_request(const DmaRequestEvent& event);
  void fault(const FaultLog::Hit& hit);
  void diagnostic(std::uint64_t time, Severity severity, const std::string& source, const std::string& kind,
                  const std::string& message);
  void soft(const port::SoftEvent& event);

  /// Writes everything before `time` and forgets it: no event of an earlier time may come any more.
  void flush(std::ostream& out, std::uint64_t time);
  /// Writes the rest up to and including `end`; later events do not belong to the run.
  void finish(std::ostream& out, std::uint64_t end);
  std::size_t size() const { return lines_.size(); }

 private:
  struct Line {
    std::uint64_t time;
    bool software;
    std::string text;
  };
  void add(std::uint64_t time, bool software, std::string text);

  EventFilters filters_;
  std::vector<Line> lines_;
  bool started_ = false;
};

/// Every kind of event a line can tell of: its second word.
std::vector<std::string> event_kinds();
/// The bit of Interest a model is told to report a kind with; 0 for one of the software.
unsigned interest_of(const std::string& kind);

const char* to_string(Severity severity);  ///< "note", "warning", "error"
const char* to_string(BurstKind kind);     ///< as the trace names it: "read", "lli-fetch"
const char* to_string(BlockPhase phase);   ///< as the trace names it: "block-start"

}  // namespace dmavp::platform
