#include "platform/report/halt_watch.h"

#include <cstdio>

#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kCombinedLine = 33;  // of all channels; 0..31 are the channels' own

}  // namespace

std::optional<HaltWatch::Halt> HaltWatch::block(const BlockEvent& event) {
  switch (event.phase) {
    case BlockPhase::kChannelEnabled:
      runs_[event.channel] = {};
      return std::nullopt;
    case BlockPhase::kBlockDone:
      if (event.descriptor != 0) {
        runs_[event.channel].finished[event.descriptor] = {event.time, 0};
        runs_[event.channel].unserved.push_back(event.descriptor);
      }
      return std::nullopt;
    case BlockPhase::kInvalidItem: {
      Channel& channel = channels_[event.channel];
      ++channel.halts;
      Run& run = runs_[event.channel];
      if (run.halted) return std::nullopt;
      run.halted = true;
      Halt halt{event.time, cause(event)};
      if (!channel.first) channel.first = halt;
      return halt;
    }
    default:
      return std::nullopt;
  }
}

void HaltWatch::serve(Run& run, Picoseconds time) {
  for (const std::uint64_t descriptor : run.unserved) run.finished[descriptor].served = time;
  run.unserved.clear();
}

void HaltWatch::interrupt(const InterruptEvent& event) {
  if (event.level) return;
  if (event.line == kCombinedLine) {
    for (auto& [channel, run] : runs_) serve(run, event.time);
  } else if (const auto run = runs_.find(event.line); run != runs_.end()) {
    serve(run->second, event.time);
  }
}

std::string HaltWatch::cause(const BlockEvent& event) const {
  if (event.descriptor == 0) return "its shadow registers hold no valid set";
  char item[48];
  std::snprintf(item, sizeof(item), "the item at 0x%llx is not valid",
                static_cast<unsigned long long>(event.descriptor));
  const auto& finished = runs_.at(event.channel).finished;
  const auto found = finished.find(event.descriptor);
  if (found == finished.end())
    return std::string(item) + ", and the channel has not worked on it since it was enabled";
  std::string text = std::string(item) + ": the controller finished it at " +
                     format_time(found->second.done) + " and took VALID away; ";
  if (found->second.served == 0) return text + "software has not served its interrupt yet";
  return text + "software served its interrupt at " + format_time(found->second.served) +
         " but did not set VALID again";
}

}  // namespace dmavp::platform
