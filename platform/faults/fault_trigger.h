// When a planned fault happens: counting, chance and time, without SystemC.
#pragma once

#include <cstdint>

#include "base/choice.h"
#include "base/clock.h"
#include "platform/config/fault_plan.h"

namespace dmavp::platform {

/// Told of every hit, in a form that costs nothing to make.
class FaultLog {
 public:
  struct Hit {
    const FaultSpec* fault;
    std::uint64_t number;  ///< 1 for the first
    Picoseconds time;
    const char* where;  ///< "address" or "line"; empty: `at` means nothing
    std::uint64_t at;
  };
  virtual ~FaultLog() = default;
  virtual void fault_hit(const Hit& hit) = 0;
};

class FaultTrigger {
 public:
  /// All references outlive the trigger. Draws, if any, come from `stream`.
  FaultTrigger(const FaultSpec& fault, Choices& choices, Choices::Stream stream, FaultLog& log)
      : fault_(fault), choices_(choices), stream_(stream), log_(log) {}

  const FaultSpec& fault() const { return fault_; }
  std::uint64_t hits() const { return hits_; }
  Picoseconds first_hit() const { return first_hit_; }  ///< 0 before the first

  /// An occasion that meets every other condition of the fault. True: it is hit.
  bool occasion(Picoseconds now, const char* where = "", std::uint64_t at = 0);
  /// The fault starts by its time.
  void hit(Picoseconds now, const char* where = "", std::uint64_t at = 0);

 private:
  const FaultSpec& fault_;
  Choices& choices_;
  Choices::Stream stream_;
  FaultLog& log_;
  std::uint64_t occasions_ = 0;
  std::uint64_t hits_ = 0;
  Picoseconds first_hit_ = 0;
};

}  // namespace dmavp::platform
