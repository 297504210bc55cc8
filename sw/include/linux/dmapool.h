/* Pools of small coherent blocks. Any context except create and destroy. */
#ifndef DMAVP_LINUX_DMAPOOL_H
#define DMAVP_LINUX_DMAPOOL_H

#include <linux/gfp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;
struct dma_pool;

/* size in bytes; align a power of two (0 = 1); no block crosses a multiple of boundary (power of two >= size,
 * 0 = none). NULL on bad arguments or without memory. */
struct dma_pool* dma_pool_create(const char* name, struct device* dev, size_t size, size_t align,
                                 size_t boundary);
/* Blocks still in use are the diagnostic "kernel.pool-leak". */
void dma_pool_destroy(struct dma_pool* pool);
void* dma_pool_alloc(struct dma_pool* pool, gfp_t flags, dma_addr_t* handle);
void* dma_pool_zalloc(struct dma_pool* pool, gfp_t flags, dma_addr_t* handle);
/* A block that is NULL, foreign or already free is the diagnostic "kernel.bad-free". */
void dma_pool_free(struct dma_pool* pool, void* vaddr, dma_addr_t handle);
struct dma_pool* dmam_pool_create(const char* name, struct device* dev, size_t size, size_t align,
                                  size_t boundary);
void dmam_pool_destroy(struct dma_pool* pool);

#ifdef __cplusplus
}
#endif
#endif
