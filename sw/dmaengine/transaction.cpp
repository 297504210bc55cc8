// Waiting for transactions, unmap records and descriptor metadata.
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/processor.h>
#include <linux/slab.h>

namespace {

constexpr unsigned kSyncWaitMs = 5000;   // K27
constexpr int kMaxUnmapAddresses = 256;  // K44

void unmap_all(struct kref* kref) {
  dmaengine_unmap_data* unmap = container_of(kref, struct dmaengine_unmap_data, kref);
  const int to = unmap->to_cnt, from = to + unmap->from_cnt, bidi = from + unmap->bidi_cnt;
  for (int i = 0; i < bidi; i++) {
    if (i >= from && unmap->addr[i] == 0) continue;
    const dma_data_direction dir = i < to ? DMA_TO_DEVICE : i < from ? DMA_FROM_DEVICE : DMA_BIDIRECTIONAL;
    dma_unmap_page(unmap->dev, unmap->addr[i], unmap->len, dir);
  }
  kfree(unmap);
}

/// The first use of metadata fixes the mode of a descriptor (K43).
int fix_metadata_mode(dma_async_tx_descriptor* desc, dma_desc_metadata_mode mode) {
  if (!desc) return -EINVAL;
  if (!dmaengine_is_metadata_mode_supported(desc->chan, mode)) return -ENOTSUPP;
  if (desc->desc_metadata_mode == DESC_METADATA_NONE) desc->desc_metadata_mode = mode;
  return desc->desc_metadata_mode == mode ? 0 : -EINVAL;
}

}  // namespace

void dma_async_tx_descriptor_init(struct dma_async_tx_descriptor* tx, struct dma_chan* chan) {
  tx->chan = chan;
}
EXPORT_SYMBOL(dma_async_tx_descriptor_init);

enum dma_status dma_sync_wait(struct dma_chan* chan, dma_cookie_t cookie) {
  const unsigned long deadline = jiffies + msecs_to_jiffies(kSyncWaitMs);
  dma_async_issue_pending(chan);
  for (;;) {
    const dma_status status = dma_async_is_tx_complete(chan, cookie, nullptr, nullptr);
    if (status != DMA_IN_PROGRESS) return status;
    if (time_after_eq(jiffies, deadline)) {
      dev_err(chan->device->dev, "%s: no completion within %u ms\n", dma_chan_name(chan), kSyncWaitMs);
      return DMA_ERROR;
    }
    cpu_relax();
  }
}
EXPORT_SYMBOL(dma_sync_wait);

enum dma_status dma_wait_for_async_tx(struct dma_async_tx_descriptor* tx) {
  if (!tx) return DMA_COMPLETE;
  const unsigned long deadline = jiffies + msecs_to_jiffies(kSyncWaitMs);
  while (*const_cast<volatile dma_cookie_t*>(&tx->cookie) == -EBUSY) {
    if (time_after_eq(jiffies, deadline)) {
      dev_err(tx->chan->device->dev, "%s: a descriptor was not submitted within %u ms\n",
              dma_chan_name(tx->chan), kSyncWaitMs);
      return DMA_ERROR;
    }
    cpu_relax();
  }
  return dma_sync_wait(tx->chan, tx->cookie);
}
EXPORT_SYMBOL(dma_wait_for_async_tx);

/// Descriptors are never chained to others here: whatever depends on one is submitted by its client.
void dma_run_dependencies(struct dma_async_tx_descriptor* tx) { (void)tx; }
EXPORT_SYMBOL(dma_run_dependencies);

struct dmaengine_unmap_data* dmaengine_get_unmap_data(struct device* dev, int nr, gfp_t flags) {
  BUG_ON(nr < 0 || nr > kMaxUnmapAddresses);
  const size_t bytes = sizeof(dmaengine_unmap_data) + static_cast<size_t>(nr) * sizeof(dma_addr_t);
  auto* unmap = static_cast<dmaengine_unmap_data*>(kzalloc(bytes, flags));
  if (!unmap) return nullptr;
  kref_init(&unmap->kref);
  unmap->dev = dev;
  unmap->map_cnt = static_cast<u16>(nr);
  return unmap;
}
EXPORT_SYMBOL(dmaengine_get_unmap_data);

void dmaengine_unmap_put(struct dmaengine_unmap_data* unmap) {
  if (unmap) kref_put(&unmap->kref, unmap_all);
}
EXPORT_SYMBOL(dmaengine_unmap_put);

int dmaengine_desc_attach_metadata(struct dma_async_tx_descriptor* desc, void* data, size_t len) {
  const int ret = fix_metadata_mode(desc, DESC_METADATA_CLIENT);
  if (ret) return ret;
  if (!desc->metadata_ops || !desc->metadata_ops->attach) return -ENOTSUPP;
  return desc->metadata_ops->attach(desc, data, len);
}
EXPORT_SYMBOL(dmaengine_desc_attach_metadata);

void* dmaengine_desc_get_metadata_ptr(struct dma_async_tx_descriptor* desc, size_t* payload_len,
                                      size_t* max_len) {
  const int ret = fix_metadata_mode(desc, DESC_METADATA_ENGINE);
  if (ret) return ERR_PTR(ret);
  if (!desc->metadata_ops || !desc->metadata_ops->get_ptr) return ERR_PTR(-ENOTSUPP);
  return desc->metadata_ops->get_ptr(desc, payload_len, max_len);
}
EXPORT_SYMBOL(dmaengine_desc_get_metadata_ptr);

int dmaengine_desc_set_metadata_len(struct dma_async_tx_descriptor* desc, size_t payload_len) {
  const int ret = fix_metadata_mode(desc, DESC_METADATA_ENGINE);
  if (ret) return ret;
  if (!desc->metadata_ops || !desc->metadata_ops->set_len) return -ENOTSUPP;
  return desc->metadata_ops->set_len(desc, payload_len);
}
EXPORT_SYMBOL(dmaengine_desc_set_metadata_len);
