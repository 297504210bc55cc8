// What a checker has found.
#pragma once

#include <string>
#include <vector>

namespace dmavp::tb {

/// `rule` is one of the checker's names, stable; `message` says what was seen, with the access and the time.
struct Violation {
  std::string rule;
  std::string message;
};

/// All of them, one a line; empty if there are none.
inline std::string report_of(const std::vector<Violation>& violations) {
  std::string text;
  for (const Violation& v : violations) text += v.rule + ": " + v.message + "\n";
  return text;
}

}  // namespace dmavp::tb
