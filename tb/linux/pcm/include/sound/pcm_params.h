/* What a client of a PCM stream has asked for. */
#ifndef DMAVP_SOUND_PCM_PARAMS_H
#define DMAVP_SOUND_PCM_PARAMS_H

#include <sound/pcm.h>

struct snd_pcm_hw_params {
  snd_pcm_format_t format;
  unsigned int channels;
  unsigned int rate;
  snd_pcm_uframes_t period_size;
  unsigned int periods;
};

static inline snd_pcm_format_t params_format(const struct snd_pcm_hw_params* p) { return p->format; }
static inline unsigned int params_channels(const struct snd_pcm_hw_params* p) { return p->channels; }
static inline unsigned int params_rate(const struct snd_pcm_hw_params* p) { return p->rate; }
static inline unsigned int params_period_size(const struct snd_pcm_hw_params* p) {
  return (unsigned int)p->period_size;
}
static inline unsigned int params_periods(const struct snd_pcm_hw_params* p) { return p->periods; }
/* Bits per sample in memory, or -EINVAL. */
static inline int params_physical_width(const struct snd_pcm_hw_params* p) {
  return snd_pcm_format_physical_width(p->format);
}

#endif
