#include "components/scripted_initiator.h"

#include <cstring>

namespace dmavp::tb {

ScriptedInitiator::ScriptedInitiator(const sc_core::sc_module_name& name, Body body)
    : sc_module(name), socket("socket"), body_(std::move(body)) {
  socket.register_nb_transport_bw(this, &ScriptedInitiator::nb_transport_bw);
  socket.register_invalidate_direct_mem_ptr(this, &ScriptedInitiator::invalidate_direct_mem_ptr);
  SC_THREAD(run);
}

void ScriptedInitiator::run() {
  if (body_) body_(*this);
}

Outcome ScriptedInitiator::transport(tlm::tlm_command command, std::uint64_t address, Bytes data,
                                     Bytes enables, unsigned streaming_width, sc_core::sc_time delay,
                                     AxiExtension* axi) {
  tlm::tlm_generic_payload access;
  const auto length = static_cast<unsigned>(data.size());
  access.set_command(command);
  access.set_address(address);
  access.set_data_ptr(data.data());
  access.set_data_length(length);
  access.set_streaming_width(streaming_width == 0 ? length : streaming_width);
  if (!enables.empty()) {
    access.set_byte_enable_ptr(enables.data());
    access.set_byte_enable_length(static_cast<unsigned>(enables.size()));
  }
  if (axi != nullptr) access.set_extension(axi);
  const sc_core::sc_time offset = delay;
  socket->b_transport(access, delay);
  if (axi != nullptr) access.clear_extension(axi);
  return {access.get_response_status(), delay - offset, std::move(data)};
}

Outcome ScriptedInitiator::read(std::uint64_t address, unsigned bytes, unsigned streaming_width,
                                sc_core::sc_time delay) {
  return transport(tlm::TLM_READ_COMMAND, address, Bytes(bytes), {}, streaming_width, delay, nullptr);
}

Outcome ScriptedInitiator::write(std::uint64_t address, Bytes data, unsigned streaming_width,
                                 sc_core::sc_time delay) {
  return transport(tlm::TLM_WRITE_COMMAND, address, std::move(data), {}, streaming_width, delay, nullptr);
}

Outcome ScriptedInitiator::read_enabled(std::uint64_t address, Bytes preset, Bytes enables) {
  return transport(tlm::TLM_READ_COMMAND, address, std::move(preset), std::move(enables), 0,
                   sc_core::SC_ZERO_TIME, nullptr);
}

Outcome ScriptedInitiator::write_enabled(std::uint64_t address, Bytes data, Bytes enables) {
  return transport(tlm::TLM_WRITE_COMMAND, address, std::move(data), std::move(enables), 0,
                   sc_core::SC_ZERO_TIME, nullptr);
}

Outcome ScriptedInitiator::probe(std::uint64_t address, bool write) {
  AxiExtension axi;
  axi.probe_write = write;
  return transport(tlm::TLM_IGNORE_COMMAND, address, {}, {}, 0, sc_core::SC_ZERO_TIME, &axi);
}

bool ScriptedInitiator::direct(std::uint64_t address, tlm::tlm_command command, tlm::tlm_dmi& dmi) {
  tlm::tlm_generic_payload access;
  access.set_command(command);
  access.set_address(address);
  return socket->get_direct_mem_ptr(access, dmi);
}

Bytes ScriptedInitiator::debug_read(std::uint64_t address, unsigned bytes) {
  Bytes data(bytes);
  tlm::tlm_generic_payload access;
  access.set_read();
  access.set_address(address);
  access.set_data_ptr(data.data());
  access.set_data_length(bytes);
  access.set_streaming_width(bytes);
  data.resize(socket->transport_dbg(access));
  return data;
}

unsigned ScriptedInitiator::debug_write(std::uint64_t address, Bytes data) {
  tlm::tlm_generic_payload access;
  access.set_write();
  access.set_address(address);
  access.set_data_ptr(data.data());
  access.set_data_length(static_cast<unsigned>(data.size()));
  access.set_streaming_width(static_cast<unsigned>(data.size()));
  return socket->transport_dbg(access);
}

std::uint32_t ScriptedInitiator::read32(std::uint64_t address, Outcome* outcome) {
  Outcome result = read(address, 4);
  std::uint32_t value = 0;
  std::memcpy(&value, result.data.data(), 4);
  if (outcome != nullptr) *outcome = std::move(result);
  return value;
}

Outcome ScriptedInitiator::write32(std::uint64_t address, std::uint32_t value, sc_core::sc_time delay) {
  Bytes data(4);
  std::memcpy(data.data(), &value, 4);
  return write(address, std::move(data), 0, delay);
}

tlm::tlm_sync_enum ScriptedInitiator::nb_transport_bw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                                      sc_core::sc_time& delay) {
  if (on_backward) return on_backward(access, phase, delay);
  return phase == tlm::BEGIN_RESP ? tlm::TLM_COMPLETED : tlm::TLM_ACCEPTED;
}

void ScriptedInitiator::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  invalidated.emplace_back(first, last);
}

ScriptedTarget::ScriptedTarget(const sc_core::sc_module_name& name) : sc_module(name), socket("socket") {
  socket.register_b_transport(this, &ScriptedTarget::b_transport);
  socket.register_nb_transport_fw(this, &ScriptedTarget::nb_transport_fw);
  socket.register_get_direct_mem_ptr(this, &ScriptedTarget::get_direct_mem_ptr);
  socket.register_transport_dbg(this, &ScriptedTarget::transport_dbg);
}

void ScriptedTarget::b_transport(tlm::tlm_generic_payload& access, sc_core::sc_time& delay) {
  if (on_blocking) {
    on_blocking(access, delay);
  } else {
    access.set_response_status(tlm::TLM_OK_RESPONSE);
  }
}

tlm::tlm_sync_enum ScriptedTarget::nb_transport_fw(tlm::tlm_generic_payload& access, tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  if (on_forward) return on_forward(access, phase, delay);
  if (phase == tlm::BEGIN_REQ) access.set_response_status(tlm::TLM_OK_RESPONSE);
  return tlm::TLM_COMPLETED;
}

bool ScriptedTarget::get_direct_mem_ptr(tlm::tlm_generic_payload& access, tlm::tlm_dmi& dmi) {
  if (on_direct) return on_direct(access, dmi);
  dmi.set_start_address(access.get_address());
  dmi.set_end_address(access.get_address());
  return false;
}

unsigned ScriptedTarget::transport_dbg(tlm::tlm_generic_payload& access) {
  return on_debug ? on_debug(access) : 0;
}

}  // namespace dmavp::tb
