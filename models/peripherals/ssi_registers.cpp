#include "peripherals/ssi_registers.h"

#include <algorithm>

namespace dmavp::ssi {

namespace {

constexpr std::uint32_t kReceiveDma = 1;
constexpr std::uint32_t kTransmitDma = 2;

std::uint32_t extract(std::uint64_t value, unsigned lo, unsigned bits) {
  return static_cast<std::uint32_t>(value >> lo & ((1u << bits) - 1));
}

/// The earlier of `so_far` and the frame with which a level that has `distance` to go gets there.
void sooner(std::uint64_t& so_far, std::uint64_t distance) { so_far = std::min(so_far, distance); }

}  // namespace

Registers::Registers(const Parameters& parameters, const Clock& clock)
    : parameters_(parameters),
      fields_(fields_of(parameters)),
      core_(parameters.fifo_depth, parameters.fifo_depth - (parameters.rx_full_quirk ? 1 : 0), clock),
      bank_(parameters.layout == Layout::kDwc ? "DWC_ssi" : "DW_apb_ssi", 32, PartialAccess::kAllow) {
  declare();
}

// --- time and outputs ---

void Registers::advance(Picoseconds time) {
  now_ = time;
  core_.advance(time);
  report_losses(time);
}

std::uint32_t Registers::raw() const {
  std::uint32_t bits = 0;
  if (core_.enabled() && core_.tx_level() <= txftlr_->value()) bits |= kTxEmpty;
  if (core_.tx_overflow()) bits |= kTxOverflow;
  if (core_.rx_underflow()) bits |= kRxUnderflow;
  if (core_.rx_overrun()) bits |= kRxOverflow;
  if (core_.rx_level() > rxftlr_->value()) bits |= kRxFull;
  return bits;
}

RequestLevels Registers::request(Direction direction) const {
  if (!core_.enabled()) return {};
  if (direction == Direction::kTransmit) {
    if ((dmacr_->value() & kTransmitDma) == 0) return {};
    return {core_.tx_level() <= dmatdlr_->value(), !core_.tx_full()};
  }
  if ((dmacr_->value() & kReceiveDma) == 0) return {};
  return {core_.rx_level() > dmardlr_->value(), core_.rx_level() != 0};
}

/// The shifter only ever takes from the transmit FIFO and adds to the receive FIFO, so by itself an output
/// can only rise, and counting tells with which frame the first one does.
Picoseconds Registers::next_change() const {
  if (core_.starting()) return core_.end_of(1);
  if (!core_.busy()) return kNever;
  std::uint64_t frame = kNever;
  const std::uint32_t quiet = imr() & ~raw();  // enabled, not raised
  const bool line = interrupt();
  if (core_.sending()) {
    const std::uint64_t level = core_.tx_level();
    if (!line && (quiet & kTxEmpty) != 0) sooner(frame, level - txftlr_->value());
    if ((dmacr_->value() & kTransmitDma) != 0) {
      if (level > dmatdlr_->value()) sooner(frame, level - dmatdlr_->value());
      if (core_.tx_full()) sooner(frame, 1);
    }
    if (diagnosing() && more_expected_) sooner(frame, level + 1);
  }
  if (core_.storing()) {
    const std::uint64_t level = core_.rx_level();
    if (!line && (quiet & kRxFull) != 0) sooner(frame, rxftlr_->value() + 1 - level);
    if ((diagnosing() && !core_.rx_overrun()) || (!line && (quiet & kRxOverflow) != 0)) {
      sooner(frame, core_.rx_capacity() + 1 - level);
    }
    if ((dmacr_->value() & kReceiveDma) != 0) {
      if (level <= dmardlr_->value()) sooner(frame, dmardlr_->value() + 1 - level);
      if (level == 0) sooner(frame, 1);
    }
  }
  const std::uint64_t ahead = core_.frames_ahead();
  if (core_.phase_follows()) sooner(frame, ahead);
  return frame > ahead ? kNever : core_.end_of(frame);
}

void Registers::acknowledged(Direction direction, bool finish) {
  if (direction != Direction::kTransmit) return;
  more_expected_ = !finish;
  core_.set_more_expected(more_expected_ && (dmacr_->value() & kTransmitDma) != 0);
}

void Registers::report_losses(Picoseconds time) {
  if (core_.losses().tx_starved != starved_reported_) {
    starved_reported_ = core_.losses().tx_starved;
    diagnose(time, "ssi.transmit-starved",
             "the transmit FIFO ran empty before the DMA block was over; the transfer has ended");
  }
  const auto report = [&](bool raised, bool& reported, const char* kind, const char* message) {
    if (raised && !reported) diagnose(time, kind, message);
    reported = raised;
  };
  report(core_.tx_overflow(), overflow_reported_, "ssi.transmit-overflow",
         "a frame was written to a full transmit FIFO and is lost");
  report(core_.rx_overrun(), overrun_reported_, "ssi.receive-overrun",
         "a frame arrived with the receive FIFO full and is lost");
  report(core_.rx_underflow(), underflow_reported_, "ssi.receive-underflow",
         "the receive FIFO was read while empty");
}

// --- behaviour of the registers ---

std::uint64_t Registers::while_enabled(unsigned, const RegisterWrite& write) {
  return core_.enabled() ? write.value ^ write.old : 0;
}

Format Registers::format() const {
  const std::uint64_t ctrlr0 = ctrlr0_->value();
  const auto bit = [&](int position) { return position >= 0 && (ctrlr0 >> position & 1) != 0; };
  Format format;
  format.bits = std::max(4u, extract(ctrlr0, fields_.dfs, fields_.dfs_bits) + 1);
  format.mode = static_cast<TransferMode>(extract(ctrlr0, fields_.tmod, 2));
  format.loop = bit(static_cast<int>(fields_.srl));
  const bool toggle = fields_.sste >= 0 ? bit(fields_.sste) : parameters_.ss_toggle;
  format.toggle = toggle && !bit(static_cast<int>(fields_.scph));
  format.master = fields_.mst < 0 || bit(fields_.mst);
  format.divider = static_cast<std::uint32_t>(baudr_->value());
  format.ndf = static_cast<std::uint32_t>(ctrlr1_->value());
  return format;
}

/// Software gives a receive by DMA up although frames are there: fewer than the watermark, so that no burst
/// request comes for them, and the controller serves single requests only near the end of a block (spec 1.2).
void Registers::report_stranded(std::uint64_t dmacr) const {
  const unsigned level = core_.rx_level();
  if ((dmacr & kReceiveDma) == 0 || core_.busy() || level == 0 || level > dmardlr_->value()) return;
  diagnose(now(), "ssi.receive-stranded",
           "frames below the DMA watermark are left in the receive FIFO; the watermark (DMARDLR + 1) must "
           "equal the "
           "DMA burst");
}

void Registers::enable_written(unsigned, const RegisterWrite& write) {
  const bool on = (write.value & 1) != 0;
  if (!on && core_.enabled()) report_stranded(dmacr_->value());
  if (on && !core_.enabled()) {
    const Format next = format();
    core_.set_format(next);
    if (!next.master) diagnose(now(), "ssi.slave-mode", "enabled as a slave, which never transfers");
    if (extract(ctrlr0_->value(), fields_.frf, 2) != 0 ||
        (fields_.spi_frf >= 0 && extract(ctrlr0_->value(), static_cast<unsigned>(fields_.spi_frf), 2) != 0)) {
      diagnose(now(), "ssi.frame-format",
               "a frame format other than Motorola SPI on one line is carried out as that");
    }
  }
  if (!on) {
    more_expected_ = false;
    core_.set_more_expected(false);
  }
  core_.enable(on);
}

void Registers::select_written(unsigned, const RegisterWrite& write) {
  core_.set_select(static_cast<std::uint32_t>(write.value));
}

// Thresholds that the FIFO does not have are not taken: drivers find the depth with them.
void Registers::tx_threshold_written(unsigned, const RegisterWrite& write) {
  if (write.value >= core_.depth()) txftlr_->set_value(write.old);
}
void Registers::rx_threshold_written(unsigned, const RegisterWrite& write) {
  if (write.value >= core_.depth()) rxftlr_->set_value(write.old);
}

void Registers::dma_written(unsigned, const RegisterWrite& write) {
  if ((write.value & kReceiveDma) == 0) report_stranded(write.old);
  if ((write.value & kTransmitDma) == 0) more_expected_ = false;
  core_.set_more_expected(more_expected_);
}

std::uint64_t Registers::status(unsigned) {
  std::uint32_t bits = 0;
  if (core_.busy()) bits |= kBusy;
  if (!core_.tx_full()) bits |= kTfnf;
  if (core_.tx_level() == 0) bits |= kTfe;
  if (core_.rx_level() != 0) bits |= kRfne;
  if (core_.rx_level() == core_.depth()) bits |= kRff;
  return bits;
}

std::uint64_t Registers::any_latched(unsigned) {
  return core_.tx_overflow() || core_.rx_overrun() || core_.rx_underflow() ? 1 : 0;
}

void Registers::clear_latched(unsigned) {
  core_.clear_tx_overflow();
  core_.clear_rx_overrun();
  core_.clear_rx_underflow();
}

void Registers::data_read(unsigned) {
  core_.pop();
  report_losses(now());
}

// A frame written may start the transfer at once, and then makes room for the next one of the same burst.
void Registers::data_written(unsigned, const RegisterWrite& write) {
  if (!write.has_low_byte()) return;
  core_.push(static_cast<std::uint32_t>(write.data));
  core_.advance(now());
  report_losses(now());
}

}  // namespace dmavp::ssi
