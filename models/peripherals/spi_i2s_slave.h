// Gives a peripheral of spi_i2s_model.h a bus socket, an interrupt line, DMA requests and time.
#pragma once

#include <systemc>
#include <tlm>

#include <tlm_utils/simple_target_socket.h>

#include "base/dma_handshake.h"
#include "base/fault_point.h"
#include "base/observer.h"
#include "peripherals/dma_request_line.h"
#include "peripherals/interrupt_output.h"
#include "peripherals/spi_i2s_model.h"

namespace dmavp {

/// Base of the SystemC modules DwApbSsi and DwApbI2s.
///
/// Accesses of 8, 16 and 32 bits; a narrow one touches its bytes of the register, and moves an item or has a
/// side effect only if the lowest byte is among them. A FIXED burst (streaming
/// width below the length) accesses one register once per item; an INCR burst accesses each 32-bit word once.
/// Holes read 0 and ignore writes. TLM_IGNORE_COMMAND returns the latency alone.
///
/// An access takes effect at sc_time_stamp() + delay, but never before one that came earlier. Outputs change
/// at their time. One event wakes the module, when an output is about to change.
class SerialSlave : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<SerialSlave> socket;
  InterruptOutput::Port irq;  ///< active high; binding is optional
  DmaRequestPort dma_tx;
  DmaRequestPort dma_rx;
  sc_core::sc_export<DmaAcknowledgeIf> dma_tx_ack;
  sc_core::sc_export<DmaAcknowledgeIf> dma_rx_ack;

  /// Receives register accesses, the interrupt (line 0), DMA requests (line 0 receive, 1 transmit) and
  /// diagnostics; null for none.
  void set_observer(Observer* observer);
  /// Hook on the socket; null removes it.
  void set_fault_point(FaultPoint* hook) { hook_ = hook; }

  const RegisterBank& bank() const;
  /// Brings state and counters up to the current simulation time.
  void synchronize();

 protected:
  SerialSlave(const sc_core::sc_module_name& name, Cycle access_latency, const Clock& clock);
  ~SerialSlave() override;
  SC_HAS_PROCESS(SerialSlave);

  /// To be called by the constructor of the derived module; `model` is used while simulating only.
  void set_model(ClockedModel& model) { model_ = &model; }
  /// Does what is due until `time`, publishing outputs on the way.
  void advance_to(Picoseconds time);
  /// After the model was changed other than by an access: outputs follow, and the event.
  void changed();

 private:
  struct Acknowledge : DmaAcknowledgeIf {
    SerialSlave* slave = nullptr;
    Direction direction = Direction::kTransmit;
    void dma_acknowledge(bool finish, Picoseconds at) override { slave->acknowledged(direction, finish, at); }
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void perform(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void access(tlm::tlm_generic_payload& payload);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  void acknowledged(Direction direction, bool finish, Picoseconds at);
  void publish();
  void wake();
  void arm();

  ClockedModel* model_ = nullptr;
  const sc_core::sc_time access_latency_;
  Acknowledge acknowledge_[2];
  InterruptOutput interrupt_;
  DmaRequestLine receive_;
  DmaRequestLine transmit_;
  FaultPoint* hook_ = nullptr;
  Observer* access_observer_ = nullptr;
  sc_core::sc_event wake_event_;
  Picoseconds armed_ = kNever;  ///< when wake_event_ fires
};

}  // namespace dmavp
