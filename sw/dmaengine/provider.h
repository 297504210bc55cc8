/* What providers share: cookies, status records and the choice of callback. */
#ifndef DMAVP_DMAENGINE_PROVIDER_H
#define DMAVP_DMAENGINE_PROVIDER_H

#include <linux/bug.h>
#include <linux/dmaengine.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The first transaction of a fresh channel therefore gets cookie 2 (K20). */
static inline void dma_cookie_init(struct dma_chan* chan) {
  chan->cookie = DMA_MIN_COOKIE;
  chan->completed_cookie = DMA_MIN_COOKIE;
}

/* Next cookie, wrapping from 2^31-1 to 1; 0 is never given (K20). The caller holds the channel's lock. */
static inline dma_cookie_t dma_cookie_assign(struct dma_async_tx_descriptor* tx) {
  const u32 next = (u32)tx->chan->cookie + 1u;

  tx->cookie = next > 0x7fffffffu || next == 0 ? DMA_MIN_COOKIE : (dma_cookie_t)next;
  tx->chan->cookie = tx->cookie;
  return tx->cookie;
}

/* Completing twice, or something never submitted, is fatal (K21). The caller holds the channel's lock. */
static inline void dma_cookie_complete(struct dma_async_tx_descriptor* tx) {
  BUG_ON(tx->cookie < DMA_MIN_COOKIE);
  tx->chan->completed_cookie = tx->cookie;
  tx->cookie = 0;
}

/* Status by cookie alone; fills `state` (may be NULL) with residue 0 and nothing in flight (K22, K23). No
 * lock. */
static inline enum dma_status dma_cookie_status(struct dma_chan* chan, dma_cookie_t cookie,
                                                struct dma_tx_state* state) {
  const dma_cookie_t used = chan->cookie;
  const dma_cookie_t last = *(volatile dma_cookie_t*)&chan->completed_cookie;

  if (state) {
    state->last = last;
    state->used = used;
    state->residue = 0;
    state->in_flight_bytes = 0;
  }
  return dma_async_is_complete(cookie, last, used);
}

static inline void dma_set_residue(struct dma_tx_state* state, u32 residue) {
  if (state) state->residue = residue;
}

static inline void dma_set_in_flight_bytes(struct dma_tx_state* state, u32 bytes) {
  if (state) state->in_flight_bytes = bytes;
}

/* A descriptor's callback, copied before it is used: the descriptor may go away meanwhile (K31). */
struct dmaengine_desc_callback {
  dma_async_tx_callback callback;
  dma_async_tx_callback_result callback_result;
  void* callback_param;
};

static inline void dmaengine_desc_get_callback(struct dma_async_tx_descriptor* tx,
                                               struct dmaengine_desc_callback* cb) {
  cb->callback = tx->callback;
  cb->callback_result = tx->callback_result;
  cb->callback_param = tx->callback_param;
}

/* Exactly one of the two runs, callback_result first; no result means success (K30). */
static inline void dmaengine_desc_callback_invoke(struct dmaengine_desc_callback* cb,
                                                  const struct dmaengine_result* result) {
  const struct dmaengine_result good = {DMA_TRANS_NOERROR, 0};

  if (cb->callback_result)
    cb->callback_result(cb->callback_param, result ? result : &good);
  else if (cb->callback)
    cb->callback(cb->callback_param);
}

static inline bool dmaengine_desc_callback_valid(struct dmaengine_desc_callback* cb) {
  return cb->callback || cb->callback_result;
}

#ifdef __cplusplus
}
#endif
#endif
