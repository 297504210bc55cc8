// The part of the timeline that belongs to one CPU. No SystemC.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "platform/report/descriptor_flows.h"
#include "platform/report/trace_events.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Takes what the software of a CPU does, in order of time.
class CpuTimeline {
 public:
  /// Whether events of a kind are shown; of callbacks and calls, those of a channel as software names it.
  using Shown = std::function<bool(const char* kind, const char* software_channel)>;

  CpuTimeline(TraceEvents& events, unsigned process, unsigned number, Shown shown);

  /// `text` as in SoftEvent; of a tasklet, what it runs.
  void soft(const port::SoftEvent& event, const std::string& text);
  /// Where the CPU is now; hidden if nothing of it is shown.
  DescriptorFlows::Place place(std::uint64_t time) const;

 private:
  enum Context : std::uint8_t { kProcess, kSoftirq, kHardirq };

  void context(const std::string& name, std::uint64_t time);
  void begin(std::uint64_t time, const char* kind, const std::string& name, const Arguments& arguments = {},
             const char* software_channel = "");
  void call(const port::SoftEvent& event, const char* what, const std::string& channel,
            const Arguments& arguments);

  TraceEvents& events_;
  const Shown shown_;
  TraceEvents::Track tracks_[3];
  Context context_ = kProcess;
  std::size_t below_callback_ = 0;  ///< slices around it
  std::size_t below_tasklet_ = 0;
};

}  // namespace dmavp::platform
