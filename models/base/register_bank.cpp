#include "base/register_bank.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace dmavp {

namespace {

constexpr std::uint64_t kWord = 0xFFFF'FFFFu;

std::uint64_t low_bits(unsigned count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

std::string hex(std::uint64_t value) {
  static const char* const digits = "0123456789ABCDEF";
  std::string text;
  do {
    text.insert(text.begin(), digits[value & 15]);
    value >>= 4;
  } while (value != 0);
  return "0x" + text;
}

}  // namespace

const char* to_string(Access access) {
  switch (access) {
    case Access::kReserved:
      return "reserved";
    case Access::kRo:
      return "RO";
    case Access::kRw:
      return "RW";
    case Access::kWo:
      return "WO";
    case Access::kW1c:
      return "W1C";
    case Access::kGuarded:
      return "RW, guarded";
    case Access::kWriteEnable:
      return "WO, write enable";
    case Access::kSelfClearing:
      return "RW, self-clearing";
  }
  return "?";
}

const char* to_string(AccessFault fault) {
  switch (fault) {
    case AccessFault::kNone:
      return "none";
    case AccessFault::kHole:
      return "no register at this offset";
    case AccessFault::kWriteToReadOnly:
      return "write to a read-only register";
    case AccessFault::kReadOfWriteOnly:
      return "read of a write-only register";
    case AccessFault::kLocked:
      return "register may not be written now";
    case AccessFault::kPartial:
      return "access narrower than a 32-bit word";
    case AccessFault::kMisaligned:
      return "size or alignment is not that of a bus transfer";
  }
  return "?";
}

std::uint64_t Field::mask() const { return low_bits(hi - lo + 1) << lo; }

// --- Register ---

Register& Register::width(unsigned bits) {
  width_ = bits;
  return *this;
}

Register& Register::access(Access access) {
  default_access_ = access;
  return *this;
}

Register& Register::reset(std::uint64_t value) {
  std::fill(resets_.begin(), resets_.end(), value);
  return *this;
}

Register& Register::reset_of(unsigned instance, std::uint64_t value) {
  resets_.at(instance) = value;
  return *this;
}

Register& Register::field(unsigned hi, unsigned lo, std::string_view name, Access access,
                          std::string_view text) {
  if (hi < lo || hi >= 64) throw std::invalid_argument(name_ + "." + std::string(name) + ": bad bit range");
  fields_.push_back({std::string(name), std::string(text), hi, lo, access, 0});
  return *this;
}

Register& Register::guarded(unsigned hi, unsigned lo, std::string_view name, unsigned guard_lo,
                            std::string_view text) {
  field(hi, lo, name, Access::kGuarded, text);
  fields_.back().guard_lo = guard_lo;
  return field(guard_lo + hi - lo, guard_lo, std::string(name) + "_WE", Access::kWriteEnable,
               "write enable of " + std::string(name));
}

std::string Register::instance_name(unsigned instance) const {
  return in_group() ? prefix_ + std::to_string(instance) + name_.substr(prefix_.size() + 1) : name_;
}

std::uint64_t Register::mask_of(Access access) const {
  std::uint64_t mask = 0;
  for (const Field& f : fields_) {
    if (f.access == access) mask |= f.mask();
  }
  return mask;
}

void Register::seal() {
  if (width_ != 32 && width_ != 64) throw std::invalid_argument(name_ + ": width must be 32 or 64 bits");
  if (fields_.empty()) field(width_ - 1, 0, "VALUE", default_access_, title_);
  std::uint64_t taken = 0;
  for (const Field& f : fields_) {
    if (f.hi >= width_) throw std::invalid_argument(name_ + "." + f.name + " does not fit the register");
    if (taken & f.mask()) throw std::invalid_argument(name_ + "." + f.name + " overlaps another field");
    taken |= f.mask();
    if (f.access == Access::kGuarded) guards_.push_back(f);
  }
  rw_ = mask_of(Access::kRw);
  w1c_ = mask_of(Access::kW1c);
  acting_ = mask_of(Access::kWo) | mask_of(Access::kSelfClearing);
  const std::uint64_t guarded = mask_of(Access::kGuarded);
  readable_ = mask_of(Access::kRo) | rw_ | w1c_ | guarded | mask_of(Access::kSelfClearing);
  writable_ = rw_ | w1c_ | acting_ | guarded;
  for (unsigned i = 0; i < count(); ++i) names_.push_back(instance_name(i));
  values_ = resets_;
}

std::uint64_t Register::apply(const RegisterWrite& w) const {
  std::uint64_t value = (w.old & ~(rw_ & w.lanes)) | (w.data & rw_);
  value &= ~(w.data & w1c_);
  value |= w.data & acting_;
  for (const Field& f : guards_) {
    // A bit and its guard travel in the same write, so both lanes must be there.
    const std::uint64_t open = ((w.data >> f.guard_lo) << f.lo) & f.mask() & w.lanes;
    value = (value & ~open) | (w.data & open);
  }
  return value;
}

// --- declaration ---

RegisterBank::RegisterBank(std::string name, unsigned default_width, PartialAccess partial)
    : name_(std::move(name)), default_width_(default_width), partial_(partial) {}

Register& RegisterBank::declare(std::string_view prefix, std::uint64_t offset, std::string_view name,
                                std::string_view title, unsigned count, std::uint64_t stride) {
  Register& reg = registers_.emplace_back();
  reg.prefix_ = prefix;
  reg.name_ = prefix.empty() ? std::string(name) : std::string(prefix) + "n_" + std::string(name);
  reg.title_ = title;
  reg.base_ = offset;
  reg.stride_ = stride;
  reg.width_ = default_width_;
  reg.values_.assign(count, 0);
  reg.resets_.assign(count, 0);
  return reg;
}

Register& RegisterBank::add(std::uint64_t offset, std::string_view name, std::string_view title) {
  return declare("", offset, name, title, 1, 0);
}

RegisterBank::Group RegisterBank::group(std::string_view prefix, unsigned count, std::uint64_t base,
                                        std::uint64_t stride) {
  if (prefix.empty() || count == 0 || stride == 0) {
    throw std::invalid_argument(name_ + ": a register group needs a prefix, a count and a stride");
  }
  return Group(*this, prefix, count, base, stride);
}

Register& RegisterBank::Group::add(std::uint64_t offset, std::string_view name, std::string_view title) {
  if (offset >= stride_)
    throw std::invalid_argument(std::string(name) + ": offset beyond the stride of its group");
  return bank_.declare(prefix_, base_ + offset, name, title, count_, stride_);
}

void RegisterBank::seal() {
  std::uint64_t end = 0;
  for (Register& reg : registers_) {
    reg.seal();
    end = std::max(end, reg.offset(reg.count() - 1) + reg.width_ / 8);
  }
  slots_.assign(static_cast<std::size_t>(end / 4), Slot{});
  for (Register& reg : registers_) {
    for (unsigned i = 0; i < reg.count(); ++i) {
      const std::uint64_t offset = reg.offset(i);
      if (offset % (reg.width_ / 8) != 0) {
        throw std::invalid_argument(reg.names_[i] + " at " + hex(offset) + " is not aligned to its width");
      }
      for (unsigned word = 0; word < reg.width_ / 32; ++word) {
        Slot& s = slots_[static_cast<std::size_t>(offset / 4 + word)];
        if (s.reg) {
          throw std::invalid_argument(reg.names_[i] + " and " + s.reg->names_[s.instance] + " overlap at " +
                                      hex(offset + word * 4));
        }
        s = {&reg, i, word * 32};
      }
    }
  }
}

// --- access ---

AccessFault RegisterBank::report(AccessFault fault, std::uint64_t offset, unsigned bytes, bool write,
                                 const Slot* s) const {
  if (on_fault_) {
    on_fault_({fault, offset, bytes, write, s ? s->reg : nullptr, s ? s->instance : 0});
  }
  return fault;
}

AccessFault RegisterBank::check(std::uint64_t offset, unsigned bytes, std::uint64_t& lanes) const {
  if ((bytes != 1 && bytes != 2 && bytes != 4 && bytes != 8) || offset % bytes != 0)
    return AccessFault::kMisaligned;
  lanes &= low_bits(bytes * 8);
  if (partial_ == PartialAccess::kAllow || lanes == 0) return AccessFault::kNone;
  const auto whole = [](std::uint64_t word) { return word == 0 || word == kWord; };
  return whole(lanes & kWord) && whole(lanes >> 32) ? AccessFault::kNone : AccessFault::kPartial;
}

AccessFault RegisterBank::read_word(std::uint64_t offset, unsigned bytes, std::uint64_t& value,
                                    std::uint64_t lanes) {
  const Slot* s = slot(offset);
  value = 0;
  if (!s) return report(AccessFault::kHole, offset, bytes, false, nullptr);
  Register& reg = *s->reg;
  if (reg.write_only()) return report(AccessFault::kReadOfWriteOnly, offset, bytes, false, s);
  const std::uint64_t shift = s->shift + (offset & 3) * 8;
  value = ((reg.current(s->instance) & reg.readable_) >> shift) & lanes;
  if (reg.after_read_ && ((lanes << shift) & 0xFF) != 0) reg.after_read_(s->instance);
  return AccessFault::kNone;
}

AccessFault RegisterBank::write_word(std::uint64_t offset, unsigned bytes, std::uint64_t value,
                                     std::uint64_t lanes) {
  const Slot* s = slot(offset);
  if (!s) return report(AccessFault::kHole, offset, bytes, true, nullptr);
  Register& reg = *s->reg;
  if (reg.read_only()) return report(AccessFault::kWriteToReadOnly, offset, bytes, true, s);
  const std::uint64_t shift = s->shift + (offset & 3) * 8;
  const unsigned instance = s->instance;

  RegisterWrite w;
  w.lanes = lanes << shift;
  w.data = (value << shift) & w.lanes;
  w.old = reg.current(instance) & reg.readable_;
  w.value = reg.apply(w);
  AccessFault fault = AccessFault::kNone;
  if (reg.locked_) {
    if (const std::uint64_t kept = reg.locked_(instance, w); kept != 0) {
      fault = report(AccessFault::kLocked, offset, bytes, true, s);
      if ((reg.writable_ & w.lanes & ~kept) == 0) return fault;
      w.value = (w.value & ~kept) | (w.old & kept);
    }
  }
  if (!reg.live_) reg.values_[instance] = w.value & ~reg.acting_;
  if (reg.on_write_) reg.on_write_(instance, w);
  return fault;
}

AccessFault RegisterBank::read(std::uint64_t offset, unsigned bytes, std::uint64_t& value,
                               std::uint64_t lanes) {
  value = 0;
  if (const AccessFault bad = check(offset, bytes, lanes); bad != AccessFault::kNone) {
    return report(bad, offset, bytes, false, nullptr);
  }
  if (lanes == 0) return AccessFault::kNone;
  const Slot* s = slot(offset);
  if (bytes < 8 || (s && s->reg->width_ == 64)) return read_word(offset, bytes, value, lanes);

  // Two 32-bit registers, or a register and a hole: two transfers in one.
  AccessFault first = AccessFault::kNone;
  for (unsigned word = 0; word < 2; ++word) {
    const std::uint64_t part_lanes = (lanes >> (32 * word)) & kWord;
    if (part_lanes == 0) continue;
    std::uint64_t part = 0;
    const AccessFault fault = read_word(offset + 4 * word, 4, part, part_lanes);
    value |= part << (32 * word);
    if (first == AccessFault::kNone) first = fault;
    if (!s && !slot(offset + 4)) break;  // one hole, one report
  }
  return first;
}

AccessFault RegisterBank::write(std::uint64_t offset, unsigned bytes, std::uint64_t value,
                                std::uint64_t lanes) {
  if (const AccessFault bad = check(offset, bytes, lanes); bad != AccessFault::kNone) {
    return report(bad, offset, bytes, true, nullptr);
  }
  if (lanes == 0) return AccessFault::kNone;
  const Slot* s = slot(offset);
  if (bytes < 8 || (s && s->reg->width_ == 64)) return write_word(offset, bytes, value, lanes);

  AccessFault first = AccessFault::kNone;
  for (unsigned word = 0; word < 2; ++word) {
    const std::uint64_t part_lanes = (lanes >> (32 * word)) & kWord;
    if (part_lanes == 0) continue;
    const AccessFault fault = write_word(offset + 4 * word, 4, (value >> (32 * word)) & kWord, part_lanes);
    if (first == AccessFault::kNone) first = fault;
    if (!s && !slot(offset + 4)) break;
  }
  return first;
}

std::uint64_t RegisterBank::peek(std::uint64_t offset, unsigned bytes) const {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < bytes && i < 8;) {
    const Slot* s = slot(offset + i);
    const auto in_word = static_cast<unsigned>((offset + i) & 3);
    const unsigned take = std::min(4 - in_word, bytes - i);
    if (s) {
      const std::uint64_t word =
          (s->reg->current(s->instance) & s->reg->readable_) >> (s->shift + in_word * 8);
      value |= (word & low_bits(take * 8)) << (i * 8);
    }
    i += take;
  }
  return value;
}

void RegisterBank::reset() {
  for (Register& reg : registers_) reg.values_ = reg.resets_;
}

// --- the map as data ---

RegisterBank::Location RegisterBank::at(std::uint64_t offset) const {
  const Slot* s = slot(offset);
  return s ? Location{s->reg, s->instance} : Location{};
}

const char* RegisterBank::name_at(std::uint64_t offset) const {
  const Slot* s = slot(offset);
  return s ? s->reg->names_[s->instance].c_str() : "?";
}

RegisterBank::Location RegisterBank::find(std::string_view instance_name) const {
  for (const Register& reg : registers_) {
    for (unsigned i = 0; i < reg.count(); ++i) {
      if (reg.names_.size() > i && reg.names_[i] == instance_name) return {&reg, i};
    }
  }
  throw std::invalid_argument(name_ + " has no register " + std::string(instance_name));
}

std::uint64_t RegisterBank::offset_of(std::string_view instance_name) const {
  const Location location = find(instance_name);
  return location.reg->offset(location.instance);
}

}  // namespace dmavp
