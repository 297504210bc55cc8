#include "peripherals/i2s_core.h"

#include <algorithm>

namespace dmavp::i2s {

namespace {

std::uint32_t low_bits(unsigned count) { return count >= 32 ? ~0u : (1u << count) - 1; }

/// A right-justified sample of `bits` (0: the slot's) as it goes through a slot: most significant bit first.
std::int32_t to_line(std::uint32_t sample, unsigned bits, unsigned slot) {
  const unsigned width = bits == 0 ? slot : bits;
  const std::uint32_t full = (sample & low_bits(width)) << (32 - width);
  return static_cast<std::int32_t>(full & ~low_bits(32 - slot));
}

std::uint32_t from_line(std::int32_t line, unsigned bits, unsigned slot) {
  const unsigned width = bits == 0 ? slot : bits;
  return (static_cast<std::uint32_t>(line) & ~low_bits(32 - slot)) >> (32 - width);
}

}  // namespace

Core::Core(const Parameters& parameters, const Clock& sclk)
    : master_(parameters.master), fixed_frame_(parameters.frame_cycles), sclk_(sclk) {
  for (unsigned n = 0; n < parameters.tx_channels; ++n) tx_.emplace_back(parameters.fifo_depth);
  for (unsigned n = 0; n < parameters.rx_channels; ++n) rx_.emplace_back(parameters.fifo_depth);
}

// --- frame clock ---

void Core::advance(Picoseconds time) {
  now_ = time;
  if (next_ == kNever) return;
  const Cycle limit = sclk_.cycle_at(time);
  while (next_ <= limit) {
    const bool starts = !in_frame_;
    end_frame(sclk_.time_of(next_), nullptr);
    begin_frame();
    if (starts && line_ != nullptr) line_->clock_starts(sclk_.time_of(next_));
    next_ += frame_cycles();
  }
}

void Core::external_start() {
  if (!enabled_) return;
  break_frame();
  begin_frame();
}

void Core::external_boundary(const std::array<I2sFrame, kI2sChannels>& received) {
  if (!enabled_) return;
  end_frame(now_, &received);
  begin_frame();
}

void Core::set_sclk(const Clock& sclk) {
  if (next_ != kNever) next_ = sclk.cycle_from(sclk_.time_of(next_));
  sclk_ = sclk;
}

void Core::clock_changed() {
  const bool run = enabled_ && clock_on_ && master_;
  if (run && next_ == kNever) {
    next_ = sclk_.cycle_from(now_);
  } else if (!run && next_ != kNever) {
    next_ = kNever;
    break_frame();
  }
}

void Core::end_frame(Picoseconds at, const std::array<I2sFrame, kI2sChannels>* received) {
  if (!in_frame_) return;
  ++frames_;
  bool any = false;
  for (unsigned n = 0; n < tx_.size(); ++n) {
    const TransmitChannel& channel = tx_[n];
    if (!channel.sending) continue;
    any = true;
    if (line_ != nullptr) line_->play(n, channel.frame, channel.content, at);
  }
  for (unsigned n = 0; n < rx_.size(); ++n) {
    ReceiveChannel& channel = rx_[n];
    if (!channel.listening || !receiving() || !channel.on) continue;
    any = true;
    if (received != nullptr) {
      store(channel, (*received)[n]);
    } else {
      store(channel, line_ != nullptr ? line_->capture(n, at) : I2sFrame{});
    }
  }
  if (any && line_ != nullptr) line_->frame_ended(at);
}

void Core::begin_frame() {
  in_frame_ = true;
  for (TransmitChannel& channel : tx_) {
    channel.sending = transmitting() && channel.on;
    if (!channel.sending) continue;
    channel.frame = {};
    channel.content = I2sContent::kIdle;
    if (!channel.fifo.empty()) {
      const Pair pair = channel.fifo.pop();
      channel.frame = {to_line(pair.left, channel.bits, slot_bits()),
                       to_line(pair.right, channel.bits, slot_bits())};
      channel.content = I2sContent::kSamples;
      channel.started = true;
      channel.dry = false;
    } else if (channel.started) {
      channel.content = I2sContent::kUnderrun;
      if (!channel.dry) ++losses_.underruns;
      channel.dry = true;
      ++losses_.underrun_frames;
    }
  }
  for (ReceiveChannel& channel : rx_) channel.listening = receiving() && channel.on;
}

/// The clock stops within a frame.
void Core::break_frame() {
  in_frame_ = false;
  for (TransmitChannel& channel : tx_) {
    if (channel.sending && channel.content == I2sContent::kSamples) ++losses_.frames_cut;
    channel.sending = false;
  }
}

void Core::store(ReceiveChannel& channel, const I2sFrame& frame) {
  if (channel.fifo.full()) {
    ++losses_.rx_overrun;
    channel.overrun = true;
    return;
  }
  channel.fifo.push(
      {from_line(frame.left, channel.bits, slot_bits()), from_line(frame.right, channel.bits, slot_bits())});
}

// --- switches ---

void Core::set_enabled(bool on) {
  enabled_ = on;
  clock_changed();
  if (on) return;
  break_frame();
  for (unsigned n = 0; n < tx_.size(); ++n) {
    flush_transmit(n);
    tx_[n].left = 0;
  }
  for (unsigned n = 0; n < rx_.size(); ++n) flush_receive(n);
}

void Core::set_transmitting(bool on) {
  transmitting_ = on;
  if (!on) std::for_each(tx_.begin(), tx_.end(), [&](TransmitChannel& channel) { stop_channel(channel); });
}

void Core::set_receiving(bool on) { receiving_ = on; }

void Core::set_clock_on(bool on) {
  clock_on_ = on;
  clock_changed();
}

void Core::set_slot_bits(unsigned bits) { slot_bits_ = bits; }

void Core::set_transmit_on(unsigned channel, bool on) {
  tx_[channel].on = on;
  if (!on) stop_channel(tx_[channel]);
}

/// What it sends from now on until it has data again is not an underrun.
void Core::stop_channel(TransmitChannel& channel) {
  channel.started = false;
  channel.dry = false;
}

// --- FIFOs ---

void Core::write_left(unsigned channel, std::uint32_t sample) {
  if (!enabled_) return ignore_sample();
  tx_[channel].left = sample;
}

void Core::write_right(unsigned channel, std::uint32_t sample) {
  if (!enabled_) return ignore_sample();
  TransmitChannel& to = tx_[channel];
  if (to.fifo.full()) {
    ++losses_.tx_overflow;
    to.overflow = true;
  } else {
    to.fifo.push({to.left, sample});
  }
}

Pair Core::front(unsigned channel) const {
  const ReceiveChannel& from = rx_[channel];
  return from.fifo.empty() ? from.last : from.fifo.front();
}

void Core::read_left(unsigned channel) {
  underflowing_ = rx_[channel].fifo.empty();
  if (underflowing_) ++losses_.rx_underflow;
}

void Core::read_right(unsigned channel) {
  ReceiveChannel& from = rx_[channel];
  underflowing_ = from.fifo.empty();
  if (underflowing_) {
    ++losses_.rx_underflow;
  } else {
    from.last = from.fifo.pop();
  }
}

void Core::flush_transmit(unsigned channel) {
  TransmitChannel& flushed = tx_[channel];
  losses_.tx_flushed += flushed.fifo.size();
  flushed.fifo.clear();
  stop_channel(flushed);
}

void Core::flush_receive(unsigned channel) {
  losses_.rx_flushed += rx_[channel].fifo.size();
  rx_[channel].fifo.clear();
}

}  // namespace dmavp::i2s
