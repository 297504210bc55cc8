// Clients find, hold and release channels (K1..K10).
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dmaengine/internal.h"

namespace dmavp::dmaengine {
namespace {

bool has_every(const dma_device* device, const dma_cap_mask_t* wanted) {
  for (size_t i = 0; i < sizeof(wanted->bits) / sizeof(wanted->bits[0]); i++)
    if (wanted->bits[i] & ~device->cap_mask.bits[i]) return false;
  return true;
}

dma_chan* find_idle(dma_device* device, const dma_cap_mask_t* mask, dma_filter_fn fn, void* param) {
  if (mask && !has_every(device, mask)) return nullptr;
  dma_chan* chan;
  // A provider whose channels serve public users is not split among exclusive ones.
  if (device->chancnt > 1 && !dma_has_cap(DMA_PRIVATE, device->cap_mask))
    list_for_each_entry(chan, &device->channels, device_node) if (chan->client_count) return nullptr;
  list_for_each_entry(chan, &device->channels,
                      device_node) if (chan->client_count == 0 && (!fn || fn(chan, param))) return chan;
  return nullptr;
}

const dma_slave_map* find_map(const dma_device* device, const char* devname, const char* slave) {
  if (!device->filter.fn || !device->filter.map) return nullptr;
  for (int i = 0; i < device->filter.mapcnt; i++) {
    const dma_slave_map* map = &device->filter.map[i];
    if (!strcmp(map->devname, devname) && !strcmp(map->slave, slave)) return map;
  }
  return nullptr;
}

/// Providers with a board table naming (dev, name); NULL when no provider has an entry.
dma_chan* request_by_map(struct device* dev, const char* name) {
  dma_chan* chan = nullptr;
  dma_device* device;
  mutex_lock(&list_mutex);
  list_for_each_entry(device, &provider_list, global_node) {
    const dma_slave_map* map = find_map(device, dev_name(dev), name);
    if (!map) continue;
    dma_cap_mask_t mask;
    dma_cap_zero(mask);
    dma_cap_set(DMA_SLAVE, mask);
    chan = grab_candidate(device, &mask, device->filter.fn, map->param);
    if (!IS_ERR(chan)) break;
  }
  mutex_unlock(&list_mutex);
  return chan;
}

void release_action(void* chan) { dma_release_channel(static_cast<dma_chan*>(chan)); }

}  // namespace

dma_chan* grab_candidate(dma_device* device, const dma_cap_mask_t* mask, dma_filter_fn fn, void* param) {
  dma_chan* chan = find_idle(device, mask, fn, param);
  if (!chan) return static_cast<dma_chan*>(ERR_PTR(-EPROBE_DEFER));
  mark_private(device);
  const int ret = get_channel(chan);
  if (!ret) return chan;
  dev_dbg(device->dev, "%s cannot be used: %d\n", dma_chan_name(chan), ret);
  unmark_private(device);
  return static_cast<dma_chan*>(ERR_PTR(ret));
}

}  // namespace dmavp::dmaengine

using namespace dmavp::dmaengine;

struct dma_chan* dma_request_chan(struct device* dev, const char* name) {
  dma_chan* chan = nullptr;
  if (dev->of_node) chan = of_dma_request_slave_channel(dev->of_node, name);
  if (IS_ERR(chan) && PTR_ERR(chan) == -EPROBE_DEFER) return chan;
  if (IS_ERR_OR_NULL(chan)) {
    dma_chan* mapped = request_by_map(dev, name);
    if (mapped) chan = mapped;
  }
  if (!chan) return static_cast<dma_chan*>(ERR_PTR(-EPROBE_DEFER));
  if (IS_ERR(chan)) return chan;

  // Names only help people; a client that got its channel does not lose it for want of memory.
  chan->slave = dev;
  chan->name = kasprintf(GFP_KERNEL, "dma:%s", name);
  chan->dbg_client_name = kasprintf(GFP_KERNEL, "%s:%s", dev_name(dev), name);
  return chan;
}
EXPORT_SYMBOL(dma_request_chan);

struct dma_chan* devm_dma_request_chan(struct device* dev, const char* name) {
  dma_chan* chan = dma_request_chan(dev, name);
  if (IS_ERR(chan)) return chan;
  const int ret = devm_add_action_or_reset(dev, release_action, chan);
  return ret ? static_cast<dma_chan*>(ERR_PTR(ret)) : chan;
}
EXPORT_SYMBOL(devm_dma_request_chan);

struct dma_chan* __dma_request_channel(const dma_cap_mask_t* mask, dma_filter_fn fn, void* fn_param,
                                       struct device_node* np) {
  dma_chan* found = nullptr;
  dma_device* device;
  mutex_lock(&list_mutex);
  list_for_each_entry(device, &provider_list, global_node) {
    if (np && device->dev->of_node && np != device->dev->of_node) continue;
    dma_chan* chan = grab_candidate(device, mask, fn, fn_param);
    if (IS_ERR(chan)) continue;
    found = chan;
    break;
  }
  mutex_unlock(&list_mutex);
  return found;
}
EXPORT_SYMBOL(__dma_request_channel);

struct dma_chan* dma_request_chan_by_mask(const dma_cap_mask_t* mask) {
  if (!mask) return static_cast<dma_chan*>(ERR_PTR(-ENODEV));
  dma_chan* chan = __dma_request_channel(mask, nullptr, nullptr, nullptr);
  if (chan) return chan;
  mutex_lock(&list_mutex);
  const int error = list_empty(&provider_list) ? -EPROBE_DEFER : -ENODEV;
  mutex_unlock(&list_mutex);
  return static_cast<dma_chan*>(ERR_PTR(error));
}
EXPORT_SYMBOL(dma_request_chan_by_mask);

struct dma_chan* dma_get_slave_channel(struct dma_chan* chan) {
  dma_chan* result = nullptr;
  mutex_lock(&list_mutex);
  if (chan->client_count == 0) {
    mark_private(chan->device);
    if (get_channel(chan) == 0)
      result = chan;
    else
      unmark_private(chan->device);
  }
  mutex_unlock(&list_mutex);
  return result;
}
EXPORT_SYMBOL(dma_get_slave_channel);

struct dma_chan* dma_get_any_slave_channel(struct dma_device* device) {
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_SLAVE, mask);
  mutex_lock(&list_mutex);
  dma_chan* chan = grab_candidate(device, &mask, nullptr, nullptr);
  mutex_unlock(&list_mutex);
  return IS_ERR(chan) ? nullptr : chan;
}
EXPORT_SYMBOL(dma_get_any_slave_channel);

void dma_release_channel(struct dma_chan* chan) {
  mutex_lock(&list_mutex);
  WARN_ONCE(chan->client_count != 1, "dma_release_channel: %s has %d users\n", dma_chan_name(chan),
            chan->client_count);
  kfree(chan->name);
  kfree(chan->dbg_client_name);
  chan->name = nullptr;
  chan->dbg_client_name = nullptr;
  chan->slave = nullptr;
  unmark_private(chan->device);
  put_channel(chan);  // may drop the provider: nothing of it is used below
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dma_release_channel);

int dma_get_slave_caps(struct dma_chan* chan, struct dma_slave_caps* caps) {
  if (!chan || !caps) return -EINVAL;
  dma_device* device = chan->device;
  if (!dma_has_cap(DMA_SLAVE, device->cap_mask) && !dma_has_cap(DMA_CYCLIC, device->cap_mask)) return -ENXIO;
  if (!device->directions) return -ENXIO;
  caps->src_addr_widths = device->src_addr_widths;
  caps->dst_addr_widths = device->dst_addr_widths;
  caps->directions = device->directions;
  caps->min_burst = device->min_burst;
  caps->max_burst = device->max_burst;
  caps->max_sg_burst = device->max_sg_burst;
  caps->cmd_pause = device->device_pause != nullptr;
  caps->cmd_resume = device->device_resume != nullptr;
  caps->cmd_terminate = device->device_terminate_all != nullptr;
  caps->residue_granularity = device->residue_granularity;
  caps->descriptor_reuse = device->descriptor_reuse;
  if (device->device_caps) device->device_caps(chan, caps);
  return 0;
}
EXPORT_SYMBOL(dma_get_slave_caps);
