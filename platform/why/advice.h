// The bottleneck of a run, the knob to turn, and what that would gain (issue 6, item 8). Plain C++.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "dmac/engine.h"
#include "platform/why/steady.h"

namespace dmavp::platform::why {

/// What a channel has done in a run. Cycles are those of its controller.
struct Worker {
  std::string name;         ///< "dmac0.ch2"
  unsigned controller = 0;  ///< index in Situation::controllers
  unsigned priority = 0;
  unsigned read_port = 0;
  unsigned write_port = 0;
  bool peripheral = false;  ///< a peripheral sets the pace
  bool own = false;         ///< works for the client that is asked about
  Load load;
  double blocks = 0;   ///< all of them
  double small = 0;    ///< heads and tails among them, of a few bytes; the others have load.block_bytes
  double chained = 0;  ///< blocks behind another of the same transfer
  bool list = false;   ///< its blocks come from linked lists
  std::array<Cycle, dmac::kCauses> reader{};
  std::array<Cycle, dmac::kCauses> writer{};
};

struct Controller {
  std::string name;  ///< as --set knows it
  dmac::Parameters parameters;
};

struct Situation {
  std::vector<Controller> controllers;
  std::vector<Worker> workers;
  std::size_t subject = 0;  ///< index of the worker that is asked about
  std::string client;       ///< whose throughput counts; empty: the whole run
  double duration = 0;      ///< of that client, in cycles of the subject's controller
};

/// A property to set, with its value now.
struct Knob {
  std::string path;  ///< "dmac0:dmavp,fifo-depth"; empty: nothing helps
  std::string from, to;
  std::vector<std::string> settings;  ///< PATH=VALUE for --set, all of them together
  double gain = 0;                    ///< predicted, of the client's throughput: 0.41 is 41 % more
};

struct Advice {
  bool known = false;  ///< false: no channel has moved anything
  std::string channel;
  std::string client;
  bool reader = true;  ///< the side that bounds the rate
  dmac::Cause cause = dmac::Cause::kIdle;
  double share = 0;  ///< of the cycles of the side in which the channel is on
  double wire = 0;   ///< part of these cycles in which the side moves beats
  double busy = 0;   ///< part of the client's time in which R (reader) or W is busy, whoever uses it
  double off = 0;    ///< part of the client's time in which the channel is off: software
  bool peripheral = false;
  double modelled = 0;  ///< cycles of the blocks by the closed forms / those that they took
  Knob knob;
  /// "dmac0.ch2: fifo 36 % of reader cycles: dmac0:dmavp,fifo-depth 32 -> 64 predicts +41 %"
  std::string sentence() const;
};

/// How far the closed forms may be from the cycles that they explain, as a factor, for an advice to be given.
inline constexpr double kTrusted = 1.25;

/// What less than this gains is no advice.
inline constexpr double kWorthwhile = 0.01;
inline constexpr double kWorthwhileShared = 0.05;  ///< where channels of one client are in each other's way

/// Reads and writes of the subject take turns on one data channel. How they do is not a matter of loops: only
/// what separate ones would gain is known.
bool shares_wires(const Situation& situation);

/// Gain of the client's throughput if its controllers had these parameters and its channels these loads.
double predicted_gain(const Situation& now, const Situation& then);

Advice advise(const Situation& situation);

}  // namespace dmavp::platform::why
