#include "memory/sram.h"

#include <algorithm>
#include <cstring>

#include "base/axi_extension.h"
#include "base/sim_time.h"

namespace dmavp {
namespace {

/// Bytes of address space an access touches: a streaming width below the length folds it.
unsigned span_of(const tlm::tlm_generic_payload& access) {
  return std::min(access.get_data_length(), access.get_streaming_width());
}

/// Why this access cannot be carried out, or TLM_OK_RESPONSE.
tlm::tlm_response_status check(const tlm::tlm_generic_payload& access, std::uint64_t size) {
  if (access.get_data_length() == 0 || access.get_streaming_width() == 0)
    return tlm::TLM_BURST_ERROR_RESPONSE;
  if (access.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  if (access.get_byte_enable_ptr() != nullptr && access.get_byte_enable_length() == 0) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  const std::uint64_t first = access.get_address();
  if (first >= size || span_of(access) > size - first) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  return tlm::TLM_OK_RESPONSE;
}

/// The general case: byte i lives at address + i % streaming width, where enabled.
void move_bytewise(const tlm::tlm_generic_payload& access, std::byte* memory) {
  auto* data = reinterpret_cast<std::byte*>(access.get_data_ptr());
  const unsigned char* enable = access.get_byte_enable_ptr();
  const unsigned width = access.get_streaming_width();
  for (unsigned i = 0; i < access.get_data_length(); ++i) {
    if (enable != nullptr && enable[i % access.get_byte_enable_length()] == TLM_BYTE_DISABLED) continue;
    std::byte& cell = memory[i % width];
    if (access.is_write()) {
      cell = data[i];
    } else {
      data[i] = cell;
    }
  }
}

}  // namespace

Sram::Sram(const sc_core::sc_module_name& name, BackingStore& store, const SramConfig& config,
           const Clock& clock)
    : sc_module(name),
      socket("socket"),
      store_(store),
      clock_(clock),
      responder_("responder", AtResponder::Perform::bind<&Sram::carry_out>(this),
                 AtResponder::Send::bind<&Sram::send_back>(this)),
      initiation_interval_(config.initiation_interval),
      write_port_(config.shared_data_port ? 0 : 1),
      port_bytes_(config.port_bytes),
      dram_(config.dram ? std::make_unique<DramTiming>(*config.dram) : nullptr),
      channel_bytes_(config.dram ? config.dram->channel_bytes : 1),
      read_latency_(from_picoseconds(clock.time_of(config.read_latency))),
      write_latency_(from_picoseconds(clock.time_of(config.write_latency))),
      allow_dmi_(config.allow_dmi) {
  socket.register_b_transport(this, &Sram::b_transport);
  socket.register_nb_transport_fw(this, &Sram::nb_transport_fw);
  socket.register_get_direct_mem_ptr(this, &Sram::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &Sram::transport_dbg);
}

/// Cycles in which the beats of a burst pass.
static Cycle beats_of(const tlm::tlm_generic_payload& access) {
  const auto* axi = access.get_extension<AxiExtension>();
  if (axi == nullptr) return 1;
  if (access.is_write() && axi->first_beat != kNever && axi->last_beat != kNever &&
      axi->last_beat >= axi->first_beat)
    return axi->last_beat - axi->first_beat + 1;
  return axi->beats;
}

/// Cycles for which a burst holds a data port.
Cycle Sram::beats_at_port(const tlm::tlm_generic_payload& access) const {
  const Cycle beats = beats_of(access);
  const auto* axi = access.get_extension<AxiExtension>();
  if (port_bytes_ == 0 || axi == nullptr || axi->beat_bytes <= port_bytes_) return beats;
  return std::max(beats, Cycle{axi->beats} * (axi->beat_bytes / port_bytes_));
}

/// When a request that arrives at `at` is answered; takes the data port for it.
sc_core::sc_time Sram::answer_time(tlm::tlm_generic_payload& access, const sc_core::sc_time& at) {
  if (dram_) return dram_answer_time(access, at);
  const Cycle beats = beats_at_port(access);
  sc_core::sc_time& free = data_free_[access.is_write() ? write_port_ : 0];
  const sc_core::sc_time first = std::max(access.is_write() ? at : at + read_latency_, free);
  free = first + from_picoseconds(clock_.time_of(std::max(beats, initiation_interval_)));
  if (access.is_write()) return first + from_picoseconds(clock_.time_of(beats - 1)) + write_latency_;
  if (auto* axi = access.get_extension<AxiExtension>(); axi != nullptr && beats > axi->beats) {
    axi->first_beat = clock_.cycle_from(to_picoseconds(first));
    axi->last_beat = axi->first_beat + beats - 1;
  }
  return first;
}

/// A master learns from the extension at which pace the beats of a read come.
sc_core::sc_time Sram::dram_answer_time(tlm::tlm_generic_payload& access, const sc_core::sc_time& at) {
  const Cycle arrival = clock_.cycle_from(to_picoseconds(at));
  const Cycle beats = beats_of(access);
  DramAccess request;
  request.arrival = latest_arrival_ = std::max(latest_arrival_, arrival);
  request.address = access.get_address();
  request.bytes = std::max(1u, access.get_data_length());
  request.write = access.is_write();
  if (request.write) {
    // The channel may be faster than the bus: it takes the data when the last of them come in time.
    const DramTimes alone{0, (request.bytes - 1) / channel_bytes_};
    request.data_from = arrival + beats - 1 > alone.last ? arrival + beats - 1 - alone.last : 0;
  }
  const DramTimes times = dram_->access(request);
  if (request.write) return from_picoseconds(clock_.time_of(times.last)) + write_latency_;
  // Beats follow one a cycle at most; the last one cannot come before its data.
  const Cycle first =
      times.last - times.first > beats - 1 ? times.first : std::max(times.first, times.last + 1 - beats);
  if (auto* axi = access.get_extension<AxiExtension>()) {
    axi->first_beat = first;
    axi->last_beat = first + std::max(beats - 1, times.last - times.first);
  }
  return from_picoseconds(clock_.time_of(first));
}

tlm::tlm_sync_enum Sram::nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                         sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) {
    responder_.ended(delay);
    return tlm::TLM_COMPLETED;
  }
  if (phase != tlm::BEGIN_REQ) return tlm::TLM_ACCEPTED;  // ignorable
  sc_core::sc_time arrival = delay;
  if (hook_ != nullptr && hook_->before(access, arrival)) {
    delay = arrival;
    return tlm::TLM_COMPLETED;
  }
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  responder_.respond(access, answer_time(access, now + arrival) - now);
  phase = tlm::END_REQ;
  return tlm::TLM_UPDATED;
}

tlm::tlm_sync_enum Sram::send_back(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                   sc_core::sc_time& delay) {
  return socket->nb_transport_bw(access, phase, delay);
}

/// The access itself, at the time of its answer.
void Sram::carry_out(tlm::tlm_generic_payload& access) {
  sc_core::sc_time unused;
  perform(access, unused);
  if (hook_ != nullptr) hook_->after(access, unused);
}

void Sram::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (hook_ == nullptr) {
    perform(access, delay);
  } else if (!hook_->before(access, delay)) {
    perform(access, delay);
    hook_->after(access, delay);
  }
}

void Sram::perform(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (access.get_command() == tlm::TLM_IGNORE_COMMAND) {
    if (const auto* axi = access.get_extension<AxiExtension>()) {
      delay += axi->probe_write ? write_latency_ : read_latency_;
    }
    access.set_response_status(tlm::TLM_OK_RESPONSE);
    return;
  }
  delay += access.is_write() ? write_latency_ : read_latency_;
  const tlm::tlm_response_status status = check(access, store_.size());
  if (status == tlm::TLM_OK_RESPONSE) {
    std::byte* memory = store_.bus_view() + access.get_address();
    const unsigned length = access.get_data_length();
    if (access.get_byte_enable_ptr() != nullptr || access.get_streaming_width() < length) {
      move_bytewise(access, memory);
    } else if (access.is_write()) {
      std::memcpy(memory, access.get_data_ptr(), length);
    } else {
      std::memcpy(access.get_data_ptr(), memory, length);
    }
    access.set_dmi_allowed(dmi_granted());
  }
  access.set_response_status(status);
}

bool Sram::get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi) {
  if (access.get_address() >= store_.size()) {
    // Nothing to say about addresses that are not here beyond the refusal itself.
    dmi.set_start_address(access.get_address());
    dmi.set_end_address(access.get_address());
    return false;
  }
  dmi.set_start_address(0);
  dmi.set_end_address(store_.size() - 1);
  if (!dmi_granted()) return false;
  dmi.set_dmi_ptr(reinterpret_cast<unsigned char*>(store_.bus_view()));
  dmi.set_read_latency(read_latency_);
  dmi.set_write_latency(write_latency_);
  dmi.allow_read_write();
  return true;
}

unsigned Sram::transport_dbg(tlm::tlm_generic_payload& access) {
  const std::uint64_t first = access.get_address();
  if (first >= store_.size() || access.get_command() == tlm::TLM_IGNORE_COMMAND) return 0;
  const auto length =
      static_cast<unsigned>(std::min<std::uint64_t>(access.get_data_length(), store_.size() - first));
  if (length == 0 || access.get_data_ptr() == nullptr) return 0;
  std::byte* memory = store_.bus_view() + first;
  if (access.is_write()) {
    std::memcpy(memory, access.get_data_ptr(), length);
  } else {
    std::memcpy(access.get_data_ptr(), memory, length);
  }
  access.set_response_status(tlm::TLM_OK_RESPONSE);
  return length;
}

void Sram::set_dmi_allowed(bool allowed) {
  const bool before = dmi_granted();
  allow_dmi_ = allowed;
  if (before && !dmi_granted()) revoke();
}

void Sram::set_fault_point(FaultPoint* hook) {
  const bool before = dmi_granted();
  hook_ = hook;
  if (before && !dmi_granted()) revoke();
}

void Sram::revoke() {
  // Before elaboration has bound the socket nothing can have been granted.
  if (socket.get_base_port().size() != 0) socket->invalidate_direct_mem_ptr(0, store_.size() - 1);
}

}  // namespace dmavp
