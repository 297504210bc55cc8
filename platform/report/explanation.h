// The bottleneck of a run and the trial of its advice, as JSON and as sentences.
#pragma once

#include <boost/json/fwd.hpp>
#include <string>

#include "platform/why/advice.h"

namespace dmavp::platform {

/// What a second run with the advised settings has shown.
struct Explanation {
  std::string outcome;        ///< "tried", or why there is no gain to report
  double predicted_gain = 0;  ///< 0.41: 41 % more
  double obtained_gain = 0;   ///< valid if tried
  bool of_client = true;      ///< of the client's throughput, else of the simulated time
  bool tried() const { return outcome == "tried"; }
  std::string sentence() const;
};

boost::json::object describe(const why::Advice& advice);
boost::json::object describe(const Explanation& explanation);

}  // namespace dmavp::platform
