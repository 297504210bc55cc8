// Setting the parameters of a loaded module from text.
#pragma once

#include <linux/moduleparam.h>

#include <cstddef>
#include <string>

namespace dmavp::kernel {

/// Sets every "name=value" of `text` (separated by white space; a value with spaces in double quotes; a name
/// alone for parameters that allow it). 0, or a negative errno and a sentence that names module, parameter
/// and value.
int set_parameters(const std::string& module, const struct kernel_param* table, std::size_t count,
                   const char* text, std::string& error);
int set_parameter(const std::string& module, const struct kernel_param* table, std::size_t count,
                  const std::string& name, const char* value, std::string& error);

}  // namespace dmavp::kernel
