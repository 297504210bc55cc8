// RAM, peripherals and decoder of the bench. Only rig.cpp needs it.
#pragma once

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include "base/axi_extension.h"
#include "memory/at_responder.h"
#include "registers/handshake_module.h"
#include "registers/rig.h"

namespace dmavp::tb {

inline constexpr u64 kRegisterWindow = 0x4000;

inline std::string hex(u64 value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

inline sc_core::sc_time at(Picoseconds ps) { return sc_core::sc_time::from_value(ps); }  // resolution is 1 ps

struct Fabric;

/// A port of the fabric in the timed mode: takes requests at once and carries each out when it is answered.
class TimedPort {
 public:
  TimedPort(Fabric& fabric, int port, const std::string& name);
  tlm::tlm_sync_enum forward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase, sc_core::sc_time& delay);

 private:
  void carry_out(tlm::tlm_generic_payload& p);
  tlm::tlm_sync_enum send(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase, sc_core::sc_time& delay);

  Fabric& fabric_;
  const int port_;
  AtResponder responder_;
};

/// RAM and decoder of the bench. Ports 0.. are the controller's masters; the register driver uses its own.
struct Fabric : sc_core::sc_module {
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Fabric>> in;
  tlm_utils::simple_initiator_socket<Fabric> registers{"registers"};
  const RigOptions& options;
  Clock clock;
  Image ram;
  std::vector<ErrorRange> errors;
  bool dmi;
  bool record = true;
  std::function<void(const BusAccess&)> hook;
  std::vector<BusAccess> accesses;
  std::vector<std::string> violations;
  u64 strays = 0;
  std::vector<Device*> devices;
  std::vector<std::unique_ptr<HandshakeModule>> handshakes;
  std::vector<std::unique_ptr<TimedPort>> timed;

  Fabric(sc_core::sc_module_name name, const RigOptions& o)
      : sc_module(name),
        in("in", o.parameters.num_masters),
        options(o),
        clock(o.clock_hz),
        ram(o.ram_base - o.guard_bytes, o.ram_bytes + 2 * o.guard_bytes),
        dmi(o.dmi) {
    for (unsigned i = 0; i < in.size(); ++i) {
      in[i].register_b_transport(this, &Fabric::b_transport, static_cast<int>(i));
      in[i].register_get_direct_mem_ptr(this, &Fabric::get_direct_mem_ptr, static_cast<int>(i));
      in[i].register_transport_dbg(this, &Fabric::transport_dbg, static_cast<int>(i));
      in[i].register_nb_transport_fw(this, &Fabric::nb_transport_fw, static_cast<int>(i));
      timed.push_back(std::make_unique<TimedPort>(*this, static_cast<int>(i), "timed" + std::to_string(i)));
    }
  }

  void violation(const std::string& text) {
    if (violations.size() < 20) violations.push_back(text);
  }

  /// RAM answers there: the image less its guards.
  bool in_ram(u64 address, u64 bytes = 1) const {
    return address >= options.ram_base && ram.contains(address, bytes + options.guard_bytes);
  }

  bool in_registers(u64 address) const {
    return address >= options.registers_base && address < options.registers_base + kRegisterWindow;
  }

  /// The interface whose peripheral answers at an address; past the end for none.
  static u64 interface_at(u64 address) {
    using reference::Peripheral;
    return address < Peripheral::kWindows ? ~u64{0}
                                          : (address - Peripheral::kWindows) / Peripheral::kWindowBytes;
  }

  const ErrorRange* error(u64 first, u64 last, bool write) const {
    for (const ErrorRange& e : errors)
      if ((write ? e.on_write : e.on_read) && e.first <= last && e.last >= first) return &e;
    return nullptr;
  }

  void check(const tlm::tlm_generic_payload& p, const AxiExtension& x, int port) {
    const u64 a = p.get_address(), n = p.get_data_length();
    const std::string where = " at " + hex(a) + "+" + std::to_string(n);
    if (n == 0) violation("empty burst" + where);
    if (p.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE) violation("response preset" + where);
    if (p.get_streaming_width() == 0) violation("streaming width 0" + where);
    if (x.master != static_cast<unsigned>(port)) violation("wrong master number" + where);
    if (x.beats == 0 || x.beats > options.parameters.max_burst_len)
      violation("illegal number of beats" + where);
    if (x.beat_bytes > options.parameters.data_width_bytes) violation("beat wider than the bus" + where);
    if (x.fixed != (p.get_streaming_width() < n) && n > x.beat_bytes)
      violation("FIXED without streaming" + where);
    if (!x.fixed && n != 0 && (a >> 12) != ((a + n - 1) >> 12)) violation("burst crosses 4 KiB" + where);
    if (n > u64{x.beats} * x.beat_bytes)
      violation("more bytes than beats (" + std::to_string(x.beats) + " x " + std::to_string(x.beat_bytes) +
                ")" + where);
  }

  void b_transport(int port, tlm::tlm_generic_payload& p, sc_core::sc_time& delay) {
    AxiExtension* x = nullptr;
    p.get_extension(x);
    const u64 address = p.get_address();
    const bool ignore = p.get_command() == tlm::TLM_IGNORE_COMMAND;
    const bool write = ignore ? (x && x->probe_write) : p.is_write();
    if (!x) {
      violation("burst without AXI attributes at " + hex(address));
    } else if (!ignore) {
      check(p, *x, port);
    }
    const u64 span = std::min<u64>(p.get_streaming_width(), p.get_data_length());
    BusAccess seen;
    if (x && !ignore) {
      seen = {address,  p.get_data_length(), write,       p.get_streaming_width(), x->master,    x->channel,
              x->beats, x->beat_bytes,       x->accepted, x->first_beat,           x->last_beat, true};
      if (hook) hook(seen);
    }
    if (ignore && in_devices(address)) {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      p.set_response_status(tlm::TLM_OK_RESPONSE);
    } else if (in_devices(address) && !error(address, address + span - 1, write)) {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      device_access(p, static_cast<unsigned>((address - kDevices) / kDevicePage), write);
    } else if (in_registers(address)) {
      p.set_address(address - options.registers_base);
      registers->b_transport(p, delay);
      p.set_address(address);
    } else {
      delay += at(clock.time_of(write ? options.write_latency : options.read_latency));
      transfer(p, address, span, write, ignore);
    }
    seen.okay = p.is_response_ok();
    if (!ignore && record) accesses.push_back(seen);
  }

  tlm::tlm_sync_enum nb_transport_fw(int port, tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    return timed[static_cast<std::size_t>(port)]->forward(p, phase, delay);
  }

  bool in_devices(u64 address) const {
    return address >= kDevices && (address - kDevices) / kDevicePage < devices.size();
  }

  void device_access(tlm::tlm_generic_payload& p, unsigned interface, bool write) {
    Device& d = *devices[interface];
    const u32 n = p.get_data_length();
    if (n > d.ready) d.misused = true;
    d.ready -= std::min<u64>(n, d.ready);
    d.open += n;
    for (u32 i = 0; i < n; ++i) {
      u8& byte = p.get_data_ptr()[i];
      if (!write) byte = Device::stream(interface, d.data.size());
      d.data.push_back(byte);
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  void transfer(tlm::tlm_generic_payload& p, u64 address, u64 span, bool write, bool ignore) {
    if (ignore) {
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    }
    if (const u64 n = interface_at(address); n < handshakes.size() && handshakes[n]->fifo) {
      if (!handshakes[n]->access(write, p.get_data_ptr(), p.get_data_length()))
        violation("peripheral " + std::to_string(n) + (write ? " overrun" : " underrun"));
      p.set_response_status(tlm::TLM_OK_RESPONSE);
      return;
    }
    if (!in_ram(address, span)) {
      ++strays;
      p.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    if (const ErrorRange* e = error(address, address + span - 1, write)) {
      p.set_response_status(e->decode ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE);
      return;
    }
    for (u64 i = 0; i < p.get_data_length(); ++i) {
      if (p.get_byte_enable_ptr() && !p.get_byte_enable_ptr()[i % p.get_byte_enable_length()]) continue;
      u8& host = ram[address + i % span];
      if (write) {
        host = p.get_data_ptr()[i];
      } else {
        p.get_data_ptr()[i] = host;
      }
    }
    p.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  bool get_direct_mem_ptr(int, tlm::tlm_generic_payload& p, tlm::tlm_dmi& grant) {
    const u64 address = p.get_address();
    u64 first = options.ram_base, last = first + options.ram_bytes - 1;
    bool allowed = dmi && in_ram(address);
    if (in_registers(address)) {
      first = options.registers_base;
      last = first + kRegisterWindow - 1;
    } else if (in_devices(address)) {
      first = address / kDevicePage * kDevicePage;
      last = first + kDevicePage - 1;
    } else if (!in_ram(address)) {
      first = last = address;  // a peripheral, or nothing
    }
    for (const ErrorRange& e : errors) {
      if (e.first <= address && address <= e.last) {
        allowed = false;
        first = std::max(first, e.first);
        last = std::min(last, e.last);
      } else if (e.last < address) {
        first = std::max(first, e.last + 1);
      } else {
        last = std::min(last, e.first - 1);
      }
    }
    grant.init();
    grant.set_start_address(first);
    grant.set_end_address(last);
    if (!allowed) {
      grant.allow_none();
      return false;
    }
    grant.set_dmi_ptr(ram.data() + (first - ram.base()));
    grant.allow_read_write();
    grant.set_read_latency(at(clock.time_of(options.read_latency)));
    grant.set_write_latency(at(clock.time_of(options.write_latency)));
    return true;
  }

  unsigned transport_dbg(int, tlm::tlm_generic_payload& p) {
    const u64 address = p.get_address();
    u64 n = p.get_data_length();
    if (!ram.contains(address)) return 0;
    n = std::min(n, ram.end() - address);
    for (u64 i = 0; i < n; ++i) {
      if (p.is_write()) {
        ram[address + i] = p.get_data_ptr()[i];
      } else {
        p.get_data_ptr()[i] = ram[address + i];
      }
    }
    return static_cast<unsigned>(n);
  }

  void invalidate() {
    for (auto& socket : in) socket->invalidate_direct_mem_ptr(0, ~sc_dt::uint64{0});
  }
};

inline TimedPort::TimedPort(Fabric& fabric, int port, const std::string& name)
    : fabric_(fabric),
      port_(port),
      responder_(name.c_str(), AtResponder::Perform::bind<&TimedPort::carry_out>(this),
                 AtResponder::Send::bind<&TimedPort::send>(this)) {}

/// The first beat of a read, or the response to a write, comes a latency after the request or the last beat.
inline tlm::tlm_sync_enum TimedPort::forward(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                                             sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) {
    responder_.ended(delay);
    return tlm::TLM_COMPLETED;
  }
  const auto* x = p.get_extension<AxiExtension>();
  sc_core::sc_time answer = delay;
  Cycle latency = fabric_.options.read_latency;
  if (p.is_write())
    latency =
        fabric_.options.write_latency + (x && x->last_beat != kNever ? x->last_beat - x->first_beat : 0);
  responder_.respond(p, answer + at(fabric_.clock.time_of(latency)));
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

inline void TimedPort::carry_out(tlm::tlm_generic_payload& p) {
  sc_core::sc_time unused;
  fabric_.b_transport(port_, p, unused);
}

inline tlm::tlm_sync_enum TimedPort::send(tlm::tlm_generic_payload& p, tlm::tlm_phase& phase,
                                          sc_core::sc_time& delay) {
  return fabric_.in[static_cast<unsigned>(port_)]->nb_transport_bw(p, phase, delay);
}

}  // namespace dmavp::tb
