// Checking the parameters of a peripheral before anything is built from them.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace dmavp {

/// One parameter that cannot be: `field` is the member's name, `message` completes a sentence begun with it.
struct ParameterProblem {
  std::string field;
  std::string message;
};

class ParameterCheck {
 public:
  void range(std::string field, std::uint64_t value, std::uint64_t low, std::uint64_t high,
             const char* unit = "") {
    if (value >= low && value <= high) return;
    add(std::move(field), "is " + std::to_string(value) + ", must be " + std::to_string(low) + ".." +
                              std::to_string(high) + unit);
  }
  void add(std::string field, std::string message) {
    problems_.push_back({std::move(field), std::move(message)});
  }
  std::vector<ParameterProblem> take() { return std::move(problems_); }

 private:
  std::vector<ParameterProblem> problems_;
};

/// @throws std::invalid_argument naming `instance` and every problem, if there is one
inline void refuse(const char* instance, const std::vector<ParameterProblem>& problems) {
  if (problems.empty()) return;
  std::string text = instance;
  const char* between = ": ";
  for (const ParameterProblem& problem : problems) {
    text += between + problem.field + " " + problem.message;
    between = "; ";
  }
  throw std::invalid_argument(text);
}

}  // namespace dmavp
