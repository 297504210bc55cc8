// What the SSI and the I2S have in common as seen by the module that gives them time: registers, one
// interrupt, two DMA requests. Plain C++.
#pragma once

#include <cstdint>

#include "base/clock.h"
#include "base/observer.h"
#include "base/register_bank.h"

namespace dmavp {

enum class Direction : std::uint8_t { kTransmit, kReceive };

/// Levels towards a DMA controller (spec peripherals 1.1).
struct RequestLevels {
  bool burst = false;
  bool single = false;
  bool operator==(const RequestLevels& other) const { return burst == other.burst && single == other.single; }
  bool operator!=(const RequestLevels& other) const { return !(*this == other); }
};

/// A peripheral without SystemC. It moves only in advance(); an access to bank() happens at now().
class ClockedModel {
 public:
  virtual ~ClockedModel() = default;

  virtual const RegisterBank& bank() const = 0;
  virtual RegisterBank& bank() = 0;

  Picoseconds now() const { return now_; }
  /// Does everything that is due at or before `time`, which is not before now().
  virtual void advance(Picoseconds time) = 0;
  /// No output changes by itself before this time, which is after now(); kNever if none will.
  virtual Picoseconds next_change() const = 0;

  virtual bool interrupt() const = 0;
  virtual RequestLevels request(Direction direction) const = 0;
  /// A DMA transaction was acknowledged; `finish`: it was the last of its block.
  virtual void acknowledged(Direction, bool finish) { (void)finish; }

  /// Receives diagnostics; null for none. `name` outlives the model.
  void set_observer(Observer* observer, const char* name) {
    observer_ = interested(observer, kDiagnostics);
    source_ = {name};
  }

 protected:
  void diagnose(Picoseconds time, const char* kind, const char* message) const {
    if (observer_ != nullptr) observer_->diagnostic({source_, time, Severity::kWarning, kind, message});
  }

  /// Somebody wants diagnostics at their time, so that what they are about counts as a change.
  bool diagnosing() const { return observer_ != nullptr; }

  Picoseconds now_ = 0;

 private:
  Observer* observer_ = nullptr;
  EventSource source_{""};
};

}  // namespace dmavp
