// What the platform assumes where a foreign device tree leaves something to a boot loader or to a clock
// controller that has no model.
#pragma once

#include <string>
#include <vector>

#include "platform/config/device_tree.h"

namespace dmavp::platform {

/// Gives every device that has a model, and whose clocks come from a clock controller without rates, the
/// property dmavp,clock-frequency, where the usual rate of that chip is known; a note for each. Drivers find
/// the rate there too.
void assume_clock_rates(DeviceTree& tree, std::vector<std::string>& notes);

}  // namespace dmavp::platform
