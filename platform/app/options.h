// The command line as data.
#pragma once

#include <string>
#include <vector>

#include "platform/app/calibrate.h"
#include "platform/report/difference.h"
#include "platform/run/run.h"
#include "platform/sweep/sweep.h"

namespace dmavp::platform {

enum class Command {
  kHelp,
  kVersion,
  kRun,
  kDiff,
  kCalibrate,
  kSweep,
  kRegs,
  kBoards,
  kScenarios,
  kModules,
  kProperties,
  kFaults
};

struct CommandLine {
  Command command = Command::kHelp;
  std::string help;  ///< text of kHelp
  RunOptions run;
  std::string board = "k210";  ///< of regs
  std::string device;          ///< of regs: alias or path, "all", empty for the first controller
  std::string format;          ///< of regs, properties and faults
  std::string file_a, file_b;  ///< of diff
  std::vector<Tolerance> tolerances;
  CalibrateOptions calibrate;
  SweepOptions sweep;
};

/// Throws InputError with a sentence for everything it does not know.
CommandLine parse_command_line(const std::vector<std::string>& arguments);

}  // namespace dmavp::platform
