// Virtual channels (dmaengine/virt-dma.h): lists with names instead of states.
#include "dmaengine/virt-dma.h"

#include <linux/bug.h>
#include <linux/interrupt.h>
#include <linux/lockdep.h>
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

struct dma_async_tx_descriptor* vchan_tx_prep(struct virt_dma_chan* vc, struct virt_dma_desc* vd,
                                              unsigned long tx_flags) {
  unsigned long flags;
  dma_async_tx_descriptor_init(&vd->tx, &vc->chan);
  vd->tx.flags = static_cast<dma_ctrl_flags>(tx_flags);
  vd->tx.tx_submit = vchan_tx_submit;
  vd->tx.desc_free = vchan_tx_desc_free;
  vd->tx_result = {DMA_TRANS_NOERROR, 0};
  vd->completed = 0;
  spin_lock_irqsave(&vc->lock, flags);
  list_add_tail(&vd->node, &vc->desc_allocated);
  spin_unlock_irqrestore(&vc->lock, flags);
  return &vd->tx;
}
EXPORT_SYMBOL(vchan_tx_prep);

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

void vchan_vdesc_fini(struct virt_dma_desc* vd) {
  virt_dma_chan* vc = to_virt_chan(vd->tx.chan);
  dma_descriptor_unmap(&vd->tx);
  if (!dmaengine_desc_test_reuse(&vd->tx)) {
    vc->desc_free(vd);
    return;
  }
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  list_add(&vd->node, &vc->desc_allocated);
  spin_unlock_irqrestore(&vc->lock, flags);
}
EXPORT_SYMBOL(vchan_vdesc_fini);

void vchan_dma_desc_free_list(struct virt_dma_chan*, struct list_head* head) {
  virt_dma_desc *vd, *next;
  list_for_each_entry_safe(vd, next, head, node) {
    list_del(&vd->node);
    vchan_vdesc_fini(vd);
  }
}
EXPORT_SYMBOL(vchan_dma_desc_free_list);

bool vchan_issue_pending(struct virt_dma_chan* vc) {
  lockdep_assert_held(&vc->lock);
  if (!list_empty(&vc->desc_submitted))
    dmavp_trace_dma(DMAVP_TRACE_ISSUE, dma_chan_name(&vc->chan), vc->chan.cookie, 0);
  list_splice_tail_init(&vc->desc_submitted, &vc->desc_issued);
  return !list_empty(&vc->desc_issued);
}
EXPORT_SYMBOL(vchan_issue_pending);

struct virt_dma_desc* vchan_find_desc(struct virt_dma_chan* vc, dma_cookie_t cookie) {
  virt_dma_desc* vd;
  list_for_each_entry(vd, &vc->desc_issued, node) if (vd->tx.cookie == cookie) return vd;
  return nullptr;
}
EXPORT_SYMBOL(vchan_find_desc);

void vchan_cookie_complete(struct virt_dma_desc* vd) {
  virt_dma_chan* vc = to_virt_chan(vd->tx.chan);
  lockdep_assert_held(&vc->lock);
  vd->completed = vd->tx.cookie;
  dma_cookie_complete(&vd->tx);
  list_add_tail(&vd->node, &vc->desc_completed);
  tasklet_schedule(&vc->task);
}
EXPORT_SYMBOL(vchan_cookie_complete);

void vchan_cyclic_callback(struct virt_dma_desc* vd) {
  virt_dma_chan* vc = to_virt_chan(vd->tx.chan);
  vc->cyclic = vd;
  tasklet_schedule(&vc->task);
}
EXPORT_SYMBOL(vchan_cyclic_callback);

void vchan_terminate_vdesc(struct virt_dma_desc* vd) {
  virt_dma_chan* vc = to_virt_chan(vd->tx.chan);
  list_add_tail(&vd->node, &vc->desc_terminated);
  if (vc->cyclic == vd) vc->cyclic = nullptr;
}
EXPORT_SYMBOL(vchan_terminate_vdesc);

void vchan_get_all_descriptors(struct virt_dma_chan* vc, struct list_head* head) {
  lockdep_assert_held(&vc->lock);
  list_splice_tail_init(&vc->desc_allocated, head);
  list_splice_tail_init(&vc->desc_submitted, head);
  list_splice_tail_init(&vc->desc_issued, head);
  list_splice_tail_init(&vc->desc_completed, head);
  list_splice_tail_init(&vc->desc_terminated, head);
  dmavp_trace_dma(DMAVP_TRACE_TERMINATE, dma_chan_name(&vc->chan), vc->chan.cookie, 0);
}
EXPORT_SYMBOL(vchan_get_all_descriptors);

void vchan_free_chan_resources(struct virt_dma_chan* vc) {
  LIST_HEAD(all);
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  vchan_get_all_descriptors(vc, &all);
  spin_unlock_irqrestore(&vc->lock, flags);
  virt_dma_desc* vd;
  list_for_each_entry(vd, &all, node) dmaengine_desc_clear_reuse(&vd->tx);
  vchan_dma_desc_free_list(vc, &all);
}
EXPORT_SYMBOL(vchan_free_chan_resources);

void vchan_synchronize(struct virt_dma_chan* vc) {
  LIST_HEAD(terminated);
  unsigned long flags;
  tasklet_kill(&vc->task);
  spin_lock_irqsave(&vc->lock, flags);
  list_splice_tail_init(&vc->desc_terminated, &terminated);
  spin_unlock_irqrestore(&vc->lock, flags);
  vchan_dma_desc_free_list(vc, &terminated);
}
EXPORT_SYMBOL(vchan_synchronize);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Virtual DMA channels for providers");
