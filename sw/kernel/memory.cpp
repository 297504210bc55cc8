#include "kernel/memory.h"

#include <linux/gfp.h>
#include <linux/mm.h>

#include <cstring>
#include <memory>
#include <vector>

#include "kernel/exec/exec.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(address, size) ((void)(address), (void)(size))
#endif

namespace dmavp::kernel::memory {
namespace {

constexpr unsigned char kFreedByte = 0x6b;
constexpr std::size_t kFreedBytes = 256;  // marked at the start of a freed object

struct Region {
  port::RamRegion ram;
  RamHeap heap;
};

std::vector<std::unique_ptr<Region>> regions;
long extra_live;
void* zero_page;

Region* region_of(const volatile void* p, std::uint64_t& offset) {
  const auto address = reinterpret_cast<std::uintptr_t>(p);
  for (auto& r : regions)
    for (const std::byte* view : {r->ram.cpu_view, r->ram.bus_view}) {
      const auto start = reinterpret_cast<std::uintptr_t>(view);
      if (address < start || address - start >= r->ram.size) continue;
      offset = address - start;
      return r.get();
    }
  return nullptr;
}

Region* region_at(std::uint64_t physical, std::size_t bytes) {
  for (auto& r : regions)
    if (physical >= r->ram.base && physical - r->ram.base < r->ram.size &&
        r->ram.size - (physical - r->ram.base) >= bytes)
      return r.get();
  return nullptr;
}

bool joins(const port::RamRegion& a, const port::RamRegion& b) {
  return a.base + a.size == b.base && a.cpu_view + a.size == b.cpu_view && a.bus_view + a.size == b.bus_view;
}

void publish_live() {
  exec::statistics().live_allocations =
      static_cast<std::uint64_t>(static_cast<long>(live_objects()) + extra_live);
}

}  // namespace

bool start(port::Machine& machine, const char** error) {
  stop();
  std::vector<port::RamRegion> found;
  for (unsigned i = 0; i < machine.ram_regions(); i++) {
    const port::RamRegion r = machine.ram_region(i);
    if (r.size == 0) continue;
    for (const std::byte* view : {r.cpu_view, r.bus_view})
      if (view == nullptr || (reinterpret_cast<std::uintptr_t>(view) - r.base) % PAGE_SIZE != 0) {
        *error = "RAM must lie in host memory at the same offset within a page of 4096 bytes as on the bus";
        return false;
      }
    if (!found.empty() && joins(found.back(), r))
      found.back().size += r.size;
    else
      found.push_back(r);
  }
  if (found.empty()) {
    *error = "the board has no RAM";
    return false;
  }
  for (const port::RamRegion& r : found)
    regions.push_back(std::unique_ptr<Region>(new Region{r, RamHeap(r.size)}));
  return true;
}

void stop() {
  for (auto& r : regions) ASAN_UNPOISON_MEMORY_REGION(r->ram.cpu_view, r->ram.size);
  regions.clear();
  zero_page = nullptr;
  extra_live = 0;
}

void* allocate(std::size_t size, std::size_t align, gfp_t flags, const void* site, std::uint64_t limit) {
  if (exec::call_fails(port::FallibleCall::kAllocation, site)) return nullptr;
  for (auto& r : regions) {
    if (r->ram.base > limit) continue;
    const std::uint64_t offset = r->heap.allocate(size, align, site);
    if (offset == RamHeap::kNone) continue;
    if (r->ram.base + offset + size - 1 > limit) {
      r->heap.release(offset);
      continue;
    }
    std::byte* p = r->ram.cpu_view + offset;
    RamHeap::Object object;
    r->heap.find(offset, object);
    ASAN_UNPOISON_MEMORY_REGION(p, object.room);
    // Hardware moves whole lines, so the guard behind an object starts at the next one.
    const std::size_t lines = (size + RamHeap::kLine - 1) / RamHeap::kLine * RamHeap::kLine;
    ASAN_POISON_MEMORY_REGION(p + lines, object.room - lines);
    if (flags & __GFP_ZERO) std::memset(p, 0, size);
    publish_live();
    return p;
  }
  return nullptr;
}

bool find(const void* p, RamHeap::Object& object) {
  std::uint64_t offset = 0;
  Region* r = region_of(p, offset);
  return r != nullptr && r->heap.find(offset, object);
}

void release(const void* p, const char* what) {
  std::uint64_t offset = 0;
  RamHeap::Object object;
  Region* r = region_of(p, offset);
  if (r == nullptr) {
    exec::diagnostic(2, "kernel.bad-free", "%s of an address outside RAM, by thread %s", what,
                     exec::thread_name());
    return;
  }
  if (!r->heap.find(offset, object)) {
    exec::diagnostic(2, "kernel.bad-free", "%s of 0x%llx, %s, by thread %s", what,
                     static_cast<unsigned long long>(r->ram.base + offset),
                     r->heap.was_freed(offset) ? "which is free already" : "where no object starts",
                     exec::thread_name());
    return;
  }
  std::byte* start = r->ram.cpu_view + offset;
  ASAN_UNPOISON_MEMORY_REGION(start, object.room);
  std::memset(start, kFreedByte, object.size < kFreedBytes ? object.size : kFreedBytes);
  r->heap.release(offset);
  ASAN_POISON_MEMORY_REGION(start, object.room);
  publish_live();
}

bool to_physical(const volatile void* p, std::uint64_t& physical) {
  std::uint64_t offset = 0;
  const Region* r = region_of(p, offset);
  if (r == nullptr) return false;
  physical = r->ram.base + offset;
  return true;
}

std::byte* cpu_view(std::uint64_t physical, std::size_t bytes) {
  const Region* r = region_at(physical, bytes);
  return r != nullptr ? r->ram.cpu_view + (physical - r->ram.base) : nullptr;
}

std::byte* bus_view(std::uint64_t physical, std::size_t bytes) {
  const Region* r = region_at(physical, bytes);
  return r != nullptr ? r->ram.bus_view + (physical - r->ram.base) : nullptr;
}

std::uint64_t end_of_ram() {
  std::uint64_t end = 0;
  for (auto& r : regions) end = r->ram.base + r->ram.size > end ? r->ram.base + r->ram.size : end;
  return end;
}

std::uint64_t start_of_ram() {
  std::uint64_t start = ~0ull;
  for (auto& r : regions) start = r->ram.base < start ? r->ram.base : start;
  return start;
}

bool coherent() {
  for (auto& r : regions)
    if (r->ram.cpu_view != r->ram.bus_view) return false;
  return true;
}

std::size_t live_objects() {
  std::size_t count = 0;
  for (auto& r : regions) count += r->heap.objects();
  return count;
}

Leaks leaks(bool (*belongs)(const void* site, const void* argument), const void* argument) {
  Leaks result;
  for (auto& r : regions)
    r->heap.for_each([&](const RamHeap::Object& object) {
      if (!belongs(object.site, argument)) return;
      if (result.objects++ == 0) {
        result.first_size = object.size;
        result.first_address = r->ram.base + object.offset;
        result.first_site = object.site;
      }
      result.bytes += object.size;
    });
  return result;
}

void count_live(int change) {
  extra_live += change;
  publish_live();
}

}  // namespace dmavp::kernel::memory

using namespace dmavp::kernel;

namespace {
// A page handle is its physical address with a mark, so that page 0 is not NULL and handles are the same in
// every run.
constexpr std::uintptr_t kPageMark = std::uintptr_t{1} << 62;

std::uint64_t page_physical(const struct page* page) {
  return reinterpret_cast<std::uintptr_t>(page) & ~kPageMark;
}
}  // namespace

phys_addr_t virt_to_phys(const volatile void* address) {
  std::uint64_t physical = 0;
  if (!memory::to_physical(address, physical))
    exec::diagnostic(2, "kernel.bad-address", "virt_to_phys of an address outside RAM, by thread %s",
                     exec::thread_name());
  return physical;
}

void* phys_to_virt(phys_addr_t address) {
  void* p = memory::cpu_view(address, 1);
  if (p == nullptr)
    exec::diagnostic(2, "kernel.bad-address", "phys_to_virt of 0x%llx, which is not RAM, by thread %s",
                     address, exec::thread_name());
  return p;
}

bool virt_addr_valid(const void* address) {
  std::uint64_t physical;
  return memory::to_physical(address, physical);
}

struct page* phys_to_page(phys_addr_t address) {
  return reinterpret_cast<struct page*>((address & PAGE_MASK) | kPageMark);
}
struct page* virt_to_page(const void* address) {
  return phys_to_page(virt_to_phys(address));
}
void* page_address(const struct page* page) { return phys_to_virt(page_physical(page)); }
phys_addr_t page_to_phys(const struct page* page) { return page_physical(page); }
unsigned long page_to_pfn(const struct page* page) { return page_physical(page) >> PAGE_SHIFT; }
struct page* pfn_to_page(unsigned long pfn) {
  return phys_to_page(static_cast<phys_addr_t>(pfn) << PAGE_SHIFT);
}

/// Taken when it is first asked for, and no object of anybody's.
struct page* dmavp_zero_page(void) {
  if (memory::zero_page == nullptr) {
    memory::zero_page = memory::allocate(PAGE_SIZE, PAGE_SIZE, __GFP_ZERO, nullptr);
    if (memory::zero_page == nullptr) return nullptr;
    memory::extra_live--;
    memory::publish_live();
  }
  return virt_to_page(memory::zero_page);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order) {
  exec::charge_primitive();
  return reinterpret_cast<unsigned long>(
      memory::allocate(PAGE_SIZE << order, PAGE_SIZE << order, gfp, __builtin_return_address(0)));
}

void free_pages(unsigned long address, unsigned int) {
  if (address != 0) memory::release(reinterpret_cast<void*>(address), "free_pages");
}

struct page* alloc_pages(gfp_t gfp, unsigned int order) {
  exec::charge_primitive();
  void* p = memory::allocate(PAGE_SIZE << order, PAGE_SIZE << order, gfp, __builtin_return_address(0));
  return p != nullptr ? virt_to_page(p) : nullptr;
}

void __free_pages(struct page* page, unsigned int) {
  if (page != nullptr) memory::release(page_address(page), "__free_pages");
}
