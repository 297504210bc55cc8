// Looking ahead: when the engine has to be asked again. Grants and completions up to there are played on the
// channels themselves, without data or events, and taken back.
#include <algorithm>
#include <utility>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

/// Grants and completions played at most; then an early wake costs less than looking further.
constexpr unsigned kStepLimit = 2048;

}  // namespace

void Engine::Impl::Snapshot::save(const Impl& e) {
  now = e.now;
  epoch = e.epoch;
  touched = e.touched;
  lock_owner = e.lock_owner;
  timers = e.timers;
  ports.assign(e.ports.begin(), e.ports.begin() + e.p.num_masters);
  channels.clear();
  flights.clear();
  for (std::uint32_t left = e.active; left != 0; left &= left - 1) {
    const Channel& c = e.channels[first_of(left)];
    channels.push_back({c.index, c.phase, c.wake, c.prefetch.state, c.prefetch.flight, c.rd, c.wr});
    for (const Side* side : {&c.rd, &c.wr}) {
      for (std::uint32_t i = e.kept_from(*side); i != side->count; ++i) flights.push_back(side->flight(i));
    }
  }
}

void Engine::Impl::Snapshot::restore(Impl& e) const {
  e.now = now;
  e.epoch = epoch;
  e.touched = touched;
  e.lock_owner = lock_owner;
  e.timers = timers;
  std::copy(ports.begin(), ports.end(), e.ports.begin());
  const Flight* flight = flights.data();
  for (const Saved& saved : channels) {
    Channel& c = e.channels[saved.index];
    c.phase = saved.phase;
    c.wake = saved.wake;
    c.prefetch.state = saved.prefetch;
    c.prefetch.flight = saved.prefetched;
    static_cast<SideProgress&>(c.rd) = saved.rd;
    static_cast<SideProgress&>(c.wr) = saved.wr;
    for (Side* side : {&c.rd, &c.wr}) {
      for (std::uint32_t i = e.kept_from(*side); i != side->count; ++i) side->flight(i) = *flight++;
    }
  }
}

/// True if what is due of a channel is the completion of bursts and nothing else.
bool Engine::Impl::just_completes(Channel& c) {
  if (c.phase != Phase::kRunning || !c.exact || c.draining() || c.error != 0 || c.handshakes()) return false;
  retire(c, now);
  if (c.complete() && !c.rd.in_flight() && !c.wr.in_flight()) return false;  // the end of the block
  update_wake(c);
  return true;
}

/// The next cycle at which something other than moving data happens, or a channel has moved a granule from
/// here on; kNever when nothing moves.
Cycle Engine::Impl::foresee() {
  snapshot.save(*this);
  Observer* const watching = std::exchange(activity_observer, nullptr);
  busy = playing = true;  // a look at a path may come back to us
  Cycle horizon = kNever;
  std::array<std::uint32_t, kMaxChannels> goal;
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    const Channel& c = channels[first_of(left)];
    const Side& wr = c.wr;
    goal[c.index] = std::min(wr.total, wr.done_issue + p.granule_bytes);
    if (c.phase != Phase::kRunning) continue;
    if (c.handshakes()) horizon = std::min(horizon, level_change_due());
    for (std::uint32_t i = wr.head; i != wr.count; ++i) {
      if (wr.flight(i).end < goal[c.index]) continue;
      horizon = std::min(horizon, wr.flight(i).response);
      break;
    }
  }
  for (unsigned steps = 0;; ++steps) {
    const Turn turn = next_turn();
    if (turn.at >= horizon) break;  // also when nothing moves
    now = std::max(now, turn.at);
    if (steps == kStepLimit) {
      horizon = std::max(now, snapshot.now + 1);
      break;
    }
    Channel& c = channels[turn.channel];
    touched |= 1u << c.index;
    if (turn.kind == Turn::kTimer) {
      if (c.prefetch.due() <= turn.at || !just_completes(c)) {
        horizon = turn.at;
        break;
      }
    } else {
      grant(c, turn);
      if (turn.kind == Turn::kWrite && c.phase == Phase::kRunning && c.wr.pos >= goal[c.index]) {
        horizon = std::min(horizon, c.wr.newest().response);
      }
    }
  }
  busy = playing = false;
  activity_observer = watching;
  snapshot.restore(*this);
  return horizon;
}

}  // namespace dmavp::dmac
