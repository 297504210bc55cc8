// Bursts on a port that answers later (`at`). A burst is handed over when its address is granted; the port
// tells its times as they become known, and everything that follows from them is planned then. The rules are
// those of engine_plan.cpp for both kinds of port: a time that nobody knows yet is kNever there.
//
// What the port tells is noted at once and acted upon in the next advance(), so that it may come from within
// one. A burst whose channel has been stopped meanwhile still holds the port until it ends; its data are
// dropped.
#include <algorithm>
#include <cstring>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

std::uint32_t Engine::Impl::prepare_request(const Channel& c, const Burst& burst) {
  std::uint32_t tag;
  if (free_tags.empty()) {
    tag = static_cast<std::uint32_t>(requests.size());
    requests.emplace_back();
  } else {
    tag = free_tags.back();
    free_tags.pop_back();
  }
  Request& q = requests[tag];
  q.burst = burst;
  q.burst.gap = dead_cycles(burst.write);
  q.times = BurstTimes{};
  q.status = AxiStatus::kOkay;
  q.over = q.first_known = false;
  q.live = true;
  q.generation = c.generation;
  if (q.data.size() < burst.bytes) q.data.resize(burst.bytes);
  return tag;
}

/// From here on the port has the burst. Its address channel is taken until the address is accepted, W until
/// its last beat.
void Engine::Impl::hand_over(std::uint32_t tag, Cycle t) {
  requests[tag].granted = t;
  const Burst burst = requests[tag].burst;
  Port& path = ports[burst.master];
  (burst.write ? path.aw : path.ar).free = kNever;
  if (burst.write) path.data_free[w_index] = kNever;
  port.request(tag, burst, t, requests[tag].data.data());
}

void Engine::Impl::forget(std::uint32_t tag) {
  requests[tag].live = false;
  free_tags.push_back(tag);
}

/// A burst whose channel has given it up, and which is over: it has been on the bus all the same.
void Engine::Impl::drop(std::uint32_t tag) {
  const Request& q = requests[tag];
  if (activity_observer) {
    const Burst& burst = q.burst;
    activity_observer->grant({source, burst.channel, burst.kind, burst.master, burst.write, q.times.accepted,
                              q.times.first_beat, q.times.last_beat, q.times.response});
  }
  forget(tag);
}

Cycle Engine::Impl::told_until() const {
  Cycle until = kNever;
  for (const Request& q : requests) {
    if (q.live) until = std::min({until, q.granted, q.times.accepted});
  }
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    const Channel& c = channels[first_of(left)];
    for (const Side* side : {&c.rd, &c.wr}) {
      if (c.phase == Phase::kRunning && side->accounted != side->count) until = std::min(until, side->cursor);
    }
  }
  return until;
}

void Engine::Impl::take_progress(std::uint32_t tag, const BurstTimes& times, AxiStatus status) {
  Request& q = requests[tag];
  const BurstTimes before = q.times;
  q.times = times;
  q.status = status;
  q.over = times.response != kNever;
  update_port(q, before);
  Channel& c = channels[q.burst.channel];
  if (c.generation != q.generation) {
    if (q.over) drop(tag);
    return;
  }
  (busy ? progressed : reported) |= 1u << c.index;
  if (q.burst.kind == BurstKind::kRead || q.burst.kind == BurstKind::kWrite) update_flight(c, q);
}

/// What the master's own wires learn of a burst, whoever it belongs to.
void Engine::Impl::update_port(const Request& q, const BurstTimes& before) {
  known_turn.reset();
  Port& path = ports[q.burst.master];
  Port::Addresses& addresses = q.burst.write ? path.aw : path.ar;
  if (before.accepted == kNever && q.times.accepted != kNever) {
    addresses.free = std::max(q.times.accepted + p.issue_interval, held_until);
  }
  if (before.last_beat != kNever || q.times.last_beat == kNever) return;
  if (q.burst.write) {
    path.data_free[w_index] = q.times.last_beat + 1 + dead_cycles(true);
    path.stats.w.busy += q.burst.beats;
    ++path.stats.b.busy;
  } else {
    path.stats.r.busy += q.burst.beats;
  }
}

/// What is new of a burst of data.
void Engine::Impl::update_flight(Channel& c, Request& q) {
  Side& side = q.burst.write ? c.wr : c.rd;
  Flight& f = side.flight(q.flight);
  f.first = q.times.first_beat;
  f.last = q.times.last_beat;
  f.response = q.burst.write ? q.times.response : q.times.last_beat;
  if (p.write_address == WriteAddress::kWithData || !q.burst.write) f.accepted = q.times.accepted;
  if (!q.burst.write && !q.first_known && f.first != kNever) {
    q.first_known = true;
    for (std::uint32_t moved = 0; moved < q.burst.bytes;) {
      const std::uint32_t at = (f.begin + moved) & c.fifo_mask;
      const std::uint32_t bytes =
          std::min(q.burst.bytes - moved, static_cast<std::uint32_t>(c.fifo.size()) - at);
      std::memcpy(c.fifo.data() + at, q.data.data() + moved, bytes);
      moved += bytes;
    }
  }
  account_known(c, side);
}

/// Attributes the cycles of the bursts whose beats are known, in order.
void Engine::Impl::account_known(Channel& c, Side& side) {
  for (; side.accounted != side.count; ++side.accounted) {
    Flight& f = side.flight(side.accounted);
    if (f.last == kNever || f.first == kNever) return;
    const Request& q = requests[f.tag];
    const SideProgress planned = side;  // of a later burst
    side.ready = q.ready;
    side.since = q.since;
    side.latency = q.latency;
    side.wait = q.wait;
    const Cycle cursor = side.cursor;
    account_burst(side, f, q.granted, q.contended);
    side.ready = planned.ready;
    side.since = planned.since;
    side.latency = planned.latency;
    side.wait = planned.wait;
    if (activity_observer) tell_burst(c, side, f, cursor);
  }
}

/// Acts on what the port has told since the last time.
void Engine::Impl::apply_progress() {
  while (progressed != 0) {
    Channel& c = channels[first_of(progressed)];
    progressed &= progressed - 1;
    touched |= 1u << c.index;
    ++epoch;
    Prefetch& next = c.prefetch;
    if (next.state == Prefetch::kFlying && next.flight.last == kNever) {
      const Request& q = requests[next.flight.tag];
      if (q.over)
        next.flight = {q.times.accepted,
                       q.times.first_beat,
                       q.times.last_beat,
                       q.times.last_beat,
                       0,
                       0,
                       next.flight.tag,
                       q.burst.beats,
                       0,
                       0,
                       0,
                       Cause::kMemory};
    }
    if (c.phase == Phase::kRunning) {
      if (c.rd.ready == kNever) plan_reader(c, now);
      if (c.wr.ready == kNever) plan_writer(c, now);
      update_wake(c);
    } else if (c.phase == Phase::kFetching || c.phase == Phase::kWritingBack) {
      if (c.held || c.wake != kNever) continue;
      const Request& q = requests[(c.phase == Phase::kFetching ? c.rd : c.wr).ring[0].tag];
      if (!q.over) continue;
      Flight& f = (q.burst.write ? c.wr : c.rd).ring[0];
      f.accepted = q.times.accepted;
      f.first = q.times.first_beat;
      f.last = q.times.last_beat;
      f.response = q.burst.write ? q.times.response : q.times.last_beat;
      c.wake = f.response;
    }
  }
}

/// The next burst of a side: its address is granted at `t`.
void Engine::Impl::send_data(Channel& c, Side& side, Cycle t, bool contended) {
  const bool write = &side == &c.wr;
  Burst burst = burst_of(c, side, write, side.pos, side.bytes, side.beats);
  burst.position = side.pos;
  if (write && p.write_start == WriteStart::kCutThrough) {
    burst.lag = p.cut_through_delay;
    const Flight* f = carrier(c.rd, side.pos + side.bytes);
    if (f && f->last != kNever) burst.complete = f->last + p.cut_through_delay;
  }
  const std::uint32_t tag = prepare_request(c, burst);
  Request& q = requests[tag];
  q.flight = side.count;
  q.granted = t;
  q.ready = side.ready;
  q.since = side.since;
  q.latency = side.latency;
  q.wait = side.wait;
  q.contended = contended;
  if (write) {
    for (std::uint32_t moved = 0; moved < burst.bytes;) {
      const std::uint32_t at = (side.pos + moved) & c.fifo_mask;
      const std::uint32_t bytes =
          std::min(burst.bytes - moved, static_cast<std::uint32_t>(c.fifo.size()) - at);
      std::memcpy(q.data.data() + moved, c.fifo.data() + at, bytes);
      moved += bytes;
    }
  }
  Flight& f = side.flight(side.count);
  f = {write ? address_time(c, t) : kNever,
       kNever,
       kNever,
       kNever,
       side.pos,
       side.pos + side.bytes,
       tag,
       side.beats,
       0,
       0,
       0,
       Cause::kMemory};
  side.pos += side.bytes;
  ++side.count;
  side.since = t + p.issue_interval;
  hand_over(tag, t);
}

/// Reads in time for the data channel go by the latencies of the paths when nobody is in the way.
void Engine::Impl::expect_data(Port& path, Cycle first, std::uint32_t beats) const {
  path.data_free[0] = std::max(first, path.data_free[0]) + beats + p.burst_overhead;
}

/// A burst of a descriptor or status; `data`: what a write carries.
Flight Engine::Impl::send_access(Channel& c, const Burst& burst, Cycle ready, Cycle t, Cycle latency,
                                 const std::byte* data) {
  take_lock(c);
  Port& path = ports[burst.master];
  if (!burst.write) expect_data(path, t + latency, burst.beats);
  take_address(burst.write ? path.aw : path.ar, c.index, ready, t, p.issue_interval,
               burst.write ? path.stats.aw : path.stats.ar);
  const std::uint32_t tag = prepare_request(c, burst);
  if (burst.write) std::memcpy(requests[tag].data.data(), data, burst.bytes);
  hand_over(tag, t);
  progressed |= 1u << c.index;  // the port may have told everything already
  return {t, kNever, kNever, kNever, 0, 0, tag, burst.beats, 0, 0, 0, Cause::kMemory};
}

/// The end of a burst, as its observers and its channel see it. `data` gets what a descriptor read has
/// brought.
AxiStatus Engine::Impl::collect(Flight& flight, std::byte* data) {
  const Request& q = requests[flight.tag];
  const Burst& burst = q.burst;
  const AxiStatus status = q.status;
  if (activity_observer) tell_grant(channels[burst.channel], burst.kind, burst.master, flight);
  if (burst_observer) {
    BurstEvent event{source,
                     burst.channel,
                     burst.kind,
                     burst.master,
                     burst.address,
                     burst.bytes,
                     burst.beats,
                     burst.fixed,
                     flight.accepted,
                     flight.first,
                     flight.last,
                     flight.response,
                     0};
    burst_observer->burst_begins(event);
    event.status = static_cast<std::uint8_t>(status);
    burst_observer->burst(event);
  }
  if (data && !burst.write) std::memcpy(data, q.data.data(), burst.bytes);
  forget(flight.tag);
  flight.tag = kNoTag;
  return status;
}

/// The channel gives up whatever it has on its way. What has not ended yet is forgotten when it does.
void Engine::Impl::drop_requests(Channel& c) {
  const auto give_up = [this](Flight& f) {
    if (f.tag != kNoTag && requests[f.tag].over) drop(f.tag);
    f.tag = kNoTag;
  };
  if (c.phase == Phase::kRunning) {
    for (Side* side : {&c.rd, &c.wr}) {
      for (std::uint32_t i = side->head; i != side->count; ++i) give_up(side->flight(i));
    }
  } else if (c.phase == Phase::kFetching) {
    give_up(c.rd.ring[0]);
  } else if (c.phase == Phase::kWritingBack) {
    give_up(c.wr.ring[0]);
  }
  if (c.prefetch.state == Prefetch::kFlying) give_up(c.prefetch.flight);
}

/// When advance() has to be called again.
Cycle Engine::Impl::wake_later() {
  if (reported != 0) return now;
  const Cycle turn = known_turn && touched == 0 ? *known_turn : next_turn().at;
  return std::min(turn, level_change_due());
}

}  // namespace dmavp::dmac
