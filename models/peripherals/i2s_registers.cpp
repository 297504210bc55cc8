#include "peripherals/i2s_registers.h"

#include <algorithm>

namespace dmavp::i2s {

namespace {

// CCR of the K210.
constexpr std::uint32_t kCcrTransmitDma = 1u << 8;
constexpr std::uint32_t kCcrReceiveDma = 1u << 9;
constexpr std::uint32_t kCcrSplit = 1u << 10;
constexpr std::uint32_t kCcrSignExtend = 1u << 11;
// DMACR.
constexpr std::uint32_t kReceiveBlockDma = 1u << 16;
constexpr std::uint32_t kTransmitBlockDma = 1u << 17;

/// Bits of a sample by TCR or RCR; 0: as many as the slot has.
unsigned bits_of(std::uint64_t code) {
  static constexpr unsigned kBits[8] = {0, 12, 16, 20, 24, 32, 32, 32};
  return kBits[code & 7];
}

}  // namespace

Registers::Registers(const Parameters& parameters, const Clock& sclk)
    : parameters_(parameters), core_(parameters, sclk), bank_("DW_apb_i2s", 32, PartialAccess::kAllow) {
  declare();
  const unsigned bits = bits_of(parameters.word_code());
  for (unsigned n = 0; n < core_.tx_count(); ++n) core_.set_transmit_bits(n, bits);
  for (unsigned n = 0; n < core_.rx_count(); ++n) core_.set_receive_bits(n, bits);
}

// --- time and outputs ---

void Registers::advance(Picoseconds time) {
  now_ = time;
  core_.advance(time);
  report_losses();
}

void Registers::external_start() {
  core_.external_start();
  report_losses();
}

void Registers::external_boundary(const std::array<I2sFrame, kI2sChannels>& received) {
  core_.external_boundary(received);
  report_losses();
}

std::uint32_t Registers::status(unsigned n) const {
  std::uint32_t bits = 0;
  if (n < core_.rx_count()) {
    if (core_.rx(n).fifo.size() > rfcr_->value(n)) bits |= kRxda;
    if (core_.rx(n).overrun) bits |= kRxfo;
  }
  if (n < core_.tx_count()) {
    if (core_.tx(n).fifo.size() <= tfcr_->value(n)) bits |= kTxfe;
    if (core_.tx(n).overflow) bits |= kTxfo;
  }
  return bits;
}

bool Registers::interrupt() const {
  for (unsigned n = 0; n < imr_->count(); ++n) {
    if ((status(n) & ~imr_->value(n)) != 0) return true;
  }
  return false;
}

bool Registers::dma_on(Direction direction) const {
  const bool transmit = direction == Direction::kTransmit;
  if (!(transmit ? core_.transmitting() : core_.receiving())) return false;
  switch (parameters_.dma_enable) {
    case DmaEnable::kDmacr:
      return (dmacr_->value() & (transmit ? kTransmitBlockDma : kReceiveBlockDma)) != 0;
    case DmaEnable::kCcr:
      return (ccr_->value() & (transmit ? kCcrTransmitDma : kCcrReceiveDma)) != 0;
    case DmaEnable::kAlways:
      break;
  }
  return true;
}

RequestLevels Registers::request(Direction direction) const {
  if (!dma_on(direction)) return {};
  const bool transmit = direction == Direction::kTransmit;
  RequestLevels levels;
  bool first = true;
  const unsigned count = transmit ? core_.tx_count() : core_.rx_count();
  for (unsigned n = 0; n < count; ++n) {
    if (!(transmit ? tx_on(n) : rx_on(n))) continue;
    RequestLevels own;
    if (transmit) {
      own = {core_.tx(n).fifo.size() <= tfcr_->value(n), !core_.tx(n).fifo.full()};
    } else {
      own = {core_.rx(n).fifo.size() > rfcr_->value(n), !core_.rx(n).fifo.empty()};
    }
    levels = first ? own : RequestLevels{levels.burst && own.burst, levels.single && own.single};
    first = false;
    if (parameters_.request_rule == RequestRule::kLowestChannel) break;
  }
  return levels;
}

/// A frame boundary only ever takes from transmit FIFOs and adds to receive FIFOs, so by itself an output can
/// only rise, and counting tells at which boundary the first one does.
Picoseconds Registers::next_change() const {
  if (!core_.clocked()) return kNever;
  std::uint64_t boundary = core_.line() != nullptr && core_.line()->wants_every_frame() ? 1 : kNever;
  const auto sooner = [&](std::uint64_t n) { boundary = std::min(boundary, n); };
  const bool line = interrupt();
  const bool tx_dma = dma_on(Direction::kTransmit);
  const bool rx_dma = dma_on(Direction::kReceive);
  for (unsigned n = 0; core_.transmitting() && n < core_.tx_count(); ++n) {
    if (!tx_on(n)) continue;
    const std::uint64_t level = core_.tx(n).fifo.size();
    const std::uint64_t threshold = tfcr_->value(n);
    const bool watched = tx_dma || (!line && (imr_->value(n) & kTxfe) == 0);
    if (watched && level > threshold) sooner(level - threshold);
    if (tx_dma && core_.tx(n).fifo.full()) sooner(1);
    const bool will_underrun = level > 0 || (core_.tx(n).started && !core_.tx(n).dry);
    if (diagnosing() && will_underrun) sooner(level + 1);
  }
  for (unsigned n = 0; core_.receiving() && n < core_.rx_count(); ++n) {
    if (!rx_on(n)) continue;
    const std::uint64_t level = core_.rx(n).fifo.size();
    const std::uint64_t threshold = rfcr_->value(n);
    const bool watched = rx_dma || (!line && (imr_->value(n) & kRxda) == 0);
    if (watched && level <= threshold) sooner(threshold + 1 - level);
    if (rx_dma && level == 0) sooner(1);
    const bool overrun_watched = diagnosing() || (!line && (imr_->value(n) & kRxfo) == 0);
    if (overrun_watched && !core_.rx(n).overrun) sooner(core_.rx(n).fifo.depth() + 1 - level);
  }
  return boundary == kNever ? kNever : core_.boundary(boundary);
}

/// Says what begins to be lost, not each item of it: a flag that software has not cleared is an old story.
void Registers::report_losses() {
  const Losses& losses = core_.losses();
  if (losses.underruns != reported_.underruns) {
    reported_.underruns = losses.underruns;
    diagnose(now(), "i2s.underrun", "the transmit FIFO was empty when a frame began; zeros are sent");
  }
  bool overrun = false;
  bool overflow = false;
  for (unsigned n = 0; n < core_.rx_count(); ++n) overrun = overrun || core_.rx(n).overrun;
  for (unsigned n = 0; n < core_.tx_count(); ++n) overflow = overflow || core_.tx(n).overflow;
  const auto report = [&](bool raised, bool& before, const char* kind, const char* message) {
    if (raised && !before) diagnose(now(), kind, message);
    before = raised;
  };
  report(overrun, reported_.overrun, "i2s.receive-overrun",
         "a pair arrived with the receive FIFO full and is lost");
  report(overflow, reported_.overflow, "i2s.transmit-overflow",
         "a pair was written to a full transmit FIFO and is lost");
  report(core_.underflowing(), reported_.underflow, "i2s.receive-underflow",
         "the receive FIFO was read while empty");
}

// --- behaviour of the registers ---

void Registers::ccr_written(unsigned, const RegisterWrite& w) {
  static constexpr unsigned kSlot[4] = {16, 24, 32, 32};
  core_.set_slot_bits(kSlot[w.value >> 3 & 3]);
}

void Registers::rxffr_written(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) == 0 || (core_.receiving() && !parameters_.flush_while_on)) return;
  for (unsigned n = 0; n < core_.rx_count(); ++n) core_.flush_receive(n);
}

void Registers::txffr_written(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) == 0 || (core_.transmitting() && !parameters_.flush_while_on)) return;
  for (unsigned n = 0; n < core_.tx_count(); ++n) core_.flush_transmit(n);
}

void Registers::rff_written(unsigned n, const RegisterWrite& w) {
  if ((w.data & 1) == 0 || n >= core_.rx_count()) return;
  if (parameters_.flush_while_on || !core_.receiving() || !rx_on(n)) core_.flush_receive(n);
}

void Registers::tff_written(unsigned n, const RegisterWrite& w) {
  if ((w.data & 1) == 0 || n >= core_.tx_count()) return;
  if (parameters_.flush_while_on || !core_.transmitting() || !tx_on(n)) core_.flush_transmit(n);
}

void Registers::rer_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.rx_count()) core_.set_receive_on(n, (w.value & 1) != 0);
}

void Registers::ter_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.tx_count()) core_.set_transmit_on(n, (w.value & 1) != 0);
}

void Registers::rcr_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.rx_count()) core_.set_receive_bits(n, bits_of(w.value));
}

void Registers::tcr_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.tx_count()) core_.set_transmit_bits(n, bits_of(w.value));
}

// --- samples ---

/// The value of a receive register, sign-extended where the K210's CCR asks for it.
std::uint32_t Registers::sample(unsigned n, std::uint32_t value) const {
  if (parameters_.dma_enable != DmaEnable::kCcr || (ccr_->value() & kCcrSignExtend) == 0) return value;
  const std::uint32_t sign = 1u << (core_.receive_bits(n) - 1);
  return (value ^ sign) - sign;
}

std::uint64_t Registers::left_data(unsigned n) {
  return n < core_.rx_count() ? sample(n, core_.front(n).left) : 0;
}

std::uint64_t Registers::right_data(unsigned n) {
  return n < core_.rx_count() ? sample(n, core_.front(n).right) : 0;
}

void Registers::left_read(unsigned n) {
  if (n < core_.rx_count()) core_.read_left(n);
  report_losses();
}

void Registers::right_read(unsigned n) {
  if (n < core_.rx_count()) core_.read_right(n);
  report_losses();
}

void Registers::left_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.tx_count() && w.has_low_byte()) core_.write_left(n, static_cast<std::uint32_t>(w.data));
}

void Registers::right_written(unsigned n, const RegisterWrite& w) {
  if (n < core_.tx_count() && w.has_low_byte()) core_.write_right(n, static_cast<std::uint32_t>(w.data));
  report_losses();
}

void Registers::ror_read(unsigned n) {
  if (n < core_.rx_count()) core_.clear_overrun(n);
}

void Registers::tor_read(unsigned n) {
  if (n < core_.tx_count()) core_.clear_overflow(n);
}

// --- DMA registers ---

unsigned Registers::tx_channel(unsigned from) const {
  for (unsigned i = 0; i < core_.tx_count(); ++i) {
    const unsigned n = (from + i) % core_.tx_count();
    if (tx_on(n)) return n;
  }
  return core_.tx_count();
}

unsigned Registers::rx_channel(unsigned from) const {
  for (unsigned i = 0; i < core_.rx_count(); ++i) {
    const unsigned n = (from + i) % core_.rx_count();
    if (rx_on(n)) return n;
  }
  return core_.rx_count();
}

bool Registers::split_items() const {
  return parameters_.dma_enable == DmaEnable::kCcr && (ccr_->value() & kCcrSplit) != 0;
}

void Registers::txdma_written(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  if (!core_.enabled()) return core_.ignore_sample();  // and the sequence stays where IEN = 0 put it
  const unsigned n = tx_next_.right ? tx_next_.channel : tx_channel(tx_next_.channel);
  if (n >= core_.tx_count()) return core_.ignore_sample();
  const auto value = static_cast<std::uint32_t>(w.data);
  if (split_items() && !tx_next_.right) {
    core_.write_left(n, value & 0xFFFF);
    core_.write_right(n, value >> 16);
    tx_next_ = {n + 1, false};
  } else if (!tx_next_.right) {
    core_.write_left(n, value);
    tx_next_ = {n, true};
  } else {
    core_.write_right(n, value);
    tx_next_ = {n + 1, false};
  }
  report_losses();
}

std::uint64_t Registers::rxdma_data(unsigned) {
  const unsigned n = rx_next_.right ? rx_next_.channel : rx_channel(rx_next_.channel);
  if (n >= core_.rx_count()) return 0;
  const Pair pair = core_.front(n);
  if (rx_next_.right) return sample(n, pair.right);
  if (split_items()) return (pair.left & 0xFFFF) | pair.right << 16;
  return sample(n, pair.left);
}

void Registers::rxdma_read(unsigned) {
  const unsigned n = rx_next_.right ? rx_next_.channel : rx_channel(rx_next_.channel);
  if (n >= core_.rx_count()) return;
  const bool left = !rx_next_.right && !split_items();
  if (left) {
    core_.read_left(n);
  } else {
    core_.read_right(n);
  }
  if (core_.enabled()) rx_next_ = left ? Sequence{n, true} : Sequence{n + 1, false};
  report_losses();
}

/// Off, the FIFOs are emptied: no pair is begun any more.
void Registers::ier_written(unsigned, const RegisterWrite& w) {
  const bool on = (w.value & 1) != 0;
  if (!on) tx_next_ = rx_next_ = {};
  core_.set_enabled(on);
}

// Restarting between left and right would tear the pair apart.
void Registers::rrxdma_written(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) != 0 && !rx_next_.right) rx_next_ = {};
}

void Registers::rtxdma_written(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) != 0 && !tx_next_.right) tx_next_ = {};
}

}  // namespace dmavp::i2s
