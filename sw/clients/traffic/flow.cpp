#include "clients/traffic/flow.h"

#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dmavp/cost.h"
#include "drivers/dma-channel.h"

namespace dmavp::traffic {
namespace {

/// Item `index` of the pattern (docs/traffic.md).
u64 item(u32 seed, u64 index) {
  u64 z = seed + (index + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

u8* place(const Flow* f, u64 number) { return f->memory + number % f->settings->buffers * slot(f->settings); }

/// The last transfer may be shorter.
u32 length(const Flow* f, u64 number) {
  const u64 left = f->settings->bytes - number * f->settings->transfer;
  return left < f->settings->transfer ? static_cast<u32>(left) : f->settings->transfer;
}

Layout layout(const Flow* f, u64 number) { return layout(f->settings, length(f, number), f->device->width); }

constexpr u8 kGuard = 0xA5;  // between the pieces of a transfer

/// visit(number in the stream, byte in memory, byte of the pattern) for each byte of a transfer or period.
template <class Visit>
void each_byte(const Flow* f, u64 number, Visit visit) {
  const u32 width = f->device->width;
  const Layout pieces = layout(f, number);
  u64 n = number * f->settings->transfer;
  u8* at = place(f, number);
  dmavp_cost_copy(pieces.bytes());
  for (u32 i = 0; i < pieces.pieces; at += pieces.length(i) + f->settings->spacing, i++)
    for (u32 k = 0; k < pieces.length(i); k++, n++)
      visit(n, &at[k], static_cast<u8>(item(f->settings->seed, n / width) >> 8 * (n % width)));
}

void fill(Flow* f, u64 number) {
  each_byte(f, number, [](u64, u8* byte, u8 right) { *byte = right; });
}

void check_byte(Flow* f, u64 n, u8 byte, u8 right, const char* where) {
  if (byte == right || f->wrong++ != 0) return;
  pr_err("traffic: byte %llu%s is %02x, expected %02x\n", static_cast<unsigned long long>(n), where, byte,
         right);
}

void check(Flow* f, u64 number) {
  each_byte(f, number, [f](u64 n, const u8* byte, u8 right) { check_byte(f, n, *byte, right, ""); });
  const Layout pieces = layout(f, number);
  const u8* at = place(f, number);
  for (u32 i = 0; i + 1 < pieces.pieces; i++) {
    at += pieces.piece;
    for (u32 k = 0; k < f->settings->spacing; k++) check_byte(f, k, *at++, kGuard, " between two pieces");
  }
}

void transfer_done(void* param, const struct dmaengine_result* result) {
  auto* b = static_cast<Buffer*>(param);
  b->completed_ns = ktime_to_ns(ktime_get());
  b->failed = result->result != DMA_TRANS_NOERROR;
  WRITE_ONCE(b->done, true);
  wake_up(b->flow->wait);
}

/// Several periods may have ended since the last callback: how many, the residue tells.
void period_done(void* param) {
  auto* f = static_cast<Flow*>(param);
  const Settings* s = f->settings;
  struct dma_tx_state state = {};
  if (dmaengine_tx_status(f->chan, f->cookie, &state) == DMA_ERROR) return;
  const u32 ring = s->buffers * s->transfer;
  const u32 position = (ring - state.residue) / s->transfer % s->buffers;
  const s64 now = ktime_to_ns(ktime_get());
  const u32 periods = (position + s->buffers - f->position) % s->buffers;
  for (u32 i = 0; i < periods; i++)
    dmavp_client_transfer(f->worker->client, dma_chan_name(f->chan), f->period_start, s->transfer, false);
  f->position = position;
  f->period_start = now;
  WRITE_ONCE(f->ended, f->ended + periods);
  wake_up(f->wait);
}

int submit(Flow* f, struct dma_async_tx_descriptor* tx) {
  if (!tx) return -ENOMEM;
  f->cookie = dmaengine_submit(tx);
  return dma_submit_error(f->cookie);
}

int issue(Flow* f, u64 number) {
  Buffer* b = &f->buffers[number % f->settings->buffers];
  // Not what an earlier transfer has left there: its pieces may have been longer.
  if (f->settings->spacing) memset(place(f, number), kGuard, slot(f->settings));
  if (f->out) fill(f, number);
  struct dma_async_tx_descriptor* tx = prepare(
      f, &b->description, layout(f, number), f->bus + static_cast<dma_addr_t>(place(f, number) - f->memory));
  if (tx) {
    tx->callback_result = transfer_done;
    tx->callback_param = b;
  }
  b->done = false;
  const int ret = submit(f, tx);
  if (ret) return ret;
  b->issued_ns = ktime_to_ns(ktime_get());
  dma_async_issue_pending(f->chan);
  f->prepared = number + 1;
  return 0;
}

int start_ring(Flow* f) {
  const Settings* s = f->settings;
  for (; f->out && f->prepared < s->buffers && f->prepared < count(f); f->prepared++) fill(f, f->prepared);
  struct dma_async_tx_descriptor* tx =
      dmaengine_prep_dma_cyclic(f->chan, f->bus, u64{s->buffers} * s->transfer, s->transfer,
                                f->out ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT);
  if (tx) {
    tx->callback = period_done;
    tx->callback_param = f;
  }
  const int ret = submit(f, tx);
  if (ret) return ret;
  f->period_start = ktime_to_ns(ktime_get());
  dma_async_issue_pending(f->chan);
  return 0;
}

struct dma_chan* take_channel(Flow* f) {
  const s64 since = ktime_get();
  for (;;) {
    struct dma_chan* chan = request_channel(f->device->dev, f->out ? "tx" : "rx");
    if (!IS_ERR(chan)) return chan;
    const int error = static_cast<int>(PTR_ERR(chan));
    if (client_worker_wait(f->worker, error, since)) continue;
    pr_err("traffic: %s has no channel \"%s\": error %d%s\n", dev_name(f->device->dev), f->out ? "tx" : "rx",
           error, error == -EPROBE_DEFER ? " (no free DMA channel)" : "");
    return nullptr;
  }
}

/// The burst that the channel makes of `maxburst`: the thresholds of the device are set by it.
u32 burst_of(Flow* f) {
  struct dma_slave_caps caps = {};
  u32 most = f->settings->maxburst < f->device->depth ? f->settings->maxburst : f->device->depth;
  if (!dma_get_slave_caps(f->chan, &caps) && caps.max_burst && caps.max_burst < most) most = caps.max_burst;
  u32 burst = 1;
  for (u32 b = 4; b <= most; b *= 2) burst = b;
  return burst;
}

int configure(Flow* f) {
  Device* d = f->device;
  struct dma_slave_config config = {};
  f->burst = burst_of(f);
  // Items of 8 bytes have one register for both directions.
  config.src_addr = d->physical + (d->width == 8 ? kSink : kSource);
  config.dst_addr = d->physical + kSink;
  config.src_addr_width = config.dst_addr_width = static_cast<dma_slave_buswidth>(d->width);
  config.src_maxburst = config.dst_maxburst = f->burst;
  if (f->out)
    write(d, kSinkWatermark, d->depth - f->burst);
  else
    write(d, kSourceWatermark, f->burst);
  write(d, f->out ? kSinkLength : kSourceLength, static_cast<u32>(f->settings->bytes / d->width));
  return dmaengine_slave_config(f->chan, &config);
}

size_t memory_bytes(const Flow* f) { return f->settings->buffers * slot(f->settings); }

}  // namespace

u64 count(const Flow* f) { return (f->settings->bytes + f->settings->transfer - 1) / f->settings->transfer; }

int open(Flow* f) {
  f->chan = take_channel(f);
  if (!f->chan) return -ENODEV;
  f->memory = static_cast<u8*>(
      dma_alloc_coherent(dmaengine_get_dma_device(f->chan), memory_bytes(f), &f->bus, GFP_KERNEL));
  f->buffers = static_cast<Buffer*>(kcalloc(f->settings->buffers, sizeof(Buffer), GFP_KERNEL));
  if (!f->memory || !f->buffers) {
    pr_err("traffic: no memory for %u buffers of %llu bytes\n", f->settings->buffers,
           static_cast<unsigned long long>(slot(f->settings)));
    return -ENOMEM;
  }
  for (u32 i = 0; i < f->settings->buffers; i++) f->buffers[i].flow = f;
  return configure(f);
}

void close(Flow* f) {
  if (!f->chan) return;
  dmaengine_terminate_sync(f->chan);
  if (f->memory) dma_free_coherent(dmaengine_get_dma_device(f->chan), memory_bytes(f), f->memory, f->bus);
  kfree(f->buffers);
  dma_release_channel(f->chan);
  f->chan = nullptr;
}

int start(Flow* f) {
  if (f->settings->cyclic) return start_ring(f);
  int ret = 0;
  while (!ret && f->prepared < f->settings->buffers && f->prepared < count(f)) ret = issue(f, f->prepared);
  return ret;
}

bool ready(const Flow* f) {
  if (!f->chan || f->handled == count(f)) return false;
  if (f->settings->cyclic) return f->handled < READ_ONCE(f->ended);
  return READ_ONCE(f->buffers[f->handled % f->settings->buffers].done);
}

int serve(Flow* f) {
  while (ready(f)) {
    if (!f->out) check(f, f->handled);
    if (!f->settings->cyclic) {
      const Buffer* b = &f->buffers[f->handled % f->settings->buffers];
      dmavp_client_transfer_at(f->worker->client, dma_chan_name(f->chan), b->issued_ns, b->completed_ns,
                               b->failed ? 0 : length(f, f->handled), b->failed);
      if (b->failed) return -EIO;
    }
    f->handled++;
    if (f->prepared == count(f)) continue;
    if (!f->settings->cyclic) {
      const int ret = issue(f, f->prepared);
      if (ret) return ret;
    } else if (f->out) {
      fill(f, f->prepared++);
    }
  }
  return 0;
}

}  // namespace dmavp::traffic
