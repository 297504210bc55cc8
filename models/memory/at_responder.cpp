#include "memory/at_responder.h"

#include <algorithm>

namespace dmavp {

AtResponder::AtResponder(const sc_core::sc_module_name& name, Perform perform, Send send)
    : sc_module(name), perform_(perform), send_(send) {
  SC_METHOD(due);
  sensitive << event_;
  dont_initialize();
}

void AtResponder::respond(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  if (payload.has_mm()) payload.acquire();
  const sc_core::sc_time at = sc_core::sc_time_stamp() + delay;
  const auto place =
      std::find_if(pending_.begin(), pending_.end(), [&](const Answer& a) { return a.at <= at; });
  const bool first = place == pending_.end();
  pending_.insert(place, {at, &payload});
  if (first && !unanswered_) event_.notify(delay);
}

void AtResponder::ended(const sc_core::sc_time& delay) {
  unanswered_ = false;
  if (!pending_.empty())
    event_.notify(
        std::max(delay, pending_.back().at - std::min(pending_.back().at, sc_core::sc_time_stamp())));
}

void AtResponder::due() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  while (!unanswered_ && !pending_.empty()) {
    const Answer first = pending_.back();
    if (first.at > now) {
      event_.notify(first.at - now);
      return;
    }
    tlm::tlm_generic_payload& payload = *first.payload;
    pending_.pop_back();
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
