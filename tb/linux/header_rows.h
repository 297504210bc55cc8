/* What clients, providers and the framework share, computed once with our headers and once with Linux's. */
#ifndef TB_LINUX_HEADER_ROWS_H
#define TB_LINUX_HEADER_ROWS_H

#include "layout_rows.h"

#define VALUE(name) \
  { #name, (size_t)(name) }

#define CHANNEL_ROWS                                                                                         \
  AT(dma_chan, device), AT(dma_chan, slave), AT(dma_chan, cookie), AT(dma_chan, completed_cookie),           \
      AT(dma_chan, chan_id), AT(dma_chan, dev), AT(dma_chan, name), AT(dma_chan, dbg_client_name),           \
      AT(dma_chan, device_node), AT(dma_chan, local), AT(dma_chan, client_count), AT(dma_chan, table_count), \
      AT(dma_chan, router), AT(dma_chan, route_data), AT(dma_chan, private), SIZE(dma_chan),                 \
      AT(dma_chan_dev, chan), AT(dma_chan_dev, device), AT(dma_chan_dev, dev_id),                            \
      AT(dma_chan_dev, chan_dma_dev), SIZE(dma_chan_dev), SIZE(dma_chan_percpu), SIZE(dma_router)

#define CLIENT_ROWS                                                                                         \
  AT(dma_slave_config, direction), AT(dma_slave_config, src_addr), AT(dma_slave_config, dst_addr),          \
      AT(dma_slave_config, src_addr_width), AT(dma_slave_config, dst_addr_width),                           \
      AT(dma_slave_config, src_maxburst), AT(dma_slave_config, dst_maxburst),                               \
      AT(dma_slave_config, src_port_window_size), AT(dma_slave_config, dst_port_window_size),               \
      AT(dma_slave_config, device_fc), AT(dma_slave_config, peripheral_config),                             \
      AT(dma_slave_config, peripheral_size), SIZE(dma_slave_config), AT(dma_slave_caps, src_addr_widths),   \
      AT(dma_slave_caps, dst_addr_widths), AT(dma_slave_caps, directions), AT(dma_slave_caps, min_burst),   \
      AT(dma_slave_caps, max_burst), AT(dma_slave_caps, max_sg_burst), AT(dma_slave_caps, cmd_pause),       \
      AT(dma_slave_caps, cmd_resume), AT(dma_slave_caps, cmd_terminate),                                    \
      AT(dma_slave_caps, residue_granularity), AT(dma_slave_caps, descriptor_reuse), SIZE(dma_slave_caps),  \
      AT(dma_tx_state, last), AT(dma_tx_state, used), AT(dma_tx_state, residue),                            \
      AT(dma_tx_state, in_flight_bytes), SIZE(dma_tx_state), AT(dma_slave_map, param), SIZE(dma_slave_map), \
      AT(dma_filter, fn), AT(dma_filter, mapcnt), AT(dma_filter, map), SIZE(dma_vec), SIZE(data_chunk),     \
      AT(dma_interleaved_template, dst_start), AT(dma_interleaved_template, dir),                           \
      AT(dma_interleaved_template, src_inc), AT(dma_interleaved_template, dst_inc),                         \
      AT(dma_interleaved_template, src_sgl), AT(dma_interleaved_template, dst_sgl),                         \
      AT(dma_interleaved_template, numf), AT(dma_interleaved_template, frame_size),                         \
      AT(dma_interleaved_template, sgl), SIZE(dma_interleaved_template)

#define DESCRIPTOR_ROWS                                                                                      \
  AT(dma_async_tx_descriptor, cookie), AT(dma_async_tx_descriptor, flags),                                   \
      AT(dma_async_tx_descriptor, phys), AT(dma_async_tx_descriptor, chan),                                  \
      AT(dma_async_tx_descriptor, tx_submit), AT(dma_async_tx_descriptor, desc_free),                        \
      AT(dma_async_tx_descriptor, callback), AT(dma_async_tx_descriptor, callback_result),                   \
      AT(dma_async_tx_descriptor, callback_param), AT(dma_async_tx_descriptor, unmap),                       \
      AT(dma_async_tx_descriptor, desc_metadata_mode), AT(dma_async_tx_descriptor, metadata_ops),            \
      SIZE(dma_async_tx_descriptor), AT(dmaengine_unmap_data, map_cnt), AT(dmaengine_unmap_data, to_cnt),    \
      AT(dmaengine_unmap_data, from_cnt), AT(dmaengine_unmap_data, bidi_cnt), AT(dmaengine_unmap_data, dev), \
      AT(dmaengine_unmap_data, kref), AT(dmaengine_unmap_data, len), AT(dmaengine_unmap_data, addr),         \
      SIZE(dmaengine_unmap_data), SIZE(dma_descriptor_metadata_ops), AT(dmaengine_result, residue)

#define PROVIDER_ROWS                                                                                        \
  AT(dma_device, ref), AT(dma_device, chancnt), AT(dma_device, privatecnt), AT(dma_device, channels),        \
      AT(dma_device, global_node), AT(dma_device, filter), AT(dma_device, cap_mask),                         \
      AT(dma_device, desc_metadata_modes), AT(dma_device, max_xor), AT(dma_device, max_pq),                  \
      AT(dma_device, copy_align), AT(dma_device, fill_align), AT(dma_device, dev_id), AT(dma_device, dev),   \
      AT(dma_device, owner), AT(dma_device, chan_ida), AT(dma_device, src_addr_widths),                      \
      AT(dma_device, dst_addr_widths), AT(dma_device, directions), AT(dma_device, min_burst),                \
      AT(dma_device, max_burst), AT(dma_device, max_sg_burst), AT(dma_device, descriptor_reuse),             \
      AT(dma_device, residue_granularity), AT(dma_device, device_alloc_chan_resources),                      \
      AT(dma_device, device_router_config), AT(dma_device, device_free_chan_resources),                      \
      AT(dma_device, device_prep_dma_memcpy), AT(dma_device, device_prep_dma_xor),                           \
      AT(dma_device, device_prep_dma_xor_val), AT(dma_device, device_prep_dma_pq),                           \
      AT(dma_device, device_prep_dma_pq_val), AT(dma_device, device_prep_dma_memset),                        \
      AT(dma_device, device_prep_dma_memset_sg), AT(dma_device, device_prep_dma_interrupt),                  \
      AT(dma_device, device_prep_peripheral_dma_vec), AT(dma_device, device_prep_slave_sg),                  \
      AT(dma_device, device_prep_dma_cyclic), AT(dma_device, device_prep_interleaved_dma),                   \
      AT(dma_device, device_caps), AT(dma_device, device_config), AT(dma_device, device_pause),              \
      AT(dma_device, device_resume), AT(dma_device, device_terminate_all),                                   \
      AT(dma_device, device_synchronize), AT(dma_device, device_tx_status),                                  \
      AT(dma_device, device_issue_pending), AT(dma_device, device_release),                                  \
      AT(dma_device, dbg_summary_show), AT(dma_device, dbg_dev_root), SIZE(dma_device), AT(of_dma, of_node), \
      AT(of_dma, of_dma_xlate), AT(of_dma, of_dma_route_allocate), AT(of_dma, dma_router),                   \
      AT(of_dma, of_dma_data), SIZE(of_dma), SIZE(of_dma_filter_info)

#define VALUE_ROWS                                                                                           \
  VALUE(DMA_COMPLETE), VALUE(DMA_IN_PROGRESS), VALUE(DMA_PAUSED), VALUE(DMA_ERROR), VALUE(DMA_OUT_OF_ORDER), \
      VALUE(DMA_MEMCPY), VALUE(DMA_MEMSET), VALUE(DMA_PRIVATE), VALUE(DMA_SLAVE), VALUE(DMA_CYCLIC),         \
      VALUE(DMA_INTERLEAVE), VALUE(DMA_REPEAT), VALUE(DMA_LOAD_EOT), VALUE(DMA_TX_TYPE_END),                 \
      VALUE(DMA_MEM_TO_MEM), VALUE(DMA_MEM_TO_DEV), VALUE(DMA_DEV_TO_MEM), VALUE(DMA_DEV_TO_DEV),            \
      VALUE(DMA_TRANS_NONE), VALUE(DMA_PREP_INTERRUPT), VALUE(DMA_CTRL_ACK), VALUE(DMA_CTRL_REUSE),          \
      VALUE(DMA_PREP_CMD), VALUE(DMA_PREP_REPEAT), VALUE(DMA_PREP_LOAD_EOT), VALUE(DMA_TRANS_NOERROR),       \
      VALUE(DMA_TRANS_READ_FAILED), VALUE(DMA_TRANS_WRITE_FAILED), VALUE(DMA_TRANS_ABORTED),                 \
      VALUE(DMA_SLAVE_BUSWIDTH_128_BYTES), VALUE(DMA_RESIDUE_GRANULARITY_BURST),                             \
      VALUE(DMAENGINE_ALIGN_256_BYTES), VALUE(DESC_METADATA_ENGINE), VALUE(DMA_MIN_COOKIE),                  \
      VALUE(DMA_HAS_PQ_CONTINUE)

#define HEADER_ROWS CHANNEL_ROWS, CLIENT_ROWS, DESCRIPTOR_ROWS, PROVIDER_ROWS, VALUE_ROWS

#ifdef __cplusplus
extern "C" {
#endif
extern const struct layout_row our_headers[], linux_headers[];
extern const size_t our_header_rows, linux_header_rows;
#ifdef __cplusplus
}
#endif
#endif
