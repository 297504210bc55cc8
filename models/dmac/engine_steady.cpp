// Skipping over the steady state of a lone channel (steady_state.h). Exact: a skip leaves the state and all
// statistics as stepping would have.
#include <algorithm>
#include <cstring>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

constexpr unsigned kPatienceLimit = 64;

class Words {
 public:
  explicit Words(std::array<std::uint64_t, SteadyState::kMaxWords>& out) : out_(out) {}
  void put(std::uint64_t word) { out_[count_++] = word; }
  unsigned count() const { return count_; }

 private:
  std::array<std::uint64_t, SteadyState::kMaxWords>& out_;
  unsigned count_ = 0;
};

std::uint64_t relative(Cycle cycle, Cycle to) { return cycle == kNever ? kNever : cycle - to; }

void put_side(Words& words, const Side& side, Cycle t, std::uint32_t position) {
  words.put(relative(side.ready, t));
  words.put(side.since - t);
  words.put(side.cursor - t);
  words.put((std::uint64_t{side.pos - position} << 32) | (side.done_issue - position));
  words.put((std::uint64_t{side.count - side.head} << 8) | static_cast<std::uint64_t>(side.wait));
  // What the sides do next depends on these, too.
  words.put((std::uint64_t{side.shape.max_bytes} << 32) | (side.limit << 16) |
            static_cast<std::uint32_t>(side.shape.width_log2 << 8) | side.master);
  words.put(side.latency);
  for (std::uint32_t i = side.head; i != side.count; ++i) {
    const Flight& f = side.flight(i);
    words.put(f.accepted - t);
    words.put(f.first - t);
    words.put(f.last - t);
    words.put(f.response - t);
    words.put(f.end - position);
    words.put(f.gap);
    if (f.gap != 0) {
      words.put((std::uint64_t{f.gap_memory} << 32) | f.gap_arbitration);
      words.put(static_cast<std::uint64_t>(f.gap_cause));
    }
  }
}

void put_path(Words& words, const Port::Addresses& path, Cycle data_free, Cycle t) {
  words.put(path.free - t);
  words.put(path.stalled_until - t);
  words.put(data_free - t);
}

template <typename Values>
void to_difference(Values& reference, const Values& current) {
  for (std::size_t i = 0; i < reference.size(); ++i) reference[i] = current[i] - reference[i];
}

PortStatistics::Wire minus(const PortStatistics::Wire& a, const PortStatistics::Wire& b) {
  return {a.busy - b.busy, a.stalled - b.stalled};
}

void add(PortStatistics::Wire& wire, const PortStatistics::Wire& period, std::uint64_t periods) {
  wire.busy += periods * period.busy;
  wire.stalled += periods * period.stalled;
}

/// Moves a side `cycles` later, `bytes` further and `bursts` on.
void shift(Side& side, Cycle cycles, std::uint32_t bytes, std::uint32_t bursts) {
  const std::uint32_t count = side.count - side.head;
  if ((bursts & side.mask) != 0) {
    std::array<Flight, SteadyState::kMaxFlights> flights;
    for (std::uint32_t i = 0; i < count; ++i) flights[i] = side.flight(side.head + i);
    for (std::uint32_t i = 0; i < count; ++i) side.flight(side.head + bursts + i) = flights[i];
  }
  side.head += bursts;
  side.count += bursts;
  for (std::uint32_t i = side.head; i != side.count; ++i) {
    Flight& f = side.flight(i);
    f.accepted += cycles;
    f.first += cycles;
    f.last += cycles;
    f.response += cycles;
    f.begin += bytes;
    f.end += bytes;
  }
  side.pos += bytes;
  side.done_issue += bytes;
  side.done += bytes;
  side.since += cycles;
  side.cursor += cycles;
  if (side.ready != kNever) side.ready += cycles;
}

}  // namespace

/// The state of a lone channel relative to `t` and to what it has written; 0 words if too much is in flight.
unsigned Engine::Impl::capture(const Channel& c, Cycle t,
                               std::array<std::uint64_t, SteadyState::kMaxWords>& out) const {
  if (c.rd.count - c.rd.head > SteadyState::kMaxFlights || c.wr.count - c.wr.head > SteadyState::kMaxFlights)
    return 0;
  Words words(out);
  put_side(words, c.rd, t, c.wr.pos);
  put_side(words, c.wr, t, c.wr.pos);
  put_path(words, ports[c.rd.master].ar, ports[c.rd.master].data_free[0], t);
  put_path(words, ports[c.wr.master].aw, ports[c.wr.master].data_free[w_index], t);
  return words.count();
}

/// Joins what follows the path of a side and is like it, for a granule and what is under way behind it.
void Engine::Impl::widen(Side& side, bool write, std::uint32_t period) {
  if (side.shape.fixed || side.path.direct) return;
  const std::uint64_t wanted = std::uint64_t{side.pos} + 2 * p.granule_bytes + 2 * period;
  const std::uint64_t last = side.base + std::min<std::uint64_t>(side.total, wanted) - 1;
  while (side.path.last < last) {
    const Path next = port.path(side.master, side.path.last + 1, write);
    if (next.direct || next.latency != side.path.latency || next.first > side.path.last + 1) return;
    side.path.last = next.last;
  }
}

/// Periods that can be skipped from here and leave full bursts to come on both sides, on the same paths.
std::uint64_t Engine::Impl::periods_left(const Channel& c) const {
  const auto fit = [&](const Side& side) -> std::uint64_t {
    std::uint64_t total = side.total;
    if (!side.shape.fixed) total = std::min(total, side.path.last - side.base + std::uint64_t{1});
    const std::uint64_t end = std::uint64_t{side.pos} + side.shape.max_bytes;
    return end <= total ? (total - end) / c.steady.bytes : 0;
  };
  return std::min(fit(c.rd), fit(c.wr));
}

/// In phase with a known period at `now`: goes on by whole periods, not beyond `to`.
void Engine::Impl::skip_periods(Channel& c, Cycle to) {
  SteadyState& s = c.steady;
  s.phase = now;
  s.phase_epoch = epoch;
  s.untouched = true;
  widen(c.rd, false, s.bytes);
  widen(c.wr, true, s.bytes);
  const auto periods = static_cast<std::uint32_t>(std::min((to - now) / s.cycles, periods_left(c)));
  if (periods == 0 || (c.exact && !replay(c, periods))) return;
  leap(c, periods);
  if (c.exact) update_wake(c);
  s.phase = now;
}

/// Makes the state what it will be `periods` later; data are not its concern.
void Engine::Impl::leap(Channel& c, std::uint32_t periods) {
  const SteadyState& s = c.steady;
  Port& read_port = ports[c.rd.master];
  Port& write_port = ports[c.wr.master];
  const Cycle cycles = periods * s.cycles;
  shift(c.rd, cycles, periods * s.bytes, periods * s.reads);
  shift(c.wr, cycles, periods * s.bytes, periods * s.writes);
  for (unsigned i = 0; i < kCauses; ++i) {
    c.rd.cycles[i] += periods * s.reader[i];
    c.wr.cycles[i] += periods * s.writer[i];
  }
  for (Port::Addresses* path : {&read_port.ar, &write_port.aw}) {
    path->free += cycles;
    path->stalled_until += cycles;
  }
  read_port.data_free[0] += cycles;
  if (&write_port != &read_port || w_index != 0) write_port.data_free[w_index] += cycles;
  add(read_port.stats.ar, s.read_port.ar, periods);
  add(read_port.stats.r, s.read_port.r, periods);
  add(write_port.stats.aw, s.write_port.aw, periods);
  add(write_port.stats.w, s.write_port.w, periods);
  add(write_port.stats.b, s.write_port.b, periods);
  now += cycles;
}

void Engine::Impl::record(Channel& c, const Side& side, const BurstTimes& times, const Burst& burst) {
  SteadyState& s = c.steady;
  if (s.steps.size() == SteadyState::kMaxSteps) {
    s.forget();
    return;
  }
  s.steps.push_back(
      {times.response, times, side.done_issue - s.position, burst.bytes, burst.beats, burst.write});
}

/// Makes the bursts of `periods` periods from `now` on without a look at the state, which stays behind. False
/// if something else than data came of one of them: then the state is true again and the way is to be seen.
bool Engine::Impl::replay(Channel& c, std::uint32_t periods) {
  const SteadyState& s = c.steady;
  std::array<Burst, 2> bursts{describe(c, c.rd, false), describe(c, c.wr, true)};
  const std::array<const Path*, 2> paths{&c.rd.path, &c.wr.path};
  Cycle later = now - s.at;
  std::uint32_t position = c.wr.pos;
  replaying = {&c, 0, 0};
  for (; replaying.periods != periods; later += s.cycles, position += s.bytes) {
    for (const SteadyState::Step& step : s.steps) {
      const Side& side = step.write ? c.wr : c.rd;
      Burst& burst = bursts[step.write];
      burst.address = side.address(position + step.start);
      burst.bytes = step.bytes;
      burst.beats = static_cast<std::uint16_t>(step.beats);
      const BurstTimes times{step.times.accepted + later, step.times.first_beat + later,
                             step.times.last_beat + later, step.times.response + later};
      const std::uint32_t generation = c.generation;
      const AxiStatus status = move(c, burst, times, position + step.start, *paths[step.write]);
      if (replaying.channel == &c && status == AxiStatus::kOkay) {
        ++replaying.steps;
        continue;
      }
      settle();
      if (c.generation != generation) return false;
      if (step.write) {
        retire_write(c, status);
      } else {
        retire_read(c, status);
      }
      if (c.phase == Phase::kRunning) update_wake(c);
      return false;
    }
    ++replaying.periods;
    replaying.steps = 0;
  }
  replaying.channel = nullptr;
  return true;
}

/// Ends a replay within one of its bursts: steps to where that burst is about to complete.
void Engine::Impl::stop_replay() {
  Channel& c = *replaying.channel;
  SteadyState& s = c.steady;
  replaying.channel = nullptr;
  leap(c, replaying.periods);
  const Cycle later = now - s.at;
  for (std::uint32_t index = 0;;) {
    const SteadyState::Step& step = s.steps[index];
    const bool granted = step.write ? c.wr.in_flight() : c.rd.in_flight();
    const Cycle due = granted ? step.due + later : kNever;
    const Cycle read = read_time(c);
    const Cycle write = write_time(c);
    if (due <= std::min(read, write)) {
      now = std::max(now, due);
      if (index == replaying.steps) break;
      ++index;
      if (step.write) {
        retire_write(c, AxiStatus::kOkay);
      } else {
        retire_read(c, AxiStatus::kOkay);
      }
    } else if (read <= write) {
      now = std::max(now, read);
      grant_read(c, now);
    } else {
      now = std::max(now, write);
      grant_write(c, now);
    }
  }
  ++epoch;
  s.untouched = false;
  foreseen = 0;
}

/// True if the channel runs in a known period and nothing but grants to it has happened since the last phase.
bool Engine::Impl::steady(const Channel& c) const {
  return c.steady.known && c.steady.phase_epoch == epoch && c.steady.phase != kNever &&
         c.steady.exact == c.exact && c.phase == Phase::kRunning && alone();
}

/// A wake at which the state will be in phase, so that no step is left over behind it; kNever if the block
/// ends before. Up to there all bursts are full, so nothing but data becomes visible.
Cycle Engine::Impl::steady_wake(const Channel& c) const {
  const SteadyState& s = c.steady;
  const std::uint64_t left = periods_left(c);
  if (left < 2) return kNever;
  const std::uint64_t granule = std::max<std::uint32_t>(p.granule_bytes / s.bytes, 1);
  return s.phase + ((now - s.phase) / s.cycles + std::min(granule, left - 1)) * s.cycles;
}

/// Called behind every write of a channel that is alone and whose bursts are all of full length. Skips as
/// many periods as end by `to` and leave full bursts to come.
void Engine::Impl::skip_steady(Channel& c, Cycle to) {
  SteadyState& s = c.steady;
  const Cycle t = now;
  Port& read_port = ports[c.rd.master];
  Port& write_port = ports[c.wr.master];
  if (read_port.ar.owner != c.index || write_port.aw.owner != c.index) return;
  if (s.exact != c.exact) s.forget();
  s.exact = c.exact;
  if (s.referenced && s.state[0] == relative(c.rd.ready, t)) {
    std::array<std::uint64_t, SteadyState::kMaxWords> state;
    const unsigned words = capture(c, t, state);
    if (words == s.words && std::memcmp(state.data(), s.state.data(), words * sizeof state[0]) == 0) {
      if (!s.known) {
        if (s.epoch != epoch) {
          s.forget();
          return;
        }
        s.known = true;
        s.cycles = t - s.at;
        s.bytes = c.wr.pos - s.position;
        s.reads = c.rd.count - s.reads;
        s.writes = c.wr.count - s.writes;
        to_difference(s.reader, c.rd.cycles);
        to_difference(s.writer, c.wr.cycles);
        s.read_port.ar = minus(read_port.stats.ar, s.read_port.ar);
        s.read_port.r = minus(read_port.stats.r, s.read_port.r);
        s.write_port.aw = minus(write_port.stats.aw, s.write_port.aw);
        s.write_port.w = minus(write_port.stats.w, s.write_port.w);
        s.write_port.b = minus(write_port.stats.b, s.write_port.b);
      }
      s.tries = 0;
      skip_periods(c, to);
      return;
    }
  }
  if (++s.tries < s.patience) return;
  if (s.referenced) s.patience = std::min(2 * s.patience, kPatienceLimit);
  s.known = false;
  s.tries = 0;
  s.words = capture(c, t, s.state);
  s.referenced = s.words != 0;
  s.steps.clear();
  s.epoch = epoch;
  s.at = t;
  s.position = c.wr.pos;
  s.reads = c.rd.count;
  s.writes = c.wr.count;
  s.reader = c.rd.cycles;
  s.writer = c.wr.cycles;
  s.read_port = read_port.stats;
  s.write_port = write_port.stats;
}

}  // namespace dmavp::dmac
