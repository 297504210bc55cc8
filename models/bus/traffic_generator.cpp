#include "bus/traffic_generator.h"

#include <algorithm>
#include <stdexcept>

#include "base/sim_time.h"

namespace dmavp {
namespace {

constexpr unsigned kPage = 4096;  // no AXI burst crosses it

TrafficGeneratorConfig checked(const TrafficGeneratorConfig& config) {
  const auto check = [](const char* member, std::uint64_t value, std::uint64_t min, std::uint64_t max) {
    if (value < min || value > max)
      throw std::invalid_argument(std::string(member) + " is " + std::to_string(value) + ", must be in " +
                                  std::to_string(min) + " .. " + std::to_string(max));
  };
  check("size", config.size, kPage, ~std::uint64_t{0});
  check("period", config.period, 1, ~std::uint64_t{0});
  check("beats", config.beats, 1, 256);
  check("beat_bytes", config.beat_bytes, 1, 128);
  if ((config.beat_bytes & (config.beat_bytes - 1)) != 0)
    throw std::invalid_argument("beat_bytes is " + std::to_string(config.beat_bytes) +
                                ", must be a power of two");
  if (config.beats * config.beat_bytes > kPage)
    throw std::invalid_argument("beats are " + std::to_string(config.beats) + " of " +
                                std::to_string(config.beat_bytes) + " bytes, a burst has 4096 bytes at most");
  check("read_percent", config.read_percent, 0, 100);
  check("outstanding", config.outstanding, 1, 64);
  check("qos", config.qos, 0, 15);
  return config;
}

}  // namespace

TrafficGenerator::TrafficGenerator(const sc_core::sc_module_name& name, const TrafficGeneratorConfig& config,
                                   const Clock& clock, Choices& choices)
    : sc_module(name),
      socket("socket"),
      config_(checked(config)),
      clock_(clock),
      bytes_(config.beats * config.beat_bytes),
      bursts_of_page_(kPage / bytes_),
      choices_(choices),
      stream_(choices.stream(std::string("traffic generator ") + basename())),
      read_data_(bytes_),
      write_data_(bytes_) {
  in_flight_.reserve(config_.outstanding);
  socket.register_nb_transport_bw(this, &TrafficGenerator::nb_transport_bw);
  SC_METHOD(issue);
  sensitive << more_;
}

void TrafficGenerator::call_at(Cycle cycle) {
  more_.notify(from_picoseconds(clock_.time_of(cycle)) - sc_core::sc_time_stamp());
}

/// Bursts whose last beat or response has passed are outstanding no more.
void TrafficGenerator::retire(Cycle now) {
  in_flight_.erase(std::remove_if(in_flight_.begin(), in_flight_.end(),
                                  [now](const Burst& b) { return b.over != kNever && b.over < now; }),
                   in_flight_.end());
}

void TrafficGenerator::issue() {
  const Cycle now = clock_.cycle_from(to_picoseconds(sc_core::sc_time_stamp()));
  retire(now);
  while (may_send() && due_ <= now) send(now);
  if (unaccepted_) return;
  Cycle next = kNever;
  if (may_send()) {
    next = due_;
  } else {
    for (const Burst& b : in_flight_) next = std::min(next, b.over);
    if (next != kNever) next = std::max(next + 1, due_);
  }
  if (next != kNever) call_at(next);
}

bool TrafficGenerator::next_is_read() {
  read_share_ += config_.read_percent;
  if (read_share_ < 100) return false;
  read_share_ -= 100;
  return true;
}

std::uint64_t TrafficGenerator::next_address() {
  const std::uint64_t bursts = config_.size / kPage * bursts_of_page_;
  const std::uint64_t index = config_.random ? choices_.draw(stream_, bursts) : sent_ % bursts;
  return config_.base + index / bursts_of_page_ * kPage + index % bursts_of_page_ * bytes_;
}

void TrafficGenerator::send(Cycle now) {
  const bool read = next_is_read();
  Cycle& channel = read ? address_free_ : w_free_;
  const Cycle at = std::max(now, channel);
  channel = at + (read ? 1 : config_.beats);

  PooledPayload& payload = pool_.acquire();
  payload.set_command(read ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND);
  payload.set_address(next_address());
  payload.set_data_ptr(read ? read_data_.data() : write_data_.data());
  payload.set_data_length(bytes_);
  payload.set_streaming_width(bytes_);
  payload.set_byte_enable_ptr(strobes_.data());
  payload.set_byte_enable_length(static_cast<unsigned>(strobes_.size()));
  payload.set_dmi_allowed(false);
  payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  payload.axi = AxiExtension{};
  payload.axi.kind = read ? BurstKind::kRead : BurstKind::kWrite;
  payload.axi.qos = static_cast<std::uint8_t>(config_.qos);
  payload.axi.beats = static_cast<std::uint16_t>(config_.beats);
  payload.axi.beat_bytes = static_cast<std::uint8_t>(config_.beat_bytes);
  payload.axi.accepted = at;
  if (!read) {
    payload.axi.first_beat = at;
    payload.axi.last_beat = at + config_.beats - 1;
  }
  ++sent_;
  if (due_ < now) ++statistics_.late;
  in_flight_.push_back({&payload, due_, kNever});
  due_ += config_.period;
  unaccepted_ = &payload;

  tlm::tlm_phase phase = tlm::BEGIN_REQ;
  sc_core::sc_time delay = from_picoseconds(clock_.time_of(at)) - sc_core::sc_time_stamp();
  const tlm::tlm_sync_enum answer = socket->nb_transport_fw(payload, phase, delay);
  if (answer == tlm::TLM_ACCEPTED) return;
  accepted(payload);
  if (answer == tlm::TLM_UPDATED && phase != tlm::BEGIN_RESP) return;
  if (answer == tlm::TLM_UPDATED) {
    phase = tlm::END_RESP;
    payload.acquire();
    answered(payload, delay);
    socket->nb_transport_fw(payload, phase, delay);
    payload.release();
  } else {
    answered(payload, delay);
  }
}

void TrafficGenerator::accepted(const tlm::tlm_generic_payload& payload) {
  if (unaccepted_ == &payload) unaccepted_ = nullptr;
}

/// The first beat of a read, or the response to a write, comes `delay` from now.
void TrafficGenerator::answered(tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  const auto burst = std::find_if(in_flight_.begin(), in_flight_.end(),
                                  [&](const Burst& b) { return b.payload == &payload; });
  const auto& axi = *payload.get_extension<AxiExtension>();
  const Cycle at = clock_.cycle_at(to_picoseconds(sc_core::sc_time_stamp() + delay));
  if (payload.is_read()) {
    const bool paced = axi.first_beat != kNever && axi.last_beat != kNever;
    burst->over = std::max(at, r_free_) + (paced ? axi.last_beat - axi.first_beat : axi.beats - Cycle{1});
    r_free_ = burst->over + 1;
    ++statistics_.reads;
    statistics_.bytes_read += bytes_;
  } else {
    burst->over = std::max(at, axi.last_beat);
    ++statistics_.writes;
    statistics_.bytes_written += bytes_;
  }
  if (!payload.is_response_ok()) ++statistics_.errors;
  const Cycle latency = burst->over - burst->due;
  statistics_.latency_min = std::min(statistics_.latency_min, latency);
  statistics_.latency_max = std::max(statistics_.latency_max, latency);
  statistics_.latency_sum += latency;
  burst->payload = nullptr;
  payload.release();
}

tlm::tlm_sync_enum TrafficGenerator::nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                                     sc_core::sc_time& delay) {
  if (phase == tlm::END_REQ) {
    accepted(payload);
    more_.notify(delay);
    return tlm::TLM_ACCEPTED;
  }
  if (phase != tlm::BEGIN_RESP) return tlm::TLM_ACCEPTED;  // ignorable
  accepted(payload);
  answered(payload, delay);
  more_.notify(sc_core::SC_ZERO_TIME);
  phase = tlm::END_RESP;
  return tlm::TLM_UPDATED;
}

}  // namespace dmavp
