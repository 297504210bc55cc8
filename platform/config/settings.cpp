// Reading a node's properties by the table, and changing them by --set.
#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "platform/config/problem.h"
#include "platform/config/property_table.h"
#include "platform/config/property_table_peripherals.h"
#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kWideHandshakes = 64;  // what the request numbers of the second CFG layout can name

std::optional<std::uint64_t> choice_index(const Property& p, std::string_view word) {
  for (std::size_t i = 0; i < p.choices.size(); ++i) {
    if (word == p.choices[i]) return i;
  }
  return std::nullopt;
}

std::string choices_text(const Property& p) {
  std::string words;
  for (const char* word : p.choices) words += (words.empty() ? "" : ", ") + std::string(word);
  return words;
}

std::string out_of_range(const Property& p, std::uint64_t value) {
  return std::to_string(value) + " is out of range (" + std::to_string(p.min) + " .. " +
         std::to_string(p.max) +
         (*p.unit != '\0' && std::string_view(p.unit) != "0 or 1" ? std::string(" ") + p.unit
                                                                  : std::string()) +
         ")";
}

void read_one(const DeviceTree& tree, int node, const Property& p, NodeSettings& settings,
              std::vector<std::string>& problems) {
  const auto complain = [&](const std::string& text) { problems.push_back(tree.where(node, p.name, text)); };
  if (!tree.has(node, p.name)) {
    if (p.required()) complain("required and missing");
    if (p.has_default()) {
      const auto value =
          p.type == PropertyType::kChoice ? choice_index(p, p.default_text) : parse_size(p.default_text);
      p.set(settings, 0, value.value_or(0));
    }
    return;
  }
  if (p.type == PropertyType::kFlag) return p.set(settings, 0, 1);
  if (p.type == PropertyType::kChoice) {
    const auto words = tree.strings(node, p.name);
    const auto index = words.empty() ? std::nullopt : choice_index(p, words[0]);
    if (!index) return complain("\"" + (words.empty() ? "" : words[0]) + "\" is none of: " + choices_text(p));
    return p.set(settings, 0, *index);
  }
  if (p.type == PropertyType::kText) {
    const auto words = tree.strings(node, p.name);
    if (words.size() != 1) return complain("is not one text");
    return p.set_text(settings, words[0]);
  }
  const auto cells = tree.cells(node, p.name);
  const std::size_t wanted = p.type == PropertyType::kCells ? settings.dmac.num_channels : 1;
  if (cells.size() < wanted) {
    return complain("has " + std::to_string(cells.size()) + " entries, " + std::to_string(wanted) +
                    " are needed" + (p.type == PropertyType::kCells ? " (dma-channels)" : ""));
  }
  if (p.type == PropertyType::kCell && cells.size() > 1) {
    return complain("has " + std::to_string(cells.size()) + " entries, 1 is expected");
  }
  for (unsigned i = 0; i < wanted && i < dmac::kMaxChannels; ++i) {
    if (cells[i] < p.min || cells[i] > p.max) {
      complain((wanted > 1 ? "entry " + std::to_string(i) + ": " : "") + out_of_range(p, cells[i]));
      return;
    }
    p.set(settings, i, cells[i]);
  }
}

// Rules that concern several properties of a controller.
void finish_dmac(const DeviceTree& tree, int node, NodeSettings& settings,
                 std::vector<std::string>& problems) {
  dmac::Parameters& dmac = settings.dmac;
  if (!tree.has(node, "dmavp,max-burst-len"))
    dmac.max_burst_len = settings.burst_property != 0 ? settings.burst_property : 256;
  dmac.force_cfg2 =
      tree.compatible(node, "starfive,jh7110-axi-dma") || tree.compatible(node, "dmavp,agilex5-axi-dma");
  if (dmac.force_cfg2 && !tree.has(node, "dmavp,num-hs-if")) dmac.num_hs_if = kWideHandshakes;
  for (unsigned i = 0; i < dmac.num_channels; ++i) {
    if (dmac.reset_priority[i] >= dmac.num_channels) {
      problems.push_back(tree.where(node, "snps,priority",
                                    "entry " + std::to_string(i) + ": " +
                                        std::to_string(dmac.reset_priority[i]) +
                                        " is not below dma-channels = " + std::to_string(dmac.num_channels)));
      return;
    }
  }
  // The controller's own rules, in case a combination is refused although every value is in its range.
  for (const dmac::ParameterProblem& problem : dmac::validate(dmac)) {
    problems.push_back(tree.where(node, problem.field, problem.message));
  }
}

std::uint32_t to_cell(const DeviceTree& tree, int node, const std::string& name, const Property* p,
                      const std::string& text) {
  const std::string_view unit = p != nullptr ? p->unit : "";
  const std::uint64_t unit_ps = unit == "us" ? 1'000'000 : unit == "ns" ? 1'000 : 1;
  const bool is_time = unit == "ps" || unit == "ns" || unit == "us";
  const auto value = is_time ? parse_quantity(text, unit_ps) : parse_size(text);
  if (!value) throw InputError(tree.where(node, name, "\"" + text + "\" is not a number"));
  if (p != nullptr && (*value < p->min || *value > p->max)) {
    throw InputError(tree.where(node, name, out_of_range(*p, *value)));
  }
  if (*value > 0xFFFF'FFFF) throw InputError(tree.where(node, name, text + " does not fit a 32-bit cell"));
  return static_cast<std::uint32_t>(*value);
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == ',') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// Whether existing bytes look like a device-tree string list.
bool is_text(std::string_view bytes) {
  if (bytes.empty() || bytes.back() != '\0' || bytes.front() == '\0') return false;
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return c == '\0' || (c >= 0x20 && c < 0x7F); });
}

struct PathParts {
  std::string node, property;
  std::optional<std::size_t> index;
};

PathParts parse_path(const std::string& path) {
  PathParts parts;
  const std::size_t colon = path.find(':');
  parts.node = path.substr(0, colon);
  parts.property = path.substr(colon + 1);
  const std::size_t bracket = parts.property.find('[');
  if (bracket == std::string::npos) return parts;
  const std::string inside = parts.property.substr(bracket + 1);
  const auto index =
      inside.empty() || inside.back() != ']' ? std::nullopt : parse_size(inside.substr(0, inside.size() - 1));
  if (!index || *index > 1023) throw InputError("--set " + path + ": the index is not a number in brackets");
  parts.index = static_cast<std::size_t>(*index);
  parts.property.resize(bracket);
  return parts;
}

std::optional<NodeKind> peripheral_kind(const DeviceTree& tree, int node) {
  static constexpr std::pair<const char*, NodeKind> kStrings[] = {
      {"snps,dw-apb-uart", NodeKind::kUart},      {"snps,dw-apb-ssi", NodeKind::kSpi},
      {"snps,dwc-ssi-1.01a", NodeKind::kSpi},     {"canaan,k210-spi", NodeKind::kSpi},
      {"jedec,spi-nor", NodeKind::kFlash},        {"snps,designware-i2s", NodeKind::kI2s},
      {"starfive,jh7110-i2stx0", NodeKind::kI2s}, {"starfive,jh7110-i2stx1", NodeKind::kI2s},
      {"starfive,jh7110-i2srx", NodeKind::kI2s},  {"dmavp,traffic", NodeKind::kTraffic}};
  for (const auto& [text, kind] : kStrings) {
    if (tree.compatible(node, text)) return kind;
  }
  return std::nullopt;
}

}  // namespace

bool kind_of(const DeviceTree& tree, int node, NodeKind& kind) {
  if (tree.path(node) == "/cpus") return kind = NodeKind::kCpus, true;
  const auto type = tree.strings(node, "device_type");
  if (!type.empty() && type[0] == "cpu") return kind = NodeKind::kCpu, true;
  if (!type.empty() && type[0] == "memory") return kind = NodeKind::kMemory, true;
  if (tree.compatible(node, "mmio-sram")) return kind = NodeKind::kMemory, true;
  if (tree.compatible(node, "sifive,plic-1.0.0") || tree.compatible(node, "riscv,plic0") ||
      tree.compatible(node, "arm,gic-v3")) {
    return kind = NodeKind::kPlic, true;
  }
  for (const char* dmac : {"snps,axi-dma-1.01a", "starfive,jh7110-axi-dma", "starfive,jh8100-axi-dma",
                           "intel,kmb-axi-dma", "dmavp,dw-axi-dmac", "dmavp,agilex5-axi-dma"}) {
    if (tree.compatible(node, dmac)) return kind = NodeKind::kDmac, true;
  }
  if (tree.compatible(node, "dmavp,k210-dma-select")) return kind = NodeKind::kRequestSelect, true;
  if (tree.compatible(node, "dmavp,axi-traffic-generator")) return kind = NodeKind::kTrafficGenerator, true;
  if (const auto peripheral = peripheral_kind(tree, node)) return kind = *peripheral, true;
  if (tree.compatible(node, "simple-bus")) return kind = NodeKind::kBus, true;
  return false;
}

NodeSettings read_settings(const DeviceTree& tree, int node, NodeKind kind,
                           std::vector<std::string>& problems) {
  NodeSettings settings;
  preset_peripheral(tree, node, kind, settings);
  const std::size_t before = problems.size();
  for (const Property& p : property_table()) {
    // Arrays are as long as the controller has channels, which stands first in the table.
    if (p.kind != kind || (p.type == PropertyType::kCells && problems.size() != before)) continue;
    try {
      read_one(tree, node, p, settings, problems);
    } catch (const InputError& error) {
      problems.emplace_back(error.what());
    }
  }
  for (const std::string& name : tree.property_names(node)) {
    // A misspelt property of ours would otherwise be silently without effect.
    if (name.rfind("dmavp,", 0) == 0 && find_property(kind, name) == nullptr) {
      problems.push_back(
          tree.where(node, name, "no such property of a node of this kind (see dmavp properties)"));
    }
  }
  if (problems.size() != before) return settings;
  if (kind == NodeKind::kDmac) finish_dmac(tree, node, settings, problems);
  finish_peripheral(tree, node, kind, settings, problems);
  return settings;
}

void apply_board_setting(DeviceTree& tree, const std::string& path, const std::string& value) {
  const PathParts parts = parse_path(path);
  const auto node = tree.node(parts.node);
  if (!node) throw InputError("--set " + path + ": the board has no node or alias \"" + parts.node + "\"");
  const std::string full = tree.path(*node);
  NodeKind kind{};
  const Property* p = kind_of(tree, *node, kind) ? find_property(kind, parts.property) : nullptr;
  const auto existing = tree.bytes(*node, parts.property);
  if (p == nullptr && !existing && parts.property != "status") {
    throw InputError("--set " + path + ": " + full + " has no property \"" + parts.property + "\"");
  }
  if (p != nullptr && p->type == PropertyType::kFlag) {
    if (value != "0" && value != "1")
      throw InputError(tree.where(*node, p->name, "\"" + value + "\" is neither 0 nor 1"));
    return value == "1" ? tree.set_bytes(full, p->name, {}) : tree.remove(full, p->name);
  }
  const bool text = p != nullptr ? p->type == PropertyType::kChoice || p->type == PropertyType::kText
                                 : parts.property == "status" || (existing && is_text(*existing));
  if (text) {
    if (parts.index) throw InputError("--set " + path + ": this property is text and has no index");
    if (p != nullptr && p->type == PropertyType::kChoice && !choice_index(*p, value)) {
      throw InputError(tree.where(*node, p->name, "\"" + value + "\" is none of: " + choices_text(*p)));
    }
    return tree.set_bytes(full, parts.property, value + std::string(1, '\0'));
  }
  std::vector<std::uint32_t> cells = tree.cells(*node, parts.property);
  if (parts.index) {
    const bool array = p != nullptr && p->type == PropertyType::kCells;
    if (*parts.index >= cells.size() &&
        !(array && *parts.index == cells.size() && *parts.index < dmac::kMaxChannels)) {
      throw InputError("--set " + path + ": " + full + " has only " + std::to_string(cells.size()) +
                       " entries");
    }
    if (*parts.index == cells.size()) cells.push_back(0);
    cells[*parts.index] = to_cell(tree, *node, parts.property, p, value);
    return tree.set_cells(full, parts.property, cells);
  }
  const auto words = split(value);
  if (words.size() == 1 && p != nullptr && p->type == PropertyType::kCells) {
    std::fill(cells.begin(), cells.end(),
              to_cell(tree, *node, parts.property, p, value));  // one value for every channel
  } else {
    cells.clear();
    for (const std::string& word : words) cells.push_back(to_cell(tree, *node, parts.property, p, word));
  }
  tree.set_cells(full, parts.property, cells);
}

}  // namespace dmavp::platform
