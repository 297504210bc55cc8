// Loads and unloads modules of the simulated system. Process context of the simulated system, except where
// noted.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace dmavp::kernel::loader {

/// Loads the file, sets its parameters ("name=value ..."), runs its init functions in order of level. 0, or a
/// negative errno and a sentence in `error`: not a module (-ENOEXEC), symbols that nobody provides (-ENOENT,
/// all are named), a symbol that somebody exports already (-EEXIST, both are named), a bad parameter, or what
/// init returned. Nothing of a refused module stays.
int load(const std::string& path, const std::string& parameters, const std::string& client,
         std::string& error);

/// Runs the exit functions and removes the module. -ENOENT unknown, -EBUSY in use, -EPERM no exit function;
/// then it stays.
int unload(const std::string& name, std::string& error);

/// Names of the loaded modules in order of loading. Any context.
std::vector<std::string> loaded();
/// Module whose memory holds the address, "kernel" or "?". Any context, signal handlers too; valid for ever.
const char* owner_of(const void* address);
/// Who provides the symbol: module, "kernel", the file name of a host library, or "?" when nobody does. Any
/// context.
const char* symbol_owner(const char* symbol);
/// Name the scenario gave the module that holds the address, "" when it gave none. Any context.
const char* client_of(const void* address);

/// A parameter of a loaded module as text, and back. 0 or a negative errno with a sentence in `error`.
int set_parameter(const std::string& module, const std::string& parameter, const char* value,
                  std::string& error);
int get_parameter(const std::string& module, const std::string& parameter, std::string& value,
                  std::string& error);

/// Before and after everything else. Modules still loaded go without their exit functions.
void start();
void stop();

}  // namespace dmavp::kernel::loader
