#include "platform/report/interrupt_watch.h"

#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kCommonLine = 32;
constexpr unsigned kCombinedLine = 33;

std::string name_of(unsigned line) {
  if (line == kCommonLine) return "the interrupt of the common registers";
  if (line == kCombinedLine) return "the combined interrupt";
  return "the interrupt of channel " + std::to_string(line);
}

}  // namespace

std::optional<InterruptWatch::Unserved> InterruptWatch::interrupt(const InterruptEvent& event) {
  if (event.level) {
    high_since_.emplace(event.line, event.time);
    return std::nullopt;
  }
  const auto high = high_since_.find(event.line);
  if (high == high_since_.end()) return std::nullopt;
  const Picoseconds since = high->second;
  high_since_.erase(high);
  if (event.time - since <= kPatience) return std::nullopt;
  return Unserved{event.time, name_of(event.line) + " rose at " + format_time(since) +
                                  ", and software cleared it " + format_time(event.time - since) + " later"};
}

std::vector<InterruptWatch::Unserved> InterruptWatch::finish(Picoseconds end) const {
  std::vector<Unserved> found;
  for (const auto& [line, since] : high_since_) {
    if (end > since + kPatience)
      found.push_back(
          {end, name_of(line) + " rose at " + format_time(since) + ", and software never cleared it"});
  }
  return found;
}

}  // namespace dmavp::platform
