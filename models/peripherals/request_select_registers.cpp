#include "peripherals/request_select_registers.h"

#include <utility>

namespace dmavp::request_select {
namespace {

constexpr std::uint64_t kCodeMask = kCodes - 1;
constexpr std::uint64_t kAllUnused = 0x3F3F3F3F;

std::string field_name(unsigned interface) { return "SEL" + std::to_string(interface); }
std::string field_text(unsigned interface) {
  return "request line of handshake interface " + std::to_string(interface);
}

}  // namespace

Registers::Registers(const std::string& name, Layout layout, Selected selected)
    : layout_(layout), selected_(std::move(selected)), bank_(name, 32, PartialAccess::kAllow) {
  if (layout == Layout::kK210) {
    declare_k210();
  } else {
    declare_keem_bay();
  }
  bank_.seal();
}

void Registers::declare_k210() {
  Register& low = bank_.add(0x64, "DMA_SEL0", "DMA request select 0");
  for (unsigned n = 0; n < 5; ++n) low.field(6 * n + 5, 6 * n, field_name(n), Access::kRw, field_text(n));
  low.on_write<&Registers::write_low>(this);
  bank_.add(0x68, "DMA_SEL1", "DMA request select 1")
      .field(5, 0, field_name(5), Access::kRw, field_text(5))
      .on_write<&Registers::write_high>(this);
}

void Registers::declare_keem_bay() {
  bank_.add(0x00, "CFG", "Configuration");
  bank_.add(0x04, "STAT", "Status").access(Access::kRo);
  bank_.add(0x08, "DEBUG0", "Debug 0").access(Access::kRo);
  bank_.add(0x0C, "DEBUG1", "Debug 1").access(Access::kRo);
  Register& low = bank_.add(0x10, "HS_SEL0", "Handshake select 0").reset(kAllUnused);
  for (unsigned n = 0; n < 4; ++n) low.field(8 * n + 7, 8 * n, field_name(n), Access::kRw, field_text(n));
  low.on_write<&Registers::write_low>(this);
  Register& high = bank_.add(0x14, "HS_SEL1", "Handshake select 1").reset(kAllUnused);
  for (unsigned n = 0; n < 4; ++n)
    high.field(8 * n + 7, 8 * n, field_name(n + 4), Access::kRw, field_text(n + 4));
  high.on_write<&Registers::write_high>(this);
  bank_.add(0x18, "LPI", "Low power");
  bank_.add(0x1C, "BYTE_WR_EN", "Byte write enable")
      .field(7, 0, "EN", Access::kRw, "bit n: channel n writes single bytes");
  bank_.add(0x20, "HALFWORD_WR_EN", "Half-word write enable")
      .field(7, 0, "EN", Access::kRw, "bit n: channel n writes half-words");
}

void Registers::tell(unsigned first, unsigned count, unsigned stride, const RegisterWrite& write) {
  for (unsigned i = 0; i < count; ++i) {
    const unsigned lsb = i * stride;
    if ((write.lanes >> lsb & kCodeMask) == 0) continue;  // another byte of the register was written
    selected_(first + i, static_cast<unsigned>(write.value >> lsb & kCodeMask));
  }
}

void Registers::write_low(unsigned, const RegisterWrite& write) {
  if (layout_ == Layout::kK210) return tell(0, 5, 6, write);
  tell(0, 4, 8, write);
}

void Registers::write_high(unsigned, const RegisterWrite& write) {
  if (layout_ == Layout::kK210) return tell(5, 1, 6, write);
  tell(4, 4, 8, write);
}

}  // namespace dmavp::request_select
