// How far a transfer has come, from registers that change while they are read.
#include <linux/io.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr unsigned kTries = 4;       // for values that agree
constexpr unsigned kMostTries = 16;  // for values of one item

u64 read(const Channel* c, u32 offset) { return ioread64(c->regs + offset); }

/// SAR and DAR run through the two ranges of a copy without a jump, so together they tell both counts at any
/// moment. LLP leaves the first item's address when that item has been fetched; before that SAR and DAR are
/// of the past. DAR is read last and is what the residue is true for; SAR read before it can only be too low,
/// never invents bytes in flight.
Progress copy_progress(Channel* c, const Descriptor* d) {
  Progress progress = {0, 0};
  u64 sar = 0, dar = 0;
  for (unsigned i = 0; i < kTries; i++) {
    if (i == 0 && read(c, reg::kLlp) == d->first->address) return progress;
    sar = read(c, reg::kSar);
    dar = read(c, reg::kDar);
    if (sar - d->src <= d->length && dar - d->dst <= d->length) break;
  }
  if (dar - d->dst > d->length) return progress;
  progress.written = static_cast<u32>(dar - d->dst);
  const u64 taken = sar - d->src;
  if (taken <= d->length && taken > progress.written)
    progress.in_flight = static_cast<u32>(taken) - progress.written;
  return progress;
}

/// Where a transfer of items stands.
struct Place {
  const LliNode* node;  ///< NULL before the first fetch
  u64 before;           ///< bytes of the items before it
  u32 offset;           ///< within the item, of the side that tells
  Value<ChStatus> status;
};

bool holds(const LliNode* node, u64 address) { return address - node->start <= node->bytes; }

/// LLP points behind the item that runs; the address has to agree, as LLP may already have moved on when
/// items are fetched ahead.
Place find(const Descriptor* d, u64 llp, u64 address, Value<ChStatus> status) {
  Place place = {nullptr, 0, 0, status};
  if (llp == d->first->address && (!d->cyclic || !holds(d->last, address) || address == d->first->start))
    return place;
  const LliNode* previous = nullptr;
  u64 before = 0;
  for (const LliNode* node = d->first; node; node = node->next) {
    const dma_addr_t behind = node->next ? node->next->address : d->cyclic ? d->first->address : 0;
    if (behind == llp) {
      place.node = node;
      place.before = before;
      if (!holds(node, address) && previous && holds(previous, address)) {
        place.node = previous;
        place.before = before - previous->bytes;
      }
      if (holds(place.node, address)) place.offset = static_cast<u32>(address - place.node->start);
      return place;
    }
    before += node->bytes;
    previous = node;
  }
  return place;
}

/// Reads until nothing has changed in between. Where data move faster than registers are read, the address
/// at least is of the item that LLP tells, and the status may be a little newer.
Place place_of(Channel* c, const Descriptor* d) {
  const u32 side = d->follow == Follow::kSource ? reg::kSar : reg::kDar;
  u64 llp = read(c, reg::kLlp);
  u64 address = 0;
  Value<ChStatus> status;
  for (unsigned i = 0; i < kMostTries; i++) {
    address = read(c, side);
    status.raw = read(c, reg::kStatus);
    const u64 address_again = read(c, side);
    const u64 llp_again = read(c, reg::kLlp);
    const bool one_item = llp_again == llp;
    llp = llp_again;
    if (one_item && (address_again == address || i + 1 >= kTries)) break;
  }
  return find(d, llp, address, status);
}

u32 smaller(u64 a, u64 b) { return static_cast<u32>(a < b ? a : b); }

/// An address that does not move tells nothing: what of the bytes taken from the source has arrived, and what
/// has been taken ahead of the destination, is in STATUS.
Progress item_progress(Channel* c, const Descriptor* d) {
  const Place place = place_of(c, d);
  if (!place.node) return {0, 0};
  const u64 completed = kCompletedItems.of(place.status) << place.node->src_width;
  const u64 in_fifo = kItemsInFifo.of(place.status) << place.node->src_width;
  u32 written = place.offset;
  u32 in_flight = 0;
  if (d->follow == Follow::kSource) {
    written = smaller(completed, place.offset);
    in_flight = place.offset - written;
  } else {
    if (d->follow == Follow::kNeither) written = smaller(completed, place.node->bytes);
    in_flight = smaller(in_fifo, place.node->bytes - written);
  }
  const u64 total = place.before + written;
  return {static_cast<u32>(d->goes_round() ? total % d->length : total), in_flight};
}

}  // namespace

Progress progress_of(Channel* c, const Descriptor* d) {
  if (!d->length) return {0, 0};
  return d->follow == Follow::kCopy ? copy_progress(c, d) : item_progress(c, d);
}

u32 moved_by(Channel* c, const Descriptor* d) {
  if (!c->chip->write_back)
    return static_cast<u32>(kCompletedItems.of(Value<ChStatus>{read(c, reg::kStatus)})
                            << d->first->src_width);
  u64 moved = 0;
  for (const LliNode* node = d->first; node; node = node->next)
    moved += kCompletedItems.of(Value<ChStatus>{le64_to_cpu(node->item->status)}) << node->src_width;
  return static_cast<u32>(moved);
}

RunningItem running_item(Channel* c, const Descriptor* d) {
  const Place place = place_of(c, d);
  if (!place.node) return {nullptr, false};
  return {place.node, place.offset == place.node->bytes && !kItemsInFifo.of(place.status)};
}

}  // namespace dmavp::dw_axi_dmac
