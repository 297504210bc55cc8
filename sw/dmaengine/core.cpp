// Providers: registration, their channels and references to them.
#include <linux/device.h>
#include <linux/dmaengine.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "dmaengine/internal.h"

namespace dmavp::dmaengine {

struct mutex list_mutex = __MUTEX_INITIALIZER(list_mutex);
struct list_head provider_list = LIST_HEAD_INIT(provider_list);

namespace {

DEFINE_IDA(device_ids);
long public_users;  // dmaengine_get() calls not yet undone

struct Requirement {
  dma_transaction_type capability;
  const char* name;
  bool present;
};

/// Capabilities advertised without their operation (K38); DMA_SLAVE has no such check.
const Requirement* first_missing(const dma_device& d, const Requirement (&table)[9]) {
  for (const Requirement& r : table)
    if (dma_has_cap(r.capability, d.cap_mask) && !r.present) return &r;
  return nullptr;
}

int check_operations(const dma_device& d) {
  const Requirement table[] = {
      {DMA_MEMCPY, "DMA_MEMCPY", d.device_prep_dma_memcpy != nullptr},
      {DMA_XOR, "DMA_XOR", d.device_prep_dma_xor != nullptr},
      {DMA_XOR_VAL, "DMA_XOR_VAL", d.device_prep_dma_xor_val != nullptr},
      {DMA_PQ, "DMA_PQ", d.device_prep_dma_pq != nullptr},
      {DMA_PQ_VAL, "DMA_PQ_VAL", d.device_prep_dma_pq_val != nullptr},
      {DMA_MEMSET, "DMA_MEMSET", d.device_prep_dma_memset != nullptr},
      {DMA_INTERRUPT, "DMA_INTERRUPT", d.device_prep_dma_interrupt != nullptr},
      {DMA_CYCLIC, "DMA_CYCLIC", d.device_prep_dma_cyclic != nullptr},
      {DMA_INTERLEAVE, "DMA_INTERLEAVE", d.device_prep_interleaved_dma != nullptr},
  };
  if (const Requirement* r = first_missing(d, table)) {
    dev_err(d.dev, "capability %s is advertised but its prepare operation is missing\n", r->name);
    return -EIO;
  }
  if (!d.device_tx_status) {
    dev_err(d.dev, "device_tx_status is missing\n");
    return -EIO;
  }
  if (!d.device_issue_pending) {
    dev_err(d.dev, "device_issue_pending is missing\n");
    return -EIO;
  }
  return 0;
}

/// Devices of channels are called "dma dma0chan1" in the log.
const struct class_ channel_class = {"dma", nullptr, nullptr, nullptr, nullptr};

void free_channel_device(struct device* dev) { kfree(container_of(dev, struct dma_chan_dev, device)); }

int add_channel(dma_device* device, dma_chan* chan, const char* name) {
  auto* chan_dev = static_cast<dma_chan_dev*>(kzalloc(sizeof(dma_chan_dev), GFP_KERNEL));
  if (!chan_dev) return -ENOMEM;
  const int id = ida_alloc(&device->chan_ida, GFP_KERNEL);
  if (id < 0) {
    kfree(chan_dev);
    return id;
  }
  chan->chan_id = id;
  chan->device = device;
  chan->dev = chan_dev;
  chan->client_count = 0;
  chan_dev->chan = chan;
  chan_dev->dev_id = device->dev_id;
  chan_dev->device.class_ = &channel_class;
  chan_dev->device.parent = device->dev;
  chan_dev->device.release = free_channel_device;
  if (name)
    dev_set_name(&chan_dev->device, "%s", name);
  else
    dev_set_name(&chan_dev->device, "dma%dchan%d", device->dev_id, id);
  const int ret = device_register(&chan_dev->device);
  if (ret) {
    put_device(&chan_dev->device);  // frees chan_dev
    chan->dev = nullptr;
    ida_free(&device->chan_ida, static_cast<unsigned>(id));
    return ret;
  }
  device->chancnt++;
  return 0;
}

void remove_channel(dma_device* device, dma_chan* chan) {
  if (!chan->dev) return;
  WARN_ONCE(!device->device_release && chan->client_count, "channel %s is removed while a client holds it\n",
            dma_chan_name(chan));
  device->chancnt--;
  chan->dev->chan = nullptr;
  ida_free(&device->chan_ida, static_cast<unsigned>(chan->chan_id));
  device_unregister(&chan->dev->device);
  chan->dev = nullptr;
}

void last_reference(struct kref* ref) {
  dma_device* device = container_of(ref, struct dma_device, ref);
  list_del_init(&device->global_node);
  ida_free(&device_ids, static_cast<unsigned>(device->dev_id));
  ida_destroy(&device->chan_ida);
  if (device->device_release) device->device_release(device);
}

void unregister_action(void* device) { dma_async_device_unregister(static_cast<dma_device*>(device)); }

int start() { return class_register(&channel_class); }
void stop() { class_unregister(&channel_class); }

bool is_private(const dma_device* device) { return dma_has_cap(DMA_PRIVATE, device->cap_mask); }

}  // namespace

int get_channel(dma_chan* chan) {
  dma_device* device = chan->device;
  if (chan->client_count) {
    chan->client_count++;
    return 0;
  }
  if (!try_module_get(device->owner)) return -ENODEV;
  if (!kref_get_unless_zero(&device->ref)) {
    module_put(device->owner);
    return -ENODEV;
  }
  if (device->device_alloc_chan_resources) {
    const int ret = device->device_alloc_chan_resources(chan);
    if (ret < 0) {
      kref_put(&device->ref, last_reference);
      module_put(device->owner);
      return ret;
    }
  }
  chan->client_count++;
  return 0;
}

void put_channel(dma_chan* chan) {
  dma_device* device = chan->device;
  if (!chan->client_count) return;
  if (--chan->client_count) return;
  struct module* owner = device->owner;
  dmaengine_synchronize(chan);
  if (device->device_free_chan_resources) device->device_free_chan_resources(chan);
  if (chan->router && chan->router->route_free) {
    chan->router->route_free(chan->router->dev, chan->route_data);
    chan->route_data = nullptr;
    chan->router = nullptr;
  }
  kref_put(&device->ref, last_reference);
  module_put(owner);
}

void mark_private(dma_device* device) {
  dma_cap_set(DMA_PRIVATE, device->cap_mask);
  device->privatecnt++;
}

void unmark_private(dma_device* device) {
  if (--device->privatecnt == 0) dma_cap_clear(DMA_PRIVATE, device->cap_mask);
}

}  // namespace dmavp::dmaengine

using namespace dmavp::dmaengine;

int dma_async_device_register(struct dma_device* device) {
  if (!device) return -ENODEV;
  if (!device->dev) {
    pr_err("dmaengine: a provider without a device cannot be registered\n");
    return -EIO;
  }
  device->owner = device->dev->driver ? device->dev->driver->owner : nullptr;
  int ret = check_operations(*device);
  if (ret) return ret;
  if (!device->device_release)
    dev_dbg(device->dev, "no device_release: unbinding with channels in use is unsafe\n");

  kref_init(&device->ref);
  ida_init(&device->chan_ida);
  device->chancnt = 0;
  device->privatecnt = 0;
  ret = ida_alloc(&device_ids, GFP_KERNEL);
  if (ret < 0) return ret;
  device->dev_id = ret;

  dma_chan* chan;
  list_for_each_entry(chan, &device->channels, device_node) {
    ret = add_channel(device, chan, nullptr);
    if (ret) {
      list_for_each_entry(chan, &device->channels, device_node) remove_channel(device, chan);
      ida_free(&device_ids, static_cast<unsigned>(device->dev_id));
      return ret;
    }
  }

  mutex_lock(&list_mutex);
  if (is_private(device))
    device->privatecnt++;  // private for ever
  else if (public_users)
    list_for_each_entry(chan, &device->channels, device_node) get_channel(chan);
  list_add_tail(&device->global_node, &provider_list);
  mutex_unlock(&list_mutex);
  return 0;
}
EXPORT_SYMBOL(dma_async_device_register);

void dma_async_device_unregister(struct dma_device* device) {
  mutex_lock(&list_mutex);
  list_del_init(&device->global_node);  // nobody finds it any more
  dma_chan *chan, *next;
  if (!is_private(device) && public_users)
    list_for_each_entry(chan, &device->channels, device_node) put_channel(chan);
  list_for_each_entry_safe(chan, next, &device->channels, device_node) remove_channel(device, chan);
  dma_cap_set(DMA_PRIVATE, device->cap_mask);
  kref_put(&device->ref, last_reference);
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dma_async_device_unregister);

int dmaenginem_async_device_register(struct dma_device* device) {
  const int ret = dma_async_device_register(device);
  return ret ? ret : devm_add_action_or_reset(device->dev, unregister_action, device);
}
EXPORT_SYMBOL(dmaenginem_async_device_register);

int dma_async_device_channel_register(struct dma_device* device, struct dma_chan* chan, const char* name) {
  return add_channel(device, chan, name);
}
EXPORT_SYMBOL(dma_async_device_channel_register);

void dma_async_device_channel_unregister(struct dma_device* device, struct dma_chan* chan) {
  mutex_lock(&list_mutex);
  remove_channel(device, chan);
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dma_async_device_channel_unregister);

void dmaengine_get(void) {
  mutex_lock(&list_mutex);
  if (public_users++ == 0) {
    dma_device* device;
    dma_chan* chan;
    list_for_each_entry(device, &provider_list, global_node) {
      if (is_private(device)) continue;
      list_for_each_entry(chan, &device->channels, device_node) {
        const int ret = get_channel(chan);
        if (ret) dev_dbg(device->dev, "%s not available to public users: %d\n", dma_chan_name(chan), ret);
      }
    }
  }
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dmaengine_get);

void dmaengine_put(void) {
  mutex_lock(&list_mutex);
  if (!WARN_ON(public_users == 0) && --public_users == 0) {
    dma_device* device;
    dma_chan* chan;
    list_for_each_entry(device, &provider_list, global_node) {
      if (is_private(device)) continue;
      list_for_each_entry(chan, &device->channels, device_node) put_channel(chan);
    }
  }
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dmaengine_put);

struct dma_chan* dma_find_channel(enum dma_transaction_type tx_type) {
  dma_device* device;
  dma_chan *chan, *best = nullptr;
  mutex_lock(&list_mutex);
  list_for_each_entry(device, &provider_list, global_node) {
    if (is_private(device) || !dma_has_cap(tx_type, device->cap_mask)) continue;
    list_for_each_entry(
        chan, &device->channels,
        device_node) if (chan->client_count && (!best || chan->table_count < best->table_count)) best = chan;
  }
  if (best) best->table_count++;
  mutex_unlock(&list_mutex);
  return best;
}
EXPORT_SYMBOL(dma_find_channel);

void dma_issue_pending_all(void) {
  dma_device* device;
  dma_chan* chan;
  mutex_lock(&list_mutex);
  list_for_each_entry(device, &provider_list, global_node) {
    if (is_private(device)) continue;
    list_for_each_entry(chan, &device->channels, device_node) if (chan->client_count)
        device->device_issue_pending(chan);
  }
  mutex_unlock(&list_mutex);
}
EXPORT_SYMBOL(dma_issue_pending_all);

module_init(start);
module_exit(stop);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("DMA engine framework: channels, clients and providers");
