// The command line as data.
#pragma once

#include <string>
#include <vector>

#include "platform/run/run.h"

namespace dmavp::platform {

enum class Command { kHelp, kVersion, kRun, kRegs, kBoards, kScenarios, kModules, kProperties };

struct CommandLine {
  Command command = Command::kHelp;
  std::string help;  ///< text of kHelp
  RunOptions run;
  std::string board = "k210";  ///< of regs
  std::string device;          ///< of regs: alias or path, "all", empty for the first controller
  std::string format;          ///< of regs and properties
};

/// Throws InputError with a sentence for everything it does not know.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace dmavp::platform
