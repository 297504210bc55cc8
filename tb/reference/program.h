// Random register programs: what software does to the controller, and memory to do it with.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "reference/model.h"

namespace dmavp::reference {

/// splitmix64: small, portable, good enough to make programs.
class Random {
 public:
  explicit Random(u64 seed) : state_(seed) {}
  u64 next() {
    u64 z = state_ += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  u64 below(u64 bound) { return next() % bound; }
  u64 range(u64 low, u64 high) { return low + below(high - low + 1); }  ///< inclusive
  bool percent(unsigned p) { return below(100) < p; }

 private:
  u64 state_;
};

enum class ProgramClass {
  kDisjoint,  ///< predicted exactly
  kRacing,    ///< channels share bytes
  kFailing,   ///< accesses that answer with errors
  kStopped    ///< disable, suspend, abort, reset at random moments
};
const char* to_string(ProgramClass c);

enum class StopKind { kNone, kDisable, kAbort, kSuspendResume, kSuspendDisable, kSuspendAbort };
const char* to_string(StopKind kind);
enum class GlobalStop { kNone, kSoftReset, kControllerDisable };

/// One channel of a program.
struct Launch {
  ChannelSetup setup;
  CfgFields cfg;
  std::vector<Item> items;
  std::vector<u64>
      invalid_items;         ///< items with VALID = 0 that software makes valid when the channel halts there
  unsigned chain_delay = 0;  ///< cycles after its start when software ends a chain by CFG[3:0] = 0
  bool withhold_first = false;  ///< the first shadow set comes only when the channel has halted
  unsigned start_delay = 0;     ///< cycles after the previous channel's start
  StopKind stop = StopKind::kNone;
  unsigned stop_delay = 0;  ///< cycles after its own start
  unsigned stop_pause = 0;  ///< cycles between CH_SUSPENDED and the next action
};

struct Program {
  u64 seed = 0;
  ProgramClass kind = ProgramClass::kDisjoint;
  Traits traits;
  Image memory;
  std::vector<ErrorRange> errors;
  std::vector<Launch> launches;
  GlobalStop global_stop = GlobalStop::kNone;
  unsigned global_delay = 0;  ///< cycles after the last start
  bool noise = false;         ///< harmless register accesses while it runs

  /// Everything needed to repeat it by hand.
  std::string describe() const;
  /// Names of what it exercises ("width 8>64", "circular", ...), for a histogram.
  std::vector<std::string> features() const;
  /// The model with every channel started; halted channels repaired and resumed as software would.
  /// `chains`: the number of blocks of channels whose chain was ended after another number than planned.
  Model predict(const std::map<unsigned, unsigned>& chains = {}) const;
};

/// A program of a class for an instance. Same arguments, same program.
Program make_program(ProgramClass kind, const Traits& traits, u64 memory_base, std::size_t memory_size,
                     u64 seed);

}  // namespace dmavp::reference
