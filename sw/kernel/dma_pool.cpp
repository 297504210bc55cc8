// Pools of small blocks in coherent memory.
#include <linux/device.h>
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>

#include <cstring>
#include <string>
#include <vector>

#include "kernel/exec/exec.h"
#include "kernel/memory.h"

using namespace dmavp::kernel;

namespace {

struct Chunk {
  std::byte* cpu;
  dma_addr_t dma;
  std::vector<bool> used;  // by block
};

}  // namespace

struct dma_pool {
  std::string name;
  struct device* dev;
  size_t size;        // block to block
  size_t boundary;    // no block crosses a multiple of it
  size_t allocation;  // bytes of a chunk
  size_t per_boundary;
  std::vector<Chunk> chunks;
  size_t live;
  size_t search;  // no chunk before this one has a free block

  size_t blocks() const {
    const size_t whole = allocation / boundary, rest = allocation % boundary;
    return whole * per_boundary + rest / size;
  }
  size_t offset(size_t block) const { return block / per_boundary * boundary + block % per_boundary * size; }
};

struct dma_pool* dma_pool_create(const char* name, struct device* dev, size_t size, size_t align,
                                 size_t boundary) {
  if (align == 0) align = 1;
  if ((align & (align - 1)) != 0 || size == 0 || size > 0x7fffffff) return nullptr;
  if (size < 4) size = 4;
  size = ALIGN(size, align);
  const size_t allocation = size > PAGE_SIZE ? size : PAGE_SIZE;
  if (boundary == 0)
    boundary = allocation;
  else if (boundary < size || (boundary & (boundary - 1)) != 0)
    return nullptr;
  if (boundary > allocation) boundary = allocation;
  return new dma_pool{name, dev, size, boundary, allocation, boundary / size, {}, 0, 0};
}

void dma_pool_destroy(struct dma_pool* pool) {
  if (pool == nullptr) return;
  if (pool->live != 0)
    exec::diagnostic(2, "kernel.pool-leak", "DMA pool %s is destroyed with %zu blocks in use",
                     pool->name.c_str(), pool->live);
  memory::count_live(-static_cast<int>(pool->live));
  for (const Chunk& chunk : pool->chunks)
    dma_free_coherent(pool->dev, pool->allocation, chunk.cpu, chunk.dma);
  delete pool;
}

void* dma_pool_alloc(struct dma_pool* pool, gfp_t flags, dma_addr_t* handle) {
  exec::charge_primitive();
  for (size_t c = pool->search;; c++) {
    if (c == pool->chunks.size()) {
      dma_addr_t dma = 0;
      void* cpu = dma_alloc_coherent(pool->dev, pool->allocation, &dma, flags);
      if (cpu == nullptr) return nullptr;
      c = pool->chunks.size();  // others may have added some while time passed
      pool->chunks.push_back({static_cast<std::byte*>(cpu), dma, std::vector<bool>(pool->blocks())});
    }
    Chunk& chunk = pool->chunks[c];
    for (size_t b = 0; b < chunk.used.size(); b++) {
      if (chunk.used[b]) continue;
      chunk.used[b] = true;
      pool->search = c;
      pool->live++;
      memory::count_live(1);
      *handle = chunk.dma + pool->offset(b);
      void* block = chunk.cpu + pool->offset(b);
      if (flags & __GFP_ZERO) std::memset(block, 0, pool->size);
      return block;
    }
  }
}

void* dma_pool_zalloc(struct dma_pool* pool, gfp_t flags, dma_addr_t* handle) {
  return dma_pool_alloc(pool, flags | __GFP_ZERO, handle);
}

void dma_pool_free(struct dma_pool* pool, void* vaddr, dma_addr_t handle) {
  const char* wrong = vaddr == nullptr ? "NULL" : "a foreign block";
  for (size_t c = 0; vaddr != nullptr && c < pool->chunks.size(); c++) {
    Chunk& chunk = pool->chunks[c];
    if (handle < chunk.dma || handle - chunk.dma >= pool->allocation) continue;
    const size_t at = handle - chunk.dma;
    const size_t block = at / pool->boundary * pool->per_boundary + at % pool->boundary / pool->size;
    if (block >= chunk.used.size() || pool->offset(block) != at || chunk.cpu + at != vaddr) break;
    if (!chunk.used[block]) {
      wrong = "a free block";
      break;
    }
    std::memset(vaddr, 0x6b, pool->size);
    chunk.used[block] = false;
    pool->live--;
    memory::count_live(-1);
    if (c < pool->search) pool->search = c;
    exec::charge_primitive();
    return;
  }
  exec::diagnostic(2, "kernel.bad-free", "dma_pool_free of %s (0x%llx) to pool %s, by thread %s", wrong,
                   handle, pool->name.c_str(), exec::thread_name());
}

namespace {
void release_pool(struct device*, void* res) { dma_pool_destroy(*static_cast<struct dma_pool**>(res)); }
int same_pool(struct device*, void* res, void* pool) { return *static_cast<struct dma_pool**>(res) == pool; }
}  // namespace

struct dma_pool* dmam_pool_create(const char* name, struct device* dev, size_t size, size_t align,
                                  size_t boundary) {
  auto** res =
      static_cast<struct dma_pool**>(devres_alloc(release_pool, sizeof(struct dma_pool*), GFP_KERNEL));
  if (res == nullptr) return nullptr;
  *res = dma_pool_create(name, dev, size, align, boundary);
  if (*res == nullptr) {
    devres_free(res);
    return nullptr;
  }
  devres_add(dev, res);
  return *res;
}

void dmam_pool_destroy(struct dma_pool* pool) {
  if (pool != nullptr) devres_release(pool->dev, release_pool, same_pool, pool);
}
