/*
 * Memory of the simulated system: it lies in the board's RAM, is physically contiguous and starts on a cache
 * line of its own. Sizes in bytes; NULL without memory. Freeing NULL does nothing; freeing twice, or what was
 * not allocated, is the diagnostic "kernel.bad-free". Any context with GFP_ATOMIC or GFP_NOWAIT; GFP_KERNEL
 * may sleep.
 */
#ifndef DMAVP_LINUX_SLAB_H
#define DMAVP_LINUX_SLAB_H

#include <linux/cache.h>
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/overflow.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ZERO_SIZE_PTR ((void*)16)
#define ZERO_OR_NULL_PTR(x) ((unsigned long)(x) <= (unsigned long)ZERO_SIZE_PTR)
#define KMALLOC_MAX_SIZE (1ul << 26)

/* size 0 yields ZERO_SIZE_PTR, which kfree() takes. */
void* kmalloc(size_t size, gfp_t flags);
void* kzalloc(size_t size, gfp_t flags);
void* kmalloc_array(size_t n, size_t size, gfp_t flags);
void* kcalloc(size_t n, size_t size, gfp_t flags);
void* krealloc(const void* p, size_t size, gfp_t flags);
void kfree(const void* p);
void kfree_sensitive(const void* p);
/* Usable bytes of the object. */
size_t ksize(const void* p);

static inline void* kmalloc_node(size_t size, gfp_t flags, int node) {
  (void)node;
  return kmalloc(size, flags);
}
static inline void* kzalloc_node(size_t size, gfp_t flags, int node) {
  (void)node;
  return kzalloc(size, flags);
}
#define kvmalloc kmalloc
#define kvzalloc kzalloc
#define kvfree kfree
#define kvcalloc kcalloc

#define SLAB_HWCACHE_ALIGN 0x2000u
#define SLAB_POISON 0x800u
#define SLAB_PANIC 0x40000u

struct kmem_cache;
/* Objects of one size; align in bytes, 0 or a power of two. ctor runs at every allocation that is not zeroed.
 */
struct kmem_cache* kmem_cache_create(const char* name, unsigned int size, unsigned int align,
                                     slab_flags_t flags, void (*ctor)(void* object));
void kmem_cache_destroy(struct kmem_cache* cache);
void* kmem_cache_alloc(struct kmem_cache* cache, gfp_t flags);
void* kmem_cache_zalloc(struct kmem_cache* cache, gfp_t flags);
void kmem_cache_free(struct kmem_cache* cache, void* object);
unsigned int kmem_cache_size(struct kmem_cache* cache);
#define KMEM_CACHE(type, flags) \
  kmem_cache_create(#type, sizeof(struct type), __alignof__(struct type), (flags), NULL)

#ifdef __cplusplus
}
#endif
#endif
