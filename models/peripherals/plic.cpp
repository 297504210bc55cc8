#include "peripherals/plic.h"

#include <algorithm>
#include <cstring>

#include "base/sim_time.h"

namespace dmavp {
Plic::Plic(const sc_core::sc_module_name& name, const PlicConfig& config, const Clock& clock)
    : sc_module(name),
      socket("socket"),
      source("source", PlicCore(config.ndev, config.contexts).ndev() + 1),
      context("context", config.contexts),
      core_(config.ndev, config.contexts),
      access_latency_(from_picoseconds(clock.time_of(config.access_latency))),
      planned_(config.contexts, false) {
  socket.register_b_transport(this, &Plic::b_transport);
  socket.register_transport_dbg(this, &Plic::transport_dbg);
  SC_METHOD(drive_outputs);
  sensitive << due_;
  dont_initialize();
}

void Plic::end_of_elaboration() {
  for (unsigned number = 1; number <= core_.ndev(); ++number) {
    if (source[number].size() == 0) continue;
    sc_core::sc_spawn_options options;
    options.spawn_method();
    options.set_sensitivity(&source[number]->value_changed_event());
    sc_core::sc_spawn([this, number] { source_changed(number); },
                      sc_core::sc_gen_unique_name("source_changed"), &options);
  }
}

void Plic::source_changed(unsigned number) {
  core_.set_source(number, source[number]->read());
  schedule_outputs(sc_core::sc_time_stamp());
}

void Plic::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  access.set_response_status(perform(access, delay));
  delay += access_latency_;
}

tlm::tlm_response_status Plic::perform(tlm::tlm_generic_payload& access, const sc_core::sc_time& delay) {
  if (access.get_command() == tlm::TLM_IGNORE_COMMAND) return tlm::TLM_OK_RESPONSE;
  if (access.get_data_length() != 4 || access.get_streaming_width() < 4) return tlm::TLM_BURST_ERROR_RESPONSE;
  if (access.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (access.get_data_ptr() == nullptr) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  const std::uint64_t offset = access.get_address();
  if (offset % 4 != 0 || offset >= PlicCore::kWindow) return tlm::TLM_ADDRESS_ERROR_RESPONSE;

  std::uint32_t value = 0;
  if (access.is_write()) {
    std::memcpy(&value, access.get_data_ptr(), 4);
    core_.write(offset, value);
  } else {
    value = core_.read(offset);
    std::memcpy(access.get_data_ptr(), &value, 4);
  }
  const sc_core::sc_time at = sc_core::sc_time_stamp() + delay;
  if (access_observer_ != nullptr) {
    access_observer_->register_access({{basename()},
                                       to_picoseconds(at),
                                       offset,
                                       value,
                                       4,
                                       access.is_write(),
                                       PlicCore::name(core_.locate(offset).reg)});
  }
  schedule_outputs(at);
  return tlm::TLM_OK_RESPONSE;
}

unsigned Plic::transport_dbg(tlm::tlm_generic_payload& access) {
  const std::uint64_t offset = access.get_address();
  if (!access.is_read() || access.get_data_ptr() == nullptr || offset >= PlicCore::kWindow) return 0;
  const auto length =
      static_cast<unsigned>(std::min<std::uint64_t>(access.get_data_length(), PlicCore::kWindow - offset));
  for (unsigned i = 0; i < length; ++i) {
    const std::uint32_t word = core_.peek((offset + i) & ~std::uint64_t{3});
    access.get_data_ptr()[i] = static_cast<unsigned char>(word >> (8 * ((offset + i) % 4)));
  }
  return length;
}

/// Plans what the outputs have to do at `at`. An access may run ahead of a source that changes meanwhile, so
/// that its time is behind that of a change already planned for the same context: the later time holds then.
void Plic::schedule_outputs(const sc_core::sc_time& at) {
  for (unsigned c = 0; c < core_.contexts(); ++c) {
    const bool level = core_.notified(c);
    if (level == planned_[c]) continue;
    planned_[c] = level;
    sc_core::sc_time time = at;
    for (const Change& change : changes_) {
      if (change.context == c) time = std::max(time, change.time);
    }
    const auto behind = std::find_if(changes_.begin(), changes_.end(),
                                     [&](const Change& change) { return change.time > time; });
    changes_.insert(behind, {time, c, level});
    due_.notify(time - sc_core::sc_time_stamp());
  }
}

void Plic::drive_outputs() {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  std::size_t done = 0;
  for (; done < changes_.size() && changes_[done].time <= now; ++done) {
    const Change& change = changes_[done];
    if (context[change.context].size() != 0) context[change.context]->write(change.level);
    if (interrupt_observer_ != nullptr) {
      interrupt_observer_->interrupt(
          {{basename()}, to_picoseconds(change.time), change.context, change.level});
    }
  }
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(done));
  if (!changes_.empty()) due_.notify(changes_.front().time - now);
}

}  // namespace dmavp
