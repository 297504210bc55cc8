/* A driver for DW_axi_dmac without an operating system: copies by up to 8 channels. */
#ifndef DMA_H
#define DMA_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the board gives: registers by their offset in the controller. */
uint64_t dma_reg_read(uint32_t offset);
void dma_reg_write(uint32_t offset, uint64_t value);

/* Called from dma_interrupt(). errors: bits 14:5 of CHn_INTSTATUS, 0 when all is well. */
typedef void (*dma_done)(void* context, uint32_t errors);

void dma_init(void);
/* Copies; addresses and length are multiples of 8, up to 8 KiB. 0, or -1 when the channel is busy or the copy
 * not possible. */
int dma_copy(unsigned channel, uint64_t to, uint64_t from, size_t bytes, dma_done done, void* context);
/* To be called while the controller's interrupt line is high. */
void dma_interrupt(void);

#ifdef __cplusplus
}
#endif
#endif
