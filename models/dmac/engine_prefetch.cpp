// Prefetch of linked-list items (ch_lli_prefetch_en; spec dw-axi-dmac 3.3): while the block of one item runs,
// the next one is read. One that is not valid yet is dropped and read again when the block has ended.
#include <algorithm>
#include <utility>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

void Engine::Impl::start_prefetch(Channel& c, Cycle t) {
  c.prefetch.state = Prefetch::kNone;
  c.prefetch.delays_suspension = false;
  if (!p.lli_prefetch_en || !c.list || c.ctl.last()) return;
  c.prefetch.access = fetch_of(c.llp);
  plan_prefetch(c, t);
}

void Engine::Impl::plan_prefetch(Channel& c, Cycle t) {
  Prefetch& f = c.prefetch;
  SideShape shape;
  f.burst = plan_access(f.access, shape);
  f.path = port.path(f.access.master, f.access.address + f.access.done, false);
  f.ready = t;
  f.state = Prefetch::kWanted;
  touch(c);
}

void Engine::Impl::grant_prefetch(Channel& c, Cycle t) {
  Prefetch& f = c.prefetch;
  if (asynchronous) {
    SideShape shape;
    plan_access(f.access, shape);
    f.flight = send_access(c, describe_access(c, f.access, f.burst.bytes, f.burst.beats, shape), f.ready, t,
                           f.path.latency, nullptr);
    f.state = Prefetch::kFlying;
    return;
  }
  f.flight = occupy(ports[f.access.master], false, c.index, f.ready, t, f.burst.beats, f.path.latency);
  if (activity_observer) tell_grant(c, f.access.kind, f.access.master, f.flight);
  f.state = Prefetch::kFlying;
}

void Engine::Impl::prefetch_done(Channel& c, Cycle t) {
  Prefetch& f = c.prefetch;
  SideShape shape;
  plan_access(f.access, shape);
  const Burst burst = describe_access(c, f.access, f.burst.bytes, f.burst.beats, shape);
  const std::uint32_t generation = c.generation;
  f.state = Prefetch::kNone;
  f.error = asynchronous ? collect(f.flight, f.item.data() + f.access.done)
                         : access(burst, {f.flight.accepted, f.flight.first, f.flight.last, f.flight.last},
                                  f.item.data() + f.access.done, f.path);
  if (c.generation != generation) return;
  f.access.done += f.burst.bytes;
  if (f.error != AxiStatus::kOkay) {
    f.state = Prefetch::kFailed;
  } else if (f.access.done < f.access.length) {
    plan_prefetch(c, t);
  } else {
    f.state = Prefetch::kHeld;
    ++c.lli_fetches;
  }
  touch(c);
  if (c.phase == Phase::kPrefetchWait) {
    request_fetch(c, t);
    if (c.generation == generation && c.suspend && c.phase == Phase::kFetchWait) report_suspended(c, t);
  } else if (std::exchange(f.delays_suspension, false)) {
    if (c.phase == Phase::kRunning) {
      running_event(c, t);
    } else {
      report_suspended(c, t);
    }
  }
}

/// The block that ran is over: takes the item that was read meanwhile. False if it has to be fetched.
bool Engine::Impl::take_prefetched(Channel& c, Cycle t) {
  Prefetch& f = c.prefetch;
  const Prefetch::State state = f.state;
  if (state == Prefetch::kFlying) {
    c.phase = Phase::kPrefetchWait;
    return true;
  }
  f.state = Prefetch::kNone;
  if (state == Prefetch::kFailed) {
    fail(c, f.error == AxiStatus::kDecErr ? kLliRdDecErr : kLliRdSlvErr);
    finish(c, c.error, BlockPhase::kError);
    return true;
  }
  if (state != Prefetch::kHeld || !decode_lli(f.item.data()).ctl.valid()) return false;
  c.item = f.item;
  item_fetched(c, t);
  return true;
}

}  // namespace dmavp::dmac
