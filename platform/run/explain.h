// --explain: the advice of a run, tried.
#pragma once

#include "platform/report/result.h"
#include "platform/run/run.h"

namespace dmavp::platform {

/// Runs the same program with the advised settings, everything else equal and without other outputs, in a
/// process of its own, and compares. What goes wrong is in `outcome`.
Explanation explain(const RunOptions& options, const RunSummary& run, const Recorder& recorder);

}  // namespace dmavp::platform
