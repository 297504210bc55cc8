#include "components/axi_link.h"

#include <algorithm>

#include "base/axi_extension.h"

namespace dmavp::tb {

AxiLink::AxiLink(const sc_core::sc_module_name& name, const AxiLimits& limits)
    : sc_module(name), target("target"), initiator("initiator"), checker_(limits) {
  target.register_b_transport(this, &AxiLink::b_transport);
  target.register_get_direct_mem_ptr(this, &AxiLink::get_direct_mem_ptr);
  target.register_transport_dbg(this, &AxiLink::transport_dbg);
  initiator.register_invalidate_direct_mem_ptr(this, &AxiLink::invalidate_direct_mem_ptr);
}

void AxiLink::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
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
    b.first_beat = axi->first_beat;
    b.last_beat = axi->last_beat;
    b.response = b.last_beat;
    b.data = false;
    checker_.burst(b);
  }
  initiator->b_transport(access, delay);
}

bool AxiLink::get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi) {
  return initiator->get_direct_mem_ptr(access, dmi);
}

unsigned AxiLink::transport_dbg(tlm::tlm_generic_payload& access) { return initiator->transport_dbg(access); }

void AxiLink::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  target->invalidate_direct_mem_ptr(first, last);
}

}  // namespace dmavp::tb
