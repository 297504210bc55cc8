// Reads a value change dump as a viewer does: independent of what writes it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace dmavp::test {

struct Signal {
  unsigned bits = 0;
  bool text = false;
  std::vector<std::pair<std::uint64_t, std::string>>
      changes;  ///< time and value; the first is the initial one

  const std::string& at(std::uint64_t time) const;  ///< value from `time` on
};

struct Waves {
  std::map<std::string, Signal> signals;  ///< by path: "dmac0.ch0.fifo"
  std::uint64_t start = 0;
  std::uint64_t end = 0;

  const Signal& of(const std::string& path) const;
};

/// Throws std::runtime_error that says in which line what is wrong: an order of times, an unknown identifier,
/// a value of the wrong form or width, two values at one time, a variable without initial value, one declared
/// twice.
Waves read_vcd(const std::string& text);

}  // namespace dmavp::test
