// A program of calls to a dmaengine framework, drawn from a seed, and a log of all that a client or provider
// sees of them. The same module runs on our framework and on Linux's; the two logs must be equal.
#pragma once

#include <linux/dmaengine.h>
#include <linux/types.h>

#include "dmaengine/virt-dma.h"

namespace dmavp::oracle {

inline constexpr unsigned kProviders = 3;  ///< the third has no node and comes and goes
inline constexpr unsigned kChannels = 3;
inline constexpr unsigned kHeld = 6;         ///< channels that the clients hold at most
inline constexpr unsigned kDescriptors = 8;  ///< prepared, not yet submitted
inline constexpr unsigned kCookies = 8;      ///< remembered
inline constexpr unsigned kRecords = 3;      ///< unmap records

/// A line of the log. Every line of a program begins with "oracle: ".
void say(const char* format, ...) __attribute__((format(printf, 1, 2)));

/// Draws of one operation: they depend on the seed and the operation's number alone, so that leaving one out
/// changes no other.
class Draws {
 public:
  Draws(u64 seed, u64 number) : state_(seed * 0x9E3779B97F4A7C15ull + number * 0xD1B54A32D192ED03ull + 1) {}
  unsigned below(unsigned bound) { return static_cast<unsigned>(next() % bound); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  u64 next() {
    state_ += 0x9E3779B97F4A7C15ull;
    u64 z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
  }
  u64 state_;
};

// --- provider.cpp: providers whose engine is the program

struct Channel {
  virt_dma_chan vc;
  virt_dma_desc* active;
  bool paused;
  bool added;  ///< registered behind its provider
};

struct Provider {
  dma_device dma;
  Channel channels[kChannels + 1];  ///< the last can be added and removed
  unsigned number;
  bool registered;
  bool by_tree;
  int alloc_result, config_result;
};
extern Provider* providers[kProviders];

int register_tree_providers();  ///< platform driver; both nodes of the device tree
void unregister_tree_providers();
/// The one without a node: with every operation, or one that it advertises missing. Its name is that of the
/// first's device.
void toggle_extra_provider(Draws& d);
void toggle_extra_channel(Draws& d);
/// What a provider advertises and answers from now on.
void change_provider(Draws& d);
/// Ends the active transfer of a channel; false when there is none.
bool finish(Channel* c, dmaengine_tx_result result, u32 residue);
void end_period(Channel* c);
const char* name_of(dma_chan* chan);  ///< also before it has one
/// Counts and capabilities of everything, in a line for each provider and channel that is not as it was.
void say_state();

inline Channel* to_channel(dma_chan* chan) { return container_of(to_virt_chan(chan), struct Channel, vc); }

// --- program.cpp

/// Plays operations 0 .. count-1 but those with a 1 in `skip`, then lets go of everything.
void play(u64 seed, unsigned count, const char* skip);

}  // namespace dmavp::oracle
