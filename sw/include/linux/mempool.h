/* Pools that keep a minimum of objects in reserve. */
#ifndef DMAVP_LINUX_MEMPOOL_H
#define DMAVP_LINUX_MEMPOOL_H

#include <linux/gfp.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct kmem_cache;
typedef void*(mempool_alloc_t)(gfp_t gfp, void* pool_data);
typedef void(mempool_free_t)(void* element, void* pool_data);
typedef struct mempool_s mempool_t;

mempool_t* mempool_create(int min_nr, mempool_alloc_t* alloc, mempool_free_t* free, void* pool_data);
mempool_t* mempool_create_slab_pool(int min_nr, struct kmem_cache* cache);
mempool_t* mempool_create_kmalloc_pool(int min_nr, size_t size);
/* Takes from the reserve when the allocator fails; NULL when that is used up too. */
void* mempool_alloc(mempool_t* pool, gfp_t gfp);
void mempool_free(void* element, mempool_t* pool);
void mempool_destroy(mempool_t* pool);

#ifdef __cplusplus
}
#endif
#endif
