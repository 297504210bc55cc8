// The fault plan of a scenario: [[fault]] tables, parsed and checked as far as no board is needed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/config/fault_kinds.h"

namespace dmavp::platform {

struct FaultSpec {
  enum class Fired : std::uint8_t { kYes, kNo, kAny };

  FaultKind kind = FaultKind::kSlvErr;
  std::string target;  ///< alias of a node; "kernel" or a module for software
  std::string on;
  std::optional<unsigned> channel;
  std::uint64_t first = 0;  ///< bus addresses, inclusive
  std::uint64_t last = ~std::uint64_t{0};
  bool counted = false;  ///< an occasion starts it; else its time does
  std::uint64_t nth = 1;
  std::uint64_t count = 1;  ///< 0: all
  double probability = 1;
  std::uint64_t time_ps = 0;
  std::optional<std::uint64_t> delay_ps;
  std::optional<std::uint64_t> duration_ps;
  std::optional<unsigned> bit;
  Fired fired = Fired::kYes;
  std::string outcome;  ///< empty: nothing is stated
  std::string origin;   ///< "file:line: fault[0]", for messages

  const FaultKindInfo& info() const { return info_of(kind); }
  std::string title() const { return std::string(info().name) + " on " + target; }
};

}  // namespace dmavp::platform
