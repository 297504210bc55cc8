/* Sizes and offsets of the shared structures, computed once as C and once as C++ (design decision 17). */
#ifndef TB_MODULES_LAYOUT_H
#define TB_MODULES_LAYOUT_H

#include <stddef.h>

struct layout_row {
  const char* what;
  size_t value;
};

#ifdef __cplusplus
#define PRIVATE private_
#else
#define PRIVATE private
#endif

#define ROW_SIZE(type) \
  { "sizeof " #type, sizeof(type) }
#define ROW(type, member) \
  { #type, offsetof(type, member) }
#define LAYOUT_ROWS                                                                                          \
  ROW_SIZE(struct dma_chan), ROW(struct dma_chan, completed_cookie), ROW(struct dma_chan, dev),              \
      ROW(struct dma_chan, device_node), ROW(struct dma_chan, client_count), ROW(struct dma_chan, PRIVATE),  \
      ROW_SIZE(struct dma_chan_dev), ROW(struct dma_chan_dev, device), ROW(struct dma_chan_dev, dev_id),     \
      ROW(struct dma_chan_dev, chan_dma_dev), ROW_SIZE(struct dma_device), ROW(struct dma_device, channels), \
      ROW(struct dma_device, cap_mask), ROW(struct dma_device, copy_align), ROW(struct dma_device, dev),     \
      ROW(struct dma_device, chan_ida), ROW(struct dma_device, residue_granularity),                         \
      ROW(struct dma_device, device_prep_dma_memcpy), ROW(struct dma_device, device_prep_interleaved_dma),   \
      ROW(struct dma_device, device_tx_status), ROW(struct dma_device, dbg_dev_root),                        \
      ROW_SIZE(struct dma_async_tx_descriptor), ROW(struct dma_async_tx_descriptor, flags),                  \
      ROW(struct dma_async_tx_descriptor, callback_param),                                                   \
      ROW(struct dma_async_tx_descriptor, metadata_ops), ROW_SIZE(struct dma_tx_state),                      \
      ROW(struct dma_tx_state, in_flight_bytes), ROW_SIZE(struct dma_slave_config),                          \
      ROW(struct dma_slave_config, src_maxburst), ROW(struct dma_slave_config, peripheral_size),             \
      ROW_SIZE(struct dma_slave_caps), ROW(struct dma_slave_caps, residue_granularity),                      \
      ROW_SIZE(struct dmaengine_unmap_data), ROW(struct dmaengine_unmap_data, bidi_cnt),                     \
      ROW(struct dmaengine_unmap_data, kref), ROW(struct dmaengine_unmap_data, addr),                        \
      ROW_SIZE(struct dma_interleaved_template), ROW(struct dma_interleaved_template, sgl),                  \
      ROW_SIZE(struct data_chunk), ROW_SIZE(dma_cap_mask_t), ROW_SIZE(struct of_dma),                        \
      ROW(struct of_dma, of_dma_data), ROW_SIZE(struct virt_dma_desc), ROW(struct virt_dma_desc, node),      \
      ROW_SIZE(struct virt_dma_chan), ROW(struct virt_dma_chan, lock), ROW(struct virt_dma_chan, cyclic)

#ifdef __cplusplus
extern "C" {
#endif
extern const struct layout_row c_layout[];
extern const size_t c_layout_rows;
#ifdef __cplusplus
}
#endif
#endif
