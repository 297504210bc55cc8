/*
 * dmaengine: the interface between clients, the framework and providers (controllers). Types and their
 * constants are in <dmavp/dmaengine_types.h>; here is what can be called.
 */
#ifndef LINUX_DMAENGINE_H
#define LINUX_DMAENGINE_H

#include <dmavp/dmaengine_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- requesting channels ---- */

/* Never NULL; errors K1..K6. Sleeps. */
struct dma_chan* dma_request_chan(struct device* dev, const char* name);
struct dma_chan* dma_request_chan_by_mask(const dma_cap_mask_t* mask);
struct dma_chan* devm_dma_request_chan(struct device* dev, const char* name);
/* NULL when nothing fits. */
struct dma_chan* __dma_request_channel(const dma_cap_mask_t* mask, dma_filter_fn fn, void* fn_param,
                                       struct device_node* np);
#define dma_request_channel(mask, fn, param) __dma_request_channel(&(mask), (fn), (param), NULL)
/* For of_xlate callbacks: that very channel, or any idle slave channel of the provider; NULL when in use. */
struct dma_chan* dma_get_slave_channel(struct dma_chan* chan);
struct dma_chan* dma_get_any_slave_channel(struct dma_device* device);
/* Synchronizes but does not terminate (K9). Sleeps. */
void dma_release_channel(struct dma_chan* chan);
int dma_get_slave_caps(struct dma_chan* chan, struct dma_slave_caps* caps);

static inline struct dma_chan* dma_request_slave_channel(struct device* dev, const char* name) {
  struct dma_chan* chan = dma_request_chan(dev, name);

  return IS_ERR(chan) ? NULL : chan;
}

static inline struct dma_chan* __dma_request_slave_channel_compat(const dma_cap_mask_t* mask,
                                                                  dma_filter_fn fn, void* fn_param,
                                                                  struct device* dev, const char* name) {
  struct dma_chan* chan = dma_request_slave_channel(dev, name);

  if (chan || !fn || !fn_param) return chan;
  return __dma_request_channel(mask, fn, fn_param, NULL);
}
#define dma_request_slave_channel_compat(mask, fn, param, dev, name) \
  __dma_request_slave_channel_compat(&(mask), (fn), (param), (dev), (name))

/* The public memcpy-offload side (K46). */
void dmaengine_get(void);
void dmaengine_put(void);
struct dma_chan* dma_find_channel(enum dma_transaction_type tx_type);
void dma_issue_pending_all(void);

static inline void net_dmaengine_get(void) {}
static inline void net_dmaengine_put(void) {}
static inline void async_dmaengine_get(void) {}
static inline void async_dmaengine_put(void) {}
static inline struct dma_chan* async_dma_find_channel(enum dma_transaction_type type) {
  (void)type;
  return NULL;
}

/* ---- waiting, dependencies, unmap data ---- */

/* Issues, then polls at most 5000 ms of simulated time (K27). */
enum dma_status dma_sync_wait(struct dma_chan* chan, dma_cookie_t cookie);
enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor* tx);
void dma_run_dependencies(struct dma_async_tx_descriptor* tx);
void dma_async_tx_descriptor_init(struct dma_async_tx_descriptor* tx, struct dma_chan* chan);

struct dmaengine_unmap_data* dmaengine_get_unmap_data(struct device* dev, int nr, gfp_t flags);
void dmaengine_unmap_put(struct dmaengine_unmap_data* unmap);

static inline void dma_set_unmap(struct dma_async_tx_descriptor* tx, struct dmaengine_unmap_data* unmap) {
  kref_get(&unmap->kref);
  tx->unmap = unmap;
}

static inline void dma_descriptor_unmap(struct dma_async_tx_descriptor* tx) {
  if (!tx->unmap) return;
  dmaengine_unmap_put(tx->unmap);
  tx->unmap = NULL;
}

/* Dependency chains are off: no channel switching. */
static inline void txd_lock(struct dma_async_tx_descriptor* txd) { (void)txd; }
static inline void txd_unlock(struct dma_async_tx_descriptor* txd) { (void)txd; }
static inline void txd_chain(struct dma_async_tx_descriptor* txd, struct dma_async_tx_descriptor* next) {
  (void)txd;
  (void)next;
  BUG();
}
static inline void txd_clear_parent(struct dma_async_tx_descriptor* txd) { (void)txd; }
static inline void txd_clear_next(struct dma_async_tx_descriptor* txd) { (void)txd; }
static inline struct dma_async_tx_descriptor* txd_next(struct dma_async_tx_descriptor* txd) {
  (void)txd;
  return NULL;
}
static inline struct dma_async_tx_descriptor* txd_parent(struct dma_async_tx_descriptor* txd) {
  (void)txd;
  return NULL;
}

/* ---- metadata (K43) ---- */

int dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor* desc, void* data, size_t len);
void* dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor* desc, size_t* payload_len,
                                      size_t* max_len);
int dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor* desc, size_t payload_len);

static inline bool dmaengine_is_metadata_mode_supported(struct dma_chan* chan,
                                                        enum dma_desc_metadata_mode mode) {
  return chan && (chan->device->desc_metadata_modes & mode);
}

/* ---- client operations: thin dispatch; codes for a missing operation are exact (K33) ---- */

static inline int dmaengine_slave_config(struct dma_chan* chan, struct dma_slave_config* config) {
  return chan->device->device_config ? chan->device->device_config(chan, config) : -ENOSYS;
}

static inline bool is_slave_direction(enum dma_transfer_direction direction) {
  return direction == DMA_MEM_TO_DEV || direction == DMA_DEV_TO_MEM || direction == DMA_DEV_TO_DEV;
}

/* The list lives on this stack: providers consume it during prep (K13). */
static inline struct dma_async_tx_descriptor* dmaengine_prep_slave_single(struct dma_chan* chan,
                                                                          dma_addr_t buf, size_t len,
                                                                          enum dma_transfer_direction dir,
                                                                          unsigned long flags) {
  struct scatterlist sg;

  if (!chan || !chan->device || !chan->device->device_prep_slave_sg) return NULL;
  sg_init_table(&sg, 1);
  sg_dma_address(&sg) = buf;
  sg_dma_len(&sg) = (unsigned int)len;
  return chan->device->device_prep_slave_sg(chan, &sg, 1, dir, flags, NULL);
}

static inline struct dma_async_tx_descriptor* dmaengine_prep_slave_sg(struct dma_chan* chan,
                                                                      struct scatterlist* sgl,
                                                                      unsigned int sg_len,
                                                                      enum dma_transfer_direction dir,
                                                                      unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_slave_sg) return NULL;
  return chan->device->device_prep_slave_sg(chan, sgl, sg_len, dir, flags, NULL);
}

static inline struct dma_async_tx_descriptor* dmaengine_prep_peripheral_dma_vec(
    struct dma_chan* chan, const struct dma_vec* vecs, size_t nents, enum dma_transfer_direction dir,
    unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_peripheral_dma_vec) return NULL;
  return chan->device->device_prep_peripheral_dma_vec(chan, vecs, nents, dir, flags);
}

static inline struct dma_async_tx_descriptor* dmaengine_prep_dma_cyclic(struct dma_chan* chan,
                                                                        dma_addr_t buf_addr, size_t buf_len,
                                                                        size_t period_len,
                                                                        enum dma_transfer_direction dir,
                                                                        unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_dma_cyclic) return NULL;
  return chan->device->device_prep_dma_cyclic(chan, buf_addr, buf_len, period_len, dir, flags);
}

/* DMA_PREP_REPEAT needs the capability DMA_REPEAT (K14). */
static inline struct dma_async_tx_descriptor* dmaengine_prep_interleaved_dma(
    struct dma_chan* chan, struct dma_interleaved_template* xt, unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_interleaved_dma) return NULL;
  if ((flags & DMA_PREP_REPEAT) && !dma_has_cap(DMA_REPEAT, chan->device->cap_mask)) return NULL;
  return chan->device->device_prep_interleaved_dma(chan, xt, flags);
}

static inline struct dma_async_tx_descriptor* dmaengine_prep_dma_memset(struct dma_chan* chan,
                                                                        dma_addr_t dest, int value,
                                                                        size_t len, unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_dma_memset) return NULL;
  return chan->device->device_prep_dma_memset(chan, dest, value, len, flags);
}

static inline struct dma_async_tx_descriptor* dmaengine_prep_dma_memcpy(struct dma_chan* chan,
                                                                        dma_addr_t dest, dma_addr_t src,
                                                                        size_t len, unsigned long flags) {
  if (!chan || !chan->device || !chan->device->device_prep_dma_memcpy) return NULL;
  return chan->device->device_prep_dma_memcpy(chan, dest, src, len, flags);
}

static inline int dmaengine_terminate_all(struct dma_chan* chan) {
  return chan->device->device_terminate_all ? chan->device->device_terminate_all(chan) : -ENOSYS;
}

static inline int dmaengine_terminate_async(struct dma_chan* chan) {
  return chan->device->device_terminate_all ? chan->device->device_terminate_all(chan) : -EINVAL;
}

/* Behind it no callback of what was terminated runs any more. Sleeps. */
static inline void dmaengine_synchronize(struct dma_chan* chan) {
  might_sleep();
  if (chan->device->device_synchronize) chan->device->device_synchronize(chan);
}

static inline int dmaengine_terminate_sync(struct dma_chan* chan) {
  int ret = dmaengine_terminate_async(chan);

  if (!ret) dmaengine_synchronize(chan);
  return ret;
}

static inline int dmaengine_pause(struct dma_chan* chan) {
  return chan->device->device_pause ? chan->device->device_pause(chan) : -ENOSYS;
}

static inline int dmaengine_resume(struct dma_chan* chan) {
  return chan->device->device_resume ? chan->device->device_resume(chan) : -ENOSYS;
}

static inline enum dma_status dmaengine_tx_status(struct dma_chan* chan, dma_cookie_t cookie,
                                                  struct dma_tx_state* state) {
  return chan->device->device_tx_status(chan, cookie, state);
}

static inline dma_cookie_t dmaengine_submit(struct dma_async_tx_descriptor* desc) {
  return desc->tx_submit(desc);
}

static inline void dma_async_issue_pending(struct dma_chan* chan) {
  chan->device->device_issue_pending(chan);
}

/* last and used may be NULL (K25). */
static inline enum dma_status dma_async_is_tx_complete(struct dma_chan* chan, dma_cookie_t cookie,
                                                       dma_cookie_t* last, dma_cookie_t* used) {
  struct dma_tx_state state;
  enum dma_status status = chan->device->device_tx_status(chan, cookie, &state);

  if (last) *last = state.last;
  if (used) *used = state.used;
  return status;
}

/* Is `cookie` behind the window (last, used] of what is under way, wraparound included (K22)? */
static inline enum dma_status dma_async_is_complete(dma_cookie_t cookie, dma_cookie_t last,
                                                    dma_cookie_t used) {
  const bool done = last <= used ? (cookie <= last || cookie > used) : (cookie <= last && cookie > used);

  return done ? DMA_COMPLETE : DMA_IN_PROGRESS;
}

static inline void dma_set_tx_state(struct dma_tx_state* st, dma_cookie_t last, dma_cookie_t used,
                                    u32 residue) {
  if (!st) return;
  st->last = last;
  st->used = used;
  st->residue = residue;
}

/* The device to map buffers against (K45). */
static inline struct device* dmaengine_get_dma_device(struct dma_chan* chan) {
  return chan->dev->chan_dma_dev ? &chan->dev->device : chan->device->dev;
}

static inline const char* dmaengine_get_direction_text(enum dma_transfer_direction dir) {
  switch (dir) {
    case DMA_DEV_TO_MEM:
      return "DEV_TO_MEM";
    case DMA_MEM_TO_DEV:
      return "MEM_TO_DEV";
    case DMA_MEM_TO_MEM:
      return "MEM_TO_MEM";
    case DMA_DEV_TO_DEV:
      return "DEV_TO_DEV";
    default:
      return "invalid";
  }
}

/* ---- acknowledgement and reuse ---- */

static inline void async_tx_ack(struct dma_async_tx_descriptor* tx) {
  tx->flags = (enum dma_ctrl_flags)(tx->flags | DMA_CTRL_ACK);
}

static inline void async_tx_clear_ack(struct dma_async_tx_descriptor* tx) {
  tx->flags = (enum dma_ctrl_flags)(tx->flags & ~DMA_CTRL_ACK);
}

static inline bool async_tx_test_ack(struct dma_async_tx_descriptor* tx) {
  return (tx->flags & DMA_CTRL_ACK) == DMA_CTRL_ACK;
}

/* -EPERM when the provider cannot reuse descriptors, or the error of dma_get_slave_caps(). */
static inline int dmaengine_desc_set_reuse(struct dma_async_tx_descriptor* tx) {
  struct dma_slave_caps caps;
  int ret = dma_get_slave_caps(tx->chan, &caps);

  if (ret) return ret;
  if (!caps.descriptor_reuse) return -EPERM;
  tx->flags = (enum dma_ctrl_flags)(tx->flags | DMA_CTRL_REUSE);
  return 0;
}

static inline void dmaengine_desc_clear_reuse(struct dma_async_tx_descriptor* tx) {
  tx->flags = (enum dma_ctrl_flags)(tx->flags & ~DMA_CTRL_REUSE);
}

static inline bool dmaengine_desc_test_reuse(struct dma_async_tx_descriptor* tx) {
  return (tx->flags & DMA_CTRL_REUSE) == DMA_CTRL_REUSE;
}

static inline int dmaengine_desc_free(struct dma_async_tx_descriptor* desc) {
  if (!dmaengine_desc_test_reuse(desc)) return -EPERM;
  return desc->desc_free(desc);
}

/* ---- alignment (K28) and P+Q limits ---- */

static inline bool dmaengine_check_align(enum dmaengine_alignment align, size_t off1, size_t off2,
                                         size_t len) {
  return !((off1 | off2 | len) & (((size_t)1 << align) - 1));
}

static inline bool is_dma_copy_aligned(struct dma_device* dev, size_t off1, size_t off2, size_t len) {
  return dmaengine_check_align(dev->copy_align, off1, off2, len);
}

static inline bool is_dma_xor_aligned(struct dma_device* dev, size_t off1, size_t off2, size_t len) {
  return dmaengine_check_align(dev->xor_align, off1, off2, len);
}

static inline bool is_dma_pq_aligned(struct dma_device* dev, size_t off1, size_t off2, size_t len) {
  return dmaengine_check_align(dev->pq_align, off1, off2, len);
}

static inline bool is_dma_fill_aligned(struct dma_device* dev, size_t off1, size_t off2, size_t len) {
  return dmaengine_check_align(dev->fill_align, off1, off2, len);
}

static inline void dma_set_maxpq(struct dma_device* dma, int maxpq, int has_pq_continue) {
  dma->max_pq = (unsigned short)(maxpq | (has_pq_continue ? DMA_HAS_PQ_CONTINUE : 0));
}

static inline bool dmaf_continue(enum dma_ctrl_flags flags) {
  return (flags & DMA_PREP_CONTINUE) == DMA_PREP_CONTINUE;
}

static inline bool dmaf_p_disabled_continue(enum dma_ctrl_flags flags) {
  const int both = DMA_PREP_CONTINUE | DMA_PREP_PQ_DISABLE_P;

  return (flags & both) == both;
}

static inline bool dma_dev_has_pq_continue(struct dma_device* dma) {
  return (dma->max_pq & DMA_HAS_PQ_CONTINUE) != 0;
}

static inline unsigned short dma_dev_to_maxpq(struct dma_device* dma) {
  return (unsigned short)(dma->max_pq & ~DMA_HAS_PQ_CONTINUE);
}

/* Sources one P+Q operation can take; continuing without hardware help spends 1 (P off) or 3 of them. */
static inline int dma_maxpq(struct dma_device* dma, enum dma_ctrl_flags flags) {
  if (dma_dev_has_pq_continue(dma) || !dmaf_continue(flags)) return dma_dev_to_maxpq(dma);
  return dma_dev_to_maxpq(dma) - (dmaf_p_disabled_continue(flags) ? 1 : 3);
}

#ifdef __cplusplus
}
#endif
#endif
