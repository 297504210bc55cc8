#include "dmac/axi_master.h"

#include <algorithm>
#include <utility>

#include "base/sim_time.h"

namespace dmavp::dmac {

namespace {

constexpr std::uint64_t kPage = 4096;  // no burst crosses it
constexpr std::uint64_t kEverything = ~std::uint64_t{0};

void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
             std::byte* data, unsigned bytes, unsigned streaming_width) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_streaming_width(streaming_width);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_byte_enable_length(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

}  // namespace

AxiStatus AxiMaster::to_axi(tlm::tlm_response_status response) {
  switch (response) {
    case tlm::TLM_OK_RESPONSE:
      return AxiStatus::kOkay;
    case tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return AxiStatus::kDecErr;
    default:
      return AxiStatus::kSlvErr;  // also TLM_INCOMPLETE: nobody took care of it
  }
}

AxiMaster::AxiMaster(const Clock& clock, std::vector<tlm::tlm_initiator_socket<>*> sockets)
    : clock_(clock),
      sockets_(std::move(sockets)),
      targets_(sockets_.size()),
      routes_(sockets_.size()),
      hooks_(sockets_.size()) {}

void AxiMaster::set_dmi_allowed(bool allowed) {
  if (dmi_allowed_ == allowed) return;
  dmi_allowed_ = allowed;
  forget();
}

void AxiMaster::set_fault_point(unsigned master, FaultPoint* hook) {
  hooks_.at(master) = hook;
  forget();
}

void AxiMaster::forget() {
  for (auto& directions : routes_) {
    for (Routes& routes : directions) {
      routes.regions.clear();
      routes.known.fill(false);
    }
  }
  if (listener_) listener_->paths_changed();
}

void AxiMaster::invalidate(unsigned, std::uint64_t, std::uint64_t) {
  // Rare, and a range of one master's map may be cached under another's: start afresh.
  forget();
}

Path AxiMaster::path(unsigned master, std::uint64_t address, bool write) {
  if (master >= sockets_.size()) master = 0;
  Routes& routes = routes_[master][write ? 1 : 0];
  for (const Path& region : routes.regions) {
    if (address >= region.first && address <= region.last) return region;
  }
  const auto index = static_cast<std::size_t>(address / kPage % kCached);
  if (routes.known[index] && address >= routes.pages[index].first && address <= routes.pages[index].last) {
    return routes.pages[index];
  }
  return look_up(master, address, write);
}

Path AxiMaster::look_up(unsigned master, std::uint64_t address, bool write) {
  Path found;
  found.first = address & ~(kPage - 1);
  found.last = found.first + (kPage - 1);
  bool region = false;

  if (dmi_allowed_ && (!hooks_[master] || hooks_[master]->allows_dmi())) {
    PooledPayload& payload = pool_.acquire();
    std::byte unused[4]{};
    prepare(payload, write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, address, unused, 4, 4);
    payload.axi = AxiExtension{};
    payload.axi.master = master;
    payload.axi.probe_write = write;
    tlm::tlm_dmi dmi;
    const bool granted = (*sockets_[master])->get_direct_mem_ptr(payload, dmi);
    payload.release();
    const std::uint64_t first = dmi.get_start_address();
    const std::uint64_t last = dmi.get_end_address();
    const bool covers = first <= address && address <= last && !(first == 0 && last == kEverything);
    if (granted && covers && dmi.get_dmi_ptr() && (write ? dmi.is_write_allowed() : dmi.is_read_allowed())) {
      const sc_core::sc_time latency = write ? dmi.get_write_latency() : dmi.get_read_latency();
      found = {first, last, cycles_of(latency), reinterpret_cast<std::byte*>(dmi.get_dmi_ptr())};
      routes_[master][write ? 1 : 0].regions.push_back(found);
      return found;
    }
    if (!granted && covers && last - first >= kPage - 1) {  // one target refuses for all of this range
      found.first = first;
      found.last = last;
      region = true;
    } else if (!granted && covers) {
      found.first = std::max(found.first, first);
      found.last = std::min(found.last, last);
    }
  }

  found.latency = probe(master, address, write);
  Routes& routes = routes_[master][write ? 1 : 0];  // a probe may have invalidated everything: look again
  if (region) {
    routes.regions.push_back(found);
  } else {
    const auto index = static_cast<std::size_t>(address / kPage % kCached);
    routes.pages[index] = found;
    routes.known[index] = true;
  }
  return found;
}

// Where a cycle is no whole number of picoseconds, each part of a path is given rounded up. What these
// roundings add up to must not count as a cycle of its own.
Cycle AxiMaster::cycles_of(const sc_core::sc_time& latency) const {
  constexpr Picoseconds kRoundings = 16;  // one a part
  const Picoseconds slack = std::min(kRoundings, clock_.time_of(1) / 2);
  const Picoseconds time = to_picoseconds(latency);
  return clock_.cycle_from(time - std::min(time, slack));
}

Cycle AxiMaster::probe(unsigned master, std::uint64_t address, bool write) {
  PooledPayload& payload = pool_.acquire();
  std::byte unused[4]{};
  prepare(payload, tlm::TLM_IGNORE_COMMAND, address & ~std::uint64_t{3}, unused, 4, 4);
  payload.axi = AxiExtension{};
  payload.axi.master = master;
  payload.axi.probe_write = write;
  payload.axi.beat_bytes = 4;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  (*sockets_[master])->b_transport(payload, delay);
  const bool decoded = payload.get_response_status() != tlm::TLM_ADDRESS_ERROR_RESPONSE;
  payload.release();
  return decoded ? cycles_of(delay) : 0;
}

tlm::tlm_fw_transport_if<>& AxiMaster::target(unsigned master) {
  tlm::tlm_fw_transport_if<>*& target = targets_[master];
  if (!target) target = sockets_[master]->operator->();
  return *target;
}

void AxiMaster::prepare_burst(PooledPayload& payload, const Burst& burst, std::byte* data) const {
  // In a FIXED burst every beat goes to the same address.
  const unsigned streaming = burst.fixed && burst.beat_bytes < burst.bytes ? burst.beat_bytes : burst.bytes;
  prepare(payload, burst.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND, burst.address, data,
          burst.bytes, streaming);
  AxiExtension& axi = payload.axi;
  axi.master = burst.master < sockets_.size() ? burst.master : 0;
  axi.channel = burst.channel;
  axi.kind = burst.kind;
  axi.axi_id = burst.axi_id;
  axi.qos = burst.qos;
  axi.fixed = burst.fixed;
  axi.probe_write = false;
  axi.beats = burst.beats;
  axi.beat_bytes = burst.beat_bytes;
}

AxiStatus AxiMaster::commit(const Burst& burst, const BurstTimes& times, std::byte* data) {
  const unsigned master = burst.master < sockets_.size() ? burst.master : 0;
  // Kept from burst to burst, unless a target holds on to it or a commit comes from within a commit.
  PooledPayload& payload = spare_ ? *std::exchange(spare_, nullptr) : pool_.acquire();
  prepare_burst(payload, burst, data);
  AxiExtension& axi = payload.axi;
  axi.accepted = times.accepted;
  axi.first_beat = times.first_beat;
  axi.last_beat = times.last_beat;

  // The access takes effect when the engine commits it: a read at its last beat, a write at its response.
  // Work done late within a granule takes effect now.
  const Picoseconds due = clock_.time_of(burst.write ? times.response : times.last_beat);
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  sc_core::sc_time delay =
      due != kNever && due > now ? from_picoseconds(due - now) : sc_core::sc_time(sc_core::SC_ZERO_TIME);
  if (FaultPoint* hook = hooks_[master]; !hook) {
    target(master).b_transport(payload, delay);
  } else if (!hook->before(payload, delay)) {
    target(master).b_transport(payload, delay);
    hook->after(payload, delay);
  }
  const AxiStatus status = to_axi(payload.get_response_status());
  if (!spare_ && payload.get_ref_count() == 1) {
    payload.reset();  // drops auto extensions of whoever borrowed it
    spare_ = &payload;
  } else {
    payload.release();
  }
  return status;
}

void AxiMaster::request(std::uint32_t, const Burst&, Cycle, std::byte*) {
  // An immediate port is never asked (axi_port.h).
}

}  // namespace dmavp::dmac
