/*
 * Types of dmaengine, included by <linux/dmaengine.h>: cookies, flags, channels, descriptors, providers.
 * Readable as C and as C++ at equal layout; `private` of struct dma_chan is `private_` in C++.
 */
#ifndef DMAVP_DMAENGINE_TYPES_H
#define DMAVP_DMAENGINE_TYPES_H

#include <linux/bitmap.h>
#include <linux/bitops.h>
#include <linux/bug.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/idr.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/types.h>

#ifdef __cplusplus
#define DMAVP_PRIVATE private_
extern "C" {
#else
#define DMAVP_PRIVATE private
#endif

struct dma_chan;
struct dma_device;
struct dma_async_tx_descriptor;
struct seq_file;
struct dentry;
struct module;

/* ---- cookies and status ---- */

/* Handle of a submitted transaction: positive is valid, negative an errno. Wraps from 2^31-1 to 1 (K20). */
typedef s32 dma_cookie_t;
#define DMA_MIN_COOKIE 1

/* Non-zero (the errno) when submit refused the descriptor. */
static inline int dma_submit_error(dma_cookie_t cookie) { return cookie < 0 ? cookie : 0; }

enum dma_status {
  DMA_COMPLETE,
  DMA_IN_PROGRESS,
  DMA_PAUSED,
  DMA_ERROR,
  DMA_OUT_OF_ORDER, /* only from providers with DMA_COMPLETION_NO_ORDER */
};

enum dma_transaction_type {
  DMA_MEMCPY,
  DMA_XOR,
  DMA_PQ,
  DMA_XOR_VAL,
  DMA_PQ_VAL,
  DMA_MEMSET,
  DMA_MEMSET_SG,
  DMA_INTERRUPT,
  DMA_PRIVATE,
  DMA_ASYNC_TX, /* set by the framework, never by a provider */
  DMA_SLAVE,
  DMA_CYCLIC,
  DMA_INTERLEAVE,
  DMA_COMPLETION_NO_ORDER,
  DMA_REPEAT,
  DMA_LOAD_EOT,
  DMA_TX_TYPE_END,
};

enum dma_transfer_direction {
  DMA_MEM_TO_MEM,
  DMA_MEM_TO_DEV,
  DMA_DEV_TO_MEM,
  DMA_DEV_TO_DEV,
  DMA_TRANS_NONE,
};

enum dma_ctrl_flags {
  DMA_PREP_INTERRUPT = 1 << 0,
  DMA_CTRL_ACK = 1 << 1,
  DMA_PREP_PQ_DISABLE_P = 1 << 2,
  DMA_PREP_PQ_DISABLE_Q = 1 << 3,
  DMA_PREP_CONTINUE = 1 << 4,
  DMA_PREP_FENCE = 1 << 5,
  DMA_CTRL_REUSE = 1 << 6,
  DMA_PREP_CMD = 1 << 7,
  DMA_PREP_REPEAT = 1 << 8,
  DMA_PREP_LOAD_EOT = 1 << 9,
};

/* Result bits of the *_VAL operations. */
enum sum_check_bits {
  SUM_CHECK_P = 0,
  SUM_CHECK_Q = 1,
};

enum sum_check_flags {
  SUM_CHECK_P_RESULT = 1 << SUM_CHECK_P,
  SUM_CHECK_Q_RESULT = 1 << SUM_CHECK_Q,
};

enum dmaengine_tx_result {
  DMA_TRANS_NOERROR,
  DMA_TRANS_READ_FAILED,
  DMA_TRANS_WRITE_FAILED,
  DMA_TRANS_ABORTED,
};

/* Register width in bytes. */
enum dma_slave_buswidth {
  DMA_SLAVE_BUSWIDTH_UNDEFINED = 0,
  DMA_SLAVE_BUSWIDTH_1_BYTE = 1,
  DMA_SLAVE_BUSWIDTH_2_BYTES = 2,
  DMA_SLAVE_BUSWIDTH_3_BYTES = 3,
  DMA_SLAVE_BUSWIDTH_4_BYTES = 4,
  DMA_SLAVE_BUSWIDTH_8_BYTES = 8,
  DMA_SLAVE_BUSWIDTH_16_BYTES = 16,
  DMA_SLAVE_BUSWIDTH_32_BYTES = 32,
  DMA_SLAVE_BUSWIDTH_64_BYTES = 64,
  DMA_SLAVE_BUSWIDTH_128_BYTES = 128,
};

/* How finely residue moves (K24). */
enum dma_residue_granularity {
  DMA_RESIDUE_GRANULARITY_DESCRIPTOR = 0,
  DMA_RESIDUE_GRANULARITY_SEGMENT = 1,
  DMA_RESIDUE_GRANULARITY_BURST = 2,
};

/* log2 of an alignment in bytes. */
enum dmaengine_alignment {
  DMAENGINE_ALIGN_1_BYTE = 0,
  DMAENGINE_ALIGN_2_BYTES = 1,
  DMAENGINE_ALIGN_4_BYTES = 2,
  DMAENGINE_ALIGN_8_BYTES = 3,
  DMAENGINE_ALIGN_16_BYTES = 4,
  DMAENGINE_ALIGN_32_BYTES = 5,
  DMAENGINE_ALIGN_64_BYTES = 6,
  DMAENGINE_ALIGN_128_BYTES = 7,
  DMAENGINE_ALIGN_256_BYTES = 8,
};

enum dma_desc_metadata_mode {
  DESC_METADATA_NONE = 0,
  DESC_METADATA_CLIENT = 1 << 0,
  DESC_METADATA_ENGINE = 1 << 1,
};

/* ---- capability mask: the macros take the mask by name ---- */

typedef struct {
  DECLARE_BITMAP(bits, DMA_TX_TYPE_END);
} dma_cap_mask_t;

static inline void __dma_cap_set(enum dma_transaction_type type, dma_cap_mask_t* mask) {
  mask->bits[(unsigned int)type / (8 * sizeof(long))] |= 1UL << ((unsigned int)type % (8 * sizeof(long)));
}

static inline void __dma_cap_clear(enum dma_transaction_type type, dma_cap_mask_t* mask) {
  mask->bits[(unsigned int)type / (8 * sizeof(long))] &= ~(1UL << ((unsigned int)type % (8 * sizeof(long))));
}

static inline void __dma_cap_zero(dma_cap_mask_t* mask) { memset(mask, 0, sizeof(*mask)); }

static inline int __dma_has_cap(enum dma_transaction_type type, const dma_cap_mask_t* mask) {
  return (mask->bits[(unsigned int)type / (8 * sizeof(long))] >> ((unsigned int)type % (8 * sizeof(long)))) &
         1;
}

#define dma_cap_zero(mask) __dma_cap_zero(&(mask))
#define dma_cap_set(type, mask) __dma_cap_set((type), &(mask))
#define dma_cap_clear(type, mask) __dma_cap_clear((type), &(mask))
#define dma_has_cap(type, mask) __dma_has_cap((type), &(mask))
#define for_each_dma_cap_mask(cap, mask) for_each_set_bit(cap, (mask).bits, DMA_TX_TYPE_END)

/* ---- interleaved template ---- */

/* One contiguous piece of a frame; sizes and gaps in bytes. */
struct data_chunk {
  size_t size;
  size_t icg;
  size_t dst_icg;
  size_t src_icg;
};

/* numf frames of frame_size chunks each (frame_size is the length of sgl[], not bytes). */
struct dma_interleaved_template {
  dma_addr_t src_start;
  dma_addr_t dst_start;
  enum dma_transfer_direction dir;
  bool src_inc;
  bool dst_inc;
  bool src_sgl;
  bool dst_sgl;
  size_t numf;
  size_t frame_size;
  struct data_chunk sgl[];
};

/* Bytes an address skips behind a chunk (K18): its own gap wins, else the common one when `sgl`, 0 without
 * `inc`. */
static inline size_t dmaengine_get_icg(bool inc, bool sgl, size_t icg, size_t dir_icg) {
  if (!inc) return 0;
  if (dir_icg) return dir_icg;
  return sgl ? icg : 0;
}

static inline size_t dmaengine_get_dst_icg(struct dma_interleaved_template* xt, struct data_chunk* chunk) {
  return dmaengine_get_icg(xt->dst_inc, xt->dst_sgl, chunk->icg, chunk->dst_icg);
}

static inline size_t dmaengine_get_src_icg(struct dma_interleaved_template* xt, struct data_chunk* chunk) {
  return dmaengine_get_icg(xt->src_inc, xt->src_sgl, chunk->icg, chunk->src_icg);
}

/* One piece of memory for device_prep_peripheral_dma_vec. */
struct dma_vec {
  dma_addr_t addr;
  size_t len;
};

/* ---- channels ---- */

struct dma_chan_percpu {
  unsigned long memcpy_count;
  unsigned long bytes_transferred;
};

/* A crossbar between requests and channels. */
struct dma_router {
  struct device* dev;
  void (*route_free)(struct device* dev, void* route_data);
};

struct dma_chan {
  struct dma_device* device;
  struct device* slave;          /* the client's device after dma_request_chan() */
  dma_cookie_t cookie;           /* last one handed out */
  dma_cookie_t completed_cookie; /* last one completed */
  int chan_id;
  struct dma_chan_dev* dev;
  const char* name; /* "dma:<name>" after dma_request_chan() */
  char* dbg_client_name;
  struct list_head device_node; /* in dma_device.channels */
  struct dma_chan_percpu* local;
  int client_count;
  int table_count;
  struct dma_router* router;
  void* route_data;
  void* DMAVP_PRIVATE; /* between a filter and the provider */
};

/* The channel's own class device; its name is "dma<dev_id>chan<chan_id>". */
struct dma_chan_dev {
  struct dma_chan* chan;
  struct device device;
  int dev_id;
  bool chan_dma_dev; /* this device, not the provider's, does the DMA mapping (K45) */
};

/* Client's view of a peripheral; bursts count items of the register width (K11, K12). */
struct dma_slave_config {
  enum dma_transfer_direction direction; /* obsolete: the direction given to prep decides (R9) */
  phys_addr_t src_addr;
  phys_addr_t dst_addr;
  enum dma_slave_buswidth src_addr_width;
  enum dma_slave_buswidth dst_addr_width;
  u32 src_maxburst;
  u32 dst_maxburst;
  u32 src_port_window_size;
  u32 dst_port_window_size;
  bool device_fc; /* the peripheral is flow controller */
  void* peripheral_config;
  size_t peripheral_size;
};

struct dma_slave_caps {
  u32 src_addr_widths; /* bit number = width in bytes */
  u32 dst_addr_widths;
  u32 directions; /* bit number = enum dma_transfer_direction */
  u32 min_burst;
  u32 max_burst; /* 0 = not limited */
  u32 max_sg_burst;
  bool cmd_pause;
  bool cmd_resume;
  bool cmd_terminate;
  enum dma_residue_granularity residue_granularity;
  bool descriptor_reuse;
};

static inline const char* dma_chan_name(struct dma_chan* chan) { return dev_name(&chan->dev->device); }

/* True accepts the (idle) channel; may be called several times per request (K7). */
typedef bool (*dma_filter_fn)(struct dma_chan* chan, void* filter_param);

/* Board table entry: client device and request name to a parameter of the provider's filter. */
struct dma_slave_map {
  const char* devname;
  const char* slave;
  void* param;
};

struct dma_filter {
  dma_filter_fn fn;
  int mapcnt;
  const struct dma_slave_map* map;
};

/* ---- descriptors ---- */

typedef void (*dma_async_tx_callback)(void* dma_async_param);

struct dmaengine_result {
  enum dmaengine_tx_result result;
  u32 residue; /* bytes not moved */
};

typedef void (*dma_async_tx_callback_result)(void* dma_async_param, const struct dmaengine_result* result);

/* Addresses to unmap when the last reference goes: to_cnt, then from_cnt, then bidi_cnt of them (K44). */
struct dmaengine_unmap_data {
  u16 map_cnt;
  u8 to_cnt;
  u8 from_cnt;
  u8 bidi_cnt;
  struct device* dev;
  struct kref kref;
  size_t len;
  dma_addr_t addr[];
};

struct dma_descriptor_metadata_ops {
  int (*attach)(struct dma_async_tx_descriptor* desc, void* data, size_t len);
  void* (*get_ptr)(struct dma_async_tx_descriptor* desc, size_t* payload_len, size_t* max_len);
  int (*set_len)(struct dma_async_tx_descriptor* desc, size_t payload_len);
};

/* A prepared transaction. From submit on it belongs to the engine unless DMA_CTRL_REUSE is set. */
struct dma_async_tx_descriptor {
  dma_cookie_t cookie; /* -EBUSY: parked on a dependency list */
  enum dma_ctrl_flags flags;
  dma_addr_t phys;
  struct dma_chan* chan;
  dma_cookie_t (*tx_submit)(struct dma_async_tx_descriptor* tx);
  int (*desc_free)(struct dma_async_tx_descriptor* tx);
  dma_async_tx_callback callback;
  dma_async_tx_callback_result callback_result;
  void* callback_param;
  struct dmaengine_unmap_data* unmap;
  enum dma_desc_metadata_mode desc_metadata_mode;
  struct dma_descriptor_metadata_ops* metadata_ops;
};

/* last/used: last completed and last issued cookie; residue and in_flight_bytes in bytes, of the queried
 * cookie. */
struct dma_tx_state {
  dma_cookie_t last;
  dma_cookie_t used;
  u32 residue;
  u32 in_flight_bytes;
};

/* ---- provider ---- */

struct dma_device {
  struct kref ref;
  unsigned int chancnt;
  unsigned int privatecnt;
  struct list_head channels;
  struct list_head global_node;
  struct dma_filter filter;
  dma_cap_mask_t cap_mask;
  enum dma_desc_metadata_mode desc_metadata_modes;
  unsigned short max_xor;
  unsigned short max_pq;
  enum dmaengine_alignment copy_align;
  enum dmaengine_alignment xor_align;
  enum dmaengine_alignment pq_align;
  enum dmaengine_alignment fill_align;
#define DMA_HAS_PQ_CONTINUE (1 << 15)

  int dev_id;
  struct device* dev;
  struct module* owner;
  struct ida chan_ida;

  u32 src_addr_widths;
  u32 dst_addr_widths;
  u32 directions;
  u32 min_burst;
  u32 max_burst;
  u32 max_sg_burst;
  bool descriptor_reuse;
  enum dma_residue_granularity residue_granularity;

  int (*device_alloc_chan_resources)(struct dma_chan* chan);
  int (*device_router_config)(struct dma_chan* chan);
  void (*device_free_chan_resources)(struct dma_chan* chan);

  struct dma_async_tx_descriptor* (*device_prep_dma_memcpy)(struct dma_chan* chan, dma_addr_t dst,
                                                            dma_addr_t src, size_t len, unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_xor)(struct dma_chan* chan, dma_addr_t dst,
                                                         dma_addr_t* src, unsigned int src_cnt, size_t len,
                                                         unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_xor_val)(struct dma_chan* chan, dma_addr_t* src,
                                                             unsigned int src_cnt, size_t len,
                                                             enum sum_check_flags* result,
                                                             unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_pq)(struct dma_chan* chan, dma_addr_t* dst,
                                                        dma_addr_t* src, unsigned int src_cnt,
                                                        const unsigned char* scf, size_t len,
                                                        unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_pq_val)(struct dma_chan* chan, dma_addr_t* pq,
                                                            dma_addr_t* src, unsigned int src_cnt,
                                                            const unsigned char* scf, size_t len,
                                                            enum sum_check_flags* pqres, unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_memset)(struct dma_chan* chan, dma_addr_t dest, int value,
                                                            size_t len, unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_memset_sg)(struct dma_chan* chan, struct scatterlist* sg,
                                                               unsigned int nents, int value,
                                                               unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_dma_interrupt)(struct dma_chan* chan, unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_peripheral_dma_vec)(struct dma_chan* chan,
                                                                    const struct dma_vec* vecs, size_t nents,
                                                                    enum dma_transfer_direction direction,
                                                                    unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_slave_sg)(struct dma_chan* chan, struct scatterlist* sgl,
                                                          unsigned int sg_len,
                                                          enum dma_transfer_direction direction,
                                                          unsigned long flags, void* context);
  struct dma_async_tx_descriptor* (*device_prep_dma_cyclic)(struct dma_chan* chan, dma_addr_t buf_addr,
                                                            size_t buf_len, size_t period_len,
                                                            enum dma_transfer_direction direction,
                                                            unsigned long flags);
  struct dma_async_tx_descriptor* (*device_prep_interleaved_dma)(struct dma_chan* chan,
                                                                 struct dma_interleaved_template* xt,
                                                                 unsigned long flags);

  void (*device_caps)(struct dma_chan* chan, struct dma_slave_caps* caps);
  int (*device_config)(struct dma_chan* chan, struct dma_slave_config* config);
  int (*device_pause)(struct dma_chan* chan);
  int (*device_resume)(struct dma_chan* chan);
  int (*device_terminate_all)(struct dma_chan* chan);
  void (*device_synchronize)(struct dma_chan* chan);
  enum dma_status (*device_tx_status)(struct dma_chan* chan, dma_cookie_t cookie,
                                      struct dma_tx_state* txstate);
  void (*device_issue_pending)(struct dma_chan* chan);
  void (*device_release)(struct dma_device* dev);
  void (*dbg_summary_show)(struct seq_file* s, struct dma_device* dev);
  struct dentry* dbg_dev_root;
};

/* Registration checks: K38. */
int dma_async_device_register(struct dma_device* device);
int dmaenginem_async_device_register(struct dma_device* device);
void dma_async_device_unregister(struct dma_device* device);
int dma_async_device_channel_register(struct dma_device* device, struct dma_chan* chan, const char* name);
void dma_async_device_channel_unregister(struct dma_device* device, struct dma_chan* chan);

#ifdef __cplusplus
static_assert(sizeof(struct dma_tx_state) == 16 && sizeof(struct dmaengine_result) == 8, "dmaengine layout");
static_assert(sizeof(struct dma_chan) == 112 && offsetof(struct dma_chan, private_) == 104,
              "dmaengine layout");
static_assert(sizeof(struct dma_async_tx_descriptor) == 88, "dmaengine layout");
static_assert(sizeof(struct dma_slave_config) == 72 && sizeof(struct dma_slave_caps) == 36,
              "dmaengine layout");
}
#else
_Static_assert(sizeof(struct dma_tx_state) == 16 && sizeof(struct dmaengine_result) == 8, "dmaengine layout");
_Static_assert(sizeof(struct dma_chan) == 112 && offsetof(struct dma_chan, private) == 104,
               "dmaengine layout");
_Static_assert(sizeof(struct dma_async_tx_descriptor) == 88, "dmaengine layout");
_Static_assert(sizeof(struct dma_slave_config) == 72 && sizeof(struct dma_slave_caps) == 36,
               "dmaengine layout");
#endif
#undef DMAVP_PRIVATE
#endif
