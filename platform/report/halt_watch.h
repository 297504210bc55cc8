// Finds out why a channel halted on a linked-list item or shadow set that was not valid: what the controller
// did with it before, and whether software had been told.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/observer.h"

namespace dmavp::platform {

/// One controller. Fed with its events in the order of time.
class HaltWatch {
 public:
  struct Halt {
    Picoseconds time;
    std::string cause;  ///< continues "channel N halted: "
  };
  struct Channel {
    std::uint64_t halts = 0;
    std::optional<Halt> first;
  };

  /// The cause, when the channel has not halted before since it was enabled: the others follow from it.
  std::optional<Halt> block(const BlockEvent& event);
  void interrupt(const InterruptEvent& event);

  /// Channels that have halted.
  const std::map<unsigned, Channel>& channels() const { return channels_; }

 private:
  struct Item {
    Picoseconds done = 0;
    Picoseconds served = 0;  ///< the first time after that at which an interrupt output telling of it fell
  };
  struct Run {
    std::unordered_map<std::uint64_t, Item> finished;
    std::vector<std::uint64_t> unserved;
    bool halted = false;
  };
  std::string cause(const BlockEvent& event) const;
  static void serve(Run& run, Picoseconds time);

  std::map<unsigned, Run> runs_;
  std::map<unsigned, Channel> channels_;
};

}  // namespace dmavp::platform
