// Faults on wires that are no bus: interrupt lines and DMA requests. Each module stands between a driver and
// a listener; a platform without a fault on that wire does without it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <systemc>

#include "base/clock.h"
#include "base/dma_handshake.h"

namespace dmavp {

/// An interrupt line that can lose, delay or invent levels. Everything else passes a delta cycle later.
class FaultyInterrupt : public sc_core::sc_module {
 public:
  using Line = sc_core::sc_signal_inout_if<bool>;

  enum class Kind : std::uint8_t {
    kNone,
    kLose,   ///< the listener sees nothing until the line has fallen
    kDelay,  ///< the listener sees the level `time` later, if it is still high
    kStick   ///< the listener sees it high for `time`, whatever the driver does
  };
  struct Effect {
    Kind kind = Kind::kNone;
    Picoseconds time = 0;  ///< kNever: for good
  };

  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> input;

  /// `output` outlives the module; `on_rise` is asked each time the input rises.
  FaultyInterrupt(const sc_core::sc_module_name& name, Line& output, std::function<Effect()> on_rise);
  SC_HAS_PROCESS(FaultyInterrupt);

  /// The listener sees the line high from now on for `time`.
  void hold_high(Picoseconds time);

 private:
  void evaluate();

  Line& output_;
  std::function<Effect()> on_rise_;
  sc_core::sc_event wake_;
  bool level_ = false;
  bool lost_ = false;
  Picoseconds visible_from_ = 0;
  Picoseconds held_until_ = 0;
};

/// A DMA request interface whose levels can be forced. Levels reach the controller at their own time.
class FaultyRequest : public sc_core::sc_module, public DmaRequestIf {
 public:
  enum class Kind : std::uint8_t { kNone, kStuckHigh, kStuckLow };
  /// From `after` later on, for `length`, the levels are those of `kind`.
  struct Effect {
    Kind kind = Kind::kNone;
    Picoseconds after = 0;
    Picoseconds length = 0;  ///< kNever: for good
  };

  /// `output` outlives the module; `on_request` is asked whenever the peripheral drives a request.
  FaultyRequest(const sc_core::sc_module_name& name, DmaRequestIf& output,
                std::function<Effect()> on_request);
  SC_HAS_PROCESS(FaultyRequest);

  void dma_request(DmaRequest levels, Picoseconds at) override;
  /// The effect starts now; an earlier one is over.
  void force(const Effect& effect);

 private:
  struct Change {
    Picoseconds at;
    DmaRequest levels;
  };
  void evaluate();
  void wake_at(Picoseconds time);
  DmaRequest seen(Picoseconds now) const;

  DmaRequestIf& output_;
  std::function<Effect()> on_request_;
  sc_core::sc_event wake_;
  std::deque<Change> changes_;  ///< to come, in order of time
  DmaRequest levels_;           ///< as the peripheral drives them
  DmaRequest told_;
  Kind kind_ = Kind::kNone;
  Picoseconds from_ = 0;
  Picoseconds until_ = 0;
};

}  // namespace dmavp
