// Shared by the source files of the module `dmaengine`; not for providers or clients.
#pragma once

#include <linux/dmaengine.h>
#include <linux/list.h>
#include <linux/mutex.h>

namespace dmavp::dmaengine {

/// Guards provider_list, client counts and every cap_mask. Held around device_alloc_chan_resources (K8).
extern struct mutex list_mutex;
/// dma_device.global_node, in registration order.
extern struct list_head provider_list;

/// Takes one reference on the channel; the first pins the provider and its module and allocates resources.
/// 0, -ENODEV when the provider is going away, or the negative result of device_alloc_chan_resources.
/// list_mutex held.
int get_channel(dma_chan* chan);
/// Gives it back; the last synchronizes and frees resources. list_mutex held, sleeps.
void put_channel(dma_chan* chan);

/// First idle channel of the provider that has every capability of `mask` (may be NULL) and that the filter
/// accepts, grabbed for exclusive use (K8), or ERR_PTR: -EPROBE_DEFER when none fits, else what get_channel
/// said. list_mutex held.
dma_chan* grab_candidate(dma_device* device, const dma_cap_mask_t* mask, dma_filter_fn fn, void* param);
/// Marks the provider private for an exclusive user, and takes the mark back. list_mutex held.
void mark_private(dma_device* device);
void unmark_private(dma_device* device);

}  // namespace dmavp::dmaengine
