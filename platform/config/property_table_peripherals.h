// The peripherals' part of the property table (property_table.h).
#pragma once

#include <string>
#include <vector>

#include "platform/config/property_table.h"

namespace dmavp::platform {

void add_peripheral_properties(std::vector<Property>& table);

/// What the `compatible` of a node implies, before its properties are read.
void preset_peripheral(const DeviceTree& tree, int node, NodeKind kind, NodeSettings& settings);

/// Rules that concern several properties of a peripheral; appends a line for each that is broken.
void finish_peripheral(const DeviceTree& tree, int node, NodeKind kind, const NodeSettings& settings,
                       std::vector<std::string>& problems);

}  // namespace dmavp::platform
