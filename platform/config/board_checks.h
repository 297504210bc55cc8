// Rules of a board as a whole: memory that may be used, interrupts and addresses that have one owner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "platform/config/board_description.h"
#include "platform/config/device_tree.h"

namespace dmavp::platform {

inline constexpr std::uint64_t kPageBytes = 4096;

/// The ranges without what /reserved-memory forbids to map (no-map); whole pages remain.
std::vector<DeviceTree::Range> without_reserved(const DeviceTree& tree,
                                                std::vector<DeviceTree::Range> ranges);

/// One sentence for each interrupt source that is out of range or has two owners, and for each overlap of
/// address ranges.
std::vector<std::string> conflicts(const BoardDescription& board);

}  // namespace dmavp::platform
