/* Cache lines. kmalloc never lets two objects share one. */
#ifndef DMAVP_LINUX_CACHE_H
#define DMAVP_LINUX_CACHE_H

#include <linux/align.h>
#include <linux/compiler.h>

#define L1_CACHE_SHIFT 6
#define L1_CACHE_BYTES (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES
#define ARCH_DMA_MINALIGN L1_CACHE_BYTES
#define ARCH_KMALLOC_MINALIGN L1_CACHE_BYTES
#define L1_CACHE_ALIGN(x) ALIGN(x, L1_CACHE_BYTES)
#define ____cacheline_aligned __attribute__((__aligned__(L1_CACHE_BYTES)))
#define ____cacheline_aligned_in_smp ____cacheline_aligned
#define __cacheline_aligned ____cacheline_aligned

/* Bytes; the alignment DMA buffers need. */
static inline int dma_get_cache_alignment(void) { return L1_CACHE_BYTES; }

#endif
