// Arbitration of one address path (AR or AW of one master port) among channels (spec dw-axi-dmac 5.8).
#pragma once

#include "base/clock.h"
#include "dmac/parameters.h"

namespace dmavp::dmac {

/// Collects who could be granted when, and keeps the best: the earliest time first, at equal times the higher
/// priority, among equals round robin (or the lowest index). Granularity: one burst.
class Arbiter {
 public:
  explicit Arbiter(TieBreak tie_break = TieBreak::kRoundRobin) : tie_break_(tie_break) {}

  void begin() { time_ = kNever; }

  /// Channel `channel` could have the path at `time`.
  void offer(unsigned channel, unsigned priority, Cycle time) {
    if (time > time_ || time == kNever) return;
    const unsigned distance =
        tie_break_ == TieBreak::kRoundRobin ? (channel - next_) & (kMaxChannels - 1) : channel;
    if (time == time_ && (priority < priority_ || (priority == priority_ && distance > distance_))) return;
    time_ = time;
    priority_ = priority;
    distance_ = distance;
    channel_ = channel;
  }

  Cycle time() const { return time_; }  ///< kNever when nobody asks
  unsigned channel() const { return channel_; }

  /// The round robin goes on behind `channel`.
  void granted(unsigned channel) { next_ = (channel + 1) & (kMaxChannels - 1); }

 private:
  TieBreak tie_break_;
  Cycle time_ = kNever;
  unsigned channel_ = 0;
  unsigned priority_ = 0;
  unsigned distance_ = 0;
  unsigned next_ = 0;
};

}  // namespace dmavp::dmac
