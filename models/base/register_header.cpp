// Register maps as a C header (docs/register-formats.md).
#include <cctype>
#include <ostream>
#include <string>

#include "base/register_export.h"
#include "base/register_text.h"

namespace dmavp {

std::string register_identifier(const std::string& name) {
  std::string result;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    result += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  if (result.empty() || std::isdigit(static_cast<unsigned char>(result[0])) != 0) result.insert(0, "_");
  return result;
}

namespace {

std::string constant(std::uint64_t value, unsigned bits) {
  return (bits > 32 ? "UINT64_C(" : "UINT32_C(") + hex_text(value, bits / 4) + ")";
}

/// As the text of a comment: nothing in it may end the comment, begin another, or continue the line.
std::string comment(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '/' && !result.empty() && result.back() == '*') result += ' ';
    if (c == '*' && !result.empty() && result.back() == '/') result += ' ';
    result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return result;
}

void write_register(std::ostream& out, const std::string& prefix, const Register& reg) {
  const std::string name = prefix + reg.name();
  out << "\n/* " << reg.name() << ": " << comment(reg.title()) << "; " << access_text(reg) << ", "
      << reg.width_bits() << " bits */\n#define " << name;
  if (reg.in_group()) {
    out << "(n) (" << hex_text(reg.offset(), 3) << " + (n) * " << hex_text(reg.stride(), 3) << ")\n";
  } else {
    out << " " << hex_text(reg.offset(), 3) << "\n";
  }
  if (!reg.write_only()) {
    if (same_reset(reg)) {
      out << "#define " << name << "_RESET " << constant(reg.reset_value(), reg.width_bits()) << "\n";
    } else {
      for (unsigned i = 0; i < reg.count(); ++i) {
        out << "#define " << prefix << reg.instance_name(i) << "_RESET "
            << constant(reg.reset_value(i), reg.width_bits()) << "\n";
      }
    }
  }
  for (const Field* f : fields_in_order(reg)) {
    const std::string field = name + "_" + f->name;
    out << "#define " << field << "_SHIFT " << f->lo << " /* " << to_string(f->access) << "; "
        << comment(f->text) << " */\n#define " << field << "_MASK " << constant(f->mask(), reg.width_bits())
        << "\n";
  }
}

void write_device(std::ostream& out, const RegisterDevice& device) {
  const std::string prefix = register_identifier(device.name) + "_";
  out << "\n/* " << comment(device.name) << ": " << comment(device.description) << " */\n"
      << "#define " << prefix << "BASE UINT64_C(" << hex_text(device.base) << ")\n"
      << "#define " << prefix << "SIZE UINT64_C(" << hex_text(device.size) << ")\n";
  for (const RegisterDevice::Interrupt& interrupt : device.interrupts) {
    out << "#define " << prefix << "IRQ" << (interrupt.name.empty() ? "" : "_") << interrupt.name << " "
        << interrupt.number << "\n";
  }
  out << "/* The field REGISTER_FIELD of a value, and a value that has it. */\n"
      << "#define " << prefix << "GET(field, value) (((value) & " << prefix << "##field##_MASK) >> " << prefix
      << "##field##_SHIFT)\n"
      << "#define " << prefix << "PUT(field, number) (((uint64_t)(number) << " << prefix
      << "##field##_SHIFT) & " << prefix << "##field##_MASK)\n";
  for (const Register& reg : device.bank->registers()) write_register(out, prefix, reg);
}

}  // namespace

void write_registers_header(std::ostream& out, const RegisterSystem& system) {
  std::string guard = "DMAVP_REGS_" + register_identifier(system.name);
  if (system.devices.size() == 1) guard += "_" + register_identifier(system.devices[0].name);
  guard += "_H";
  out << "/* Registers of " << comment(system.description) << ", as dmavp " << comment(system.version)
      << " models them. Offsets in bytes. C11 and C++17. */\n"
      << "#ifndef " << guard << "\n#define " << guard << "\n\n#include <stdint.h>\n";
  for (const RegisterDevice& device : system.devices) write_device(out, device);
  out << "\n#endif\n";
}

}  // namespace dmavp
