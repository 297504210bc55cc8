/* What a provider and virt-dma share, computed once with our header and once with Linux's. */
#ifndef TB_LINUX_LAYOUT_ROWS_H
#define TB_LINUX_LAYOUT_ROWS_H

#include <stddef.h>

struct layout_row {
  const char* what;
  size_t value;
};

#define SIZE(type) \
  { "sizeof " #type, sizeof(struct type) }
#define AT(type, member) \
  { #type "." #member, offsetof(struct type, member) }
/* A descriptor of ours has more members behind `node`, so its size is not in the list. */
#define LAYOUT_ROWS                                                                                          \
  AT(virt_dma_desc, tx), AT(virt_dma_desc, tx_result), AT(virt_dma_desc, node), SIZE(virt_dma_chan),         \
      AT(virt_dma_chan, chan), AT(virt_dma_chan, task), AT(virt_dma_chan, desc_free),                        \
      AT(virt_dma_chan, lock), AT(virt_dma_chan, desc_allocated), AT(virt_dma_chan, desc_submitted),         \
      AT(virt_dma_chan, desc_issued), AT(virt_dma_chan, desc_completed), AT(virt_dma_chan, desc_terminated), \
      AT(virt_dma_chan, cyclic), SIZE(dmaengine_desc_callback), AT(dmaengine_desc_callback, callback),       \
      AT(dmaengine_desc_callback, callback_result), AT(dmaengine_desc_callback, callback_param),             \
      SIZE(dma_chan), SIZE(dma_device), SIZE(tasklet_struct), SIZE(dma_async_tx_descriptor),                 \
      SIZE(dmaengine_result)

#ifdef __cplusplus
extern "C" {
#endif
extern const struct layout_row linux_layout[];
extern const size_t linux_layout_rows;
extern const size_t linux_descriptor_size;
#ifdef __cplusplus
}
#endif
#endif
