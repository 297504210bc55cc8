// The answering half of a target in the timed mode: requests are taken at once and answered when they are
// due.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>
#include <vector>

#include "base/cxx_standard.h"
#include "base/delegate.h"

namespace dmavp {

/// Sends BEGIN_RESP for each payload at its time, one unanswered at a time; equal times in the order they
/// were given. Belongs to a target with one socket.
class AtResponder : public sc_core::sc_module {
 public:
  using Send = Delegate<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_core::sc_time&)>;
  using Perform = Delegate<void(tlm::tlm_generic_payload&)>;

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
  struct Answer {
    sc_core::sc_time at;
    tlm::tlm_generic_payload* payload;
  };
  std::vector<Answer> pending_;  ///< latest first; as many as are outstanding
  bool unanswered_ = false;
  sc_core::sc_event event_;
};

}  // namespace dmavp
