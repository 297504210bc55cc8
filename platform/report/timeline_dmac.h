// The part of the timeline that belongs to one controller. No SystemC.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "dmac/registers.h"
#include "platform/config/board_description.h"
#include "platform/report/descriptor_flows.h"
#include "platform/report/trace_events.h"

namespace dmavp::platform {

/// Whether events of a kind are shown, of a channel of this source or (kNoChannel) of all of it.
using Shown = std::function<bool(const char* kind, int channel)>;

/// Takes the events of a controller in order of time, but for side().
class DmacTimeline {
 public:
  /// `first_channel`: number of channel 0 among those of `flows`. References outlive it.
  DmacTimeline(TraceEvents& events, DescriptorFlows& flows, const DmacDescription& description,
               unsigned first_channel, const Shown& shown);

  unsigned interests() const { return interests_; }
  const Clock& clock() const { return clock_; }

  void burst(const BurstEvent& event);
  void block(const BlockEvent& event);
  void interrupt(const InterruptEvent& event);
  void fifo(const FifoEvent& event);
  /// A burst is on its way from here on, or no more.
  void outstanding(unsigned channel, bool write, bool begins, std::uint64_t time);
  /// A CPU enters the handler of interrupt `number`.
  void handler(std::uint64_t number, DescriptorFlows::Place place);

  /// At once, in the order in which it is told: it may take back what was told before.
  void side(const SideEvent& event);
  /// What sides have done before `time` goes out, as far as it is certain.
  void settle(std::uint64_t time);
  void close(std::uint64_t end);
  std::size_t size() const;  ///< pieces of sides kept

 private:
  using Place = DescriptorFlows::Place;
  struct Piece {
    std::uint64_t from;
    const char* cause;
  };
  /// Bursts that overlap lie in lanes of their own.
  struct Lane {
    TraceEvents::Track track;
    std::uint64_t free;
  };
  struct Lanes {
    unsigned place;
    const char* name;
    std::vector<Lane> lanes{};
  };
  struct Side {
    TraceEvents::Track track;
    std::vector<Piece> pieces{};
  };
  /// The first burst of a descriptor or of a period of a cyclic one.
  struct First {
    DescriptorFlows::Id of = 0;
    std::optional<Place> early{};  ///< that of the next period, which begins before the callback of this one
  };
  struct Channel {
    std::string name;
    bool bursts;
    TraceEvents::Track transfers;
    std::array<Side, 2> sides;
    std::array<Lanes, 3> lanes;  ///< descriptors, reads, writes
    TraceEvents::Counter fifo, outstanding, rate;
    bool counted;
    std::array<std::uint64_t, 2> on_the_way{};
    std::uint64_t microsecond = 0;
    std::array<std::uint64_t, 2> bytes{};  ///< of this microsecond
    std::array<First, 2> first{};          ///< descriptor fetch, read
    DescriptorFlows::Id interrupted = 0;   ///< the arrow that has reached the interrupt
    std::optional<Place> last_write{};
  };
  struct Line {
    TraceEvents::Track track;
    bool level = false;
    DescriptorFlows::Id flow = 0;  ///< waits for a handler
  };

  Place lane_for(unsigned channel, Lanes& lanes, std::uint64_t from, std::uint64_t to);
  void first_burst(unsigned channel, First& first, Place place);
  void last_write(unsigned channel);
  void count_bytes(Channel& channel, std::uint64_t time, bool write, std::uint32_t bytes);
  void end_rate(Channel& channel);
  void write_pieces(Side& side, std::uint64_t time);

  TraceEvents& events_;
  DescriptorFlows& flows_;
  const Clock clock_;
  const unsigned process_, first_channel_;
  const std::vector<std::uint32_t> numbers_;
  unsigned interests_ = 0;
  std::vector<Channel> channels_;
  std::array<Line, dmac::kCommonLine + 1> lines_;
};

}  // namespace dmavp::platform
