// What a module file says about itself, read without loading it.
#pragma once

#include <string>
#include <vector>

namespace dmavp::kernel {

struct ModuleParameter {
  std::string name;
  std::string type;         ///< "uint", "bool", "string", "array of int"; empty when the module does not say
  std::string description;  ///< MODULE_PARM_DESC
};

struct ModuleInfo {
  std::string name;  ///< KBUILD_MODNAME
  std::string description;
  std::string license;
  std::string author;
  std::string version;
  std::vector<ModuleParameter> parameters;  ///< in order of appearance
};

/// False, with a sentence that names the file in `error`, when it cannot be read or is no module.
bool read_module_info(const std::string& path, ModuleInfo& info, std::string& error);

}  // namespace dmavp::kernel
