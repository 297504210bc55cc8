#include "dmac/registers.h"

#include <ostream>

namespace dmavp::dmac {

namespace {

constexpr std::uint64_t kAll = ~std::uint64_t{0};

std::uint64_t merge(std::uint64_t old, const RegisterWrite& w) { return (old & ~w.lanes) | w.data; }

std::uint64_t field(std::uint64_t raw, unsigned hi, unsigned lo) {
  return (raw >> lo) & ((std::uint64_t{1} << (hi - lo + 1)) - 1);
}

/// v2 control registers keep 16 channels in each half: flag in the lower 16 bits, write enable above it.
struct HalfWrite {
  std::uint32_t touched;
  std::uint32_t value;
};
HalfWrite decode_v2(std::uint64_t data) {
  const auto pick = [data](unsigned low, unsigned high) {
    return static_cast<std::uint32_t>(field(data, low + 15, low) | (field(data, high + 15, high) << 16));
  };
  return {pick(16, 48), pick(0, 32)};
}
std::uint64_t encode_v2(std::uint32_t flags) {
  return (flags & 0xFFFFu) | (static_cast<std::uint64_t>(flags >> 16) << 32);
}

template <class Action>
void for_each_bit(std::uint32_t mask, Action action) {
  for (unsigned n = 0; mask != 0; ++n, mask >>= 1) {
    if (mask & 1) action(n);
  }
}

}  // namespace

Registers::Registers(const Parameters& parameters, const Clock& clock, EventSource source, AxiPort& port,
                     OutputSink& outputs)
    : parameters_(parameters),
      clock_(clock),
      source_(source),
      outputs_(outputs),
      engine_(parameters_, clock, source, port, *this),
      bank_(source.name) {
  declare_common();
  declare_channels();
  bank_.on_fault<&Registers::fault>(this);
  bank_.seal();
  cfg_register_ = bank_.find(cfg_v2() ? "CH0_CFG2" : "CH0_CFG").reg;
  reset_state();
}

bool Registers::cfg_v2() const { return chen_v2() || parameters_.num_hs_if > 16 || parameters_.force_cfg2; }

std::uint64_t Registers::address_mask() const {
  return parameters_.addr_width >= 64 ? kAll : (std::uint64_t{1} << parameters_.addr_width) - 1;
}

std::uint64_t Registers::block_ts_mask(unsigned ch) const { return dmac::block_ts_mask(parameters_, ch); }

void Registers::set_observer(Observer* observer) {
  diagnostic_observer_ = interested(observer, kDiagnostics);
  engine_.set_observer(observer);
}

// --- accesses ---

void Registers::advance(Cycle to) { engine_.advance(to); }

AccessFault Registers::read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes,
                            Cycle at) {
  advance(at);
  cycle_ = at;
  return bank_.read(offset, bytes, value, lanes);
}

AccessFault Registers::write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes,
                             Cycle at) {
  advance(at);
  cycle_ = at;
  const AccessFault fault = bank_.write(offset, bytes, value, lanes);
  return fault == AccessFault::kLocked && lock_reason_ == 0 ? AccessFault::kNone : fault;
}

// --- common registers ---

std::uint64_t Registers::cfg(unsigned) const {
  return (controller_enabled() ? 1u : 0u) | (int_enable_ ? 2u : 0u);
}

void Registers::write_cfg(unsigned, const RegisterWrite& w) {
  if ((w.lanes & 3) == 0) return;  // the upper half holds nothing
  enable_requested_ = (w.value & 1) != 0;
  int_enable_ = (w.value & 2) != 0;
  if (!enable_requested_) {
    for (unsigned ch = 0; ch < parameters_.num_channels; ++ch) set_enable(ch, false);
  }
  update_lines();
}

std::uint64_t Registers::chen(unsigned) const {
  std::uint64_t value = 0;
  if (!engine_.any_enabled()) return value;
  for (unsigned ch = 0; ch < parameters_.num_channels; ++ch) {
    if (!engine_.enabled(ch)) continue;
    value |= std::uint64_t{1} << ch;
    if (engine_.suspend_bit(ch)) value |= std::uint64_t{1} << (16 + ch);
  }
  return value;
}

// While DMAC_EN is 0 no channel is enabled, and set_enable() enables none: the three controls do nothing.

void Registers::write_chen(unsigned, const RegisterWrite& w) {
  const auto part = [&w](unsigned lo) { return static_cast<std::uint32_t>(field(w.data, lo + 7, lo)); };
  const std::uint32_t present = (1u << parameters_.num_channels) - 1;
  for_each_bit(part(8) & present, [&](unsigned ch) { set_enable(ch, (part(0) >> ch) & 1); });
  for_each_bit(part(24) & present, [&](unsigned ch) { set_suspend(ch, (part(16) >> ch) & 1); });
  for_each_bit(part(40) & present, [&](unsigned ch) { set_abort(ch, (part(32) >> ch) & 1); });
}

std::uint64_t Registers::chen2(unsigned) const {
  std::uint32_t flags = 0;
  if (!engine_.any_enabled()) return 0;
  for (unsigned ch = 0; ch < parameters_.num_channels; ++ch) flags |= engine_.enabled(ch) ? 1u << ch : 0u;
  return encode_v2(flags);
}

std::uint64_t Registers::chsusp(unsigned) const {
  std::uint32_t flags = 0;
  if (!engine_.any_enabled()) return 0;
  for (unsigned ch = 0; ch < parameters_.num_channels; ++ch) {
    flags |= engine_.enabled(ch) && engine_.suspend_bit(ch) ? 1u << ch : 0u;
  }
  return encode_v2(flags);
}

void Registers::write_chen2(unsigned, const RegisterWrite& w) {
  const HalfWrite half = decode_v2(w.data);
  for_each_bit(half.touched, [&](unsigned ch) { set_enable(ch, (half.value >> ch) & 1); });
}

void Registers::write_chsusp(unsigned, const RegisterWrite& w) {
  const HalfWrite half = decode_v2(w.data);
  for_each_bit(half.touched, [&](unsigned ch) { set_suspend(ch, (half.value >> ch) & 1); });
}

void Registers::write_chabort(unsigned, const RegisterWrite& w) {
  const HalfWrite half = decode_v2(w.data);
  for_each_bit(half.touched, [&](unsigned ch) { set_abort(ch, (half.value >> ch) & 1); });
}

void Registers::set_enable(unsigned ch, bool on) {
  if (ch >= parameters_.num_channels || on == engine_.enabled(ch)) return;
  if (!on) {
    engine_.disable(ch);
  } else if (enable_requested_) {  // not while the controller waits for its channels to stop
    channels_[ch].swhs_src = channels_[ch].swhs_dst = 0;
    engine_.enable(ch);
  }
}

void Registers::set_suspend(unsigned ch, bool on) {
  if (ch >= parameters_.num_channels || !engine_.enabled(ch) || on == engine_.suspend_bit(ch)) return;
  if (on) {
    engine_.suspend(ch);
  } else {
    engine_.resume(ch);
  }
}

void Registers::set_abort(unsigned ch, bool on) {
  if (ch < parameters_.num_channels && on && parameters_.abort_en && engine_.enabled(ch)) engine_.abort(ch);
}

std::uint64_t Registers::intstatus(unsigned) const {
  return requests_ | (common_request() ? std::uint64_t{1} << (chen_v2() ? 32 : 16) : 0);
}

void Registers::write_common_intclear(unsigned, const RegisterWrite& w) {
  common_status_ &= ~static_cast<std::uint32_t>(w.data);
  update_lines();
}

void Registers::common_changed(unsigned, const RegisterWrite&) { update_lines(); }

void Registers::write_reset(unsigned, const RegisterWrite& w) {
  if (w.data & 1) reset_state();
}

void Registers::reset_state() {
  engine_.reset();
  bank_.reset();
  common_status_ = 0;
  requests_ = 0;
  enable_requested_ = false;
  int_enable_ = false;
  for (unsigned n = 0; n < parameters_.num_channels; ++n) {
    Channel& ch = channels_[n];
    ch = Channel{};
    ch.enabled = ch.signalled = kAllImplemented;
    ch.cfg = cfg_register_->reset_value(n);
    engine_.set_config(n, decode_cfg(ch.cfg));
  }
  update_lines();
}

// --- channel registers ---

/// The address of an item, and LMS where there is a second port.
std::uint64_t Registers::llp_mask() const {
  constexpr std::uint64_t kItem = 63;
  return (address_mask() & ~kItem) | (parameters_.num_masters > 1 ? 1u : 0u);
}

bool Registers::shadowed(unsigned ch, Side side) const {
  const auto is_shadow = [this, ch](unsigned lo) {
    return static_cast<MultiBlock>(field(channels_[ch].cfg, lo + 1, lo)) == MultiBlock::kShadow;
  };
  return (side != Side::kDestination && is_shadow(0)) || (side != Side::kSource && is_shadow(2));
}

bool Registers::linked(unsigned ch) const {
  return field(channels_[ch].cfg, 1, 0) == static_cast<unsigned>(MultiBlock::kLinkedList) ||
         field(channels_[ch].cfg, 3, 2) == static_cast<unsigned>(MultiBlock::kLinkedList);
}

std::uint64_t Registers::locked_by_enable(unsigned ch, Side side) {
  if (shadowed(ch, side)) {
    lock_reason_ = kSlvifShadowWrOnValidErr;
    return channels_[ch].shadow_ctl & kCtlValid ? kAll : 0;
  }
  lock_reason_ = kSlvifWrOnChEnErr;
  return engine_.enabled(ch) ? kAll : 0;
}

std::uint64_t Registers::lock_ctl(unsigned ch, const RegisterWrite&) {
  const std::uint64_t locked = locked_by_enable(ch, Side::kEither);
  if (locked != 0 && lock_reason_ == kSlvifWrOnChEnErr && linked(ch)) lock_reason_ = 0;
  return locked;
}

std::uint64_t Registers::lock_cfg(unsigned ch, const RegisterWrite& w) {
  // MULTBLK may change at any time. Read-modify-writes to do that carry the other fields unchanged.
  constexpr std::uint64_t kMultiBlock = 0xF;
  lock_reason_ = kSlvifWrOnChEnErr;
  return engine_.enabled(ch) && ((w.value ^ w.old) & ~kMultiBlock) != 0 ? ~kMultiBlock : 0;
}

std::uint64_t Registers::lock_always(unsigned ch, const RegisterWrite&) {
  lock_reason_ = kSlvifWrOnChEnErr;
  return engine_.enabled(ch) ? kAll : 0;
}

std::uint64_t Registers::ctl(unsigned ch) const {
  // An item or a shadow set may set bits of features that do not exist; the register reads 0 there [1.1].
  constexpr std::uint64_t kMasters = 0x5, kSrcStat = std::uint64_t{1} << 56,
                          kDstStat = std::uint64_t{1} << 57;
  const std::uint64_t absent = (parameters_.num_masters > 1 ? 0 : kMasters) |
                               (parameters_.src_stat_en ? 0 : kSrcStat) |
                               (parameters_.dst_stat_en ? 0 : kDstStat);
  const std::uint64_t value = engine_.ctl(ch) & ~absent;
  // In shadow mode VALID tells whether the shadow set is still waiting to be used.
  return shadowed(ch, Side::kEither) ? (value & ~kCtlValid) | (channels_[ch].shadow_ctl & kCtlValid) : value;
}

void Registers::write_sar(unsigned ch, const RegisterWrite& w) {
  std::uint64_t& shadow = channels_[ch].shadow_sar;
  if (shadowed(ch, Side::kSource)) {
    shadow = merge(shadow, w) & address_mask();
  } else {
    engine_.set_sar(ch, w.value);
  }
}

void Registers::write_dar(unsigned ch, const RegisterWrite& w) {
  std::uint64_t& shadow = channels_[ch].shadow_dar;
  if (shadowed(ch, Side::kDestination)) {
    shadow = merge(shadow, w) & address_mask();
  } else {
    engine_.set_dar(ch, w.value);
  }
}

void Registers::write_block_ts(unsigned ch, const RegisterWrite& w) {
  std::uint64_t& shadow = channels_[ch].shadow_block_ts;
  if (shadowed(ch, Side::kEither)) {
    shadow = merge(shadow, w) & block_ts_mask(ch);
  } else {
    engine_.set_block_ts(ch, static_cast<std::uint32_t>(w.value & block_ts_mask(ch)));
  }
}

void Registers::write_ctl(unsigned ch, const RegisterWrite& w) {
  std::uint64_t& shadow = channels_[ch].shadow_ctl;
  if (shadowed(ch, Side::kEither)) {
    shadow = merge(shadow, w);
  } else {
    engine_.set_ctl(ch, w.value);
  }
}

void Registers::write_ch_cfg(unsigned ch, const RegisterWrite& w) {
  channels_[ch].cfg = w.value;
  engine_.set_config(ch, decode_cfg(w.value));
}

ChannelConfig Registers::decode_cfg(std::uint64_t raw) const {
  const auto byte = [raw](unsigned hi, unsigned lo) { return static_cast<std::uint8_t>(field(raw, hi, lo)); };
  const auto limit = [this](unsigned value) {
    return static_cast<std::uint8_t>(value + 1 < parameters_.osr_lmt ? value + 1 : parameters_.osr_lmt);
  };
  ChannelConfig c;
  c.src_multiblk = static_cast<MultiBlock>(byte(1, 0));
  c.dst_multiblk = static_cast<MultiBlock>(byte(3, 2));
  c.tt_fc = byte(34, 32);
  c.hs_sel_src = byte(35, 35) != 0;
  c.hs_sel_dst = byte(36, 36) != 0;
  c.src_per = cfg_v2() ? byte(9, 4) : byte(42, 39);
  c.dst_per = cfg_v2() ? byte(16, 11) : byte(47, 44);
  c.priority = cfg_v2() ? byte(51, 47) : byte(51, 49);
  c.lock = byte(52, 52) != 0;
  c.lock_level = byte(54, 53);
  c.src_osr_limit = limit(byte(58, 55));
  c.dst_osr_limit = limit(byte(62, 59));
  return c;
}

void Registers::write_llp(unsigned ch, const RegisterWrite& w) { engine_.set_llp(ch, w.value); }

void Registers::write_swhssrc(unsigned ch, const RegisterWrite& w) {
  request_by_software(ch, false, w.value);
}
void Registers::write_swhsdst(unsigned ch, const RegisterWrite& w) { request_by_software(ch, true, w.value); }

void Registers::request_by_software(unsigned ch, bool destination, std::uint64_t bits) {
  // Requests can be raised, never withdrawn, and only on a running channel [5.7].
  if (!engine_.enabled(ch)) return;
  std::uint64_t& raised = destination ? channels_[ch].swhs_dst : channels_[ch].swhs_src;
  raised |= bits;
  engine_.software_request(ch, destination, {(raised & 1) != 0, (raised & 4) != 0, (raised & 16) != 0});
}

void Registers::write_resumereq(unsigned ch, const RegisterWrite& w) {
  constexpr std::uint64_t kLowHalf =
      0xFFFF'FFFF;  // so that two 32-bit writes resume once, as one of 64 bits does
  if (w.lanes & kLowHalf) engine_.resume_request(ch);
}

void Registers::write_axi_id(unsigned ch, const RegisterWrite& w) { engine_.set_axi_id(ch, w.value); }

void Registers::write_axi_qos(unsigned ch, const RegisterWrite& w) { engine_.set_axi_qos(ch, w.value); }

// --- reference ---

void write_register_reference(const Parameters& parameters, const char* name, std::ostream& out) {
  struct NoPort : AxiPort {
    bool immediate() const override { return true; }
    Path path(unsigned, std::uint64_t, bool) override { return {}; }
    AxiStatus commit(const Burst&, const BurstTimes&, std::byte*) override { return AxiStatus::kDecErr; }
    void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}
  } port;
  struct NoLines : OutputSink {
    void line_changed(unsigned, bool, Cycle) override {}
  } lines;
  const Registers registers(parameters, Clock(1'000'000), {name}, port, lines);
  registers.bank().write_markdown(out);
}

}  // namespace dmavp::dmac
