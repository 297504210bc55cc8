// Client: a numbered sound goes out by one PCM stream of pcm_dmaengine.c and comes back by another, over our
// I2S; in between the streams are paused. What was recorded tells where the player stood.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <sound/dmaengine_pcm.h>
#include <sound/pcm_params.h>

#include "clients/worker.h"
#include "drivers/dw-i2s/dw-i2s.h"

static uint period = 48;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "frames per period");
static uint periods = 4;
module_param(periods, uint, 0444);
MODULE_PARM_DESC(periods, "periods of each ring");
static uint frames = 1000;
module_param(frames, uint, 0444);
MODULE_PARM_DESC(frames, "frames of the sound");
static bool wakeups = true;
module_param(wakeups, bool, 0444);
MODULE_PARM_DESC(wakeups, "periods interrupt; else the position is polled");

namespace {

struct Stream {
  struct snd_pcm_substream substream;
  struct snd_pcm_runtime runtime;
  struct snd_pcm_hardware hardware;
  struct snd_dmaengine_dai_dma_data dai;
  struct dw_i2s_stream* i2s;
  snd_pcm_uframes_t served;  ///< frames filled, or taken out, since the start
  u32 between;               ///< looks that found a position inside a period
  snd_pcm_sframes_t most_delay;
};

struct Session {
  struct client_worker* worker;
  Stream play, capture;
  struct dw_i2s_frame* recorded;
  snd_pcm_uframes_t room;
};

snd_pcm_uframes_t pointer(struct snd_pcm_substream* substream) {
  return snd_dmaengine_pcm_pointer(substream);
}
const struct snd_pcm_ops kOps = {pointer};

struct dw_i2s_frame* ring(Stream* s) {
  return reinterpret_cast<struct dw_i2s_frame*>(s->runtime.dma_area);
}

/// A receiver that has its clock from the player misses the frame in which the clock starts: silence.
constexpr snd_pcm_uframes_t kLeadIn = 8;

/// Frame `n` of the sound: its number, and the complement.
struct dw_i2s_frame sound(snd_pcm_uframes_t n) {
  const s16 number = static_cast<s16>(n + 1);
  return {number, static_cast<s16>(~number)};
}

/// Frame `n` of what is played: the sound, and silence around it.
struct dw_i2s_frame played(snd_pcm_uframes_t n) {
  return n < kLeadIn || n >= kLeadIn + frames ? dw_i2s_frame{} : sound(n - kLeadIn);
}

/// Position since the start; the ring must not be gone round between two looks.
snd_pcm_uframes_t look(Stream* s) {
  unsigned long flags;
  spin_lock_irqsave(&s->substream.lock, flags);
  struct snd_pcm_runtime* r = &s->runtime;
  const snd_pcm_uframes_t position = pointer(&s->substream);
  r->hw_ptr += (position + r->buffer_size - r->hw_ptr % r->buffer_size) % r->buffer_size;
  if (position % r->period_size) s->between++;
  if (r->delay > s->most_delay) s->most_delay = r->delay;
  const snd_pcm_uframes_t now = r->hw_ptr;
  spin_unlock_irqrestore(&s->substream.lock, flags);
  return now;
}

/// Fills what was played, and takes out what came, up to where the streams stand.
void serve(Session* session) {
  Stream* p = &session->play;
  const snd_pcm_uframes_t filled_to = look(p) + p->runtime.buffer_size;
  for (; p->served < filled_to; p->served++) ring(p)[p->served % p->runtime.buffer_size] = played(p->served);
  Stream* c = &session->capture;
  const snd_pcm_uframes_t came = look(c);
  for (; c->served < came && c->served < session->room; c->served++)
    session->recorded[c->served] = ring(c)[c->served % c->runtime.buffer_size];
}

/// Until the streams have gone on by a third of a period; polls, so positions inside a period are seen.
void rest(Session* session) {
  serve(session);
  const u64 us = u64{period} * 1000000 / session->play.runtime.rate / 3;
  usleep_range(static_cast<unsigned long>(us), static_cast<unsigned long>(us));
}

int serve_until(Session* session, const snd_pcm_uframes_t& counter, snd_pcm_uframes_t wanted) {
  for (u32 tries = 0; counter < wanted; tries++) {
    if (tries > 100 * (session->room / period + 10)) return -ETIMEDOUT;
    rest(session);
  }
  return 0;
}

int configure(Stream* s, struct dma_chan* chan) {
  const struct snd_pcm_hw_params params = {SNDRV_PCM_FORMAT_S16_LE, 2, s->runtime.rate, period, periods};
  struct dma_slave_config config = {};
  int ret = snd_hwparams_to_dma_slave_config(&s->substream, &params, &config);
  if (ret) return ret;
  snd_dmaengine_pcm_set_config_from_dai_data(&s->substream, &s->dai, &config);
  return dmaengine_slave_config(chan, &config);
}

int open(Stream* s, bool playback) {
  struct device_node* node = of_find_node_by_path(playback ? "sound-play" : "sound-capture");
  struct dw_i2s_port port = {};
  s->i2s = dw_i2s_take(node, playback, &port);
  const long again = PTR_ERR(dw_i2s_take(node, playback, &port));
  of_node_put(node);
  if (IS_ERR(s->i2s)) return static_cast<int>(PTR_ERR(s->i2s));
  if (again != -EBUSY) return -EIO;
  struct snd_pcm_runtime* r = &s->runtime;
  r->format = SNDRV_PCM_FORMAT_S16_LE;
  r->rate = dw_i2s_rate(s->i2s);
  r->channels = 2;
  r->frame_bits = 32;
  r->period_size = period;
  r->periods = periods;
  r->buffer_size = snd_pcm_uframes_t{period} * periods;
  r->dma_bytes = r->buffer_size * sizeof(struct dw_i2s_frame);
  r->no_period_wakeup = !wakeups;
  init_waitqueue_head(&r->sleep);
  spin_lock_init(&s->substream.lock);
  s->substream.stream = playback ? SNDRV_PCM_STREAM_PLAYBACK : SNDRV_PCM_STREAM_CAPTURE;
  s->substream.ops = &kOps;
  s->substream.runtime = r;
  s->dai.addr = port.fifo;
  s->dai.maxburst = port.maxburst;
  struct dma_chan* chan = dma_request_chan(port.dev, playback ? "tx" : "rx");
  if (IS_ERR(chan)) return static_cast<int>(PTR_ERR(chan));
  int ret = snd_dmaengine_pcm_open(&s->substream, chan);
  if (ret) {
    dma_release_channel(chan);
    return ret;
  }
  if (snd_dmaengine_pcm_get_chan(&s->substream) != chan) return -EIO;
  ret = snd_dmaengine_pcm_refine_runtime_hwparams(&s->substream, &s->dai, &s->hardware, chan);
  r->info = s->hardware.info;
  if (!ret) ret = configure(s, chan);
  if (ret) return ret;
  r->dma_area = static_cast<unsigned char*>(
      dma_alloc_coherent(dmaengine_get_dma_device(chan), r->dma_bytes, &r->dma_addr, GFP_KERNEL));
  return r->dma_area ? 0 : -ENOMEM;
}

void close(Stream* s) {
  if (s->runtime.private_data) {
    struct device* dev = dmaengine_get_dma_device(snd_dmaengine_pcm_get_chan(&s->substream));
    snd_dmaengine_pcm_close_release_chan(&s->substream);
    if (s->runtime.dma_area)
      dma_free_coherent(dev, s->runtime.dma_bytes, s->runtime.dma_area, s->runtime.dma_addr);
  }
  if (!IS_ERR_OR_NULL(s->i2s)) dw_i2s_close(s->i2s);
}

int start(Stream* s) {
  const int ret = snd_dmaengine_pcm_trigger(&s->substream, SNDRV_PCM_TRIGGER_START);
  if (!ret) dw_i2s_enable(s->i2s);
  return ret;
}

int stop(Stream* s) {
  const int ret = snd_dmaengine_pcm_trigger(&s->substream, SNDRV_PCM_TRIGGER_STOP);
  dw_i2s_disable(s->i2s);
  return ret ? ret : snd_dmaengine_pcm_sync_stop(&s->substream);
}

/// Pauses DMA while the device goes on, looks at the position twice, two periods apart, and resumes. The
/// position when it was paused; *moved is how much it moved.
snd_pcm_uframes_t hold(Session* session, Stream* s, Stream* other, int push, int release,
                       snd_pcm_uframes_t* moved) {
  snd_dmaengine_pcm_trigger(&s->substream, push);
  const snd_pcm_uframes_t before = look(s);
  if (s->runtime.delay) client_note_number(session->worker, "delay_paused", 1);
  const snd_pcm_uframes_t other_before = look(other);
  for (u32 i = 0; i < 6; i++) rest(session);
  *moved = look(s) - before;
  if (look(other) == other_before) client_note_number(session->worker, "other_stood", 1);
  snd_dmaengine_pcm_sync_stop(&s->substream);
  snd_dmaengine_pcm_trigger(&s->substream, release);
  return before;
}

/// The sound must be there once, in order, with silence before, behind, and where playing was paused: at
/// frame `paused_at` of what was played and nowhere else.
int judge(Session* session, snd_pcm_uframes_t paused_at) {
  snd_pcm_uframes_t next = 0, gaps = 0, gap_at = 0;
  bool silent = true;
  for (snd_pcm_uframes_t i = 0; i < session->capture.served; i++) {
    const struct dw_i2s_frame f = session->recorded[i];
    const bool is_silent = !f.left && !f.right;
    if (is_silent && !silent) {
      gaps++;
      if (next < frames) gap_at = kLeadIn + next;
    }
    silent = is_silent;
    if (is_silent) continue;
    const struct dw_i2s_frame wanted = sound(next++);
    if (f.left == wanted.left && f.right == wanted.right) continue;
    pr_err("frame %lu is %d %d, not %d %d\n", i, f.left, f.right, wanted.left, wanted.right);
    return -EBADMSG;
  }
  client_note_number(session->worker, "frames", next);
  client_note_number(session->worker, "wanted", frames);
  client_note_number(session->worker, "gaps", gaps);
  client_note_number(session->worker, "gap_at", gap_at);
  client_note_number(session->worker, "paused_at", paused_at);
  return next == frames ? 0 : -EIO;
}

void note_stream(Session* session, Stream* s) {
  const bool playback = s->substream.stream == SNDRV_PCM_STREAM_PLAYBACK;
  client_note_number(session->worker, playback ? "play_periods" : "capture_periods",
                     s->substream.periods_elapsed);
  client_note_number(session->worker, playback ? "play_between" : "capture_between", s->between);
  client_note_number(session->worker, playback ? "play_delay" : "capture_delay",
                     static_cast<u64>(s->most_delay));
}

/// A provider whose residue moves by segments makes the position move in steps.
void note_capabilities(Session* session) {
  Stream* s = &session->play;
  struct dma_device* device = snd_dmaengine_pcm_get_chan(&s->substream)->device;
  const enum dma_residue_granularity fine = device->residue_granularity;
  struct snd_pcm_hardware coarse = {};
  device->residue_granularity = DMA_RESIDUE_GRANULARITY_SEGMENT;
  snd_dmaengine_pcm_refine_runtime_hwparams(&s->substream, &s->dai, &coarse,
                                            snd_dmaengine_pcm_get_chan(&s->substream));
  device->residue_granularity = fine;
  client_note_number(session->worker, "info", s->hardware.info);
  client_note_number(session->worker, "info_coarse", coarse.info);
  client_note_number(session->worker, "formats", s->hardware.formats);
}

int run(Session* session) {
  Stream *p = &session->play, *c = &session->capture;
  serve(session);  // the first ring
  int ret = start(c);
  if (!ret) ret = start(p);
  if (!ret) ret = serve_until(session, p->runtime.hw_ptr, frames / 2);
  if (ret) return ret;
  snd_pcm_uframes_t moved = 0;
  const snd_pcm_uframes_t paused_at =
      hold(session, p, c, SNDRV_PCM_TRIGGER_PAUSE_PUSH, SNDRV_PCM_TRIGGER_PAUSE_RELEASE, &moved);
  client_note_number(session->worker, "moved_playing", moved);
  ret = serve_until(session, p->runtime.hw_ptr, kLeadIn + frames + p->runtime.buffer_size);
  if (ret) return ret;
  // Silence comes in from here on: what capturing misses is none of the sound.
  hold(session, c, p, SNDRV_PCM_TRIGGER_SUSPEND, SNDRV_PCM_TRIGGER_RESUME, &moved);
  client_note_number(session->worker, "moved_capturing", moved);
  ret = serve_until(session, c->served, session->room);
  note_stream(session, p);
  note_stream(session, c);
  if (!ret) ret = judge(session, paused_at);
  return ret;
}

/// Stopped, started again and closed while it is paused.
int end(Session* session) {
  int ret = stop(&session->play);
  if (!ret) ret = stop(&session->capture);
  if (!ret) ret = start(&session->play);
  if (!ret) ret = snd_dmaengine_pcm_trigger(&session->play.substream, SNDRV_PCM_TRIGGER_PAUSE_PUSH);
  client_note_number(session->worker, "unknown_command",
                     static_cast<u64>(-snd_dmaengine_pcm_trigger(&session->play.substream, 99)));
  return ret;
}

int work(struct client_worker* worker) {
  auto* session = static_cast<Session*>(kzalloc(sizeof(Session), GFP_KERNEL));
  if (!session) return -ENOMEM;
  session->worker = worker;
  session->room = frames + 4 * snd_pcm_uframes_t{period} * periods;
  session->recorded =
      static_cast<struct dw_i2s_frame*>(kcalloc(session->room, sizeof(struct dw_i2s_frame), GFP_KERNEL));
  int ret = session->recorded ? 0 : -ENOMEM;
  if (!ret) ret = open(&session->play, true);
  if (!ret) ret = open(&session->capture, false);
  if (!ret) {
    note_capabilities(session);
    ret = run(session);
    const int at_end = end(session);
    if (!ret) ret = at_end;
  }
  close(&session->capture);
  close(&session->play);
  kfree(session->recorded);
  kfree(session);
  return ret;
}

struct client_worker worker;

int pcm_i2s_init() {
  if (!period || periods < 2 || !frames || frames > 32000) {
    pr_err("period and frames (up to 32000) must not be 0, periods must be 2 or more\n");
    return -EINVAL;
  }
  worker.work = work;
  return client_worker_start(&worker, "pcm-i2s");
}

void pcm_i2s_exit() { client_worker_stop(&worker); }

}  // namespace

module_init(pcm_i2s_init);
module_exit(pcm_i2s_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: PCM streams of Linux's pcm_dmaengine.c over our I2S");
