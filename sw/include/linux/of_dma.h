/* Finding DMA channels through the device tree: `dmas`, `dma-names`, `#dma-cells`. */
#ifndef LINUX_OF_DMA_H
#define LINUX_OF_DMA_H

#include <linux/dmaengine.h>
#include <linux/errno.h>
#include <linux/of.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A registered controller. of_dma_xlate turns the cells behind its phandle into a channel, NULL or ERR_PTR
 * (K6). */
struct of_dma {
  struct list_head of_dma_controllers;
  struct device_node* of_node;
  struct dma_chan* (*of_dma_xlate)(struct of_phandle_args* args, struct of_dma* ofdma);
  void* (*of_dma_route_allocate)(struct of_phandle_args* args, struct of_dma* ofdma);
  struct dma_router* dma_router;
  void* of_dma_data;
};

/* Parameter of of_dma_simple_xlate(). */
struct of_dma_filter_info {
  dma_cap_mask_t dma_cap;
  dma_filter_fn filter_fn;
};

/* -EINVAL without node or callback, -ENOMEM. */
int of_dma_controller_register(struct device_node* np,
                               struct dma_chan* (*of_dma_xlate)(struct of_phandle_args*, struct of_dma*),
                               void* data);
void of_dma_controller_free(struct device_node* np);
/* A router translates a request and hands it to the controller named by its result. */
int of_dma_router_register(struct device_node* np,
                           void* (*of_dma_route_allocate)(struct of_phandle_args*, struct of_dma*),
                           struct dma_router* dma_router);
#define of_dma_router_free of_dma_controller_free

/* ERR_PTR(-ENODEV) or -EPROBE_DEFER, or what the controller's xlate answered (K2, K3, K6). */
struct dma_chan* of_dma_request_slave_channel(struct device_node* np, const char* name);
/* One cell = filter parameter. */
struct dma_chan* of_dma_simple_xlate(struct of_phandle_args* dma_spec, struct of_dma* ofdma);
/* One cell = channel number of the provider in of_dma_data. */
struct dma_chan* of_dma_xlate_by_chan_id(struct of_phandle_args* dma_spec, struct of_dma* ofdma);

#ifdef __cplusplus
}
#endif
#endif
