// The line side of DW_apb_uart: time, shift registers, frames, modem lines [spec peripherals 2.3].
#include <algorithm>

#include "peripherals/uart_core.h"

namespace dmavp::uart {
namespace {

constexpr std::uint8_t kRts = 0x02;
constexpr std::uint8_t kDtr = 0x01;
constexpr std::uint8_t kCtsLevel = 0x10;
constexpr std::uint8_t kDsrLevel = 0x20;
constexpr std::uint8_t kRiLevel = 0x40;
constexpr std::uint8_t kDcdLevel = 0x80;

std::uint8_t data_mask(const SerialFormat& format) {
  return static_cast<std::uint8_t>((1u << format.data_bits) - 1);
}

bool parity_bit(const SerialFormat& format, std::uint8_t data) {
  if (format.stick) return !format.even;
  const bool odd_ones = (__builtin_popcount(data) & 1) != 0;
  return format.even ? odd_ones : !odd_ones;
}

/// What a receiver set to `format` thinks of a frame whose half bits last `half_bit` there.
std::uint8_t errors_of(const SerialFrame& frame, const SerialFormat& format, Picoseconds half_bit) {
  // Half a bit may be lost until the middle of the last of ten bits.
  const Picoseconds apart = std::max(frame.half_bit(), half_bit) - std::min(frame.half_bit(), half_bit);
  if (apart * 20 > half_bit + 20 || frame.format.data_bits != format.data_bits) return kFramingError;
  if (format.parity) {
    // A frame without parity has its stop bit, a one, in that place.
    const bool seen = frame.format.parity ? parity_bit(frame.format, frame.data) : true;
    return seen == parity_bit(format, frame.data) ? 0 : kParityError;
  }
  return frame.format.parity && !parity_bit(frame.format, frame.data) ? kFramingError : 0;
}

}  // namespace

SerialFormat Core::format() const {
  SerialFormat f;
  f.data_bits = 5 + (lcr_ & 3u);
  f.half_stops = (lcr_ & 4) == 0 ? 2 : f.data_bits == 5 ? 3 : 4;
  f.parity = (lcr_ & 0x08) != 0;
  f.even = (lcr_ & 0x10) != 0;
  f.stick = (lcr_ & 0x20) != 0;
  return f;
}

/// A bit is 16 cycles of a clock divided by DLH:DLL + DLF / 2^dlf_size, so half a bit is 64 ticks of that.
Core::Tick Core::character_ticks() const {
  if (!baud_on()) return 0;
  const Tick scaled = (Tick{divisor_} << parameters_.dlf_size) + dlf_;
  return format().half_bits() * (scaled << (6 - parameters_.dlf_size));
}

// --- time ---

Picoseconds Core::next_event() const {
  const Picoseconds arrival = incoming_.empty() ? kNever : incoming_.front().end;
  return std::min({arrival, shift_end_time_, timeout_at_, feed_at_, break_at_});
}

void Core::advance(Picoseconds to) {
  for (Picoseconds next = next_event(); next <= to && next != kNever; next = next_event()) {
    step(next);
    owner_.outputs_changed(now_);
  }
  now_ = std::max(now_, to);
}

/// What is received comes first, so that flow control counts for what would be sent next.
void Core::step(Picoseconds at) {
  now_ = std::max(now_, at);
  receive_due(at);
  if (shift_end_time_ <= at) end_transmit(at);
  if (timeout_at_ <= at) {
    timeout_at_ = kNever;
    timed_out_ = true;
    update_streams();
  }
  if (feed_at_ <= at) {
    feed_at_ = kNever;
    feed(edge_from(at));
  }
}

// --- transmitter ---

void Core::try_transmit(Tick earliest) {
  if (shifting_ || tx_.empty() || halt_ || fifo_access_ || !baud_on()) return;
  if (auto_flow() && (levels_ & kCtsLevel) == 0) return;
  const Tick start = std::max(earliest, shift_end_);
  if (ran_dry_ && start > shift_end_) {
    ++statistics_.tx_gaps;
    statistics_.tx_gap_time += line_clock_.time_of(start) - line_clock_.time_of(shift_end_);
  }
  ran_dry_ = false;
  shifting_ = true;
  shifted_ = static_cast<std::uint8_t>(tx_.pop() & data_mask(format()));
  shift_end_ = start + character_ticks();
  shift_end_time_ = line_clock_.time_of(shift_end_);
  shift_visible_ = !loopback() && !sending_break();
  transmit_level_changed();
  if (sending_break()) {
    ++statistics_.frames_cut;
    return;
  }
  const SerialFrame frame{line_clock_.time_of(start), shift_end_time_, format(), shifted_};
  if (loopback()) {
    incoming_.push_back(frame);
  } else if (peer_ != nullptr) {
    peer_->receive(frame);
  }
}

void Core::end_transmit(Picoseconds at) {
  if (peer_ != nullptr && shift_visible_) peer_->receive_until(at);
  shifting_ = false;
  shift_end_time_ = kNever;
  ran_dry_ = tx_.empty();
  ++statistics_.sent;
  if (backend_ != nullptr && shift_visible_) backend_->sent(shifted_, at);
  try_transmit(shift_end_);
}

// --- receiver ---

void Core::receive(const SerialFrame& frame) {
  if (loopback()) {
    ++statistics_.rx_unheard;
    return;
  }
  incoming_.push_back(frame);
  owner_.events_changed();
}

void Core::receive_until(Picoseconds at) {
  if (!receive_due(at)) return;
  owner_.outputs_changed(now_);
  owner_.events_changed();
}

bool Core::receive_due(Picoseconds at) {
  bool any = false;
  while (!incoming_.empty() && incoming_.front().end <= at) {
    const SerialFrame frame = incoming_.front();
    incoming_.pop_front();
    now_ = std::max(now_, frame.end);
    arrive(frame);
    if (feeding_) {
      feeding_ = false;
      feed(feed_end_);
    }
    any = true;
  }
  if (break_at_ <= at) {
    now_ = std::max(now_, break_at_);
    break_at_ = kNever;
    if (baud_on() && !fifo_access_) {
      ++statistics_.breaks;
      hear({0, kBreak});
    }
    any = true;
  }
  return any;
}

void Core::arrive(const SerialFrame& frame) {
  if (!baud_on() || fifo_access_) {
    ++statistics_.rx_unheard;
    return;
  }
  const SerialFormat own = format();
  const std::uint8_t errors = errors_of(frame, own, character_time() / own.half_bits());
  if ((errors & kParityError) != 0) ++statistics_.parity_errors;
  if ((errors & kFramingError) != 0) ++statistics_.framing_errors;
  hear({static_cast<std::uint8_t>(frame.data & data_mask(own)), errors});
}

void Core::line_break(bool low, Picoseconds at) {
  if (!loopback()) hear_break(low, at);
}

void Core::hear_break(bool low, Picoseconds at) {
  // Low for a whole character is one character; how long it lasts beyond that makes no difference.
  break_at_ = low && baud_on() ? later(std::max(at, now_), character_time()) : kNever;
  owner_.events_changed();
}

/// Whatever is on its way to the receiver is lost.
void Core::hang_up() {
  statistics_.rx_unheard += incoming_.size();
  incoming_.clear();
  feeding_ = false;
  break_at_ = kNever;
}

/// Asks the back end for the next character, at the rate of the line.
void Core::feed(Tick earliest) {
  if (backend_ == nullptr || feeding_ || loopback() || fifo_access_ || !baud_on()) return;
  if (backend_->obeys_rts() && !rts_active()) return;
  feed_at_ = kNever;
  std::uint8_t data = 0;
  if (!backend_->next(data, now_)) {
    const Picoseconds again = backend_->ask_again(now_);
    feed_at_ = std::max(again, now_ + 1);
    return;
  }
  const Tick start = std::max(earliest, feed_end_);
  feed_end_ = start + character_ticks();
  feeding_ = true;
  incoming_.push_back({line_clock_.time_of(start), line_clock_.time_of(feed_end_), format(),
                       static_cast<std::uint8_t>(data & data_mask(format()))});
}

// --- wires ---

void Core::connect(SerialPeer* peer) { peer_ = peer; }

void Core::attach(SerialBackend* backend) {
  backend_ = backend;
  inputs_ = static_cast<std::uint8_t>((inputs_ & kRiLevel) | kCtsLevel | kDsrLevel | kDcdLevel);
  levels_ = modem_levels();
}

void Core::modem_inputs(bool cts, bool dsr, Picoseconds at) {
  now_ = std::max(now_, at);
  inputs_ = static_cast<std::uint8_t>((inputs_ & kRiLevel) | (cts ? kCtsLevel : 0) |
                                      (dsr ? kDsrLevel | kDcdLevel : 0));
  update_modem();
  owner_.outputs_changed(now_);
  owner_.events_changed();
}

bool Core::rts_active() const { return (mcr_ & kRts) != 0 && !(auto_flow() && fifos_on_ && flow_stop_); }

/// As in MSR[7:4].
std::uint8_t Core::modem_levels() const {
  if (!loopback()) return inputs_;
  return static_cast<std::uint8_t>((rts_active() ? kCtsLevel : 0) | ((mcr_ & kDtr) != 0 ? kDsrLevel : 0) |
                                   ((mcr_ & 0x04) != 0 ? kRiLevel : 0) |
                                   ((mcr_ & 0x08) != 0 ? kDcdLevel : 0));
}

void Core::update_modem() {
  const std::uint8_t levels = modem_levels();
  const auto changed = static_cast<std::uint8_t>((levels ^ levels_) >> 4);
  const std::uint8_t ring_ends = (levels_ & ~levels & kRiLevel) != 0 ? 0x04 : 0;
  levels_ = levels;
  deltas_ = static_cast<std::uint8_t>(deltas_ | (changed & 0x0B) | ring_ends);
  try_transmit(edge_from(now_));  // CTS may have come
}

/// Follows MCR and the receive FIFO with the modem outputs; in loopback they are inactive outside.
void Core::drive_modem() {
  const bool rts = !loopback() && rts_active();
  const bool dtr = !loopback() && (mcr_ & kDtr) != 0;
  const bool rises = rts && !rts_out_;
  if (rts != rts_out_ || dtr != dtr_out_) {
    rts_out_ = rts;
    dtr_out_ = dtr;
    if (peer_ != nullptr) peer_->modem_inputs(rts, dtr, now_);
  }
  update_modem();
  if (rises) feed(edge_from(now_));
}

}  // namespace dmavp::uart
