// The peripherals' part of a board's description (board_description.h).
#pragma once

#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/config/property_table.h"

namespace dmavp::platform {

/// Adds the peripheral to `board`; appends a line to `problems` for whatever is wrong with it. May throw
/// InputError.
void read_peripheral(const DeviceTree& tree, int node, NodeKind kind, BoardDescription& board,
                     std::vector<std::string>& problems);

/// The node is a flash or a loopback behind an SPI master that has a model; its parent describes it.
bool is_spi_chip(const DeviceTree& tree, int node);

/// When every node has been read: what refers to other nodes, and rules between peripherals.
void finish_peripherals(const DeviceTree& tree, BoardDescription& board, std::vector<std::string>& problems);

}  // namespace dmavp::platform
