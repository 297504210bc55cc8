#include "dma.h"

enum {
  DMAC_CFG = 0x010,
  DMAC_CHEN = 0x018,
  DMAC_INTSTATUS = 0x030,
  CH_SAR = 0x100, /* of channel 0, like the next ones; 0x100 further for each channel */
  CH_DAR = 0x108,
  CH_BLOCK_TS = 0x110,
  CH_CTL = 0x118,
  CH_CFG = 0x120,
  CH_INTSIGNAL_ENA = 0x190,
  CH_INTSTATUS = 0x188,
  CH_INTCLEAR = 0x198
};
#define CHANNELS 8u
#define DMA_TFR_DONE (1u << 1)
#define ERRORS 0x7FE0u
#define WIDTH_64 (3u << 8 | 3u << 11)

static struct {
  dma_done done; /* NULL: the channel is free */
  void* context;
} channels[CHANNELS];

static uint32_t of(unsigned channel, uint32_t offset) { return offset + 0x100u * channel; }

void dma_init(void) { dma_reg_write(DMAC_CFG, 3); /* DMAC_EN, INT_EN */ }

int dma_copy(unsigned channel, uint64_t to, uint64_t from, size_t bytes, dma_done done, void* context) {
  if (channel >= CHANNELS || channels[channel].done || !done) return -1;
  if (bytes == 0 || bytes > 8192 || (bytes | to | from) % 8) return -1;
  channels[channel].done = done;
  channels[channel].context = context;
  dma_reg_write(of(channel, CH_SAR), from);
  dma_reg_write(of(channel, CH_DAR), to);
  dma_reg_write(of(channel, CH_BLOCK_TS), bytes / 8 - 1); /* items, minus one */
  dma_reg_write(of(channel, CH_CTL), WIDTH_64);           /* both addresses advance */
  dma_reg_write(of(channel, CH_CFG), 0);                  /* memory to memory, one block */
  dma_reg_write(of(channel, CH_INTSIGNAL_ENA), DMA_TFR_DONE | ERRORS);
  dma_reg_write(DMAC_CHEN, UINT64_C(0x101) << channel); /* enable, and its write enable */
  return 0;
}

void dma_interrupt(void) {
  const uint64_t pending = dma_reg_read(DMAC_INTSTATUS);

  for (unsigned i = 0; i < CHANNELS; i++) {
    if (!(pending >> i & 1)) continue;
    const uint32_t status = (uint32_t)dma_reg_read(of(i, CH_INTSTATUS));
    const dma_done done = channels[i].done;

    dma_reg_write(of(i, CH_INTCLEAR), status);
    if (!done || !(status & (DMA_TFR_DONE | ERRORS))) continue;
    channels[i].done = NULL; /* free before the callback, which may start the next copy */
    done(channels[i].context, status & ERRORS);
  }
}
