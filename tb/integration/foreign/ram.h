// Memory of this platform: 10 ns an access, direct memory for whoever asks.
#pragma once

#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstring>
#include <vector>

namespace foreign {

class Ram : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Ram> socket{"socket"};

  Ram(const sc_core::sc_module_name& name, std::size_t bytes) : sc_module(name), data_(bytes) {
    socket.register_b_transport(this, &Ram::b_transport);
    socket.register_get_direct_mem_ptr(this, &Ram::get_direct_mem_ptr);
  }

  unsigned char* data() { return data_.data(); }

 private:
  void b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
    delay += latency_;
    const std::size_t at = access.get_address();
    const std::size_t length = access.get_data_length();
    if (access.get_byte_enable_ptr() != nullptr || access.get_streaming_width() < length) {
      access.set_response_status(tlm::TLM_BURST_ERROR_RESPONSE);
    } else if (at > data_.size() || length > data_.size() - at) {
      access.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    } else {
      if (access.is_read()) std::memcpy(access.get_data_ptr(), data_.data() + at, length);
      if (access.is_write()) std::memcpy(data_.data() + at, access.get_data_ptr(), length);
      access.set_dmi_allowed(true);
      access.set_response_status(tlm::TLM_OK_RESPONSE);
    }
  }

  bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi& dmi) {
    dmi.set_dmi_ptr(data_.data());
    dmi.set_start_address(0);
    dmi.set_end_address(data_.size() - 1);
    dmi.set_read_latency(latency_);
    dmi.set_write_latency(latency_);
    dmi.allow_read_write();
    return true;
  }

  const sc_core::sc_time latency_{10, sc_core::SC_NS};
  std::vector<unsigned char> data_;
};

}  // namespace foreign
