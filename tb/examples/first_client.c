/* A client from nothing; docs/first-client.md walks through it. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static uint size = 65536;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes to copy");

/* What the callback tells. */
struct transfer {
  struct completion done;
  enum dmaengine_tx_result result;
  int calls;
};

static struct dma_chan* chan;
static u8 *source, *destination;
static dma_addr_t from, to;

/* Runs in a tasklet, some time after the controller's interrupt: it must not sleep. */
static void arrived(void* param, const struct dmaengine_result* result) {
  struct transfer* t = param;

  t->result = result->result;
  t->calls++;
  complete(&t->done);
}

static int request(void) {
  dma_cap_mask_t mask;

  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  chan = dma_request_chan_by_mask(&mask);
  if (IS_ERR(chan)) return (int)PTR_ERR(chan);
  pr_info("first_client: channel %s\n", dma_chan_name(chan));
  return 0;
}

/* From here on the buffers belong to the controller. */
static int map(void) {
  struct device* dev = dmaengine_get_dma_device(chan);

  from = dma_map_single(dev, source, size, DMA_TO_DEVICE);
  if (dma_mapping_error(dev, from)) return -ENOMEM;
  to = dma_map_single(dev, destination, size, DMA_FROM_DEVICE);
  if (!dma_mapping_error(dev, to)) return 0;
  dma_unmap_single(dev, from, size, DMA_TO_DEVICE);
  return -ENOMEM;
}

/* The CPU sees what the controller wrote only behind this. */
static void unmap(void) {
  struct device* dev = dmaengine_get_dma_device(chan);

  dma_unmap_single(dev, to, size, DMA_FROM_DEVICE);
  dma_unmap_single(dev, from, size, DMA_TO_DEVICE);
}

/* Prepares a copy, puts it into the queue and starts the queue. Its cookie, or a negative errno. */
static dma_cookie_t start(struct transfer* t) {
  struct dma_async_tx_descriptor* tx;
  dma_cookie_t cookie;

  init_completion(&t->done);
  t->calls = 0;
  tx = dmaengine_prep_dma_memcpy(chan, to, from, size, DMA_PREP_INTERRUPT);
  if (!tx) return -ENOMEM;
  tx->callback_result = arrived;
  tx->callback_param = t;
  cookie = dmaengine_submit(tx);
  dma_async_issue_pending(chan);
  return cookie;
}

static int copy(void) {
  struct transfer t;
  dma_cookie_t cookie;
  int err;

  memset(destination, 0, size);
  err = map();
  if (err) return err;
  cookie = start(&t);
  if (dma_submit_error(cookie)) {
    err = cookie;
  } else if (!wait_for_completion_timeout(&t.done, msecs_to_jiffies(100))) {
    dmaengine_terminate_sync(chan);
    err = -ETIMEDOUT;
  } else if (t.result != DMA_TRANS_NOERROR) {
    err = -EIO;
  }
  unmap();
  if (!err && memcmp(source, destination, size)) err = -EIO;
  pr_info("first_client: %u bytes copied: %s\n", size, err ? "FAILED" : "equal");
  return err;
}

/* Looks at a copy under way, and stops it. */
static int stop(void) {
  struct dma_tx_state state;
  struct transfer t;
  dma_cookie_t cookie;
  enum dma_status status;
  int err;

  err = map();
  if (err) return err;
  cookie = start(&t);
  if (dma_submit_error(cookie)) {
    unmap();
    return cookie;
  }
  udelay(1);
  status = dmaengine_tx_status(chan, cookie, &state);
  dmaengine_terminate_sync(chan); /* nothing is written, and nobody called, any more */
  unmap();
  pr_info("first_client: stopped, %s, %s, callbacks: %d\n", status == DMA_IN_PROGRESS ? "under way" : "over",
          state.residue > 0 && state.residue < size ? "part of it done" : "all or nothing done", t.calls);
  return 0;
}

static int __init first_client_init(void) {
  int err = request();

  if (err) return err;
  source = kmalloc(size, GFP_KERNEL);
  destination = kmalloc(size, GFP_KERNEL);
  err = -ENOMEM;
  if (source && destination) {
    memset(source, 0x5a, size);
    err = copy();
    if (!err) err = stop();
  }
  kfree(destination);
  kfree(source);
  dma_release_channel(chan);
  return err;
}
module_init(first_client_init);

static void __exit first_client_exit(void) {}
module_exit(first_client_exit);

MODULE_DESCRIPTION("Example: a client from nothing");
MODULE_LICENSE("MIT");
