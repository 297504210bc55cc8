// Which request lines of peripherals end at a request select, and by which codes software names them.
#pragma once

#include <cstdint>
#include <optional>

#include "platform/config/board_description.h"

namespace dmavp::platform {

/// The K210's code (sysctl 0x64, 0x68) of a device of the chip, by its address; none for another device.
std::optional<unsigned> k210_request_code(std::uint64_t base, bool transmit);

/// Fills in the lines of every request select.
void connect_request_lines(BoardDescription& board);

}  // namespace dmavp::platform
