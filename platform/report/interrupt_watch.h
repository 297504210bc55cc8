// Finds interrupts of a controller that software lets wait: lost on their way, masked, or of a driver that
// sleeps.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/observer.h"

namespace dmavp::platform {

/// One controller. Fed with its interrupt outputs in the order of time.
class InterruptWatch {
 public:
  static constexpr Picoseconds kPatience =
      1'000'000'000;  ///< 1 ms; drivers clear an interrupt within microseconds

  struct Unserved {
    Picoseconds time;  ///< when it was cleared after all, or the end of the run
    std::string text;  ///< a sentence
  };
  /// Something when an output falls that was high for longer than kPatience.
  std::optional<Unserved> interrupt(const InterruptEvent& event);
  /// Outputs that are still high at the end, and have been for longer than that.
  std::vector<Unserved> finish(Picoseconds end) const;

 private:
  std::map<unsigned, Picoseconds> high_since_;  ///< by output
};

}  // namespace dmavp::platform
