// What the manuals of register maps have in common. Only register_*.cpp include it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "base/register_bank.h"

namespace dmavp {

/// "0x" and at least `digits` digits.
inline std::string hex_text(std::uint64_t value, unsigned digits = 1) {
  std::ostringstream text;
  text << std::hex << std::uppercase;
  text.width(digits);
  text.fill('0');
  text << value;
  return "0x" + text.str();
}

inline const char* access_text(const Register& reg) {
  return reg.read_only() ? "RO" : reg.write_only() ? "WO" : "RW";
}

inline bool same_reset(const Register& reg) {
  for (unsigned i = 1; i < reg.count(); ++i) {
    if (reg.reset_value(i) != reg.reset_value(0)) return false;
  }
  return true;
}

/// Fields that are not reserved, from bit 0 up.
inline std::vector<const Field*> fields_in_order(const Register& reg) {
  std::vector<const Field*> fields;
  for (const Field& f : reg.fields()) {
    if (f.access != Access::kReserved) fields.push_back(&f);
  }
  std::sort(fields.begin(), fields.end(), [](const Field* a, const Field* b) { return a->lo < b->lo; });
  return fields;
}

}  // namespace dmavp
