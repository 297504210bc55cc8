// Register maps as JSON (docs/register-formats.md).
#include <ostream>
#include <string>

#include "base/register_export.h"
#include "base/register_text.h"

namespace dmavp {

namespace {

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      result += "\\u00" + hex_text(static_cast<unsigned char>(c), 2).substr(2);
    } else {
      result += c;
    }
  }
  return result + "\"";
}

/// Writes what separates the members of a list.
class Separator {
 public:
  explicit Separator(const char* between) : between_(between) {}
  const char* next() {
    const char* text = first_ ? "" : between_;
    first_ = false;
    return text;
  }

 private:
  const char* between_;
  bool first_ = true;
};

void write_register(std::ostream& out, const Register& reg) {
  out << "{\"name\": " << quoted(reg.name()) << ", \"title\": " << quoted(reg.title())
      << ", \"offset\": " << reg.offset() << ", \"width\": " << reg.width_bits();
  if (reg.in_group()) out << ", \"count\": " << reg.count() << ", \"stride\": " << reg.stride();
  out << ", \"access\": \"" << access_text(reg)
      << "\", \"read_effect\": " << (reg.read_acts() ? "true" : "false") << ",\n         \"resets\": [";
  Separator comma(", ");
  for (unsigned i = 0; i < reg.count(); ++i) {
    out << comma.next() << '"' << hex_text(reg.reset_value(i), reg.width_bits() / 4) << '"';
  }
  out << "],\n         \"fields\": [";
  Separator line(",\n           ");
  for (const Field* f : fields_in_order(reg)) {
    out << line.next() << "{\"name\": " << quoted(f->name) << ", \"lsb\": " << f->lo << ", \"msb\": " << f->hi
        << ", \"access\": \"" << to_string(f->access) << "\"";
    if (f->access == Access::kGuarded) out << ", \"write_enable_lsb\": " << f->guard_lo;
    out << ", \"text\": " << quoted(f->text) << "}";
  }
  out << "]}";
}

void write_device(std::ostream& out, const RegisterDevice& device) {
  out << "{\"name\": " << quoted(device.name) << ", \"description\": " << quoted(device.description)
      << ",\n     \"base\": \"" << hex_text(device.base) << "\", \"size\": " << device.size
      << ",\n     \"interrupts\": [";
  Separator comma(", ");
  for (const RegisterDevice::Interrupt& interrupt : device.interrupts) {
    out << comma.next() << "{\"name\": " << quoted(interrupt.name) << ", \"number\": " << interrupt.number
        << "}";
  }
  out << "],\n     \"registers\": [\n";
  Separator line(",\n");
  for (const Register& reg : device.bank->registers()) {
    out << line.next() << "       ";
    write_register(out, reg);
  }
  out << "]}";
}

}  // namespace

void write_registers_json(std::ostream& out, const RegisterSystem& system) {
  out << "{\"schema\": \"dmavp.regs/1\", \"board\": " << quoted(system.name)
      << ", \"description\": " << quoted(system.description) << ", \"version\": " << quoted(system.version)
      << ",\n \"devices\": [\n";
  Separator line(",\n");
  for (const RegisterDevice& device : system.devices) {
    out << line.next() << "    ";
    write_device(out, device);
  }
  out << "]}\n";
}

}  // namespace dmavp
