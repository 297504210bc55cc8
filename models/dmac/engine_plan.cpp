// The next burst of each side of a running block: how long it is and when it could be requested.
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

/// When the bytes up to `position` allow a burst of c.wr to start at `address`: no beat precedes its data.
Cycle Engine::Impl::data_time(const Channel& c, std::uint32_t position, std::uint64_t address) const {
  const Side& rd = c.rd;
  if (position <= rd.done_issue) return 0;
  if (p.write_start == WriteStart::kStoreAndForward) {
    for (std::uint32_t i = rd.head; i != rd.count; ++i) {
      if (rd.flight(i).end >= position) return rd.flight(i).last + p.cut_through_delay;
    }
    return kNever;
  }
  // Each read burst bounds the start by the first and by the last beat it completes: the lead of reading over
  // writing is monotonic in between.
  const Side& wr = c.wr;
  Cycle start = 0;
  std::uint32_t begin = rd.done_issue;
  for (std::uint32_t i = rd.head; i != rd.count; ++i) {
    const Flight& f = rd.flight(i);
    const std::uint32_t end = std::min(f.end, position);
    if (end > wr.pos) {
      const std::uint32_t from = std::max(begin, wr.pos);
      const std::uint64_t read_address = rd.address(begin);
      const std::uint32_t total = position - wr.pos;
      const std::uint32_t offset = misalignment(wr.shape, address);
      for (const std::uint32_t byte : {from, end - 1}) {
        // The beat that carries `byte` needs its own last byte, or the last one this read brings.
        const std::uint32_t beat = beat_of(wr.shape, address, byte - wr.pos);
        const std::uint32_t beat_end = std::min(((beat + 1) << wr.shape.width_log2) - offset, total) + wr.pos;
        const std::uint32_t needed = std::min(beat_end, end) - 1;
        const Cycle arrival = f.first + beat_of(rd.shape, read_address, needed - begin) + p.cut_through_delay;
        if (arrival > beat) start = std::max(start, arrival - beat);
      }
    }
    if (f.end >= position) return start;
    begin = f.end;
  }
  return kNever;
}

void Engine::Impl::plan_reader(Channel& c, Cycle t) {
  Side& rd = c.rd;
  const Side& wr = c.wr;
  rd.ready = kNever;
  if (rd.pos == rd.total || c.error != 0) {
    rd.wait = Cause::kMemory;
    return;
  }
  const std::uint32_t end = rd.handshake.on ? rd.handshake.end : length_known(c, rd);
  if (c.draining() || rd.pos >= end) {
    rd.wait = c.handshakes() ? Cause::kHandshake : Cause::kMemory;
    return;
  }
  const std::uint64_t address = rd.address(rd.pos);
  const PlannedBurst burst = plan_burst(rd.shape, address, end - rd.pos);
  rd.bytes = burst.bytes;
  rd.beats = burst.beats;
  Cycle ready = t;
  rd.wait = Cause::kMemory;
  if (rd.handshake.from > ready) {
    ready = rd.handshake.from;
    rd.wait = Cause::kHandshake;
  }
  if (rd.count - rd.head >= rd.limit) {
    const Cycle slot = rd.flight(rd.count - rd.limit).last + 1 + p.burst_overhead;
    if (slot > ready) {
      ready = slot;
      rd.wait = Cause::kOutstandingLimit;
    }
  }
  const std::uint32_t need = rd.pos + burst.bytes;
  if (need > fifo_size + wr.done_issue) {
    const std::uint32_t freed = need - fifo_size;
    std::uint32_t i = wr.head;
    while (i != wr.count && wr.flight(i).end < freed) ++i;
    if (i == wr.count) {
      rd.wait = Cause::kFifo;
      return;
    }
    const Cycle room = wr.flight(i).response + 1;
    if (room > ready) {
      ready = room;
      rd.wait = Cause::kFifo;
    }
  }
  if (address < rd.path.first || address > rd.path.last) path_to(rd, address, false);
  rd.latency = rd.path.latency;
  rd.ready = ready;
}

void Engine::Impl::plan_writer(Channel& c, Cycle t) {
  Side& wr = c.wr;
  const Side& rd = c.rd;
  wr.ready = kNever;
  wr.wait = Cause::kMemory;
  if (wr.pos == wr.total || c.error != 0) return;
  const std::uint64_t address = wr.address(wr.pos);
  const std::uint32_t end = wr.handshake.on ? wr.handshake.end : wr.total;
  if (wr.pos >= end) {
    // A drained FIFO has nothing to ask the peripheral for. The last bytes of a block need not fill a beat.
    const std::uint32_t there = std::max(rd.pos, wr.pos) - wr.pos;
    const bool writable = rd.pos >= wr.total || whole_beats(wr.shape, address, there) != 0;
    wr.wait = c.draining() && !writable ? Cause::kFifo : Cause::kHandshake;
    return;
  }
  PlannedBurst burst = plan_burst(wr.shape, address, end - wr.pos);
  if (wr.pos + burst.bytes > rd.pos) {
    wr.wait = Cause::kFifo;
    if (!c.draining()) return;
    const std::uint32_t whole = whole_beats(wr.shape, address, std::max(rd.pos, wr.pos) - wr.pos);
    if (whole == 0) return;
    burst = plan_burst(wr.shape, address, whole);
  }
  wr.bytes = burst.bytes;
  wr.beats = burst.beats;
  const Cycle data = data_time(c, wr.pos + burst.bytes, address);
  if (data == kNever) {
    wr.wait = Cause::kFifo;
    return;
  }
  Cycle ready = t;
  if (wr.handshake.from > ready) {
    ready = wr.handshake.from;
    wr.wait = Cause::kHandshake;
  }
  if (data > ready) {
    ready = data;
    wr.wait = Cause::kFifo;
  }
  const bool at_response = p.write_slot_release == SlotRelease::kResponse;
  const std::uint32_t outstanding = wr.count - wr.head;
  if (outstanding >= wr.limit) {
    const Flight& f = wr.flight(wr.count - wr.limit);
    Cycle slot = at_response ? f.response + 1 : f.last + 1 + p.burst_overhead;
    if (outstanding > wr.mask) slot = std::max(slot, wr.flight(wr.head).response + 1);
    if (slot > ready) {
      ready = slot;
      wr.wait = Cause::kOutstandingLimit;
    }
  }
  if (address < wr.path.first || address > wr.path.last) path_to(wr, address, true);
  wr.latency = wr.path.latency;
  wr.ready = ready;
}

}  // namespace dmavp::dmac
