// The commands that list what is built in.
#pragma once

#include <ostream>

#include "platform/config/scenario.h"

namespace dmavp::platform {

void list_boards(std::ostream& out);
void list_scenarios(std::ostream& out);
void list_modules(std::ostream& out);
/// Register reference of a device (alias or path; "all"; empty: the first DMA controller). `format` is md,
/// json, h or svd.
void print_registers(std::ostream& out, const std::string& board, const std::vector<Setting>& settings,
                     const std::string& device, const std::string& format);

}  // namespace dmavp::platform
