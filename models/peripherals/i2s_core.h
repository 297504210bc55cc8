// Channels and frame clock of DW_apb_i2s, without registers (spec peripherals 5.2). Plain C++.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "peripherals/i2s_line.h"
#include "peripherals/i2s_parameters.h"
#include "peripherals/item_fifo.h"

namespace dmavp::i2s {

/// Samples as software sees them, right-justified.
struct Pair {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
};

/// What was lost, over all channels (spec peripherals 1.3). Pairs, unless stated.
struct Losses {
  std::uint64_t rx_overrun = 0;       ///< received with the FIFO full
  std::uint64_t tx_overflow = 0;      ///< written to a full FIFO
  std::uint64_t tx_ignored = 0;       ///< samples written with IEN = 0 or to no channel
  std::uint64_t rx_underflow = 0;     ///< samples read from an empty FIFO
  std::uint64_t underruns = 0;        ///< times a transmit FIFO that had had data was empty when needed
  std::uint64_t underrun_frames = 0;  ///< frames of zeros sent for that reason
  std::uint64_t frames_cut = 0;       ///< pairs on the line when the clock was switched off
  std::uint64_t tx_flushed = 0;       ///< in FIFOs that software emptied
  std::uint64_t rx_flushed = 0;
};

struct TransmitChannel {
  explicit TransmitChannel(unsigned depth) : fifo(depth) {}
  ItemFifo<Pair> fifo;
  bool on = true;          ///< TER
  unsigned bits = 0;       ///< TCR; 0: as wide as the slot
  bool overflow = false;   ///< TXFO
  std::uint32_t left = 0;  ///< written, waiting for its right sample
  bool sending = false;    ///< has a place in the current frame
  bool started = false;    ///< has sent samples since it was switched on
  bool dry = false;        ///< the current underrun was counted
  I2sFrame frame;          ///< on the line
  I2sContent content = I2sContent::kIdle;
};

struct ReceiveChannel {
  explicit ReceiveChannel(unsigned depth) : fifo(depth) {}
  ItemFifo<Pair> fifo;
  bool on = true;          ///< RER
  unsigned bits = 0;       ///< RCR; 0: as wide as the slot
  bool overrun = false;    ///< RXFO
  bool listening = false;  ///< since the start of the current frame
  Pair last;               ///< popped last
};

/// The first frame begins on the first SCLK edge at or after the moment the clock is on; frame n ends
/// (n + 1) * frame cycles later. What is switched on within a frame takes part from the next one. A transmit
/// channel takes its pair from the FIFO when a frame begins; a receive channel stores its pair when it ends,
/// before the next one begins.
class Core {
 public:
  Core(const Parameters& parameters, const Clock& sclk);

  /// Null: nobody listens, and silence comes in.
  void set_line(I2sLine* line) { line_ = line; }
  I2sLine* line() const { return line_; }
  /// Another SCLK from `now` on; the current frame still ends when it was to end.
  void set_sclk(const Clock& sclk);
  const Clock& sclk() const { return sclk_; }

  void advance(Picoseconds time);
  /// A frame boundary from outside, for a slave, with what came in; now.
  void external_start();
  void external_boundary(const std::array<I2sFrame, kI2sChannels>& received);

  void set_enabled(bool on);          ///< IEN; off empties every FIFO
  void set_transmitting(bool on);     ///< ITER
  void set_receiving(bool on);        ///< IRER
  void set_clock_on(bool on);         ///< CER
  void set_slot_bits(unsigned bits);  ///< WSS; a frame has two slots
  void set_transmit_on(unsigned channel, bool on);
  void set_receive_on(unsigned channel, bool on) { rx_[channel].on = on; }
  void set_transmit_bits(unsigned channel, unsigned bits) { tx_[channel].bits = bits; }
  void set_receive_bits(unsigned channel, unsigned bits) { rx_[channel].bits = bits; }

  void write_left(unsigned channel, std::uint32_t sample);
  void write_right(unsigned channel, std::uint32_t sample);
  Pair front(unsigned channel) const;
  /// A read of the right sample removes the pair; a read of the left one only counts if there is none.
  void read_left(unsigned channel);
  void read_right(unsigned channel);
  void flush_transmit(unsigned channel);
  void flush_receive(unsigned channel);
  void ignore_sample() { ++losses_.tx_ignored; }
  void clear_overflow(unsigned channel) { tx_[channel].overflow = false; }
  void clear_overrun(unsigned channel) { rx_[channel].overrun = false; }

  bool enabled() const { return enabled_; }
  bool transmitting() const { return enabled_ && transmitting_; }
  bool receiving() const { return enabled_ && receiving_; }
  unsigned tx_count() const { return static_cast<unsigned>(tx_.size()); }
  unsigned rx_count() const { return static_cast<unsigned>(rx_.size()); }
  const TransmitChannel& tx(unsigned channel) const { return tx_[channel]; }
  const ReceiveChannel& rx(unsigned channel) const { return rx_[channel]; }

  /// Bits of a received sample: those of RCR, or of the slot.
  unsigned receive_bits(unsigned channel) const {
    return rx_[channel].bits == 0 ? slot_bits() : rx_[channel].bits;
  }
  /// The last read found its FIFO empty.
  bool underflowing() const { return underflowing_; }

  /// The frame clock runs by itself.
  bool clocked() const { return next_ != kNever; }
  /// Time of the n-th frame boundary from now, 1 being the next.
  Picoseconds boundary(std::uint64_t n) const { return sclk_.time_of(next_ + (n - 1) * frame_cycles()); }

  const Losses& losses() const { return losses_; }
  std::uint64_t frames() const { return frames_; }  ///< complete ones, while something was on or not

 private:
  unsigned frame_cycles() const { return fixed_frame_ != 0 ? fixed_frame_ : 2 * slot_bits_; }
  unsigned slot_bits() const { return fixed_frame_ != 0 ? fixed_frame_ / 2 : slot_bits_; }
  void clock_changed();
  void end_frame(Picoseconds at, const std::array<I2sFrame, kI2sChannels>* received);
  void begin_frame();
  void break_frame();
  void stop_channel(TransmitChannel& channel);
  void store(ReceiveChannel& channel, const I2sFrame& frame);

  const bool master_;
  const unsigned fixed_frame_;
  Clock sclk_;
  I2sLine* line_ = nullptr;
  std::vector<TransmitChannel> tx_;
  std::vector<ReceiveChannel> rx_;
  bool enabled_ = false;
  bool transmitting_ = false;
  bool receiving_ = false;
  bool clock_on_ = false;
  unsigned slot_bits_ = 16;

  Picoseconds now_ = 0;
  Cycle next_ = kNever;  // next frame boundary
  bool in_frame_ = false;
  bool underflowing_ = false;
  std::uint64_t frames_ = 0;
  Losses losses_;
};

}  // namespace dmavp::i2s
