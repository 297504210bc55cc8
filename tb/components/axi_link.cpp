#include "components/axi_link.h"

#include <algorithm>

#include "base/axi_extension.h"

namespace dmavp::tb {

AxiLink::AxiLink(const sc_core::sc_module_name& name, const AxiLimits& limits)
    : sc_module(name), target("target"), initiator("initiator"), checker_(limits) {
  target.register_b_transport(this, &AxiLink::b_transport);
  target.register_nb_transport_fw(this, &AxiLink::nb_transport_fw);
  initiator.register_nb_transport_bw(this, &AxiLink::nb_transport_bw);
  target.register_get_direct_mem_ptr(this, &AxiLink::get_direct_mem_ptr);
  target.register_transport_dbg(this, &AxiLink::transport_dbg);
  initiator.register_invalidate_direct_mem_ptr(this, &AxiLink::invalidate_direct_mem_ptr);
}

/// `access` is about to pass as a burst.
void AxiLink::look_at(const tlm::tlm_generic_payload& access) {
  const auto* axi = access.get_extension<AxiExtension>();
  if (axi != nullptr && axi->accepted != kNever && access.get_command() != tlm::TLM_IGNORE_COMMAND) {
    AxiBurst b;
    b.write = access.get_command() == tlm::TLM_WRITE_COMMAND;
    b.master = axi->master;
    b.channel = axi->channel;
    b.id = axi->axi_id;
    b.address = access.get_address();
    b.bytes = access.get_data_length();
    b.beats = axi->beats;
    b.beat_bytes = axi->beat_bytes;
    // What comes round to its first address again, but not after each beat, is a wrapping burst.
    const unsigned span = std::min(access.get_streaming_width(), b.bytes);
    b.type = axi->fixed && span == std::min<unsigned>(b.beat_bytes, b.bytes) ? AxiBurst::Type::kFixed
             : !axi->fixed && span == b.bytes                                ? AxiBurst::Type::kIncr
                                                                             : AxiBurst::Type::kWrap;
    b.accepted = axi->accepted;
    // In a non-blocking request the beats of a read still lie ahead.
    b.first_beat = axi->first_beat == kNever ? axi->accepted : axi->first_beat;
    b.last_beat = axi->last_beat == kNever ? b.first_beat + axi->beats - 1 : axi->last_beat;
    b.response = b.last_beat;
    b.data = false;
    checker_.burst(b);
  }
}

void AxiLink::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  look_at(access);
  initiator->b_transport(access, delay);
}

tlm::tlm_sync_enum AxiLink::nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                            sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) look_at(access);
  return initiator->nb_transport_fw(access, phase, delay);
}

tlm::tlm_sync_enum AxiLink::nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                            sc_core::sc_time& delay) {
  return target->nb_transport_bw(access, phase, delay);
}

bool AxiLink::get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi) {
  return initiator->get_direct_mem_ptr(access, dmi);
}

unsigned AxiLink::transport_dbg(tlm::tlm_generic_payload& access) { return initiator->transport_dbg(access); }

void AxiLink::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  target->invalidate_direct_mem_ptr(first, last);
}

}  // namespace dmavp::tb
