// Interrupts: completion starts the next descriptor here, callbacks follow in the tasklet.
#include <linux/io.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"

namespace dmavp::dw_axi_dmac {
namespace {

constexpr u32 kNoAnswer = ~0u;  // of a controller whose clock is off; no status has all bits

/// Something that takes over at the end of a transfer that repeats is next.
bool is_replaced(Channel* c) {
  const virt_dma_desc* next = vchan_next_desc(&c->vc);
  return next && (next->tx.flags & DMA_PREP_LOAD_EOT);
}

void complete(Channel* c) {
  Descriptor* d = c->active;
  c->active = nullptr;
  if (d->ended_by_device && d->vd.tx_result.result == DMA_TRANS_NOERROR)
    d->vd.tx_result.residue = d->length - moved_by(c, d);
  vchan_cookie_complete(&d->vd);
}

/// Every repetition has a callback; the last one is the completion (K17).
void end_repetition(Channel* c) {
  vchan_cyclic_callback(&c->active->vd);
  c->active->held = true;
  repeat(c);
}

/// An item that is not valid is one that could not be read. A ring that has ended failed for neither reason.
dmaengine_tx_result result_of(u32 status) {
  if (status & irq::kSrcErrors) return DMA_TRANS_READ_FAILED;
  return status & irq::kDstErrors ? DMA_TRANS_WRITE_FAILED : DMA_TRANS_ABORTED;
}

/// The transfer failed: the client learns it from callback_result and from its status; the channel goes on
/// (M21).
void fail(Channel* c, u32 status) {
  Descriptor* d = c->active;
  const u32 written = progress_of(c, d).written;
  d->vd.tx_result.result = result_of(status);
  d->vd.tx_result.residue = d->length - written;
  dev_err(c->chip->dev, "%s: transfer failed after %u of %u bytes (interrupt status 0x%08x)\n",
          channel_name(c), written, d->length, status);
  c->failed[c->failed_next] = d->vd.tx.cookie;
  c->failed_next = (c->failed_next + 1) % kFailedCookies;
  complete(c);
  // A bus error has disabled the channel; one halted on an invalid item still has to be stopped. It touches
  // no memory until then.
  if (hw_busy(c)) begin_stop(c, nullptr);
}

void serve_active(Channel* c, u32 status) {
  Descriptor* d = c->active;
  if (d->cyclic) {
    // A ring has no end: one that the controller reports is as wrong as an error.
    if (status & ((irq::kTransferErrors & ~irq::kInvalidItem) | irq::kTransferDone))
      fail(c, status);
    else if (status & (irq::kBlockDone | irq::kInvalidItem))
      service_cyclic(c, d, status);
  } else if (status & irq::kTransferErrors) {
    fail(c, status);
  } else if (status & irq::kTransferDone) {
    if (d->repeat && !is_replaced(c))
      end_repetition(c);
    else
      complete(c);
  }
}

/// False when nothing was pending: the line is somebody else's, or a stop has cleared it (M29).
bool service(Channel* c) {
  spin_lock(&c->vc.lock);
  // Read and cleared under the lock: a status seen outside could belong to a descriptor terminated meanwhile.
  const u32 read = ioread32(c->regs + reg::kChIntStatus);
  const u32 status = read == kNoAnswer ? 0 : read & ~irq::kSuspended;
  if (!status) {
    spin_unlock(&c->vc.lock);
    return false;
  }
  iowrite32(status, c->regs + reg::kIntClear);
  if (status & irq::kAccessErrors)
    dev_warn(c->chip->dev, "%s: illegal register access (interrupt status 0x%08x)\n", channel_name(c),
             status);
  if (c->active) serve_active(c, status);
  start_next(c);
  spin_unlock(&c->vc.lock);
  return true;
}

}  // namespace

void repeat(Channel* c) {
  lockdep_assert_held(&c->vc.lock);
  if (c->paused) return;
  if (is_replaced(c)) {
    complete(c);
    start_next(c);
  } else {
    hw_start(c, c->active);
  }
}

irqreturn_t channel_interrupt(int, void* channel) {
  return service(static_cast<Channel*>(channel)) ? IRQ_HANDLED : IRQ_NONE;
}

irqreturn_t combined_interrupt(int, void* data) {
  auto* chip = static_cast<Chip*>(data);
  const u64 pending = ioread64(chip->regs + reg::kIntStatus);
  bool ours = false;
  for (unsigned i = 0; i < chip->channel_count; i++)
    if (pending >> i & 1) ours |= service(&chip->channels[i]);
  if (pending & chip->layout.common_interrupt()) {
    // Not a channel's, but it holds the line until it is cleared (Z6).
    const u64 errors = ioread64(chip->regs + reg::kCommonIntStatus);
    iowrite64(errors, chip->regs + reg::kCommonIntClear);
    dev_warn(chip->dev, "illegal access to common registers (status 0x%llx)\n",
             static_cast<unsigned long long>(errors));
    ours = true;
  }
  return ours ? IRQ_HANDLED : IRQ_NONE;
}

}  // namespace dmavp::dw_axi_dmac
