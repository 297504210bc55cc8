// [[fault]] tables of a scenario file as a plan. Private to the reading of scenarios.
#pragma once

#include <toml++/toml.h>

#include <functional>
#include <string>
#include <vector>

#include "platform/config/fault_plan.h"

namespace dmavp::platform {

/// How the reader of the file says where something is and that it is wrong.
struct FaultReaderContext {
  std::function<std::string(const toml::node&)> place;
  std::function<void(const toml::node&, const std::string& key, const std::string& text)> complain;
};

std::vector<FaultSpec> read_faults(const toml::node& faults, const FaultReaderContext& context);

}  // namespace dmavp::platform
