// Items of linked lists and statuses: fetched, taken, written back (spec dw-axi-dmac 3.1 to 3.3).
#include <algorithm>

#include "dmac/engine_impl.h"

namespace dmavp::dmac {

namespace {

constexpr std::uint32_t kStatusBytes = 4;

}  // namespace

void Engine::Impl::request_fetch(Channel& c, Cycle t) {
  const ItemAccess next = fetch_of(c.llp);
  c.item_address = next.address;
  c.item_master = next.master;
  c.list = true;
  if (take_prefetched(c, t)) return;
  c.access = next;
  request_access(c, t);
}

/// Reading the item that an LLP names.
ItemAccess Engine::Impl::fetch_of(std::uint64_t llp) const {
  return {BurstKind::kDescriptorFetch, llp & kLlpAddress & address_mask, kLliFetchBytes, 0,
          master_of(static_cast<unsigned>(llp & kLlpMaster))};
}

/// The next burst of a descriptor or status: one if the limits of AxLEN allow.
PlannedBurst Engine::Impl::plan_access(const ItemAccess& access, SideShape& shape) const {
  bool clipped = false;
  shape = make_shape(p, clip_width(p, kReservedWidthCode, clipped), false, false, 0);
  if (access.kind == BurstKind::kStatusFetch) shape.width_log2 = std::min<std::uint8_t>(shape.width_log2, 2);
  shape.max_bytes = longest_burst(p) << shape.width_log2;
  return plan_burst(shape, access.address + access.done, access.length - access.done);
}

Burst Engine::Impl::describe_access(const Channel& c, const ItemAccess& access, std::uint32_t bytes,
                                    std::uint32_t beats, const SideShape& shape) const {
  Burst burst;
  burst.address = access.address + access.done;
  burst.bytes = bytes;
  burst.beats = static_cast<std::uint16_t>(beats);
  burst.beat_bytes = static_cast<std::uint8_t>(shape.width());
  burst.kind = access.kind;
  burst.write = access.kind == BurstKind::kDescriptorWriteBack;
  burst.channel = static_cast<std::uint8_t>(c.index);
  burst.master = access.master;
  burst.axi_id = static_cast<std::uint32_t>((burst.write ? c.axi_id >> 16 : c.axi_id) & 0xFFFF);
  burst.qos = static_cast<std::uint8_t>((burst.write ? c.axi_qos : c.axi_qos >> 4) & 0xF);
  return burst;
}

void Engine::Impl::request_access(Channel& c, Cycle t) {
  const bool write = c.access.kind == BurstKind::kDescriptorWriteBack;
  Side& side = write ? c.wr : c.rd;
  side.master = c.access.master;
  side.path = port.path(side.master, c.access.address + c.access.done, write);
  side.latency = side.path.latency;
  const PlannedBurst burst = plan_access(c.access, side.shape);
  side.bytes = burst.bytes;
  side.beats = burst.beats;
  c.phase = write ? Phase::kWriteBackWait : Phase::kFetchWait;
  c.wake = kNever;
  c.held = c.suspend;
  side.ready = c.suspend ? kNever : t;
}

/// A burst of an item or status has been read.
void Engine::Impl::fetch_done(Channel& c, Cycle t) {
  Side& rd = c.rd;
  const Burst burst = describe_access(c, c.access, rd.bytes, rd.beats, rd.shape);
  Flight& f = rd.ring[0];
  const std::uint32_t generation = c.generation;
  std::byte* const data = c.item.data() + c.access.done;
  const AxiStatus status =
      asynchronous ? collect(f, data) : access(burst, {f.accepted, f.first, f.last, f.last}, data, rd.path);
  if (c.generation != generation) return;
  const bool item = c.access.kind == BurstKind::kDescriptorFetch;
  if (status != AxiStatus::kOkay) {
    const bool decode = status == AxiStatus::kDecErr;
    if (item) {
      fail(c, decode ? kLliRdDecErr : kLliRdSlvErr);
    } else if ((c.status_due & kSourceStatus) != 0) {
      fail(c, decode ? kSrcDecErr : kSrcSlvErr);
    } else {
      fail(c, decode ? kDstDecErr : kDstSlvErr);
    }
    finish(c, c.error, BlockPhase::kError);
    return;
  }
  c.access.done += burst.bytes;
  if (c.access.done == c.access.length) {
    if (item) {
      ++c.lli_fetches;
      item_fetched(c, t);
    } else {
      status_fetched(c, t);
    }
  } else if (c.disabling) {
    finish(c, kChDisabled, BlockPhase::kDisabled);
  } else {
    request_access(c, t);
    if (c.suspend) report_suspended(c, t);
  }
}

/// c.item holds the item of the next block.
void Engine::Impl::item_fetched(Channel& c, Cycle t) {
  const std::uint32_t generation = c.generation;
  const LinkedListItem next = decode_lli(c.item.data());
  if (c.disabling) {
    finish(c, kChDisabled, BlockPhase::kDisabled);
    return;
  }
  if (!next.ctl.valid()) {
    c.phase = Phase::kHalted;
    notify(c, BlockPhase::kInvalidItem);
    client.channel_event(c.index, kShadowOrLliInvalidErr, t);
    if (c.generation == generation && c.suspend) report_suspended(c, t);
    return;
  }
  if (is_list(c.config.src_multiblk)) c.sar = next.sar;
  if (is_list(c.config.dst_multiblk)) c.dar = next.dar;
  const std::uint32_t block_ts_bits = block_ts_mask(p, c.index);
  if ((next.block_ts & ~block_ts_bits) != 0) {
    diagnose(c, Severity::kWarning, "dmac.block-ts-cut",
             "BLOCK_TS of the item is larger than the channel implements; its upper bits are lost");
    if (c.generation != generation) return;
  }
  c.block_ts = next.block_ts & block_ts_bits;
  c.ctl = next.ctl;
  c.llp = next.llp & (kLlpAddress | kLlpMaster);
  c.phase = Phase::kDecoding;
  c.wake = t + p.lli_decode_latency;
  if (c.suspend) report_suspended(c, t);
}

void Engine::Impl::status_fetched(Channel& c, Cycle t) {
  std::uint32_t value = 0;
  for (unsigned i = kStatusBytes; i-- > 0;) value = value << 8 | std::to_integer<std::uint32_t>(c.item[i]);
  const bool of_source = (c.status_due & kSourceStatus) != 0;
  c.fetched_status[of_source ? 0 : 1] = value;
  c.status_due &= static_cast<std::uint8_t>(of_source ? ~kSourceStatus : 0);
  if (c.disabling) {
    finish(c, kChDisabled, BlockPhase::kDisabled);
    return;
  }
  retire_block(c, t);
}

/// Behind the last response of a block: statuses are fetched, the item is written back (3.2).
void Engine::Impl::retire_block(Channel& c, Cycle t) {
  const bool held = c.suspend;
  if (c.status_due != 0) {
    const bool of_source = (c.status_due & kSourceStatus) != 0;
    const std::uint64_t address = c.status_address[of_source ? 0 : 1] & ~std::uint64_t{kStatusBytes - 1};
    c.access = {BurstKind::kStatusFetch, address & address_mask, kStatusBytes, 0,
                master_of(of_source ? c.ctl.src_master() : c.ctl.dst_master())};
  } else if (c.list && p.lli_wb_en) {
    LliWriteBack status;
    status.ctl.raw = c.ctl.raw & ~kCtlValid;
    status.sstat = c.fetched_status[0];
    status.dstat = c.fetched_status[1];
    status.completed_items = c.completed_items;
    status.block_done = true;
    status.transfer_done = c.ctl.last();
    encode_write_back(status, c.item.data());
    c.access = {BurstKind::kDescriptorWriteBack, c.item_address + kLliWriteBackOffset, kLliWriteBackBytes, 0,
                c.item_master};
  } else {
    c.access.done = c.access.length;
    go_on(c, t);
    return;
  }
  request_access(c, t);
  if (held) report_suspended(c, t);
}

void Engine::Impl::write_back_done(Channel& c, Cycle t) {
  if (c.access.done == c.access.length) {  // held by a suspension until now
    block_finished(c, t);
    return;
  }
  Side& wr = c.wr;
  const Burst burst = describe_access(c, c.access, wr.bytes, wr.beats, wr.shape);
  Flight& f = wr.ring[0];
  const std::uint32_t generation = c.generation;
  const AxiStatus status = asynchronous ? collect(f, nullptr)
                                        : access(burst, {f.accepted, f.first, f.last, f.response},
                                                 c.item.data() + c.access.done, wr.path);
  if (c.generation != generation) return;
  if (status != AxiStatus::kOkay) {
    fail(c, status == AxiStatus::kDecErr ? kLliWrDecErr : kLliWrSlvErr);
    finish(c, c.error, BlockPhase::kError);
    return;
  }
  if (c.disabling) {
    finish(c, kChDisabled, BlockPhase::kDisabled);
    return;
  }
  c.access.done += burst.bytes;
  if (c.access.done == c.access.length) {
    go_on(c, t);
    return;
  }
  request_access(c, t);
  if (c.suspend) report_suspended(c, t);
}

/// The block is retired; what follows waits for the end of a suspension.
void Engine::Impl::go_on(Channel& c, Cycle t) {
  if (!c.suspend) {
    block_finished(c, t);
    return;
  }
  c.phase = Phase::kWritingBack;
  c.wake = kNever;
  c.held = true;
  report_suspended(c, t);
}

}  // namespace dmavp::dmac
