// Phases of a transfer: start, blocks, stops and errors (spec dw-axi-dmac 3.4, 3.5, 5.3, 5.4, 5.9).
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

constexpr std::uint8_t kLockBlock = 1;  ///< LOCK_CH_L

bool is_shadow(MultiBlock type) { return type == MultiBlock::kShadow; }

/// Shadow registers on one side exclude a linked list on the other (3.6).
bool legal(MultiBlock src, MultiBlock dst) {
  return !((is_list(src) && is_shadow(dst)) || (is_shadow(src) && is_list(dst)));
}

std::uint32_t ring_size(std::uint32_t entries) {
  std::uint32_t size = 1;
  while (size < entries) size <<= 1;
  return size;
}

}  // namespace

/// Room for the bursts and bytes that may be in flight in the block that starts. Bursts stay readable behind
/// their end where a limit looks back at them.
void Engine::Impl::size_rings(Channel& c) {
  constexpr std::uint32_t kResponsesAwaited = 64;  // where slots do not wait for them
  Side& rd = c.rd;
  Side& wr = c.wr;
  rd.mask = ring_size(rd.limit) - 1;
  wr.mask = (p.write_slot_release == SlotRelease::kResponse ? ring_size(wr.limit) : kResponsesAwaited) - 1;
  if (looks_back) {  // at one more than can be in flight
    rd.mask = ring_size(std::max(rd.limit, p.copy_limit) + 1) - 1;
    wr.mask = std::max({wr.mask + wr.mask + 1, rd.mask});
  }
  for (Side* side : {&rd, &wr}) {
    if (side->ring.size() <= side->mask) side->ring.resize(side->mask + 1);
  }
  std::uint32_t bytes = fifo_size;
  if (p.fifo_credit == FifoCredit::kBeat)
    bytes =
        std::max({bytes, (rd.limit + 2) * rd.shape.max_bytes, 2 * (rd.shape.max_bytes + wr.shape.max_bytes)});
  // Where space is free before the response, the bytes on their way are kept somewhere else.
  if (!asynchronous && frees_early()) bytes += std::min(wr.limit, 16u) * wr.shape.max_bytes;
  if (c.fifo.size() < bytes) {
    c.fifo.resize(ring_size(bytes));
    c.fifo_mask = static_cast<std::uint32_t>(c.fifo.size()) - 1;
  }
}

void Engine::Impl::notify(const Channel& c, BlockPhase phase, std::uint64_t bytes) {
  if (!block_observer) return;
  block_observer->block({source, c.index, phase, clock.time_of(now), c.list ? c.item_address : 0, bytes});
}

void Engine::Impl::diagnose(const Channel& c, Severity severity, const char* kind, const char* message) {
  client.diagnostic(c.index, severity, kind, message, now);
}

std::uint8_t Engine::Impl::master_of(unsigned wanted) const {
  return p.num_masters > 1 ? static_cast<std::uint8_t>(wanted & 1) : std::uint8_t{0};
}

bool Engine::Impl::is_last(const Channel& c) const {
  if (c.list || c.shadow) return c.ctl.last();
  return c.config.src_multiblk == MultiBlock::kContiguous && c.config.dst_multiblk == MultiBlock::kContiguous;
}

void Engine::Impl::on_wake(Channel& c, Cycle t) {
  c.wake = kNever;
  switch (c.phase) {
    case Phase::kStarting:
    case Phase::kDecoding:
      if (c.suspend) {
        c.held = true;
      } else if (c.phase == Phase::kStarting) {
        begin_transfer(c, t);
      } else {
        start_block(c, t);
      }
      return;
    case Phase::kFetching:
      fetch_done(c, t);
      return;
    case Phase::kRunning:
      running_event(c, t);
      return;
    case Phase::kWritingBack:
      write_back_done(c, t);
      return;
    case Phase::kDone:
      finish(c, kDmaTfrDone, BlockPhase::kTransferDone);
      return;
    case Phase::kOff:
    case Phase::kFetchWait:
    case Phase::kPrefetchWait:
    case Phase::kWriteBackWait:
    case Phase::kHalted:
    case Phase::kTypeHalted:
      return;
  }
}

void Engine::Impl::begin_transfer(Channel& c, Cycle t) {
  const MultiBlock src = c.config.src_multiblk;
  const MultiBlock dst = c.config.dst_multiblk;
  c.list = c.shadow = false;
  if (!legal(src, dst)) {
    c.phase = Phase::kTypeHalted;
    client.channel_event(c.index, kSlvifMultiBlkTypeErr, t);
    return;
  }
  if (is_list(src) || is_list(dst)) {
    request_fetch(c, t);
    return;
  }
  if (is_shadow(src) || is_shadow(dst)) {
    c.shadow = true;
    ShadowSet set;
    if (c.set_taken) {
      set = c.set;
      c.set_taken = false;
    } else if (!client.take_shadow_set(c.index, set)) {
      c.phase = Phase::kHalted;
      notify(c, BlockPhase::kInvalidItem);
      client.channel_event(c.index, kShadowOrLliInvalidErr, t);
      return;
    }
    if (is_shadow(src)) c.sar = set.sar;
    if (is_shadow(dst)) c.dar = set.dar;
    c.block_ts = set.block_ts;
    c.ctl.raw = set.ctl.raw & ~kCtlValid;
  }
  start_block(c, t);
}

// --- blocks
// ---------------------------------------------------------------------------------------------------

void Engine::Impl::start_block(Channel& c, Cycle t) {
  account_to(c, c.rd, t, Cause::kDescriptor);
  account_to(c, c.wr, t, Cause::kDescriptor);
  bool src_clipped = false;
  bool dst_clipped = false;
  const std::uint8_t src_width = clip_width(p, c.ctl.src_width_code(), src_clipped);
  const std::uint8_t dst_width = clip_width(p, c.ctl.dst_width_code(), dst_clipped);
  const std::uint32_t generation = c.generation;
  if (src_clipped || dst_clipped) {
    diagnose(c, Severity::kWarning, "dmac.width-clipped",
             src_clipped ? "SRC_TR_WIDTH is wider than the master port; the port's width is used"
                         : "DST_TR_WIDTH is wider than the master port; the port's width is used");
  }
  Side& rd = c.rd;
  Side& wr = c.wr;
  rd.shape = make_shape(p, src_width, c.ctl.src_fixed(), c.ctl.arlen_en(), c.ctl.arlen());
  wr.shape = make_shape(p, dst_width, c.ctl.dst_fixed(), c.ctl.awlen_en(), c.ctl.awlen());
  rd.base = c.sar & address_mask;
  wr.base = c.dar & address_mask;
  const bool src_off = (rd.base & (rd.shape.width() - 1)) != 0;
  const bool dst_off = (wr.base & (wr.shape.width() - 1)) != 0;
  if (src_off || dst_off) {
    diagnose(c, Severity::kWarning, "dmac.unaligned-address",
             src_off ? "SAR is not aligned to SRC_TR_WIDTH" : "DAR is not aligned to DST_TR_WIDTH");
    // A FIXED burst has no next boundary to reach: its beats are always whole.
    if (!p.unaligned_byte_exact || rd.shape.fixed) rd.base &= ~std::uint64_t{rd.shape.width() - 1};
    if (!p.unaligned_byte_exact || wr.shape.fixed) wr.base &= ~std::uint64_t{wr.shape.width() - 1};
    c.sar = rd.base;
    c.dar = wr.base;
  }
  rd.total = ((c.block_ts & kItemsMask) + 1) << src_width;
  const std::uint32_t residue = rd.total & (wr.shape.width() - 1);
  wr.total = rd.total;
  if (residue != 0 && p.residue_policy == ResiduePolicy::kDrop) {
    wr.total -= residue;
    diagnose(c, Severity::kWarning, "dmac.residue-dropped",
             "The block is no multiple of DST_TR_WIDTH; its last bytes are dropped");
  }
  if (c.generation != generation) return;

  rd.master = master_of(c.ctl.src_master());
  wr.master = master_of(c.ctl.dst_master());
  rd.limit = p.read_limit != 0 ? p.read_limit : std::max<std::uint32_t>(c.config.src_osr_limit, 1);
  wr.limit = p.write_limit != 0 ? p.write_limit : std::max<std::uint32_t>(c.config.dst_osr_limit, 1);
  size_rings(c);
  for (Side* side : {&rd, &wr}) {
    side->pos = side->done = side->done_issue = 0;
    side->count = side->head = side->accounted = 0;
    side->failed = false;
    side->since = t;
    side->path = Path{1, 0, 0, nullptr};
  }
  start_handshakes(c);
  c.aligned = !looks_back && ((rd.base | rd.shape.max_bytes) & (rd.shape.max_bytes - 1)) == 0 &&
              ((wr.base | wr.shape.max_bytes) & (wr.shape.max_bytes - 1)) == 0;
  c.phase = Phase::kRunning;
  c.wake = kNever;
  c.source_stopped = false;
  choose_data_path(c);
  begin_chain(c);
  c.block_bytes = rd.total != kUnknownTotal ? rd.total : 0;
  notify(c, BlockPhase::kBlockStart, c.block_bytes);
  plan_reader(c, t);
  plan_writer(c, t);
  update_wake(c);
  take_lock(c);
  start_prefetch(c, t);
  open_transactions(c, t);
}

/// Something of a running block is due: bursts complete, the channel drains, the block ends.
void Engine::Impl::running_event(Channel& c, Cycle t) {
  c.wake = kNever;
  const std::uint32_t generation = c.generation;
  if (c.exact) {
    while (c.rd.in_flight() && c.rd.flight(c.rd.head).last <= t) {
      if (!complete_read(c) || !close_transaction(c, c.rd, t)) return;
    }
    while (c.wr.in_flight() && c.wr.flight(c.wr.head).response <= t && data_arrived(c)) {
      if (!complete_write(c) || !close_transaction(c, c.wr, t)) return;
    }
    open_transactions(c, t);
    if (c.generation != generation) return;
    if (!end_chained(c, t)) return;
  }
  retire(c, t);
  if (c.suspend && !c.source_stopped && !c.rd.in_flight()) {
    c.source_stopped = true;
    client.channel_event(c.index, kChSrcSuspended, t);
    if (c.generation != generation) return;
  }
  if (c.draining() && c.wr.ready == kNever) plan_writer(c, t);
  if (c.rd.in_flight() || c.wr.in_flight() || c.wr.ready != kNever) {
    update_wake(c);
  } else if (c.error != 0) {
    finish(c, c.error, BlockPhase::kError);
  } else if (c.disabling && drained(c)) {
    finish(c, kChDisabled, BlockPhase::kDisabled);
  } else if (c.suspend && drained(c) && c.prefetch.state == Prefetch::kFlying) {
    c.prefetch.delays_suspension = true;
  } else if (c.suspend && drained(c)) {
    copy(c);
    sample(c);
    c.suspended = true;
    c.wake = kNever;
    notify(c, BlockPhase::kSuspended, c.wr.done);
    client.channel_event(c.index, kChSuspended, t);
  } else if (c.complete()) {
    end_block(c, t);
  } else {
    update_wake(c);
  }
}

void Engine::Impl::end_block(Channel& c, Cycle t) {
  copy(c);
  account_to(c, c.rd, t, Cause::kMemory);
  account_to(c, c.wr, t, Cause::kMemory);
  c.rd.ready = c.wr.ready = kNever;
  c.sar = c.rd.address(c.rd.total) & address_mask;
  c.dar = c.wr.address(c.wr.total) & address_mask;
  c.completed_items =
      ((c.rd.total - chain_begin(c)) >> c.rd.shape.width_log2) - (p.cmpltd_counts_from_zero ? 1 : 0);
  c.chain.clear();
  c.left_items = 0;
  ++c.blocks;
  for (Side* side : {&c.rd, &c.wr}) {
    side->bytes_before += side->done;
    side->bursts_before += side->head;
    side->done = side->pos = side->total = side->done_issue = 0;
    side->count = side->head = side->accounted = 0;
  }
  c.copied = c.sampled = 0;
  if (activity_observer) tell_fifo(c);
  c.status_due = static_cast<std::uint8_t>((p.src_stat_en && c.ctl.src_stat_en() ? kSourceStatus : 0) |
                                           (p.dst_stat_en && c.ctl.dst_stat_en() ? kDestinationStatus : 0));
  if (c.config.lock_level == kLockBlock) release_lock(c);
  retire_block(c, t);
}

void Engine::Impl::block_finished(Channel& c, Cycle t) {
  const std::uint32_t generation = c.generation;
  const bool last = is_last(c);
  if (!last && c.config.src_multiblk == MultiBlock::kReload) c.sar = c.reload_sar;
  if (!last && c.config.dst_multiblk == MultiBlock::kReload) c.dar = c.reload_dar;
  c.phase = Phase::kDone;
  c.wake = kNever;
  notify(c, BlockPhase::kBlockDone, c.block_bytes);
  if (c.ctl.ioc()) {
    client.channel_event(c.index, kBlockTfrDone, t);
    if (c.generation != generation) return;
  }
  if (last) {
    c.wake = t + p.done_latency;
    return;
  }
  if (c.list || c.shadow) {
    begin_transfer(c, t);
  } else {
    start_block(c, t);
  }
}

// --- stops
// ----------------------------------------------------------------------------------------------------

/// What a stop makes due at once. Whoever its last bursts reach finds the engine at work, as in advance().
void Engine::Impl::stop_now(Channel& c) {
  if (c.wake > now || busy) return;
  busy = true;
  running_event(c, now);
  busy = false;
}

/// A channel outside a block has no data to drain: both suspension events come together.
void Engine::Impl::report_suspended(Channel& c, Cycle t) {
  if (c.prefetch.state == Prefetch::kFlying) {
    c.prefetch.delays_suspension = true;
    return;
  }
  c.source_stopped = true;
  c.suspended = true;
  notify(c, BlockPhase::kSuspended);
  client.channel_event(c.index, kChSrcSuspended | kChSuspended, t);
}

void Engine::Impl::fail(Channel& c, IntStatus bit) {
  if (c.error == 0) c.error = bit;
  foreseen = 0;
}

/// Suspend, disable and abort lift the lock of a channel, and its settings (5.4).
void Engine::Impl::clear_lock(Channel& c) {
  release_lock(c);
  if (!c.config.lock || !p.lock_en) return;
  c.config.lock = false;
  client.channel_event(c.index, kChLockCleared, now);
}

/// Leaves the registers as they are now and the channel disabled; what is in flight never becomes visible.
void Engine::Impl::teardown(Channel& c) {
  if (asynchronous) drop_requests(c);
  if (c.phase == Phase::kRunning) {
    retire(c, now);
    copy(c);
    c.sar = address_of(c, c.rd, c.rd.done);
    c.dar = address_of(c, c.wr, c.wr.done);
    c.completed_items = (c.wr.done - chain_begin(c)) >> c.rd.shape.width_log2;
    c.left_items = (c.rd.done - std::min(c.wr.done, c.rd.done)) >> c.rd.shape.width_log2;
    for (Side* side : {&c.rd, &c.wr}) {
      side->bytes_before += side->done;
      side->bursts_before += side->head;
    }
  }
  account_both(c, now);
  for (Side* side : {&c.rd, &c.wr}) {
    unwind(*side, now, side->cycles);
    side->cursor = now;
    if (activity_observer) tell_side(c, *side, Cause::kIdle, now);
    side->done = side->pos = side->total = side->done_issue = 0;
    side->count = side->head = side->accounted = 0;
    side->ready = kNever;
  }
  if (activity_observer) tell_fifo(c);
  ++c.generation;
  release_lock(c);
  c.prefetch.state = Prefetch::kNone;
  c.chain.clear();
  c.set_taken = false;
  c.copied = c.sampled = 0;
  c.exact = false;
  c.enabled = c.suspend = c.suspended = c.source_stopped = c.disabling = c.held = false;
  c.error = 0;
  c.phase = Phase::kOff;
  c.wake = kNever;
  active &= ~(1u << c.index);
  touch(c);
}

/// CH_EN is cleared before anybody hears of the end.
void Engine::Impl::finish(Channel& c, IntStatus bits, BlockPhase phase) {
  const std::uint64_t bytes = phase == BlockPhase::kTransferDone ? c.block_bytes : c.wr.done;
  teardown(c);
  notify(c, phase, bytes);
  client.channel_event(c.index, bits, now);
}

}  // namespace dmavp::dmac
