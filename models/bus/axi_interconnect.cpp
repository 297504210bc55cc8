#include "bus/axi_interconnect.h"

#include <algorithm>
#include <stdexcept>

#include "base/sim_time.h"

namespace dmavp {
AxiInterconnect::AxiInterconnect(const sc_core::sc_module_name& name, const InterconnectConfig& config,
                                 const Clock& clock)
    : sc_module(name),
      in("in", config.masters),
      out("out", config.regions.size()),
      queue_requests_(config.queue_requests),
      target_limit_(config.queue_requests ? config.target_limit : 0),
      arriving_masters_(config.arriving_masters),
      request_latency_(from_picoseconds(clock.time_of(config.request_latency))),
      response_latency_(from_picoseconds(clock.time_of(config.response_latency))),
      masters_(config.masters),
      targets_(config.regions.size()) {
  if (config.masters == 0) throw std::invalid_argument("interconnect: at least one master is needed");
  if (config.regions.empty()) throw std::invalid_argument("interconnect: at least one region is needed");
  SC_METHOD(retry);
  sensitive << retry_;
  dont_initialize();
  for (unsigned m = 0; m < config.masters; ++m) {
    const int tag = static_cast<int>(m);
    in[m].register_b_transport(this, &AxiInterconnect::b_transport, tag);
    in[m].register_nb_transport_fw(this, &AxiInterconnect::nb_transport_fw, tag);
    in[m].register_get_direct_mem_ptr(this, &AxiInterconnect::get_direct_mem_ptr, tag);
    in[m].register_transport_dbg(this, &AxiInterconnect::transport_dbg, tag);
  }
  for (unsigned r = 0; r < config.regions.size(); ++r) {
    const BusRegion& region = config.regions[r];
    map_.add(region.name, region.base, region.size);
    targets_[r].offset = region.absolute ? 0 : region.base;
    if (target_limit_ != 0) {
      std::vector<unsigned> weights = config.weights;
      if (weights.empty()) weights.assign(config.masters, 1);
      if (weights.size() != config.masters)
        throw std::invalid_argument("interconnect: " + std::to_string(weights.size()) + " weights for " +
                                    std::to_string(config.masters) + " masters");
      targets_[r].arbiter = std::make_unique<BusArbiter>(config.arbitration, weights);
      targets_[r].queues.resize(config.masters);
    }
    const int tag = static_cast<int>(r);
    out[r].register_nb_transport_bw(this, &AxiInterconnect::nb_transport_bw, tag);
    out[r].register_invalidate_direct_mem_ptr(this, &AxiInterconnect::invalidate_direct_mem_ptr, tag);
  }
}

// --- blocking transport
// --------------------------------------------------------------------------------------

unsigned AxiInterconnect::decode(Master& port, const Payload& access) const {
  unsigned span = std::min(access.get_data_length(), access.get_streaming_width());
  if (span == 0) span = 1;  // malformed, or a probe without length: the target judges
  return map_.find_span(access.get_address(), span, port.hint);
}

void AxiInterconnect::count(Master& port, const Payload& access) {
  BusPortStatistics& s = port.statistics;
  if (access.is_read()) {
    ++s.reads;
    s.bytes_read += access.get_data_length();
  } else if (access.is_write()) {
    ++s.writes;
    s.bytes_written += access.get_data_length();
  }
}

void AxiInterconnect::b_transport(int master, Payload& access, sc_core::sc_time& delay) {
  Master& port = masters_[static_cast<std::size_t>(master)];
  if (port.hook != nullptr && port.hook->before(access, delay)) return;
  const sc_core::sc_time& way =
      static_cast<unsigned>(master) < arriving_masters_ ? sc_core::SC_ZERO_TIME : request_latency_;
  const unsigned region = decode(port, access);
  if (region == AddressMap::kNone) {
    ++port.statistics.decode_errors;
    delay += way + response_latency_;
    access.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
  } else {
    count(port, access);
    routed_b_transport(region, access, delay, way);
  }
  if (port.hook != nullptr) port.hook->after(access, delay);
}

void AxiInterconnect::routed_b_transport(unsigned region, Payload& access, sc_core::sc_time& delay,
                                         const sc_core::sc_time& way) {
  const Target& target = targets_[region];
  const sc_dt::uint64 address = access.get_address();
  access.set_address(address - target.offset);
  delay += way;
  if (target.hook == nullptr) {
    out[region]->b_transport(access, delay);
  } else if (!target.hook->before(access, delay)) {
    out[region]->b_transport(access, delay);
    target.hook->after(access, delay);
  }
  delay += response_latency_;
  access.set_address(address);
}

// --- direct memory and debug
// ---------------------------------------------------------------------------------

bool AxiInterconnect::get_direct_mem_ptr(int master, Payload& access, tlm::tlm_dmi& dmi) {
  Master& port = masters_[static_cast<std::size_t>(master)];
  const sc_dt::uint64 address = access.get_address();
  const unsigned region = map_.find(address, port.hint);
  if (region == AddressMap::kNone) {
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  const Target& target = targets_[region];
  const AddressRange& range = map_[region];
  access.set_address(address - target.offset);
  bool granted = out[region]->get_direct_mem_ptr(access, dmi);
  access.set_address(address);

  // The target's range as bus addresses, cut to the region; the pointer moves with the start.
  const sc_dt::uint64 lowest = range.first - target.offset;
  const sc_dt::uint64 highest = range.last - target.offset;
  if (dmi.get_start_address() < lowest) {
    if (granted) dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (lowest - dmi.get_start_address()));
    dmi.set_start_address(lowest);
  }
  dmi.set_end_address(std::min<sc_dt::uint64>(dmi.get_end_address(), highest));
  dmi.set_start_address(dmi.get_start_address() + target.offset);
  dmi.set_end_address(dmi.get_end_address() + target.offset);
  for (const FaultPoint* hook : {port.hook, target.hook}) {
    if (hook != nullptr && !hook->allows_dmi()) granted = false;
  }
  if (!granted) {
    dmi.allow_none();
    return false;
  }
  dmi.set_read_latency(dmi.get_read_latency() + request_latency_ + response_latency_);
  dmi.set_write_latency(dmi.get_write_latency() + request_latency_ + response_latency_);
  return true;
}

unsigned AxiInterconnect::transport_dbg(int master, Payload& access) {
  unsigned& hint = masters_[static_cast<std::size_t>(master)].hint;
  const sc_dt::uint64 address = access.get_address();
  const unsigned length = access.get_data_length();
  unsigned char* data = access.get_data_ptr();
  unsigned done = 0;
  while (done < length) {
    const sc_dt::uint64 at = address + done;
    const unsigned region = map_.find(at, hint);
    if (region == AddressMap::kNone || at < address) break;
    const sc_dt::uint64 room = map_[region].last - at;  // bytes behind the first
    const unsigned part = room < length - done - 1 ? static_cast<unsigned>(room) + 1 : length - done;
    access.set_address(at - targets_[region].offset);
    access.set_data_ptr(data + done);
    access.set_data_length(part);
    const unsigned moved = out[region]->transport_dbg(access);
    done += moved;
    if (moved < part) break;
  }
  access.set_address(address);
  access.set_data_ptr(data);
  access.set_data_length(length);
  return done;
}

void AxiInterconnect::invalidate_direct_mem_ptr(int region, sc_dt::uint64 first, sc_dt::uint64 last) {
  const auto index = static_cast<std::size_t>(region);
  const sc_dt::uint64 offset = targets_[index].offset;
  const AddressRange& range = map_[index];
  const sc_dt::uint64 lowest = range.first - offset;
  const sc_dt::uint64 highest = range.last - offset;
  if (last < lowest || first > highest) return;
  const sc_dt::uint64 from = std::max(first, lowest) + offset;
  const sc_dt::uint64 to = std::min(last, highest) + offset;
  for (auto& socket : in) socket->invalidate_direct_mem_ptr(from, to);
}

void AxiInterconnect::set_master_fault_point(unsigned master, FaultPoint* hook) {
  masters_.at(master).hook = hook;
  if (hook == nullptr || hook->allows_dmi() || in[master].get_base_port().size() == 0) return;
  in[master]->invalidate_direct_mem_ptr(0, ~sc_dt::uint64{0});
}

void AxiInterconnect::set_region_fault_point(unsigned region, FaultPoint* hook) {
  targets_.at(region).hook = hook;
  if (hook == nullptr || hook->allows_dmi() || in[0].get_base_port().size() == 0) return;
  for (auto& socket : in) socket->invalidate_direct_mem_ptr(map_[region].first, map_[region].last);
}

}  // namespace dmavp
