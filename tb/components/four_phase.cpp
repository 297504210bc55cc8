#include "components/four_phase.h"

#include <algorithm>
#include <cstring>

namespace dmavp::tb {

FourPhaseInitiator::FourPhaseInitiator(const sc_core::sc_module_name& name, unsigned outstanding,
                                       sc_core::sc_time response_accept)
    : sc_module(name),
      socket("socket"),
      outstanding_(outstanding),
      response_accept_(response_accept),
      events_(this, &FourPhaseInitiator::handle) {
  socket.register_nb_transport_bw(this, &FourPhaseInitiator::nb_transport_bw);
  SC_METHOD(send);
  sensitive << sendable_;
}

void FourPhaseInitiator::send() {
  if (requesting_ != nullptr || next_ == accesses.size() || flights_.size() >= outstanding_) return;
  Access& access = accesses[next_];
  PooledPayload& payload = pool_.acquire();
  payload.set_command(access.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(access.address);
  payload.set_data_ptr(access.data.data());
  payload.set_data_length(static_cast<unsigned>(access.data.size()));
  payload.set_streaming_width(static_cast<unsigned>(access.data.size()));
  payload.set_byte_enable_ptr(nullptr);
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  access.sent = sc_core::sc_time_stamp();
  flights_.push_back({&payload, next_, false});
  ++next_;
  requesting_ = &payload;
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay;
  switch (socket->nb_transport_fw(payload, phase, delay)) {
    case tlm::TLM_ACCEPTED:
      break;
    case tlm::TLM_UPDATED:
      events_.notify(payload, phase, delay);
      break;
    case tlm::TLM_COMPLETED:
      flight_of(payload).completed = true;
      events_.notify(payload, tlm::BEGIN_RESP, delay);
      break;
  }
}

FourPhaseInitiator::Flight& FourPhaseInitiator::flight_of(const tlm::tlm_generic_payload& payload) {
  return *std::find_if(flights_.begin(), flights_.end(),
                       [&](const Flight& flight) { return flight.payload == &payload; });
}

void FourPhaseInitiator::handle(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  if (requesting_ == &payload) requesting_ = nullptr;  // END_REQ, or a response that implies it
  sendable_.notify(sc_core::SC_ZERO_TIME);
  if (phase == tlm::BEGIN_RESP) {
    accesses[flight_of(payload).index].answered = sc_core::sc_time_stamp();
    if (flight_of(payload).completed) {
      end_response(payload);
    } else {
      events_.notify(payload, tlm::END_RESP, response_accept_);
    }
  } else if (phase == tlm::END_RESP) {
    end_response(payload);
  }
}

void FourPhaseInitiator::end_response(tlm::tlm_generic_payload& payload) {
  const Flight flight = flight_of(payload);
  if (!flight.completed) {
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay;
    socket->nb_transport_fw(payload, phase, delay);
  }
  Access& access = accesses[flight.index];
  access.status = payload.get_response_status();
  access.done = true;
  finished.push_back(flight.index);
  flights_.erase(std::find_if(flights_.begin(), flights_.end(),
                              [&](const Flight& other) { return other.index == flight.index; }));
  payload.release();
}

tlm::tlm_sync_enum FourPhaseInitiator::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                       tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  events_.notify(payload, phase, delay);
  return tlm::TLM_ACCEPTED;
}

// --- memory
// --------------------------------------------------------------------------------------------------

FourPhaseMemory::FourPhaseMemory(const sc_core::sc_module_name& name, std::size_t size,
                                 sc_core::sc_time accept, sc_core::sc_time latency, bool varied)
    : sc_module(name),
      socket("socket"),
      bytes(size),
      accept_(accept),
      latency_(latency),
      varied_(varied),
      events_(this, &FourPhaseMemory::handle) {
  socket.register_b_transport(this, &FourPhaseMemory::b_transport);
  socket.register_nb_transport_fw(this, &FourPhaseMemory::nb_transport_fw);
}

void FourPhaseMemory::perform(tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const unsigned length = payload.get_data_length();
  if (address > bytes.size() || length > bytes.size() - address) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return;
  }
  if (payload.is_write()) {
    std::memcpy(bytes.data() + address, payload.get_data_ptr(), length);
  } else if (payload.is_read()) {
    std::memcpy(payload.get_data_ptr(), bytes.data() + address, length);
  }
  payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

void FourPhaseMemory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  delay += accept_ + latency_;
  perform(payload);
}

tlm::tlm_sync_enum FourPhaseMemory::nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  if (phase == tlm::END_RESP) {
    responding_ = false;
    respond();
    return tlm::TLM_COMPLETED;
  }
  payload.acquire();
  const unsigned how = varied_ && !responding_ && ready_.empty() ? rotation_++ % 4 : 3;
  if (how == 0) {
    delay += accept_ + latency_;
    perform(payload);
    payload.release();
    return tlm::TLM_COMPLETED;
  }
  if (how == 1) {
    delay += accept_ + latency_;
    perform(payload);
    responding_ = true;
    payload.release();
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_UPDATED;
  }
  if (how == 2) {
    delay += accept_;
    phase = tlm::END_REQ;
    events_.notify(payload, tlm::BEGIN_RESP, delay + latency_);
    return tlm::TLM_UPDATED;
  }
  events_.notify(payload, tlm::END_REQ, delay + accept_);
  events_.notify(payload, tlm::BEGIN_RESP, delay + accept_ + latency_);
  return tlm::TLM_ACCEPTED;
}

void FourPhaseMemory::handle(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
  if (phase == tlm::END_REQ) {
    tlm::tlm_phase out = tlm::END_REQ;
    sc_core::sc_time delay;
    socket->nb_transport_bw(payload, out, delay);
  } else {
    ready_.push_back(&payload);
    respond();
  }
}

void FourPhaseMemory::respond() {
  if (responding_ || ready_.empty()) return;
  tlm::tlm_generic_payload& payload = *ready_.front();
  ready_.pop_front();
  perform(payload);
  responding_ = true;
  tlm::tlm_phase phase = tlm::BEGIN_RESP;
  sc_core::sc_time delay;
  const tlm::tlm_sync_enum answer = socket->nb_transport_bw(payload, phase, delay);
  payload.release();
  if (answer == tlm::TLM_COMPLETED || (answer == tlm::TLM_UPDATED && phase == tlm::END_RESP)) {
    responding_ = false;
    respond();
  }
}

}  // namespace dmavp::tb
