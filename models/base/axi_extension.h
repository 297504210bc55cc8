// What an AXI master says about a burst beyond the TLM generic payload. Ignorable: every target works without
// it.
#pragma once

#include <tlm>

#include "base/clock.h"
#include "base/observer.h"

namespace dmavp {

/// Attributes of one AXI burst. A FIXED burst also has a streaming width of one beat, so that targets that
/// ignore the extension behave correctly. Time convention of b_transport on this platform: the annotated
/// delay grows by the latency of the path (address accepted to first read beat; last write beat to response),
/// never by the beats themselves, which the master accounts on its own channels. Each stage of a path adds
/// Clock::time_of(n) for its n cycles, rounded up to a picosecond, so a sum goes back to cycles with
/// Clock::cycle_at, never cycle_from.
///
/// A transaction with TLM_IGNORE_COMMAND and this extension asks for the latency of the path only
/// (`probe_write` tells which direction): interconnects route it, targets add their delay, no data move.
struct AxiExtension : tlm::tlm_extension<AxiExtension> {
  unsigned master = 0;
  unsigned channel = 0;
  BurstKind kind = BurstKind::kRead;  ///< what a DMA controller moves with it
  std::uint32_t axi_id = 0;
  std::uint8_t qos = 0;
  bool fixed = false;
  bool probe_write = false;
  std::uint16_t beats = 1;
  std::uint8_t beat_bytes = 1;
  Cycle accepted = kNever;
  Cycle first_beat = kNever;
  Cycle last_beat = kNever;

  tlm::tlm_extension_base* clone() const override { return new AxiExtension(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    *this = static_cast<const AxiExtension&>(other);
  }
};

}  // namespace dmavp
