// `dmavp sweep`: many runs, their results in one table (docs/sweep.md).
#pragma once

#include <string>
#include <vector>

#include "platform/run/run.h"

namespace dmavp::platform {

struct SweepOptions {
  RunOptions run;                              ///< what all points have in common; its files are not used
  std::vector<std::string> vary;               ///< --vary in order
  std::string list_file;                       ///< empty: none
  std::string csv_file, json_file, html_file;  ///< empty: none; without any the CSV goes to standard output
  unsigned jobs = 0;                           ///< 0: one per processor
  bool resume = false;
};

/// Exit status: 0 if all points passed, 1 if not, 3 for a fault of the program or of an output, 130 after
/// SIGINT or SIGTERM. @throws InputError for what is wrong before the first point
int sweep(const SweepOptions& options);

}  // namespace dmavp::platform
