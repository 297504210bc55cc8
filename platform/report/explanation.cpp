#include "platform/report/explanation.h"

#include <array>
#include <boost/json.hpp>
#include <cstdio>

namespace dmavp::platform {

namespace json = boost::json;

std::string Explanation::sentence() const {
  if (!tried()) return outcome;
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "predicted %+.1f %%, obtained %+.1f %%", 100 * predicted_gain,
                100 * obtained_gain);
  return text.data() + std::string(of_client ? "" : " (simulated time)");
}

json::object describe(const why::Advice& advice) {
  json::array settings;
  for (const std::string& setting : advice.knob.settings) settings.push_back(json::string(setting));
  return {{"channel", advice.channel},
          {"client", advice.client},
          {"side", !advice.known   ? ""
                   : advice.reader ? "reader"
                                   : "writer"},
          {"cause", advice.known ? dmac::to_string(advice.cause) : ""},
          {"share", advice.share},
          {"transferring", advice.wire},
          {"busy", advice.busy},
          {"off", advice.off},
          {"modelled", advice.modelled},
          {"knob", advice.knob.path},
          {"from", advice.knob.from},
          {"to", advice.knob.to},
          {"settings", std::move(settings)},
          {"predicted_gain", advice.knob.gain},
          {"sentence", advice.sentence()}};
}

json::object describe(const Explanation& e) {
  return {{"outcome", e.outcome},
          {"of", e.of_client ? "throughput" : "time"},
          {"predicted_gain", e.predicted_gain},
          {"obtained_gain", e.tried() ? json::value(e.obtained_gain) : json::value(nullptr)}};
}

}  // namespace dmavp::platform
