/* The client of the scenarios: which one, and what they share. */
#include "linux/judge/judge.h"

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>
#include <linux/sched/task.h>
#include <linux/string.h>

#include "dmavp/client.h"

static char* play = "";
module_param(play, charp, 0444);
MODULE_PARM_DESC(play, "name of the scenario");

static struct task_struct* worker;
static struct dmavp_client* client;

void judge_note(const char* key, s64 value) {
  char text[24];

  scnprintf(text, sizeof(text), "%lld", (long long)value);
  dmavp_client_note(client, key, text);
}

void judge_note_now(const char* key) { judge_note(key, ktime_to_ns(ktime_get()) * 1000); }

static bool is_number(struct dma_chan* chan, void* param) {
  const int number = *(const int*)param;

  return number < 0 || chan->chan_id == number;
}

int judge_buffers(struct judge_bench* b) {
  b->dev = dmaengine_get_dma_device(b->chan);
  b->src = dma_alloc_coherent(b->dev, JUDGE_BYTES, &b->src_bus, GFP_KERNEL);
  b->dst = dma_alloc_coherent(b->dev, JUDGE_BYTES, &b->dst_bus, GFP_KERNEL);
  if (!b->src || !b->dst) return -ENOMEM;
  memset(b->src, 0x5a, JUDGE_BYTES);
  return 0;
}

int judge_open(struct judge_bench* b, enum dma_transaction_type capability, int number) {
  dma_cap_mask_t mask;

  memset(b, 0, sizeof(*b));
  dma_cap_zero(mask);
  dma_cap_set(capability, mask);
  b->chan = dma_request_channel(mask, is_number, &number);
  if (!b->chan) return -ENODEV;
  return judge_buffers(b);
}

void judge_close(struct judge_bench* b) {
  if (!b->chan) return;
  dmaengine_terminate_sync(b->chan);
  if (b->dst) dma_free_coherent(b->dev, JUDGE_BYTES, b->dst, b->dst_bus);
  if (b->src) dma_free_coherent(b->dev, JUDGE_BYTES, b->src, b->src_bus);
  dma_release_channel(b->chan);
}

static void arrived(void* param, const struct dmaengine_result* result) {
  struct judge_transfer* t = param;

  t->callbacks++;
  t->result = result->result;
  t->residue = result->residue;
}

void judge_expect(struct dma_async_tx_descriptor* tx, struct judge_transfer* t) {
  memset(t, 0, sizeof(*t));
  tx->callback_result = arrived;
  tx->callback_param = t;
}

int judge_copy(struct judge_bench* b, dma_addr_t src, u32 bytes, struct judge_transfer* t) {
  struct dma_async_tx_descriptor* tx =
      dmaengine_prep_dma_memcpy(b->chan, b->dst_bus, src, bytes, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);

  if (!tx) return -ENOMEM;
  judge_expect(tx, t);
  t->cookie = dmaengine_submit(tx);
  return dma_submit_error(t->cookie);
}

bool judge_wait(struct judge_transfer* t, unsigned int ms) {
  unsigned int us;

  for (us = 0; us < ms * 1000 && !READ_ONCE(t->callbacks); us += 20) usleep_range(20, 20);
  return t->callbacks != 0;
}

static int find_and_run(const struct judge_case* c) {
  for (; c->name; c++)
    if (!strcmp(c->name, play)) return c->run();
  return -ENOENT;
}

static int work(void* unused) {
  int ret = find_and_run(judge_copy_cases);

  (void)unused;
  if (ret == -ENOENT) ret = find_and_run(judge_slave_cases);
  if (ret) pr_err("scenario %s cannot be played: %d\n", play, ret);
  dmavp_client_finish(client, ret);
  return ret;
}

static int __init judge_init(void) {
  client = dmavp_client_start("judge", "judge");
  if (!client) return -ENOMEM;
  worker = kthread_create(work, NULL, "judge");
  if (IS_ERR(worker)) {
    dmavp_client_finish(client, (int)PTR_ERR(worker));
    return (int)PTR_ERR(worker);
  }
  get_task_struct(worker);
  wake_up_process(worker);
  return 0;
}
module_init(judge_init);

static void __exit judge_exit(void) {
  kthread_stop(worker);
  put_task_struct(worker);
}
module_exit(judge_exit);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Test: minimal scenarios for what a provider may get wrong");
