// DW_axi_dmac as a TLM-2.0 module: a register target, AXI initiators and interrupt outputs.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>

#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/dma_handshake.h"
#include "base/fault_point.h"
#include "base/observer.h"
#include "dmac/axi_master_at.h"
#include "dmac/engine.h"
#include "dmac/parameters.h"
#include "dmac/registers.h"

namespace dmavp {

/// How bursts travel: as blocking transactions or direct memory accesses with annotated time, or as
/// non-blocking ones, several at a time.
enum class DmacTiming : std::uint8_t { kLoose, kApproximate };

/// Timing: an access takes effect at now + delay and adds Parameters::register_latency to the delay. Nothing
/// is clocked: one event wakes the controller when the engine has something due. Results do not depend on how
/// far an initiator runs ahead, as long as accesses arrive in the order of their effective times. With
/// kApproximate an initiator must not run ahead of what is pending in the simulation
/// (sc_time_to_pending_activity): an access beyond that finds the bus as it is at the current simulation
/// time.
class DwAxiDmac : public sc_core::sc_module, private dmac::OutputSink {
 public:
  using IrqOut = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 0, sc_core::SC_ZERO_OR_MORE_BOUND>;
  using MasterSocket = tlm_utils::simple_initiator_socket_tagged<DwAxiDmac>;

  tlm_utils::simple_target_socket<DwAxiDmac> regs;  ///< 32- and 64-bit accesses; offsets from 0
  sc_core::sc_vector<MasterSocket> masters;         ///< num_masters AXI ports, all to be bound
  sc_core::sc_vector<IrqOut> channel_irq;           ///< num_channels lines, active high; binding is optional
  IrqOut combined_irq;                              ///< channels and common registers together
  IrqOut common_irq;                                ///< errors of common-register accesses alone

  /// Handshake interfaces 0 .. num_hs_if - 1; those without a peripheral stay unbound.
  sc_core::sc_vector<sc_core::sc_export<DmaRequestIf>> request;
  sc_core::sc_vector<DmaAcknowledgePort> acknowledge_to;

  /// @throws std::invalid_argument listing every parameter out of range
  DwAxiDmac(sc_core::sc_module_name name, const dmac::Parameters& parameters, const Clock& clock,
            DmacTiming timing = DmacTiming::kLoose);
  ~DwAxiDmac() override;

  void set_observer(Observer* observer);  ///< null: no events, no cost; see Observer::interests
  void set_dmi_allowed(bool allowed);     ///< false: every burst is a transaction

  /// Hooks on the sockets (fault_point.h); null removes one.
  void set_register_fault_point(FaultPoint* hook) { register_hook_ = hook; }
  void set_master_fault_point(unsigned master, FaultPoint* hook) { axi_->set_fault_point(master, hook); }

  /// A fault: the clock is off from the current simulation time until `until` (picoseconds; kNever for good).
  /// No burst is issued meanwhile, those on the bus complete, and register accesses are answered with SLVERR.
  void stop_clock(Picoseconds until);

  /// Brings state and statistics up to the current simulation time.
  void synchronize();
  const dmac::Engine& engine() const { return registers_.engine(); }
  const dmac::Parameters& parameters() const { return registers_.parameters(); }
  const RegisterBank& bank() const { return registers_.bank(); }
  const Clock& clock() const { return clock_; }

 private:
  /// One handshake interface as peripherals see it.
  struct RequestInput : DmaRequestIf {
    DwAxiDmac* controller = nullptr;
    unsigned number = 0;
    void dma_request(DmaRequest levels, Picoseconds at) override {
      controller->request_changed(number, levels, at);
    }
  };

  struct LevelChange {
    Picoseconds time;
    unsigned line;
    bool level;
  };

  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  void perform(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& payload);
  tlm::tlm_sync_enum nb_transport_bw(int master, tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void invalidate(int master, sc_dt::uint64 first, sc_dt::uint64 last);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload, Cycle at, Picoseconds time);

  void wake();
  void arm();
  void drive_lines();
  void line_changed(unsigned line, bool level, Cycle cycle) override;
  void acknowledge(unsigned hs, bool finish, Cycle cycle) override;
  void request_changed(unsigned hs, DmaRequest levels, Picoseconds at);
  void write_line(unsigned line, bool level);

  const Clock clock_;
  const EventSource source_;
  std::unique_ptr<dmac::AxiMaster> axi_;
  dmac::AxiMasterAt* axi_at_ = nullptr;  ///< kApproximate: the same
  dmac::Registers registers_;
  Observer* access_observer_ = nullptr;
  Observer* interrupt_observer_ = nullptr;
  Observer* diagnostic_observer_ = nullptr;
  FaultPoint* register_hook_ = nullptr;

  std::vector<RequestInput> request_inputs_;
  sc_core::sc_event wake_event_;
  Picoseconds armed_ = kNever;   ///< when wake_event_ fires
  bool inside_ = false;          ///< an advance or access is on the stack
  Cycle access_cycle_ = kNever;  ///< of the register access on the stack
  Picoseconds access_time_ = 0;
  sc_core::sc_event line_event_;
  std::vector<LevelChange> changes_;  ///< of lines, in order of time, from next_change_ on
  std::size_t next_change_ = 0;
  Picoseconds clock_off_until_ = 0;
  sc_core::sc_time register_latency_;
};

}  // namespace dmavp
