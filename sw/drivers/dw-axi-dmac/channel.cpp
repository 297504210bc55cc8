// The dmaengine operations of a channel.
#include <linux/lockdep.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

void free_descriptor(virt_dma_desc* vd) { to_channel(vd->tx.chan)->pool.put(to_descriptor(vd)); }

int alloc_chan_resources(dma_chan* chan) {
  Channel* c = to_channel(chan);
  if (hw_busy(c)) {
    dev_err(c->chip->dev, "%s is running although nobody owns it\n", channel_name(c));
    return -EBUSY;
  }
  const int ret = c->pool.prefill();
  if (ret) return ret;
  c->active = nullptr;
  c->paused = false;
  c->handshake = kNoHandshake;
  memset(&c->peripheral, 0, sizeof(c->peripheral));
  for (dma_cookie_t& cookie : c->failed) cookie = 0;
  hw_arm(c);
  return DescriptorPool::kDescriptorsPerChunk;
}

/// Takes the running descriptor off the hardware, which may go on with it for a while. vc.lock held.
void stop(Channel* c) {
  Descriptor* d = c->active;
  c->active = nullptr;
  c->paused = false;
  if (!d) return;
  if (d->late)
    dev_warn(c->chip->dev, "%s: cyclic transfer halted %u times for late interrupts\n", channel_name(c),
             d->late);
  if (c->vc.cyclic == &d->vd) c->vc.cyclic = nullptr;
  begin_stop(c, d);
}

int terminate_all(dma_chan* chan) {
  Channel* c = to_channel(chan);
  unsigned long flags;
  LIST_HEAD(dropped);
  spin_lock_irqsave(&c->vc.lock, flags);
  vchan_get_all_descriptors(&c->vc, &dropped);
  stop(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
  vchan_dma_desc_free_list(&c->vc, &dropped);
  return 0;
}

/// Until the channel has stopped and no callback runs; then nothing uses what was terminated.
void synchronize(dma_chan* chan) {
  Channel* c = to_channel(chan);
  wait_for_stop(c);
  vchan_synchronize(&c->vc);
}

void free_chan_resources(dma_chan* chan) {
  Channel* c = to_channel(chan);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  stop(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
  wait_for_stop(c);
  timer_delete_sync(&c->stop_timer);
  spin_lock_irqsave(&c->vc.lock, flags);
  const bool stopped = stop_ended(c);
  hw_disarm(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
  vchan_free_chan_resources(&c->vc);
  c->handshake = kNoHandshake;
  hw_select(c);
  c->pool.settle();
  // Memory that a runaway channel may still read or write is lost rather than given to somebody else.
  if (stopped) c->pool.drain();
}

void issue_pending(dma_chan* chan) {
  Channel* c = to_channel(chan);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (vchan_issue_pending(&c->vc)) start_next(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
}

bool has_failed(const Channel* c, dma_cookie_t cookie) {
  if (cookie < DMA_MIN_COOKIE) return false;
  for (dma_cookie_t failed : c->failed)
    if (failed == cookie) return true;
  return false;
}

dma_status tx_status(dma_chan* chan, dma_cookie_t cookie, dma_tx_state* state) {
  Channel* c = to_channel(chan);
  dma_status status = dma_cookie_status(chan, cookie, state);
  if (status == DMA_COMPLETE) return has_failed(c, cookie) ? DMA_ERROR : DMA_COMPLETE;
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  status = dma_cookie_status(chan, cookie, state);  // it may have ended on another CPU meanwhile
  if (status == DMA_COMPLETE) {
    if (has_failed(c, cookie)) status = DMA_ERROR;
  } else {
    if (c->paused) status = DMA_PAUSED;
    if (c->active && c->active->vd.tx.cookie == cookie) {
      if (state) {
        const Progress progress = progress_of(c, c->active);
        dma_set_residue(state, c->active->length - progress.written);
        dma_set_in_flight_bytes(state, progress.in_flight);
      }
    } else if (virt_dma_desc* vd = vchan_find_desc(&c->vc, cookie)) {
      dma_set_residue(state, to_descriptor(vd)->length);
    }
  }
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return status;
}

/// Pausing an idle channel keeps work issued later from starting until resume.
int pause(dma_chan* chan) {
  Channel* c = to_channel(chan);
  unsigned long flags;
  int ret = 0;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (!c->paused) {
    if (c->active) ret = hw_suspend(c);
    c->paused = !ret;
  }
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return ret;
}

/// Resuming a channel that is not paused changes nothing and succeeds (R44).
int resume(dma_chan* chan) {
  Channel* c = to_channel(chan);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (!c->paused) {
    dev_dbg(c->chip->dev, "%s: resume without pause\n", channel_name(c));
  } else {
    c->paused = false;
    if (c->active && c->active->held)
      repeat(c);
    else if (c->active)
      hw_resume(c);
    else
      start_next(c);
  }
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return 0;
}

}  // namespace

Value<ChCfg> common_configuration(const Channel* c) {
  const unsigned limit = outstanding_requests() - 1;
  return kSrcMultblk(kMultblkLinkedList) | kDstMultblk(kMultblkLinkedList) | kSrcOsrLmt(limit) |
         kDstOsrLmt(limit) | c->chip->layout.priority(c->priority);
}

Value<ChCfg> memory_to_memory(const Channel* c) {
  return common_configuration(c) | kTtFc(kTtFcMemoryToMemory);
}

Value<Ctl> burst_lengths(unsigned source, unsigned destination) {
  Value<Ctl> ctl;
  if (source) ctl = ctl | kArlenEn(1) | kArlen(u64{source} - 1);
  if (destination) ctl = ctl | kAwlenEn(1) | kAwlen(u64{destination} - 1);
  return ctl;
}

void write_item(LliNode* node, u64 src, u64 dst, u32 items, Value<Ctl> ctl, dma_addr_t next) {
  Lli* item = node->item;
  item->sar = cpu_to_le64(src);
  item->dar = cpu_to_le64(dst);
  item->block_ts = cpu_to_le64(u64{items} - 1);
  item->llp = cpu_to_le64(next);
  item->ctl = cpu_to_le64((ctl | kLliValid(1)).raw);
  item->sstat = 0;
  item->dstat = 0;
  item->status = 0;
  item->reserved = 0;
}

void start_next(Channel* c) {
  lockdep_assert_held(&c->vc.lock);
  if (c->active || !stop_ended(c) || c->paused) return;
  virt_dma_desc* vd = vchan_next_desc(&c->vc);
  if (!vd) return;
  list_del(&vd->node);
  c->active = to_descriptor(vd);
  hw_start(c, c->active);
}

void setup_channel(Channel* c) {
  c->vc.desc_free = free_descriptor;
  c->pool.init(c->chip->dev);
  c->handshake = kNoHandshake;
  setup_stop(c);
  vchan_init(&c->vc, &c->chip->dma);
}

void setup_operations(Chip* chip) {
  dma_device* dma = &chip->dma;
  dma->dev = chip->dev;
  dma->directions = 1u << DMA_MEM_TO_MEM;  // slave.cpp adds its own
  dma->max_burst = chip->max_burst;
  dma->residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
  dma->descriptor_reuse = true;
  u32 widths = 0;
  for (unsigned w = 0; w <= chip->data_width && w < 5; w++) widths |= 1u << (1u << w);  // bit number = bytes
  dma->src_addr_widths = widths;
  dma->dst_addr_widths = widths;
  dma->device_alloc_chan_resources = alloc_chan_resources;
  dma->device_free_chan_resources = free_chan_resources;
  dma->device_issue_pending = issue_pending;
  dma->device_tx_status = tx_status;
  dma->device_pause = pause;
  dma->device_resume = resume;
  dma->device_terminate_all = terminate_all;
  dma->device_synchronize = synchronize;
  setup_memory_operations(chip);
  setup_slave_operations(chip);
}

}  // namespace dmavp::dw_axi_dmac
