#include "peripherals/spi_i2s_slave.h"

#include <algorithm>

#include "base/sim_time.h"
#include "peripherals/register_access.h"

namespace dmavp {

namespace {

Picoseconds sim_now() { return to_picoseconds(sc_core::sc_time_stamp()); }

DmaRequest to_request(RequestLevels levels) { return {levels.burst, levels.single, false}; }

}  // namespace

SerialSlave::SerialSlave(const sc_core::sc_module_name& module_name, Cycle access_latency, const Clock& clock)
    : sc_module(module_name),
      socket("socket"),
      irq("irq"),
      dma_tx("dma_tx"),
      dma_rx("dma_rx"),
      dma_tx_ack("dma_tx_ack"),
      dma_rx_ack("dma_rx_ack"),
      access_latency_(from_picoseconds(clock.time_of(access_latency))),
      interrupt_(irq),
      receive_(dma_rx, clock),
      transmit_(dma_tx, clock),
      wake_event_("wake_event") {
  for (const Direction direction : {Direction::kTransmit, Direction::kReceive}) {
    Acknowledge& target = acknowledge_[static_cast<int>(direction)];
    target.slave = this;
    target.direction = direction;
  }
  dma_tx_ack.bind(acknowledge_[0]);
  dma_rx_ack.bind(acknowledge_[1]);
  socket.register_b_transport(this, &SerialSlave::b_transport);
  socket.register_transport_dbg(this, &SerialSlave::transport_dbg);
  SC_METHOD(wake);
  sensitive << wake_event_;
  dont_initialize();
}

SerialSlave::~SerialSlave() = default;

void SerialSlave::set_observer(Observer* observer) {
  access_observer_ = interested(observer, kRegisterAccesses);
  interrupt_.observe(observer, {name()});
  receive_.observe(observer, {name()}, 0);
  transmit_.observe(observer, {name()}, 1);
  model_->set_observer(observer, name());
}

const RegisterBank& SerialSlave::bank() const { return model_->bank(); }

// --- accesses ---

void SerialSlave::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (hook_ == nullptr) {
    perform(payload, delay);
  } else if (!hook_->before(payload, delay)) {
    perform(payload, delay);
    hook_->after(payload, delay);
  }
}

void SerialSlave::perform(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
  if (payload.is_read() || payload.is_write()) {
    status = check_payload(payload);
    if (status == tlm::TLM_OK_RESPONSE) {
      advance_to(std::max(to_picoseconds(sc_core::sc_time_stamp() + delay), model_->now()));
      access(payload);
      changed();
    }
  }
  payload.set_response_status(status);
  delay += access_latency_;
}

void SerialSlave::access(tlm::tlm_generic_payload& payload) {
  RegisterBank& bank = model_->bank();
  const bool write = payload.is_write();
  split_access(payload, 4,
               [&](std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
                 if (write) {
                   bank.write(offset, bytes, value, lanes);
                 } else {
                   bank.read(offset, bytes, value, lanes);
                 }
                 if (access_observer_ == nullptr) return;
                 access_observer_->register_access({{name()},
                                                    model_->now(),
                                                    offset,
                                                    value,
                                                    static_cast<std::uint8_t>(bytes),
                                                    write,
                                                    bank.name_at(offset)});
               });
}

unsigned SerialSlave::transport_dbg(tlm::tlm_generic_payload& payload) {
  synchronize();
  return debug_read(payload, model_->bank());
}

// --- time ---

void SerialSlave::advance_to(Picoseconds time) {
  for (Picoseconds next = model_->next_change(); next <= time; next = model_->next_change()) {
    model_->advance(next);
    publish();
  }
  model_->advance(std::max(time, model_->now()));
}

void SerialSlave::changed() {
  model_->advance(model_->now());
  publish();
  arm();
}

void SerialSlave::synchronize() {
  const Picoseconds now = sim_now();
  if (now > model_->now()) {
    advance_to(now);
    changed();
  }
}

void SerialSlave::wake() {
  armed_ = kNever;
  synchronize();
  arm();
}

void SerialSlave::arm() {
  const Picoseconds next = model_->next_change();
  // An early wake is harmless and cheaper than a new notification.
  if (next == kNever || armed_ <= next) return;
  const Picoseconds now = sim_now();
  armed_ = std::max(next, now + 1);
  wake_event_.notify(from_picoseconds(armed_ - now));
}

// --- outputs ---

void SerialSlave::acknowledged(Direction direction, bool finish, Picoseconds at) {
  advance_to(std::max(at, model_->now()));
  model_->acknowledged(direction, finish);
  (direction == Direction::kTransmit ? transmit_ : receive_).dma_acknowledge(finish, at);
  changed();
}

void SerialSlave::publish() {
  const Picoseconds at = std::max(model_->now(), sim_now());
  interrupt_.set(model_->interrupt(), at);
  transmit_.update(to_request(model_->request(Direction::kTransmit)), at);
  receive_.update(to_request(model_->request(Direction::kReceive)), at);
}

}  // namespace dmavp
