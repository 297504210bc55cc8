// Checks bursts against the rules of AXI4. Plain C++; axi_observer.h and axi_link.h attach it to what runs.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "components/violation.h"

namespace dmavp::tb {

/// One burst when its fate is known, times in cycles of the AXI clock.
struct AxiBurst {
  enum class Type : std::uint8_t { kFixed, kIncr, kWrap };
  Type type = Type::kIncr;
  bool write = false;
  bool data = true;  ///< false: of a descriptor or a status word, not counted as outstanding
  unsigned master = 0;
  unsigned channel = 0;
  std::uint32_t id = 0;
  std::uint64_t address = 0;
  std::uint32_t bytes = 0;
  unsigned beats = 0;
  unsigned beat_bytes = 0;  ///< 0: not known
  Cycle accepted = 0;       ///< address
  Cycle first_beat = 0;
  Cycle last_beat = 0;
  Cycle response = 0;  ///< of a read: its last beat
};

struct AxiLimits {
  unsigned bus_bytes = 64;    ///< width of the data bus
  unsigned incr_beats = 256;  ///< longest INCR burst
  unsigned fixed_beats = 16;  ///< longest FIXED burst
  unsigned outstanding = 16;  ///< data bursts of one channel and direction that may be unanswered
};

/// Takes the bursts in the order in which they were answered, per master, channel, ID and direction. Rules:
///
/// axi.boundary (crosses 4 KiB), axi.length (no beat, or more than allowed), axi.beats (do not carry the
/// bytes), axi.width (no power of two, or wider than the bus), axi.alignment (FIXED at an address that is no
/// multiple of its width), axi.wrap (this controller has none), axi.times (address after data, data after
/// response, more beats than cycles), axi.order (bursts of one ID overtake or interleave), axi.outstanding.
class AxiChecker {
 public:
  explicit AxiChecker(const AxiLimits& limits) : limits_(limits) {}

  void burst(const AxiBurst& burst);

  std::uint64_t bursts() const { return bursts_; }
  const std::vector<Violation>& violations() const { return violations_; }
  std::string report() const { return report_of(violations_); }

 private:
  using Stream = std::tuple<unsigned, unsigned, std::uint32_t, bool>;  // master, channel, ID, write
  struct History {
    AxiBurst last;
    std::deque<Cycle> answered;  // responses of the newest data bursts, as many as may be outstanding
  };
  void violate(const char* rule, const AxiBurst& burst, const std::string& what);
  void check_shape(const AxiBurst& burst);
  void check_times(const AxiBurst& burst);
  void check_stream(const AxiBurst& burst);

  AxiLimits limits_;
  std::map<Stream, History> streams_;
  std::uint64_t bursts_ = 0;
  std::vector<Violation> violations_;
};

}  // namespace dmavp::tb
