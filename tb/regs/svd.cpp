#include "regs/svd.h"

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <sstream>

namespace dmavp::tb {
namespace {

using Tree = boost::property_tree::ptree;

bool is_word(const std::string& text, const char* characters) {
  return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
}
bool is_decimal(const std::string& text) { return is_word(text, "0123456789"); }
bool is_number(const std::string& text) {
  return is_decimal(text) || (text.rfind("0x", 0) == 0 && is_word(text.substr(2), "0123456789ABCDEF"));
}
bool is_identifier(const std::string& text) {
  return is_word(text, "_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") &&
         !is_decimal(text.substr(0, 1));
}
/// With %s in one place.
bool is_dimable(const std::string& text) {
  const std::size_t at = text.find("%s");
  if (at == std::string::npos || at == 0) return is_identifier(text);
  return is_identifier(text.substr(0, at) + text.substr(at + 2));
}
bool is_range(const std::string& text) {
  const std::size_t dash = text.find('-');
  return dash != std::string::npos && is_decimal(text.substr(0, dash)) && is_decimal(text.substr(dash + 1));
}
bool is_text(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}
bool is_access(const std::string& t) { return t == "read-only" || t == "write-only" || t == "read-write"; }
bool is_read_action(const std::string& t) {
  return t == "clear" || t == "set" || t == "modify" || t == "modifyExternal";
}
bool is_size(const std::string& text) { return text == "32" || text == "64"; }
template <const char* Wanted>
bool is(const std::string& text) {
  return text == Wanted;
}
constexpr char kByte[] = "8";
constexpr char kUsage[] = "registers";
constexpr char kOneToClear[] = "oneToClear";

/// A child, in the order that the schema gives.
struct Rule {
  enum Count { kOne, kOptional, kSome, kAny };
  const char* tag;
  Count count;
  bool (*valid)(const std::string&) = nullptr;  ///< the text; null for elements with children
};

using Rules = std::vector<Rule>;
const Rules kDevice = {{"name", Rule::kOne, is_identifier},  {"version", Rule::kOne, is_text},
                       {"description", Rule::kOne, is_text}, {"addressUnitBits", Rule::kOne, is<kByte>},
                       {"width", Rule::kOne, is_size},       {"peripherals", Rule::kOne}};
const Rules kPeripherals = {{"peripheral", Rule::kSome}};
const Rules kPeripheral = {{"name", Rule::kOne, is_identifier},
                           {"description", Rule::kOne, is_text},
                           {"baseAddress", Rule::kOne, is_number},
                           {"addressBlock", Rule::kSome},
                           {"interrupt", Rule::kAny},
                           {"registers", Rule::kOne}};
const Rules kAddressBlock = {
    {"offset", Rule::kOne, is_number}, {"size", Rule::kOne, is_number}, {"usage", Rule::kOne, is<kUsage>}};
const Rules kInterrupt = {{"name", Rule::kOne, is_identifier}, {"value", Rule::kOne, is_decimal}};
const Rules kRegisters = {{"register", Rule::kSome}};
const Rules kRegister = {{"dim", Rule::kOptional, is_number},
                         {"dimIncrement", Rule::kOptional, is_number},
                         {"dimIndex", Rule::kOptional, is_range},
                         {"name", Rule::kOne, is_dimable},
                         {"description", Rule::kOptional, is_text},
                         {"addressOffset", Rule::kOne, is_number},
                         {"size", Rule::kOptional, is_size},
                         {"access", Rule::kOptional, is_access},
                         {"resetValue", Rule::kOptional, is_number},
                         {"resetMask", Rule::kOptional, is_number},
                         {"readAction", Rule::kOptional, is_read_action},
                         {"fields", Rule::kOptional}};
const Rules kFields = {{"field", Rule::kSome}};
const Rules kField = {
    {"name", Rule::kOne, is_identifier},    {"description", Rule::kOne, is_text},
    {"lsb", Rule::kOne, is_decimal},        {"msb", Rule::kOne, is_decimal},
    {"access", Rule::kOptional, is_access}, {"modifiedWriteValues", Rule::kOptional, is<kOneToClear>}};

class Reader {
 public:
  Svd read(const std::string& text) {
    std::istringstream in(text);
    Tree root;
    try {
      boost::property_tree::read_xml(in, root, boost::property_tree::xml_parser::trim_whitespace);
    } catch (const boost::property_tree::xml_parser_error& error) {
      complain("", error.what());
      return std::move(svd_);
    }
    const auto device = root.get_child_optional("device");
    if (!device || root.size() != 1) {
      complain("", "the root is not one device");
      return std::move(svd_);
    }
    if (device->get("<xmlattr>.schemaVersion", "") != "1.3") complain("device", "schemaVersion is not 1.3");
    if (!follows(*device, kDevice, "device")) return std::move(svd_);
    width_ = small(*device, "width");
    const Tree& peripherals = device->get_child("peripherals");
    if (follows(peripherals, kPeripherals, "peripherals")) {
      for (const auto& child : peripherals) read_peripheral(child.second);
    }
    return std::move(svd_);
  }

 private:
  void complain(const std::string& where, const std::string& what) {
    svd_.problems.push_back(where + ": " + what);
  }

  /// Children are those of the rules, in their order and number, with text that matches.
  bool follows(const Tree& node, const Rules& rules, const std::string& where) {
    const std::size_t before = svd_.problems.size();
    std::map<std::string, unsigned> seen;
    std::size_t at = 0;
    for (const auto& [tag, child] : node) {
      if (tag == "<xmlattr>") continue;
      std::size_t rule = 0;
      while (rule < rules.size() && tag != rules[rule].tag) ++rule;
      if (rule == rules.size()) {
        complain(where, "unknown element " + tag);
        continue;
      }
      if (rule < at) complain(where, tag + " is out of order");
      at = rule;
      ++seen[tag];
      if (rules[rule].valid == nullptr) continue;
      if (!child.empty()) complain(where, tag + " has children");
      if (!rules[rule].valid(child.data())) complain(where, tag + " is \"" + child.data() + "\"");
    }
    for (const Rule& rule : rules) {
      const unsigned n = seen[rule.tag];
      const bool needed = rule.count == Rule::kOne || rule.count == Rule::kSome;
      const bool single = rule.count == Rule::kOne || rule.count == Rule::kOptional;
      if (needed && n == 0) complain(where, std::string("no ") + rule.tag);
      if (single && n > 1) complain(where, std::string("more than one ") + rule.tag);
    }
    return svd_.problems.size() == before;
  }

  static std::uint64_t number(const Tree& node, const char* tag) {
    return std::stoull(node.get<std::string>(tag), nullptr, 0);
  }

  static unsigned small(const Tree& node, const char* tag) {
    return static_cast<unsigned>(number(node, tag));
  }

  void read_peripheral(const Tree& node) {
    const std::string name = node.get("name", "?");
    if (!follows(node, kPeripheral, name)) return;
    if (svd_.peripherals.count(name) != 0) complain(name, "the name is taken");
    SvdPeripheral& peripheral = svd_.peripherals[name];
    peripheral.base = number(node, "baseAddress");
    taken_.clear();
    for (const auto& [tag, child] : node) {
      if (tag == "addressBlock" && follows(child, kAddressBlock, name)) {
        peripheral.size = number(child, "offset") + number(child, "size");
      } else if (tag == "interrupt" && follows(child, kInterrupt, name)) {
        const bool is_new =
            peripheral.interrupts.emplace(child.get<std::string>("name"), number(child, "value")).second;
        if (!is_new) complain(name, "an interrupt name is taken");
      }
    }
    const Tree& registers = node.get_child("registers");
    if (!follows(registers, kRegisters, name)) return;
    for (const auto& child : registers) read_register(child.second, name, peripheral);
  }

  void read_register(const Tree& node, const std::string& device, SvdPeripheral& peripheral) {
    const std::string name = node.get("name", "?");
    const std::string where = device + "." + name;
    if (!follows(node, kRegister, where)) return;
    SvdRegister reg;
    if (const std::string origin = node.get("<xmlattr>.derivedFrom", ""); !origin.empty()) {
      const auto found = peripheral.registers.find(origin);
      if (found == peripheral.registers.end()) return complain(where, "derived from an unknown register");
      reg = found->second;
    } else {
      for (const char* tag : {"description", "size", "access", "resetValue", "resetMask"}) {
        if (node.count(tag) == 0) return complain(where, std::string("no ") + tag);
      }
      reg.size = small(node, "size");
      reg.access = node.get<std::string>("access");
      reg.read_action = node.count("readAction") != 0;
      if (reg.size > width_) complain(where, "is wider than the device");
      if (const auto fields = node.get_child_optional("fields")) read_fields(*fields, where, reg);
    }
    reg.offset = number(node, "addressOffset");
    if (node.count("resetValue") != 0) reg.reset = number(node, "resetValue");
    if (reg.size < 64 && reg.reset >> reg.size != 0) complain(where, "the reset value does not fit");
    if (reg.access == "write-only" && node.count("resetMask") != 0 && number(node, "resetMask") != 0)
      complain(where, "is not readable and has a reset value");

    const bool array = node.count("dim") != 0;
    if (array != (name.find("%s") != std::string::npos)) return complain(where, "%s and dim do not agree");
    const std::uint64_t count = array ? number(node, "dim") : 1;
    if (array && node.get("dimIndex", "") != "0-" + std::to_string(count - 1))
      complain(where, "dimIndex is not 0-" + std::to_string(count - 1));
    for (std::uint64_t i = 0; i < count; ++i) {
      SvdRegister one = reg;
      std::string instance = name;
      if (array) {
        one.offset += i * number(node, "dimIncrement");
        instance.replace(instance.find("%s"), 2, std::to_string(i));
      }
      place(std::move(instance), std::move(one), device, peripheral);
    }
  }

  /// Names are unique, no byte belongs to two registers, and all of them to the address block.
  void place(std::string name, SvdRegister reg, const std::string& device, SvdPeripheral& peripheral) {
    const std::string where = device + "." + name;
    if (reg.offset % (reg.size / 8) != 0) complain(where, "is not aligned");
    if (reg.offset + reg.size / 8 > peripheral.size) complain(where, "lies outside the address block");
    for (std::uint64_t byte = reg.offset; byte < reg.offset + reg.size / 8; ++byte) {
      if (!taken_.emplace(byte, name).second) {
        complain(where, "overlaps " + taken_[byte]);
        break;
      }
    }
    if (!peripheral.registers.emplace(std::move(name), std::move(reg)).second)
      complain(where, "the name is taken");
  }

  void read_fields(const Tree& fields, const std::string& where, SvdRegister& reg) {
    if (!follows(fields, kFields, where)) return;
    std::uint64_t taken = 0;
    for (const auto& child : fields) {
      const Tree& node = child.second;
      const std::string name = node.get("name", "?");
      if (!follows(node, kField, where + "." + name)) continue;
      SvdField field;
      field.lsb = small(node, "lsb");
      field.msb = small(node, "msb");
      field.access = node.get("access", reg.access);
      if (field.msb < field.lsb || field.msb >= reg.size) {
        complain(where + "." + name, "lies outside the register");
        continue;
      }
      for (unsigned bit = field.lsb; bit <= field.msb; ++bit) {
        if ((taken >> bit & 1) != 0) complain(where + "." + name, "overlaps another field");
        taken |= std::uint64_t{1} << bit;
      }
      if (!reg.fields.emplace(name, field).second) complain(where + "." + name, "the name is taken");
    }
  }

  Svd svd_;
  unsigned width_ = 0;
  std::map<std::uint64_t, std::string> taken_;  ///< bytes of the peripheral that is read
};

}  // namespace

Svd read_svd(const std::string& text) { return Reader().read(text); }

}  // namespace dmavp::tb
