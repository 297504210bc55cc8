#include "platform/why/advice.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "dmac/lli.h"
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

/// What the other channels leave to this one, those of its own client aside.
Load with_shares(const Situation& s, std::size_t subject) {
  const Worker& own = s.workers[subject];
  const auto left = [&](bool write) {
    std::vector<Contender> all = {{1, 1, own.priority}};
    for (std::size_t i = 0; i < s.workers.size(); ++i) {
      const Worker& w = s.workers[i];
      if (i == subject || w.own || w.controller != own.controller) continue;
      if ((write ? w.write_port : w.read_port) != (write ? own.write_port : own.read_port)) continue;
      const double demand = w.peripheral
                                ? of(w.reader, Cause::kTransferring) / std::max(1.0, running(w.reader))
                                : pace(s.controllers[w.controller].parameters, w.load).demand();
      const double present = s.duration > 0 ? std::min(1.0, running(w.reader) / s.duration) : 1;
      all.push_back({demand, present, w.priority});
    }
    return fair_shares(all)[0];
  };
  Load load = own.load;
  load.read_share = left(false);
  load.write_share = left(true);
  return load;
}

/// Cycles that the blocks of a channel take, and those of the wire among them.
struct Work {
  double cycles = 0;
  double wire = 0;
};

Work work_of(const Situation& s, std::size_t subject) {
  const Worker& w = s.workers[subject];
  const dmac::Parameters& p = s.controllers[w.controller].parameters;
  Load load = with_shares(s, subject);
  const Pace bulk = pace(p, load);
  const double blocks = w.blocks - w.small;
  Work work;
  work.cycles = blocks * bulk.block_cycles(load.block_bytes);
  const Loop& r = bulk.loops[0];
  const Loop& wr = bulk.loops[1];
  work.wire = blocks * load.block_bytes / bulk.burst_bytes * std::max(r.cycles, wr.cycles);
  if (w.small > 0) {
    load.block_bytes = load.read_width;
    const Pace one = pace(p, load);
    work.cycles += w.small * one.block_cycles(load.block_bytes);
    work.wire += w.small * one.wire;
  }
  return work;
}

/// Cycles between blocks that depend on the parameters: items fetched and written back.
double items(const Situation& s) {
  const Worker& w = s.workers[s.subject];
  if (!w.list) return 0;
  const dmac::Parameters& p = s.controllers[w.controller].parameters;
  const double fetch = item_cycles(p, w.load, false);
  double cycles = w.blocks * (fetch + (p.lli_wb_en ? item_cycles(p, w.load, true) : 0));
  if (p.lli_prefetch_en && w.chained > 0) {
    const double block = work_of(s, s.subject).cycles / w.blocks;
    // The item's beats come before those of the block.
    const double beats = std::ceil(static_cast<double>(dmac::kLliFetchBytes) / p.data_width_bytes);
    cycles -= w.chained * (std::min(fetch, block) - beats - static_cast<double>(p.burst_overhead));
  }
  return cycles;
}

bool same_wires(const Worker& a, const Worker& b) {
  return a.controller == b.controller && (a.read_port == b.read_port || a.write_port == b.write_port);
}

/// Channels of the client that work side by side with the subject.
std::vector<std::size_t> team(const Situation& s) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < s.workers.size(); ++i) {
    if (i == s.subject || (s.workers[i].own && s.workers[s.subject].own && !s.workers[i].peripheral &&
                           same_wires(s.workers[i], s.workers[s.subject])))
      found.push_back(i);
  }
  return found;
}

/// The client's time where several channels share its work. `measured` has the cycles that they took.
double team_time(const Situation& s, const Situation& measured) {
  // What is not the longest-running one's own is software; others may just have ended before.
  double rest = measured.duration;
  for (const std::size_t i : team(s))
    rest =
        std::min(rest, measured.duration - std::min(measured.duration, running(measured.workers[i].reader)));
  std::vector<Job> jobs;
  for (const std::size_t i : team(s)) {
    const Work work = work_of(s, i);
    jobs.push_back({rest + work.cycles, work.wire, s.workers[i].priority});
  }
  // Where both are nearly the same, requests are in each other's way.
  constexpr double kSharp = 6;
  double longest = 0, wires = 0;
  for (const Job& job : jobs) {
    longest = std::max(longest, job.alone);
    wires += job.wire;
  }
  return std::max(all_done(jobs), std::pow(std::pow(longest, kSharp) + std::pow(wires, kSharp), 1 / kSharp));
}

/// Part of the time in which the data channel of the subject's side is busy, whoever uses it.
double busy(const Situation& s, bool reader) {
  const Worker& own = s.workers[s.subject];
  double beats = 0;
  for (const Worker& w : s.workers) {
    if (w.controller != own.controller) continue;
    if ((reader ? w.read_port : w.write_port) != (reader ? own.read_port : own.write_port)) continue;
    beats += of(reader ? w.reader : w.writer, Cause::kTransferring);
  }
  return s.duration > 0 ? std::min(1.0, beats / s.duration) : 0;
}

std::string percent(double part) {
  char text[32];
  std::snprintf(text, sizeof text, "%.0f %%", 100 * part);
  return text;
}

}  // namespace

bool shares_wires(const Situation& s) {
  const Worker& w = s.workers[s.subject];
  return w.load.one_port && s.controllers[w.controller].parameters.shared_data_port;
}

double predicted_gain(const Situation& now, const Situation& then) {
  const Worker& w = now.workers[now.subject];
  if (now.duration <= 0) return 0;
  if (team(now).size() > 1)
    return (shares_wires(now) ? now.duration : team_time(now, now)) / std::max(1.0, team_time(then, now)) - 1;
  const double moving = std::min(running(w.reader), now.duration);
  const double before = shares_wires(now) ? running(w.reader) : work_of(now, now.subject).cycles;
  const double ratio = work_of(then, then.subject).cycles / before;
  const double between = std::min(of(w.reader, Cause::kDescriptor), now.duration - moving);
  const double saved = moving * (1 - ratio) + std::min(between, items(now) - items(then));
  return now.duration / std::max(1.0, now.duration - saved) - 1;
}

namespace {

/// For each knob the nearest value that gains nearly all there is.
std::vector<Candidate> nearest(std::vector<Candidate> all, double worthwhile) {
  std::vector<Candidate> best;
  for (std::size_t i = 0; i < all.size();) {
    std::size_t end = i;
    double most = 0;
    for (; end < all.size() && all[end].knob == all[i].knob; ++end)
      most = std::max(most, all[end].change.gain);
    for (; i < end; ++i) {
      if (all[i].change.gain < worthwhile || all[i].change.gain < kNearlyAll * most) continue;
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
  const std::vector<Candidate> best =
      nearest(std::move(all), team(s).size() > 1 ? kWorthwhileShared : kWorthwhile);
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
  advice.busy = busy(s, advice.reader);
  advice.off = s.duration > 0 ? std::clamp(1 - on(w.reader) / s.duration, 0.0, 1.0) : 0;
  if (w.peripheral) return advice;
  advice.modelled = team(s).size() > 1 ? team_time(s, s) / std::max(1.0, s.duration)
                                       : work_of(s, s.subject).cycles / std::max(1.0, running(w.reader));
  const bool trusted = advice.modelled < kTrusted && advice.modelled * kTrusted > 1;
  if (trusted || shares_wires(s)) advice.knob = choose(s);
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
  } else if (cause == Cause::kTransferring || busy >= kNearlyAll) {
    text += std::string(reader ? "R" : "W") + " itself is the limit (busy " + percent(busy) +
            " of the time), no setting helps";
  } else {
    text += "no single setting gains much";
  }
  if (off >= 0.01 && !client.empty())
    text += "; off " + percent(off) + " of the time of " + client + " (software)";
  return text;
}

}  // namespace dmavp::platform::why
