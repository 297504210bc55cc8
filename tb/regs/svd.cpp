#include "regs/svd.h"

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <regex>
#include <sstream>

namespace dmavp::tb {
namespace {

using Tree = boost::property_tree::ptree;

/// A child in the order that the schema gives.
struct Rule {
  const char* tag;
  enum { kOne, kOptional, kMany, kSome } count;  ///< kMany may be none
  const char* pattern;                           ///< of the text; null for elements with children
};

const char* const kIdentifier = "[_A-Za-z][_A-Za-z0-9]*";
const char* const kDimable = "[_A-Za-z][_A-Za-z0-9]*(%s)?[_A-Za-z0-9]*";
const char* const kNumber = "(0x[0-9A-F]+|[0-9]+)";
const char* const kText = "[\\x20-\\x7E]+";
const char* const kAccess = "read-only|write-only|read-write";

const std::vector<Rule> kDevice = {{"name", Rule::kOne, kIdentifier},  {"version", Rule::kOne, kText},
                                   {"description", Rule::kOne, kText}, {"addressUnitBits", Rule::kOne, "8"},
                                   {"width", Rule::kOne, "32|64"},     {"peripherals", Rule::kOne, nullptr}};
const std::vector<Rule> kPeripherals = {{"peripheral", Rule::kSome, nullptr}};
const std::vector<Rule> kPeripheral = {
    {"name", Rule::kOne, kIdentifier},    {"description", Rule::kOne, kText},
    {"baseAddress", Rule::kOne, kNumber}, {"addressBlock", Rule::kSome, nullptr},
    {"interrupt", Rule::kMany, nullptr},  {"registers", Rule::kOne, nullptr}};
const std::vector<Rule> kAddressBlock = {
    {"offset", Rule::kOne, kNumber}, {"size", Rule::kOne, kNumber}, {"usage", Rule::kOne, "registers"}};
const std::vector<Rule> kInterrupt = {{"name", Rule::kOne, kIdentifier}, {"value", Rule::kOne, "[0-9]+"}};
const std::vector<Rule> kRegisters = {{"register", Rule::kSome, nullptr}};
const std::vector<Rule> kRegister = {{"dim", Rule::kOptional, kNumber},
                                     {"dimIncrement", Rule::kOptional, kNumber},
                                     {"dimIndex", Rule::kOptional, "[0-9]+-[0-9]+"},
                                     {"name", Rule::kOne, kDimable},
                                     {"description", Rule::kOptional, kText},
                                     {"addressOffset", Rule::kOne, kNumber},
                                     {"size", Rule::kOptional, "32|64"},
                                     {"access", Rule::kOptional, kAccess},
                                     {"resetValue", Rule::kOptional, kNumber},
                                     {"resetMask", Rule::kOptional, kNumber},
                                     {"readAction", Rule::kOptional, "clear|set|modify|modifyExternal"},
                                     {"fields", Rule::kOptional, nullptr}};
const std::vector<Rule> kFields = {{"field", Rule::kSome, nullptr}};
const std::vector<Rule> kField = {
    {"name", Rule::kOne, kIdentifier},    {"description", Rule::kOne, kText},
    {"lsb", Rule::kOne, "[0-9]+"},        {"msb", Rule::kOne, "[0-9]+"},
    {"access", Rule::kOptional, kAccess}, {"modifiedWriteValues", Rule::kOptional, "oneToClear"}};

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
    width_ = device->get<unsigned>("width");
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
  bool follows(const Tree& node, const std::vector<Rule>& rules, const std::string& where) {
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
      if (const char* pattern = rules[rule].pattern; pattern != nullptr) {
        if (!child.empty()) complain(where, tag + " has children");
        if (!std::regex_match(child.data(), std::regex(pattern)))
          complain(where, tag + " is \"" + child.data() + "\"");
      }
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
      reg.size = node.get<unsigned>("size");
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
      field.lsb = node.get<unsigned>("lsb");
      field.msb = node.get<unsigned>("msb");
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
