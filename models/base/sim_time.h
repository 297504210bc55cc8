// Between SystemC time and the picoseconds of Clock.
#pragma once

#include <systemc>

#include "base/clock.h"

namespace dmavp {

/// Picoseconds, rounded down if the time resolution is finer than that.
inline Picoseconds to_picoseconds(const sc_core::sc_time& time) {
  static const sc_core::sc_time kPicosecond(1, sc_core::SC_PS);
  static const sc_core::sc_time::value_type kUnit = kPicosecond.value();
  return kUnit == 1 ? time.value() : time.value() / kUnit;
}

/// kNever is the caller's to handle.
inline sc_core::sc_time from_picoseconds(Picoseconds ps) {
  static const sc_core::sc_time kPicosecond(1, sc_core::SC_PS);
  static const sc_core::sc_time::value_type kUnit = kPicosecond.value();
  return sc_core::sc_time::from_value(ps * kUnit);
}

}  // namespace dmavp
