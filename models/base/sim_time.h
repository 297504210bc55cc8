// Between SystemC time and the picoseconds of Clock.
#pragma once

#include <systemc>

#include "base/clock.h"
#include "base/cxx_standard.h"

namespace dmavp {

namespace detail {

/// Time resolution of the simulation, which is fixed when it is first asked for.
struct Picosecond {
  const sc_core::sc_time::value_type units = sc_core::sc_time(1, sc_core::SC_PS).value();
  const bool plain = units == 1;  ///< as it is by default: nothing to divide
};
inline const Picosecond& picosecond() {
  static const Picosecond kPicosecond;
  return kPicosecond;
}

}  // namespace detail

/// Picoseconds, rounded down if the time resolution is finer than that.
inline Picoseconds to_picoseconds(const sc_core::sc_time& time) {
  const detail::Picosecond& one = detail::picosecond();
  if (one.plain) return time.value();
  return time.value() / one.units;
}

/// kNever is the caller's to handle.
inline sc_core::sc_time from_picoseconds(Picoseconds ps) {
  return sc_core::sc_time::from_value(ps * detail::picosecond().units);
}

}  // namespace dmavp
