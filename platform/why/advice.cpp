#include "platform/why/advice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "platform/why/knobs.h"

namespace dmavp::platform::why {
namespace {

using dmac::Cause;

constexpr double kNearlyAll = 0.9;  ///< of what a knob can gain: enough, at a nearer value
constexpr double kAsGood = 0.8;     ///< of the best gain: enough for a knob that takes less effort

double of(const std::array<Cycle, dmac::kCauses>& cycles, Cause cause) {
  return static_cast<double>(cycles[static_cast<unsigned>(cause)]);
}

double total(const std::array<Cycle, dmac::kCauses>& cycles) {
  double sum = 0;
  for (const Cycle c : cycles) sum += static_cast<double>(c);
  return sum;
}

double on(const std::array<Cycle, dmac::kCauses>& cycles) { return total(cycles) - of(cycles, Cause::kIdle); }

/// Cycles of a side within blocks.
double running(const std::array<Cycle, dmac::kCauses>& cycles) {
  return on(cycles) - of(cycles, Cause::kDescriptor) - of(cycles, Cause::kSuspended);
}

/// What contention leaves to the channel.
Load with_shares(const Situation& s, std::size_t subject) {
  const Worker& own = s.workers[subject];
  const auto left = [&](bool write) {
    std::vector<Contender> all;
    std::size_t self = 0;
    for (std::size_t i = 0; i < s.workers.size(); ++i) {
      const Worker& w = s.workers[i];
      if (w.controller != own.controller) continue;
      if ((write ? w.write_port : w.read_port) != (write ? own.write_port : own.read_port)) continue;
      if (i == subject) self = all.size();
      const Pace alone = pace(s.controllers[w.controller].parameters, w.load);
      const double present = s.duration > 0 ? std::min(1.0, running(w.reader) / s.duration) : 1;
      all.push_back({w.peripheral ? of(w.reader, Cause::kTransferring) / std::max(1.0, running(w.reader))
                                  : alone.demand(),
                     present, w.priority});
    }
    return fair_shares(all)[self];
  };
  Load load = own.load;
  load.read_share = left(false);
  load.write_share = left(true);
  return load;
}

double block_cycles(const Situation& s) {
  const Worker& w = s.workers[s.subject];
  return pace(s.controllers[w.controller].parameters, with_shares(s, s.subject))
      .block_cycles(w.load.block_bytes);
}

/// Cycles between blocks that a prefetch hides.
double hidden(const Situation& s) {
  const Worker& w = s.workers[s.subject];
  const dmac::Parameters& p = s.controllers[w.controller].parameters;
  if (!p.lli_prefetch_en) return 0;
  const double fetch = static_cast<double>(w.load.read_latency) + w.fetch_beats;
  // The item's beats come before those of the block.
  const double in_the_way = w.fetch_beats + static_cast<double>(p.burst_overhead);
  return w.chained * (std::min(fetch, block_cycles(s)) - in_the_way);
}

std::string percent(double part) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * part);
  return text;
}

}  // namespace

double predicted_gain(const Situation& now, const Situation& then) {
  const Worker& w = now.workers[now.subject];
  if (now.duration <= 0) return 0;
  const double moving = std::min(running(w.reader), now.duration);
  const double ratio = block_cycles(then) / block_cycles(now);
  const double between = std::min(of(w.reader, Cause::kDescriptor), now.duration - moving);
  const double saved = moving * (1 - ratio) + std::min(between, hidden(then) - hidden(now));
  return now.duration / std::max(1.0, now.duration - saved) - 1;
}

namespace {

/// For each knob the nearest value that gains nearly all there is.
std::vector<Candidate> nearest(std::vector<Candidate> all) {
  std::vector<Candidate> best;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    double most = 0;
    for (; end < all.size() && all[end].knob == all[i].knob; ++end)
      most = std::max(most, all[end].change.gain);
    for (; i < end; ++i) {
      if (all[i].change.gain < kWorthwhile || all[i].change.gain < kNearlyAll * most) continue;
      best.push_back(std::move(all[i]));
      break;
    }
    i = end;
  }
  return best;
}

Knob choose(const Situation& s) {
  std::vector<Candidate> all = candidates(s);
  for (Candidate& c : all) c.change.gain = predicted_gain(s, c.then);
  const std::vector<Candidate> best = nearest(std::move(all));
  // Wires only where nothing else helps.
  double most = 0;
  for (const Candidate& c : best) {
    if (c.effort != Effort::kWires) most = std::max(most, c.change.gain);
  }
  const Candidate* chosen = nullptr;
  for (const Candidate& c : best) {
    if (c.effort == Effort::kWires ? most > 0 : c.change.gain < kAsGood * most) continue;
    if (!chosen || c.effort < chosen->effort ||
        (c.effort == chosen->effort && c.change.gain > chosen->change.gain))
      chosen = &c;
  }
  return chosen ? chosen->change : Knob{};
}

}  // namespace

Advice advise(const Situation& s) {
  Advice advice;
  advice.client = s.client;
  if (s.subject >= s.workers.size()) return advice;
  const Worker& w = s.workers[s.subject];
  if (on(w.reader) <= 0 || on(w.writer) <= 0) return advice;
  advice.known = true;
  advice.channel = w.name;
  advice.peripheral = w.peripheral;
  // The side that waits less for the other one.
  advice.reader = w.peripheral ? of(w.reader, Cause::kHandshake) >= of(w.writer, Cause::kHandshake)
                               : of(w.reader, Cause::kFifo) <= of(w.writer, Cause::kFifo);
  const auto& side = advice.reader ? w.reader : w.writer;
  const double cycles = on(side);
  double most = -1;
  for (unsigned i = 0; i < dmac::kCauses; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (cause == Cause::kIdle || cause == Cause::kTransferring || of(side, cause) <= most) continue;
    most = of(side, cause);
    advice.cause = cause;
  }
  advice.wire = of(side, Cause::kTransferring) / cycles;
  // Where beats take nearly all there is, they are what bounds.
  if (advice.wire >= kNearlyAll || most <= 0) advice.cause = Cause::kTransferring;
  advice.share = of(side, advice.cause) / cycles;
  advice.off = s.duration > 0 ? std::clamp(1 - on(w.reader) / s.duration, 0.0, 1.0) : 0;
  if (w.peripheral) return advice;
  advice.modelled = block_cycles(s) * w.blocks / std::max(1.0, running(w.reader));
  if (advice.modelled < kTrusted && advice.modelled * kTrusted > 1) advice.knob = choose(s);
  return advice;
}

std::string Advice::sentence() const {
  if (!known) return "no channel has moved anything";
  std::string text = channel + ": " + dmac::to_string(cause) + " " + percent(share) + " of " +
                     (reader ? "reader" : "writer") + " cycles: ";
  if (!knob.path.empty()) {
    char gain[32];
    std::snprintf(gain, sizeof gain, "%+.1f %%", 100 * knob.gain);
    text += knob.path + " " + knob.from + " -> " + knob.to + " predicts " + gain;
  } else if (peripheral) {
    text += "the peripheral sets the pace, no setting of the controller does";
  } else if (modelled >= kTrusted || modelled * kTrusted <= 1) {
    text += "the loops of a block explain " + percent(modelled) + " of the time, no prediction";
  } else if (cause == Cause::kTransferring) {
    text += std::string(reader ? "R" : "W") + " itself is the limit, no setting helps";
  } else {
    text += "no single setting gains 1 %";
  }
  if (off >= 0.01 && !client.empty())
    text += "; off " + percent(off) + " of the time of " + client + " (software)";
  return text;
}

}  // namespace dmavp::platform::why
