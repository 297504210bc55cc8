// Register maps as CMSIS-SVD, schema version 1.3 (docs/register-formats.md). The order of elements is the
// schema's.
#include <algorithm>
#include <ostream>
#include <string>

#include "base/register_export.h"
#include "base/register_text.h"

namespace dmavp {

namespace {

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      default:
        // XML 1.0 has no control characters.
        result += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
    }
  }
  return result;
}

class Xml {
 public:
  explicit Xml(std::ostream& out) : out_(out) {}

  void open(const std::string& tag, const std::string& attribute = "") {
    indent() << '<' << tag << (attribute.empty() ? "" : " ") << attribute << ">\n";
    ++depth_;
  }
  void close(const char* tag) {
    --depth_;
    indent() << "</" << tag << ">\n";
  }
  void element(const char* tag, const std::string& text) {
    indent() << '<' << tag << '>' << escaped(text) << "</" << tag << ">\n";
  }
  void number(const char* tag, std::uint64_t value) { element(tag, std::to_string(value)); }
  void hex(const char* tag, std::uint64_t value, unsigned digits = 1) {
    element(tag, hex_text(value, digits));
  }

 private:
  std::ostream& indent() { return out_ << std::string(2 * depth_, ' '); }

  std::ostream& out_;
  unsigned depth_ = 0;
};

const char* svd_access(Access access) {
  switch (access) {
    case Access::kReserved:
    case Access::kRo:
      return "read-only";
    case Access::kWo:
    case Access::kWriteEnable:
      return "write-only";
    case Access::kRw:
    case Access::kW1c:
    case Access::kGuarded:
    case Access::kSelfClearing:
      break;
  }
  return "read-write";
}

const char* svd_access(const Register& reg) {
  return svd_access(reg.read_only() ? Access::kRo : reg.write_only() ? Access::kWo : Access::kRw);
}

void write_field(Xml& xml, const Field& f) {
  xml.open("field");
  xml.element("name", f.name);
  xml.element("description", f.text.empty() ? f.name : f.text);
  xml.number("lsb", f.lo);
  xml.number("msb", f.hi);
  xml.element("access", svd_access(f.access));
  if (f.access == Access::kW1c) xml.element("modifiedWriteValues", "oneToClear");
  xml.close("field");
}

/// All of a register but what makes it an array. `name` may contain %s.
void write_body(Xml& xml, const Register& reg, const std::string& name) {
  const unsigned digits = reg.width_bits() / 4;
  xml.element("name", name);
  xml.element("description", reg.title().empty() ? name : reg.title());
  xml.hex("addressOffset", reg.offset(), 3);
  xml.number("size", reg.width_bits());
  xml.element("access", svd_access(reg));
  // What cannot be read has no value after reset.
  xml.hex("resetValue", reg.write_only() ? 0 : reg.reset_value(), digits);
  xml.hex("resetMask", reg.write_only() ? 0 : ~std::uint64_t{0} >> (64 - reg.width_bits()), digits);
  if (reg.read_acts()) xml.element("readAction", "modify");
  const auto fields = fields_in_order(reg);
  if (fields.empty()) return;
  xml.open("fields");
  for (const Field* f : fields) write_field(xml, *f);
  xml.close("fields");
}

/// "CHn_SAR" as "CH%s_SAR".
std::string array_name(const Register& reg) {
  std::string name = reg.instance_name(0);
  return name.replace(name.find('0'), 1, "%s");
}

void write_register(Xml& xml, const Register& reg) {
  xml.open("register");
  if (reg.in_group() && same_reset(reg)) {
    xml.number("dim", reg.count());
    xml.hex("dimIncrement", reg.stride());
    xml.element("dimIndex", "0-" + std::to_string(reg.count() - 1));
    write_body(xml, reg, array_name(reg));
  } else {
    write_body(xml, reg, reg.instance_name(0));
  }
  xml.close("register");
  if (same_reset(reg)) return;
  // Instances of an array share their reset value; these differ.
  for (unsigned i = 1; i < reg.count(); ++i) {
    xml.open("register", "derivedFrom=\"" + reg.instance_name(0) + "\"");
    xml.element("name", reg.instance_name(i));
    xml.hex("addressOffset", reg.offset(i), 3);
    xml.hex("resetValue", reg.reset_value(i), reg.width_bits() / 4);
    xml.close("register");
  }
}

void write_device(Xml& xml, const RegisterDevice& device) {
  const std::string name = register_identifier(device.name);
  xml.open("peripheral");
  xml.element("name", name);
  xml.element("description", device.description);
  xml.hex("baseAddress", device.base);
  xml.open("addressBlock");
  xml.number("offset", 0);
  xml.hex("size", std::max(device.size, device.bank->size()));
  xml.element("usage", "registers");
  xml.close("addressBlock");
  for (const RegisterDevice::Interrupt& interrupt : device.interrupts) {
    xml.open("interrupt");
    xml.element("name", interrupt.name.empty() ? name : name + "_" + interrupt.name);
    xml.number("value", interrupt.number);
    xml.close("interrupt");
  }
  xml.open("registers");
  for (const Register& reg : device.bank->registers()) write_register(xml, reg);
  xml.close("registers");
  xml.close("peripheral");
}

}  // namespace

void write_registers_svd(std::ostream& out, const RegisterSystem& system) {
  unsigned width = 32;
  for (const RegisterDevice& device : system.devices) {
    for (const Register& reg : device.bank->registers()) width = std::max(width, reg.width_bits());
  }
  out << "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";
  Xml xml(out);
  xml.open("device",
           "schemaVersion=\"1.3\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema-instance\" "
           "xs:noNamespaceSchemaLocation=\"CMSIS-SVD.xsd\"");
  xml.element("name", register_identifier(system.name));
  xml.element("version", system.version);
  xml.element("description", system.description);
  xml.number("addressUnitBits", 8);
  xml.number("width", width);
  xml.open("peripherals");
  for (const RegisterDevice& device : system.devices) write_device(xml, device);
  xml.close("peripherals");
  xml.close("device");
}

}  // namespace dmavp
