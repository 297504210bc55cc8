// The AXI checker on the payloads of a link.
#pragma once

#include <systemc>
#include <tlm>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "components/axi_checker.h"

namespace dmavp::tb {

/// Put between a master port and what it is bound to: passes every blocking access on and checks those that
/// carry an AxiExtension with times. The time of a write's response is not in it: here a write counts as
/// answered with its last beat, and what is outstanding is not checked. The event stream has both.
class AxiLink : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<AxiLink> target;
  tlm_utils::simple_initiator_socket<AxiLink> initiator;

  AxiLink(const sc_core::sc_module_name& name, const AxiLimits& limits);
  const AxiChecker& checker() const { return checker_; }

 private:
  void look_at(const tlm::tlm_generic_payload& access);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

  AxiChecker checker_;
};

}  // namespace dmavp::tb
