#include "peripherals/ssi_core.h"

#include <algorithm>

namespace dmavp::ssi {

namespace {

constexpr std::uint32_t kIdleLine = ~std::uint32_t{0};  // nobody drives the receive line: pull-up
constexpr std::uint32_t kReceiveFill = 0;               // sent while only receiving

std::uint32_t low_bits(unsigned count) { return count >= 32 ? ~0u : (1u << count) - 1; }

}  // namespace

Core::Core(unsigned depth, unsigned rx_capacity, const Clock& clock)
    : rx_capacity_(rx_capacity), clock_(clock), tx_(depth), rx_(depth) {}

void Core::advance(Picoseconds time) {
  now_ = time;
  if (state_ == State::kIdle) return;
  const Cycle limit = clock_.cycle_at(time);
  while (state_ != State::kIdle && due_ <= limit) {
    if (state_ == State::kStarting) {
      begin();
    } else {
      finish_frame();
    }
  }
}

void Core::enable(bool on) {
  if (on == enabled_) return;
  enabled_ = on;
  if (on) {
    start_if_possible();
    return;
  }
  if (state_ == State::kShifting) cut();
  state_ = State::kIdle;
  losses_.tx_flushed += tx_.size();
  losses_.rx_flushed += rx_.size();
  tx_.clear();
  rx_.clear();
  starved_since_ = kNever;
}

void Core::set_select(std::uint32_t selects) {
  const std::uint32_t before = selects_;
  selects_ = selects;
  if (state_ == State::kShifting && selects == 0) {
    selects_ = before;
    cut();
    selects_ = 0;
  } else if (state_ == State::kShifting) {
    deselect_devices(before & ~selects, now_);
    select_devices(selects & ~before, now_);
  } else if (selects == 0) {
    state_ = State::kIdle;
  }
  start_if_possible();
}

void Core::push(std::uint32_t frame) {
  if (!enabled_ || (state_ == State::kShifting && receiving_)) {
    ++losses_.tx_ignored;
  } else if (tx_full()) {
    ++losses_.tx_overflow;
    tx_overflow_ = true;
  } else {
    tx_.push(frame & low_bits(format_.bits));
    start_if_possible();
  }
}

std::uint32_t Core::pop() {
  if (rx_.empty()) {
    ++losses_.rx_underflow;
    rx_underflow_ = true;
  } else {
    last_popped_ = rx_.pop();
  }
  return last_popped_;
}

std::uint64_t Core::frames_ahead() const {
  if (state_ != State::kShifting) return 0;
  return receiving_ ? remaining_ : tx_.size() + 1;
}

Picoseconds Core::end_of(std::uint64_t n) const {
  if (starting()) return clock_.time_of(due_);
  return clock_.time_of(due_ + (n - 1) * (frame_cycles() + gap_cycles()));
}

void Core::start_if_possible() {
  if (state_ != State::kIdle || !enabled_ || selects_ == 0 || tx_.empty()) return;
  if (format_.divider == 0 || !format_.master) return;
  state_ = State::kStarting;
  due_ = clock_.cycle_from(now_);
}

void Core::begin() {
  const Picoseconds time = clock_.time_of(due_);
  if (starved_since_ != kNever) losses_.tx_starved_time += time - starved_since_;
  starved_since_ = kNever;
  ++traffic_.transfers;
  state_ = State::kShifting;
  receiving_ = format_.mode == TransferMode::kReceive;
  if (receiving_) {  // one write starts it; none is sent
    losses_.tx_ignored += tx_.size() - 1;
    tx_.clear();
    remaining_ = format_.ndf + 1;
  }
  select_devices(selects_, time);
  shift_next(due_);
}

void Core::shift_next(Cycle from) {
  frame_start_ = from;
  due_ = from + frame_cycles();
  if (receiving_) {
    shifter_ = kReceiveFill & low_bits(format_.bits);
  } else {
    shifter_ = tx_.pop();
  }
}

void Core::finish_frame() {
  ++traffic_.frames;
  const std::uint32_t answer = exchange(shifter_, format_.bits);
  if (storing()) store(format_.loop ? shifter_ : answer);
  if (receiving_) {
    if (--remaining_ == 0) return end();
  } else if (tx_.empty()) {
    if (more_expected_) {
      ++losses_.tx_starved;
      starved_since_ = clock_.time_of(due_);
    }
    if (!phase_follows()) return end();
    receiving_ = true;
    remaining_ = format_.ndf + 1;
  }
  if (format_.toggle) {
    deselect_devices(selects_, clock_.time_of(due_));
    select_devices(selects_, clock_.time_of(due_ + gap_cycles()));
  }
  shift_next(due_ + gap_cycles());
}

void Core::end() {
  state_ = State::kIdle;
  deselect_devices(selects_, clock_.time_of(due_));
}

/// Breaks the transfer off now: the devices have seen the bits whose clock cycles are complete.
void Core::cut() {
  ++losses_.transfers_cut;
  const Cycle now = clock_.cycle_at(now_);
  const Cycle clocked = now > frame_start_ ? (now - frame_start_) / format_.divider : 0;
  if (clocked > 0) {
    const auto bits = static_cast<unsigned>(std::min<Cycle>(clocked, format_.bits));
    exchange(shifter_ >> (format_.bits - bits), bits);
  }
  state_ = State::kIdle;
  // In the gap between two frames the devices were told already when the select falls again.
  deselect_devices(selects_, std::max(now_, clock_.time_of(frame_start_)));
}

std::uint32_t Core::exchange(std::uint32_t out, unsigned bits) {
  std::uint32_t line = kIdleLine;
  const std::uint64_t hz = std::max<std::uint64_t>(clock_.hz() / format_.divider, 1);
  const SpiFrame frame{out, bits, clock_.time_of(frame_start_), hz};
  for (unsigned n = 0; n < kMaxSelects; ++n) {
    if ((selects_ >> n & 1) != 0 && devices_[n] != nullptr) line &= devices_[n]->exchange(frame);
  }
  return line & low_bits(bits);
}

void Core::select_devices(std::uint32_t selects, Picoseconds at) {
  for (unsigned n = 0; n < kMaxSelects; ++n) {
    if ((selects >> n & 1) != 0 && devices_[n] != nullptr) devices_[n]->select(at);
  }
}

void Core::deselect_devices(std::uint32_t selects, Picoseconds at) {
  for (unsigned n = 0; n < kMaxSelects; ++n) {
    if ((selects >> n & 1) != 0 && devices_[n] != nullptr) devices_[n]->deselect(at);
  }
}

void Core::store(std::uint32_t frame) {
  if (rx_.size() >= rx_capacity_) {
    ++losses_.rx_overrun;
    rx_overrun_ = true;
  } else {
    rx_.push(frame);
  }
}

}  // namespace dmavp::ssi
