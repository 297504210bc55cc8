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
#include <linux/spinlock.h>

#include "dmaengine/provider.h"

#ifdef __cplusplus
extern "C" {
#endif

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

/* Cookies, lists, tasklet; links the channel into the provider. desc_free must be set before or right after.
 */
void vchan_init(struct virt_dma_chan* vc, struct dma_device* dmadev);
/* Takes the lock. The descriptor's result starts as success with residue 0. */
struct dma_async_tx_descriptor* vchan_tx_prep(struct virt_dma_chan* vc, struct virt_dma_desc* vd,
                                              unsigned long flags);
dma_cookie_t vchan_tx_submit(struct dma_async_tx_descriptor* tx);
int vchan_tx_desc_free(struct dma_async_tx_descriptor* tx);
/* Not held: unlinks each; reusable descriptors return to the allocated list, others are freed (K16). */
void vchan_dma_desc_free_list(struct virt_dma_chan* vc, struct list_head* head);
void vchan_vdesc_fini(struct virt_dma_desc* vd);
/* Held: everything submitted becomes issued; true when something is issued (K29). */
bool vchan_issue_pending(struct virt_dma_chan* vc);
/* Held: among the issued only, NULL otherwise (K23). */
struct virt_dma_desc* vchan_find_desc(struct virt_dma_chan* vc, dma_cookie_t cookie);
/* Held: the provider has unlinked it from the issued list. */
void vchan_cookie_complete(struct virt_dma_desc* vd);
void vchan_cyclic_callback(struct virt_dma_desc* vd);
void vchan_terminate_vdesc(struct virt_dma_desc* vd);
/* Held: allocated, submitted, issued, completed and terminated, in that order (K34, K35). */
void vchan_get_all_descriptors(struct virt_dma_chan* vc, struct list_head* head);
/* Takes the lock, frees everything, reusable descriptors too. */
void vchan_free_chan_resources(struct virt_dma_chan* vc);
/* Sleeps until no callback runs or is scheduled, then frees what was terminated. */
void vchan_synchronize(struct virt_dma_chan* vc);

/* Held: head of the issued list, left there; NULL when empty. */
static inline struct virt_dma_desc* vchan_next_desc(struct virt_dma_chan* vc) {
  return list_empty(&vc->desc_issued) ? NULL : list_first_entry(&vc->desc_issued, struct virt_dma_desc, node);
}

#ifdef __cplusplus
}
#endif
#endif
