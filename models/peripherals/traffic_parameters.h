// How a traffic source/sink is built (spec boards 7.5). Plain C++.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "peripherals/parameter_check.h"

namespace dmavp::traffic {

struct Parameters {
  unsigned fifo_depth = 16;       ///< items of each FIFO, 1..1024
  unsigned item_bytes = 4;        ///< 1, 2, 4 or 8
  unsigned items_per_burst = 1;   ///< reset value of BURST: items the line side moves at once, 0..65535
  std::uint32_t gap = 64;         ///< reset value of GAP: clock cycles from one such burst to the next
  unsigned sink_watermark = 8;    ///< reset value: request at or below, 0..fifo_depth - 1
  unsigned source_watermark = 4;  ///< reset value: request at or above, 1..fifo_depth
  unsigned flow_items = 4;        ///< reset value of FLOW_ITEMS, 1..fifo_depth
  bool flow_controller = false;   ///< reset value of CTRL.FLOW
  std::uint32_t seed = 1;         ///< reset value of SEED
  Cycle register_latency = 2;     ///< of an access, in clock cycles
};

/// What is out of range; empty if nothing is.
std::vector<ParameterProblem> validate(const Parameters& parameters);

}  // namespace dmavp::traffic
