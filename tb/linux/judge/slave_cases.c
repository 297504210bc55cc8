/* Scenarios on a channel that serves a peripheral: the traffic source and sink, asleep or awake. */
#include <linux/bottom_half.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_dma.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "linux/judge/judge.h"

/* Registers of the traffic source and sink (docs/traffic.md). */
#define CTRL 0x00
#define SINK 0x08
#define SOURCE 0x0C
#define SOURCE_WATERMARK 0x14
#define BURST 0x18
#define GAP 0x1C
#define CONFIG 0x58

static int configure(struct dma_chan* chan, enum dma_transfer_direction direction, dma_addr_t address,
                     unsigned int width) {
  struct dma_slave_config config = {
      .direction = direction,
      .src_addr = address,
      .dst_addr = address,
      .src_addr_width = (enum dma_slave_buswidth)width,
      .dst_addr_width = (enum dma_slave_buswidth)width,
      .src_maxburst = 4,
      .dst_maxburst = 4,
  };

  return dmaengine_slave_config(chan, &config);
}

/* The channel that the device tree gives the traffic source ("rx") or sink ("tx"). */
static int open_for(struct judge_bench* b, const char* name, struct resource* res) {
  struct device_node* np = of_find_compatible_node(NULL, NULL, "dmavp,traffic");

  memset(b, 0, sizeof(*b));
  if (!np || of_address_to_resource(np, 0, res)) return -ENODEV;
  b->chan = of_dma_request_slave_channel(np, name);
  if (IS_ERR(b->chan)) {
    const int ret = (int)PTR_ERR(b->chan);

    b->chan = NULL;
    return ret;
  }
  return judge_buffers(b);
}

/* A list of one piece for a sink that never asks; notes whether it is accepted. */
static int list_of(u32 offset, u32 bytes, unsigned int width, enum dma_transfer_direction direction) {
  struct judge_bench b;
  struct resource res;
  struct dma_async_tx_descriptor* tx;
  int ret = open_for(&b, direction == DMA_MEM_TO_DEV ? "tx" : "rx", &res);

  if (!ret) ret = configure(b.chan, direction, res.start + SINK, width);
  if (!ret) {
    tx = dmaengine_prep_slave_single(b.chan, b.dst_bus + offset, bytes, direction, DMA_PREP_INTERRUPT);
    judge_note("prepared", tx != NULL);
    if (tx) judge_note("submitted", !dma_submit_error(dmaengine_submit(tx)));
  }
  judge_close(&b);
  return ret;
}
static int list(void) { return list_of(0, 64, 4, DMA_MEM_TO_DEV); }
static int list_odd(void) { return list_of(2, 64, 1, DMA_MEM_TO_DEV); }
/* One byte less than two blocks of 4096 items. */
static int list_tail(void) { return list_of(0, 8191, 1, DMA_DEV_TO_MEM); }

/* A copy behind a transfer for a peripheral. */
static int mixed(void) {
  struct judge_transfer t;
  struct judge_bench b;
  struct resource res;
  int ret = open_for(&b, "tx", &res);

  if (!ret) ret = configure(b.chan, DMA_MEM_TO_DEV, res.start + SINK, 4);
  if (!ret) {
    struct dma_async_tx_descriptor* tx =
        dmaengine_prep_slave_single(b.chan, b.src_bus, 64, DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT);

    if (!tx) ret = -ENOMEM;
    if (!ret) dmaengine_submit(tx);
    dmaengine_terminate_sync(b.chan);
  }
  if (!ret) ret = judge_copy(&b, b.src_bus, 256, &t);
  if (!ret) {
    dma_async_issue_pending(b.chan);
    judge_note("completed", judge_wait(&t, 10));
  }
  judge_close(&b);
  return ret;
}

/* ---- a ring that the traffic source fills ---- */

struct ring {
  struct judge_bench b;
  u8 __iomem* base;
  u32 width, periods, period;
  dma_cookie_t cookie;
  int callbacks, residue_first;
};

static void period_ended(void* param) {
  struct ring* r = param;
  struct dma_tx_state state;

  dmaengine_tx_status(r->b.chan, r->cookie, &state);
  if (r->callbacks++ == 0) {
    r->residue_first = (int)state.residue;
    judge_note_now("first_callback");
  }
}

/* A burst of 4 items every `gap` cycles of the line; `width` of the register 0: the source's. */
static int ring_start(struct ring* r, u32 period, u32 gap, u32 width) {
  struct dma_async_tx_descriptor* tx;
  struct resource res;
  int ret;

  memset(r, 0, sizeof(*r));
  ret = open_for(&r->b, "rx", &res);
  if (ret) return ret;
  r->base = (u8 __iomem*)ioremap(res.start, resource_size(&res));
  r->width = width ? width : readl(r->base + CONFIG) & 15;
  r->periods = 4;
  r->period = period;
  ret = configure(r->b.chan, DMA_DEV_TO_MEM, res.start + SOURCE, r->width);
  if (ret) return ret;
  tx = dmaengine_prep_dma_cyclic(r->b.chan, r->b.dst_bus, r->periods * period, period, DMA_DEV_TO_MEM,
                                 DMA_PREP_INTERRUPT);
  if (!tx) return -ENOMEM;
  tx->callback = period_ended;
  tx->callback_param = r;
  r->cookie = dmaengine_submit(tx);
  dma_async_issue_pending(r->b.chan);
  writel(4, r->base + SOURCE_WATERMARK);
  writel(4, r->base + BURST);
  writel(gap, r->base + GAP);
  writel(2, r->base + CTRL);
  return 0;
}

static void ring_end(struct ring* r) {
  if (r->base) writel(0, r->base + CTRL);
  judge_close(&r->b);
}

/* Periods end while no callback can run (K32). */
static int periods(void) {
  struct ring r;
  int ret = ring_start(&r, 256, 64, 0);

  if (!ret) {
    local_bh_disable();
    mdelay(2);
    local_bh_enable();
    writel(0, r.base + CTRL);
    mdelay(1);
    judge_note("callbacks", r.callbacks);
  }
  ring_end(&r);
  return ret;
}

/* The position in the ring, asked for again and again. */
static int position(void) {
  struct ring r;
  int ret = ring_start(&r, 4096, 64, 0);

  if (!ret) {
    struct dma_tx_state state;
    u32 last = 0;
    int i, moved = 0, inside = 0;

    for (i = 0; i < 1000; i++) {
      udelay(2);
      dmaengine_tx_status(r.b.chan, r.cookie, &state);
      moved += state.residue != last;
      inside += state.residue % r.period != 0;
      last = state.residue;
    }
    judge_note("moved", moved);
    judge_note("inside", inside);
  }
  ring_end(&r);
  return ret;
}

/* A period has ended, its callback is due, and the ring is terminated (K41). One CPU. */
static int period_end(void) {
  struct ring r;
  int ret = ring_start(&r, 256, 64, 0);

  if (!ret) {
    local_bh_disable();
    mdelay(1);
    judge_note("due", r.callbacks == 0);
    dmaengine_terminate_async(r.b.chan);
    local_bh_enable();
    dmaengine_synchronize(r.b.chan);
    judge_note("callbacks", r.callbacks);
  }
  ring_end(&r);
  return ret;
}

/* Periods of two blocks (4096 items each, one byte wide). */
static int long_period(void) {
  struct ring r;
  int ret = ring_start(&r, 8192, 8, 1);

  if (!ret) {
    int us;

    for (us = 0; us < 20000 && !READ_ONCE(r.callbacks); us += 20) usleep_range(20, 20);
    judge_note("callbacks", r.callbacks);
    judge_note("moved", (int)(r.periods * r.period) - r.residue_first);
  }
  ring_end(&r);
  return ret;
}

const struct judge_case judge_slave_cases[] = {
    {"list", list},       {"list-odd", list_odd}, {"list-tail", list_tail},   {"mixed", mixed},
    {"periods", periods}, {"position", position}, {"period-end", period_end}, {"long-period", long_period},
    {NULL, NULL},
};
