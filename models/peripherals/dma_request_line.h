// The peripheral's end of one DMA handshake interface (base/dma_handshake.h): what it tells the controller,
// and when.
#pragma once

#include <cstdint>
#include <systemc>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "base/observer.h"

namespace dmavp {

/// Keeps the levels a peripheral wants to drive and passes on what the controller has to know: changes, and
/// all levels again one cycle of the peripheral's clock after an acknowledge or a drop. The peripheral
/// computes its levels from its state and calls update() whenever they may have changed; it needs no event of
/// its own for the handshake. Export it as the DmaAcknowledgeIf of the interface. An unbound port costs
/// nothing.
class DmaRequestLine final : public DmaAcknowledgeIf {
 public:
  /// @param port bound or not when the simulation starts; outlives the line
  /// @param clock of the peripheral's bus side
  DmaRequestLine(DmaRequestPort& port, const Clock& clock) : port_(port), clock_(clock) {}

  /// Whom to tell of the levels; null for none. `line` names the interface to the observer.
  void observe(Observer* observer, EventSource source, unsigned line);

  /// The levels are these from `at` on. Times that go backwards are moved to that of the last call.
  void update(DmaRequest levels, Picoseconds at) {
    if (levels == levels_) return;
    levels_ = levels;
    tell(levels, at);
  }
  /// All levels low at `at`, and as they should be again one cycle later (DMASA of DW_apb_uart).
  void drop(Picoseconds at);

  void dma_acknowledge(bool finish, Picoseconds at) override;

  const DmaRequest& levels() const { return levels_; }
  std::uint64_t acknowledges() const { return acknowledges_; }  ///< transactions so far

 private:
  void tell(DmaRequest levels, Picoseconds at);
  Picoseconds cycle_after(Picoseconds at) const { return clock_.time_of(clock_.cycle_from(at) + 1); }

  DmaRequestPort& port_;
  const Clock clock_;
  DmaRequest levels_;
  Picoseconds told_at_ = 0;
  std::uint64_t acknowledges_ = 0;
  Observer* observer_ = nullptr;
  EventSource source_{""};
  unsigned line_ = 0;
};

}  // namespace dmavp
