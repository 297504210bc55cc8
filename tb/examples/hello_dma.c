/* The smallest client: one DMA copy, waited for, compared. docs and README walk through it. */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static uint size = 4096;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes to copy");

static void copied(void* param) { complete(param); }

static int copy_once(struct dma_chan* chan, u8* src, u8* dst) {
  struct device* dev = dmaengine_get_dma_device(chan);
  struct dma_async_tx_descriptor* tx;
  dma_addr_t from, to;
  struct completion done;
  int err = -EIO;

  init_completion(&done);
  from = dma_map_single(dev, src, size, DMA_TO_DEVICE);
  if (dma_mapping_error(dev, from)) return -ENOMEM;
  to = dma_map_single(dev, dst, size, DMA_FROM_DEVICE);
  if (dma_mapping_error(dev, to)) {
    dma_unmap_single(dev, from, size, DMA_TO_DEVICE);
    return -ENOMEM;
  }

  tx = dmaengine_prep_dma_memcpy(chan, to, from, size, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (tx) {
    dma_cookie_t cookie;

    tx->callback = copied;
    tx->callback_param = &done;
    cookie = dmaengine_submit(tx);
    dma_async_issue_pending(chan);
    if (!wait_for_completion_timeout(&done, msecs_to_jiffies(100)))
      dmaengine_terminate_sync(chan);
    else if (dma_async_is_tx_complete(chan, cookie, NULL, NULL) == DMA_COMPLETE)
      err = 0;
  }
  dma_unmap_single(dev, to, size, DMA_FROM_DEVICE);
  dma_unmap_single(dev, from, size, DMA_TO_DEVICE);
  return err;
}

static int __init hello_init(void) {
  dma_cap_mask_t mask;
  struct dma_chan* chan;
  u8 *src, *dst;
  int err = -ENOMEM;

  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  chan = dma_request_chan_by_mask(&mask);
  if (IS_ERR(chan)) return (int)PTR_ERR(chan);

  src = kmalloc(size, GFP_KERNEL);
  dst = kzalloc(size, GFP_KERNEL);
  if (src && dst) {
    memset(src, 0x5a, size);
    err = copy_once(chan, src, dst);
    if (!err && memcmp(src, dst, size)) err = -EIO;
    pr_info("hello_dma: %u bytes on %s: %s\n", size, dma_chan_name(chan), err ? "FAILED" : "equal");
  }
  kfree(dst);
  kfree(src);
  dma_release_channel(chan);
  return err;
}
module_init(hello_init);

static void __exit hello_exit(void) {}
module_exit(hello_exit);

MODULE_DESCRIPTION("Example: one DMA copy");
MODULE_LICENSE("MIT");
