// Time and grants of the burst engine.
#include <algorithm>
#include <utility>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

void Engine::Impl::replan(Channel& c, Cycle t) {
  ++epoch;
  if (c.phase != Phase::kRunning) return;
  retire(c, t);
  plan_reader(c, t);
  plan_writer(c, t);
  update_wake(c);
}

/// The next timed event of a running block: a commit where data move burst by burst, else what ends the block
/// or the stopping of the channel.
void Engine::Impl::update_wake(Channel& c) {
  const Side& rd = c.rd;
  const Side& wr = c.wr;
  c.wake = kNever;
  if (c.suspended) return;
  if (c.suspend && !c.source_stopped && !rd.in_flight()) {
    c.wake = now;
    return;
  }
  if (c.exact && (rd.in_flight() || wr.in_flight())) {
    if (rd.in_flight()) c.wake = rd.flight(rd.head).last;
    if (wr.in_flight() && data_arrived(c)) c.wake = std::min(c.wake, wr.flight(wr.head).response);
    return;
  }
  Cycle end = now;
  if (rd.in_flight()) end = std::max(end, rd.flight(rd.count - 1).last);
  if (c.suspend && !c.source_stopped) {
    c.wake = end;
    return;
  }
  if (wr.in_flight()) end = std::max(end, wr.flight(wr.count - 1).response);
  if (c.complete() || c.error != 0 || drained(c)) c.wake = end;
}

/// A channel that stops has nothing more to write, or its peripheral does not take it and need not be waited
/// for.
bool Engine::Impl::drained(const Channel& c) const {
  if (!c.draining() || c.wr.ready != kNever) return false;
  return c.wr.wait != Cause::kHandshake || (c.disabling && p.drop_when_silent);
}

/// Bursts completed by `t`. Where data move burst by burst, the timer does it.
void Engine::Impl::retire(Channel& c, Cycle t) {
  if (c.exact && !playing) return;
  Side& rd = c.rd;
  while (rd.head != rd.count && rd.flight(rd.head).last <= t) {
    rd.done_issue = rd.flight(rd.head).end;
    ++rd.head;
  }
  rd.done = rd.done_issue;
  Side& wr = c.wr;
  while (wr.head != wr.count && wr.flight(wr.head).response <= t) {
    wr.done_issue = wr.flight(wr.head).end;
    ++wr.head;
  }
  wr.done = wr.done_issue;
}

Cycle Engine::Impl::read_time(const Channel& c) const {
  if (c.rd.ready == kNever) return kNever;
  const Port& path = ports[c.rd.master];
  const Cycle data = data_channel_from(path);
  return std::max({c.rd.ready, path.ar.free, data > c.rd.latency ? data - c.rd.latency : 0});
}

Cycle Engine::Impl::write_time(const Channel& c) const {
  if (c.wr.ready == kNever) return kNever;
  const Port& path = ports[c.wr.master];
  return std::max({c.wr.ready, path.aw.free, path.data_free[w_index]});
}

void Engine::Impl::take_address(Port::Addresses& path, unsigned channel, Cycle ready, Cycle granted,
                                Cycle interval, PortStatistics::Wire& wire) {
  path.free = granted + interval;
  const Cycle from = std::max(ready, path.stalled_until);
  if (granted > from) wire.stalled += granted - from;
  path.stalled_until = granted + 1;
  path.owner = channel;
  path.arbiter.granted(channel);
  ++wire.busy;
}

void Engine::Impl::grant_read(Channel& c, Cycle t) {
  if (c.phase != Phase::kRunning) {
    grant_fetch(c, t);
    return;
  }
  retire(c, t);
  take_lock(c);
  Side& rd = c.rd;
  Port& path = ports[rd.master];
  const bool contended = path.ar.owner != c.index;
  take_address(path.ar, c.index, rd.ready, t, p.issue_interval, path.stats.ar);
  if (asynchronous) {
    expect_data(path, t + rd.latency, rd.beats);
    send_data(c, rd, t, contended);
    plan_reader(c, t);
    if (c.wr.ready == kNever) plan_writer(c, t);
    update_wake(c);
    return;
  }

  Flight& f = rd.flight(rd.count);
  f.accepted = t;
  f.first = std::max(t + rd.latency, path.data_free[0]);
  f.last = f.first + rd.beats - 1;
  f.response = f.last;
  f.beats = rd.beats;
  f.begin = rd.pos;
  rd.pos += rd.bytes;
  f.end = rd.pos;
  ++rd.count;
  path.data_free[0] = f.last + 1 + p.burst_overhead;
  path.stats.r.busy += f.beats;
  const Cycle cursor = rd.cursor;
  account_burst(rd, f, t, contended);
  if (activity_observer) {
    tell_grant(c, BurstKind::kRead, rd.master, f);
    tell_burst(c, rd, f, cursor);
  }
  rd.since = t + p.issue_interval;

  plan_reader(c, t);
  if (c.wr.ready == kNever) plan_writer(c, t);
  if (c.complete() || c.draining()) {
    update_wake(c);
  } else if (c.exact) {
    c.wake = std::min(c.wake, f.last);
  }
}

void Engine::Impl::grant_write(Channel& c, Cycle t) {
  if (c.phase != Phase::kRunning) {
    grant_write_back(c, t);
    return;
  }
  retire(c, t);
  take_lock(c);
  Side& wr = c.wr;
  Port& path = ports[wr.master];
  const bool contended = path.aw.owner != c.index;
  take_address(path.aw, c.index, wr.ready, t, p.issue_interval, path.stats.aw);
  if (asynchronous) {
    send_data(c, wr, t, contended);
    plan_writer(c, t);
    if (c.rd.ready == kNever) plan_reader(c, t);
    update_wake(c);
    return;
  }

  // One channel is in order: a shorter path does not overtake an earlier response.
  const Cycle previous = wr.in_flight() ? wr.newest().response : 0;
  Flight& f = wr.flight(wr.count);
  f.accepted = address_time(c, t);
  f.first = std::max(t, path.data_free[w_index]);
  f.last = f.first + wr.beats - 1;
  f.response = std::max(f.last + wr.latency, previous);
  f.beats = wr.beats;
  f.begin = wr.pos;
  wr.pos += wr.bytes;
  f.end = wr.pos;
  if (p.write_start == WriteStart::kCutThrough) {
    // The status of a read is known at its last beat: no write of its data is over before that.
    std::uint32_t i = c.rd.head;
    while (i != c.rd.count && c.rd.flight(i).end < f.end) ++i;
    if (i != c.rd.count) f.response = std::max(f.response, c.rd.flight(i).last);
  }
  ++wr.count;
  path.data_free[w_index] = f.last + 1 + dead_cycles(true);
  path.stats.w.busy += f.beats;
  ++path.stats.b.busy;
  const Cycle cursor = wr.cursor;
  account_burst(wr, f, t, contended);
  if (activity_observer) {
    tell_grant(c, BurstKind::kWrite, wr.master, f);
    tell_burst(c, wr, f, cursor);
  }
  wr.since = t + p.issue_interval;

  plan_writer(c, t);
  if (c.rd.ready == kNever) plan_reader(c, t);
  if (c.complete() || c.draining()) {
    update_wake(c);
  } else if (c.exact) {
    c.wake = std::min(c.wake, f.response);
  }
}

/// An address of a channel outside its data, and the beats that follow it.
Flight Engine::Impl::occupy(Port& path, bool write, unsigned channel, Cycle ready, Cycle t,
                            std::uint32_t beats, Cycle latency) {
  take_lock(channels[channel]);
  Port::Addresses& addresses = write ? path.aw : path.ar;
  take_address(addresses, channel, ready, t, p.issue_interval, write ? path.stats.aw : path.stats.ar);
  Cycle& free = path.data_free[write ? w_index : 0];
  Flight f{};
  f.accepted = t;
  f.first = std::max(write ? t : t + latency, free);
  f.last = f.first + beats - 1;
  f.response = write ? f.last + latency : f.last;
  f.beats = beats;
  free = f.last + 1 + dead_cycles(write);
  (write ? path.stats.w : path.stats.r).busy += beats;
  if (write) ++path.stats.b.busy;
  return f;
}

void Engine::Impl::grant_fetch(Channel& c, Cycle t) {
  Side& rd = c.rd;
  if (asynchronous) {
    rd.ring[0] = send_access(c, describe_access(c, c.access, rd.bytes, rd.beats, rd.shape), rd.ready, t,
                             rd.latency, nullptr);
    rd.ready = kNever;
    c.phase = Phase::kFetching;
    c.wake = kNever;
    return;
  }
  rd.ring[0] = occupy(ports[rd.master], false, c.index, rd.ready, t, rd.beats, rd.latency);
  if (activity_observer) tell_grant(c, c.access.kind, rd.master, rd.ring[0]);
  rd.ready = kNever;
  c.phase = Phase::kFetching;
  c.wake = rd.ring[0].last;
}

void Engine::Impl::grant_write_back(Channel& c, Cycle t) {
  Side& wr = c.wr;
  if (asynchronous) {
    wr.ring[0] = send_access(c, describe_access(c, c.access, wr.bytes, wr.beats, wr.shape), wr.ready, t,
                             wr.latency, c.item.data() + c.access.done);
    wr.ready = kNever;
    c.phase = Phase::kWritingBack;
    c.wake = kNever;
    return;
  }
  wr.ring[0] = occupy(ports[wr.master], true, c.index, wr.ready, t, wr.beats, wr.latency);
  if (activity_observer) tell_grant(c, c.access.kind, wr.master, wr.ring[0]);
  wr.ready = kNever;
  c.phase = Phase::kWritingBack;
  c.wake = wr.ring[0].response;
}

/// The completions of a lone channel's block that just goes on, up to `to`. True if that was all: what can be
/// granted is still the same.
bool Engine::Impl::complete_bursts(Channel& c, Cycle to) {
  Cycle read = c.rd.in_flight() ? c.rd.flight(c.rd.head).last : kNever;
  Cycle write = c.wr.in_flight() ? c.wr.flight(c.wr.head).response : kNever;
  const std::uint64_t before = epoch;
  // Whoever a burst reaches may change the course of things.
  while (goes_on(c) && epoch == before && c.exact && alone()) {
    c.wake = std::min(read, write);
    if (c.wake > to || c.wake == kNever) return true;
    now = std::max(now, c.wake);
    if (read <= write) {
      if (!complete_read(c)) return false;
      read = c.rd.in_flight() ? c.rd.flight(c.rd.head).last : kNever;
    } else {
      if (!complete_write(c)) return false;
      write = c.wr.in_flight() ? c.wr.flight(c.wr.head).response : kNever;
    }
  }
  ++epoch;
  if (c.phase == Phase::kRunning) update_wake(c);
  return false;
}

/// The fast path: nobody to arbitrate with. True if there is nothing more to do by `to`, false if it is no
/// longer one channel that runs one block.
bool Engine::Impl::run_alone(Channel& c, Cycle to) {
  if (c.steady.untouched && c.steady.phase == now && steady(c)) skip_periods(c, to);
  while (c.phase == Phase::kRunning && alone() && !c.handshakes() && !c.prefetch.under_way()) {
    const Cycle read = read_time(c);
    const Cycle write = write_time(c);
    const Cycle next = std::min(read, write);
    if (c.wake <= next) {
      if (c.wake > to) return true;
      c.steady.untouched = false;
      if (!c.exact || !goes_on(c)) {
        ++epoch;
        now = std::max(now, c.wake);
        running_event(c, now);
        continue;
      }
      if (!complete_bursts(c, std::min(next, to))) continue;
    }
    if (next > to) return true;
    now = std::max(now, next);
    c.steady.untouched = false;
    if (read <= write) {
      grant_read(c, now);
    } else {
      grant_write(c, now);
      if (c.aligned && goes_on(c) && !activity_observer && (c.exact || c.wake == kNever)) skip_steady(c, to);
    }
  }
  return false;
}

/// Tells timers and arbiters what a channel waits for.
void Engine::Impl::publish(const Channel& c) {
  const bool on = (active >> c.index & 1) != 0;
  timers.set(c.index, on ? std::min(c.wake, c.prefetch.due()) : kNever);
  const bool prefetches = on && c.prefetch.state == Prefetch::kWanted && !c.draining();
  for (unsigned i = 0; i < p.num_masters; ++i) {
    if (prefetches && c.prefetch.access.master == i) {  // before the data: there is one of it in a block
      ports[i].ar.arbiter.request(c.index, c.prefetch.ready, c.prefetch.path.latency);
    } else {
      ports[i].ar.arbiter.request(c.index, on && c.rd.master == i ? c.rd.ready : kNever, c.rd.latency);
    }
    ports[i].aw.arbiter.request(c.index, on && c.wr.master == i ? c.wr.ready : kNever, 0);
  }
}

void Engine::Impl::set_priority(Channel& c, unsigned priority) {
  if (!order.set(c.index, priority)) return;
  for (Port& port_state : ports) {
    port_state.ar.arbiter.clear();
    port_state.aw.arbiter.clear();
  }
  touched |= active;
}

/// The best request for one address path, if it comes before `best`.
void Engine::Impl::look_for(Arbiter& arbiter, Cycle free, Cycle data_free, Turn::Kind kind,
                            unsigned port_index, Turn& best) const {
  if (asynchronous && (free == kNever || data_free == kNever)) return;  // until the port has told
  if (lock_owner != kNobody) {
    arbiter.find_only(lock_owner, free, data_free);
  } else {
    arbiter.find(free, data_free);
  }
  if (arbiter.time() >= best.at) return;
  best.at = arbiter.time();  // one by one: a copy of the whole would wait for its parts
  best.channel = arbiter.channel();
  best.kind = kind;
  best.port = port_index;
}

/// What next_turn() says while `c` is the only active channel: there is nothing to arbitrate.
Turn Engine::Impl::turn_of(const Channel& c) const {
  const auto known = [](Cycle free, Cycle data_free) { return free != kNever && data_free != kNever; };
  const Port& rd = ports[c.rd.master];
  const Port& wr = ports[c.wr.master];
  const Cycle read = known(rd.ar.free, data_channel_from(rd)) ? read_time(c) : kNever;
  const Cycle write = known(wr.aw.free, wr.data_free[w_index]) ? write_time(c) : kNever;
  const Cycle timer = std::min(c.wake, c.prefetch.due());
  if (timer <= read && timer <= write) return {timer, c.index, Turn::kTimer, 0};
  if (write < read || (write == read && c.wr.master < c.rd.master))
    return {write, c.index, Turn::kWrite, c.wr.master};
  return {read, c.index, Turn::kRead, c.rd.master};
}

/// At equal times timers come before grants, in order of channels, then ports, AR before AW.
Turn Engine::Impl::next_turn() {
  if (active != 0 && alone()) {  // timers and arbiters learn what it has touched when there is another one
    const Channel& c = channels[first_of(active)];
    if ((lock_owner == kNobody || lock_owner == c.index) && c.prefetch.state != Prefetch::kWanted)
      return turn_of(c);
  }
  for (; touched != 0; touched &= touched - 1) publish(channels[first_of(touched)]);
  Turn best{kNever, 0, Turn::kRead, 0};
  for (unsigned i = 0; i < p.num_masters; ++i) {
    Port& path = ports[i];
    look_for(path.ar.arbiter, path.ar.free, data_channel_from(path), Turn::kRead, i, best);
    look_for(path.aw.arbiter, path.aw.free, path.data_free[w_index], Turn::kWrite, i, best);
  }
  if (timers.time() <= best.at) return {timers.time(), timers.channel(), Turn::kTimer, 0};
  return best;
}

void Engine::Impl::grant(Channel& c, const Turn& turn) {
  if (turn.kind == Turn::kWrite) {
    grant_write(c, now);
  } else if (c.prefetch.state == Prefetch::kWanted && c.prefetch.access.master == turn.port) {
    grant_prefetch(c, now);
  } else {
    grant_read(c, now);
  }
}

/// Everything due at or before `to`, in order of time; levels change before what they lead to.
void Engine::Impl::run(Cycle to) {
  known_turn.reset();
  while (active != 0) {
    if (asynchronous) {
      apply_progress();
    } else if (alone()) {
      Channel& lone = channels[first_of(active)];
      touched |= active;
      if (run_alone(lone, to)) break;
    }
    const Turn turn = next_turn();
    const Cycle change = level_change_due();
    if (change <= turn.at && change <= to) {
      now = std::max(now, change);
      change_levels();
      continue;
    }
    if (reported != 0 && turn.at >= to) {
      now = to;
      progressed |= std::exchange(reported, 0);
      continue;
    }
    if (turn.at > to || turn.at == kNever) {
      if (asynchronous) known_turn = turn.at;
      break;
    }
    now = std::max(now, turn.at);
    ++epoch;
    Channel& c = channels[turn.channel];
    touched |= 1u << c.index;
    if (turn.kind != Turn::kTimer) {
      grant(c, turn);
    } else if (c.prefetch.due() <= turn.at) {
      prefetch_done(c, now);
    } else {
      on_wake(c, now);
    }
  }
  progressed = reported = 0;
  while (level_change_due() <= to) {  // nobody waits for these
    now = std::max(now, level_change_due());
    change_levels();
  }
}

}  // namespace dmavp::dmac
