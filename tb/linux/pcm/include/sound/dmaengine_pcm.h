/* PCM streams by DMA channels: functions of the module linux-pcm-dmaengine. */
#ifndef DMAVP_SOUND_DMAENGINE_PCM_H
#define DMAVP_SOUND_DMAENGINE_PCM_H

#include <linux/dmaengine.h>
#include <sound/pcm.h>
#include <sound/soc.h>

#ifdef __cplusplus
extern "C" {
#endif

struct snd_pcm_hw_params;

/* Several samples go in one register access; the width of the transfer is not that of a sample. */
#define SND_DMAENGINE_PCM_DAI_FLAG_PACK BIT(0)

/* The device's side of a stream. */
struct snd_dmaengine_dai_dma_data {
  dma_addr_t addr; /* register of the samples, as the controller sees it */
  enum dma_slave_buswidth addr_width;
  u32 maxburst; /* in units of the width */
  void* filter_data;
  const char* chan_name;
  unsigned int fifo_size; /* bytes */
  unsigned int flags;     /* SND_DMAENGINE_PCM_DAI_FLAG_* */
  void* peripheral_config;
  size_t peripheral_size; /* bytes */
};

static inline enum dma_transfer_direction snd_pcm_substream_to_dma_direction(
    const struct snd_pcm_substream* substream) {
  return substream->stream == SNDRV_PCM_STREAM_PLAYBACK ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM;
}

/* Direction and width of a stream's samples; -EINVAL for a format without a width. */
int snd_hwparams_to_dma_slave_config(const struct snd_pcm_substream* substream,
                                     const struct snd_pcm_hw_params* params,
                                     struct dma_slave_config* slave_config);
/* Address, burst and, where the device wants another one, width. */
void snd_dmaengine_pcm_set_config_from_dai_data(const struct snd_pcm_substream* substream,
                                                const struct snd_dmaengine_dai_dma_data* dma_data,
                                                struct dma_slave_config* slave_config);
/* Adds to hw->info and hw->formats what the channel can do. 0 or a negative errno. */
int snd_dmaengine_pcm_refine_runtime_hwparams(struct snd_pcm_substream* substream,
                                              struct snd_dmaengine_dai_dma_data* dma_data,
                                              struct snd_pcm_hardware* hw, struct dma_chan* chan);

/* The channel becomes the stream's; -ENXIO without one. runtime->private_data is taken. */
int snd_dmaengine_pcm_open(struct snd_pcm_substream* substream, struct dma_chan* chan);
int snd_dmaengine_pcm_open_request_chan(struct snd_pcm_substream* substream, dma_filter_fn filter_fn,
                                        void* filter_data);
struct dma_chan* snd_dmaengine_pcm_request_channel(dma_filter_fn filter_fn, void* filter_data);
struct dma_chan* snd_dmaengine_pcm_get_chan(struct snd_pcm_substream* substream);
int snd_dmaengine_pcm_close(struct snd_pcm_substream* substream);
int snd_dmaengine_pcm_close_release_chan(struct snd_pcm_substream* substream);

/* SNDRV_PCM_TRIGGER_*. 0, -ENOMEM, or -EINVAL for another command. What pausing returns is not looked at. */
int snd_dmaengine_pcm_trigger(struct snd_pcm_substream* substream, int cmd);
/* Waits for callbacks, unless the stream is paused. */
int snd_dmaengine_pcm_sync_stop(struct snd_pcm_substream* substream);
/* Position in the buffer by residue, 0 when the channel does not run; sets runtime->delay. */
snd_pcm_uframes_t snd_dmaengine_pcm_pointer(struct snd_pcm_substream* substream);
/* Position by counted callbacks. */
snd_pcm_uframes_t snd_dmaengine_pcm_pointer_no_residue(struct snd_pcm_substream* substream);

#ifdef __cplusplus
}
#endif
#endif
