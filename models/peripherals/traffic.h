// A programmable traffic source and sink as a TLM-2.0 module (spec boards 7.5).
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "base/fault_point.h"
#include "base/observer.h"
#include "peripherals/dma_request_line.h"
#include "peripherals/interrupt_output.h"
#include "peripherals/traffic_core.h"
#include "peripherals/traffic_registers.h"

namespace dmavp {

/// The only peripheral that can be flow controller (TT_FC 4..7). Accesses of 8, 16, 32 and 64 bits, alone or
/// as beats: a FIXED burst of n beats to SINK or SOURCE moves n items. An access takes effect at
/// sc_time_stamp() + delay and adds Parameters::register_latency. Nothing is clocked.
class Traffic : public sc_core::sc_module, private traffic::CoreOwner {
 public:
  tlm_utils::simple_target_socket<Traffic> socket;  ///< offsets from 0
  InterruptOutput::Port irq;                        ///< active high; binding is optional
  DmaRequestPort sink_request;                      ///< memory to peripheral; unbound without DMA
  DmaRequestPort source_request;                    ///< peripheral to memory
  sc_core::sc_export<DmaAcknowledgeIf> sink_acknowledge;
  sc_core::sc_export<DmaAcknowledgeIf> source_acknowledge;

  /// @throws std::invalid_argument listing every parameter out of range
  Traffic(sc_core::sc_module_name name, const traffic::Parameters& parameters, const Clock& clock);

  void set_observer(Observer* observer);                    ///< null for none
  void set_fault_point(FaultPoint* hook) { hook_ = hook; }  ///< on the socket; null for none

  /// Registers, levels and counters are those of the current simulation time after synchronize().
  void synchronize();
  const traffic::Core& core() const { return core_; }
  const traffic::Statistics& statistics() const { return core_.statistics(); }
  const RegisterBank& bank() const { return registers_.bank(); }
  const DmaRequestLine& sink_line() const { return sink_line_; }
  const DmaRequestLine& source_line() const { return source_line_; }

 private:
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  void perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  void access_registers(tlm::tlm_generic_payload& access, Picoseconds at);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);

  void wake();
  void arm();
  void outputs_changed(Picoseconds at) override;

  const EventSource source_;
  traffic::Core core_;
  traffic::Registers registers_;
  DmaRequestLine sink_line_;
  DmaRequestLine source_line_;
  InterruptOutput interrupt_;
  sc_core::sc_time register_latency_;
  sc_core::sc_event wake_event_;
  Picoseconds armed_ = kNever;  // when wake_event_ fires
  FaultPoint* hook_ = nullptr;
  Observer* access_observer_ = nullptr;
};

}  // namespace dmavp
