#include "components/fault_injector.h"

namespace dmavp::tb {

bool FaultInjector::hit(Planned& planned, const tlm::tlm_generic_payload& access) {
  const Fault& fault = planned.fault;
  if (access.is_read() ? !fault.reads : !fault.writes) return false;
  if (access.get_address() < fault.first || access.get_address() > fault.last) return false;
  const unsigned number = planned.matched++;
  return number >= fault.skip && (fault.count == 0 || number - fault.skip < fault.count);
}

bool FaultInjector::before(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (access.get_command() == tlm::TLM_IGNORE_COMMAND) return false;
  ++accesses_;
  bool changed = false;
  bool refused = false;
  for (Planned& planned : faults_) {
    if (!hit(planned, access)) continue;
    changed = true;
    switch (planned.fault.kind) {
      case Fault::Kind::kRefuse:
        refused = true;
        access.set_response_status(planned.fault.response);
        break;
      case Fault::Kind::kDelay:
        delay += planned.fault.delay;
        break;
      case Fault::Kind::kCorrupt:
        corrupt(access, planned.fault);
        break;
    }
  }
  if (changed) ++hits_;
  if (refused) {
    const tlm::tlm_response_status response = access.get_response_status();
    after(access, delay);  // gives back what an earlier fault has exchanged
    access.set_response_status(response);
  }
  return refused;
}

void FaultInjector::corrupt(tlm::tlm_generic_payload& access, const Fault& fault) {
  if (fault.offset >= access.get_data_length() || access.get_data_ptr() == nullptr) return;
  Corrupted entry{&access, nullptr, {}, fault.offset, fault.flip};
  if (access.is_write()) {
    entry.data = access.get_data_ptr();
    entry.copy.assign(entry.data, entry.data + access.get_data_length());
    entry.copy[fault.offset] = static_cast<unsigned char>(entry.copy[fault.offset] ^ fault.flip);
    access.set_data_ptr(entry.copy.data());
  }
  corrupted_.push_back(std::move(entry));
}

void FaultInjector::after(tlm::tlm_generic_payload& access, sc_core::sc_time&) {
  for (std::size_t i = corrupted_.size(); i-- > 0;) {  // last exchanged, first given back
    Corrupted& entry = corrupted_[i];
    if (entry.access != &access) continue;
    if (entry.data != nullptr) {
      access.set_data_ptr(entry.data);
    } else if (access.is_response_ok()) {
      unsigned char& byte = access.get_data_ptr()[entry.offset];
      byte = static_cast<unsigned char>(byte ^ entry.flip);
    }
    corrupted_.erase(corrupted_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace dmavp::tb
