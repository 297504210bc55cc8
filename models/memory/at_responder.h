// The answering half of a target in the timed mode: requests are taken at once and answered when they are
// due.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <systemc>
#include <tlm>

#include "base/cxx_standard.h"

namespace dmavp {

/// Sends BEGIN_RESP for each payload at its time, one unanswered at a time; equal times in the order they
/// were given. Belongs to a target with one socket.
class AtResponder : public sc_core::sc_module {
 public:
  using Send =
      std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;
  using Perform = std::function<void(tlm::tlm_generic_payload&)>;

  /// `perform` carries the access out, right before its response is sent by `send`.
  AtResponder(const sc_core::sc_module_name& name, Perform perform, Send send);
  SC_HAS_PROCESS(AtResponder);

  /// `delay` from now. Keeps the payload until then, if it has a memory manager.
  void respond(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  /// END_RESP has come; `delay` from now the next response may be sent.
  void ended(const sc_core::sc_time& delay);

 private:
  void due();

  const Perform perform_;
  const Send send_;
  std::multimap<sc_core::sc_time, tlm::tlm_generic_payload*> pending_;
  bool unanswered_ = false;
  sc_core::sc_event event_;
};

}  // namespace dmavp
