#include "memory/at_responder.h"

#include <utility>

namespace dmavp {

AtResponder::AtResponder(const sc_core::sc_module_name& name, Perform perform, Send send)
    : sc_module(name), perform_(std::move(perform)), send_(std::move(send)) {
  SC_METHOD(due);
  sensitive << event_;
  dont_initialize();
}

void AtResponder::respond(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  if (payload.has_mm()) payload.acquire();
  pending_.emplace(sc_core::sc_time_stamp() + delay, &payload);
  if (!unanswered_) event_.notify(delay);  // an event fires at the earliest of its times
}

void AtResponder::ended(const sc_core::sc_time& delay) {
  unanswered_ = false;
  if (!pending_.empty()) event_.notify(delay);
}

void AtResponder::due() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  while (!unanswered_ && !pending_.empty()) {
    const auto first = pending_.begin();
    if (first->first > now) {
      event_.notify(first->first - now);
      return;
    }
    tlm::tlm_generic_payload& payload = *first->second;
    pending_.erase(first);
    perform_(payload);
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    sc_core::sc_time delay;
    unanswered_ = true;
    const tlm::tlm_sync_enum answer = send_(payload, phase, delay);
    if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP))
      unanswered_ = false;
    if (payload.has_mm()) payload.release();
  }
}

}  // namespace dmavp
