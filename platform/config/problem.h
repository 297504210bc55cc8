// Wrong input: what is wrong and where, one line per problem; ends the program with exit status 2.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace dmavp::platform {

/// Thrown before the simulation starts; what() holds the lines joined by '\n'.
class InputError : public std::runtime_error {
 public:
  explicit InputError(const std::string& line) : std::runtime_error(line) {}
  explicit InputError(const std::vector<std::string>& lines) : std::runtime_error(join(lines)) {}

 private:
  static std::string join(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
    return text;
  }
};

}  // namespace dmavp::platform
