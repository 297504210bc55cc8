/*
 * Virtual channels: the descriptor lists, cookies and callbacks every provider needs (K39).
 *
 *   prep -> allocated -> submit -> submitted -> issue -> issued -> (provider unlinks, hardware) -> completed
 * -> callback
 *
 * "lock" is vc->lock: spin_lock_irqsave outside the interrupt handler. Freeing never happens with it held
 * (K40).
 */
#ifndef DMAVP_DMAENGINE_VIRT_DMA_H
#define DMAVP_DMAENGINE_VIRT_DMA_H

#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>

#include "dmaengine/provider.h"
#include "dmavp/trace.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Up to `node` as Linux has it, and so is the channel: its virt-dma.c can take the place of ours. */
struct virt_dma_desc {
  struct dma_async_tx_descriptor tx;
  struct dmaengine_result tx_result; /* given to callback_result; the provider writes it before completing */
  struct list_head node;
  dma_cookie_t completed; /* the cookie it had, for traces */
  size_t bytes;           /* of the whole transaction, for traces; 0 = unknown */
};

struct virt_dma_chan {
  struct dma_chan chan;
  struct tasklet_struct task;
  void (*desc_free)(struct virt_dma_desc* vd); /* provider's; called without the lock */
  spinlock_t lock;
  struct list_head desc_allocated;
  struct list_head desc_submitted;
  struct list_head desc_issued;
  struct list_head desc_completed;
  struct list_head desc_terminated;
  struct virt_dma_desc* cyclic; /* had a period since the tasklet last ran (K32) */
};

static inline struct virt_dma_chan* to_virt_chan(struct dma_chan* chan) {
  return container_of(chan, struct virt_dma_chan, chan);
}

static inline struct virt_dma_desc* to_virt_desc(struct dma_async_tx_descriptor* tx) {
  return container_of(tx, struct virt_dma_desc, tx);
}

/* ---- the module's functions; what is inline below uses them, so any module that exports them will do ----
 */

/* Cookies, lists, tasklet; links the channel into the provider. desc_free must be set before or right after.
 */
void vchan_init(struct virt_dma_chan* vc, struct dma_device* dmadev);
dma_cookie_t vchan_tx_submit(struct dma_async_tx_descriptor* tx);
int vchan_tx_desc_free(struct dma_async_tx_descriptor* tx);
/* Not held: unlinks each; reusable descriptors return to the allocated list, others are freed (K16). */
void vchan_dma_desc_free_list(struct virt_dma_chan* vc, struct list_head* head);
/* Held: among the issued only, NULL otherwise (K23). */
struct virt_dma_desc* vchan_find_desc(struct virt_dma_chan* vc, dma_cookie_t cookie);

/* ---- lists and results ---- */

/* Takes the lock. The descriptor's result starts as success with residue 0. */
static inline struct dma_async_tx_descriptor* vchan_tx_prep(struct virt_dma_chan* vc,
                                                            struct virt_dma_desc* vd,
                                                            unsigned long tx_flags) {
  unsigned long irq_flags;

  dma_async_tx_descriptor_init(&vd->tx, &vc->chan);
  vd->tx.flags = (enum dma_ctrl_flags)tx_flags;
  vd->tx.tx_submit = vchan_tx_submit;
  vd->tx.desc_free = vchan_tx_desc_free;
  vd->tx_result.result = DMA_TRANS_NOERROR;
  vd->tx_result.residue = 0;
  vd->completed = 0;
  spin_lock_irqsave(&vc->lock, irq_flags);
  list_add_tail(&vd->node, &vc->desc_allocated);
  spin_unlock_irqrestore(&vc->lock, irq_flags);
  return &vd->tx;
}

/* Not held: its callback has run, or it was terminated. */
static inline void vchan_vdesc_fini(struct virt_dma_desc* vd) {
  struct virt_dma_chan* vc = to_virt_chan(vd->tx.chan);
  unsigned long irq_flags;

  dma_descriptor_unmap(&vd->tx);
  if (!dmaengine_desc_test_reuse(&vd->tx)) {
    vc->desc_free(vd);
    return;
  }
  spin_lock_irqsave(&vc->lock, irq_flags);
  list_add(&vd->node, &vc->desc_allocated);
  spin_unlock_irqrestore(&vc->lock, irq_flags);
}

/* Held: everything submitted becomes issued; true when something is issued (K29). */
static inline bool vchan_issue_pending(struct virt_dma_chan* vc) {
  lockdep_assert_held(&vc->lock);
  if (!list_empty(&vc->desc_submitted))
    dmavp_trace_dma(DMAVP_TRACE_ISSUE, dma_chan_name(&vc->chan), vc->chan.cookie, 0);
  list_splice_tail_init(&vc->desc_submitted, &vc->desc_issued);
  return !list_empty(&vc->desc_issued);
}

/* Held: the provider has unlinked it from the issued list. */
static inline void vchan_cookie_complete(struct virt_dma_desc* vd) {
  struct virt_dma_chan* vc = to_virt_chan(vd->tx.chan);

  lockdep_assert_held(&vc->lock);
  vd->completed = vd->tx.cookie;
  dma_cookie_complete(&vd->tx);
  list_add_tail(&vd->node, &vc->desc_completed);
  tasklet_schedule(&vc->task);
}

/* Held: a period has ended. */
static inline void vchan_cyclic_callback(struct virt_dma_desc* vd) {
  struct virt_dma_chan* vc = to_virt_chan(vd->tx.chan);

  vc->cyclic = vd;
  tasklet_schedule(&vc->task);
}

/* Held: out of the hardware; its memory stays until vchan_synchronize(). */
static inline void vchan_terminate_vdesc(struct virt_dma_desc* vd) {
  struct virt_dma_chan* vc = to_virt_chan(vd->tx.chan);

  list_add_tail(&vd->node, &vc->desc_terminated);
  if (vc->cyclic == vd) vc->cyclic = NULL;
}

/* Held: head of the issued list, left there; NULL when empty. */
static inline struct virt_dma_desc* vchan_next_desc(struct virt_dma_chan* vc) {
  return list_empty(&vc->desc_issued) ? NULL : list_first_entry(&vc->desc_issued, struct virt_dma_desc, node);
}

/* Held: allocated, submitted, issued, completed and terminated, in that order (K34, K35). */
static inline void vchan_get_all_descriptors(struct virt_dma_chan* vc, struct list_head* head) {
  lockdep_assert_held(&vc->lock);
  list_splice_tail_init(&vc->desc_allocated, head);
  list_splice_tail_init(&vc->desc_submitted, head);
  list_splice_tail_init(&vc->desc_issued, head);
  list_splice_tail_init(&vc->desc_completed, head);
  list_splice_tail_init(&vc->desc_terminated, head);
  dmavp_trace_dma(DMAVP_TRACE_TERMINATE, dma_chan_name(&vc->chan), vc->chan.cookie, 0);
}

/* Takes the lock, frees everything, reusable descriptors too. */
static inline void vchan_free_chan_resources(struct virt_dma_chan* vc) {
  struct virt_dma_desc* vd;
  struct list_head all;
  unsigned long irq_flags;

  INIT_LIST_HEAD(&all);
  spin_lock_irqsave(&vc->lock, irq_flags);
  vchan_get_all_descriptors(vc, &all);
  spin_unlock_irqrestore(&vc->lock, irq_flags);
  list_for_each_entry(vd, &all, node) dmaengine_desc_clear_reuse(&vd->tx);
  vchan_dma_desc_free_list(vc, &all);
}

/* Sleeps until no callback runs or is scheduled, then frees what was terminated. */
static inline void vchan_synchronize(struct virt_dma_chan* vc) {
  struct list_head terminated;
  unsigned long irq_flags;

  INIT_LIST_HEAD(&terminated);
  tasklet_kill(&vc->task);
  spin_lock_irqsave(&vc->lock, irq_flags);
  list_splice_tail_init(&vc->desc_terminated, &terminated);
  spin_unlock_irqrestore(&vc->lock, irq_flags);
  vchan_dma_desc_free_list(vc, &terminated);
}

#ifdef __cplusplus
}
#endif
#endif
