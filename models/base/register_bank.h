// Declarative register map: what a register is, and what may be done with it, is said once and read by the
// decoder, the reference manual and the tests alike. Plain C++.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "base/delegate.h"

namespace dmavp {

/// What software may do with the bits of a field.
enum class Access : std::uint8_t {
  kReserved,  ///< reads 0, writes ignored
  kRo,        ///< writes ignored
  kRw,
  kWo,            ///< reads 0; never stored, the write callback acts on it
  kW1c,           ///< writing 1 clears
  kGuarded,       ///< RW, but a bit changes only if its write-enable bit is 1 in the same write
  kWriteEnable,   ///< the guard of another field; reads 0
  kSelfClearing,  ///< writing 1 acts, reads 0 again
};
const char* to_string(Access access);  ///< "RO", "RW", ... as in the reference

/// Why an access was not, or not wholly, carried out.
enum class AccessFault : std::uint8_t {
  kNone,
  kHole,  ///< no register at this offset
  kWriteToReadOnly,
  kReadOfWriteOnly,  ///< the read still returns 0
  kLocked,           ///< the register (or bits that would have changed) may not be written now
  kPartial,          ///< narrower than 32 bits, or byte enables that split a 32-bit word
  kMisaligned,       ///< size or alignment that no bus transfer has
};
const char* to_string(AccessFault fault);

/// A write as a register sees it. Masks and values are in bit positions of the register.
struct RegisterWrite {
  std::uint64_t data = 0;   ///< bits on the bus; 0 outside `lanes`
  std::uint64_t lanes = 0;  ///< bits this access carries
  std::uint64_t old = 0;    ///< value before
  std::uint64_t value = 0;  ///< value after the access rules of every field were applied

  /// It carries the lowest byte. What one byte or one item does when written is not done without that.
  bool has_low_byte() const { return (lanes & 0xFF) != 0; }
};

struct Field {
  std::string name;
  std::string text;
  unsigned hi = 0;
  unsigned lo = 0;
  Access access = Access::kRw;
  unsigned guard_lo = 0;  ///< kGuarded: position of the write-enable bit of bit `lo`

  std::uint64_t mask() const;
};

/// One register, or one per instance of a group (channel). Built by RegisterBank::add, read by everybody.
class Register {
 public:
  // --- declaration (each returns *this, in the order of a datasheet page) ---
  Register& width(unsigned bits);        ///< 32 or 64; default is that of the bank
  Register& access(Access access);       ///< of registers without fields, and default of field()
  Register& reset(std::uint64_t value);  ///< of every instance
  Register& reset_of(unsigned instance, std::uint64_t value);
  Register& field(unsigned hi, unsigned lo, std::string_view name, Access access, std::string_view text);
  Register& field(unsigned hi, unsigned lo, std::string_view name, std::string_view text) {
    return field(hi, lo, name, default_access_, text);
  }
  Register& bit(unsigned position, std::string_view name, Access access, std::string_view text) {
    return field(position, position, name, access, text);
  }
  Register& bit(unsigned position, std::string_view name, std::string_view text) {
    return field(position, position, name, default_access_, text);
  }
  /// A field whose bit `lo + i` changes only if bit `guard_lo + i` is written as 1; declares NAME_WE as well.
  Register& guarded(unsigned hi, unsigned lo, std::string_view name, unsigned guard_lo,
                    std::string_view text);

  // --- behaviour ---
  /// std::uint64_t (unsigned instance): the value is kept elsewhere. Must have no side effect: debug reads
  /// and writes of half a register use it too.
  template <auto Method, class T>
  Register& live(T* self) {
    live_ = Delegate<std::uint64_t(unsigned)>::bind<Method>(self);
    return *this;
  }
  /// void (unsigned instance): side effect of a read, after the value was taken. Not called by debug reads,
  /// nor by narrow ones that leave the lowest byte out.
  template <auto Method, class T>
  Register& after_read(T* self) {
    after_read_ = Delegate<void(unsigned)>::bind<Method>(self);
    return *this;
  }
  /// void (unsigned instance, const RegisterWrite&): called after the value was stored (if it is not live).
  template <auto Method, class T>
  Register& on_write(T* self) {
    on_write_ = Delegate<void(unsigned, const RegisterWrite&)>::bind<Method>(self);
    return *this;
  }
  /// std::uint64_t (unsigned instance, const RegisterWrite&): bits that must keep their value now. A non-zero
  /// answer is reported as kLocked; if no bit remains, on_write is not called.
  template <auto Method, class T>
  Register& locked(T* self) {
    locked_ = Delegate<std::uint64_t(unsigned, const RegisterWrite&)>::bind<Method>(self);
    return *this;
  }

  // --- reading the declaration ---
  const std::string& name() const { return name_; }  ///< "DMAC_CFG"; "CHn_SAR" in a group
  std::string instance_name(unsigned instance) const;
  const std::string& title() const { return title_; }
  std::uint64_t offset(unsigned instance = 0) const { return base_ + instance * stride_; }
  unsigned width_bits() const { return width_; }
  unsigned count() const { return static_cast<unsigned>(values_.size()); }
  std::uint64_t stride() const { return stride_; }  ///< 0 outside groups
  bool in_group() const { return stride_ != 0; }
  std::uint64_t reset_value(unsigned instance = 0) const { return resets_[instance]; }
  const std::vector<Field>& fields() const { return fields_; }
  std::uint64_t readable() const { return readable_; }  ///< bits that can read as other than 0
  std::uint64_t writable() const { return writable_; }  ///< bits whose writing has an effect
  bool read_only() const { return writable_ == 0; }
  bool write_only() const { return readable_ == 0 && writable_ != 0; }
  bool read_acts() const { return static_cast<bool>(after_read_); }  ///< reading has a side effect

  // --- state of registers that are not live ---
  std::uint64_t value(unsigned instance = 0) const { return values_[instance]; }
  void set_value(std::uint64_t value, unsigned instance = 0) { values_[instance] = value; }

 private:
  friend class RegisterBank;
  void seal();
  std::uint64_t current(unsigned instance) const { return live_ ? live_(instance) : values_[instance]; }
  std::uint64_t mask_of(Access access) const;
  std::uint64_t apply(const RegisterWrite& write) const;

  std::string prefix_;
  std::string name_;
  std::string title_;
  std::uint64_t base_ = 0;
  std::uint64_t stride_ = 0;
  unsigned width_ = 64;
  Access default_access_ = Access::kRw;
  std::vector<Field> fields_;
  std::vector<std::uint64_t> values_;
  std::vector<std::uint64_t> resets_;
  std::vector<std::string> names_;  ///< per instance

  // Derived by seal(); the access path uses nothing else.
  std::uint64_t readable_ = 0;
  std::uint64_t writable_ = 0;
  std::uint64_t rw_ = 0;
  std::uint64_t w1c_ = 0;
  std::uint64_t acting_ = 0;  ///< seen by on_write, never stored
  std::vector<Field> guards_;

  Delegate<std::uint64_t(unsigned)> live_;
  Delegate<void(unsigned)> after_read_;
  Delegate<void(unsigned, const RegisterWrite&)> on_write_;
  Delegate<std::uint64_t(unsigned, const RegisterWrite&)> locked_;
};

/// An access that met a fault, as reported once to the owner of the bank.
struct FaultReport {
  AccessFault fault = AccessFault::kNone;
  std::uint64_t offset = 0;
  unsigned bytes = 0;
  bool write = false;
  const Register* reg = nullptr;  ///< null for a hole
  unsigned instance = 0;
};

/// What happens with accesses narrower than 32 bits.
enum class PartialAccess : std::uint8_t { kReject, kAllow };

class RegisterBank {
 public:
  static constexpr std::uint64_t kAllLanes = ~std::uint64_t{0};

  explicit RegisterBank(std::string name, unsigned default_width = 64,
                        PartialAccess partial = PartialAccess::kReject);
  RegisterBank(const RegisterBank&) = delete;
  RegisterBank& operator=(const RegisterBank&) = delete;

  // --- declaration ---
  Register& add(std::uint64_t offset, std::string_view name, std::string_view title);

  /// `count` equal sets of registers, set i at base + i * stride; names are PREFIXi_NAME.
  class Group {
   public:
    Register& add(std::uint64_t offset, std::string_view name, std::string_view title);

   private:
    friend class RegisterBank;
    Group(RegisterBank& bank, std::string_view prefix, unsigned count, std::uint64_t base,
          std::uint64_t stride)
        : bank_(bank), prefix_(prefix), count_(count), base_(base), stride_(stride) {}
    RegisterBank& bank_;
    std::string prefix_;
    unsigned count_;
    std::uint64_t base_;
    std::uint64_t stride_;
  };
  Group group(std::string_view prefix, unsigned count, std::uint64_t base, std::uint64_t stride);

  /// void (const FaultReport&)
  template <auto Method, class T>
  void on_fault(T* self) {
    on_fault_ = Delegate<void(const FaultReport&)>::bind<Method>(self);
  }

  /// Ends the declaration: builds the decoder and resets every register.
  /// @throws std::invalid_argument naming the registers or fields that overlap or do not fit.
  void seal();

  // --- access (after seal) ---
  /// @param bytes 1, 2, 4 or 8; `offset` must be a multiple of it
  /// @param lanes bits of the access that are enabled, bit 0 being the lowest bit at `offset`
  /// @return the first fault; `value` is 0 where nothing could be read
  AccessFault read(std::uint64_t offset, unsigned bytes, std::uint64_t& value,
                   std::uint64_t lanes = kAllLanes);
  AccessFault write(std::uint64_t offset, unsigned bytes, std::uint64_t value,
                    std::uint64_t lanes = kAllLanes);
  /// As read(), without side effects and without reports; bytes of holes are 0. Any size 1..8 and alignment.
  std::uint64_t peek(std::uint64_t offset, unsigned bytes) const;

  /// Puts every register that is not live at its reset value. No callback is called.
  void reset();

  // --- the map as data ---
  const std::string& name() const { return name_; }
  const std::deque<Register>& registers() const { return registers_; }  ///< in order of declaration
  std::uint64_t size() const { return slots_.size() * 4; }              ///< end of the last register, bytes

  struct Location {
    const Register* reg = nullptr;  ///< null for a hole
    unsigned instance = 0;
  };
  Location at(std::uint64_t offset) const;
  /// Name of the register at `offset` ("CH3_SAR"), "?" for a hole; lives as long as the bank.
  const char* name_at(std::uint64_t offset) const;
  /// @throws std::invalid_argument if no register has that name
  Location find(std::string_view instance_name) const;
  std::uint64_t offset_of(std::string_view instance_name) const;

  /// The reference manual of this map.
  void write_markdown(std::ostream& out) const;

 private:
  struct Slot {
    Register* reg = nullptr;
    std::uint32_t instance = 0;
    std::uint32_t shift = 0;  ///< bit of the register at this 32-bit word
  };
  const Slot* slot(std::uint64_t offset) const {
    const std::uint64_t index = offset / 4;
    return index < slots_.size() && slots_[index].reg ? &slots_[index] : nullptr;
  }
  Register& declare(std::string_view prefix, std::uint64_t offset, std::string_view name,
                    std::string_view title, unsigned count, std::uint64_t stride);
  AccessFault check(std::uint64_t offset, unsigned bytes, std::uint64_t& lanes) const;
  AccessFault read_word(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes);
  AccessFault write_word(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes);
  AccessFault report(AccessFault fault, std::uint64_t offset, unsigned bytes, bool write,
                     const Slot* slot) const;

  std::string name_;
  unsigned default_width_;
  PartialAccess partial_;
  std::deque<Register> registers_;
  std::vector<Slot> slots_;  ///< one per 32-bit word
  Delegate<void(const FaultReport&)> on_fault_;
};

}  // namespace dmavp
