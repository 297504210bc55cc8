/* What pcm_dmaengine.c expects of the PCM core. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/module.h>
#include <sound/pcm.h>

int snd_pcm_format_physical_width(snd_pcm_format_t format) {
  switch (format) {
    case SNDRV_PCM_FORMAT_S8:
    case SNDRV_PCM_FORMAT_U8:
      return 8;
    case SNDRV_PCM_FORMAT_S16_LE:
      return 16;
    case SNDRV_PCM_FORMAT_S24_3LE:
      return 24;
    case SNDRV_PCM_FORMAT_S24_LE:
    case SNDRV_PCM_FORMAT_S32_LE:
      return 32;
    case SNDRV_PCM_FORMAT_FLOAT64_LE:
      return 64;
    default:
      return -EINVAL;
  }
}
EXPORT_SYMBOL(snd_pcm_format_physical_width);

int snd_pcm_hw_constraint_integer(struct snd_pcm_runtime* runtime, snd_pcm_hw_param_t var) {
  if (var != SNDRV_PCM_HW_PARAM_PERIODS) return -EINVAL;
  if (!runtime->period_size) return 1;
  return runtime->buffer_size % runtime->period_size ? -EINVAL : 0;
}
EXPORT_SYMBOL(snd_pcm_hw_constraint_integer);

void snd_pcm_period_elapsed(struct snd_pcm_substream* substream) {
  struct snd_pcm_runtime* runtime = substream->runtime;
  unsigned long flags;

  spin_lock_irqsave(&substream->lock, flags);
  substream->periods_elapsed++;
  runtime->hw_ptr +=
      (substream->ops->pointer(substream) + runtime->buffer_size - runtime->hw_ptr % runtime->buffer_size) %
      runtime->buffer_size;
  spin_unlock_irqrestore(&substream->lock, flags);
  wake_up(&runtime->sleep);
}
EXPORT_SYMBOL(snd_pcm_period_elapsed);

static int __init snd_pcm_init(void) { return 0; }
static void __exit snd_pcm_exit(void) {}
module_init(snd_pcm_init);
module_exit(snd_pcm_exit);
MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("What pcm_dmaengine.c expects of the PCM core");
