// Files that are part of the program.
#pragma once

#include <string_view>

namespace dmavp::platform {

std::string_view embedded_library();  ///< Chart.js of the package libjs-chart.js
std::string_view embedded_style();
std::string_view embedded_common();
std::string_view embedded_run();
std::string_view embedded_sweep();

}  // namespace dmavp::platform
