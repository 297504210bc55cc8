// The way of each descriptor through software and hardware, as arrows of the timeline. No SystemC.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "platform/report/trace_events.h"

namespace dmavp::platform {

/// Follows the descriptors of channels from submit to callback. A channel executes them in the order in which
/// they were submitted. Every arrow that is written has a start and an end; what has less than two points
/// has none.
class DescriptorFlows {
 public:
  using Channel = unsigned;  ///< any number that tells channels apart
  using Id = std::uint64_t;  ///< of an arrow; 0 is none
  struct Place {
    TraceEvents::Track track;
    std::uint64_t time;
  };
  struct Descriptor {
    std::int64_t cookie;
    std::uint64_t bytes;
  };
  static constexpr std::size_t kMost = 1024;  ///< descriptors kept of a channel; older ones are given up

  /// Writes to `events`, which outlives it; nothing if not `wanted`.
  DescriptorFlows(TraceEvents& events, bool wanted) : events_(events), wanted_(wanted) {}

  void submitted(Channel channel, Descriptor descriptor, Place client);
  /// The channel begins to execute; null: nobody has submitted what.
  std::optional<Descriptor> started(Channel channel, Place transfer);
  /// The next point of the descriptor that is executed, else of the one that was last.
  Id step(Channel channel, Place place);
  void step(Channel channel, Id id, Place place);
  void finished(Channel channel);
  /// Of the descriptor that is executed, for a cyclic one of the current period; 0: none is.
  Id running(Channel channel) const;
  /// One of a cyclic descriptor ends a period.
  void callback(Channel channel, std::int64_t cookie, Place place);
  void terminated(Channel channel);
  /// Ends every arrow.
  void close();
  std::size_t size() const;  ///< descriptors kept

 private:
  struct Flow {
    Id id = 0;
    Descriptor descriptor{};
    bool known = false;  ///< submitted
    bool started = false;
    Place origin{};
    std::uint64_t latest = 0;     ///< of the points that have been written
    std::vector<Place> points{};  ///< not written yet: bursts are not told in order of their begin
  };
  struct State {
    std::deque<Flow> queued, done;
    std::optional<Flow> running;
  };

  void add(Flow& flow, Place place);
  void write(Flow& flow, std::size_t count);
  void retire(Flow& flow);
  void retire_all(std::deque<Flow>& flows);
  void limit(std::deque<Flow>& flows);

  TraceEvents& events_;
  const bool wanted_;
  std::map<Channel, State> channels_;
  Id next_ = 1;
};

}  // namespace dmavp::platform
