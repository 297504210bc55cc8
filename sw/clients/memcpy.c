/* Client: copies a buffer within RAM by DMA, a number of times, and verifies each copy. */
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/math.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "clients/copy_pump.h"
#include "dmavp/cost.h"

static uint size = 65536;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes per copy");
static uint count = 16;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "number of copies");
static uint chunk;
module_param(chunk, uint, 0444);
MODULE_PARM_DESC(chunk, "bytes per transfer, 0 = the whole copy in one");
static uint depth = 4;
module_param(depth, uint, 0444);
MODULE_PARM_DESC(depth, "transfers in flight at most");
static uint src_offset;
module_param(src_offset, uint, 0444);
MODULE_PARM_DESC(src_offset, "bytes by which the source is off a 4 KiB boundary, 0..4095");
static uint dst_offset;
module_param(dst_offset, uint, 0444);
MODULE_PARM_DESC(dst_offset, "bytes by which the destination is off a 4 KiB boundary, 0..4095");
static char* channel = "";
module_param(channel, charp, 0444);
MODULE_PARM_DESC(channel, "name of the channel (dma0chan1), empty = any");
static bool verify = true;
module_param(verify, bool, 0444);
MODULE_PARM_DESC(verify, "fill the source before and compare after each copy");
static uint timeout_ms = 3000;
module_param(timeout_ms, uint, 0444);
MODULE_PARM_DESC(timeout_ms, "how long a transfer may take");
static bool recover;
module_param(recover, bool, 0444);
MODULE_PARM_DESC(
    recover, "after a failed copy check what it may not have changed and go on; the last copy must succeed");

static bool reuse;
module_param(reuse, bool, 0444);
MODULE_PARM_DESC(reuse,
                 "prepare the transfers of a copy once and submit them again for each (DMA_CTRL_REUSE)");

#define BOUNDARY 4096u
#define GUARD 0xa5

static struct task_struct* worker;
static struct dma_chan* own_channel; /* from init until the copies are over */
static struct dmavp_client* client;  /* the same */

struct buffers {
  u8* src_base;
  u8* dst_base;
  size_t bytes; /* of each, guards included */
};

/* Transfers that are submitted for every copy, and the mappings they know. */
struct prepared {
  dma_addr_t src, dst; /* of the bases */
  struct dma_async_tx_descriptor** tx;
  size_t count;
};

/* Differs from copy to copy and from its neighbours at every distance a wrong address is likely to have. */
static u8 pattern(size_t i, u32 round) { return (u8)(i ^ i >> 8 ^ i >> 16 ^ (size_t)round * 0x9d); }

static void fill(const struct buffers* b, u32 round) {
  size_t i;

  dmavp_cost_copy(b->bytes + 2 * (size_t)size);
  memset(b->dst_base, GUARD, b->bytes);
  for (i = 0; i < size; i++) {
    b->src_base[src_offset + i] = pattern(i, round);
    b->dst_base[dst_offset + i] = (u8)~pattern(i, round);
  }
}

/* Wrong bytes: those not copied, and those changed around them. */
static size_t check(const struct buffers* b, u32 round) {
  const u8* dst = b->dst_base;
  size_t i, wrong = 0;

  dmavp_cost_copy(b->bytes);
  for (i = 0; i < b->bytes; i++) {
    const bool inside = i >= dst_offset && i - dst_offset < size;
    const u8 expected = inside ? pattern(i - dst_offset, round) : GUARD;

    if (dst[i] == expected) continue;
    if (wrong++ == 0)
      pr_err("memcpy: copy %u: byte %zd is %02x, expected %02x\n", round, (ssize_t)i - (ssize_t)dst_offset,
             dst[i], expected);
  }
  return wrong;
}

/* After a failed copy each byte of the destination is old or new, and all others are what they were. */
static size_t check_failed(const struct buffers* b, u32 round) {
  size_t i, wrong = 0;

  dmavp_cost_copy(2 * b->bytes);
  for (i = 0; i < b->bytes; i++) {
    const bool in_dst = i >= dst_offset && i - dst_offset < size;
    const bool in_src = i >= src_offset && i - src_offset < size;
    const u8 after = pattern(i - dst_offset, round);
    const u8 before = (u8)~after;
    const bool dst_good =
        in_dst ? b->dst_base[i] == after || b->dst_base[i] == before : b->dst_base[i] == GUARD;

    if (dst_good && (!in_src || b->src_base[i] == pattern(i - src_offset, round))) continue;
    if (wrong++ == 0)
      pr_err("memcpy: failed copy %u changed byte %zd of %s\n", round,
             (ssize_t)i - (ssize_t)(dst_good ? src_offset : dst_offset),
             dst_good ? "its source" : "what is not its own");
  }
  return wrong;
}

static void refused(struct copy_pump* pump) {
  dmavp_client_failure(pump->client, dma_chan_name(pump->chan), ktime_to_ns(ktime_get()), "refused");
}

static int map(struct copy_pump* pump, const struct buffers* b, dma_addr_t* src, dma_addr_t* dst) {
  struct device* dev = dmaengine_get_dma_device(pump->chan);

  *src = dma_map_single(dev, b->src_base, b->bytes, DMA_TO_DEVICE);
  if (dma_mapping_error(dev, *src)) {
    refused(pump);
    return -ENOMEM;
  }
  /* Whole lines around the destination belong to it: written back before, invalidated after. */
  *dst = dma_map_single(dev, b->dst_base, b->bytes, DMA_BIDIRECTIONAL);
  if (dma_mapping_error(dev, *dst)) {
    dma_unmap_single(dev, *src, b->bytes, DMA_TO_DEVICE);
    refused(pump);
    return -ENOMEM;
  }
  return 0;
}

static void unmap(struct copy_pump* pump, const struct buffers* b, dma_addr_t src, dma_addr_t dst) {
  struct device* dev = dmaengine_get_dma_device(pump->chan);

  dma_unmap_single(dev, dst, b->bytes, DMA_BIDIRECTIONAL);
  dma_unmap_single(dev, src, b->bytes, DMA_TO_DEVICE);
}

/* Looks at what the copy `round` has left, whose transfers ended with `ret`. */
static int judge(struct copy_pump* pump, const struct buffers* b, u32 round, int ret) {
  if (!ret && verify && check(b, round)) {
    dmavp_client_failure(pump->client, dma_chan_name(pump->chan), ktime_to_ns(ktime_get()), "mismatch");
    return -EIO;
  }
  return ret && verify && check_failed(b, round) ? -EFAULT : ret;
}

static int copy_once(struct copy_pump* pump, const struct buffers* b, u32 round) {
  dma_addr_t src, dst;
  int ret;

  if (verify) fill(b, round);
  ret = map(pump, b, &src, &dst);
  if (ret) return ret;
  ret = copy_pump_run(pump, dst + dst_offset, src + src_offset, size);
  unmap(pump, b, src, dst);
  return judge(pump, b, round, ret);
}

static void give_to_cpu(struct copy_pump* pump, const struct buffers* b, const struct prepared* p) {
  struct device* dev = dmaengine_get_dma_device(pump->chan);

  dma_sync_single_for_cpu(dev, p->src, b->bytes, DMA_TO_DEVICE);
  dma_sync_single_for_cpu(dev, p->dst, b->bytes, DMA_BIDIRECTIONAL);
}

/* The buffers stay mapped, and are the CPU's before and behind it. */
static int copy_again(struct copy_pump* pump, const struct buffers* b, const struct prepared* p, u32 round) {
  struct device* dev = dmaengine_get_dma_device(pump->chan);
  int ret = 0;
  size_t i;

  if (verify) fill(b, round);
  dma_sync_single_for_device(dev, p->src, b->bytes, DMA_TO_DEVICE);
  dma_sync_single_for_device(dev, p->dst, b->bytes, DMA_BIDIRECTIONAL);
  for (i = 0; i < p->count && !ret; i++) {
    ret = copy_pump_room(pump);
    if (!ret) ret = copy_pump_add(pump, p->tx[i], min(pump->chunk, size - i * pump->chunk));
  }
  ret = copy_pump_end(pump, ret);
  dmaengine_synchronize(pump->chan); /* a descriptor is the channel's until its callback has returned */
  give_to_cpu(pump, b, p);
  return judge(pump, b, round, ret);
}

static void drop(struct copy_pump* pump, const struct buffers* b, struct prepared* p) {
  size_t i;

  for (i = 0; i < p->count; i++) dmaengine_desc_free(p->tx[i]);
  kfree(p->tx);
  p->tx = NULL;
  unmap(pump, b, p->src, p->dst);
}

static int prepare(struct copy_pump* pump, const struct buffers* b, struct prepared* p) {
  const size_t wanted = DIV_ROUND_UP((size_t)size, pump->chunk);
  int ret = map(pump, b, &p->src, &p->dst);

  if (ret) return ret;
  give_to_cpu(pump, b, p);
  p->count = 0;
  p->tx = kcalloc(wanted, sizeof(*p->tx), GFP_KERNEL);
  if (!p->tx) ret = -ENOMEM;
  while (!ret && p->count < wanted) {
    const size_t at = p->count * pump->chunk;
    struct dma_async_tx_descriptor* tx =
        dmaengine_prep_dma_memcpy(pump->chan, p->dst + dst_offset + at, p->src + src_offset + at,
                                  min(pump->chunk, size - at), DMA_PREP_INTERRUPT | DMA_CTRL_ACK);

    ret = tx ? dmaengine_desc_set_reuse(tx) : -ENOMEM;
    if (!ret) p->tx[p->count++] = tx;
  }
  if (!ret) return 0;
  pr_err("memcpy: %s cannot use a transfer again: error %d\n", dma_chan_name(pump->chan), ret);
  refused(pump);
  dmaengine_terminate_sync(pump->chan); /* frees the one that may not be used again */
  drop(pump, b, p);
  return ret;
}

static int copy_all(struct dma_chan* chan, uint* failed) {
  struct buffers b = {NULL, NULL, (size_t)size + 2 * BOUNDARY};
  void *src, *dst;
  struct copy_pump pump;
  struct prepared p = {0};
  int ret = copy_pump_init(&pump, chan, client, chunk ? chunk : size, depth);
  uint i;

  if (ret == -ENOMEM) refused(&pump);
  if (ret) return ret;
  src = kmalloc(b.bytes + BOUNDARY, GFP_KERNEL);
  dst = kmalloc(b.bytes + BOUNDARY, GFP_KERNEL);
  if (!src || !dst) {
    pr_err("memcpy: no memory for two buffers of %zu bytes\n", b.bytes + BOUNDARY);
    refused(&pump);
    ret = -ENOMEM;
  } else {
    b.src_base = PTR_ALIGN((u8*)src, BOUNDARY);
    b.dst_base = PTR_ALIGN((u8*)dst, BOUNDARY);
  }
  pump.timeout_ms = timeout_ms;
  if (!ret && reuse) ret = prepare(&pump, &b, &p);
  for (i = 0; i < count && !ret; i++) {
    ret = reuse ? copy_again(&pump, &b, &p, i) : copy_once(&pump, &b, i);
    if (!recover || ret == -EINTR || ret == -EFAULT || i + 1 == count) continue;
    if (ret) (*failed)++;
    ret = 0;
  }
  if (p.tx) drop(&pump, &b, &p);
  kfree(src);
  kfree(dst);
  copy_pump_exit(&pump);
  return ret;
}

static void end(int ret) {
  if (own_channel) dma_release_channel(own_channel);
  own_channel = NULL;
  dmavp_client_finish(client, ret);
  client = NULL;
}

static int work(void* unused) {
  int ret = -ENODEV;
  uint failed = 0;

  (void)unused;
  if (own_channel) {
    ret = copy_all(own_channel, &failed);
    if (ret == -ENOMEM && recover) ret = copy_all(own_channel, &failed);
  } else {
    pr_err("memcpy: no memcpy channel%s%s\n", *channel ? " named " : "", channel);
  }
  if (!ret && failed)
    pr_info("memcpy: %u copies of %u bytes, %u of them failed, the last one did not\n", count, size, failed);
  else if (!ret)
    pr_info("memcpy: %u copies of %u bytes%s%s\n", count, size, reuse ? ", each by the same descriptors" : "",
            verify ? ", all equal" : "");
  else
    pr_err("memcpy: stopped by error %d\n", ret);
  end(ret);
  return ret;
}

static int __init memcpy_client_init(void) {
  if (!size || !count || !depth || src_offset >= BOUNDARY || dst_offset >= BOUNDARY) {
    pr_err("memcpy: size, count and depth must not be 0, offsets must be below %u\n", BOUNDARY);
    return -EINVAL;
  }
  client = dmavp_client_start("memcpy", "memcpy");
  if (!client) return -ENOMEM;
  /* Taken here, not by the thread: a client loaded later that takes every channel leaves this one alone. */
  own_channel = copy_pump_request(channel);
  worker = kthread_create(work, NULL, "memcpy");
  if (IS_ERR(worker)) {
    end((int)PTR_ERR(worker));
    return (int)PTR_ERR(worker);
  }
  get_task_struct(worker);
  wake_up_process(worker);
  return 0;
}
module_init(memcpy_client_init);

static void __exit memcpy_client_exit(void) {
  const int ret = kthread_stop(worker);

  put_task_struct(worker);
  if (client) end(ret); /* stopped before its first step: work() never runs */
}
module_exit(memcpy_client_exit);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: verified copies within RAM by DMA");
