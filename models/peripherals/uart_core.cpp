// The host side of DW_apb_uart: FIFOs, interrupts, DMA levels [spec peripherals 2.3 - 2.5].
#include "peripherals/uart_core.h"

namespace dmavp::uart {
namespace {

constexpr std::uint8_t kOverrun = 1 << 1;  // LSR.OE

// IER
constexpr std::uint8_t kReceiveInterrupt = 1;
constexpr std::uint8_t kTransmitInterrupt = 2;
constexpr std::uint8_t kLineInterrupt = 4;
constexpr std::uint8_t kModemInterrupt = 8;

// IIR[3:0]
constexpr std::uint8_t kModemStatus = 0x0;
constexpr std::uint8_t kTransmitEmpty = 0x2;
constexpr std::uint8_t kDataAvailable = 0x4;
constexpr std::uint8_t kLineStatusId = 0x6;
constexpr std::uint8_t kBusyDetect = 0x7;
constexpr std::uint8_t kTimeout = 0xC;

}  // namespace

Core::Core(const Parameters& parameters, const Clock& baud_clock, CoreOwner& owner)
    : parameters_(parameters),
      baud_clock_(baud_clock),
      line_clock_(baud_clock.hz() * 8),
      owner_(owner),
      tx_(std::max(parameters.fifo_depth, 1u)),
      rx_(std::max(parameters.fifo_depth, 1u)) {
  inputs_ = static_cast<std::uint8_t>((parameters.cts ? 0x10 : 0) | (parameters.dsr ? 0x20 : 0) |
                                      (parameters.ri ? 0x40 : 0) | (parameters.dcd ? 0x80 : 0));
  levels_ = inputs_;
}

void Core::reset() {
  if (shifting_) ++statistics_.frames_cut;
  shifting_ = false;
  shift_end_time_ = kNever;
  ran_dry_ = false;
  hang_up();
  feed_at_ = kNever;
  reset_fifos();
  fifos_on_ = dma_mode_ = halt_ = fifo_access_ = false;
  rt_ = tet_ = 0;
  ier_ = mcr_ = 0;
  divisor_ = dlf_ = 0;
  if (sending_break()) set_break(false);
  lcr_ = 0;
  last_read_ = 0;
  line_status_ = 0;
  timed_out_ = spurious_timeout_ = thre_ = busy_detect_ = false;
  was_low_ = true;
  tx_stream_ = rx_stream_ = false;
  timeout_at_ = kNever;
  drive_modem();
  deltas_ = 0;
  update_streams();
}

// --- FIFOs ---

void Core::write_transmit(std::uint8_t data) {
  if (tx_.size() >= depth()) {
    ++statistics_.tx_overflows;
    if (fifos_on_) return;
    tx_.front() = data;  // a holding register is overwritten
    return;
  }
  tx_.push(data);
  // The interrupt goes with the write, and comes again if the level is (or gets) low enough.
  was_low_ = thre_ = false;
  transmit_level_changed();
  try_transmit(edge_from(now_));
}

std::uint8_t Core::next_transmit() const { return fifo_access_ && !tx_.empty() ? tx_.front() : 0; }

void Core::pop_transmit() {
  if (!fifo_access_ || tx_.empty()) return;
  tx_.pop();
  transmit_level_changed();
}

bool Core::store(Received item) {
  if (rx_.size() >= depth()) {
    ++statistics_.rx_overruns;
    line_status_ |= kOverrun;
    if (fifos_on_) return false;
    if (rx_.front().errors != 0) --flagged_;
    rx_.clear();
  }
  rx_.push(item);
  if (item.errors != 0) ++flagged_;
  if (rx_.size() == 1) reveal_head();
  if (!timed_out_) restart_timeout();
  receive_level_changed();
  return true;
}

void Core::push_receive(std::uint8_t data, bool parity_error, bool framing_error) {
  if (!fifo_access_) return;
  store({data,
         static_cast<std::uint8_t>((parity_error ? kParityError : 0) | (framing_error ? kFramingError : 0))});
}

std::uint8_t Core::head() const { return rx_.empty() ? last_read_ : rx_.front().data; }

bool Core::pop_receive() {
  timed_out_ = spurious_timeout_ = false;
  if (rx_.empty()) {
    ++statistics_.rx_underflows;
    return false;
  }
  const Received item = rx_.pop();
  if (item.errors != 0) --flagged_;
  last_read_ = item.data;
  if (!rx_.empty()) reveal_head();
  restart_timeout();
  receive_level_changed();
  return true;
}

void Core::clear_receive() {
  statistics_.rx_flushed += rx_.size();
  rx_.clear();
  flagged_ = 0;
  timed_out_ = false;
  restart_timeout();
  receive_level_changed();
}

void Core::clear_transmit() {
  statistics_.tx_flushed += tx_.size();
  tx_.clear();
  transmit_level_changed();
}

void Core::reset_fifos() {
  clear_receive();
  clear_transmit();
}

void Core::set_fifo_enable(bool on) {
  if (on == fifos_on_ || parameters_.fifo_depth == 0) return;
  reset_fifos();
  fifos_on_ = on;
  transmit_level_changed();
  receive_level_changed();
}

void Core::set_fifo_access(bool on) {
  if (on == fifo_access_) return;
  reset_fifos();
  fifo_access_ = on;
  if (!on) feed(edge_from(now_));
}

void Core::transmit_level_changed() {
  const bool low = transmit_low();
  if (!low) thre_ = false;
  if (low && !was_low_) thre_ = true;
  was_low_ = low;
  update_streams();
}

void Core::receive_level_changed() {
  const bool stop = rx_.empty() ? false : flow_stop_ || rx_.size() >= receive_trigger();
  update_streams();
  if (stop == flow_stop_) return;
  flow_stop_ = stop;
  if (auto_flow()) drive_modem();
}

/// Four character times without a character in or out of a FIFO that is not empty.
void Core::restart_timeout() {
  const bool runs = fifos_on_ && !rx_.empty() && baud_on();
  timeout_at_ = runs ? later(now_, line_clock_.time_of(4 * character_ticks())) : kNever;
}

void Core::update_streams() {
  if (tx_.empty()) tx_stream_ = true;
  if (tx_.size() >= depth()) tx_stream_ = false;
  if (rx_.size() >= receive_trigger() || timed_out_) rx_stream_ = true;
  if (rx_.empty()) rx_stream_ = false;
}

// --- control ---

void Core::set_triggers(unsigned rt, unsigned tet) {
  if (parameters_.fifo_depth == 0) return;
  rt_ = rt;
  tet_ = tet;
  transmit_level_changed();
  receive_level_changed();
}

void Core::set_dma_mode(bool mode1) {
  if (parameters_.fifo_depth == 0) return;
  dma_mode_ = mode1;
  update_streams();
}

void Core::set_ier(std::uint8_t value) {
  const auto implemented = static_cast<std::uint8_t>(parameters_.thre_mode ? 0x8F : 0x0F);
  const bool asks_again = (value & ~ier_ & kTransmitInterrupt) != 0;
  ier_ = value & implemented;
  transmit_level_changed();
  if (asks_again && transmit_low()) thre_ = true;
}

bool Core::write_lcr(std::uint8_t value) {
  if (!parameters_.uart_16550_compatible && busy()) {
    busy_detect_ = true;
    ++statistics_.busy_lcr_writes;
    return false;
  }
  const bool low = (value & 0x40) != 0;
  lcr_ = static_cast<std::uint8_t>((value & ~0x40) | (lcr_ & 0x40));
  set_break(low);
  if (timeout_at_ != kNever) restart_timeout();
  return true;
}

void Core::set_break(bool on) {
  if (on == sending_break()) return;
  lcr_ ^= 0x40;
  if (loopback()) {
    hear_break(on, now_);
  } else if (peer_ != nullptr) {
    peer_->line_break(on, now_);
  }
}

void Core::set_mcr(std::uint8_t value) {
  const auto implemented = static_cast<std::uint8_t>(parameters_.afce ? 0x3F : 0x1F);
  const std::uint8_t old = mcr_;
  mcr_ = value & implemented;
  const bool switches = ((old ^ mcr_) & 0x10) != 0;
  if (switches) hang_up();
  drive_modem();
  if (switches) feed(edge_from(now_));
}

void Core::set_divisor(std::uint32_t divisor) {
  divisor_ = divisor & 0xFFFF;
  if (!timed_out_) restart_timeout();
  try_transmit(edge_from(now_));
  feed(edge_from(now_));
}

void Core::set_dlf(std::uint32_t fraction) {
  dlf_ = fraction & ((1u << parameters_.dlf_size) - 1);
  if (!timed_out_) restart_timeout();
}

void Core::set_halt(bool halt) {
  halt_ = halt;
  try_transmit(edge_from(now_));
}

// --- interrupts ---

/// Level at which the transmitter asks for more characters.
bool Core::transmit_low() const { return tx_.size() <= (programmable_thre() ? transmit_trigger() : 0); }

std::uint8_t Core::interrupt_id() const {
  if ((ier_ & kLineInterrupt) != 0 && line_status_ != 0) return kLineStatusId;
  if ((ier_ & kReceiveInterrupt) != 0) {
    if (rx_.size() >= receive_trigger()) return kDataAvailable;
    if (timed_out_ || spurious_timeout_) return kTimeout;
  }
  if ((ier_ & kTransmitInterrupt) != 0 && thre_) return kTransmitEmpty;
  if ((ier_ & kModemInterrupt) != 0 && deltas_ != 0) return kModemStatus;
  return busy_detect_ ? kBusyDetect : kNoInterrupt;
}

std::uint8_t Core::iir() const { return static_cast<std::uint8_t>(interrupt_id() | (fifos_on_ ? 0xC0 : 0)); }

void Core::iir_read() {
  if (interrupt_id() == kTransmitEmpty) thre_ = false;
}

std::uint8_t Core::lsr() const {
  const bool thre = programmable_thre() ? tx_.size() >= depth() : tx_.empty();
  const bool temt = tx_.empty() && !shifting_;
  return static_cast<std::uint8_t>((rx_.empty() ? 0 : 0x01) | line_status_ | (thre ? 0x20 : 0) |
                                   (temt ? 0x40 : 0) | (fifos_on_ && flagged_ != 0 ? 0x80 : 0));
}

void Core::lsr_read() {
  line_status_ = 0;
  if (rx_.empty() || rx_.front().errors == 0) return;
  rx_.front().errors = 0;
  --flagged_;
}

std::uint8_t Core::msr() const { return levels_ | deltas_; }
void Core::msr_read() { deltas_ = 0; }

bool Core::busy() const {
  if (fifo_access_) return shifting_;
  return shifting_ || receiving() || (baud_on() && !(tx_.empty() && rx_.empty()));
}

std::uint8_t Core::usr() const {
  return static_cast<std::uint8_t>((!parameters_.uart_16550_compatible && busy() ? 0x01 : 0) |
                                   (tx_.size() < depth() ? 0x02 : 0) | (tx_.empty() ? 0x04 : 0) |
                                   (rx_.empty() ? 0 : 0x08) | (rx_.size() >= depth() ? 0x10 : 0));
}

void Core::inject_spurious_timeout() {
  spurious_timeout_ = true;
  owner_.outputs_changed(now_);
}

// --- DMA ---

unsigned Core::receive_trigger() const {
  if (!fifos_on_) return 1;
  const unsigned d = parameters_.fifo_depth;
  const unsigned levels[] = {1, d / 4, d / 2, d - 2};
  return levels[rt_];
}

unsigned Core::transmit_trigger() const {
  if (!fifos_on_) return 0;
  const unsigned d = parameters_.fifo_depth;
  const unsigned levels[] = {0, 2, d / 4, d / 2};
  return levels[tet_];
}

RequestLevels Core::transmit_request() const {
  if (parameters_.dma_extra) return {tx_.size() <= transmit_trigger(), tx_.size() < depth()};
  const bool one = fifos_on_ && dma_mode_ ? tx_stream_ : tx_.empty();
  return {one, one};
}

RequestLevels Core::receive_request() const {
  if (parameters_.dma_extra) {
    const bool late = parameters_.timeout_requests_dma && timed_out_;
    return {rx_.size() >= receive_trigger() || late, !rx_.empty()};
  }
  const bool one = fifos_on_ && dma_mode_ ? rx_stream_ : !rx_.empty();
  return {one, one};
}

}  // namespace dmavp::uart
