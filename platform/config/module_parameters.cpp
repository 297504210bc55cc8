#include "platform/config/module_parameters.h"

#include <algorithm>
#include <array>

#include "kernel/module_info.h"
#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

bool ends_with(const std::string& text, const std::string& ending) {
  return text.size() > ending.size() && text.compare(text.size() - ending.size(), ending.size(), ending) == 0;
}

std::uint64_t time_unit(const std::string& parameter) {
  struct Unit {
    const char* ending;
    std::uint64_t ps;
  };
  constexpr std::array<Unit, 5> kUnits{
      {{"_ps", 1}, {"_ns", 1'000}, {"_us", 1'000'000}, {"_ms", 1'000'000'000}, {"_s", 1'000'000'000'000}}};
  for (const Unit& unit : kUnits) {
    if (ends_with(parameter, unit.ending)) return unit.ps;
  }
  return 0;
}

bool is_number(const std::string& type) {
  for (const char* number : {"byte", "short", "ushort", "int", "uint", "long", "ulong", "ullong", "hexint"}) {
    if (type == number) return true;
  }
  return false;
}

}  // namespace

bool normalise_parameter(const std::optional<std::vector<ModuleParameter>>& known, const std::string& module,
                         const std::string& name, std::string& value, std::string& reason) {
  std::string type;
  if (known) {
    const auto found =
        std::find_if(known->begin(), known->end(), [&](const auto& p) { return p.name == name; });
    if (found == known->end()) {
      std::string names;
      for (const ModuleParameter& p : *known) names += (names.empty() ? "" : ", ") + p.name;
      reason = "module " + module + " has no such parameter (it has: " + names + ")";
      return false;
    }
    type = found->type;
  }
  if (known && type == "bool") {
    for (const char* word : {"0", "1", "y", "n", "Y", "N", "true", "false", "on", "off"}) {
      if (value == word) return true;
    }
    reason = "\"" + value + "\" is not a boolean (true or false)";
    return false;
  }
  if (known && !is_number(type)) return true;
  if (!value.empty() && value[0] == '-') return true;
  if (const auto size = parse_size(value)) {
    value = std::to_string(*size);
    return true;
  }
  const std::uint64_t unit = time_unit(name);
  if (const auto time = parse_time_ps(value); time && unit != 0) {
    value = std::to_string(*time / unit);
    return true;
  }
  if (!known) return true;
  reason = "\"" + value + "\" is not a number (type " + type + ")";
  return false;
}

ModuleDescription module_description(const std::string& file) {
  ModuleDescription description;
  kernel::ModuleInfo info;
  std::string error;
  if (!kernel::read_module_info(file, info, error)) return description;
  description.text = info.description;
  for (const kernel::ModuleParameter& p : info.parameters) {
    description.parameters.push_back({p.name, p.type, p.description});
  }
  return description;
}

std::optional<std::vector<ModuleParameter>> module_parameters(const std::string& file) {
  kernel::ModuleInfo info;
  std::string error;
  if (file.empty() || !kernel::read_module_info(file, info, error)) return std::nullopt;
  return module_description(file).parameters;
}

}  // namespace dmavp::platform
