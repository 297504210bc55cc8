#include "clients/copy_pump.h"

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/string.h>

#define DEFAULT_TIMEOUT_MS 3000

static bool has_name(struct dma_chan* chan, void* name) { return strcmp(dma_chan_name(chan), name) == 0; }

struct dma_chan* copy_pump_request_for(const dma_cap_mask_t* mask, const char* name) {
  if (!name || !*name) return dma_request_channel(*mask, NULL, NULL);
  return dma_request_channel(*mask, has_name, (void*)(unsigned long)name);
}

struct dma_chan* copy_pump_request(const char* name) {
  dma_cap_mask_t mask;

  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  return copy_pump_request_for(&mask, name);
}

int copy_pump_init(struct copy_pump* pump, struct dma_chan* chan, struct dmavp_client* client, size_t chunk,
                   unsigned int depth) {
  if (!chunk || !depth) return -EINVAL;
  pump->chan = chan;
  pump->client = client;
  pump->chunk = chunk;
  pump->depth = depth;
  pump->turn = 0;
  pump->timeout_ms = DEFAULT_TIMEOUT_MS;
  init_waitqueue_head(&pump->wait);
  atomic_set(&pump->in_flight, 0);
  atomic_set(&pump->failures, 0);
  pump->slots = kcalloc(depth, sizeof(*pump->slots), GFP_KERNEL);
  return pump->slots ? 0 : -ENOMEM;
}

void copy_pump_exit(struct copy_pump* pump) {
  /* The callback that ended the wait may still be at work on the pump. */
  dmaengine_synchronize(pump->chan);
  kfree(pump->slots);
  pump->slots = NULL;
}

static void transfer_done(void* param, const struct dmaengine_result* result) {
  struct copy_slot* slot = param;
  struct copy_pump* pump = slot->pump;
  static const char* const words[] = {
      [DMA_TRANS_READ_FAILED] = "read-failed",
      [DMA_TRANS_WRITE_FAILED] = "write-failed",
      [DMA_TRANS_ABORTED] = "aborted",
  };

  if (result->result == DMA_TRANS_NOERROR) {
    dmavp_client_transfer(pump->client, dma_chan_name(pump->chan), slot->issued_ns, slot->bytes, false);
  } else {
    dmavp_client_failure(pump->client, dma_chan_name(pump->chan), slot->issued_ns, words[result->result]);
    atomic_inc(&pump->failures);
  }
  atomic_dec(&pump->in_flight);
  wake_up(&pump->wait);
}

/* Until fewer than `limit` transfers are in flight. */
static int wait_below(struct copy_pump* pump, unsigned int limit) {
  int before;

  /* Each completion starts the timeout anew. */
  while ((before = atomic_read(&pump->in_flight)) >= (int)limit)
    if (!wait_event_timeout(pump->wait, atomic_read(&pump->in_flight) < before,
                            msecs_to_jiffies(pump->timeout_ms)))
      return -ETIMEDOUT;
  return 0;
}

int copy_pump_room(struct copy_pump* pump) {
  const int ret = wait_below(pump, pump->depth);

  return !ret && kthread_should_stop() ? -EINTR : ret;
}

int copy_pump_add(struct copy_pump* pump, struct dma_async_tx_descriptor* tx, size_t bytes) {
  struct copy_slot* slot = &pump->slots[pump->turn];
  dma_cookie_t cookie;

  if (!tx) return -ENOMEM;
  pump->turn = (pump->turn + 1) % pump->depth;
  slot->pump = pump;
  slot->bytes = bytes;
  slot->issued_ns = ktime_to_ns(ktime_get());
  tx->callback_result = transfer_done;
  tx->callback_param = slot;
  atomic_inc(&pump->in_flight);
  cookie = dmaengine_submit(tx);
  if (dma_submit_error(cookie)) {
    atomic_dec(&pump->in_flight);
    return cookie;
  }
  dma_async_issue_pending(pump->chan);
  return 0;
}

int copy_pump_end(struct copy_pump* pump, int ret) {
  int failures;

  if (!ret) ret = wait_below(pump, 1);
  if (ret) {
    /* Callbacks have reported what they saw; this transfer has no callback. */
    if (ret == -ENOMEM || ret == -ETIMEDOUT)
      dmavp_client_failure(pump->client, dma_chan_name(pump->chan), ktime_to_ns(ktime_get()),
                           dmavp_client_result(ret));
    dmaengine_terminate_sync(pump->chan);
    atomic_set(&pump->in_flight, 0);
  }
  failures = atomic_xchg(&pump->failures, 0);
  return !ret && failures ? -EIO : ret;
}

int copy_pump_run(struct copy_pump* pump, dma_addr_t dst, dma_addr_t src, size_t length) {
  size_t at = 0;
  int ret = 0;

  while (at < length && !ret) {
    const size_t bytes = min(pump->chunk, length - at);

    ret = copy_pump_room(pump);
    if (!ret)
      ret = copy_pump_add(
          pump,
          dmaengine_prep_dma_memcpy(pump->chan, dst + at, src + at, bytes, DMA_PREP_INTERRUPT | DMA_CTRL_ACK),
          bytes);
    at += bytes;
  }
  return copy_pump_end(pump, ret);
}
