#include "modules/fake_dmac.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace dmavp::test {
namespace {

constexpr std::uint32_t kBlockDone = 1u << 0, kDone = 1u << 1, kInvalid = 1u << 13, kSuspended = 1u << 29,
                        kDisabled = 1u << 30, kAborted = 1u << 31;
enum What { kEnable, kSuspend, kAbort };

bool fixed_source(std::uint64_t ctl) { return ctl >> 4 & 1; }
bool fixed_destination(std::uint64_t ctl) { return ctl >> 6 & 1; }

}  // namespace

FakeDmac::FakeDmac(const Settings& settings, std::function<std::byte*(std::uint64_t)> memory)
    : s_(settings), memory_(std::move(memory)), channels_(settings.channels) {}

void FakeDmac::load_item(Channel& c) {
  const std::byte* p = memory_(c.llp & ~std::uint64_t{63});
  std::uint64_t word[5] = {};
  if (p) std::memcpy(word, p, sizeof(word));
  c.ctl = word[4];
  if (!(c.ctl >> 63)) {
    c.halted = true;
    halts++;
    set(c, kInvalid);
    return;
  }
  c.item = c.llp & ~std::uint64_t{63};
  c.sar = c.src = word[0];
  c.dar = c.dst = word[1];
  c.llp = word[3];
  const unsigned width = c.ctl >> 8 & 7;
  c.length = ((word[2] & 0x3FFFFF) + 1) << width;
  c.done = 0;
  c.loaded = true;
  widths_seen.push_back(width);
  ctl_seen.push_back(c.ctl);
  prepare_fault(c);
}

void FakeDmac::prepare_fault(Channel& c) {
  if (c.fault == Fault::kNone) return;
  const std::byte* to = memory_(c.dst);
  c.before.assign(to, to + c.length);
  if (c.fault == Fault::kEarlyInterrupt) {
    set(c, kDone);
    c.fault = Fault::kNone;
  }
}

/// Status with which the item ends.
std::uint32_t FakeDmac::apply_fault(Channel& c) {
  constexpr unsigned kShift = 32;
  std::byte* const from = memory_(c.src);
  std::byte* const to = memory_(c.dst);
  const auto restore = [&](std::size_t first) {
    std::copy(c.before.begin() + static_cast<std::ptrdiff_t>(first), c.before.end(), to + first);
  };
  switch (std::exchange(c.fault, Fault::kNone)) {
    case Fault::kExtraByte:
      to[c.length] ^= std::byte{0x80};
      break;
    case Fault::kMissingByte:
      restore(c.length - 1);
      break;
    case Fault::kReadShifted:
      std::memmove(to, from + kShift, c.length);
      break;
    case Fault::kWriteShifted:
      restore(0);
      std::memmove(to + kShift, from, c.length);
      break;
    case Fault::kSourceOverwritten:
      from[c.length / 2] ^= std::byte{1};
      break;
    case Fault::kLostInterrupt:
      return 0;
    case Fault::kWrongStatus:
      return 1u << 6;
    case Fault::kErrorAsSuccess:
      restore(c.length / 2);
      break;
    default:
      break;
  }
  return kDone;
}

void FakeDmac::finish_item(Channel& c) {
  c.loaded = false;
  c.completed = static_cast<std::uint32_t>(c.length);
  const std::uint32_t status = apply_fault(c);
  if (std::byte* p = s_.write_back ? memory_(c.item) : nullptr) {
    const std::uint64_t ctl = c.ctl & ~(std::uint64_t{1} << 63);
    std::memcpy(p + 0x20, &ctl, 8);
  }
  if (c.ctl >> 58 & 1) set(c, kBlockDone);
  if (c.ctl >> 62 & 1) stop(c, status);
}

void FakeDmac::stop(Channel& c, std::uint32_t bits) {
  c.enabled = c.suspended = c.stopping = c.halted = c.loaded = false;
  set(c, bits);
}

void FakeDmac::move(Channel& c, std::uint64_t n) {
  const std::byte* from = fixed_source(c.ctl) ? nullptr : memory_(c.src + c.done);
  std::byte* to = fixed_destination(c.ctl) ? nullptr : memory_(c.dst + c.done);
  if (from && to && n) std::memmove(to, from, n);
  if (from && fixed_destination(c.ctl)) sunk.insert(sunk.end(), from, from + n);
  if (to && fixed_source(c.ctl))
    for (std::uint64_t i = 0; i < n; i++) to[i] = std::byte{stream_byte(c.given++)};
  c.done += n;
  c.total += n;
  bytes_written += n;
  if (!fixed_destination(c.ctl)) c.dar = c.dst + c.done;
  if (!fixed_source(c.ctl)) c.sar = c.src + std::min(c.length, c.done + s_.fifo_bytes);
}

/// CHn_STATUS in items of the source width.
std::uint64_t FakeDmac::status_word(const Channel& c) const {
  const unsigned width = c.ctl >> 8 & 7;
  if (!c.loaded) return c.completed >> width;
  const std::uint64_t left = c.suspended ? 0 : std::min<std::uint64_t>(c.length - c.done, s_.fifo_bytes);
  return c.done >> width | left >> width << 32;
}

/// Item start costs start_ps, then one byte per ps_per_byte; whole bytes only.
void FakeDmac::advance(Channel& c, Time now) {
  if (c.enabled && c.stopping && now >= c.stop_at) stop(c, kDisabled);
  while (c.enabled && !c.suspended && !c.stopping && !c.halted) {
    if (!c.loaded) {
      if (now < c.at + s_.start_ps) return;
      c.at += s_.start_ps;
      load_item(c);
      continue;
    }
    const std::uint64_t possible = (now - c.at) / s_.ps_per_byte;
    std::uint64_t n = std::min(possible, c.length - c.done);
    n = std::min(n, c.fail_at - c.total);
    move(c, n);
    c.at += n * s_.ps_per_byte;
    if (c.total >= c.fail_at) {
      c.fail_at = ~std::uint64_t{0};
      stop(c, c.fail_status);
      return;
    }
    if (c.done < c.length) return;
    finish_item(c);
  }
}

void FakeDmac::advance(Time now) {
  for (Channel& c : channels_) advance(c, now);
}

Time FakeDmac::next_event(const Channel& c) const {
  if (c.enabled && c.stopping) return c.stop_at;
  if (!c.enabled || c.suspended || c.halted) return kNever;
  if (!c.loaded) return c.at + s_.start_ps;
  const std::uint64_t left = std::min(c.length - c.done, c.fail_at - c.total);
  return c.at + left * s_.ps_per_byte;
}

Time FakeDmac::next_event() const {
  Time t = kNever;
  for (const Channel& c : channels_) t = std::min(t, next_event(c));
  return t;
}

bool FakeDmac::line(unsigned channel) const {
  const Channel& c = channels_[channel];
  return (cfg_ & 2) && (c.status & c.signal);
}

bool FakeDmac::combined() const {
  for (unsigned i = 0; i < s_.channels; i++)
    if (line(i)) return true;
  return false;
}

void FakeDmac::fail_after(unsigned channel, std::uint64_t bytes, std::uint32_t status) {
  channels_[channel].fail_at = channels_[channel].total + bytes;
  channels_[channel].fail_status = status;
}

void FakeDmac::leave_running(unsigned channel) {
  Channel& c = channels_[channel];
  cfg_ = 3;
  c.enabled = c.stopping = true;  // going nowhere
  c.status = kDone | kInvalid;
}

std::uint64_t FakeDmac::enable_word() const {
  if (!(cfg_ & 1)) return 0;
  std::uint64_t v = 0;
  for (unsigned i = 0; i < s_.channels; i++) {
    const unsigned bit = !wide() || i < 16 ? i : i + 16;
    v |= std::uint64_t{channels_[i].enabled} << bit;
    if (!wide()) v |= std::uint64_t{channels_[i].suspended} << (16 + i);
  }
  return v;
}

std::uint64_t FakeDmac::suspend_word() const {
  std::uint64_t v = 0;
  for (unsigned i = 0; i < s_.channels; i++)
    v |= std::uint64_t{channels_[i].suspended} << (i < 16 ? i : i + 16);
  return v;
}

void FakeDmac::control(unsigned channel, unsigned what, bool on, Time now) {
  Channel& c = channels_[channel];
  if (what == kEnable && on && !c.enabled) {
    c = [&] {
      Channel fresh = c;
      fresh.enabled = true;
      fresh.completed = 0;
      fresh.stopping = fresh.halted = fresh.loaded = fresh.suspended = false;
      fresh.at = now;
      return fresh;
    }();
    starts++;
    cfg_seen.push_back(c.cfg);
  } else if (what == kEnable && !on && c.enabled) {
    if (!s_.stop_ps) {
      stop(c, kDisabled);
    } else if (!c.stopping) {
      c.stopping = true;
      c.stop_at = s_.stop_ps == kNever ? kNever : now + s_.stop_ps;
    }
  } else if (what == kSuspend && c.enabled) {
    if (on && !c.suspended) {
      // What has been read is written, whole items of the source.
      if (c.loaded) move(c, (c.length - c.done) & ((std::uint64_t{1} << (c.ctl >> 8 & 7)) - 1));
      set(c, kSuspended);
    }
    if (!on && c.suspended) c.at = now;
    c.suspended = on;
    if (on && c.loaded && !fixed_source(c.ctl)) c.sar = c.src + c.done;  // the FIFO has drained
  } else if (what == kAbort && on && c.enabled) {
    aborts_at.push_back(now);
    if (s_.abort_works) stop(c, kAborted);
  }
}

std::uint64_t FakeDmac::read(std::uint64_t offset, unsigned bytes, Time now) {
  advance(now);
  const unsigned shift = (offset & 4) ? 32 : 0;
  const std::uint64_t base = offset & ~std::uint64_t{7};
  std::uint64_t v = 0;
  if (base >= 0x100) {
    const unsigned n = static_cast<unsigned>(base / 0x100 - 1);
    if (n < s_.channels) {
      const Channel& c = channels_[n];
      switch (base & 0xFF) {
        case 0x00:
          v = c.sar;
          break;
        case 0x08:
          v = c.dar;
          break;
        case 0x20:
          v = c.cfg;
          break;
        case 0x28:
          v = c.llp;
          break;
        case 0x30:
          v = status_word(c);
          break;
        case 0x80:
          v = c.ena;
          break;
        case 0x88:
          v = c.status;
          break;
        case 0x90:
          v = c.signal;
          break;
        default:
          break;
      }
    }
  } else if (base == 0x10) {
    v = cfg_;
  } else if (base == 0x18) {
    v = enable_word();
  } else if (base == 0x20) {
    v = suspend_word();
  } else if (base == 0x30) {
    for (unsigned i = 0; i < s_.channels; i++)
      v |= std::uint64_t{(channels_[i].status & channels_[i].signal) != 0} << i;
  }
  v >>= shift;
  return bytes == 8 ? v : v & 0xFFFFFFFF;
}

void FakeDmac::write(std::uint64_t offset, unsigned bytes, std::uint64_t value, Time now) {
  advance(now);
  const unsigned shift = (offset & 4) ? 32 : 0;
  const std::uint64_t base = offset & ~std::uint64_t{7};
  const std::uint64_t mask = (bytes == 8 ? ~std::uint64_t{0} : std::uint64_t{0xFFFFFFFF}) << shift;
  const std::uint64_t v = value << shift & mask;
  if (base >= 0x100) {
    const unsigned n = static_cast<unsigned>(base / 0x100 - 1);
    if (n >= s_.channels) return;
    Channel& c = channels_[n];
    const auto merge = [&](std::uint64_t old) { return (old & ~mask) | v; };
    const std::uint64_t at = base & 0xFF;
    if (c.enabled && (at <= 0x08 || at == 0x20 || at == 0x28)) {
      protected_writes++;
      return;
    }
    if (at == 0x00) c.sar = merge(c.sar);
    if (at == 0x08) c.dar = merge(c.dar);
    if (at == 0x48 && c.halted) {
      c.halted = false;
      c.at = now;
    }
    if (at == 0x20) c.cfg = merge(c.cfg);
    if (at == 0x28) c.llp = merge(c.llp);
    if (at == 0x80) c.ena = static_cast<std::uint32_t>(merge(c.ena));
    if (at == 0x90) c.signal = static_cast<std::uint32_t>(merge(c.signal));
    if (at == 0x98) c.status &= ~static_cast<std::uint32_t>(v);
    return;
  }
  if (base == 0x10) cfg_ = (cfg_ & ~mask) | v;
  if (base == 0x58 && (v & 1)) {
    for (Channel& c : channels_) {
      Channel fresh;
      fresh.fail_at = c.fail_at;  // what a test has planned is not a register
      fresh.fail_status = c.fail_status;
      fresh.total = c.total;
      fresh.fault = c.fault;
      fresh.given = c.given;
      c = fresh;
    }
    cfg_ = 0;
  }
  if (!(cfg_ & 1)) return;
  for (unsigned i = 0; i < s_.channels; i++) {
    if (!wide() && base == 0x18) {
      for (unsigned what : {kEnable, kSuspend, kAbort})
        if (v >> (16 * what + 8 + i) & 1) control(i, what, v >> (16 * what + i) & 1, now);
    } else if (wide() && (base == 0x18 || base == 0x20 || base == 0x28)) {
      const unsigned bit = i < 16 ? i : i + 16;
      if (v >> (bit + 16) & 1) control(i, static_cast<unsigned>((base - 0x18) / 8), v >> bit & 1, now);
    }
  }
}

}  // namespace dmavp::test
