// The bus of this platform: decodes an address, passes every kind of transport on, and adds nothing.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>
#include <systemc>
#include <tlm>

#include <cstdint>
#include <map>
#include <vector>

namespace foreign {

struct Window {
  std::uint64_t base;
  std::uint64_t size;
};

class Bus : public sc_core::sc_module {
 public:
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Bus>> in;      ///< one per initiator
  sc_core::sc_vector<tlm_utils::simple_initiator_socket_tagged<Bus>> out;  ///< one per window

  Bus(const sc_core::sc_module_name& name, unsigned initiators, std::vector<Window> windows)
      : sc_module(name), in("in", initiators), out("out", windows.size()), windows_(std::move(windows)) {
    for (int i = 0; i < static_cast<int>(in.size()); ++i) {
      auto& socket = in[static_cast<std::size_t>(i)];
      socket.register_b_transport(this, &Bus::b_transport, i);
      socket.register_nb_transport_fw(this, &Bus::nb_transport_fw, i);
      socket.register_get_direct_mem_ptr(this, &Bus::get_direct_mem_ptr, i);
      socket.register_transport_dbg(this, &Bus::transport_dbg, i);
    }
    for (int i = 0; i < static_cast<int>(out.size()); ++i) {
      auto& socket = out[static_cast<std::size_t>(i)];
      socket.register_nb_transport_bw(this, &Bus::nb_transport_bw, i);
      socket.register_invalidate_direct_mem_ptr(this, &Bus::invalidate_direct_mem_ptr, i);
    }
  }

 private:
  using Payload = tlm::tlm_generic_payload;

  /// Index of the window of the access, whose address becomes an offset into it; out.size() for none.
  std::size_t enter(Payload& access) const {
    const std::uint64_t address = access.get_address();
    for (std::size_t i = 0; i < windows_.size(); ++i) {
      if (address < windows_[i].base || address - windows_[i].base >= windows_[i].size) continue;
      access.set_address(address - windows_[i].base);
      return i;
    }
    access.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return windows_.size();
  }

  void b_transport(int, Payload& access, sc_core::sc_time& delay) {
    const std::uint64_t address = access.get_address();
    const std::size_t window = enter(access);
    if (window == windows_.size()) return;
    out[window]->b_transport(access, delay);
    access.set_address(address);
  }

  tlm::tlm_sync_enum nb_transport_fw(int from, Payload& access, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) {
      const std::uint64_t address = access.get_address();
      const std::size_t window = enter(access);
      if (window == windows_.size()) return tlm::TLM_COMPLETED;
      pending_[&access] = {static_cast<std::size_t>(from), window, address};
    }
    const auto route = pending_.find(&access);
    if (route == pending_.end()) return tlm::TLM_COMPLETED;
    const bool last = phase == tlm::END_RESP;
    const std::size_t window = route->second.window;
    if (last) pending_.erase(route);
    const tlm::tlm_sync_enum answer = out[window]->nb_transport_fw(access, phase, delay);
    if (!last && answer == tlm::TLM_COMPLETED) leave(access);
    return answer;
  }

  tlm::tlm_sync_enum nb_transport_bw(int, Payload& access, tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    const Route route = pending_.at(&access);
    if (phase == tlm::BEGIN_RESP) access.set_address(route.address);
    const tlm::tlm_sync_enum answer = in[route.from]->nb_transport_bw(access, phase, delay);
    if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP)) {
      pending_.erase(&access);
    }
    return answer;
  }

  void leave(Payload& access) {
    access.set_address(pending_.at(&access).address);
    pending_.erase(&access);
  }

  bool get_direct_mem_ptr(int, Payload& access, tlm::tlm_dmi& dmi) {
    const std::uint64_t address = access.get_address();
    const std::size_t window = enter(access);
    if (window == windows_.size()) return false;
    const bool granted = out[window]->get_direct_mem_ptr(access, dmi);
    access.set_address(address);
    const Window& w = windows_[window];
    dmi.set_start_address(w.base + dmi.get_start_address());
    dmi.set_end_address(w.base + std::min<std::uint64_t>(dmi.get_end_address(), w.size - 1));
    return granted;
  }

  unsigned transport_dbg(int, Payload& access) {
    const std::uint64_t address = access.get_address();
    const std::size_t window = enter(access);
    if (window == windows_.size()) return 0;
    const unsigned bytes = out[window]->transport_dbg(access);
    access.set_address(address);
    return bytes;
  }

  void invalidate_direct_mem_ptr(int window, sc_dt::uint64 first, sc_dt::uint64 last) {
    const Window& w = windows_[static_cast<std::size_t>(window)];
    const std::uint64_t end = w.base + std::min<std::uint64_t>(last, w.size - 1);
    for (auto& socket : in) socket->invalidate_direct_mem_ptr(w.base + first, end);
  }

  struct Route {
    std::size_t from;
    std::size_t window;
    std::uint64_t address;
  };

  std::vector<Window> windows_;
  std::map<Payload*, Route> pending_;  ///< non-blocking transactions on their way
};

}  // namespace foreign
