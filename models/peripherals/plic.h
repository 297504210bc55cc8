// PLIC-compatible interrupt controller as a SystemC module (spec peripherals 6).
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/simple_target_socket.h>

#include "base/clock.h"
#include "base/cxx_standard.h"
#include "base/observer.h"
#include "peripherals/plic_core.h"

namespace dmavp {

struct PlicConfig {
  unsigned ndev = 31;        ///< number of the last source, 1..1023
  unsigned contexts = 1;     ///< 1..15872
  Cycle access_latency = 2;  ///< cycles per register access
};

/// Level-triggered sources in, one level per context out. Only aligned 32-bit accesses are answered, others
/// get TLM_BURST_ERROR_RESPONSE (wrong size) or TLM_ADDRESS_ERROR_RESPONSE (misaligned or outside of the
/// window). An access takes effect at sc_time_stamp() + delay; the outputs it changes follow at that time,
/// never earlier.
class Plic : public sc_core::sc_module {
 public:
  using SourcePort = sc_core::sc_port<sc_core::sc_signal_in_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
  using ContextPort = sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

  tlm_utils::simple_target_socket<Plic> socket;
  sc_core::sc_vector<SourcePort> source;  ///< ndev + 1 ports: source[n] is interrupt n, source[0] is not used
  sc_core::sc_vector<ContextPort> context;  ///< ports may stay unbound

  /// @throws std::invalid_argument for ndev or contexts out of range
  Plic(const sc_core::sc_module_name& name, const PlicConfig& config, const Clock& clock);
  SC_HAS_PROCESS(Plic);

  /// Receives register accesses and changes of the outputs (line = context); null for none.
  void set_observer(Observer* observer) {
    access_observer_ = interested(observer, kRegisterAccesses);
    interrupt_observer_ = interested(observer, kInterrupts);
  }

  const PlicCore& core() const { return core_; }

 private:
  struct Change {
    sc_core::sc_time time;
    unsigned context;
    bool level;
  };

  void end_of_elaboration() override;
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  tlm::tlm_response_status perform(tlm::tlm_generic_payload& access, const sc_core::sc_time& delay);
  void source_changed(unsigned number);
  void schedule_outputs(const sc_core::sc_time& at);
  void drive_outputs();

  PlicCore core_;
  sc_core::sc_time access_latency_;
  std::vector<bool> planned_;    // level of each context after the last planned change
  std::vector<Change> changes_;  // planned, ascending by time
  sc_core::sc_event due_;
  Observer* access_observer_ = nullptr;
  Observer* interrupt_observer_ = nullptr;
};

}  // namespace dmavp
