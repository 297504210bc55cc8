// The steady state of a channel that has the ports to itself. Private to the engine.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "dmac/engine.h"

namespace dmavp::dmac {

/// Once everything about a channel, relative to the cycle and position of a write, is what it was at an
/// earlier write, what happened in between happens again. `state` is that relative state, the rest what one
/// period adds.
struct SteadyState {
  /// A burst that completes within the period.
  struct Step {
    Cycle due;  ///< when it completes
    BurstTimes times;
    std::uint32_t start;  ///< position of its first byte, as far as behind `position`
    std::uint32_t bytes;
    std::uint32_t beats;
    bool write;
  };

  static constexpr unsigned kMaxFlights = 16;  ///< per side; more is stepped through
  static constexpr unsigned kMaxSteps = 256;
  static constexpr unsigned kMaxWords = 24 + 2 * kMaxFlights * 8;

  bool known = false;       ///< a period has been measured
  bool referenced = false;  ///< `state` is filled
  unsigned tries = 0;       ///< writes since the reference was taken
  unsigned patience = 4;

  // The reference.
  unsigned words = 0;
  std::array<std::uint64_t, kMaxWords> state{};
  std::uint64_t epoch = 0;
  Cycle at = 0;
  std::uint32_t position = 0;
  std::uint32_t reads = 0;
  std::uint32_t writes = 0;
  std::array<Cycle, kCauses> reader{};
  std::array<Cycle, kCauses> writer{};
  PortStatistics read_port;
  PortStatistics write_port;

  bool exact = false;       ///< data moved burst by burst, in these steps
  std::vector<Step> steps;  ///< as they completed behind the reference

  // The last write at which the state was that of the reference, and whether nothing has happened since.
  Cycle phase = kNever;
  std::uint64_t phase_epoch = 0;
  bool untouched = false;

  // One period: reads, writes, reader, ... hold differences once `known`.
  Cycle cycles = 0;
  std::uint32_t bytes = 0;

  bool recording() const { return exact && referenced && !known; }

  void forget() {
    known = referenced = false;
    phase = kNever;
    untouched = false;
    tries = 0;
    patience = 4;
  }
};

}  // namespace dmavp::dmac
