// Channels by device tree: `dmas` and `dma-names` of the client, #dma-cells of the controller.
#include <linux/atomic.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

namespace {

DEFINE_MUTEX(controllers_mutex);
LIST_HEAD(controllers);
atomic_t rotation = ATOMIC_INIT(0);  // where the search among equal names starts

struct of_dma* find_controller(const of_phandle_args& spec) {
  struct of_dma* ofdma;
  list_for_each_entry(ofdma, &controllers, of_dma_controllers) if (ofdma->of_node == spec.np) return ofdma;
  return nullptr;
}

int add_controller(struct device_node* np, const struct of_dma& contents) {
  auto* ofdma = static_cast<struct of_dma*>(kzalloc(sizeof(struct of_dma), GFP_KERNEL));
  if (!ofdma) return -ENOMEM;
  *ofdma = contents;
  ofdma->of_node = np;
  mutex_lock(&controllers_mutex);
  list_add_tail(&ofdma->of_dma_controllers, &controllers);
  mutex_unlock(&controllers_mutex);
  return 0;
}

/// A router replaces the cells and names the controller behind it; its route goes with the channel.
dma_chan* route(of_phandle_args* spec, struct of_dma* ofdma) {
  of_phandle_args target = *spec;
  void* route_data = ofdma->of_dma_route_allocate(&target, ofdma);
  if (IS_ERR(route_data)) return static_cast<dma_chan*>(route_data);
  dma_chan* chan;
  struct of_dma* behind = find_controller(target);
  if (!behind)
    chan = static_cast<dma_chan*>(ERR_PTR(-EPROBE_DEFER));
  else
    chan = behind->of_dma_xlate(&target, behind);
  if (IS_ERR_OR_NULL(chan)) {
    ofdma->dma_router->route_free(ofdma->dma_router->dev, route_data);
  } else {
    chan->router = ofdma->dma_router;
    chan->route_data = route_data;
    if (chan->device->device_router_config) {
      const int ret = chan->device->device_router_config(chan);
      if (ret) {
        dma_release_channel(chan);
        chan = static_cast<dma_chan*>(ERR_PTR(ret));
      }
    }
  }
  of_node_put(target.np);
  return chan;
}

}  // namespace

int of_dma_controller_register(struct device_node* np,
                               struct dma_chan* (*of_dma_xlate)(struct of_phandle_args*, struct of_dma*),
                               void* data) {
  if (!np || !of_dma_xlate) {
    pr_err("of_dma: a controller needs a node and a translation\n");
    return -EINVAL;
  }
  struct of_dma contents = {};
  contents.of_dma_xlate = of_dma_xlate;
  contents.of_dma_data = data;
  return add_controller(np, contents);
}
EXPORT_SYMBOL(of_dma_controller_register);

int of_dma_router_register(struct device_node* np,
                           void* (*of_dma_route_allocate)(struct of_phandle_args*, struct of_dma*),
                           struct dma_router* dma_router) {
  if (!np || !of_dma_route_allocate || !dma_router) {
    pr_err("of_dma: a router needs a node, an allocation and a description\n");
    return -EINVAL;
  }
  struct of_dma contents = {};
  contents.of_dma_xlate = route;
  contents.of_dma_route_allocate = of_dma_route_allocate;
  contents.dma_router = dma_router;
  return add_controller(np, contents);
}
EXPORT_SYMBOL(of_dma_router_register);

void of_dma_controller_free(struct device_node* np) {
  struct of_dma *ofdma, *next;
  mutex_lock(&controllers_mutex);
  list_for_each_entry_safe(ofdma, next, &controllers, of_dma_controllers) {
    if (ofdma->of_node != np) continue;
    list_del(&ofdma->of_dma_controllers);
    kfree(ofdma);
    break;
  }
  mutex_unlock(&controllers_mutex);
}
EXPORT_SYMBOL(of_dma_controller_free);

struct dma_chan* of_dma_request_slave_channel(struct device_node* np, const char* name) {
  if (!np || !name) {
    pr_err("of_dma: no device node or no request name\n");
    return static_cast<dma_chan*>(ERR_PTR(-ENODEV));
  }
  if (!of_property_present(np, "dmas")) return static_cast<dma_chan*>(ERR_PTR(-ENODEV));
  const int count = of_property_count_strings(np, "dma-names");
  if (count < 0) {
    pr_err("of_dma: %pOF has `dmas` but no usable `dma-names`\n", np);
    return static_cast<dma_chan*>(ERR_PTR(-ENODEV));
  }

  // Several entries of one name are alternatives; each request starts at the next of them.
  const int start =
      static_cast<int>(static_cast<unsigned>(atomic_inc_return(&rotation)) % (count ? count : 1));
  int failure = -ENODEV;
  for (int i = 0; i < count; i++) {
    const int index = (start + i) % count;
    const char* entry = nullptr;
    if (of_property_read_string_index(np, "dma-names", index, &entry) || strcmp(entry, name) != 0) continue;
    of_phandle_args spec;
    if (of_parse_phandle_with_args(np, "dmas", "#dma-cells", index, &spec)) continue;
    dma_chan* chan = nullptr;
    mutex_lock(&controllers_mutex);
    if (struct of_dma* ofdma = find_controller(spec))
      chan = ofdma->of_dma_xlate(&spec, ofdma);
    else
      failure = -EPROBE_DEFER;
    mutex_unlock(&controllers_mutex);
    of_node_put(spec.np);
    if (chan) return chan;
  }
  return static_cast<dma_chan*>(ERR_PTR(failure));
}
EXPORT_SYMBOL(of_dma_request_slave_channel);

struct dma_chan* of_dma_simple_xlate(struct of_phandle_args* dma_spec, struct of_dma* ofdma) {
  auto* info = static_cast<of_dma_filter_info*>(ofdma->of_dma_data);
  if (!info || !info->filter_fn || dma_spec->args_count != 1) return nullptr;
  return __dma_request_channel(&info->dma_cap, info->filter_fn, &dma_spec->args[0], dma_spec->np);
}
EXPORT_SYMBOL(of_dma_simple_xlate);

struct dma_chan* of_dma_xlate_by_chan_id(struct of_phandle_args* dma_spec, struct of_dma* ofdma) {
  auto* device = static_cast<dma_device*>(ofdma->of_dma_data);
  if (!device || dma_spec->args_count != 1) return nullptr;
  dma_chan* chan;
  list_for_each_entry(
      chan, &device->channels,
      device_node) if (chan->chan_id ==
                       static_cast<int>(dma_spec->args[0])) return dma_get_slave_channel(chan);
  return nullptr;
}
EXPORT_SYMBOL(of_dma_xlate_by_chan_id);
