/* PCM streams, reduced to what clients of DMA channels see of them. What stands behind it is
 * tb/linux/pcm/snd_pcm.c. Sizes and positions are in frames (a sample of every channel) unless they say
 * bytes. */
#ifndef DMAVP_SOUND_PCM_H
#define DMAVP_SOUND_PCM_H

#include <linux/bits.h>
#include <linux/device.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long snd_pcm_uframes_t;
typedef signed long snd_pcm_sframes_t;
typedef int snd_pcm_format_t;

/* Numbers as in the user-space interface; the formats between them have no name here. */
#define SNDRV_PCM_FORMAT_S8 0
#define SNDRV_PCM_FORMAT_U8 1
#define SNDRV_PCM_FORMAT_S16_LE 2
#define SNDRV_PCM_FORMAT_S24_LE 6 /* low three bytes of four */
#define SNDRV_PCM_FORMAT_S32_LE 10
#define SNDRV_PCM_FORMAT_FLOAT64_LE 16
#define SNDRV_PCM_FORMAT_S24_3LE 32 /* three bytes */
#define SNDRV_PCM_FORMAT_FIRST SNDRV_PCM_FORMAT_S8
#define SNDRV_PCM_FORMAT_LAST 52
#define SNDRV_PCM_FMTBIT_S8 (1ULL << SNDRV_PCM_FORMAT_S8)
#define SNDRV_PCM_FMTBIT_S16_LE (1ULL << SNDRV_PCM_FORMAT_S16_LE)
#define SNDRV_PCM_FMTBIT_S32_LE (1ULL << SNDRV_PCM_FORMAT_S32_LE)
#define pcm_for_each_format(f) for ((f) = SNDRV_PCM_FORMAT_FIRST; (f) <= SNDRV_PCM_FORMAT_LAST; (f)++)

enum {
  SNDRV_PCM_STREAM_PLAYBACK = 0,
  SNDRV_PCM_STREAM_CAPTURE,
  SNDRV_PCM_STREAM_LAST = SNDRV_PCM_STREAM_CAPTURE
};

#define SNDRV_PCM_TRIGGER_STOP 0
#define SNDRV_PCM_TRIGGER_START 1
#define SNDRV_PCM_TRIGGER_PAUSE_PUSH 3
#define SNDRV_PCM_TRIGGER_PAUSE_RELEASE 4
#define SNDRV_PCM_TRIGGER_SUSPEND 5
#define SNDRV_PCM_TRIGGER_RESUME 6

#define SNDRV_PCM_INFO_BATCH 0x00000010u /* the position moves in steps of a period */
#define SNDRV_PCM_INFO_RESUME 0x00040000u
#define SNDRV_PCM_INFO_PAUSE 0x00080000u

#define SNDRV_PCM_HW_PARAM_PERIODS 15
typedef int snd_pcm_hw_param_t;

struct snd_pcm_hardware {
  unsigned int info; /* SNDRV_PCM_INFO_* */
  u64 formats;       /* SNDRV_PCM_FMTBIT_* */
};

struct snd_pcm_substream;

struct snd_pcm_ops {
  snd_pcm_uframes_t (*pointer)(struct snd_pcm_substream* substream); /* 0 .. buffer_size - 1 */
};

struct snd_pcm_runtime {
  snd_pcm_format_t format;
  unsigned int rate; /* frames per second */
  unsigned int channels;
  unsigned int frame_bits;
  snd_pcm_uframes_t period_size;
  unsigned int periods;
  snd_pcm_uframes_t buffer_size;
  unsigned int no_period_wakeup : 1;
  unsigned int info;
  snd_pcm_sframes_t delay; /* on the way between buffer and device */
  void* private_data;      /* of snd_dmaengine_pcm_open() */
  unsigned char* dma_area;
  dma_addr_t dma_addr;
  size_t dma_bytes;
  snd_pcm_uframes_t hw_ptr; /* position since the start, as of the last look */
  wait_queue_head_t sleep;  /* woken by every period */
};

struct snd_pcm_substream {
  int stream; /* SNDRV_PCM_STREAM_* */
  const struct snd_pcm_ops* ops;
  struct snd_pcm_runtime* runtime;
  spinlock_t lock; /* hw_ptr */
  unsigned int periods_elapsed;
};

static inline size_t frames_to_bytes(struct snd_pcm_runtime* runtime, snd_pcm_sframes_t size) {
  return (size_t)size * runtime->frame_bits / 8;
}
static inline snd_pcm_sframes_t bytes_to_frames(struct snd_pcm_runtime* runtime, size_t size) {
  return (snd_pcm_sframes_t)(size * 8 / runtime->frame_bits);
}
static inline size_t snd_pcm_lib_buffer_bytes(struct snd_pcm_substream* substream) {
  return frames_to_bytes(substream->runtime, (snd_pcm_sframes_t)substream->runtime->buffer_size);
}
static inline size_t snd_pcm_lib_period_bytes(struct snd_pcm_substream* substream) {
  return frames_to_bytes(substream->runtime, (snd_pcm_sframes_t)substream->runtime->period_size);
}
static inline u64 pcm_format_to_bits(snd_pcm_format_t format) { return 1ULL << format; }

/* Bits that a sample takes in memory; -EINVAL for a format that has no name above. */
int snd_pcm_format_physical_width(snd_pcm_format_t format);
/* Periods are whole: 0, or -EINVAL when the buffer is no multiple of the period; 1 when nothing is set yet.
 */
int snd_pcm_hw_constraint_integer(struct snd_pcm_runtime* runtime, snd_pcm_hw_param_t var);
/* Looks at the position, and wakes who sleeps on the stream. Any context. */
void snd_pcm_period_elapsed(struct snd_pcm_substream* substream);

#ifdef __cplusplus
}
#endif
#endif
