// Where the program finds what belongs to it: beside the executable first, then in the source tree.
#pragma once

#include <string>
#include <vector>

namespace dmavp::platform {

std::string executable_directory();
std::string source_directory();  ///< of the checkout it was built from; may no longer exist

/// Files `room/*.ending` ("boards", ".dtb"), sorted by name; an earlier directory hides a later one's
/// namesake.
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
