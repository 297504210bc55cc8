// DW_apb_uart without bus: FIFOs, shift registers, line timing, interrupts and DMA levels (spec peripherals
// 2). Plain C++.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>

#include "base/clock.h"
#include "peripherals/item_fifo.h"
#include "peripherals/uart_line.h"
#include "peripherals/uart_parameters.h"

namespace dmavp::uart {

/// What was lost, and how much went well; counted whether or not hardware has a flag for it.
struct Statistics {
  std::uint64_t sent = 0;             ///< characters whose last stop bit has left
  std::uint64_t received = 0;         ///< characters that entered the receive FIFO from the line
  std::uint64_t rx_overruns = 0;      ///< lost at a full receive FIFO
  std::uint64_t rx_unheard = 0;       ///< arrived without baud clock, in FIFO test mode or during a reset
  std::uint64_t tx_overflows = 0;     ///< written to a full transmit FIFO
  std::uint64_t rx_underflows = 0;    ///< reads of an empty receive FIFO
  std::uint64_t tx_gaps = 0;          ///< times the transmitter ran dry and later went on
  Picoseconds tx_gap_time = 0;        ///< how long it was dry, in these gaps
  std::uint64_t frames_cut = 0;       ///< characters a reset or a break took off the wire
  std::uint64_t rx_flushed = 0;       ///< received characters that software threw away unread
  std::uint64_t tx_flushed = 0;       ///< characters that software threw away unsent
  std::uint64_t parity_errors = 0;    ///< received characters
  std::uint64_t framing_errors = 0;   ///< received characters
  std::uint64_t breaks = 0;           ///< received
  std::uint64_t busy_lcr_writes = 0;  ///< ignored because the UART was busy
};

/// Bits of LSR that belong to a received character.
enum LineStatus : std::uint8_t { kParityError = 1 << 2, kFramingError = 1 << 3, kBreak = 1 << 4 };

/// A position of the receive FIFO.
struct Received {
  std::uint8_t data = 0;
  std::uint8_t errors = 0;  ///< of LineStatus
};

/// DMA lines of one direction.
struct RequestLevels {
  bool burst = false;
  bool single = false;
};

/// Whoever gives the core its time.
class CoreOwner {
 public:
  /// Interrupt or DMA levels may have changed; they are those of `at`.
  virtual void outputs_changed(Picoseconds at) = 0;
  /// next_event() may have come nearer.
  virtual void events_changed() = 0;

 protected:
  ~CoreOwner() = default;
};

/// Time only moves in advance(): call it before anything else is done at a later time. Line time is counted
/// in eighths of a baud clock cycle from absolute counts, so it never drifts; characters cost one event each.
class Core : public SerialPeer {
 public:
  /// @param baud_clock up to 125 GHz
  Core(const Parameters& parameters, const Clock& baud_clock, CoreOwner& owner);

  // --- time ---
  void advance(Picoseconds to);    ///< everything due at or before `to` happens
  Picoseconds next_event() const;  ///< kNever if nothing will happen by itself
  Picoseconds now() const { return now_; }

  // --- wires: one peer, or one back end, or neither; both outlive their use here ---
  void connect(SerialPeer* peer);
  void attach(SerialBackend* backend);
  void receive(const SerialFrame& frame) override;
  void receive_until(Picoseconds at) override;
  void line_break(bool low, Picoseconds at) override;
  void modem_inputs(bool cts, bool dsr, Picoseconds at) override;

  // --- what registers do, at now() ---
  void reset();                                  ///< SRR[0]: as after power-up; the wires stay
  void write_transmit(std::uint8_t data);        ///< THR
  std::uint8_t head() const;                     ///< RBR without popping
  bool pop_receive();                            ///< RBR was read; false: there was nothing
  void set_fifo_enable(bool on);                 ///< FCR[0]
  void clear_receive();                          ///< FCR[1], SRR[1]
  void clear_transmit();                         ///< FCR[2], SRR[2]
  void set_triggers(unsigned rt, unsigned tet);  ///< codes 0..3; no effect without FIFOs
  void set_dma_mode(bool mode1);                 ///< FCR[3]; no effect without FIFOs
  void set_ier(std::uint8_t value);
  bool write_lcr(std::uint8_t value);  ///< false: busy, ignored, busy detect raised
  void set_break(bool on);             ///< LCR[6], SBCR
  void set_mcr(std::uint8_t value);
  void set_divisor(std::uint32_t divisor);
  void set_dlf(std::uint32_t fraction);
  void set_halt(bool halt);                                                     ///< HTX
  void set_fifo_access(bool on);                                                ///< FAR
  std::uint8_t next_transmit() const;                                           ///< TFR without popping
  void pop_transmit();                                                          ///< TFR was read
  void push_receive(std::uint8_t data, bool parity_error, bool framing_error);  ///< RFW
  void iir_read();
  void lsr_read();
  void msr_read();
  void usr_read() { busy_detect_ = false; }

  // --- what registers show ---
  std::uint8_t iir() const;  ///< with bits [7:6]
  std::uint8_t lsr() const;
  std::uint8_t msr() const;
  std::uint8_t usr() const;
  std::uint8_t ier() const { return ier_; }
  std::uint8_t lcr() const { return lcr_; }
  std::uint8_t mcr() const { return mcr_; }
  bool dlab() const { return (lcr_ & 0x80) != 0; }
  bool fifos_on() const { return fifos_on_; }
  bool dma_mode() const { return dma_mode_; }
  unsigned rt() const { return rt_; }
  unsigned tet() const { return tet_; }
  std::uint32_t divisor() const { return divisor_; }
  std::uint32_t dlf() const { return dlf_; }
  bool halted() const { return halt_; }
  bool fifo_access() const { return fifo_access_; }
  unsigned transmit_level() const { return static_cast<unsigned>(tx_.size()); }
  unsigned receive_level() const { return static_cast<unsigned>(rx_.size()); }
  bool busy() const;

  // --- outputs ---
  bool interrupt() const { return interrupt_id() != kNoInterrupt; }
  RequestLevels transmit_request() const;
  RequestLevels receive_request() const;

  /// Receive watermark (items) and transmit watermark (items) as decoded from RT and TET.
  unsigned receive_trigger() const;
  unsigned transmit_trigger() const;
  /// Duration of a character as configured now, rounded up to a picosecond; 0 while the baud clock is off.
  Picoseconds character_time() const { return line_clock_.time_of(character_ticks()); }
  const Statistics& statistics() const { return statistics_; }
  const Parameters& parameters() const { return parameters_; }

  /// Fault of real parts: a time-out id although the FIFO is empty, until RBR is read.
  void inject_spurious_timeout();

 private:
  using Tick = Cycle;  // an eighth of a baud clock cycle
  static constexpr std::uint8_t kNoInterrupt = 0x1;

  // Line side (uart_line_side.cpp).
  SerialFormat format() const;
  Tick character_ticks() const;
  bool baud_on() const { return divisor_ != 0; }
  bool loopback() const { return (mcr_ & 0x10) != 0; }
  bool auto_flow() const { return (mcr_ & 0x22) == 0x22; }  ///< AFCE and RTS (2.3)
  Tick edge_from(Picoseconds at) const { return baud_clock_.cycle_from(at) * 8; }
  void step(Picoseconds at);
  bool receive_due(Picoseconds at);
  bool receiving() const { return !incoming_.empty() && incoming_.front().start <= now_; }
  void hang_up();
  void try_transmit(Tick earliest);
  void end_transmit(Picoseconds at);
  void arrive(const SerialFrame& frame);
  void hear_break(bool low, Picoseconds at);
  void feed(Tick earliest);
  void drive_modem();
  bool rts_active() const;
  std::uint8_t modem_levels() const;
  void update_modem();
  bool sending_break() const { return (lcr_ & 0x40) != 0; }

  // Host side (uart_core.cpp).
  unsigned depth() const { return fifos_on_ ? parameters_.fifo_depth : 1; }
  std::uint8_t interrupt_id() const;
  bool programmable_thre() const { return fifos_on_ && (ier_ & 0x80) != 0; }
  bool transmit_low() const;
  bool store(Received item);  ///< false: lost
  void hear(Received item) { statistics_.received += store(item) ? 1 : 0; }
  void reveal_head() { line_status_ |= rx_.front().errors; }
  void transmit_level_changed();
  void receive_level_changed();
  /// kNever if that is beyond all time.
  static Picoseconds later(Picoseconds at, Picoseconds duration) {
    return at + std::min(duration, kNever - at);
  }
  void restart_timeout();
  void update_streams();
  void reset_fifos();

  const Parameters parameters_;
  const Clock baud_clock_;
  const Clock line_clock_;  // ticks
  CoreOwner& owner_;
  SerialPeer* peer_ = nullptr;
  SerialBackend* backend_ = nullptr;
  Picoseconds now_ = 0;

  // Registers.
  bool fifos_on_ = false;
  bool dma_mode_ = false;
  unsigned rt_ = 0;
  unsigned tet_ = 0;
  std::uint8_t ier_ = 0;
  std::uint8_t lcr_ = 0;
  std::uint8_t mcr_ = 0;
  std::uint32_t divisor_ = 0;
  std::uint32_t dlf_ = 0;
  bool halt_ = false;
  bool fifo_access_ = false;

  // Transmitter.
  ItemFifo<std::uint8_t> tx_;
  bool shifting_ = false;
  std::uint8_t shifted_ = 0;
  bool shift_visible_ = true;  // to the back end: no loopback, no break when it began
  Tick shift_end_ = 0;
  Picoseconds shift_end_time_ = kNever;
  bool ran_dry_ = false;    // since shift_end_
  bool tx_stream_ = false;  // dma_extra = false, mode 1: requesting until full

  // Receiver.
  ItemFifo<Received> rx_;
  std::uint8_t last_read_ = 0;
  std::deque<SerialFrame> incoming_;  // announced, in order
  bool feeding_ = false;              // the last of incoming_ comes from the back end
  Tick feed_end_ = 0;
  Picoseconds feed_at_ = kNever;   // when to ask the back end again
  Picoseconds break_at_ = kNever;  // when a break becomes a character
  Picoseconds timeout_at_ = kNever;
  bool rx_stream_ = false;  // dma_extra = false, mode 1: requesting until empty

  // Interrupts.
  unsigned flagged_ = 0;          // characters of rx_ with errors
  std::uint8_t line_status_ = 0;  // OE and revealed errors, as in LSR
  bool timed_out_ = false;
  bool spurious_timeout_ = false;
  bool thre_ = false;
  bool was_low_ = true;  // the transmit level was at or below the THRE threshold
  bool busy_detect_ = false;

  // Modem.
  std::uint8_t inputs_ = 0;  // as MSR[7:4]
  std::uint8_t levels_ = 0;  // what MSR[7:4] shows
  std::uint8_t deltas_ = 0;  // MSR[3:0]
  bool flow_stop_ = false;   // automatic RTS has fallen
  bool rts_out_ = false;
  bool dtr_out_ = false;

  Statistics statistics_;
};

}  // namespace dmavp::uart
