// One simulation from input to verdict.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "platform/config/scenario.h"

namespace dmavp::platform {

struct RunOptions {
  std::string scenario = "default";
  std::string board = "k210";
  std::string timing;  ///< "lt", "at"; empty: the scenario's
  std::optional<std::uint64_t> seed;
  std::vector<Setting> settings;  ///< --set in order; a path with ':' is the board's
  std::vector<std::string> insmods;
  std::string json_file;  ///< empty: none
  std::string trace_file;
  std::vector<std::string> trace_filters;  ///< an event that passes one of them is written
  std::string vcd_file;
  std::string vcd_filter;
  std::string perfetto_file;
  std::string perfetto_filter;
  std::string html_file;
  bool explain = false;  ///< try what the report advises, in a process of its own
  bool quiet = false;    ///< no kernel log, no table
};

/// Exit status as in design section 4. Throws InputError before the simulation starts. Once per process.
int run(const RunOptions& options);

}  // namespace dmavp::platform
