/* Scenarios that need no peripheral. */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "linux/judge/judge.h"

#define NOWHERE 0x30000000u /* no board has anything there */

/* Three transfers, one issue_pending: all of them should run (R31). */
static int queue(void) {
  struct judge_transfer t[3];
  struct judge_bench b;
  int i, completed = 0, ret = judge_open(&b, DMA_MEMCPY, -1);

  for (i = 0; i < 3 && !ret; i++) ret = judge_copy(&b, b.src_bus, 256, &t[i]);
  if (!ret) {
    dma_async_issue_pending(b.chan);
    mdelay(1);
    for (i = 0; i < 3; i++) completed += t[i].callbacks;
    judge_note("completed", completed);
    judge_note_now("looked");
    for (i = 1; i < 3 && !t[2].callbacks; i++) {
      dma_async_issue_pending(b.chan);
      mdelay(1);
    }
    judge_note("issues", i);
    judge_note("last", t[2].callbacks);
  }
  judge_close(&b);
  return ret;
}

/* The second transfer is issued while the first one runs. */
static int busy(void) {
  struct judge_transfer t[2];
  struct judge_bench b;
  int ret = judge_start(&b, -1, JUDGE_BYTES, &t[0]);

  if (!ret) ret = judge_copy(&b, b.src_bus, 256, &t[1]);
  if (!ret) {
    dma_async_issue_pending(b.chan);
    judge_note("first", judge_wait(&t[0], 10));
    judge_note("second", judge_wait(&t[1], 1));
  }
  judge_close(&b);
  return ret;
}

/* The second transfer is issued when the first one has ended, but nobody has seen its interrupt yet. One CPU.
 */
static int unseen(void) {
  struct judge_transfer t[2];
  struct judge_bench b;
  unsigned long flags;
  int ret = judge_open(&b, DMA_MEMCPY, -1);

  if (!ret) ret = judge_copy(&b, b.src_bus, 256, &t[0]);
  if (!ret) ret = judge_copy(&b, b.src_bus + 256, 256, &t[1]);
  if (!ret) {
    local_irq_save(flags);
    dma_async_issue_pending(b.chan);
    udelay(50);
    dma_async_issue_pending(b.chan);
    local_irq_restore(flags);
    judge_note("first", judge_wait(&t[0], 10));
    judge_note("second", judge_wait(&t[1], 10));
    judge_note("first_result", t[0].result);
  }
  judge_close(&b);
  return ret;
}

/* The source does not exist. `behind` more transfers are prepared on the channel. */
static int refused_with(int behind) {
  struct judge_transfer t, more[1];
  struct judge_bench b;
  struct dma_tx_state state;
  int ret = judge_open(&b, DMA_MEMCPY, -1);

  if (!ret) ret = judge_copy(&b, NOWHERE, 256, &t);
  if (!ret && behind) ret = judge_copy(&b, b.src_bus, 256, &more[0]);
  if (!ret) {
    dma_async_issue_pending(b.chan);
    judge_note("callback", judge_wait(&t, 10));
    judge_note("result", t.result);
    judge_note("status", dmaengine_tx_status(b.chan, t.cookie, &state));
    if (behind) judge_note("next", judge_wait(&more[0], 10));
  }
  judge_close(&b);
  return ret;
}
static int refused(void) { return refused_with(0); }
static int refused_first(void) { return refused_with(1); }

/* Pause in the middle, then go on. */
static int paused(void) {
  struct judge_transfer t;
  struct judge_bench b;
  struct dma_tx_state state;
  int ret = judge_start(&b, -1, JUDGE_BYTES, &t);

  if (!ret) {
    udelay(5);
    dmaengine_tx_status(b.chan, t.cookie, &state);
    judge_note("residue_running", state.residue);
    judge_note("pause", dmaengine_pause(b.chan));
    judge_note("status", dmaengine_tx_status(b.chan, t.cookie, &state));
    judge_note("residue", state.residue);
    judge_note("resume", dmaengine_resume(b.chan));
    judge_note("completed", judge_wait(&t, 10));
  }
  judge_close(&b);
  return ret;
}

/* A paused transfer is terminated; the next one must run. */
static int paused_end(void) {
  struct judge_transfer t[2];
  struct judge_bench b;
  int ret = judge_start(&b, -1, JUDGE_BYTES, &t[0]);

  if (!ret) {
    udelay(5);
    judge_note("pause", dmaengine_pause(b.chan));
    dmaengine_terminate_sync(b.chan);
    ret = judge_copy(&b, b.src_bus, 256, &t[1]);
  }
  if (!ret) {
    dma_async_issue_pending(b.chan);
    judge_note("completed", judge_wait(&t[1], 10));
    judge_note("dropped", !t[0].callbacks);
  }
  judge_close(&b);
  return ret;
}

/* terminate_async must return at once; what it frees may still be in use by the channel. */
static int terminate_on(int number) {
  struct judge_transfer t;
  struct judge_bench b;
  s64 before;
  int ret = judge_start(&b, number, JUDGE_BYTES, &t);

  if (!ret) {
    udelay(3);
    before = ktime_to_ns(ktime_get());
    dmaengine_terminate_async(b.chan);
    judge_note("took_ns", ktime_to_ns(ktime_get()) - before);
    judge_note_now("returned");
    dmaengine_synchronize(b.chan);
  }
  judge_close(&b);
  return ret;
}
static int terminate(void) { return terminate_on(-1); }
static int terminate_20(void) { return terminate_on(20); }

/* A callback that is due when the channel is terminated (K34). */
static int dropped(void) {
  struct judge_transfer t;
  struct judge_bench b;
  int ret = judge_open(&b, DMA_MEMCPY, -1);

  if (!ret) ret = judge_copy(&b, b.src_bus, 256, &t);
  if (!ret) {
    local_bh_disable();
    dma_async_issue_pending(b.chan);
    udelay(50);
    judge_note("status", dma_async_is_tx_complete(b.chan, t.cookie, NULL, NULL));
    dmaengine_terminate_async(b.chan);
    local_bh_enable();
    dmaengine_synchronize(b.chan);
    judge_note("callbacks", t.callbacks);
  }
  judge_close(&b);
  return ret;
}

/* The provider's driver is unbound and bound again. */
static int rebind(void) {
  struct judge_bench b;
  struct device* provider;
  int ret = judge_open(&b, DMA_MEMCPY, -1);

  provider = ret ? NULL : b.chan->device->dev;
  judge_close(&b);
  if (ret) return ret;
  device_release_driver(provider);
  judge_note("bound", device_attach(provider));
  return 0;
}

const struct judge_case judge_copy_cases[] = {
    {"queue", queue},
    {"busy", busy},
    {"unseen", unseen},
    {"refused", refused},
    {"refused-first", refused_first},
    {"paused", paused},
    {"paused-end", paused_end},
    {"terminate", terminate},
    {"terminate-20", terminate_20},
    {"dropped", dropped},
    {"rebind", rebind},
    {NULL, NULL},
};
