// A module's ELF file, looked at before the dynamic linker sees it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "kernel/module_info.h"

namespace dmavp::kernel {

struct ModuleFile {
  struct Table {
    std::uint64_t address = 0;  ///< relative to where the file is loaded
    std::uint64_t bytes = 0;
  };
  ModuleInfo info;
  std::vector<std::string> exports;    ///< EXPORT_SYMBOL
  std::vector<std::string> undefined;  ///< what somebody else must provide; weak references left out
  std::vector<std::string> needed;     ///< shared libraries it links with
  Table initcalls, parameters, this_module;
  std::uint64_t span = 0;  ///< bytes of address space it takes
};

/// False, with a sentence in `error`, when the file cannot be read, is no 64-bit ELF shared object of this
/// machine or has no module information. A damaged file is refused, never followed outside its bounds.
bool read_module_file(const std::string& path, ModuleFile& file, std::string& error);

}  // namespace dmavp::kernel
