// What the register file tells: interrupt status and lines, errors of accesses, and what the engine reports.
#include "dmac/registers.h"

namespace dmavp::dmac {

namespace {

constexpr std::uint64_t kCfgLock = std::uint64_t{7} << 52;  ///< LOCK_CH, LOCK_CH_L

// DMAC_COMMON_INTSTATUS [2.4]
constexpr std::uint32_t kCommonDecErr = 1u << 0;
constexpr std::uint32_t kCommonWr2Ro = 1u << 1;
constexpr std::uint32_t kCommonRd2Wo = 1u << 2;
constexpr std::uint32_t kUndefinedDecErr = 1u << 8;

}  // namespace

void OutputSink::acknowledge(unsigned, bool, Cycle) {}

void Registers::fault(const FaultReport& report) {
  const char* kind = "dmac.register-access";
  const char* message = to_string(report.fault);
  const std::uint64_t block = report.offset >> 8;  // 0 common, then one per channel
  IntStatus channel_bits = 0;
  std::uint32_t common_bits = 0;
  switch (report.fault) {
    case AccessFault::kNone:
    case AccessFault::kPartial:
    case AccessFault::kMisaligned:
      break;
    case AccessFault::kHole:
      kind = "dmac.register-hole";
      channel_bits = kSlvifDecErr;
      common_bits = kCommonDecErr;
      break;
    case AccessFault::kWriteToReadOnly:
      kind = "dmac.write-to-read-only";
      channel_bits = kSlvifWr2RoErr;
      common_bits = kCommonWr2Ro;
      break;
    case AccessFault::kReadOfWriteOnly:
      kind = "dmac.read-of-write-only";
      channel_bits = kSlvifRd2RwoErr;
      common_bits = kCommonRd2Wo;
      break;
    case AccessFault::kLocked:
      if (lock_reason_ == 0) return;
      kind =
          lock_reason_ == kSlvifWrOnChEnErr ? "dmac.write-while-enabled" : "dmac.write-to-valid-shadow-set";
      channel_bits = lock_reason_;
      break;
  }
  const bool of_channel = block >= 1 && block <= parameters_.num_channels;
  if (parameters_.slvif_status) {
    if (of_channel) {
      raise(static_cast<unsigned>(block - 1), channel_bits);
    } else if (common_bits != 0) {
      const std::uint32_t bits = block == 0 ? common_bits : kUndefinedDecErr;
      common_status_ |= bits & static_cast<std::uint32_t>(common_enable_->value());
      update_lines();
    }
  }
  if (diagnostic_observer_) {
    diagnostic_observer_->diagnostic({source_, clock_.time_of(cycle_), Severity::kWarning, kind, message});
  }
}

void Registers::write_intstatus_ena(unsigned ch, const RegisterWrite& w) {
  channels_[ch].enabled = static_cast<IntStatus>(w.value);
}

void Registers::write_intsignal_ena(unsigned ch, const RegisterWrite& w) {
  channels_[ch].signalled = static_cast<IntStatus>(w.value);
  update_request(ch);
}

void Registers::write_intclear(unsigned ch, const RegisterWrite& w) {
  channels_[ch].status &= ~static_cast<IntStatus>(w.data);
  update_request(ch);
}

void Registers::channel_event(unsigned channel, IntStatus bits, Cycle cycle) {
  cycle_ = cycle;
  if ((bits & kChLockCleared) != 0) channels_[channel].cfg &= ~kCfgLock;
  raise(channel, bits);
}

void Registers::acknowledge(unsigned hs, bool finish, Cycle cycle) {
  outputs_.acknowledge(hs, finish, cycle);
}

void Registers::software_handshake_done(unsigned channel, bool destination) {
  (destination ? channels_[channel].swhs_dst : channels_[channel].swhs_src) = 0;
}

bool Registers::take_shadow_set(unsigned channel, ShadowSet& set) {
  Channel& ch = channels_[channel];
  if ((ch.shadow_ctl & kCtlValid) == 0) return false;
  set = {ch.shadow_sar, ch.shadow_dar, static_cast<std::uint32_t>(ch.shadow_block_ts), Ctl{ch.shadow_ctl}};
  ch.shadow_ctl &= ~kCtlValid;
  return true;
}

void Registers::raise(unsigned ch, IntStatus bits) {
  channels_[ch].status |= bits & channels_[ch].enabled;
  update_request(ch);
}

void Registers::update_request(unsigned ch) {
  const std::uint32_t bit = 1u << ch;
  const bool request = (channels_[ch].status & channels_[ch].signalled) != 0;
  requests_ = request ? requests_ | bit : requests_ & ~bit;
  update_lines();
}

bool Registers::common_request() const { return (common_status_ & common_signal_->value()) != 0; }

void Registers::update_lines() {
  std::uint64_t levels = 0;
  if (int_enable_) {
    if (parameters_.intr_io_type != 0) {
      levels = requests_ | (common_request() ? std::uint64_t{1} << kCommonLine : 0);
    }
    if (parameters_.intr_io_type != 1 && (requests_ != 0 || common_request())) {
      levels |= std::uint64_t{1} << kCombinedLine;
    }
  }
  const std::uint64_t changed = levels ^ lines_;
  if (changed == 0) return;
  lines_ = levels;
  for (unsigned line = 0; line < kLines; ++line) {
    if ((changed >> line) & 1) outputs_.line_changed(line, (levels >> line) & 1, cycle_);
  }
}

void Registers::diagnostic(unsigned, Severity severity, const char* kind, const char* message, Cycle cycle) {
  if (diagnostic_observer_)
    diagnostic_observer_->diagnostic({source_, clock_.time_of(cycle), severity, kind, message});
}

}  // namespace dmavp::dmac
