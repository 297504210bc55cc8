// FIFOs and shifter of an SPI master, without registers (spec peripherals 3.4 - 3.6). Plain C++.
#pragma once

#include <array>
#include <cstdint>

#include "base/clock.h"
#include "peripherals/item_fifo.h"
#include "peripherals/spi_device.h"
#include "peripherals/ssi_parameters.h"

namespace dmavp::ssi {

/// TMOD.
enum class TransferMode : std::uint8_t { kTransmitReceive, kTransmit, kReceive, kEepromRead };

/// What may only change while the part is disabled.
struct Format {
  unsigned bits = 8;  ///< per frame, 4..32
  TransferMode mode = TransferMode::kTransmitReceive;
  bool loop = false;          ///< SRL: receives what it sends
  bool toggle = false;        ///< the select rises for one serial clock between frames
  bool master = true;         ///< false never starts
  std::uint32_t divider = 0;  ///< ssi clocks per serial clock; 0: no serial clock
  std::uint32_t ndf = 0;      ///< frames of a receive phase - 1
};

/// What was lost, whatever the flags of the part say (spec peripherals 1.3). Frames, unless stated.
struct Losses {
  std::uint64_t rx_overrun = 0;     ///< received with the receive FIFO full
  std::uint64_t tx_overflow = 0;    ///< written to a full transmit FIFO
  std::uint64_t tx_ignored = 0;     ///< written while disabled, or to a transfer that does not send
  std::uint64_t rx_underflow = 0;   ///< reads of an empty receive FIFO
  std::uint64_t tx_starved = 0;     ///< transfers that ended though the DMA block was not over
  Picoseconds tx_starved_time = 0;  ///< from there to the next start
  std::uint64_t transfers_cut = 0;  ///< broken off by SSIENR or SER
  std::uint64_t tx_flushed = 0;     ///< in the transmit FIFO when software disabled the part
  std::uint64_t rx_flushed = 0;
};

struct Traffic {
  std::uint64_t transfers = 0;  ///< selects asserted
  std::uint64_t frames = 0;     ///< complete ones
};

/// Time moves in advance() only; everything else happens at the time of the last advance(). A transfer starts
/// on the first clock edge at or after the moment its conditions are met, its frames follow without a gap,
/// and frame n ends n * bits * divider cycles after the start.
class Core {
 public:
  /// @param depth of both FIFOs; @param rx_capacity frames the receive FIFO takes before it overruns
  Core(unsigned depth, unsigned rx_capacity, const Clock& clock);

  /// `device` (null: none) hangs behind `select`, below kMaxSelects, and outlives this.
  void attach(unsigned select, SpiDevice* device) { devices_.at(select) = device; }

  /// Does everything due at or before `time`.
  void advance(Picoseconds time);

  /// SSIENR. Switching off ends a transfer at once and empties both FIFOs.
  void enable(bool on);
  void set_format(const Format& format) { format_ = format; }
  /// SER: a set of chip selects.
  void set_select(std::uint32_t selects);
  void push(std::uint32_t frame);
  std::uint32_t pop();
  /// What pop() would return.
  std::uint32_t front() const { return rx_.empty() ? last_popped_ : rx_.front(); }
  /// The DMA controller has more to send; while it has, a transfer that runs dry counts as starved.
  void set_more_expected(bool more) { more_expected_ = more; }

  bool enabled() const { return enabled_; }
  bool busy() const { return state_ == State::kShifting; }
  unsigned depth() const { return static_cast<unsigned>(tx_.depth()); }
  unsigned tx_level() const { return static_cast<unsigned>(tx_.size()); }
  unsigned rx_level() const { return static_cast<unsigned>(rx_.size()); }
  unsigned rx_capacity() const { return rx_capacity_; }
  bool tx_full() const { return tx_.full(); }

  bool tx_overflow() const { return tx_overflow_; }
  bool rx_overrun() const { return rx_overrun_; }
  bool rx_underflow() const { return rx_underflow_; }
  void clear_tx_overflow() { tx_overflow_ = false; }
  void clear_rx_overrun() { rx_overrun_ = false; }
  void clear_rx_underflow() { rx_underflow_ = false; }

  // --- what is to come, for whoever plans a wake-up ---
  /// Frames the current transfer can finish before it ends or changes its phase, as things are; 0 when idle.
  std::uint64_t frames_ahead() const;
  bool starting() const { return state_ == State::kStarting; }
  /// Each frame of this phase takes one from the transmit FIFO at its end, as long as there is one.
  bool sending() const { return busy() && !receiving_; }
  /// Each frame of this phase adds one to the receive FIFO at its end.
  bool storing() const { return busy() && (receiving_ || format_.mode == TransferMode::kTransmitReceive); }
  /// A phase of its own follows this one: the transmit FIFO of an EEPROM read runs empty.
  bool phase_follows() const { return sending() && format_.mode == TransferMode::kEepromRead; }
  /// End of the n-th frame from now, 1 being the current one; with starting(): the start, whatever n.
  Picoseconds end_of(std::uint64_t n) const;

  const Losses& losses() const { return losses_; }
  const Traffic& traffic() const { return traffic_; }

 private:
  enum class State : std::uint8_t { kIdle, kStarting, kShifting };

  Cycle frame_cycles() const { return Cycle{format_.bits} * format_.divider; }
  Cycle gap_cycles() const { return format_.toggle ? format_.divider : 0; }
  void start_if_possible();
  void begin();
  void finish_frame();
  void shift_next(Cycle from);
  void end();
  void cut();
  std::uint32_t exchange(std::uint32_t out, unsigned bits);
  void select_devices(std::uint32_t selects, Picoseconds at);
  void deselect_devices(std::uint32_t selects, Picoseconds at);
  void store(std::uint32_t frame);

  const unsigned rx_capacity_;
  const Clock clock_;
  std::array<SpiDevice*, kMaxSelects> devices_ = {};
  Format format_;
  ItemFifo<std::uint32_t> tx_;
  ItemFifo<std::uint32_t> rx_;
  bool enabled_ = false;
  std::uint32_t selects_ = 0;
  bool more_expected_ = false;

  Picoseconds now_ = 0;
  State state_ = State::kIdle;
  bool receiving_ = false;       // receive phase of modes 2 and 3
  std::uint32_t remaining_ = 0;  // frames of it, with the current one
  std::uint32_t shifter_ = 0;
  Cycle frame_start_ = 0;
  Cycle due_ = kNever;  // start of the transfer, or end of the current frame
  Picoseconds starved_since_ = kNever;

  std::uint32_t last_popped_ = 0;
  bool tx_overflow_ = false;
  bool rx_overrun_ = false;
  bool rx_underflow_ = false;
  Losses losses_;
  Traffic traffic_;
};

}  // namespace dmavp::ssi
