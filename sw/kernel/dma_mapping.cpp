// Streaming and coherent DMA memory. Data move between the CPU's and the bus view of RAM when they differ.
#include <linux/bug.h>
#include <linux/dma-mapping.h>
#include <linux/slab.h>

#include <cstring>

#include "kernel/exec/exec.h"
#include "kernel/memory.h"
#include "kernel/services.h"

using namespace dmavp::kernel;
using dmavp::port::SoftEventKind;

namespace {

constexpr size_t kLine = L1_CACHE_BYTES;

u64 smaller_limit(u64 mask, u64 bus_limit) {
  if (bus_limit == 0) return mask;
  return mask == 0 || bus_limit < mask ? bus_limit : mask;
}

size_t lines_of(u64 address, size_t bytes) {
  return bytes == 0 ? 0 : static_cast<size_t>((address + bytes - 1) / kLine - address / kLine + 1);
}

/// The CPU gives the range to the device: what it wrote reaches the bus.
void clean(u64 address, size_t bytes) {
  const u64 first = address / kLine * kLine;
  const size_t length = lines_of(address, bytes) * kLine;
  std::byte* cpu = memory::cpu_view(first, length);
  std::byte* bus = memory::bus_view(first, length);
  if (cpu != nullptr && cpu != bus) std::memcpy(bus, cpu, length);
}

/// The CPU takes the range back: what devices wrote reaches it.
void invalidate(u64 address, size_t bytes) {
  const u64 first = address / kLine * kLine;
  const size_t length = lines_of(address, bytes) * kLine;
  std::byte* cpu = memory::cpu_view(first, length);
  std::byte* bus = memory::bus_view(first, length);
  if (cpu != nullptr && cpu != bus) std::memcpy(cpu, bus, length);
}

enum class Owner { kDevice, kCpu };

void transfer(const struct device* dev, Owner to, u64 address, size_t bytes, enum dma_data_direction dir) {
  if (dev->dma_coherent || memory::coherent()) return;
  if (to == Owner::kDevice)
    clean(address, bytes);
  else if (dir != DMA_TO_DEVICE)
    invalidate(address, bytes);
  exec::charge_cache_lines(lines_of(address, bytes));
}

void tell(SoftEventKind kind, const struct device* dev, u64 address, size_t bytes,
          enum dma_data_direction dir) {
  exec::event(kind, dev_name(dev), static_cast<std::uint64_t>(dir), address, bytes);
}

void check_direction(enum dma_data_direction dir) { BUG_ON(!valid_dma_direction(dir)); }

bool mapping_fails(const void* site) { return exec::call_fails(dmavp::port::FallibleCall::kMapping, site); }

dma_addr_t map(struct device* dev, u64 address, size_t bytes, enum dma_data_direction dir,
               unsigned long attrs) {
  check_direction(dir);
  if (!dma_capable(dev, address, bytes)) {
    if (!(attrs & DMA_ATTR_NO_WARN))
      dev_err_once(dev, "cannot map 0x%llx, %zu bytes: beyond the mask 0x%llx or the bus limit 0x%llx\n",
                   address, bytes, dev->dma_mask != nullptr ? *dev->dma_mask : 0, dev->bus_dma_limit);
    return DMA_MAPPING_ERROR;
  }
  exec::charge_primitive();
  if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC)) transfer(dev, Owner::kDevice, address, bytes, dir);
  tell(SoftEventKind::kMap, dev, address, bytes, dir);
  return address;
}

void unmap(struct device* dev, dma_addr_t address, size_t bytes, enum dma_data_direction dir,
           unsigned long attrs) {
  check_direction(dir);
  exec::charge_primitive();
  if (address == DMA_MAPPING_ERROR) {
    exec::diagnostic(1, "mapping.unmap-of-failed", "device %s unmaps an address that was never mapped",
                     dev_name(dev));
    return;
  }
  if (!(attrs & DMA_ATTR_SKIP_CPU_SYNC)) transfer(dev, Owner::kCpu, address, bytes, dir);
  tell(SoftEventKind::kUnmap, dev, address, bytes, dir);
}

}  // namespace

bool dma_capable(struct device* dev, dma_addr_t addr, size_t size) {
  if (dev == nullptr || dev->dma_mask == nullptr || *dev->dma_mask == 0) {
    if (dev != nullptr) dev_warn_once(dev, "no DMA mask is set\n");
    return false;
  }
  const u64 last = size != 0 ? addr + size - 1 : addr;
  return last >= addr && last <= smaller_limit(*dev->dma_mask, dev->bus_dma_limit);
}

dma_addr_t dma_map_single_attrs(struct device* dev, void* ptr, size_t size, enum dma_data_direction dir,
                                unsigned long attrs) {
  std::uint64_t physical = 0;
  if (!memory::to_physical(ptr, physical) || memory::cpu_view(physical, size) == nullptr) {
    exec::diagnostic(2, "mapping.not-ram", "device %s maps %zu bytes of memory outside RAM, by thread %s",
                     dev_name(dev), size, exec::thread_name());
    return DMA_MAPPING_ERROR;
  }
  if (mapping_fails(__builtin_return_address(0))) return DMA_MAPPING_ERROR;
  return map(dev, physical, size, dir, attrs);
}

void dma_unmap_single_attrs(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                            unsigned long attrs) {
  unmap(dev, addr, size, dir, attrs);
}

namespace {
dma_addr_t map_page(struct device* dev, struct page* page, size_t offset, size_t size,
                    enum dma_data_direction dir, unsigned long attrs) {
  const u64 physical = page_to_phys(page) + offset;
  if (memory::cpu_view(physical, size) == nullptr) {
    exec::diagnostic(2, "mapping.not-ram", "device %s maps 0x%llx, which is not RAM", dev_name(dev),
                     physical);
    return DMA_MAPPING_ERROR;
  }
  return map(dev, physical, size, dir, attrs);
}

unsigned int map_list(struct device* dev, struct scatterlist* sgl, int nents, enum dma_data_direction dir,
                      unsigned long attrs) {
  struct scatterlist* sg;
  int i;
  for_each_sg(sgl, sg, nents, i) {
    const dma_addr_t addr = map_page(dev, sg_page(sg), sg->offset, sg->length, dir, attrs);
    if (addr == DMA_MAPPING_ERROR) {
      dma_unmap_sg_attrs(dev, sgl, i, dir, attrs | DMA_ATTR_SKIP_CPU_SYNC);
      return 0;
    }
    sg_dma_address(sg) = addr;
    sg_dma_len(sg) = sg->length;
  }
  return static_cast<unsigned int>(nents);
}
}  // namespace

dma_addr_t dma_map_page_attrs(struct device* dev, struct page* page, size_t offset, size_t size,
                              enum dma_data_direction dir, unsigned long attrs) {
  if (mapping_fails(__builtin_return_address(0))) return DMA_MAPPING_ERROR;
  return map_page(dev, page, offset, size, dir, attrs);
}

void dma_unmap_page_attrs(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                          unsigned long attrs) {
  unmap(dev, addr, size, dir, attrs);
}

unsigned int dma_map_sg_attrs(struct device* dev, struct scatterlist* sgl, int nents,
                              enum dma_data_direction dir, unsigned long attrs) {
  return mapping_fails(__builtin_return_address(0)) ? 0 : map_list(dev, sgl, nents, dir, attrs);
}

void dma_unmap_sg_attrs(struct device* dev, struct scatterlist* sgl, int nents, enum dma_data_direction dir,
                        unsigned long attrs) {
  struct scatterlist* sg;
  int i;
  for_each_sg(sgl, sg, nents, i) unmap(dev, sg_phys(sg), sg->length, dir, attrs);
}

int dma_map_sgtable(struct device* dev, struct sg_table* sgt, enum dma_data_direction dir,
                    unsigned long attrs) {
  if (mapping_fails(__builtin_return_address(0))) return -EIO;
  const unsigned int nents = map_list(dev, sgt->sgl, static_cast<int>(sgt->orig_nents), dir, attrs);
  if (nents == 0) return -EIO;
  sgt->nents = nents;
  return 0;
}

dma_addr_t dma_map_resource(struct device* dev, phys_addr_t phys, size_t size, enum dma_data_direction dir,
                            unsigned long) {
  check_direction(dir);
  exec::charge_primitive();
  if (memory::cpu_view(phys, 1) != nullptr) {
    exec::diagnostic(1, "mapping.resource-is-ram", "device %s maps RAM at 0x%llx as registers", dev_name(dev),
                     phys);
    return DMA_MAPPING_ERROR;
  }
  if (mapping_fails(__builtin_return_address(0)) || !dma_capable(dev, phys, size)) return DMA_MAPPING_ERROR;
  tell(SoftEventKind::kMap, dev, phys, size, dir);
  return phys;
}

void dma_unmap_resource(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir,
                        unsigned long) {
  check_direction(dir);
  exec::charge_primitive();
  tell(SoftEventKind::kUnmap, dev, addr, size, dir);
}

int dma_mapping_error(struct device*, dma_addr_t addr) { return addr == DMA_MAPPING_ERROR ? -ENOMEM : 0; }

void dma_sync_single_for_cpu(struct device* dev, dma_addr_t addr, size_t size, enum dma_data_direction dir) {
  check_direction(dir);
  exec::charge_primitive();
  transfer(dev, Owner::kCpu, addr, size, dir);
  tell(SoftEventKind::kSync, dev, addr, size, dir);
}

void dma_sync_single_for_device(struct device* dev, dma_addr_t addr, size_t size,
                                enum dma_data_direction dir) {
  check_direction(dir);
  exec::charge_primitive();
  transfer(dev, Owner::kDevice, addr, size, dir);
  tell(SoftEventKind::kSync, dev, addr, size, dir);
}

void dma_sync_sg_for_cpu(struct device* dev, struct scatterlist* sgl, int nents,
                         enum dma_data_direction dir) {
  struct scatterlist* sg;
  int i;
  for_each_sg(sgl, sg, nents, i) dma_sync_single_for_cpu(dev, sg_phys(sg), sg->length, dir);
}

void dma_sync_sg_for_device(struct device* dev, struct scatterlist* sgl, int nents,
                            enum dma_data_direction dir) {
  struct scatterlist* sg;
  int i;
  for_each_sg(sgl, sg, nents, i) dma_sync_single_for_device(dev, sg_phys(sg), sg->length, dir);
}

// --- coherent memory
// ------------------------------------------------------------------------------------------------

void* dma_alloc_attrs(struct device* dev, size_t size, dma_addr_t* handle, gfp_t gfp, unsigned long) {
  exec::charge_primitive();
  if (size == 0) return nullptr;
  const u64 mask = dev != nullptr && dev->coherent_dma_mask != 0 ? dev->coherent_dma_mask : DMA_BIT_MASK(32);
  const u64 limit = smaller_limit(mask, dev != nullptr ? dev->bus_dma_limit : 0);
  void* cpu =
      memory::allocate(PAGE_ALIGN(size), PAGE_SIZE, gfp | __GFP_ZERO, __builtin_return_address(0), limit);
  if (cpu == nullptr) return nullptr;
  std::uint64_t physical = 0;
  memory::to_physical(cpu, physical);
  *handle = physical;
  // Both sides see the bus view, so the CPU needs no cache maintenance.
  std::byte* bus = memory::bus_view(physical, size);
  if (static_cast<void*>(bus) != cpu) std::memset(bus, 0, PAGE_ALIGN(size));
  return bus;
}

void dma_free_attrs(struct device* dev, size_t size, void* cpu, dma_addr_t handle, unsigned long) {
  exec::charge_primitive();
  if (cpu == nullptr) return;
  std::uint64_t physical = 0;
  RamHeap::Object object;
  if (!memory::to_physical(cpu, physical) || physical != handle || !memory::find(cpu, object) ||
      object.size != PAGE_ALIGN(size)) {
    exec::diagnostic(2, "kernel.bad-free",
                     "device %s frees coherent memory 0x%llx, %zu bytes, that is not its own",
                     dev != nullptr ? dev_name(dev) : "(none)", handle, size);
    return;
  }
  memory::release(cpu, "dma_free_coherent");
}

namespace {
struct Managed {
  size_t size;
  void* cpu;
  dma_addr_t handle;
};
void release_managed(struct device* dev, void* res) {
  const auto* m = static_cast<Managed*>(res);
  dma_free_attrs(dev, m->size, m->cpu, m->handle, 0);
}
}  // namespace

void* dmam_alloc_coherent(struct device* dev, size_t size, dma_addr_t* handle, gfp_t gfp) {
  auto* m = static_cast<Managed*>(devres_alloc(release_managed, sizeof(Managed), gfp));
  if (m == nullptr) return nullptr;
  void* cpu = dma_alloc_attrs(dev, size, handle, gfp, 0);
  if (cpu == nullptr) {
    devres_free(m);
    return nullptr;
  }
  *m = {size, cpu, *handle};
  devres_add(dev, m);
  return cpu;
}

// --- masks
// ------------------------------------------------------------------------------------------------------------

namespace {
bool reaches_ram(u64 mask) { return mask >= memory::start_of_ram(); }
}  // namespace

int dma_set_mask(struct device* dev, u64 mask) {
  if (dev->dma_mask == nullptr || !reaches_ram(mask)) return -EIO;
  *dev->dma_mask = mask;
  return 0;
}

int dma_set_coherent_mask(struct device* dev, u64 mask) {
  if (!reaches_ram(mask)) return -EIO;
  dev->coherent_dma_mask = mask;
  return 0;
}

int dma_set_mask_and_coherent(struct device* dev, u64 mask) {
  const int ret = dma_set_mask(dev, mask);
  return ret != 0 ? ret : dma_set_coherent_mask(dev, mask);
}

int dma_coerce_mask_and_coherent(struct device* dev, u64 mask) {
  dev->dma_mask = &dev->coherent_dma_mask;
  return dma_set_mask_and_coherent(dev, mask);
}
