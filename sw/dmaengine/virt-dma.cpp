// Virtual channels (dmaengine/virt-dma.h): lists with names instead of states.
#include "dmaengine/virt-dma.h"

#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/spinlock.h>

#include "dmavp/trace.h"

namespace {

void run_callback(virt_dma_chan* vc, dmaengine_desc_callback& cb, dma_cookie_t cookie, size_t bytes,
                  const dmaengine_result& result) {
  if (!dmaengine_desc_callback_valid(&cb)) return;
  dmavp_trace_dma(DMAVP_TRACE_CALLBACK, dma_chan_name(&vc->chan), cookie, bytes);
  dmaengine_desc_callback_invoke(&cb, &result);
  dmavp_trace_dma(DMAVP_TRACE_CALLBACK_END, dma_chan_name(&vc->chan), cookie, bytes);
}

/// Cyclic callback first, then the completed in order of completion; each is freed behind its callback (K31,
/// K32).
void deliver(struct tasklet_struct* task) {
  virt_dma_chan* vc = container_of(task, struct virt_dma_chan, task);
  LIST_HEAD(done);
  dmaengine_desc_callback cyclic_cb = {};
  dmaengine_result cyclic_result = {};
  dma_cookie_t cyclic_cookie = 0;

  spin_lock_irq(&vc->lock);
  list_splice_tail_init(&vc->desc_completed, &done);
  if (virt_dma_desc* vd = vc->cyclic) {
    vc->cyclic = nullptr;
    dmaengine_desc_get_callback(&vd->tx, &cyclic_cb);
    cyclic_result = vd->tx_result;
    cyclic_cookie = vd->tx.cookie;
  }
  spin_unlock_irq(&vc->lock);

  run_callback(vc, cyclic_cb, cyclic_cookie, 0, cyclic_result);

  virt_dma_desc *vd, *next;
  list_for_each_entry_safe(vd, next, &done, node) {
    dmaengine_desc_callback cb;
    const dmaengine_result result = vd->tx_result;
    dmaengine_desc_get_callback(&vd->tx, &cb);
    list_del(&vd->node);
    dma_descriptor_unmap(&vd->tx);
    run_callback(vc, cb, vd->completed, vd->bytes, result);
    vchan_vdesc_fini(vd);
  }
}

}  // namespace

void vchan_init(struct virt_dma_chan* vc, struct dma_device* dmadev) {
  dma_cookie_init(&vc->chan);
  spin_lock_init(&vc->lock);
  INIT_LIST_HEAD(&vc->desc_allocated);
  INIT_LIST_HEAD(&vc->desc_submitted);
  INIT_LIST_HEAD(&vc->desc_issued);
  INIT_LIST_HEAD(&vc->desc_completed);
  INIT_LIST_HEAD(&vc->desc_terminated);
  vc->cyclic = nullptr;
  tasklet_setup(&vc->task, deliver);
  vc->chan.device = dmadev;
  list_add_tail(&vc->chan.device_node, &dmadev->channels);
}
EXPORT_SYMBOL(vchan_init);

dma_cookie_t vchan_tx_submit(struct dma_async_tx_descriptor* tx) {
  virt_dma_chan* vc = to_virt_chan(tx->chan);
  virt_dma_desc* vd = to_virt_desc(tx);
  const size_t bytes = vd->bytes;
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  const dma_cookie_t cookie = dma_cookie_assign(tx);
  list_move_tail(&vd->node, &vc->desc_submitted);
  spin_unlock_irqrestore(&vc->lock, flags);
  dmavp_trace_dma(DMAVP_TRACE_SUBMIT, dma_chan_name(&vc->chan), cookie, bytes);
  return cookie;
}
EXPORT_SYMBOL(vchan_tx_submit);

int vchan_tx_desc_free(struct dma_async_tx_descriptor* tx) {
  virt_dma_chan* vc = to_virt_chan(tx->chan);
  virt_dma_desc* vd = to_virt_desc(tx);
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  list_del(&vd->node);
  spin_unlock_irqrestore(&vc->lock, flags);
  vc->desc_free(vd);
  return 0;
}
EXPORT_SYMBOL(vchan_tx_desc_free);

void vchan_dma_desc_free_list(struct virt_dma_chan*, struct list_head* head) {
  virt_dma_desc *vd, *next;
  list_for_each_entry_safe(vd, next, head, node) {
    list_del(&vd->node);
    vchan_vdesc_fini(vd);
  }
}
EXPORT_SYMBOL(vchan_dma_desc_free_list);

struct virt_dma_desc* vchan_find_desc(struct virt_dma_chan* vc, dma_cookie_t cookie) {
  virt_dma_desc* vd;
  list_for_each_entry(vd, &vc->desc_issued, node) if (vd->tx.cookie == cookie) return vd;
  return nullptr;
}
EXPORT_SYMBOL(vchan_find_desc);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Virtual DMA channels for providers");
