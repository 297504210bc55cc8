// Integer cycle arithmetic: a cycle count is the truth, picoseconds are derived from it.
#pragma once

#include <cstdint>

namespace dmavp {

using Cycle = std::uint64_t;        ///< periods of one clock since time zero
using Picoseconds = std::uint64_t;  ///< simulated time since zero

inline constexpr Cycle kNever = ~Cycle{0};

/// A clock that is never simulated as edges. Edge n lies at ceil(n * 10^12 / hz) picoseconds, computed from
/// the absolute count, so that time never drifts however long the run is.
class Clock {
 public:
  /// @param hz 1 .. 10^12
  explicit constexpr Clock(std::uint64_t hz)
      : hz_(hz), period_(kPsPerSecond % hz == 0 ? static_cast<Picoseconds>(kPsPerSecond / hz) : 0) {}

  constexpr std::uint64_t hz() const { return hz_; }

  /// Time of edge `cycle`; kNever for what lies beyond all time, as kNever itself.
  constexpr Picoseconds time_of(Cycle cycle) const {
    if (period_ != 0) {
      Picoseconds time = 0;
      return __builtin_mul_overflow(cycle, period_, &time) ? kNever : time;
    }
    const Wide time = (static_cast<Wide>(cycle) * kPsPerSecond + hz_ - 1) / hz_;
    return cycle == kNever || time > kNever ? kNever : static_cast<Picoseconds>(time);
  }
  /// Last edge at or before `time`.
  constexpr Cycle cycle_at(Picoseconds time) const {
    if (time == kNever) return kNever;
    if (period_ != 0) return time / period_;
    return static_cast<Cycle>(static_cast<Wide>(time) * hz_ / kPsPerSecond);
  }
  /// First edge at or after `time`.
  constexpr Cycle cycle_from(Picoseconds time) const {
    const Cycle c = cycle_at(time);
    return time_of(c) < time ? c + 1 : c;
  }

 private:
  __extension__ using Wide = unsigned __int128;
  static constexpr Wide kPsPerSecond = 1'000'000'000'000u;
  std::uint64_t hz_;
  Picoseconds period_;  ///< 0 when it is no whole number; else it saves the wide division
};

}  // namespace dmavp
