// What a test puts into the links of a board.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/passthrough_target_socket.h>
#include <tlm_utils/simple_initiator_socket.h>

#include "components/axi_link.h"
#include "components/protocol_checker.h"
#include "platform/board/board.h"

namespace dmavp::tb {

/// Passes everything on; breaks one rule of the protocol once: the target returns an access with another
/// address.
class Saboteur : public sc_core::sc_module {
 public:
  tlm_utils::passthrough_target_socket<Saboteur> target;
  tlm_utils::simple_initiator_socket<Saboteur> initiator;

  /// `when`: the transport call it breaks (of non-blocking ones, the response), 1 for the first; 0 for none.
  Saboteur(const sc_core::sc_module_name& name, unsigned when);
  unsigned calls() const { return calls_; }

 private:
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi);
  unsigned transport_dbg(tlm::tlm_generic_payload& access);
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

  unsigned when_;
  unsigned answers_ = 0;
  unsigned calls_ = 0;
};

/// A protocol checker in every link, and behind it a saboteur. In the links of a controller's masters an AXI
/// checker before both, if asked for.
class CheckedLinks : public platform::Links {
 public:
  explicit CheckedLinks(unsigned sabotaged_call = 0) : sabotaged_call_(sabotaged_call) {}
  void check_axi(const AxiLimits& limits) { axi_ = limits; }
  void join(const std::string& name, tlm::tlm_initiator_socket<>& from,
            tlm::tlm_target_socket<>& to) override;

  struct Link {
    std::unique_ptr<ProtocolChecker> checker;
    std::unique_ptr<Saboteur> saboteur;
    std::unique_ptr<AxiLink> axi;  // null: not asked for, or no master of a controller
  };
  std::map<std::string, Link>& links() { return links_; }

 private:
  unsigned sabotaged_call_;
  std::optional<AxiLimits> axi_;
  std::map<std::string, Link> links_;
};

}  // namespace dmavp::tb
