#include "platform/config/module_parameters.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

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

struct NumberType {
  const char* name;
  std::int64_t lowest;
  std::uint64_t highest;
};

template <class T>
constexpr NumberType number_type(const char* name) {
  return {name, static_cast<std::int64_t>(std::numeric_limits<T>::min()),
          static_cast<std::uint64_t>(std::numeric_limits<T>::max())};
}

const NumberType* find_number(const std::string& type) {
  static constexpr std::array<NumberType, 9> kTypes{
      {number_type<std::uint8_t>("byte"), number_type<std::int16_t>("short"),
       number_type<std::uint16_t>("ushort"), number_type<std::int32_t>("int"),
       number_type<std::uint32_t>("uint"), number_type<std::int64_t>("long"),
       number_type<std::uint64_t>("ulong"), number_type<std::uint64_t>("ullong"),
       number_type<std::uint32_t>("hexint")}};
  for (const NumberType& known : kTypes) {
    if (type == known.name) return &known;
  }
  return nullptr;
}

/// Empty, or why the text of a number does not fit.
std::string misfit(const NumberType& type, const std::string& value) {
  const bool negative = value[0] == '-';
  const auto magnitude = parse_size(negative ? value.substr(1) : value);
  if (!magnitude) return "\"" + value + "\" is not a number (type " + type.name + ")";
  const std::uint64_t most = negative ? ~static_cast<std::uint64_t>(type.lowest) + 1 : type.highest;
  if (*magnitude <= most) return "";
  return value + " is not in " + std::to_string(type.lowest) + ".." + std::to_string(type.highest) +
         " (type " + type.name + ")";
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
  const NumberType* number = find_number(type);
  if (known && number == nullptr) return true;
  const std::uint64_t unit = time_unit(name);
  if (const auto size = parse_size(value)) {
    value = std::to_string(*size);
  } else if (const auto time = parse_time_ps(value); time && unit != 0) {
    value = std::to_string(*time / unit);
  }
  if (!known) return true;
  reason = misfit(*number, value);
  return reason.empty();
}

std::string module_problem(const std::string& file) {
  kernel::ModuleInfo info;
  std::string error;
  return kernel::read_module_info(file, info, error) ? "" : error;
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
