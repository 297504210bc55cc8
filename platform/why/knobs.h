// What can be changed about a controller to make a channel faster.
#pragma once

#include <vector>

#include "platform/why/advice.h"

namespace dmavp::platform::why {

/// How much it takes to turn a knob.
enum class Effort : std::uint8_t {
  kSoftware,   ///< a register value within its limits
  kLimit,      ///< a counter in the controller
  kMemory,     ///< a deeper FIFO
  kStructure,  ///< another way of writing, a prefetch
  kWires       ///< more wires
};

struct Candidate {
  Effort effort = Effort::kSoftware;
  unsigned knob = 0;  ///< candidates of one knob follow each other, the nearest value first
  Knob change;
  Situation then;
};

/// Every value of every knob of the subject's controller.
std::vector<Candidate> candidates(const Situation& now);

}  // namespace dmavp::platform::why
