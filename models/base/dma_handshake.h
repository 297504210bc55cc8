// DMA requests between a peripheral and a DMA controller: the DesignWare handshake (dma_req, dma_single,
// dma_last; dma_ack, dma_finish) as calls that carry their time, so that nothing toggles wires or is clocked.
#pragma once

#include <systemc>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/dma_request.h"

namespace dmavp {

/// The controller's side of one handshake interface.
class DmaRequestIf : public virtual sc_core::sc_interface {
 public:
  /// From `at` (picoseconds since zero, not before the current simulation time) the levels are these. Calls
  /// for one interface come in order of `at`. May be called from within an access the controller makes.
  virtual void dma_request(DmaRequest levels, Picoseconds at) = 0;
};

/// The peripheral's side of one handshake interface.
class DmaAcknowledgeIf : public virtual sc_core::sc_interface {
 public:
  /// dma_ack at `at`: the data of the transaction have been moved before. The controller forgets the levels
  /// of this interface: the peripheral answers, now or later, by a call of dma_request with its levels one
  /// cycle of its own clock after `at`, or later. `finish`: dma_finish, the block of the controller is over.
  virtual void dma_acknowledge(bool finish, Picoseconds at) = 0;
};

/// What peripherals and controllers have for each interface. A peripheral need not be connected.
using DmaRequestPort = sc_core::sc_port<DmaRequestIf, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
using DmaAcknowledgePort = sc_core::sc_port<DmaAcknowledgeIf, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

}  // namespace dmavp
