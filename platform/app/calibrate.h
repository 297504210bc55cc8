// `dmavp calibrate`: parameters of the engine from measured transfers (docs/accuracy.md).
#pragma once

#include <string>

namespace dmavp::platform {

struct CalibrateOptions {
  std::string reference;  ///< file to fit
  std::string evaluate;   ///< file to report on; empty: every fourth row of `reference` is held out
  std::string json_file;
  bool quiet = false;  ///< no text
};

/// Returns the exit status: 0 if the targets hold on the rows that were not fitted, 1 if not, 3 if an output
/// could not be written.
/// @throws InputError for files that cannot be read
int calibrate(const CalibrateOptions& options);

}  // namespace dmavp::platform
