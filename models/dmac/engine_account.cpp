// Cycle accounts of the burst engine (design decision 20).
//
// A side is `transferring` in the cycles its beats occupy a data channel. A gap before the first beat of a
// burst belongs, in this order, to
//   1. what kept the request from being made (handshake, fifo or outstanding_limit, whichever ended last), as
//      long as that lasted beyond the previous request of the side;
//   2. arbitration: a request that could have been made waited for another channel's address or data;
//   3. memory: the latency of the path, dead cycles behind bursts, and pauses between beats.
// So latency that a larger limit or a deeper FIFO would have hidden is charged to the limit or the FIFO.
// Between blocks: memory until the last response of the block, then descriptor (start and decode latency,
// fetch, write-back, done latency, halt on an invalid item). `suspended` covers every cycle without a beat
// while CH_SUSP is set, `handshake` a side that waits for its peripheral, `idle` a disabled channel.
#include <algorithm>
#include <limits>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

constexpr unsigned index_of(Cause cause) { return static_cast<unsigned>(cause); }

std::uint32_t clamp32(Cycle cycles) {
  return static_cast<std::uint32_t>(std::min<Cycle>(cycles, std::numeric_limits<std::uint32_t>::max()));
}

}  // namespace

const char* to_string(Cause cause) {
  static constexpr const char* kNames[kCauses] = {"transferring", "arbitration", "outstanding_limit",
                                                  "fifo",         "handshake",   "memory",
                                                  "descriptor",   "suspended",   "idle"};
  return index_of(cause) < kCauses ? kNames[index_of(cause)] : "?";
}

void Engine::Impl::account_gap(Side& side, Flight& flight, Cycle granted, bool contended) {
  const Cycle counted = counted_from(flight);
  const Cycle cursor = side.cursor;
  const Cycle gap = counted > cursor ? counted - cursor : 0;
  const Cycle beats_from = std::max(counted, side.cursor);
  if (flight.last >= beats_from) side.cycles[index_of(Cause::kTransferring)] += flight.last + 1 - beats_from;
  side.cursor = std::max(side.cursor, flight.last + 1);
  flight.gap = clamp32(gap);
  if (gap == 0) return;

  const Cycle before = std::min(gap, flight.first > cursor ? flight.first - cursor : 0);  // no pauses
  const bool constrained = side.wait != Cause::kMemory;
  Cycle delay = constrained && side.ready > side.since ? side.ready - side.since : 0;
  const Cycle constraint = std::min(before, delay);
  const Cycle unhindered = granted + side.latency;
  delay = contended ? granted - side.ready + (flight.first > unhindered ? flight.first - unhindered : 0) : 0;
  const Cycle arbitration = std::min(before - constraint, delay);
  const Cycle memory = gap - constraint - arbitration;
  side.cycles[index_of(side.wait)] += constraint;
  side.cycles[index_of(Cause::kArbitration)] += arbitration;
  side.cycles[index_of(Cause::kMemory)] += memory;
  flight.gap_cause = side.wait;
  flight.gap_arbitration = clamp32(arbitration);
  flight.gap_memory = clamp32(memory);
}

void Engine::Impl::account_to(const Channel& c, Side& side, Cycle t, Cause cause) {
  if (side.cursor >= t) return;
  if (activity_observer) tell_side(c, side, cause, side.cursor);
  side.cycles[index_of(cause)] += t - side.cursor;
  side.cursor = t;
}

void Engine::Impl::account_both(Channel& c, Cycle t) {
  account_to(c, c.rd, t, current_cause(c, c.rd, ports[c.rd.master].ar));
  account_to(c, c.wr, t, current_cause(c, c.wr, ports[c.wr.master].aw));
}

/// Takes back from `cycles` what has been attributed to cycles from `t` on.
void Engine::Impl::unwind(const Side& side, Cycle t, std::array<Cycle, kCauses>& cycles) {
  Cycle end = side.cursor;
  for (std::uint32_t i = side.count; i != side.head && end > t;) {
    const Flight& f = side.flight(--i);
    if (f.last == kNever) continue;
    const Cycle from = std::max(t, counted_from(f));
    if (end > from) {
      cycles[index_of(Cause::kTransferring)] -= end - from;
      end = from;
    }
    if (end <= t) break;
    Cycle over = std::min<Cycle>(f.gap, end - t);
    end -= over;
    for (const auto& [cause, length] : {std::pair<Cause, Cycle>{Cause::kMemory, f.gap_memory},
                                        {Cause::kArbitration, f.gap_arbitration},
                                        {f.gap_cause, f.gap}}) {
      const Cycle part = std::min(over, length);
      cycles[index_of(cause)] -= part;
      over -= part;
    }
  }
  // Without latency the last beat falls into the cycle in which its burst retires.
  if (end > t) cycles[index_of(Cause::kTransferring)] -= end - t;
}

/// What a side waits for that moves no beat now.
Cause Engine::Impl::current_cause(const Channel& c, const Side& side, const Port::Addresses& path) const {
  if (c.phase == Phase::kOff) return Cause::kIdle;
  if (c.suspend) return Cause::kSuspended;
  if (c.phase != Phase::kRunning) return Cause::kDescriptor;
  if (side.ready == kNever || side.ready > now) return side.wait;
  return path.owner != c.index ? Cause::kArbitration : Cause::kMemory;
}

SideStatistics Engine::Impl::side_statistics(const Channel& c, const Side& side,
                                             const Port::Addresses& path) const {
  SideStatistics result;
  result.cycles = side.cycles;
  if (side.cursor < now) {
    result.cycles[index_of(current_cause(c, side, path))] += now - side.cursor;
  } else {
    unwind(side, now, result.cycles);
  }
  return result;
}

ChannelStatistics Engine::channel_statistics(unsigned ch) const {
  const Channel& c = state().channels[ch];
  ChannelStatistics result;
  result.bytes_read = c.rd.bytes_before + c.rd.done;
  result.bytes_written = c.wr.bytes_before + c.wr.done;
  result.blocks = c.blocks;
  result.read_bursts = c.rd.bursts_before + c.rd.head;
  result.write_bursts = c.wr.bursts_before + c.wr.head;
  result.lli_fetches = c.lli_fetches;
  result.reader = state().side_statistics(c, c.rd, state().ports[c.rd.master].ar);
  result.writer = state().side_statistics(c, c.wr, state().ports[c.wr.master].aw);
  return result;
}

PortStatistics Engine::port_statistics(unsigned master) const {
  if (master >= kMaxMasters) return {};
  PortStatistics result = state().ports[master].stats;
  // Beats are counted when their burst is granted; those still to come do not belong to the past.
  const auto future = [now = state().now](const Side& side, PortStatistics::Wire& wire) {
    for (std::uint32_t i = side.count; i != side.head;) {
      const Flight& f = side.flight(--i);
      if (f.last == kNever) continue;
      if (f.last < now) break;
      wire.busy -= std::min(wire.busy, f.last + 1 - std::max(now, counted_from(f)));
    }
  };
  for (const Channel& c : state().channels) {
    if (c.rd.master == master) future(c.rd, result.r);
    if (c.wr.master == master) future(c.wr, result.w);
    if (c.wr.master == master) {
      for (std::uint32_t i = c.wr.count; i != c.wr.head;) {
        const Flight& f = c.wr.flight(--i);
        if (f.last == kNever) continue;
        if (f.response < state().now) break;
        --result.b.busy;
      }
    }
  }
  return result;
}

}  // namespace dmavp::dmac
