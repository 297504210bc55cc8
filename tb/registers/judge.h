// Compares a rig on which a program has come to rest with what the reference model predicts.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "reference/program.h"
#include "registers/rig.h"

namespace dmavp::tb {

class Judge {
 public:
  Judge(Rig& rig, const reference::Program& program) : rig_(rig), p_(program) {}

  // What the player has done; masks of channels.
  u32 stop_asked = 0;  ///< the channel was enabled then
  u32 suspend_asked = 0;
  u32 forced = 0;  ///< aborted because another stop found no end
  Image settled;   ///< memory at a soft reset

  void expect(reference::Model model) { model_.emplace(std::move(model)); }
  /// Everything, at the end.
  void judge();
  /// Memory and streams must look as if the channel had been cut off after some byte, the one DAR names.
  void check_prefix(const reference::Launch& l, const Image& seen, bool dar_known);
  /// A channel that stopped gracefully has written all it had read, but for a part of an item (5.4).
  void check_drained(const reference::Launch& l);
  /// Bytes moved at the peripherals of a channel.
  std::pair<u64, u64> moved(const reference::Launch& l);
  /// The first thing that is wrong.
  const std::string& problem() const { return problem_; }

 private:
  void fail(const std::string& what) {
    if (problem_.empty()) problem_ = what;
  }
  void expect(const char* what, u64 value, u64 low, u64 high, unsigned ch);
  void judge_complete(const reference::Launch& l);
  void judge_stopped(const reference::Launch& l, const Image& rest);
  void judge_streams(const reference::Launch& l, bool whole);
  void judge_lock(const reference::Launch& l, u32 seen);
  void judge_interrupts();
  const reference::ChannelRun& run_of(unsigned ch) const;

  Rig& rig_;
  const reference::Program& p_;
  std::optional<reference::Model> model_;
  std::string problem_;
};

}  // namespace dmavp::tb
