// Where the program finds what belongs to it: relative to the executable, in the build tree and after
// installation.
#pragma once

#include <string>
#include <vector>

namespace dmavp::platform {

/// Directory of boards/, scenarios/ and the files that scenarios name: that of the executable, ../share/dmavp
/// from there, or the nearest above it (programs of the tests lie below the build directory). Where none has
/// them, that of the executable.
const std::string& data_directory();
/// Directory of the modules: modules/ beside the data in the build tree, else ../lib/dmavp/modules.
const std::string& module_directory();

/// Files `room/*.ending` ("boards", ".dtb") of the data directory, sorted by name; of namesakes the one with
/// the earlier ending.
struct Found {
  std::string name;  ///< without directory and ending
  std::string file;
};
std::vector<Found> find_all(const std::string& room, const std::vector<std::string>& endings);

/// The module's file for a name ("dmatest", with - or _) or a path; empty when there is none.
std::string find_module(const std::string& name);
std::vector<Found> all_modules();

bool readable(const std::string& file);          ///< a file that can be read; directories are not
std::string read_text(const std::string& file);  ///< throws InputError naming the file and the reason

}  // namespace dmavp::platform
