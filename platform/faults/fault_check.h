// Whether a fault plan fits the board and the scenario it is meant for.
#pragma once

#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/config/fault_plan.h"

namespace dmavp::platform {

/// One line for each key that names what is not there.
std::vector<std::string> check_faults(const std::vector<FaultSpec>& plan, const BoardDescription& board,
                                      const std::vector<std::string>& modules);

}  // namespace dmavp::platform
