#include "processors.h"

#include <cstring>

namespace foreign {
namespace {

const sc_core::sc_time kInstruction(1, sc_core::SC_NS);

void prepare(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address, void* data,
             unsigned bytes) {
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(static_cast<unsigned char*>(data));
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
}

void check(const tlm::tlm_generic_payload& payload) {
  if (!payload.is_response_ok()) SC_REPORT_ERROR("foreign", payload.get_response_string().c_str());
}

}  // namespace

// --- decoupled ---

DecoupledProcessor::DecoupledProcessor(const sc_core::sc_module_name& name, unsigned number)
    : Processor(name, number) {
  tlm_utils::tlm_quantumkeeper::set_global_quantum(sc_core::sc_time(10, sc_core::SC_US));
  keeper_.reset();
}

void DecoupledProcessor::access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
  tlm::tlm_generic_payload payload;
  prepare(payload, command, address, data, bytes);
  sc_core::sc_time delay = keeper_.get_local_time() + kInstruction;
  socket->b_transport(payload, delay);
  check(payload);
  keeper_.set(delay);
  if (keeper_.need_sync()) keeper_.sync();
}

// --- direct ---

DirectProcessor::DirectProcessor(const sc_core::sc_module_name& name, unsigned number)
    : Processor(name, number) {
  socket.register_invalidate_direct_mem_ptr(this, &DirectProcessor::invalidate);
}

unsigned char* DirectProcessor::direct(std::uint64_t address, unsigned bytes) {
  if (!granted_ && address >= kRamBase) {
    tlm::tlm_generic_payload payload;
    prepare(payload, tlm::TLM_READ_COMMAND, address, nullptr, 0);
    granted_ = socket->get_direct_mem_ptr(payload, dmi_) && dmi_.is_read_write_allowed();
  }
  const bool inside =
      granted_ && address >= dmi_.get_start_address() && address + bytes - 1 <= dmi_.get_end_address();
  if (!inside) return nullptr;
  direct_bytes_ += bytes;
  return dmi_.get_dmi_ptr() + (address - dmi_.get_start_address());
}

void DirectProcessor::access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
  const bool write = command == tlm::TLM_WRITE_COMMAND;
  if (unsigned char* memory = direct(address, bytes)) {
    std::memcpy(write ? memory : data, write ? data : memory, bytes);
    wait(write ? dmi_.get_write_latency() : dmi_.get_read_latency());
    return;
  }
  tlm::tlm_generic_payload payload;
  prepare(payload, command, address, data, bytes);
  sc_core::sc_time delay = kInstruction;
  socket->b_transport(payload, delay);
  check(payload);
  wait(delay);
}

void DirectProcessor::invalidate(sc_dt::uint64, sc_dt::uint64) { granted_ = false; }

// --- phased ---

PhasedProcessor::PhasedProcessor(const sc_core::sc_module_name& name, unsigned number)
    : Processor(name, number) {
  socket.register_nb_transport_bw(this, &PhasedProcessor::nb_transport_bw);
}

void PhasedProcessor::access(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
  // Whoever gets it in a non-blocking call may keep it, so it needs a memory manager.
  struct Manager : tlm::tlm_mm_interface {
    void free(tlm::tlm_generic_payload* payload) override { payload->reset(); }
  } manager;
  tlm::tlm_generic_payload payload(&manager);
  payload.acquire();
  prepare(payload, command, address, data, bytes);
  responded_ = false;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = kInstruction;
  const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
  if (answer == tlm::TLM_COMPLETED) {
    wait(delay);
  } else if (answer == tlm::TLM_UPDATED && phase == tlm::BEGIN_RESP) {
    wait(delay);
    phase = tlm::END_RESP;
    delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(payload, phase, delay);
  } else {
    if (!responded_) wait(response_);
    phase = tlm::END_RESP;
    delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(payload, phase, delay);
  }
  check(payload);
  payload.release();
}

tlm::tlm_sync_enum PhasedProcessor::nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  if (phase == tlm::BEGIN_RESP) {  // implies END_REQ, which a target may leave out
    responded_ = true;
    response_.notify(delay);
  }
  return tlm::TLM_ACCEPTED;
}

}  // namespace foreign
