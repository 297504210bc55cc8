// What the dynamic linker has bound a loaded module's references to.
#pragma once

#include <map>
#include <string>

namespace dmavp::tb {

/// Every reference of the loaded shared object `file` to a symbol that it does not define itself, with the
/// object in whose memory the bound address lies: a module's name, "kernel", or the file name of a host
/// library.
std::map<std::string, std::string> bindings_of(const std::string& file);

}  // namespace dmavp::tb
