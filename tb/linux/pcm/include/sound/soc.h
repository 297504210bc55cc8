/* The names of ASoC that clients of DMA channels pass around. */
#ifndef DMAVP_SOUND_SOC_H
#define DMAVP_SOUND_SOC_H

#include <sound/pcm.h>

struct snd_soc_pcm_runtime;

struct snd_soc_component {
  const char* name;
  struct device* dev;
};

#endif
