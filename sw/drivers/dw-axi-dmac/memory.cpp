// Transfers between places in memory: copies, interleaved, constant, and descriptors without data.
#include <linux/spinlock.h>

#include "drivers/dw-axi-dmac/copy_plan.h"
#include "drivers/dw-axi-dmac/dw-axi-dmac.h"
#include "drivers/dw-axi-dmac/piece_plan.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr u32 kScratchBytes = sizeof(Lli);
constexpr Steps kBoth = {true, true};

unsigned smaller(unsigned a, unsigned b) { return a < b ? a : b; }

/// What all items have in common; with two masters writes use the second.
Value<Ctl> control(const Chip* chip, Steps steps) {
  const unsigned most = chip->max_burst;
  const unsigned fixed = most ? smaller(most, kMaxFixedBurst) : kMaxFixedBurst;
  return kSms(0) | kDms(chip->masters > 1) | kSrcFixed(!steps.src) | kDstFixed(!steps.dst) |
         burst_lengths(steps.src ? most : fixed, steps.dst ? most : fixed);
}

/// Fills the items of a descriptor one after the other.
class Writer {
 public:
  Writer(Descriptor* d, Value<Ctl> common) : d_(d), common_(common), node_(d->first) {}

  void add(const CopyBlock& block) {
    Value<Ctl> ctl = common_ | kSrcTrWidth(block.src_width) | kDstTrWidth(block.dst_width);
    if (!node_->next) ctl = ctl | kLliLast(1) | kNonpostedLastWrite(1);
    node_->start = d_->follow == Follow::kSource ? block.src : block.dst;
    node_->bytes = block.bytes;
    node_->src_width = block.src_width;
    write_item(node_, block.src, block.dst, block.items, ctl, node_->next ? node_->next->address : 0);
    node_ = node_->next;
  }

 private:
  Descriptor* d_;
  Value<Ctl> common_;
  LliNode* node_;
};

Descriptor* take(Channel* c, u32 blocks, u64 length, Follow follow, bool scratch) {
  Descriptor* d = c->pool.take(blocks, scratch);
  if (!d) return nullptr;
  d->follow = follow;
  d->length = static_cast<u32>(length);
  d->vd.bytes = length;
  d->cfg = memory_to_memory(c);
  return d;
}

dma_async_tx_descriptor* prep_memcpy(dma_chan* chan, dma_addr_t dst, dma_addr_t src, size_t length,
                                     unsigned long flags) {
  Channel* c = to_channel(chan);
  if (!length || length > kMaxLength) return nullptr;
  CopyPlan plan(src, dst, length, c->chip->data_width, c->max_items);
  const u32 blocks = plan.count(kMostBlocks);
  Descriptor* d = blocks <= kMostBlocks ? take(c, blocks, length, Follow::kCopy, false) : nullptr;
  if (!d) return nullptr;
  Writer writer(d, control(c->chip, kBoth));
  for (CopyBlock block; plan.next(block);) writer.add(block);
  d->src = src;
  d->dst = dst;
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

/// Constant data: the source is a line of scratch memory that stays put, as wide as the destination's
/// alignment allows.
class Fill {
 public:
  Fill(Channel* c, int value) : c_(c), value_(static_cast<u8>(value)) {}

  bool count(u64 address, u64 length) {
    if (length > kMaxLength - length_) return false;
    length_ += length;
    if (length) blocks_ += plan(address, length).count(kMostBlocks - blocks_);
    return blocks_ <= kMostBlocks;
  }
  /// NULL when nothing has been counted or memory is out. Then everything counted is written, in order.
  Descriptor* start() {
    Descriptor* d = blocks_ ? take(c_, blocks_, length_, Follow::kDestination, true) : nullptr;
    if (d) memset(static_cast<void*>(d->scratch->item), value_, kScratchBytes);
    return d;
  }
  void write(Writer& writer, const Descriptor* d, u64 address, u64 length) const {
    CopyPlan rest = plan(address, length);
    for (CopyBlock block; rest.next(block);) {
      block.src = d->scratch->address;
      writer.add(block);
    }
  }
  Value<Ctl> common() const { return control(c_->chip, {false, true}); }

 private:
  CopyPlan plan(u64 address, u64 length) const {
    return {address, address, length, c_->chip->data_width, c_->max_items};
  }

  Channel* c_;
  u8 value_;
  u64 length_ = 0;
  u32 blocks_ = 0;
};

dma_async_tx_descriptor* prep_memset(dma_chan* chan, dma_addr_t dst, int value, size_t length,
                                     unsigned long flags) {
  Channel* c = to_channel(chan);
  Fill fill(c, value);
  Descriptor* d = fill.count(dst, length) ? fill.start() : nullptr;
  if (!d) return nullptr;
  Writer writer(d, fill.common());
  fill.write(writer, d, dst, length);
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

dma_async_tx_descriptor* prep_memset_sg(dma_chan* chan, scatterlist* sgl, unsigned count, int value,
                                        unsigned long flags) {
  Channel* c = to_channel(chan);
  const ScatterList list({0, false}, sgl, count);
  Fill fill(c, value);
  bool good = true;
  const auto add = [&](const Piece& p) { return good = good && fill.count(p.dst, p.length); };
  each_piece(list, kJoinAll, add);
  Descriptor* d = good ? fill.start() : nullptr;
  if (!d) return nullptr;
  Writer writer(d, fill.common());
  each_piece(list, kJoinAll, [&](const Piece& p) {
    fill.write(writer, d, p.dst, p.length);
    return true;
  });
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

/// No data of the client's: the controller copies a word of scratch memory onto itself, so the descriptor has
/// its turn and its interrupt like any other.
dma_async_tx_descriptor* prep_interrupt(dma_chan* chan, unsigned long flags) {
  Channel* c = to_channel(chan);
  Descriptor* d = take(c, 1, 0, Follow::kCopy, true);
  if (!d) return nullptr;
  memset(static_cast<void*>(d->scratch->item), 0, kScratchBytes);
  const u64 address = d->scratch->address;
  Writer(d, control(c->chip, kBoth)).add({address, address, 1, 1, 0, 0});
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

/// What the configuration names for an address that stays put; bytes where it names nothing.
FixedWidths fixed_widths(Channel* c) {
  const auto width = [](dma_slave_buswidth w) {
    return w == DMA_SLAVE_BUSWIDTH_UNDEFINED ? u8{0} : static_cast<u8>(__builtin_ctz(static_cast<u32>(w)));
  };
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  const FixedWidths widths = {width(c->peripheral.src_addr_width), width(c->peripheral.dst_addr_width)};
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return widths;
}

Follow what_moves(Steps steps) {
  return steps.dst ? Follow::kDestination : steps.src ? Follow::kSource : Follow::kNeither;
}

/// Items for all pieces, or 0 with a line in the log.
u32 count_blocks(Channel* c, const TemplateList& list, FixedWidths fixed) {
  u32 blocks = 0;
  bool good = true;
  each_piece(list, kJoinAll, [&](const Piece& piece) {
    const PiecePlan plan(piece, list.steps(), fixed, c->chip->data_width, c->max_items);
    const u32 more = plan.count(kMostBlocks - blocks);
    good = more && more <= kMostBlocks - blocks;
    if (!plan.possible())
      dev_err(c->chip->dev, "%s: chunks of %llu bytes do not fill accesses of 1 << %u and 1 << %u bytes\n",
              channel_name(c), static_cast<unsigned long long>(piece.length), fixed.src, fixed.dst);
    else if (!good)
      dev_err(c->chip->dev, "%s: a template of more than %u blocks\n", channel_name(c), kMostBlocks);
    blocks += good ? more : 0;
    return good;
  });
  return good ? blocks : 0;
}

}  // namespace

dma_async_tx_descriptor* prep_interleaved_memory(Channel* c, dma_interleaved_template* xt,
                                                 unsigned long flags) {
  const TemplateList list(xt);
  const Steps steps = list.steps();
  const u64 length = list.bytes(kMaxLength);
  if (!length) {
    dev_err(c->chip->dev, "%s: a template of no bytes, or of more than %llu\n", channel_name(c),
            static_cast<unsigned long long>(kMaxLength));
    return nullptr;
  }
  const FixedWidths fixed = fixed_widths(c);
  const u32 blocks = count_blocks(c, list, fixed);
  Descriptor* d = blocks ? take(c, blocks, length, what_moves(steps), false) : nullptr;
  if (!d) return nullptr;
  d->repeat = flags & DMA_PREP_REPEAT;
  Writer writer(d, control(c->chip, steps));
  each_piece(list, kJoinAll, [&](const Piece& piece) {
    PiecePlan plan(piece, steps, fixed, c->chip->data_width, c->max_items);
    for (CopyBlock block; plan.next(block);) writer.add(block);
    return true;
  });
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

void setup_memory_operations(Chip* chip) {
  dma_device* dma = &chip->dma;
  dma_cap_set(DMA_MEMCPY, dma->cap_mask);
  dma_cap_set(DMA_MEMSET, dma->cap_mask);
  dma_cap_set(DMA_MEMSET_SG, dma->cap_mask);
  dma_cap_set(DMA_INTERRUPT, dma->cap_mask);
  dma->copy_align = DMAENGINE_ALIGN_1_BYTE;
  dma->fill_align = DMAENGINE_ALIGN_1_BYTE;
  dma->device_prep_dma_memcpy = prep_memcpy;
  dma->device_prep_dma_memset = prep_memset;
  dma->device_prep_dma_memset_sg = prep_memset_sg;
  dma->device_prep_dma_interrupt = prep_interrupt;
}

}  // namespace dmavp::dw_axi_dmac
