// Whether a model announces its changes: nothing that others see changes by itself before next_change().
#pragma once

#include <gtest/gtest.h>

#include <tuple>

#include "peripherals/spi_i2s_model.h"

namespace dmavp::tb {

struct DiagnosticCount : Observer {
  unsigned count = 0;
  unsigned interests() const override { return kDiagnostics; }
  void diagnostic(const DiagnosticEvent&) override { ++count; }
};

/// Two models with the same history. One is looked at on every clock edge; the other moves only when
/// something has changed there, or has been announced.
template <class Model>
class Announced {
 public:
  Announced(Model& watched, Model& asked, const Clock& clock)
      : watched_(watched), asked_(asked), clock_(clock) {
    watched.set_observer(&diagnostics_, "watched");
    asked.set_observer(&ignored_, "asked");
  }

  /// False: something changed unannounced.
  bool pass(Picoseconds until) {
    for (Cycle c = clock_.cycle_at(watched_.now()) + 1; clock_.time_of(c) <= until; ++c) {
      const Picoseconds at = clock_.time_of(c);
      const auto before = outputs(watched_);
      const Picoseconds announced = asked_.next_change();
      watched_.advance(at);
      if (outputs(watched_) == before) continue;
      ++changes_;
      if (announced > at) return false;
      asked_.advance(at);
    }
    watched_.advance(until);
    asked_.advance(until);
    return true;
  }
  unsigned changes() const { return changes_; }

 private:
  auto outputs(const Model& model) const {
    const RequestLevels tx = model.request(Direction::kTransmit);
    const RequestLevels rx = model.request(Direction::kReceive);
    return std::tuple(model.interrupt(), tx.burst, tx.single, rx.burst, rx.single, diagnostics_.count);
  }

  Model& watched_;
  Model& asked_;
  const Clock clock_;
  DiagnosticCount diagnostics_;
  DiagnosticCount ignored_;
  unsigned changes_ = 0;
};

}  // namespace dmavp::tb
