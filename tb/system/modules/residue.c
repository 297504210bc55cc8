/* Asks for the status of its transfers at random moments and looks at memory right after: what has changed
 * must be the length less the residue. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "dmavp/client.h"

static uint rounds = 10;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "transfers");
static uint size = 32768;
module_param(size, uint, 0444);
MODULE_PARM_DESC(size, "bytes of a transfer at most");
static uint pause_ns = 1000;
module_param(pause_ns, uint, 0444);
MODULE_PARM_DESC(pause_ns, "between two looks at most");

#define OFFSETS 64u
#define ROOM (size + 2 * OFFSETS)

struct looks {
  uint moments;   /* the transfer was under way */
  uint inside;    /* and something, but not everything, had been written */
  uint in_flight; /* bytes had been read and not been written */
  uint in_flight_max;
  uint wrong;      /* changed bytes are not length less residue */
  uint torn;       /* changed bytes are not the first ones */
  uint outside;    /* bytes around the destination changed */
  uint backwards;  /* the residue grew */
  uint incomplete; /* ended without error, but not everything is there */
};

static struct task_struct* worker;
static DECLARE_COMPLETION(done);

static void transfer_done(void* param) {
  (void)param;
  complete(&done);
}

/* Changed bytes of the destination; the two views of memory are the same for coherent memory. */
static uint look(const u8* src, const u8* dst, uint length, struct looks* l) {
  uint first = 0, changed = 0, i;

  while (first < length && dst[first] == src[first]) first++;
  for (i = 0; i < length; i++) changed += dst[i] == src[i];
  l->torn += changed != first;
  return changed;
}

static void look_until_done(struct dma_chan* chan, dma_cookie_t cookie, const u8* src, const u8* dst,
                            uint length, struct looks* l) {
  struct dma_tx_state state;
  u32 last = length;

  for (;;) {
    unsigned long flags;
    enum dma_status status;
    uint changed;

    ndelay(get_random_u32_below(pause_ns) + 1);
    local_irq_save(flags);
    status = dmaengine_tx_status(chan, cookie, &state);
    changed = look(src, dst, length, l);
    local_irq_restore(flags);
    if (status != DMA_IN_PROGRESS) return;
    l->moments++;
    l->inside += changed != 0 && changed != length;
    l->in_flight += state.in_flight_bytes != 0;
    l->in_flight_max = max(l->in_flight_max, state.in_flight_bytes);
    l->backwards += state.residue > last;
    last = state.residue;
    if (changed != length - state.residue && l->wrong++ == 0)
      pr_err("residue: %u of %u bytes have changed, but the residue is %u\n", changed, length, state.residue);
  }
}

static int one(struct dma_chan* chan, u8* src, dma_addr_t src_bus, u8* dst, dma_addr_t dst_bus,
               struct looks* l) {
  const uint from = get_random_u32_below(OFFSETS), to = get_random_u32_below(OFFSETS) + OFFSETS;
  const uint length = get_random_u32_below(size) + 1;
  struct dma_async_tx_descriptor* tx;
  dma_cookie_t cookie;
  uint i;

  get_random_bytes(src, ROOM);
  memset(dst, 0x5a, ROOM);
  for (i = 0; i < length; i++) dst[to + i] = (u8)~src[from + i];
  tx = dmaengine_prep_dma_memcpy(chan, dst_bus + to, src_bus + from, length,
                                 DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (!tx) return -ENOMEM;
  tx->callback = transfer_done;
  reinit_completion(&done);
  cookie = dmaengine_submit(tx);
  dma_async_issue_pending(chan);
  look_until_done(chan, cookie, src + from, dst + to, length, l);
  if (!wait_for_completion_timeout(&done, HZ)) return -ETIMEDOUT;
  for (i = 0; i < ROOM; i++) {
    if (i >= to && i < to + length)
      l->incomplete += dst[i] != src[from + i - to];
    else
      l->outside += dst[i] != 0x5a;
  }
  return 0;
}

static void tell(struct dmavp_client* client, const char* key, uint value) {
  char text[16];

  scnprintf(text, sizeof(text), "%u", value);
  dmavp_client_note(client, key, text);
}

static int work(void* data) {
  struct dmavp_client* client = data;
  struct looks l = {0};
  dma_cap_mask_t mask;
  struct dma_chan* chan;
  int ret = -ENODEV;
  uint i;

  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  chan = dma_request_channel(mask, NULL, NULL);
  if (chan) {
    struct device* dev = dmaengine_get_dma_device(chan);
    dma_addr_t src_bus, dst_bus;
    u8* src = dma_alloc_coherent(dev, ROOM, &src_bus, GFP_KERNEL);
    u8* dst = dma_alloc_coherent(dev, ROOM, &dst_bus, GFP_KERNEL);

    ret = src && dst ? 0 : -ENOMEM;
    for (i = 0; i < rounds && !ret; i++) ret = one(chan, src, src_bus, dst, dst_bus, &l);
    dmaengine_terminate_sync(chan);
    if (dst) dma_free_coherent(dev, ROOM, dst, dst_bus);
    if (src) dma_free_coherent(dev, ROOM, src, src_bus);
    dma_release_channel(chan);
  }
  tell(client, "moments", l.moments);
  tell(client, "inside", l.inside);
  tell(client, "in_flight", l.in_flight);
  tell(client, "in_flight_max", l.in_flight_max);
  tell(client, "wrong", l.wrong);
  tell(client, "torn", l.torn);
  tell(client, "outside", l.outside);
  tell(client, "backwards", l.backwards);
  tell(client, "incomplete", l.incomplete);
  dmavp_client_finish(client, ret);
  return ret;
}

static int __init residue_init(void) {
  struct dmavp_client* client;

  if (!size || !pause_ns) return -EINVAL;
  client = dmavp_client_start("residue", "residue");
  if (!client) return -ENOMEM;
  worker = kthread_create(work, client, "residue");
  if (IS_ERR(worker)) {
    dmavp_client_finish(client, (int)PTR_ERR(worker));
    return (int)PTR_ERR(worker);
  }
  get_task_struct(worker);
  wake_up_process(worker);
  return 0;
}
module_init(residue_init);

static void __exit residue_exit(void) {
  kthread_stop(worker);
  put_task_struct(worker);
}
module_exit(residue_exit);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Test: residue against memory at random moments");
