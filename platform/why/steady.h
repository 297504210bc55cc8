// How long a block of a memory-to-memory channel takes: closed forms of the steady state (design section 5).
//
// Bursts of a block wait for each other in loops: a burst may not start before the one `bursts` before it has
// gone once round, which takes `cycles`. The rate is that of the slowest loop. Which loops there are follows
// from the parameters of the engine (docs/why.md). R and W are separate here.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "dmac/parameters.h"

namespace dmavp::platform::why {

/// What a channel moves, and over which paths. Cycles are those of its controller.
struct Load {
  double block_bytes = 0;     ///< mean length of a block
  double read_width = 1;      ///< bytes of a beat; a mean where blocks differ
  double write_width = 1;     ///< bytes of a beat
  unsigned read_burst = 0;    ///< beats that software asked for (ARLEN + 1); 0: as many as there may be
  unsigned write_burst = 0;   ///< beats (AWLEN + 1)
  unsigned read_osr = 1;      ///< requests that SRC_OSR_LMT allows
  unsigned write_osr = 1;     ///< DST_OSR_LMT
  Cycle read_latency = 0;     ///< address to first beat, interconnect included
  Cycle write_latency = 0;    ///< last beat to response
  double split_reads = 0;     ///< further bursts of a block that boundaries of 4 KiB make
  double split_writes = 0;    ///< of writes
  unsigned displacement = 0;  ///< bytes by which source and destination lie apart in their pages of 4 KiB
  bool one_port = true;       ///< reads and writes use the same master port
  double read_share = 1;      ///< share of R that others leave to the channel, 0..1
  double write_share = 1;     ///< share of W
};

enum class Limit : std::uint8_t {
  kReadData,
  kWriteData,
  kAddresses,
  kReadSlots,
  kWriteSlots,
  kCopySlots,
  kFifo
};

/// A loop that bounds the rate: `bursts` of them per `cycles`.
struct Loop {
  Limit limit = Limit::kReadData;
  double cycles = 1;
  double bursts = 1;
  bool operator<(const Loop& other) const { return cycles / bursts < other.cycles / other.bursts; }
};

/// The rate of a channel, in bursts of `burst_bytes`.
struct Pace {
  double burst_bytes = 1;  ///< the longer of a read and a write
  double wire = 1;         ///< cycles of R or W, whichever are more, for a burst, alone on them
  double read_bytes = 1;   ///< of a read burst
  double write_bytes = 1;  ///< of a write burst
  double fill = 0;         ///< first address to response of a block of one burst
  std::vector<Loop> loops;

  const Loop& slowest() const;
  double cycles_per_burst() const;
  /// The part of R or W, whichever is used more, that the channel would take if it were alone: 0..1.
  double demand() const;
  /// First address to last response of a block.
  double block_cycles(double bytes) const;
};

Pace pace(const dmac::Parameters& parameters, const Load& load);

/// Fetching a linked-list item, or writing it back.
double item_cycles(const dmac::Parameters& parameters, const Load& load, bool write);

/// A channel that asks for a part of a wire (0..1) in a part of the time (0..1); the higher priority wins.
struct Contender {
  double demand = 0;
  double present = 1;
  unsigned priority = 0;
};
/// The share of the wire that is left to each: those above take what they ask for, equals no more than an
/// equal part.
std::vector<double> fair_shares(const std::vector<Contender>& contenders);

/// Work of a channel: cycles alone, and cycles of the wire among them.
struct Job {
  double alone = 0;
  double wire = 0;
  unsigned priority = 0;
};
/// When the last of several is done that begin together on one wire, if the higher priority goes first and
/// equals get equal parts.
double all_done(std::vector<Job> jobs);

}  // namespace dmavp::platform::why
