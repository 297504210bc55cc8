// What the software does in a run: modules, clients and their parameters, seed, timing, limits, expectations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/config/fault_plan.h"

namespace dmavp::platform {

struct ModuleSpec {
  std::string file;    ///< path of the .so
  std::string client;  ///< name of the client in the scenario, empty for other modules
  std::string origin;  ///< "file:line" or the option, for messages
  std::vector<std::pair<std::string, std::string>> parameters;
};

struct Expectations {
  /// Failed transfers, exactly; without it none but those that the outcome of a fault states.
  std::optional<std::uint64_t> errors;
  std::optional<std::uint64_t> bytes_min;        ///< over all clients
  std::optional<std::uint64_t> duration_max_ps;  ///< simulated time of the run
  std::optional<std::uint64_t> halts_max;        ///< of channels, on items or shadow sets that were not valid
  std::optional<std::uint64_t> losses_max;       ///< what peripherals lost: overruns, underruns, cut commands
  std::optional<std::string>
      log_never;  ///< regular expression (ECMAScript) that no line of the kernel log matches
  std::vector<std::string> failing_clients;  ///< must end with an error, others must not
  std::vector<std::string> diagnostics;      ///< kinds that must come, and fail nothing
};

struct Scenario {
  std::string name;
  std::string text;
  std::string source;
  std::uint64_t seed = 1;
  std::string timing = "lt";
  std::uint64_t duration_ps = 0;    ///< the run must have ended by then
  std::vector<ModuleSpec> modules;  ///< in the order of loading; clients last, in the order of the file
  Expectations expect;
  std::vector<FaultSpec> faults;  ///< in the order of the file
};

struct Setting {
  std::string path;  ///< "table.key", "fault[0].key"
  std::string value;
};

/// A built-in scenario's name or a .toml file, with `settings` applied. Throws InputError with one line a
/// problem.
Scenario load_scenario(const std::string& name_or_file, const std::vector<Setting>& settings);

/// FILE.so[,param=value...] of --insmod.
ModuleSpec parse_insmod(const std::string& text);

struct ScenarioInfo {
  std::string name, file, text;
};
std::vector<ScenarioInfo> built_in_scenarios();

}  // namespace dmavp::platform
