// kmalloc and its family, caches of objects, reserves.
#include <linux/mempool.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <cstring>
#include <string>
#include <vector>

#include "kernel/exec/exec.h"
#include "kernel/memory.h"

using namespace dmavp::kernel;

namespace {

void* allocate(size_t size, gfp_t flags, const void* site) {
  if (gfpflags_allow_blocking(flags)) {
    if (exec::atomic_context())
      exec::diagnostic(2, "kernel.sleep-in-atomic",
                       "an allocation that may sleep in atomic context, by thread %s", exec::thread_name());
  }
  exec::charge_primitive();
  if (size == 0) return ZERO_SIZE_PTR;
  const size_t align = size >= RamHeap::kLine ? RamHeap::kLine : 1;
  return memory::allocate(size, align, flags, site);
}

}  // namespace

void* kmalloc(size_t size, gfp_t flags) { return allocate(size, flags, __builtin_return_address(0)); }
void* kzalloc(size_t size, gfp_t flags) {
  return allocate(size, flags | __GFP_ZERO, __builtin_return_address(0));
}
void* kmalloc_array(size_t n, size_t size, gfp_t flags) {
  return allocate(size_mul(n, size), flags, __builtin_return_address(0));
}
void* kcalloc(size_t n, size_t size, gfp_t flags) {
  return allocate(size_mul(n, size), flags | __GFP_ZERO, __builtin_return_address(0));
}

size_t ksize(const void* p) {
  RamHeap::Object object;
  if (ZERO_OR_NULL_PTR(p)) return 0;
  return memory::find(p, object) ? object.size : 0;
}

void* krealloc(const void* p, size_t size, gfp_t flags) {
  if (size == 0) {
    kfree(p);
    return ZERO_SIZE_PTR;
  }
  void* fresh = allocate(size, flags, __builtin_return_address(0));
  if (fresh == nullptr || ZERO_OR_NULL_PTR(p)) return fresh;
  const size_t old = ksize(p);
  std::memcpy(fresh, p, old < size ? old : size);
  kfree(p);
  return fresh;
}

void kfree(const void* p) {
  if (ZERO_OR_NULL_PTR(p)) return;
  memory::release(p, "kfree");
  exec::charge_primitive();
}

void kfree_sensitive(const void* p) {
  if (const size_t size = ksize(p)) std::memset(const_cast<void*>(p), 0, size);
  kfree(p);
}

// --- caches
// -----------------------------------------------------------------------------------------------------

struct kmem_cache {
  std::string name;
  size_t size;
  size_t align;
  void (*ctor)(void*);
  size_t live;
};

struct kmem_cache* kmem_cache_create(const char* name, unsigned int size, unsigned int align, slab_flags_t,
                                     void (*ctor)(void*)) {
  if (name == nullptr || size == 0 || (align & (align - 1)) != 0) return nullptr;
  return new kmem_cache{name, size, align != 0 ? align : 1, ctor, 0};
}

void kmem_cache_destroy(struct kmem_cache* cache) {
  if (cache == nullptr) return;
  if (cache->live != 0)
    exec::diagnostic(2, "kernel.pool-leak", "cache %s is destroyed with %zu objects in use",
                     cache->name.c_str(), cache->live);
  delete cache;
}

void* kmem_cache_alloc(struct kmem_cache* cache, gfp_t flags) {
  exec::charge_primitive();
  void* p = memory::allocate(cache->size, cache->align, flags, __builtin_return_address(0));
  if (p != nullptr) {
    cache->live++;
    if (cache->ctor != nullptr && !(flags & __GFP_ZERO)) cache->ctor(p);
  }
  return p;
}

void* kmem_cache_zalloc(struct kmem_cache* cache, gfp_t flags) {
  return kmem_cache_alloc(cache, flags | __GFP_ZERO);
}

void kmem_cache_free(struct kmem_cache* cache, void* object) {
  if (object == nullptr) return;
  RamHeap::Object found;
  if (memory::find(object, found) && cache->live != 0) cache->live--;
  memory::release(object, "kmem_cache_free");
  exec::charge_primitive();
}

unsigned int kmem_cache_size(struct kmem_cache* cache) { return static_cast<unsigned int>(cache->size); }

// --- reserves
// ---------------------------------------------------------------------------------------------------

struct mempool_s {
  std::vector<void*> reserve;
  size_t minimum;
  mempool_alloc_t* alloc;
  mempool_free_t* free;
  void* data;
};

namespace {
void* alloc_slab(gfp_t gfp, void* cache) {
  return kmem_cache_alloc(static_cast<struct kmem_cache*>(cache), gfp);
}
void free_slab(void* element, void* cache) {
  kmem_cache_free(static_cast<struct kmem_cache*>(cache), element);
}
void* alloc_kmalloc(gfp_t gfp, void* size) { return kmalloc(reinterpret_cast<size_t>(size), gfp); }
void free_kmalloc(void* element, void*) { kfree(element); }
}  // namespace

mempool_t* mempool_create(int min_nr, mempool_alloc_t* alloc, mempool_free_t* free, void* pool_data) {
  auto* pool = new mempool_s{{}, static_cast<size_t>(min_nr > 0 ? min_nr : 0), alloc, free, pool_data};
  while (pool->reserve.size() < pool->minimum) {
    void* element = alloc(GFP_KERNEL, pool_data);
    if (element == nullptr) {
      mempool_destroy(pool);
      return nullptr;
    }
    pool->reserve.push_back(element);
  }
  return pool;
}

mempool_t* mempool_create_slab_pool(int min_nr, struct kmem_cache* cache) {
  return mempool_create(min_nr, alloc_slab, free_slab, cache);
}

mempool_t* mempool_create_kmalloc_pool(int min_nr, size_t size) {
  return mempool_create(min_nr, alloc_kmalloc, free_kmalloc, reinterpret_cast<void*>(size));
}

void* mempool_alloc(mempool_t* pool, gfp_t gfp) {
  if (void* element = pool->alloc(gfp, pool->data)) return element;
  if (pool->reserve.empty()) return nullptr;
  void* element = pool->reserve.back();
  pool->reserve.pop_back();
  return element;
}

void mempool_free(void* element, mempool_t* pool) {
  if (element == nullptr) return;
  if (pool->reserve.size() < pool->minimum)
    pool->reserve.push_back(element);
  else
    pool->free(element, pool->data);
}

void mempool_destroy(mempool_t* pool) {
  if (pool == nullptr) return;
  for (void* element : pool->reserve) pool->free(element, pool->data);
  delete pool;
}
