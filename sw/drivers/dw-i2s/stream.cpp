// A stream: a ring of periods that DMA goes round, and the registers that let it.
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "drivers/dma-channel.h"
#include "drivers/dw-i2s/internal.h"

namespace dmavp::dw_i2s {
namespace {

constexpr u32 kItemsPerFrame = 2;

/// Frames in the FIFO at which the device asks: half of it, so that a burst of as many fits or is there.
u32 threshold(const struct dw_i2s_device* d) { return d->fifo_depth / 2; }

void allow_requests(struct dw_i2s_stream* s, bool on) {
  struct dw_i2s_device* d = s->device;
  if (d->variant->always) return;
  const Register reg = d->variant->ccr ? kCcr : kDmacr;
  const u32 bit = d->variant->ccr ? 1u << (s->config.playback ? 8 : 9) : 1u << (s->config.playback ? 17 : 16);
  const u32 value = read(d, reg);
  write(d, reg, on ? value | bit : value & ~bit);
}

void count_losses(struct dw_i2s_stream* s) {
  if (s->config.playback) {
    s->counts.overflows += read(s->device, kTor) & 1;
  } else {
    s->counts.overruns += read(s->device, kRor) & 1;
  }
}

// With the lock held. Other registers belong to one direction; IER, CER and CCR are of both.
void set_up(struct dw_i2s_stream* s) {
  struct dw_i2s_device* d = s->device;
  const bool play = s->config.playback;
  write(d, play ? kTer : kRer, 0);
  write(d, play ? kTcr : kRcr, kWord16);
  write(d, play ? kTfcr : kRfcr, threshold(d) - 1);
  write(d, play ? kTer : kRer, 1);
  write(d, kImr, kImrAll);
  if (!d->streams[!play].running) write(d, kCcr, kCcrHalf16);
  write(d, play ? kTxffr : kRxffr, 1);
  count_losses(s);  // of before
  memset(&s->counts, 0, sizeof(s->counts));
}

void switch_on(struct dw_i2s_stream* s) {
  struct dw_i2s_device* d = s->device;
  write(d, kIer, 1);
  write(d, s->config.playback ? kIter : kIrer, 1);
  allow_requests(s, true);
  write(d, kCer, 1);
  s->running = true;
}

// The block goes off before its FIFO runs dry or full.
void switch_off(struct dw_i2s_stream* s) {
  struct dw_i2s_device* d = s->device;
  const bool play = s->config.playback;
  count_losses(s);
  write(d, play ? kIter : kIrer, 0);
  write(d, play ? kRtxDma : kRrxDma, 1);
  allow_requests(s, false);
  s->running = false;
  if (d->streams[!play].running) return;
  write(d, kCer, 0);
  write(d, kIer, 0);
}

// A period that ended at the last callback has been gone round once more when all others have passed too.
void note_late(struct dw_i2s_stream* s) {
  const s64 now = ktime_to_ns(ktime_get());
  const u64 others = u64{s->config.periods - 1} * s->config.period_frames;
  if (static_cast<u64>(now - s->served) * dw_i2s_rate(s) > others * NSEC_PER_SEC) s->counts.late++;
  s->served = now;
}

// Several periods may have ended since the last callback: how many, the residue tells.
void period_elapsed(void* param) {
  struct dw_i2s_stream* s = static_cast<struct dw_i2s_stream*>(param);
  const u32 period_bytes = s->config.period_frames * static_cast<u32>(sizeof(struct dw_i2s_frame));
  struct dma_tx_state state = {};
  unsigned long flags;
  spin_lock_irqsave(&s->device->lock, flags);
  const bool running = s->running;
  if (running) count_losses(s);
  spin_unlock_irqrestore(&s->device->lock, flags);
  if (!running || dmaengine_tx_status(s->chan, s->cookie, &state) == DMA_ERROR) return;
  const u32 position = static_cast<u32>(ring_bytes(s) - state.residue) / period_bytes % s->config.periods;
  s->counts.callbacks++;
  note_late(s);
  while (s->next != position) {
    const u32 end = position > s->next ? position : s->config.periods;
    const u32 count = end - s->next;
    s->config.elapsed(s->config.context, s->ring + u64{s->next} * s->config.period_frames, count);
    s->counts.periods += count;
    s->next = end % s->config.periods;
  }
}

int configure(struct dw_i2s_stream* s) {
  struct dw_i2s_device* d = s->device;
  struct dma_slave_config config = {};
  config.src_addr = d->physical + kRxDma;
  config.dst_addr = d->physical + kTxDma;
  config.src_addr_width = DMA_SLAVE_BUSWIDTH_2_BYTES;
  config.dst_addr_width = DMA_SLAVE_BUSWIDTH_2_BYTES;
  config.src_maxburst = threshold(d) * kItemsPerFrame;
  config.dst_maxburst = threshold(d) * kItemsPerFrame;
  return dmaengine_slave_config(s->chan, &config);
}

int take(struct dw_i2s_stream* s) {
  s->chan = dmavp::request_channel(s->device->dev, s->config.playback ? "tx" : "rx");
  if (IS_ERR(s->chan)) return static_cast<int>(PTR_ERR(s->chan));
  s->ring = static_cast<struct dw_i2s_frame*>(
      dma_alloc_coherent(dmaengine_get_dma_device(s->chan), ring_bytes(s), &s->ring_dma, GFP_KERNEL));
  if (!s->ring) return -ENOMEM;
  return configure(s);
}

/// The direction, nobody else's from here on, or an ERR_PTR.
struct dw_i2s_stream* claim(struct device_node* node, bool playback) {
  struct dw_i2s_device* d = find(node);
  if (!d || !d->has[playback]) return static_cast<struct dw_i2s_stream*>(ERR_PTR(-ENODEV));
  struct dw_i2s_stream* s = &d->streams[playback];
  unsigned long flags;
  spin_lock_irqsave(&d->lock, flags);
  const bool busy = s->open;
  s->open = true;
  spin_unlock_irqrestore(&d->lock, flags);
  return busy ? static_cast<struct dw_i2s_stream*>(ERR_PTR(-EBUSY)) : s;
}

void give_back(struct dw_i2s_stream* s) {
  if (s->ring) dma_free_coherent(dmaengine_get_dma_device(s->chan), ring_bytes(s), s->ring, s->ring_dma);
  if (!IS_ERR_OR_NULL(s->chan)) dma_release_channel(s->chan);
  s->ring = nullptr;
  s->chan = nullptr;
}

}  // namespace

size_t ring_bytes(const struct dw_i2s_stream* stream) {
  return size_t{stream->config.periods} * stream->config.period_frames * sizeof(struct dw_i2s_frame);
}

}  // namespace dmavp::dw_i2s

using namespace dmavp::dw_i2s;

struct dw_i2s_stream* dw_i2s_open(struct device_node* node, const struct dw_i2s_config* config) {
  struct dw_i2s_stream* s = claim(node, config->playback);
  if (IS_ERR(s)) return s;
  s->config = *config;
  int ret = config->periods < 2 || !config->period_frames || !config->elapsed ? -EINVAL : 0;
  if (!ret) ret = take(s);
  if (!ret) return s;
  dw_i2s_close(s);
  return static_cast<struct dw_i2s_stream*>(ERR_PTR(ret));
}
EXPORT_SYMBOL(dw_i2s_open);

struct dw_i2s_frame* dw_i2s_ring(struct dw_i2s_stream* stream) {
  return stream->ring;
}
EXPORT_SYMBOL(dw_i2s_ring);

u32 dw_i2s_rate(struct dw_i2s_stream* stream) {
  const struct dw_i2s_device* d = stream->device;
  const u32 cycles = d->variant->frame_cycles ? d->variant->frame_cycles : kFrameCycles;
  return static_cast<u32>(d->sclk_hz / cycles);
}
EXPORT_SYMBOL(dw_i2s_rate);

int dw_i2s_start(struct dw_i2s_stream* stream) {
  struct dw_i2s_stream* s = stream;
  struct dw_i2s_device* d = s->device;
  unsigned long flags;
  struct dma_async_tx_descriptor* tx =
      dmaengine_prep_dma_cyclic(s->chan, s->ring_dma, ring_bytes(s), ring_bytes(s) / s->config.periods,
                                s->config.playback ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT);
  if (!tx) return -ENOMEM;
  tx->callback = period_elapsed;
  tx->callback_param = s;
  s->next = 0;
  s->cookie = dmaengine_submit(tx);
  if (dma_submit_error(s->cookie)) return s->cookie;
  spin_lock_irqsave(&d->lock, flags);
  set_up(s);
  dma_async_issue_pending(s->chan);
  s->served = ktime_to_ns(ktime_get());
  switch_on(s);
  spin_unlock_irqrestore(&d->lock, flags);
  return 0;
}
EXPORT_SYMBOL(dw_i2s_start);

void dw_i2s_stop(struct dw_i2s_stream* stream) {
  struct dw_i2s_device* d = stream->device;
  unsigned long flags;
  spin_lock_irqsave(&d->lock, flags);
  if (stream->running) {
    dmaengine_terminate_async(stream->chan);
    switch_off(stream);
  }
  spin_unlock_irqrestore(&d->lock, flags);
  dmaengine_synchronize(stream->chan);
}
EXPORT_SYMBOL(dw_i2s_stop);

void dw_i2s_close(struct dw_i2s_stream* stream) {
  unsigned long flags;
  give_back(stream);
  spin_lock_irqsave(&stream->device->lock, flags);
  stream->open = false;
  spin_unlock_irqrestore(&stream->device->lock, flags);
}
EXPORT_SYMBOL(dw_i2s_close);

struct dw_i2s_counts dw_i2s_read_counts(struct dw_i2s_stream* stream) {
  return stream->counts;
}
EXPORT_SYMBOL(dw_i2s_read_counts);

struct dw_i2s_stream* dw_i2s_take(struct device_node* node, bool playback, struct dw_i2s_port* port) {
  struct dw_i2s_stream* s = claim(node, playback);
  if (IS_ERR(s)) return s;
  memset(&s->config, 0, sizeof(s->config));
  s->config.playback = playback;
  port->dev = s->device->dev;
  port->fifo = s->device->physical + (playback ? kTxDma : kRxDma);
  port->maxburst = threshold(s->device) * kItemsPerFrame;
  return s;
}
EXPORT_SYMBOL(dw_i2s_take);

void dw_i2s_enable(struct dw_i2s_stream* stream) {
  unsigned long flags;
  spin_lock_irqsave(&stream->device->lock, flags);
  if (!stream->running) {
    set_up(stream);
    switch_on(stream);
  }
  spin_unlock_irqrestore(&stream->device->lock, flags);
}
EXPORT_SYMBOL(dw_i2s_enable);

void dw_i2s_disable(struct dw_i2s_stream* stream) {
  unsigned long flags;
  spin_lock_irqsave(&stream->device->lock, flags);
  if (stream->running) switch_off(stream);
  spin_unlock_irqrestore(&stream->device->lock, flags);
}
EXPORT_SYMBOL(dw_i2s_disable);

const char* dw_i2s_channel(struct dw_i2s_stream* stream) { return dma_chan_name(stream->chan); }
EXPORT_SYMBOL(dw_i2s_channel);
