#include "dmac/axi_master_at.h"

#include <algorithm>
#include <utility>

#include "base/sim_time.h"

namespace dmavp::dmac {

/// A burst on its way. The payload leads back to it by an extension of its own.
struct AxiMasterAt::Transaction : tlm::tlm_extension<AxiMasterAt::Transaction> {
  const AxiMasterAt* owner = nullptr;
  std::uint32_t tag = 0;
  unsigned master = 0;
  bool write = false;
  Cycle gap = 0;
  BurstTimes times;
  PooledPayload* payload = nullptr;

  tlm::tlm_extension_base* clone() const override {
    return nullptr;
  }  // a copy of the payload is not in flight
  void copy_from(const tlm::tlm_extension_base&) override {}
};

AxiMasterAt::AxiMasterAt(const Clock& clock, std::vector<tlm::tlm_initiator_socket<>*> sockets,
                         bool shared_data)
    : AxiMaster(clock, std::move(sockets)), shared_data_(shared_data), channels_(this->sockets().size()) {}

AxiMasterAt::~AxiMasterAt() {
  for (Transaction& t : all_) {
    if (t.payload) t.payload->clear_extension(&t);
  }
}

AxiMasterAt::Transaction& AxiMasterAt::take() {
  if (free_.empty()) {
    all_.emplace_back();
    all_.back().owner = this;
    return all_.back();
  }
  Transaction& t = *free_.back();
  free_.pop_back();
  return t;
}

/// The cycle of a moment `delay` from now; stages of a path round up to picoseconds.
Cycle AxiMasterAt::cycle_in(const sc_core::sc_time& delay) const {
  return cycles_of(sc_core::sc_time_stamp() + delay);
}

void AxiMasterAt::request(std::uint32_t tag, const Burst& burst, Cycle at, std::byte* data) {
  Transaction& t = take();
  t.tag = tag;
  t.master = burst.master < channels_.size() ? burst.master : 0;
  t.write = burst.write;
  t.gap = burst.gap;
  t.times = BurstTimes{};
  t.payload = &pool().acquire();
  prepare_burst(*t.payload, burst, data);
  AxiExtension& axi = t.payload->axi;
  axi.accepted = at;
  axi.first_beat = burst.write ? at : kNever;
  axi.last_beat = burst.write ? std::max(at + burst.beats - 1, burst.complete) : kNever;
  t.payload->set_extension(&t);
  Channels& port = channels_[t.master];
  if (port.unaccepted) {
    port.waiting.push_back(&t);
  } else {
    send(t);
  }
}

void AxiMasterAt::send(Transaction& t) {
  tlm::tlm_generic_payload& payload = *t.payload;
  const Picoseconds at = clock().time_of(t.payload->axi.accepted);
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  sc_core::sc_time delay = at > now ? from_picoseconds(at - now) : sc_core::sc_time(sc_core::SC_ZERO_TIME);
  FaultPoint* const hook = fault_point(t.master);
  if (hook && hook->before(payload, delay)) {
    accepted(t, 0);
    responded(t, delay);
    return;
  }
  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  channels_[t.master].unaccepted = &t;
  switch (target(t.master).nb_transport_fw(payload, phase, delay)) {
    case tlm::TLM_ACCEPTED:
      return;
    case tlm::TLM_UPDATED:
      accepted(t, 0);
      if (phase != tlm::BEGIN_RESP) return;
      if (hook) hook->after(payload, delay);
      responded(t, delay);
      phase = tlm::END_RESP;
      target(t.master).nb_transport_fw(payload, phase, delay);
      return;
    case tlm::TLM_COMPLETED:
      accepted(t, 0);
      if (hook) hook->after(payload, delay);
      responded(t, delay);
      return;
  }
}

/// The target has taken the request, no earlier than cycle `at`. What it adds to the delay of a call that it
/// answers at once is the way of the request and holds nobody up.
void AxiMasterAt::accepted(Transaction& t, Cycle at) {
  Channels& port = channels_[t.master];
  if (port.unaccepted == &t) port.unaccepted = nullptr;
  if (t.times.accepted == kNever) {
    const AxiExtension& axi = t.payload->axi;
    t.times.accepted = std::max(axi.accepted, at);
    if (t.write) {
      const Cycle late = t.times.accepted - axi.accepted;
      t.times.first_beat = axi.first_beat + late;
      t.times.last_beat = axi.last_beat + late;
      if (shared_data_) port.r_free = std::max(port.r_free, t.times.last_beat + 1 + t.gap);
    }
    listener()->burst_progress(t.tag, t.times, AxiStatus::kOkay);
  }
  if (!port.unaccepted && !port.waiting.empty()) {
    Transaction& next = *port.waiting.front();
    port.waiting.pop_front();
    send(next);
  }
}

/// The first read beat, or B, comes `delay` from now.
void AxiMasterAt::responded(Transaction& t, sc_core::sc_time delay) {
  Channels& port = channels_[t.master];
  const AxiExtension& axi = t.payload->axi;
  if (t.write) {
    t.times.response = std::max(cycle_in(delay), t.times.last_beat);
  } else {
    const Cycle beats = axi.first_beat != kNever && axi.last_beat != kNever ? axi.last_beat - axi.first_beat
                                                                            : axi.beats - Cycle{1};
    t.times.first_beat = std::max({cycle_in(delay), port.r_free, t.times.accepted});
    t.times.last_beat = t.times.response = t.times.first_beat + beats;
    port.r_free = t.times.last_beat + 1 + t.gap;
  }
  const AxiStatus status = to_axi(t.payload->get_response_status());
  PooledPayload& payload = *std::exchange(t.payload, nullptr);
  payload.clear_extension(&t);
  payload.release();
  free_.push_back(&t);
  listener()->burst_progress(t.tag, t.times, status);
}

tlm::tlm_sync_enum AxiMasterAt::nb_transport_bw(unsigned, tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  Transaction* const t = payload.get_extension<Transaction>();
  if (!t || t->owner != this) {
    SC_REPORT_WARNING("/dmavp/dmac", "response for a burst that is not in flight; ignored");
    return tlm::TLM_COMPLETED;
  }
  if (phase == tlm::END_REQ) {
    accepted(*t, cycle_in(delay));
    return tlm::TLM_ACCEPTED;
  }
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;  // ignorable
  if (t->times.accepted == kNever)
    accepted(*t, cycle_in(sc_core::SC_ZERO_TIME));  // BEGIN_RESP implies END_REQ
  if (FaultPoint* hook = fault_point(t->master)) hook->after(payload, delay);
  responded(*t, delay);
  phase = tlm::END_RESP;
  return tlm::TLM_UPDATED;
}

}  // namespace dmavp::dmac
