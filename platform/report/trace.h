// The trace file: both event streams as text, one event per line, sorted by time (docs/trace-format.md).
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Collects lines and writes them in order of (time, hardware before software, order of arrival): events of
/// the hardware arrive when they are computed, which may be after software that ran ahead.
class Trace {
 public:
  void burst(const BurstEvent& event, const Clock& clock);
  void block(const BlockEvent& event);
  void register_access(const RegisterEvent& event);
  void interrupt(const InterruptEvent& event);
  void dma_request(const DmaRequestEvent& event);
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

  std::vector<Line> lines_;
  bool started_ = false;
};

const char* to_string(Severity severity);  ///< "note", "warning", "error"

}  // namespace dmavp::platform
