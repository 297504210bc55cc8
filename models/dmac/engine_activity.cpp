// What an observer of the activity is told: grants, what sides spend their cycles on, levels of FIFOs. The
// cycles told of a side are those of its account (engine_account.cpp).
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

void Engine::Impl::tell_grant(const Channel& c, BurstKind kind, unsigned master, const Flight& flight) const {
  const bool write = kind == BurstKind::kWrite || kind == BurstKind::kDescriptorWriteBack;
  activity_observer->grant(
      {source, c.index, kind, master, write, flight.accepted, flight.first, flight.last, flight.response});
}

/// A burst that account_burst() has just attributed; `cursor` is where the account stood before.
void Engine::Impl::tell_burst(const Channel& c, const Side& side, const Flight& flight, Cycle cursor) const {
  const Cycle counted = counted_from(flight);
  const Cycle beats_from = std::max(counted, cursor);
  if (counted > cursor) {
    const Cycle memory = counted - flight.gap_memory;
    const Cycle arbitration = memory - flight.gap_arbitration;
    if (arbitration > cursor) tell_side(c, side, flight.gap_cause, cursor);
    if (memory > arbitration) tell_side(c, side, Cause::kArbitration, arbitration);
    if (counted > memory) tell_side(c, side, Cause::kMemory, memory);
  }
  if (flight.last >= beats_from) tell_side(c, side, Cause::kTransferring, beats_from);
}

void Engine::Impl::tell_side(const Channel& c, const Side& side, Cause cause, Cycle from) const {
  activity_observer->side({source, c.index, &side == &c.wr, to_string(cause), from});
}

void Engine::Impl::tell_fifo(const Channel& c) const {
  const std::uint32_t bytes = c.rd.done > c.wr.done ? c.rd.done - c.wr.done : 0;
  activity_observer->fifo({source, c.index, bytes, now});
}

void Engine::Impl::tell_waits() const {
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    const Channel& c = channels[first_of(left)];
    for (const Side* side : {&c.rd, &c.wr}) {
      if (side->cursor >= now) continue;
      const Port& path = ports[side->master];
      tell_side(c, *side, current_cause(c, *side, side == &c.rd ? path.ar : path.aw), side->cursor);
    }
  }
}

}  // namespace dmavp::dmac
