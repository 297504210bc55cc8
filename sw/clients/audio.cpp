// Client: plays a WAV file, or a tone, by cyclic DMA while it records, and compares what was recorded with
// it.
#include <asm/unaligned.h>
#include <linux/err.h>
#include <linux/firmware.h>
#include <linux/init.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/wait.h>

#include "clients/wav.h"
#include "clients/worker.h"
#include "dmavp/cost.h"
#include "drivers/dw-i2s/dw-i2s.h"

static char no_path[] = "";
static char default_play[] = "sound-play";
static char default_capture[] = "sound-capture";
static char* path = no_path;
module_param(path, charp, 0444);
MODULE_PARM_DESC(path, "WAV file to play (16 bits, one or two channels), empty = a generated tone");
static char* play = default_play;
module_param(play, charp, 0444);
MODULE_PARM_DESC(play, "alias or path of the I2S that plays");
static char* capture = default_capture;
module_param(capture, charp, 0444);
MODULE_PARM_DESC(capture, "alias or path of the I2S that records");
static uint period = 48;
module_param(period, uint, 0444);
MODULE_PARM_DESC(period, "frames per period");
static uint periods = 8;
module_param(periods, uint, 0444);
MODULE_PARM_DESC(periods, "periods of the ring");
static uint frames = 9600;
module_param(frames, uint, 0444);
MODULE_PARM_DESC(frames, "frames of the generated tone");
static uint tone_hz = 440;
module_param(tone_hz, uint, 0444);
MODULE_PARM_DESC(tone_hz, "frequency of the generated tone; the right channel has half as much again");
static uint wait_ms = 0;
module_param(wait_ms, uint, 0444);
MODULE_PARM_DESC(wait_ms, "how long to wait for DMA channels that others hold");
static uint run_ms = 0;
module_param(run_ms, uint, 0444);
MODULE_PARM_DESC(run_ms, "played again until this much time has passed, 0 = once");
static uint retries = 0;
module_param(retries, uint, 0444);
MODULE_PARM_DESC(retries, "how often work that failed is done again before the client gives up");

namespace {

constexpr u32 kMargin_ms = 500;   // beyond twice the time the sound takes
constexpr u32 kSlackPeriods = 4;  // recorded beyond the sound's length: playing starts after recording
constexpr s32 kAmplitude = 12000;

struct session {
  struct client_worker* worker;
  const struct dw_i2s_frame* sound;
  size_t length;  ///< frames
  size_t played;  ///< given to the ring so far, silence behind the sound included
  struct dw_i2s_frame* recorded;
  const struct dw_i2s_frame* heard;  // the recording from where frame 0 of the sound is
  size_t room;
  size_t filled;
  s64 period_start;
  struct dw_i2s_stream* out;
  struct dw_i2s_stream* in;
  wait_queue_head_t wait;
};

/// Sine by a parabola per half wave; integers, so that it is the same everywhere. `phase`: 2^32 is a period.
s16 tone(u32 phase) {
  const s32 x = static_cast<s32>(phase) >> 16;  // -2^15 .. 2^15 - 1 is -pi .. pi
  const s32 magnitude = x < 0 ? -x : x;
  const s64 parabola = s64{x} * (32768 - magnitude) * 4;  // of 2^30
  return static_cast<s16>(parabola * kAmplitude >> 30);
}

struct dw_i2s_frame* generate(u32 rate) {
  auto* sound =
      static_cast<struct dw_i2s_frame*>(kmalloc_array(frames, sizeof(struct dw_i2s_frame), GFP_KERNEL));
  const u64 step = (u64{tone_hz} << 32) / rate;
  for (size_t i = 0; sound && i < frames; i++) {
    sound[i].left = tone(static_cast<u32>(i * step));
    sound[i].right = tone(static_cast<u32>(i * step * 3 / 2));
  }
  return sound;
}

struct dw_i2s_frame* convert(const struct dmavp::clients::WavSound* wav) {
  auto* sound =
      static_cast<struct dw_i2s_frame*>(kmalloc_array(wav->frames, sizeof(struct dw_i2s_frame), GFP_KERNEL));
  for (size_t i = 0; sound && i < wav->frames; i++) {
    const u8* sample = wav->data + i * 2 * wav->channels;
    sound[i].left = static_cast<s16>(get_unaligned_le16(sample));
    sound[i].right = wav->channels == 2 ? static_cast<s16>(get_unaligned_le16(sample + 2)) : sound[i].left;
  }
  return sound;
}

// The sound, then silence.
void fill(struct session* s, struct dw_i2s_frame* to, size_t count) {
  const size_t left = s->length > s->played ? s->length - s->played : 0;
  const size_t now = left < count ? left : count;
  dmavp_cost_copy(count * sizeof(struct dw_i2s_frame));
  memcpy(to, s->sound + s->played, now * sizeof(struct dw_i2s_frame));
  memset(to + now, 0, (count - now) * sizeof(struct dw_i2s_frame));
  s->played += count;
}

void played(void* context, struct dw_i2s_frame* first, u32 count) {
  struct session* s = static_cast<struct session*>(context);
  const size_t bytes = size_t{period} * sizeof(struct dw_i2s_frame);
  for (u32 i = 0; i < count; i++)
    dmavp_client_transfer(s->worker->client, dw_i2s_channel(s->out), s->period_start, bytes, false);
  s->period_start = ktime_to_ns(ktime_get());
  fill(s, first, size_t{count} * period);
}

void recorded(void* context, struct dw_i2s_frame* first, u32 count) {
  struct session* s = static_cast<struct session*>(context);
  const size_t wanted = size_t{count} * period;
  const size_t now = wanted < s->room - s->filled ? wanted : s->room - s->filled;
  dmavp_cost_copy(now * sizeof(struct dw_i2s_frame));
  memcpy(s->recorded + s->filled, first, now * sizeof(struct dw_i2s_frame));
  WRITE_ONCE(s->filled, s->filled + now);
  if (s->filled == s->room) wake_up(&s->wait);
}

bool silent(const struct dw_i2s_frame& frame) { return !frame.left && !frame.right; }

size_t first_sound(const struct dw_i2s_frame* data, size_t count) {
  size_t i = 0;
  while (i < count && silent(data[i])) i++;
  return i;
}

// Recording begins before playing: what was recorded is some silence, the sound, and silence again.
int compare(struct session* s) {
  const size_t begin = first_sound(s->sound, s->length);
  const size_t heard = first_sound(s->recorded, s->room);
  s->heard = s->recorded;
  if (begin == s->length && heard == s->room) return 0;  // silence was played
  const size_t lag = heard - begin;
  if (heard < begin || heard == s->room || lag > s->room - s->length) {
    pr_err("audio: the sound begins with frame %zu, what was recorded with frame %zu of %zu\n", begin, heard,
           s->room);
    return -EIO;
  }
  size_t wrong = 0;
  dmavp_cost_copy(2 * s->room * sizeof(struct dw_i2s_frame));
  for (size_t i = begin; i + lag < s->room; i++) {
    const struct dw_i2s_frame expected = i < s->length ? s->sound[i] : dw_i2s_frame{};
    const struct dw_i2s_frame actual = s->recorded[i + lag];
    if (expected.left == actual.left && expected.right == actual.right) continue;
    if (wrong++ == 0) {
      pr_err("audio: frame %zu was recorded as %d %d, played as %d %d%s\n", i, actual.left, actual.right,
             expected.left, expected.right, silent(actual) ? " (an underrun sends silence)" : "");
    }
  }
  s->heard = s->recorded + lag;
  client_note_number(s->worker, "lag_frames", lag);
  client_note_number(s->worker, "different_frames", wrong);
  return wrong ? -EBADMSG : 0;
}

struct dw_i2s_stream* open_stream(struct session* s, bool playback) {
  const char* name = playback ? play : capture;
  struct device_node* node = of_find_node_by_path(name);
  const struct dw_i2s_config config = {playback, periods, period, playback ? played : recorded, s};
  const s64 since = ktime_get();
  if (!node) {
    pr_err("audio: %s: no such alias or node\n", name);
    return static_cast<struct dw_i2s_stream*>(ERR_PTR(-ENODEV));
  }
  for (;;) {
    struct dw_i2s_stream* stream = dw_i2s_open(node, &config);
    if (!IS_ERR(stream)) return stream;
    const int error = static_cast<int>(PTR_ERR(stream));
    if (client_worker_wait(s->worker, error, since)) continue;
    pr_err("audio: %s cannot be opened for %s: error %d%s\n", name, playback ? "playing" : "recording", error,
           error == -EPROBE_DEFER ? " (no free DMA channel)" : "");
    return stream;
  }
}

int run_streams(struct session* s, u32 rate) {
  const u64 expected_ms = u64{s->room} * 1000 / rate;
  fill(s, dw_i2s_ring(s->out), size_t{periods} * period);
  int ret = dw_i2s_start(s->in);
  s->period_start = ktime_to_ns(ktime_get());
  if (!ret) ret = dw_i2s_start(s->out);
  const auto limit = static_cast<unsigned>(2 * expected_ms + kMargin_ms);
  if (!ret && !wait_event_timeout(s->wait, READ_ONCE(s->filled) == s->room, msecs_to_jiffies(limit))) {
    pr_err("audio: %zu of %zu frames recorded within %u ms\n", s->filled, s->room, limit);
    ret = -ETIMEDOUT;
  }
  dw_i2s_stop(s->out);
  dw_i2s_stop(s->in);
  return ret;
}

int judge(struct session* s) {
  const struct dw_i2s_counts out = dw_i2s_read_counts(s->out);
  const struct dw_i2s_counts in = dw_i2s_read_counts(s->in);
  client_note_number(s->worker, "frames", s->length);
  client_note_number(s->worker, "periods", out.periods);
  client_note_number(s->worker, "callbacks", out.callbacks);
  client_note_number(s->worker, "late", out.late + in.late);
  client_note_number(s->worker, "overruns", in.overruns);
  if (out.late || in.late) {
    pr_err(
        "audio: interrupts came too late %llu times playing, %llu times recording: the ring of %u periods "
        "ran out\n",
        out.late, in.late, periods);
  }
  const int ret = compare(s);
  if (in.overruns || out.overflows) {
    pr_err("audio: %llu overruns, %llu overflows\n", in.overruns, out.overflows);
    return -EIO;
  }
  return ret;
}

int play_and_record(struct session* s, u32 rate) {
  s->room = s->length + size_t{kSlackPeriods} * period + size_t{periods} * period;
  s->room -= s->room % period;
  s->recorded = static_cast<struct dw_i2s_frame*>(kcalloc(s->room, sizeof(struct dw_i2s_frame), GFP_KERNEL));
  if (!s->sound || !s->recorded) {
    pr_err("audio: no memory for %zu frames to play and as many to record\n", s->length);
    return -ENOMEM;
  }
  int ret = run_streams(s, rate);
  if (!ret) ret = judge(s);
  if (ret) return ret;
  const u32 crc =
      client_note_checksum(s->worker, reinterpret_cast<const u8*>(s->heard), s->length * sizeof(*s->heard));
  if (!s->worker->rounds)
    pr_info("audio: %zu frames at %u Hz played, recorded and equal, crc32 %08x\n", s->length, rate, crc);
  return 0;
}

// The frames to play, to be freed; NULL with *error 0 when there is no memory.
struct dw_i2s_frame* load(struct session* s, u32 rate, int* error) {
  const struct firmware* file = nullptr;
  *error = 0;
  if (!*path) {
    s->length = frames;
    return generate(rate);
  }
  *error = request_firmware(&file, path, nullptr);
  if (*error) {
    pr_err("audio: %s cannot be read: error %d\n", path, *error);
    return nullptr;
  }
  struct dmavp::clients::WavSound wav;
  struct dw_i2s_frame* sound = nullptr;
  const char* problem = dmavp::clients::read_wav(file->data, file->size, &wav);
  if (problem) {
    pr_err("audio: %s %s\n", path, problem);
    *error = -EINVAL;
  } else if (wav.rate != rate) {
    pr_err("audio: %s has %u frames per second, the clock of %s makes %u\n", path, wav.rate, play, rate);
    *error = -EINVAL;
  } else {
    s->length = wav.frames;
    sound = convert(&wav);
    dmavp_client_note(s->worker->client, "file", path);
  }
  release_firmware(file);
  return sound;
}

int work(struct client_worker* worker) {
  struct session s = {};
  int ret = 0;
  s.worker = worker;
  init_waitqueue_head(&s.wait);
  s.out = open_stream(&s, true);
  if (IS_ERR(s.out)) return static_cast<int>(PTR_ERR(s.out));
  s.in = open_stream(&s, false);
  if (IS_ERR(s.in)) {
    dw_i2s_close(s.out);
    return static_cast<int>(PTR_ERR(s.in));
  }
  const u32 rate = dw_i2s_rate(s.out);
  struct dw_i2s_frame* sound = load(&s, rate, &ret);
  s.sound = sound;
  if (!ret) ret = play_and_record(&s, rate);
  dw_i2s_close(s.in);
  dw_i2s_close(s.out);
  kfree(s.recorded);
  kfree(sound);
  return ret;
}

struct client_worker worker;

int audio_init() {
  if (!period || periods < 2 || !frames) {
    pr_err("audio: period and frames must not be 0, periods must be 2 or more\n");
    return -EINVAL;
  }
  worker.work = work;
  worker.wait_ms = wait_ms;
  worker.run_ms = run_ms;
  worker.retries = retries;
  return client_worker_start(&worker, "audio");
}

void audio_exit() { client_worker_stop(&worker); }

}  // namespace

module_init(audio_init);
module_exit(audio_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Client: plays and records by cyclic DMA and compares");
