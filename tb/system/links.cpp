#include "system/links.h"

#include <algorithm>

namespace dmavp::tb {

Saboteur::Saboteur(const sc_core::sc_module_name& name, unsigned when)
    : sc_module(name), target("target"), initiator("initiator"), when_(when) {
  target.register_b_transport(this, &Saboteur::b_transport);
  target.register_nb_transport_fw(this, &Saboteur::nb_transport_fw);
  initiator.register_nb_transport_bw(this, &Saboteur::nb_transport_bw);
  target.register_get_direct_mem_ptr(this, &Saboteur::get_direct_mem_ptr);
  target.register_transport_dbg(this, &Saboteur::transport_dbg);
  initiator.register_invalidate_direct_mem_ptr(this, &Saboteur::invalidate_direct_mem_ptr);
}

void Saboteur::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  initiator->b_transport(access, delay);
  if (++calls_ == when_) access.set_address(access.get_address() + 8);
}

tlm::tlm_sync_enum Saboteur::nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_REQ) ++calls_;
  return initiator->nb_transport_fw(access, phase, delay);
}

tlm::tlm_sync_enum Saboteur::nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
  if (phase != tlm::BEGIN_RESP || ++answers_ != when_) return target->nb_transport_bw(access, phase, delay);
  const sc_dt::uint64 address = access.get_address();
  access.set_address(address + 8);
  const tlm::tlm_sync_enum answer = target->nb_transport_bw(access, phase, delay);
  access.set_address(address);
  return answer;
}

bool Saboteur::get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi) {
  return initiator->get_direct_mem_ptr(access, dmi);
}

unsigned Saboteur::transport_dbg(tlm::tlm_generic_payload& access) {
  return initiator->transport_dbg(access);
}

void Saboteur::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  target->invalidate_direct_mem_ptr(first, last);
}

void CheckedLinks::join(const std::string& name, tlm::tlm_initiator_socket<>& from,
                        tlm::tlm_target_socket<>& to) {
  std::string module = name;
  std::replace(module.begin(), module.end(), '.', '_');
  Link& link = links_[name];
  link.checker = std::make_unique<ProtocolChecker>((module + "_checker").c_str());
  link.saboteur = std::make_unique<Saboteur>((module + "_saboteur").c_str(), sabotaged_call_);
  if (axi_ && name.find(".m") != std::string::npos) {
    link.axi = std::make_unique<AxiLink>((module + "_axi").c_str(), *axi_);
    from.bind(link.axi->target);
    link.axi->initiator.bind(link.checker->target);
  } else {
    from.bind(link.checker->target);
  }
  link.checker->initiator.bind(link.saboteur->target);
  link.saboteur->initiator.bind(to);
}

}  // namespace dmavp::tb
