// The timeline of a run (--perfetto): tracks of slices, arrows and counters as Trace Event JSON.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/observer.h"
#include "platform/config/board_description.h"
#include "platform/report/descriptor_flows.h"
#include "platform/report/filter.h"
#include "platform/report/timeline_cpu.h"
#include "platform/report/timeline_dmac.h"
#include "platform/report/trace_events.h"
#include "platform/report/view.h"

namespace dmavp::platform {

/// Kinds of what a timeline shows, for filters.
std::vector<std::string> timeline_kinds();

/// Keeps events until their order is certain, then hands them in order of time to what draws a part of the
/// board. Equal times stay in the order of arrival: a cause arrives before its effect.
class Timeline : public View {
 public:
  /// "function (module.so)" of an address in software.
  using Describe = std::function<std::string(const void* address)>;

  Timeline(const BoardDescription& board, EventFilter filter, Describe describe);
  ~Timeline() override;

  Observer* observer_of(const std::string& source) const override;
  void soft(const port::SoftEvent& event) override;
  void fault(const FaultLog::Hit& hit) override;
  void diagnostic(const DiagnosticEvent& event) override;

  std::size_t size() const;  ///< events, descriptors and pieces of sides kept
  /// As of Trace. What is in the file afterwards can be loaded.
  void flush(std::ostream& out, std::uint64_t time);
  /// The rest up to and including `end`; the waits of every controller must have been told.
  void finish(std::ostream& out, std::uint64_t end);

 private:
  class Dmac;
  class Device;
  struct Outstanding {
    unsigned channel;
    bool write, begins;
  };
  struct Request {
    TraceEvents::Track track;
    bool level;
    const char* name;
  };
  struct Soft {
    port::SoftEvent event;
    unsigned text;
  };
  struct Mark {
    TraceEvents::Track track;
    std::string name;
    Arguments arguments;
  };
  struct Record {
    std::uint64_t time;
    DmacTimeline* dmac;
    std::variant<BurstEvent, BlockEvent, InterruptEvent, FifoEvent, Outstanding, Request, Soft, Mark> what;
  };

  bool shown(const std::string& source, const char* kind, int channel, const char* software = "") const;
  void add(Record record);
  void play(const Record& record);
  void play(const Soft& soft);
  unsigned text(const std::string& text);
  unsigned software_channel(const std::string& name);
  std::string tasklet(std::uint64_t address);

  const BoardDescription& board_;
  const EventFilter filter_;
  const Describe describe_;
  TraceEvents events_;
  DescriptorFlows flows_;
  std::vector<std::pair<std::string, std::unique_ptr<Observer>>> observers_;
  std::vector<std::unique_ptr<DmacTimeline>> dmacs_;
  std::vector<CpuTimeline> cpus_;
  unsigned clients_ = 0;  ///< processes
  TraceEvents::Track faults_ = TraceEvents::kHidden, diagnostics_ = TraceEvents::kHidden;
  std::unordered_map<std::string, TraceEvents::Track> client_tracks_;
  std::vector<std::string> texts_;
  std::unordered_map<std::string, unsigned> index_of_text_;
  std::unordered_map<std::uint64_t, unsigned> tasklets_;  ///< texts by address
  std::vector<Record> pending_;
};

}  // namespace dmavp::platform
