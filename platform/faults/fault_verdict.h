// What a run says about its fault plan.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "platform/faults/fault_trigger.h"
#include "platform/report/recorder.h"

namespace dmavp::platform {

/// One fault of the plan, for the result file.
struct FaultRecord {
  std::string kind;
  std::string target;
  std::string outcome;  ///< as stated, may be empty
  std::uint64_t hits = 0;
  std::uint64_t time_ps = 0;  ///< of the first hit
  bool expected = true;       ///< that it happens, or (hits == 0) that it does not matter
};

std::vector<FaultRecord> fault_records(const std::deque<FaultTrigger>& triggers);

/// Appends a sentence to `failures` for each fault that did not happen as planned, or whose stated outcome no
/// client has seen, and, unless `errors_given`, for transfers that failed otherwise than any fault states.
/// @param refused a module was refused
void judge_faults(const std::deque<FaultTrigger>& triggers, const std::vector<ClientRecord>& clients,
                  bool refused, bool errors_given, std::vector<std::string>& failures);

}  // namespace dmavp::platform
