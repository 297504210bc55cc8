// What a module says about its parameters, and scenario values in the form the module loader reads.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace dmavp::platform {

struct ModuleParameter {
  std::string name;
  std::string type;  ///< "uint", "charp", ... as declared by module_param
  std::string text;
};

struct ModuleDescription {
  std::string text;
  std::vector<ModuleParameter> parameters;
};

/// Why the file cannot be loaded as a module, in a sentence that names it; empty when nothing is against it.
std::string module_problem(const std::string& file);
/// What the module file says about itself, read without loading it; empty when it is no module.
ModuleDescription module_description(const std::string& file);
/// Its parameters; no value when it cannot tell (no such file, not a module).
std::optional<std::vector<ModuleParameter>> module_parameters(const std::string& file);

/// Turns "1MiB" into 1048576 for numeric parameters, and "10us" into the unit the name ends in (_ps, _ns,
/// _us, _ms, _s). False with the reason when the module has no such parameter or the value is not of its
/// type.
bool normalise_parameter(const std::optional<std::vector<ModuleParameter>>& known, const std::string& module,
                         const std::string& name, std::string& value, std::string& reason);

}  // namespace dmavp::platform
