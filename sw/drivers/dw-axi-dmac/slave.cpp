// Transfers between memory and a peripheral: configuration, scatter lists, rings, and the device tree's cell.
#include <linux/err.h>
#include <linux/scatterlist.h>
#include <linux/spinlock.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"
#include "drivers/dw-axi-dmac/pieces.h"
#include "drivers/dw-axi-dmac/slave_plan.h"

namespace dmavp::dw_axi_dmac {
namespace {

unsigned smaller(unsigned a, unsigned b) { return a < b ? a : b; }

/// Registers of a peripheral are 1, 2, 4, ... bytes wide, as far as the bus goes.
bool legal_width(const Chip* chip, dma_slave_buswidth width) {
  const auto bytes = static_cast<u32>(width);
  return bytes && !(bytes & (bytes - 1)) && bytes <= 1u << chip->data_width;
}

/// One side of a configuration; a side without a width is memory. 0 or -EINVAL.
int check_side(Channel* c, const char* side, phys_addr_t address, dma_slave_buswidth width, u32 window) {
  struct device* dev = c->chip->dev;
  if (width == DMA_SLAVE_BUSWIDTH_UNDEFINED) return 0;
  if (!legal_width(c->chip, width)) {
    dev_err(dev, "%s: %s register width of %d bytes on a %u-bit bus\n", channel_name(c), side,
            static_cast<int>(width), 8u << c->chip->data_width);
    return -EINVAL;
  }
  if (address & (static_cast<u64>(width) - 1)) {
    dev_err(dev, "%s: %s register 0x%llx is not aligned to its %d bytes\n", channel_name(c), side,
            static_cast<unsigned long long>(address), static_cast<int>(width));
    return -EINVAL;
  }
  if (window > 1) {
    dev_err(dev, "%s: a window of %u registers cannot be walked, the address is fixed\n", channel_name(c),
            window);
    return -EINVAL;
  }
  return 0;
}

/// Copied: the client may reuse its structure, and what is prepared already keeps what it was prepared with
/// (K12).
int config(dma_chan* chan, dma_slave_config* cfg) {
  Channel* c = to_channel(chan);
  int ret = check_side(c, "source", cfg->src_addr, cfg->src_addr_width, cfg->src_port_window_size);
  if (ret) return ret;
  ret = check_side(c, "destination", cfg->dst_addr, cfg->dst_addr_width, cfg->dst_port_window_size);
  if (ret) return ret;
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  c->peripheral = *cfg;
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return 0;
}

/// What one direction of a channel means for each of its blocks.
struct Peripheral {
  SlavePlan::Device device;
  u64 address;
  bool memory_fixed;  ///< an interleaved template may say so; accesses are then as wide as the register's
};

SlaveEnds ends(const Peripheral& p) { return {p.address, p.device.destination}; }
u64 memory_of(const Peripheral& p, const Piece& piece) {
  return p.device.destination ? piece.src : piece.dst;
}

SlavePlan plan_of(const Channel* c, const Peripheral& p, u64 memory, u64 length) {
  return {p.device, memory, length, p.memory_fixed ? p.device.width : c->chip->data_width, c->max_items};
}

/// False, with a line in the log, when the channel is not ready for that direction. The direction in the
/// configuration is not looked at (R9).
bool describe(Channel* c, dma_transfer_direction direction, Peripheral& p) {
  struct device* dev = c->chip->dev;
  if (direction != DMA_MEM_TO_DEV && direction != DMA_DEV_TO_MEM) {
    dev_err(dev, "%s: direction %d is not between memory and a peripheral\n", channel_name(c),
            static_cast<int>(direction));
    return false;
  }
  if (c->handshake == kNoHandshake) {
    dev_err(dev, "%s: not requested through the device tree, so no handshake interface is known\n",
            channel_name(c));
    return false;
  }
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  const dma_slave_config cfg = c->peripheral;
  spin_unlock_irqrestore(&c->vc.lock, flags);
  const bool destination = direction == DMA_MEM_TO_DEV;
  const dma_slave_buswidth width = destination ? cfg.dst_addr_width : cfg.src_addr_width;
  if (width == DMA_SLAVE_BUSWIDTH_UNDEFINED) {
    dev_err(dev, "%s: the peripheral's register width has not been configured\n", channel_name(c));
    return false;
  }
  const u32 maxburst = destination ? cfg.dst_maxburst : cfg.src_maxburst;
  p.device = {destination, static_cast<u8>(__builtin_ctz(static_cast<u32>(width))),
              legal_burst(maxburst, c->chip->max_msize), cfg.device_fc};
  p.address = destination ? cfg.dst_addr : cfg.src_addr;
  p.memory_fixed = false;
  return true;
}

Value<ChCfg> configuration(const Channel* c, const Peripheral& p) {
  const Layout& layout = c->chip->layout;
  const Value<ChCfg> common = common_configuration(c) | kHsSelSrc(0) | kHsSelDst(0);
  if (p.device.destination)
    return common | kTtFc(p.device.flow_control ? kTtFcMemoryToDeviceByDevice : kTtFcMemoryToDevice) |
           layout.destination(hw_interface(c));
  return common | kTtFc(p.device.flow_control ? kTtFcDeviceToMemoryByDevice : kTtFcDeviceToMemory) |
         layout.source(hw_interface(c));
}

/// The first master serves both sides: peripherals need not be reachable through the second.
Value<Ctl> control(const Chip* chip, const Peripheral& p, const SlaveBlock& block) {
  const unsigned most = chip->max_burst;
  const unsigned fixed = most ? smaller(most, kMaxFixedBurst) : kMaxFixedBurst;
  const unsigned memory = p.memory_fixed ? fixed : most;
  const u32 msize = msize_code(p.device.burst);
  const Value<Ctl> common = kSms(0) | kDms(0) | kSrcMsize(msize) | kDstMsize(msize);
  if (p.device.destination)
    return common | kSrcFixed(p.memory_fixed) | kDstFixed(1) | kSrcTrWidth(block.memory_width) |
           kDstTrWidth(p.device.width) | burst_lengths(memory, fixed);
  return common | kSrcFixed(1) | kDstFixed(p.memory_fixed) | kSrcTrWidth(p.device.width) |
         kDstTrWidth(block.memory_width) | burst_lengths(fixed, memory);
}

/// Fills the items of a descriptor one after the other.
class Writer {
 public:
  Writer(Channel* c, const Peripheral& p, Descriptor* d) : chip_(c->chip), p_(p), d_(d), node_(d->first) {}

  /// `memory`: where the piece begins. `period`: the last block ends one, and says so.
  void add(SlavePlan plan, u64 memory, bool period) {
    SlaveBlock block;
    for (u32 left = plan.count(); plan.next(block); left--) {
      Value<Ctl> ctl = control(chip_, p_, block);
      const bool end = period && left == 1;
      if (end) ctl = ctl | kIocBlock(1);
      if (!node_->next && !d_->cyclic) ctl = ctl | kLliLast(1) | kNonpostedLastWrite(1);
      const dma_addr_t next = node_->next ? node_->next->address : d_->cyclic ? d_->first->address : 0;
      const u64 at = p_.memory_fixed ? memory : block.memory;
      node_->start = at;
      node_->bytes = block.bytes;
      node_->src_width = static_cast<u8>(kSrcTrWidth.of(ctl));
      node_->ends_period = end;
      if (p_.device.destination)
        write_item(node_, at, p_.address, block.items, ctl, next);
      else
        write_item(node_, p_.address, at, block.items, ctl, next);
      node_ = node_->next;
    }
  }

 private:
  const Chip* chip_;
  const Peripheral& p_;
  Descriptor* d_;
  LliNode* node_;
};

Descriptor* take(Channel* c, const Peripheral& p, u32 items, u64 length) {
  Descriptor* d = c->pool.take(items);
  if (!d) return nullptr;
  d->to_device = p.device.destination;
  d->follow = p.memory_fixed ? Follow::kNeither : d->to_device ? Follow::kSource : Follow::kDestination;
  d->length = static_cast<u32>(length);
  d->vd.bytes = length;
  d->ended_by_device = p.device.flow_control;
  d->cfg = configuration(c, p);
  return d;
}

/// The plan of one piece of memory; says why there is none.
bool plan_piece(Channel* c, const Peripheral& p, u64 address, u64 length, SlavePlan& plan) {
  plan = plan_of(c, p, address, length);
  if (!plan.possible()) {
    dev_err(c->chip->dev, "%s: a piece of %llu bytes does not fill registers of %u bytes\n", channel_name(c),
            static_cast<unsigned long long>(length), 1u << p.device.width);
    return false;
  }
  // Its blocks end where the peripheral says, so pieces cannot be cut here.
  if (p.device.flow_control && plan.count() > 1) {
    dev_err(c->chip->dev,
            "%s: a piece of %llu bytes is longer than a block, and the peripheral controls the flow\n",
            channel_name(c), static_cast<unsigned long long>(length));
    return false;
  }
  return true;
}

/// Items for all pieces and their bytes; says why it cannot be.
struct Tally {
  u32 blocks = 0;
  u64 length = 0;
  bool good = true;

  void add(Channel* c, const Peripheral& p, const Piece& piece) {
    SlavePlan plan({}, 0, 0, 0, 1);
    good = plan_piece(c, p, memory_of(p, piece), piece.length, plan);
    if (!good) return;
    good = piece.length <= kMaxLength - length && plan.count() <= kMostBlocks - blocks;
    if (!good) {
      dev_err(c->chip->dev, "%s: a list of more than %llu bytes or %u blocks is too long\n", channel_name(c),
              static_cast<unsigned long long>(kMaxLength), kMostBlocks);
      return;
    }
    blocks += plan.count();
    length += piece.length;
  }
};

/// All forms of a list, which is not looked at any more afterwards (K13). NULL, with a line in the log.
template <class List>
Descriptor* take_list(Channel* c, const Peripheral& p, const List& list) {
  // Where the peripheral ends the blocks each piece is one; else those that do not fill registers are joined.
  const u64 alone = p.device.flow_control ? kJoinNone : u64{1} << p.device.width;
  Tally tally;
  each_piece(list, alone, [&](const Piece& piece) {
    tally.add(c, p, piece);
    return tally.good;
  });
  if (!tally.good) return nullptr;
  if (!tally.blocks) {
    dev_err(c->chip->dev, "%s: a list without a byte\n", channel_name(c));
    return nullptr;
  }
  if (p.device.flow_control && tally.blocks > 1 && !c->chip->write_back) {
    dev_err(c->chip->dev,
            "%s: without write-back nobody learns where a peripheral has ended each of %u pieces\n",
            channel_name(c), tally.blocks);
    return nullptr;
  }
  Descriptor* d = take(c, p, tally.blocks, tally.length);
  if (!d) return nullptr;
  Writer writer(c, p, d);
  each_piece(list, alone, [&](const Piece& piece) {
    const u64 memory = memory_of(p, piece);
    writer.add(plan_of(c, p, memory, piece.length), memory, false);
    return true;
  });
  return d;
}

template <class List>
dma_async_tx_descriptor* prep_list(Channel* c, const Peripheral& p, const List& list, unsigned long flags) {
  Descriptor* d = take_list(c, p, list);
  return d ? vchan_tx_prep(&c->vc, &d->vd, flags) : nullptr;
}

dma_async_tx_descriptor* prep_slave_sg(dma_chan* chan, scatterlist* sgl, unsigned sg_len,
                                       dma_transfer_direction direction, unsigned long flags, void*) {
  Channel* c = to_channel(chan);
  Peripheral p;
  if (!sgl || !describe(c, direction, p)) return nullptr;
  return prep_list(c, p, ScatterList(ends(p), sgl, sg_len), flags);
}

dma_async_tx_descriptor* prep_vector(dma_chan* chan, const dma_vec* vecs, size_t nents,
                                     dma_transfer_direction direction, unsigned long flags) {
  Channel* c = to_channel(chan);
  Peripheral p;
  if (!vecs || !describe(c, direction, p)) return nullptr;
  return prep_list(c, p, VectorList(ends(p), vecs, nents), flags);
}

/// The register is the template's, if it names one, else the configured one; it stays put whatever the
/// template says of the other side.
dma_async_tx_descriptor* prep_interleaved_slave(Channel* c, dma_interleaved_template* xt,
                                                unsigned long flags) {
  Peripheral p;
  if (!describe(c, xt->dir, p)) return nullptr;
  const bool out = p.device.destination;
  const u64 named = out ? xt->dst_start : xt->src_start;
  if (named) p.address = named;
  p.memory_fixed = !(out ? xt->src_inc : xt->dst_inc);
  const u64 memory = out ? xt->src_start : xt->dst_start;
  const u64 item = u64{1} << p.device.width;
  if ((out ? xt->dst_inc : xt->src_inc) || p.address & (item - 1) ||
      (p.memory_fixed && memory & (item - 1))) {
    dev_err(c->chip->dev, "%s: a register that moves, or an address that stays put within %llu bytes\n",
            channel_name(c), static_cast<unsigned long long>(item));
    return nullptr;
  }
  const TemplateList list(xt, out ? memory : p.address, out ? p.address : memory);
  // The frames are not walked before it is known that they end.
  if (!list.bytes(kMaxLength)) {
    dev_err(c->chip->dev, "%s: a template of no bytes, or of more than %llu\n", channel_name(c),
            static_cast<unsigned long long>(kMaxLength));
    return nullptr;
  }
  Descriptor* d = take_list(c, p, list);
  if (!d) return nullptr;
  d->repeat = flags & DMA_PREP_REPEAT;
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

dma_async_tx_descriptor* prep_interleaved(dma_chan* chan, dma_interleaved_template* xt, unsigned long flags) {
  if (!xt) return nullptr;
  Channel* c = to_channel(chan);
  return xt->dir == DMA_MEM_TO_MEM ? prep_interleaved_memory(c, xt, flags)
                                   : prep_interleaved_slave(c, xt, flags);
}

/// A buffer of few periods is gone round several times in one ring, so that the ring has at least
/// kShortestRing periods: an interrupt may be late by all of them but two.
dma_async_tx_descriptor* prep_cyclic(dma_chan* chan, dma_addr_t buffer, size_t length, size_t period,
                                     dma_transfer_direction direction, unsigned long flags) {
  Channel* c = to_channel(chan);
  Peripheral p;
  if (!describe(c, direction, p)) return nullptr;
  if (!period || !length || length % period || length > kMaxLength) {
    dev_err(c->chip->dev, "%s: a buffer of %zu bytes is not a number of periods of %zu bytes\n",
            channel_name(c), length, period);
    return nullptr;
  }
  Tally tally;
  for (u64 at = 0; tally.good && at < length; at += period)
    tally.add(c, p, ends(p).piece(buffer + at, period));
  if (!tally.good) return nullptr;
  const u64 periods = length / period;
  const auto rounds = static_cast<u32>((kShortestRing + periods - 1) / periods);
  Descriptor* d = take(c, p, tally.blocks * rounds, length);
  if (!d) return nullptr;
  d->cyclic = true;
  d->oldest = d->first;
  Writer writer(c, p, d);
  for (u32 round = 0; round < rounds; round++)
    for (u64 at = 0; at < length; at += period)
      writer.add(plan_of(c, p, buffer + at, period), buffer + at, true);
  return vchan_tx_prep(&c->vc, &d->vd, flags);
}

/// The burst a client finds here is one that it gets: thresholds set to it meet the controller's bursts.
void caps(dma_chan* chan, dma_slave_caps* out) {
  const Chip* chip = to_channel(chan)->chip;
  out->min_burst = 1;
  out->max_burst = legal_burst(chip->max_burst ? chip->max_burst : chip->max_msize, chip->max_msize);
}

}  // namespace

dma_chan* translate(of_phandle_args* args, struct of_dma* ofdma) {
  auto* chip = static_cast<Chip*>(ofdma->of_dma_data);
  if (args->args_count != 1) return nullptr;
  const unsigned number = args->args[0];
  if (number >= hw_requests(chip)) {
    dev_err(chip->dev, "handshake interface %u: there are %u\n", number, hw_requests(chip));
    return static_cast<dma_chan*>(ERR_PTR(-EINVAL));
  }
  for (unsigned i = 0; i < chip->channel_count; i++) {
    if (chip->channels[i].handshake != number) continue;
    dev_err(chip->dev, "handshake interface %u is in use by %s\n", number, channel_name(&chip->channels[i]));
    return static_cast<dma_chan*>(ERR_PTR(-EBUSY));
  }
  dma_chan* chan = dma_get_any_slave_channel(&chip->dma);
  if (chan) {
    to_channel(chan)->handshake = number;
    hw_select(to_channel(chan));
  }
  return chan;
}

void setup_slave_operations(Chip* chip) {
  dma_device* dma = &chip->dma;
  dma_cap_set(DMA_SLAVE, dma->cap_mask);
  dma_cap_set(DMA_CYCLIC, dma->cap_mask);
  dma_cap_set(DMA_INTERLEAVE, dma->cap_mask);
  dma_cap_set(DMA_REPEAT, dma->cap_mask);
  dma_cap_set(DMA_LOAD_EOT, dma->cap_mask);
  dma->directions |= 1u << DMA_MEM_TO_DEV | 1u << DMA_DEV_TO_MEM;
  dma->device_config = config;
  dma->device_caps = caps;
  dma->device_prep_slave_sg = prep_slave_sg;
  dma->device_prep_peripheral_dma_vec = prep_vector;
  dma->device_prep_dma_cyclic = prep_cyclic;
  dma->device_prep_interleaved_dma = prep_interleaved;
}

}  // namespace dmavp::dw_axi_dmac
