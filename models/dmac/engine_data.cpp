// Bytes of the burst engine: when they are read, kept and become visible.
//
// Data of a channel whose two sides are directly accessible memory are copied when advance() ends, straight
// from source to destination, up to the last write that has been responded to. That equals burst by burst
// through the FIFO as long as nobody writes what has been read in between. Whoever could, within the
// controller, makes the channel exact first: overlapping ranges, descriptors, an observer. Software that
// looks at the read position gets the bytes up to it taken into the FIFO (sample).
#include <algorithm>
#include <cstring>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

bool overlap(std::uint64_t a, std::uint64_t a_bytes, std::uint64_t b, std::uint64_t b_bytes) {
  if (a + a_bytes < a || b + b_bytes < b)
    return true;  // beyond the end of the address space: assume the worst
  return a_bytes != 0 && b_bytes != 0 && (a < b ? b - a < a_bytes : a - b < b_bytes);
}

std::uint64_t host_address(const std::byte* p) { return reinterpret_cast<std::uintptr_t>(p); }

/// Address range of a side of a block, and where it lies in the host if directly accessible.
struct Range {
  std::uint64_t address;
  std::uint64_t bytes;
  const std::byte* host;
};

Range range_of(const Side& side, const std::byte* direct) {
  return {side.base, side.shape.fixed ? side.shape.width() : side.total, direct};
}

/// The same memory may be mapped at two bus addresses: host addresses decide where both are known.
bool overlap(const Range& a, const Range& b) {
  if (overlap(a.address, a.bytes, b.address, b.bytes)) return true;
  return a.host && b.host && overlap(host_address(a.host), a.bytes, host_address(b.host), b.bytes);
}

}  // namespace

const Path& Engine::Impl::path_to(Side& side, std::uint64_t address, bool write) {
  if (address < side.path.first || address > side.path.last)
    side.path = port.path(side.master, address, write);
  return side.path;
}

/// Decides how the data of the block that starts will move.
void Engine::Impl::choose_data_path(Channel& c) {
  c.copied = c.sampled = 0;
  c.direct_src = c.direct_dst = nullptr;
  c.uniform = true;
  for (Side* side : {&c.rd, &c.wr}) {
    const bool write = side == &c.wr;
    const Path& path = path_to(*side, side->base, write);
    const std::uint64_t span = side->shape.fixed ? side->shape.width() : std::max(side->total, 1u);
    const bool inside =
        path.first <= side->base && path.last - side->base >= span - 1 && path.last >= side->base;
    if (!inside) c.uniform = false;
    if (inside && path.direct)
      (write ? c.direct_dst : c.direct_src) = path.direct + (side->base - path.first);
  }
  c.exact = asynchronous || c.handshakes() || watched() || !c.direct_src || !c.direct_dst ||
            c.rd.shape.fixed || c.wr.shape.fixed;
  if (!c.exact) lazy |= 1u << c.index;
  const Range src = range_of(c.rd, c.direct_src);
  const Range dst = range_of(c.wr, c.direct_dst);
  if (overlap(src, dst)) c.exact = true;
  for (std::uint32_t left = active & ~(1u << c.index); left != 0; left &= left - 1) {
    Channel& other = channels[first_of(left)];
    if (other.phase != Phase::kRunning) continue;
    const Range other_src = range_of(other.rd, other.direct_src);
    const Range other_dst = range_of(other.wr, other.direct_dst);
    if (overlap(src, other_dst) || overlap(dst, other_src) || overlap(dst, other_dst)) {
      c.exact = true;
      make_exact(other);
    }
  }
}

/// Makes visible what has been responded to.
void Engine::Impl::copy(Channel& c) {
  if (c.exact || c.copied == c.wr.done) return;
  std::uint32_t from = c.copied;
  const std::uint32_t to = c.wr.done;
  while (from < std::min(to, c.sampled)) {
    const std::uint32_t at = from & c.fifo_mask;
    const std::uint32_t bytes =
        std::min(std::min(to, c.sampled) - from, static_cast<std::uint32_t>(c.fifo.size()) - at);
    std::memcpy(c.direct_dst + from, c.fifo.data() + at, bytes);
    from += bytes;
  }
  if (from < to) std::memcpy(c.direct_dst + from, c.direct_src + from, to - from);
  c.copied = to;
}

void Engine::Impl::copy_all(Cycle t) {
  for (std::uint32_t left = lazy; left != 0; left &= left - 1) {
    Channel& c = channels[first_of(left)];
    if (c.exact || c.phase != Phase::kRunning) {
      lazy &= ~(1u << c.index);
      continue;
    }
    retire(c, t);
    copy(c);
  }
}

/// Takes the bytes that have been read and not yet written into the FIFO.
void Engine::Impl::sample(Channel& c) {
  if (c.exact || c.phase != Phase::kRunning) return;
  for (std::uint32_t from = std::max(c.sampled, c.copied); from < c.rd.done;) {
    const std::uint32_t at = from & c.fifo_mask;
    const std::uint32_t bytes = std::min(c.rd.done - from, static_cast<std::uint32_t>(c.fifo.size()) - at);
    std::memcpy(c.fifo.data() + at, c.direct_src + from, bytes);
    from += bytes;
  }
  c.sampled = std::max(c.sampled, c.rd.done);
}

void Engine::Impl::make_exact(Channel& c) {
  if (c.exact || c.phase != Phase::kRunning) return;
  retire(c, now);
  copy(c);
  sample(c);
  c.exact = true;
  ++epoch;
  update_wake(c);
  touch(c);
}

/// Somebody is about to write `bytes` at `address`: what channels have read of it must not change any more.
void Engine::Impl::protect(std::uint64_t address, std::uint32_t bytes, const std::byte* host) {
  const Range target{address, bytes, host};
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    Channel& c = channels[first_of(left)];
    if (c.phase != Phase::kRunning || c.exact) continue;
    if (overlap(target, range_of(c.rd, c.direct_src)) || overlap(target, range_of(c.wr, c.direct_dst)))
      make_exact(c);
  }
}

/// One burst of data or descriptor, now. Direct memory where the whole burst lies in it, else the port.
AxiStatus Engine::Impl::access(const Burst& burst, const BurstTimes& times, std::byte* data,
                               const Path& path) {
  if (!alone()) {
    copy_all(now);
  } else if (!path.direct && !burst_observer && burst.kind != BurstKind::kDescriptorWriteBack) {
    return port.commit(burst, times, data);  // nobody to take care of
  }
  const std::uint64_t span = burst.fixed ? burst.beat_bytes : burst.bytes;
  const bool direct = path.direct && burst.address >= path.first && burst.address <= path.last &&
                      path.last - burst.address >= span - 1;
  std::byte* host = direct ? path.direct + (burst.address - path.first) : nullptr;
  if (burst.write && burst.kind != BurstKind::kWrite) protect(burst.address, burst.bytes, host);
  BurstEvent event{};
  if (burst_observer) {
    event = {source,
             burst.channel,
             burst.kind,
             burst.master,
             burst.address,
             burst.bytes,
             burst.beats,
             burst.fixed,
             times.accepted,
             times.first_beat,
             times.last_beat,
             times.response,
             0};
    burst_observer->burst_begins(event);
  }
  AxiStatus status = AxiStatus::kOkay;
  if (!direct) {
    status = port.commit(burst, times, data);
  } else if (!burst.fixed) {
    if (burst.write) {
      std::memmove(host, data, burst.bytes);
    } else {
      std::memmove(data, host, burst.bytes);
    }
  } else {
    for (std::uint32_t done = 0; done < burst.bytes; done += burst.beat_bytes) {
      const std::uint32_t bytes = std::min<std::uint32_t>(burst.beat_bytes, burst.bytes - done);
      if (burst.write) {
        std::memcpy(host, data + done, bytes);
      } else {
        std::memcpy(data + done, host, bytes);
      }
    }
  }
  if (burst_observer) {
    event.status = static_cast<std::uint8_t>(status);
    burst_observer->burst(event);
  }
  return status;
}

/// A burst of one side's data.
Burst Engine::Impl::burst_of(const Channel& c, const Side& side, bool write, std::uint32_t position,
                             std::uint32_t bytes, std::uint32_t beats) {
  Burst burst;
  burst.address = side.address(position);
  burst.bytes = bytes;
  burst.beats = static_cast<std::uint16_t>(beats);
  burst.beat_bytes = static_cast<std::uint8_t>(side.shape.width());
  burst.fixed = side.shape.fixed;
  burst.write = write;
  burst.kind = write ? BurstKind::kWrite : BurstKind::kRead;
  burst.channel = static_cast<std::uint8_t>(c.index);
  burst.master = side.master;
  burst.axi_id = static_cast<std::uint32_t>((write ? c.axi_id >> 16 : c.axi_id) & 0xFFFF);
  burst.qos = static_cast<std::uint8_t>((write ? c.axi_qos : c.axi_qos >> 4) & 0xF);
  return burst;
}

/// The oldest burst in flight of one side.
Burst Engine::Impl::describe(const Channel& c, const Side& side, bool write) const {
  const Flight& f = side.flight(side.head);
  return burst_of(c, side, write, side.done_issue, f.end - side.done_issue, f.beats);
}

/// The data of a burst between the port and the FIFO; `at` is the position of its first byte.
AxiStatus Engine::Impl::move(Channel& c, const Burst& burst, const BurstTimes& times, std::uint32_t at,
                             const Path& path) {
  at &= c.fifo_mask;
  std::byte* data = c.fifo.data() + at;
  const std::uint32_t until_wrap = static_cast<std::uint32_t>(c.fifo.size()) - at;
  if (burst.bytes <= until_wrap) return access(burst, times, data, path);
  if (burst.write) {
    std::memcpy(scratch.data(), data, until_wrap);
    std::memcpy(scratch.data() + until_wrap, c.fifo.data(), burst.bytes - until_wrap);
    return access(burst, times, scratch.data(), path);
  }
  const std::uint32_t generation = c.generation;
  const AxiStatus status = access(burst, times, scratch.data(), path);
  if (c.generation == generation) {
    std::memcpy(data, scratch.data(), until_wrap);
    std::memcpy(c.fifo.data(), scratch.data() + until_wrap, burst.bytes - until_wrap);
  }
  return status;
}

void Engine::Impl::retire_read(Channel& c, AxiStatus status) {
  Side& rd = c.rd;
  rd.done_issue = rd.flight(rd.head++).end;
  if (status != AxiStatus::kOkay) {
    fail(c, status == AxiStatus::kDecErr ? kSrcDecErr : kSrcSlvErr);
    rd.ready = c.wr.ready = kNever;
  }
  if (c.error == 0) rd.done = rd.done_issue;
  if (activity_observer) tell_fifo(c);
}

void Engine::Impl::retire_write(Channel& c, AxiStatus status) {
  Side& wr = c.wr;
  const bool carried = wr.flight(wr.head).end <= c.rd.done;  // else its data failed to arrive
  wr.done_issue = wr.flight(wr.head++).end;
  if (!carried) return;
  if (status != AxiStatus::kOkay) {
    if (c.error == 0) wr.failed = true;
    fail(c, status == AxiStatus::kDecErr ? kDstDecErr : kDstSlvErr);
    c.rd.ready = wr.ready = kNever;
  }
  if (!wr.failed) wr.done = wr.done_issue;
  if (activity_observer) tell_fifo(c);
}

/// False if the channel is no longer what it was.
bool Engine::Impl::complete_read(Channel& c) {
  if (asynchronous) {
    const std::uint32_t generation = c.generation;
    const AxiStatus status = collect(c.rd.flight(c.rd.head), nullptr);
    if (c.generation != generation) return false;
    retire_read(c, status);
    return true;
  }
  const Burst burst = describe(c, c.rd, false);
  const Flight& f = c.rd.flight(c.rd.head);
  const BurstTimes times{f.accepted, f.first, f.last, f.last};
  if (c.steady.recording()) record(c, c.rd, times, burst);
  const std::uint32_t generation = c.generation;
  const AxiStatus status = move(c, burst, times, c.rd.done_issue, path_to(c.rd, burst.address, false));
  if (c.generation != generation) return false;
  retire_read(c, status);
  return true;
}

bool Engine::Impl::complete_write(Channel& c) {
  AxiStatus status = AxiStatus::kOkay;
  Flight& f = c.wr.flight(c.wr.head);
  if (asynchronous) {
    const std::uint32_t generation = c.generation;
    status = collect(f, nullptr);
    if (c.generation != generation) return false;
    retire_write(c, status);
    return true;
  }
  if (f.end <= c.rd.done) {
    const Burst burst = describe(c, c.wr, true);
    const BurstTimes times{f.accepted, f.first, f.last, f.response};
    if (c.steady.recording()) record(c, c.wr, times, burst);
    const std::uint32_t generation = c.generation;
    status = move(c, burst, times, c.wr.done_issue, path_to(c.wr, burst.address, true));
    if (c.generation != generation) return false;
  }
  retire_write(c, status);
  return true;
}

/// The port said that paths are no longer what they were: nothing cached is used again. What has been read
/// and not yet written is fetched over the new path, and the rest of the block goes burst by burst.
void Engine::Impl::refresh_paths() {
  paths_stale = false;
  for (std::uint32_t left = active; left != 0; left &= left - 1) {
    Channel& c = channels[first_of(left)];
    if (c.prefetch.under_way()) {
      const ItemAccess& next = c.prefetch.access;
      c.prefetch.path = port.path(next.master, next.address + next.done, false);
    }
    if (c.phase != Phase::kRunning) {
      if (c.phase == Phase::kFetchWait || c.phase == Phase::kFetching) {
        c.rd.path = port.path(c.rd.master, c.access.address + c.access.done, false);
      } else if (c.phase == Phase::kWriteBackWait || c.phase == Phase::kWritingBack) {
        c.wr.path = port.path(c.wr.master, c.access.address + c.access.done, true);
      }
      continue;
    }
    c.rd.path = c.wr.path = Path{1, 0, 0, nullptr};
    c.uniform = false;
    c.direct_src = c.direct_dst = nullptr;
    if (c.exact) continue;  // always so where the port answers later
    c.exact = true;
    const std::uint32_t generation = c.generation;
    for (std::uint32_t from = std::max(c.sampled, c.copied);
         from < c.rd.done && c.generation == generation;) {
      Burst burst;
      burst.address = c.rd.address(from);
      const PlannedBurst planned = plan_burst(c.rd.shape, burst.address, c.rd.done - from);
      burst.bytes = planned.bytes;
      burst.beats = static_cast<std::uint16_t>(planned.beats);
      burst.beat_bytes = static_cast<std::uint8_t>(c.rd.shape.width());
      burst.channel = static_cast<std::uint8_t>(c.index);
      burst.master = c.rd.master;
      std::vector<std::byte> data(burst.bytes);
      access(burst, {now, now, now, now}, data.data(), path_to(c.rd, burst.address, false));
      for (std::uint32_t i = 0; i < burst.bytes; ++i) c.fifo[(from + i) & c.fifo_mask] = data[i];
      from += burst.bytes;
    }
    if (c.generation == generation) update_wake(c);
    touch(c);
  }
}

}  // namespace dmavp::dmac
