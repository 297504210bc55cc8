// The next burst of each side of a running block: how long it is and when it could be requested.
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

/// Position up to which data have to be there for the write that ends at `position`.
std::uint32_t Engine::Impl::needed_for(const Channel& c, std::uint32_t position) const {
  if (p.start_threshold == 0 || p.write_start != WriteStart::kStoreAndForward || c.draining() ||
      c.handshakes())
    return position;
  return std::max(position, std::min(position + (p.start_threshold << c.wr.shape.width_log2), c.rd.total));
}

/// False if the FIFO has no room for the next read before more is written.
bool Engine::Impl::may_read(const Channel& c) const {
  const std::uint32_t capacity =
      p.fifo_credit == FifoCredit::kBurst ? fifo_size : static_cast<std::uint32_t>(c.fifo.size());
  const std::uint32_t left = c.rd.total - c.rd.pos;
  if (left == 0) return false;
  return c.rd.pos + plan_burst(c.rd.shape, c.rd.address(c.rd.pos), left).bytes <= capacity + c.wr.pos;
}

/// What has been asked for does not make a write. Then no limit waits for writes that have not been granted.
bool Engine::Impl::starves(const Channel& c) const {
  const Side& wr = c.wr;
  if (wr.pos == wr.total) return false;
  const std::uint32_t end = wr.pos + plan_burst(wr.shape, wr.address(wr.pos), wr.total - wr.pos).bytes;
  return needed_for(c, end) > c.rd.pos;
}

/// When the bytes up to `position` allow a burst of c.wr to start at `address`: no beat precedes its data.
Cycle Engine::Impl::data_time(const Channel& c, std::uint32_t position, std::uint64_t address) const {
  const Side& rd = c.rd;
  if (p.write_start == WriteStart::kStoreAndForward) {
    std::uint32_t needed = needed_for(c, position);
    if (needed > rd.pos && !may_read(c)) needed = position;
    if (needed <= rd.done_issue) return 0;
    Cycle there = 0;  // the burst itself
    for (std::uint32_t i = rd.head; i != rd.count; ++i) {
      const Flight& f = rd.flight(i);
      if (f.begin < position && f.end >= position) there = after(f.last, p.cut_through_delay);
      if (f.end < needed) continue;
      if (f.begin < position || there == kNever || f.first == kNever)
        return after(f.last, p.cut_through_delay);
      const Cycle beat = beat_of(rd.shape, rd.address(f.begin), needed - 1 - f.begin);
      return std::max(there, f.first + beat + p.cut_through_delay);
    }
    return kNever;
  }
  if (position <= rd.done_issue) return 0;
  // Each read burst bounds the start by the first and by the last beat it completes: the lead of reading over
  // writing is monotonic in between.
  const Side& wr = c.wr;
  Cycle start = 0;
  std::uint32_t begin = rd.done_issue;
  for (std::uint32_t i = rd.head; i != rd.count; ++i) {
    const Flight& f = rd.flight(i);
    const std::uint32_t end = std::min(f.end, position);
    if (end > wr.pos) {
      if (f.first == kNever) return kNever;
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

/// The burst of a side that carries the byte before `position`, or null: it has not been issued, or so long
/// ago that its place in the ring is taken.
const Flight* Engine::Impl::carrier(const Side& side, std::uint32_t position) {
  const Flight* found = nullptr;
  for (std::uint32_t i = side.count; i != 0 && side.count - i <= side.mask; --i) {
    const Flight& f = side.flight(i - 1);
    if (f.end < position) return found;
    found = &f;
    if (f.begin < position) return found;
  }
  return nullptr;
}

/// When the reader has a slot for its next burst.
Cycle Engine::Impl::read_slot(const Channel& c) const {
  const Side& rd = c.rd;
  Cycle slot = 0;
  const bool by_writes = p.read_slot_release == SlotRelease::kLastWriteBeat;
  const bool starving = (by_writes || p.copy_limit != 0) && starves(c);
  if (by_writes) {
    if (rd.count >= rd.limit) {
      const std::uint32_t position = rd.flight(rd.count - rd.limit).end;
      if (position > c.wr.pos) {
        if (!starving) return kNever;
      } else if (const Flight* f = carrier(c.wr, position)) {
        slot = after(f->last, 1 + p.read_slot_latency);
      }
    }
  } else if (looks_back ? rd.count >= rd.limit : rd.count - rd.head >= rd.limit) {
    slot = after(rd.flight(rd.count - rd.limit).last, 1 + p.burst_overhead + p.read_slot_latency);
  }
  if (p.copy_limit != 0 && rd.count >= p.copy_limit) {
    const std::uint32_t position = rd.flight(rd.count - p.copy_limit).end;
    if (position > c.wr.pos) {
      if (!starving) return kNever;
    } else if (const Flight* f = carrier(c.wr, position)) {
      slot = std::max(slot, after(f->response, 1 + p.read_slot_latency));
    }
  }
  if (rd.count - rd.head > rd.mask) slot = std::max(slot, after(rd.flight(rd.head).last, 1));
  return slot;
}

/// When the write of the bytes up to `position` has its response; 0: long ago, kNever: nobody knows.
Cycle Engine::Impl::response_time(const Channel& c, std::uint32_t position) const {
  const Side& wr = c.wr;
  if (position <= wr.done_issue && !looks_back) return 0;
  std::uint32_t i = wr.head != 0 && looks_back ? wr.head - 1 : wr.head;
  while (i != wr.count && wr.flight(i).end < position) ++i;
  return i == wr.count ? kNever : wr.flight(i).response;
}

/// When the FIFO has lost the bytes up to `freed`; kNever while nobody knows.
Cycle Engine::Impl::room_time(const Channel& c, std::uint32_t freed) const {
  const Side& wr = c.wr;
  if (!frees_early()) return after(response_time(c, freed), p.fifo_latency);
  if (freed > wr.pos) return kNever;
  const Flight* f = carrier(wr, freed);
  if (!f || f->last == kNever || freed == f->end) return f ? after(f->last, p.fifo_latency) : 0;
  const Cycle beat = beat_of(wr.shape, wr.address(f->begin), freed - 1 - f->begin);
  return f->first + (f->last - f->first) * beat / std::max(f->beats - 1, 1u) + p.fifo_latency;
}

/// When the address of the write that starts at `t` is offered.
Cycle Engine::Impl::address_time(const Channel& c, Cycle t) const {
  if (p.write_address == WriteAddress::kWithData || p.write_start != WriteStart::kCutThrough) return t;
  const Side& rd = c.rd;
  const Flight* f = carrier(rd, c.wr.pos + 1);
  if (!f || f->first == kNever) return t;
  if (p.write_address == WriteAddress::kWithReadData) return std::min(t, f->first);
  Cycle at = f->accepted;
  if (const Flight* before = f->begin != 0 ? carrier(rd, f->begin) : nullptr)
    at = std::max(at, before->last + 1 + p.burst_overhead);
  return std::min(t, at);
}

void Engine::Impl::plan_reader(Channel& c, Cycle t) {
  Side& rd = c.rd;
  const Side& wr = c.wr;
  rd.ready = kNever;
  if ((rd.pos == rd.total && !chain_next(c)) || c.error != 0) {
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
  Cycle slot = read_slot(c);
  if (!c.chain.empty() && rd.pos != 0 && rd.pos == c.chain.back().begin)
    slot = after(std::max(slot, rd.since), p.block_gap);
  if (slot > ready) {
    ready = slot;
    rd.wait = Cause::kOutstandingLimit;
    if (slot == kNever) return;
  }
  const std::uint32_t need = rd.pos + burst.bytes;
  const std::uint32_t capacity =
      p.fifo_credit == FifoCredit::kBurst ? fifo_size : static_cast<std::uint32_t>(c.fifo.size());
  const bool just_freed =
      looks_back && wr.head != 0 && wr.flight(wr.head - 1).response + p.fifo_latency > ready;
  if (need > capacity + (just_freed ? wr.flight(wr.head - 1).begin : wr.done_issue)) {
    Cycle room = room_time(c, need - capacity);
    const auto kept = static_cast<std::uint32_t>(c.fifo.size());
    if (!asynchronous && frees_early() && need > kept + wr.done_issue)
      room = std::max(room, after(response_time(c, need - kept), 1));
    if (room == kNever) {
      rd.wait = Cause::kFifo;
      return;
    }
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
  if ((wr.pos == wr.total && !write_next(c)) || c.error != 0) return;
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
    if (whole < burst.bytes) c.aligned = false;  // all that follow start elsewhere
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
  Cycle slot = 0;
  if (looks_back ? wr.count >= wr.limit : outstanding >= wr.limit) {
    const Flight& f = wr.flight(wr.count - wr.limit);
    slot = at_response ? after(f.response, 1) : after(f.last, 1 + dead_cycles(true));
  }
  if (outstanding > wr.mask) {
    const Flight& oldest = wr.flight(wr.head);
    slot = std::max(slot, after(oldest.response, 1));
    // It is kept until its data have arrived: a port may answer a cut-through write before their last beat.
    if (const Flight* read = asynchronous ? carrier(rd, oldest.end) : nullptr)
      slot = std::max(slot, after(read->last, 1));
  }
  if (slot > ready) {
    ready = slot;
    wr.wait = Cause::kOutstandingLimit;
    if (slot == kNever) return;
  }
  if (address < wr.path.first || address > wr.path.last) path_to(wr, address, true);
  wr.latency = wr.path.latency;
  wr.ready = ready;
}

}  // namespace dmavp::dmac
