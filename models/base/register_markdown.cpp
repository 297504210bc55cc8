// The reference manual of a register map, from its declaration alone.
#include <ostream>
#include <string>

#include "base/register_bank.h"
#include "base/register_text.h"

namespace dmavp {

namespace {

std::string offset_text(const Register& reg) {
  std::string text = hex_text(reg.offset(), 3);
  if (reg.in_group()) text += " + n * " + hex_text(reg.stride(), 3);
  return text;
}

std::string reset_text(const Register& reg) {
  if (reg.write_only()) return "-";
  return hex_text(reg.reset_value(), reg.width_bits() / 4) + (same_reset(reg) ? "" : " (n = 0)");
}

std::string bits_text(const Field& f) {
  return f.hi == f.lo ? std::to_string(f.lo) : std::to_string(f.hi) + ":" + std::to_string(f.lo);
}

std::string field_reset(const Register& reg, const Field& f) {
  if ((f.mask() & reg.readable()) == 0) return "-";
  std::string text;
  for (unsigned i = 0; i < reg.count(); ++i) {
    const std::string one = hex_text((reg.reset_value(i) & f.mask()) >> f.lo, 1);
    if (i == 0) {
      text = one;
    } else if (one != hex_text((reg.reset_value(0) & f.mask()) >> f.lo, 1)) {
      return "by channel";
    }
  }
  return text;
}

}  // namespace

void RegisterBank::write_markdown(std::ostream& out) const {
  out << "# Registers of " << name_ << "\n\n"
      << "Offsets and sizes in bytes. Bits that no field names are reserved: they read 0 and ignore "
         "writes.\n\n"
      << "| Offset | Register | Width | Access | Reset | |\n| --- | --- | --- | --- | --- | --- |\n";
  for (const Register& reg : registers_) {
    out << "| " << offset_text(reg) << " | " << reg.name() << " | " << reg.width_bits() << " | "
        << access_text(reg) << " | " << reset_text(reg) << " | " << reg.title() << " |\n";
  }
  for (const Register& reg : registers_) {
    out << "\n## " << reg.name() << " - " << reg.title() << "\n\n"
        << "Offset " << offset_text(reg);
    if (reg.in_group()) out << ", n = 0 .. " << reg.count() - 1;
    out << ". Access " << access_text(reg) << ", reset " << reset_text(reg) << ".\n\n"
        << "| Bits | Field | Access | Reset | Meaning |\n| --- | --- | --- | --- | --- |\n";
    for (const Field* f : fields_in_order(reg)) {
      out << "| " << bits_text(*f) << " | " << f->name << " | " << to_string(f->access) << " | "
          << field_reset(reg, *f) << " | " << f->text << " |\n";
    }
  }
}

}  // namespace dmavp
