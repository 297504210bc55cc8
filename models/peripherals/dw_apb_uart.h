// DW_apb_uart as a TLM-2.0 module: registers, interrupt, DMA handshakes, serial wires (spec peripherals 2).
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <memory>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "base/fault_point.h"
#include "base/observer.h"
#include "peripherals/dma_request_line.h"
#include "peripherals/interrupt_output.h"
#include "peripherals/uart_core.h"
#include "peripherals/uart_line.h"
#include "peripherals/uart_registers.h"

namespace dmavp {

/// Accesses of 8, 16 and 32 bits, alone or as beats: a FIXED burst of n beats to RBR or THR moves n
/// characters, an incrementing one over the aliases one a word. An access takes effect at sc_time_stamp() +
/// delay and adds Parameters::register_latency. Nothing is clocked: one event per character at most.
class DwApbUart : public sc_core::sc_module, private uart::CoreOwner {
 public:
  tlm_utils::simple_target_socket<DwApbUart> socket;  ///< offsets from 0
  InterruptOutput::Port irq;                          ///< active high; binding is optional
  DmaRequestPort rx_request;                          ///< unbound without DMA
  DmaRequestPort tx_request;
  sc_core::sc_export<DmaAcknowledgeIf> rx_acknowledge;
  sc_core::sc_export<DmaAcknowledgeIf> tx_acknowledge;

  /// @param baud_clock what the divisor divides, up to 125 GHz
  /// @param bus_clock of registers and DMA handshakes
  /// @throws std::invalid_argument listing every parameter out of range
  DwApbUart(sc_core::sc_module_name name, const uart::Parameters& parameters, const Clock& baud_clock,
            const Clock& bus_clock);

  // --- what is at the other end of the wires: one thing, before the simulation starts; std::logic_error if
  // there is something already ---
  void connect_to(DwApbUart& other);  ///< null modem; to itself: a loop of wire
  void attach(std::unique_ptr<uart::SerialBackend> backend);

  void set_observer(Observer* observer);                    ///< null for none
  void set_fault_point(FaultPoint* hook) { hook_ = hook; }  ///< on the socket; null for none

  /// Registers, levels and counters are those of the current simulation time after synchronize().
  void synchronize();
  const uart::Core& core() const { return core_; }
  const uart::Statistics& statistics() const { return core_.statistics(); }
  const RegisterBank& bank() const { return registers_.bank(); }
  const DmaRequestLine& rx_line() const { return rx_line_; }
  const DmaRequestLine& tx_line() const { return tx_line_; }

  /// Fault of real parts: a time-out interrupt with an empty FIFO, until RBR is read.
  void inject_spurious_timeout();

 private:
  void start_of_simulation() override;
  void require_free() const;
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  void perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  tlm::tlm_response_status access_registers(tlm::tlm_generic_payload& access, Picoseconds at);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);

  void wake();
  void outputs_changed(Picoseconds at) override;
  void events_changed() override;
  void drop_requests();

  const EventSource source_;
  uart::Core core_;
  uart::Registers registers_;
  DmaRequestLine rx_line_;
  DmaRequestLine tx_line_;
  InterruptOutput interrupt_;
  sc_core::sc_time register_latency_;
  std::unique_ptr<uart::SerialBackend> backend_;
  sc_core::sc_event wake_event_;
  Picoseconds armed_ = kNever;  // when wake_event_ fires
  bool started_ = false;        // outputs may be driven
  bool wired_ = false;
  FaultPoint* hook_ = nullptr;
  Observer* access_observer_ = nullptr;
};

}  // namespace dmavp
