// An interrupt line whose level changes may be known before their time has come.
#pragma once

#include <systemc>
#include <vector>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/observer.h"

namespace dmavp {

/// What drives an interrupt output: a level that changes at its time, never earlier, and in order, although
/// initiators run ahead of the simulation.
class InterruptOutput {
 public:
  using Port = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 0, sc_core::SC_ZERO_OR_MORE_BOUND>;

  /// Construct it within the constructor of the module that owns `port`.
  /// @param line number the observer is told
  explicit InterruptOutput(Port& port, unsigned line = 0);
  InterruptOutput(const InterruptOutput&) = delete;
  InterruptOutput& operator=(const InterruptOutput&) = delete;

  void observe(Observer* observer, EventSource source);

  /// The level from `at` (picoseconds) on. A time behind that of a change already planned is moved to it.
  void set(bool level, Picoseconds at) {
    if (level != planned_) plan(level, at);
  }
  bool level() const { return planned_; }  ///< after every planned change

 private:
  struct Change {
    Picoseconds time;
    bool level;
  };
  void plan(bool level, Picoseconds at);
  void drive();

  Port& port_;
  unsigned line_;
  bool planned_ = false;
  std::vector<Change> changes_;  // in order of time
  sc_core::sc_event due_;
  Observer* observer_ = nullptr;
  EventSource source_{""};
};

}  // namespace dmavp
