// The client of the scenarios: which one, and what they share.
#include "linux/judge/judge.h"

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "clients/worker.h"

static char* play = const_cast<char*>("");
module_param(play, charp, 0444);
MODULE_PARM_DESC(play, "name of the scenario");

namespace {

struct client_worker worker;

bool is_number(struct dma_chan* chan, void* param) {
  const int number = *static_cast<const int*>(param);
  return number < 0 || chan->chan_id == number;
}

void arrived(void* param, const struct dmaengine_result* result) {
  auto* t = static_cast<struct judge_transfer*>(param);
  t->callbacks++;
  t->result = result->result;
  t->residue = result->residue;
}

int find_and_run(const struct judge_case* c) {
  for (; c->name; c++)
    if (!strcmp(c->name, play)) return c->run();
  return -ENOENT;
}

int work(struct client_worker*) {
  int ret = find_and_run(judge_copy_cases);
  if (ret == -ENOENT) ret = find_and_run(judge_slave_cases);
  if (ret) pr_err("scenario %s cannot be played: %d\n", play, ret);
  return ret;
}

}  // namespace

void judge_note(const char* key, s64 value) {
  char text[24];
  scnprintf(text, sizeof(text), "%lld", static_cast<long long>(value));
  dmavp_client_note(worker.client, key, text);
}

void judge_note_now(const char* key) { judge_note(key, ktime_to_ns(ktime_get()) * 1000); }

int judge_buffers(struct judge_bench* b) {
  b->dev = dmaengine_get_dma_device(b->chan);
  b->src = static_cast<u8*>(dma_alloc_coherent(b->dev, JUDGE_BYTES, &b->src_bus, GFP_KERNEL));
  b->dst = static_cast<u8*>(dma_alloc_coherent(b->dev, JUDGE_BYTES, &b->dst_bus, GFP_KERNEL));
  if (!b->src || !b->dst) return -ENOMEM;
  memset(b->src, 0x5a, JUDGE_BYTES);
  return 0;
}

int judge_open(struct judge_bench* b, enum dma_transaction_type capability, int number) {
  memset(b, 0, sizeof(*b));
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(capability, mask);
  b->chan = dma_request_channel(mask, is_number, &number);
  return b->chan ? judge_buffers(b) : -ENODEV;
}

void judge_close(struct judge_bench* b) {
  if (!b->chan) return;
  dmaengine_terminate_sync(b->chan);
  if (b->dst) dma_free_coherent(b->dev, JUDGE_BYTES, b->dst, b->dst_bus);
  if (b->src) dma_free_coherent(b->dev, JUDGE_BYTES, b->src, b->src_bus);
  dma_release_channel(b->chan);
}

int judge_copy(struct judge_bench* b, dma_addr_t src, u32 bytes, struct judge_transfer* t) {
  struct dma_async_tx_descriptor* tx =
      dmaengine_prep_dma_memcpy(b->chan, b->dst_bus, src, bytes, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (!tx) return -ENOMEM;
  memset(t, 0, sizeof(*t));
  tx->callback_result = arrived;
  tx->callback_param = t;
  t->cookie = dmaengine_submit(tx);
  return dma_submit_error(t->cookie);
}

int judge_start(struct judge_bench* b, int number, u32 bytes, struct judge_transfer* t) {
  int ret = judge_open(b, DMA_MEMCPY, number);
  if (!ret) ret = judge_copy(b, b->src_bus, bytes, t);
  if (!ret) dma_async_issue_pending(b->chan);
  return ret;
}

bool judge_wait(struct judge_transfer* t, unsigned int ms) {
  for (unsigned us = 0; us < ms * 1000 && !READ_ONCE(t->callbacks); us += 20) usleep_range(20, 20);
  return t->callbacks != 0;
}

namespace {
int start() {
  worker.work = work;
  return client_worker_start(&worker, "judge");
}
void stop() { client_worker_stop(&worker); }
}  // namespace

module_init(start);
module_exit(stop);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Test: minimal scenarios for what a provider may get wrong");
