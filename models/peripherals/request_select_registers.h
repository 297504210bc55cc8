// The registers by which software selects DMA request lines: those of the K210's system controller and the
// second window of Intel's Keem Bay (spec boards 1, 2, 7.1; spec dw-axi-dmac 6.1). Plain C++.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "base/register_bank.h"

namespace dmavp::request_select {

enum class Layout : std::uint8_t {
  kK210,    ///< 0x64: fields of 6 bits for interfaces 0..4; 0x68: interface 5
  kKeemBay  ///< 0x10, 0x14: bytes for interfaces 0..7; 0x1C, 0x20: byte and half-word write enables
};

inline constexpr unsigned kCodes = 64;  ///< a code has 6 bits on both
inline constexpr unsigned kKeemBayUnused = 0x3F;

constexpr unsigned fields(Layout layout) { return layout == Layout::kK210 ? 6 : 8; }
constexpr std::uint64_t window_bytes(Layout layout) { return layout == Layout::kK210 ? 0x6C : 0x24; }

/// Every other offset reads 0 and ignores writes.
class Registers {
 public:
  /// `selected(interface, code)`: software has written the field of the interface.
  using Selected = std::function<void(unsigned, unsigned)>;
  Registers(const std::string& name, Layout layout, Selected selected);

  void read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
    bank_.read(offset, bytes, value, lanes);
  }
  void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes) {
    bank_.write(offset, bytes, value, lanes);
  }
  const RegisterBank& bank() const { return bank_; }

 private:
  void declare_k210();
  void declare_keem_bay();
  void tell(unsigned first, unsigned count, unsigned stride, const RegisterWrite& write);
  void write_low(unsigned, const RegisterWrite& write);
  void write_high(unsigned, const RegisterWrite& write);

  Layout layout_;
  Selected selected_;
  RegisterBank bank_;
};

}  // namespace dmavp::request_select
