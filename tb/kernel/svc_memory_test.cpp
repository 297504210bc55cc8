// Allocation, DMA pools, mapping and scatter-gather lists on a running kernel.
#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/mempool.h>
#include <linux/platform_device.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include <map>
#include <memory>
#include <random>

#include "svc_world.h"

using dmavp::tb::ServiceWorld;

namespace {

constexpr u64 kRamBase = 0x80000000;

struct TestDevice {
  struct platform_device* pdev;
  explicit TestDevice(const char* name = "tester")
      : pdev(platform_device_register_simple(name, -1, nullptr, 0)) {
    EXPECT_FALSE(IS_ERR(pdev));
  }
  ~TestDevice() { platform_device_unregister(pdev); }
  struct device* dev() {
    return &pdev->dev;
  }
};

TEST(Slab, MemoryIsRamAtItsBusAddress) {
  ServiceWorld world;
  world.run([&] {
    auto* p = static_cast<unsigned char*>(kzalloc(5000, GFP_KERNEL));
    ASSERT_NE(p, nullptr);
    const phys_addr_t physical = virt_to_phys(p);
    EXPECT_GE(physical, kRamBase);
    EXPECT_EQ(physical % L1_CACHE_BYTES, 0u);
    p[4999] = 0x5a;  // contiguous on the bus
    EXPECT_EQ(world.machine.bus()[physical - kRamBase + 4999], std::byte{0x5a});
    EXPECT_EQ(phys_to_virt(physical), p);
    struct page* page = virt_to_page(p + 4500);
    EXPECT_EQ(page_to_phys(page), (physical + 4500) & PAGE_MASK);
    EXPECT_EQ(page_address(page), phys_to_virt((physical + 4500) & PAGE_MASK));
    EXPECT_EQ(offset_in_page(p + 4500), (physical + 4500) % PAGE_SIZE);
    EXPECT_EQ(world.live(), 1u);
    kfree(p);
    EXPECT_EQ(kmalloc(0, GFP_KERNEL), ZERO_SIZE_PTR);
    kfree(ZERO_SIZE_PTR);
    kfree(nullptr);
    EXPECT_TRUE(world.machine.diagnostics.empty());
    EXPECT_EQ(world.live(), 0u);
  });
}

TEST(Slab, ExhaustionIsNullAndEverythingComesBack) {
  ServiceWorld world;
  world.run([&] {
    for (int round = 0; round < 2; round++) {
      std::vector<void*> all;
      while (void* p = kmalloc(64 * 1024, GFP_KERNEL)) all.push_back(p);
      EXPECT_GT(all.size(), 120u);
      for (void* p : all) kfree(p);
    }
    EXPECT_EQ(kmalloc(~size_t{0}, GFP_KERNEL), nullptr);
    EXPECT_EQ(kcalloc(~size_t{0} / 2, 4, GFP_KERNEL), nullptr);
    EXPECT_EQ(world.live(), 0u);
  });
}

TEST(Slab, BadFreesAreReportedAndChangeNothing) {
  ServiceWorld world;
  auto& seen = world.machine.diagnostics;
  world.run([&] {
    void* p = kmalloc(100, GFP_KERNEL);
    void* keep = kmalloc(100, GFP_KERNEL);
    kfree(p);
    kfree(p);
    ASSERT_EQ(seen.size(), 1u);
    EXPECT_NE(seen[0].find("kernel.bad-free"), std::string::npos);
    EXPECT_NE(seen[0].find("free already"), std::string::npos);
    kfree(static_cast<char*>(keep) + 8);
    int local;
    kfree(&local);
    EXPECT_EQ(seen.size(), 3u);
    EXPECT_EQ(world.live(), 1u);
    kfree(keep);
    EXPECT_EQ(seen.size(), 3u);
  });
}

#if defined(__SANITIZE_ADDRESS__)
TEST(SlabDeathTest, FreedMemoryIsPoisonedForTheSanitizer) {
  ServiceWorld world;
  auto* p = static_cast<volatile char*>(kmalloc(100, GFP_ATOMIC));
  p[99] = 1;
  kfree(const_cast<char*>(p));
  EXPECT_DEATH(p[0] = 2, "use-after-poison");
}
#else
TEST(Slab, FreedMemoryIsMarked) {
  ServiceWorld world;
  auto* p = static_cast<volatile unsigned char*>(kzalloc(100, GFP_ATOMIC));
  kfree(const_cast<unsigned char*>(p));
  EXPECT_EQ(p[0], 0x6b);
  EXPECT_EQ(p[99], 0x6b);
}
#endif

TEST(Slab, ReserveServesWhenTheAllocatorFails) {
  ServiceWorld world;
  world.run([&] {
    struct kmem_cache* cache = kmem_cache_create("things", 48, 32, 0, nullptr);
    mempool_t* pool = mempool_create_slab_pool(3, cache);
    std::vector<void*> all;
    while (void* p = kmalloc(4096, GFP_KERNEL)) all.push_back(p);
    while (void* p = kmalloc(64, GFP_KERNEL)) all.push_back(p);
    void* got[3];
    for (void*& p : got) ASSERT_NE(p = mempool_alloc(pool, GFP_ATOMIC), nullptr);
    EXPECT_EQ(mempool_alloc(pool, GFP_ATOMIC), nullptr);
    for (void* p : got) mempool_free(p, pool);
    for (void* p : all) kfree(p);
    mempool_destroy(pool);
    kmem_cache_destroy(cache);
    EXPECT_TRUE(world.machine.diagnostics.empty());
    EXPECT_EQ(world.live(), 0u);
  });
}

TEST(DmaPool, BlocksKeepAlignmentAndBoundary) {
  ServiceWorld world;
  world.run([&] {
    TestDevice device;
    const u64 before = world.live();
    std::mt19937 random(1);
    for (int round = 0; round < 40; round++) {
      const size_t size = 1 + random() % 500;
      const size_t align = size_t{1} << (random() % 8);
      const size_t stride = (std::max(size, size_t{4}) + align - 1) / align * align;
      const size_t boundary = round % 2 ? 0 : roundup_pow_of_two(stride) << (random() % 4);
      struct dma_pool* pool = dma_pool_create("p", device.dev(), size, align, boundary);
      ASSERT_NE(pool, nullptr) << size << " " << align << " " << boundary;
      std::map<dma_addr_t, void*> live;
      for (int i = 0; i < 200; i++) {
        if (live.empty() || random() % 3) {
          dma_addr_t dma;
          auto* p = static_cast<char*>(dma_pool_zalloc(pool, GFP_KERNEL, &dma));
          ASSERT_NE(p, nullptr);
          EXPECT_EQ(virt_to_phys(p), dma);
          EXPECT_EQ(dma % align, 0u);
          if (boundary) {
            EXPECT_EQ(dma / boundary, (dma + size - 1) / boundary);
          }
          for (size_t b = 0; b < size; b++) ASSERT_EQ(p[b], 0);
          std::memset(p, 0xff, size);
          const auto next = live.lower_bound(dma);
          if (next != live.end()) {
            EXPECT_LE(dma + size, next->first);
          }
          if (next != live.begin()) {
            EXPECT_LE(std::prev(next)->first + size, dma);
          }
          live[dma] = p;
        } else {
          auto it = live.begin();
          std::advance(it, static_cast<long>(random() % live.size()));
          dma_pool_free(pool, it->second, it->first);
          live.erase(it);
        }
      }
      for (auto& [dma, p] : live) dma_pool_free(pool, p, dma);
      dma_pool_destroy(pool);
      ASSERT_EQ(world.live(), before);
    }
    EXPECT_TRUE(world.machine.diagnostics.empty());
  });
}

TEST(DmaPool, MisuseIsReported) {
  ServiceWorld world;
  auto& seen = world.machine.diagnostics;
  world.run([&] {
    TestDevice device;
    EXPECT_EQ(dma_pool_create("p", device.dev(), 64, 24, 0), nullptr);
    EXPECT_EQ(dma_pool_create("p", device.dev(), 64, 8, 32), nullptr);
    EXPECT_EQ(dma_pool_create("p", device.dev(), 0, 8, 0), nullptr);
    struct dma_pool* pool = dma_pool_create("p", device.dev(), 64, 64, 4096);
    dma_addr_t a, b;
    void* p = dma_pool_alloc(pool, GFP_KERNEL, &a);
    dma_pool_alloc(pool, GFP_KERNEL, &b);
    dma_pool_free(pool, nullptr, 0);
    dma_pool_free(pool, p, a + 1);
    dma_pool_free(pool, p, a);
    dma_pool_free(pool, p, a);
    EXPECT_EQ(seen.size(), 3u);
    dma_pool_destroy(pool);
    ASSERT_EQ(seen.size(), 4u);
    EXPECT_NE(seen[3].find("kernel.pool-leak"), std::string::npos);
  });
  EXPECT_EQ(world.live(), 0u);
}

TEST(Mapping, MasksDirectionsAndFailures) {
  ServiceWorld world;
  world.machine.want_events = true;
  world.run([&] {
    TestDevice device;
    struct device* dev = device.dev();
    void* p = kmalloc(256, GFP_KERNEL);
    const dma_addr_t addr = dma_map_single(dev, p, 256, DMA_TO_DEVICE);
    EXPECT_EQ(dma_mapping_error(dev, addr), 0);
    EXPECT_EQ(addr, virt_to_phys(p));
    dma_sync_single_for_cpu(dev, addr, 16, DMA_TO_DEVICE);
    dma_unmap_single(dev, addr, 256, DMA_TO_DEVICE);
    std::vector<dmavp::port::SoftEventKind> kinds;
    for (const auto& e : world.machine.events)
      if (e.address == addr) kinds.push_back(e.kind);
    using K = dmavp::port::SoftEventKind;
    EXPECT_EQ(kinds, (std::vector<K>{K::kMap, K::kSync, K::kUnmap}));

    EXPECT_EQ(dma_set_mask_and_coherent(dev, DMA_BIT_MASK(24)), -EIO);  // below all RAM
    EXPECT_EQ(dma_set_mask_and_coherent(dev, 0x800000ff), 0);
    void* high = kmalloc(1 << 20, GFP_KERNEL);
    EXPECT_EQ(dma_mapping_error(dev, dma_map_single(dev, high, 64, DMA_TO_DEVICE)), -ENOMEM);
    dma_addr_t handle;
    EXPECT_EQ(dma_alloc_coherent(dev, 4096, &handle, GFP_KERNEL), nullptr);
    kfree(high);
    int local;
    EXPECT_EQ(dma_map_single(dev, &local, sizeof(local), DMA_TO_DEVICE), DMA_MAPPING_ERROR);
    EXPECT_TRUE(world.machine.saw("mapping.not-ram"));
    u64* mask = dev->dma_mask;
    dev->dma_mask = nullptr;
    EXPECT_EQ(dma_map_single(dev, p, 16, DMA_TO_DEVICE), DMA_MAPPING_ERROR);
    EXPECT_EQ(dma_set_mask(dev, ~0ull), -EIO);
    dev->dma_mask = mask;
    kfree(p);
  });
}

TEST(Mapping, CoherentMemoryIsZeroedPagesFreedWithTheSameFour) {  // covers: D5
  ServiceWorld world;
  world.run([&] {
    TestDevice device;
    const u64 before = world.live();
    dma_addr_t handle = 0;
    auto* p = static_cast<char*>(dma_alloc_coherent(device.dev(), 5000, &handle, GFP_KERNEL));
    ASSERT_NE(p, nullptr);
    EXPECT_EQ(handle % PAGE_SIZE, 0u);
    for (int i = 0; i < 5000; i++) ASSERT_EQ(p[i], 0);
    dma_free_coherent(device.dev(), 100, p, handle);
    EXPECT_TRUE(world.machine.saw("kernel.bad-free"));
    EXPECT_EQ(world.live(), before + 1);
    world.machine.diagnostics.clear();
    dma_free_coherent(device.dev(), 5000, p + 4096, handle);
    EXPECT_TRUE(world.machine.saw("kernel.bad-free"));
    EXPECT_EQ(world.live(), before + 1);
    dma_free_coherent(device.dev(), 5000, p, handle);
    EXPECT_EQ(world.live(), before);
  });
}

/// What is no memory that a device can reach is not mapped, and unmapping the failure is told.
TEST(Mapping, OnlyMemoryThatDevicesReachIsMapped) {
  ServiceWorld world;
  world.run([&] {
    TestDevice device;
    struct device* dev = device.dev();
    const auto refused = [&](void* what) {
      world.machine.diagnostics.clear();
      const dma_addr_t addr = dma_map_single(dev, what, 4, DMA_TO_DEVICE);
      return addr == DMA_MAPPING_ERROR && world.machine.saw("mapping.not-ram");
    };
    int on_stack = 0;
    EXPECT_TRUE(refused(&on_stack));  // D9
    static const int kReadOnly = 7;
    EXPECT_TRUE(refused(const_cast<int*>(&kReadOnly)));                        // D10
    EXPECT_TRUE(refused(reinterpret_cast<void*>(&dma_alloc_attrs)));           // D10
    EXPECT_TRUE(refused(reinterpret_cast<void*>(std::uintptr_t{0x1234560})));  // D11
    const auto far = std::make_unique<char[]>(64);                             // as vmalloc() would give
    EXPECT_TRUE(refused(far.get()));                                           // D12
    EXPECT_FALSE(world.machine.saw("mapping.unmap-of-failed"));
    dma_unmap_single(dev, DMA_MAPPING_ERROR, 4, DMA_TO_DEVICE);  // D1
    EXPECT_TRUE(world.machine.saw("mapping.unmap-of-failed"));
  });
}

/// covers: R15 R16 R17 R18. A device sees what the CPU has given it by mapping, the CPU what came before it
/// took the memory back, and both only by the device that the mapping is for.
TEST(Mapping, WithTwoViewsOnlyMapUnmapAndSyncMoveData) {
  ServiceWorld world(1, false);
  world.run([&] {
    TestDevice device;
    struct device* dev = device.dev();
    auto* p = static_cast<unsigned char*>(kzalloc(128, GFP_KERNEL));
    std::byte* bus = world.machine.bus() + (virt_to_phys(p) - kRamBase);
    p[0] = 1;
    EXPECT_EQ(bus[0], std::byte{0});
    const dma_addr_t out = dma_map_single(dev, p, 128, DMA_TO_DEVICE);
    EXPECT_EQ(bus[0], std::byte{1});
    dma_unmap_single(dev, out, 128, DMA_TO_DEVICE);
    const dma_addr_t in = dma_map_single(dev, p, 128, DMA_FROM_DEVICE);
    bus[5] = std::byte{9};
    EXPECT_EQ(p[5], 0);
    dma_sync_single_for_cpu(dev, in, 64, DMA_FROM_DEVICE);
    EXPECT_EQ(p[5], 9);
    bus[70] = std::byte{8};
    dma_unmap_single(dev, in, 128, DMA_FROM_DEVICE);
    EXPECT_EQ(p[70], 8);
    bus[71] = std::byte{6};  // R16: what arrives after the unmap is not seen
    EXPECT_EQ(p[71], 0);
    struct device other = {};  // R17 R18: its own accesses go through the cache, so nothing is moved for it
    other.init_name = "other";
    other.dma_mask = dev->dma_mask;
    other.dma_coherent = true;
    p[2] = 4;
    const dma_addr_t wrong = dma_map_single(&other, p, 128, DMA_BIDIRECTIONAL);
    EXPECT_EQ(bus[2], std::byte{0});
    dma_sync_single_for_device(&other, wrong, 128, DMA_BIDIRECTIONAL);
    EXPECT_EQ(bus[2], std::byte{0});
    dma_unmap_single(&other, wrong, 128, DMA_BIDIRECTIONAL);
    dma_addr_t handle;
    auto* shared = static_cast<unsigned char*>(dma_alloc_coherent(dev, 64, &handle, GFP_KERNEL));
    shared[3] = 7;
    EXPECT_EQ(world.machine.bus()[handle - kRamBase + 3], std::byte{7});
    dma_free_coherent(dev, 64, shared, handle);
    kfree(p);
  });
}

TEST(Scatterlist, WalksChainsCopiesAndMaps) {  // covers: R19
  ServiceWorld world;
  world.run([&] {
    TestDevice device;
    struct scatterlist first[4], second[3];
    sg_init_table(first, 4);
    sg_init_table(second, 3);
    sg_chain(first, 4, second);
    std::vector<unsigned char*> parts;
    std::string text;
    unsigned length = 10;
    struct scatterlist* sg = first;
    for (; sg != nullptr; sg = sg_next(sg), length += 37) {
      parts.push_back(static_cast<unsigned char*>(kzalloc(length, GFP_KERNEL)));
      sg_set_buf(sg, parts.back(), length);
      for (unsigned i = 0; i < length; i++) text += static_cast<char>('a' + i % 26);
    }
    ASSERT_EQ(parts.size(), 6u);
    EXPECT_EQ(sg_nents(first), 6);
    EXPECT_EQ(sg_nents_for_len(first, 10), 1);
    EXPECT_EQ(sg_nents_for_len(first, 11), 2);
    EXPECT_EQ(sg_nents_for_len(first, text.size() + 1), -EINVAL);
    EXPECT_EQ(sg_copy_from_buffer(first, 6, text.data(), text.size()), text.size());
    EXPECT_EQ(sg_virt(&second[0]), parts[3]);
    std::string back(text.size(), '\0');
    EXPECT_EQ(sg_pcopy_to_buffer(first, 6, back.data(), 100, 55), 100u);
    EXPECT_EQ(back.substr(0, 100), text.substr(55, 100));
    EXPECT_EQ(dma_map_sg(device.dev(), first, 6, DMA_TO_DEVICE), 6u);
    int i;
    for_each_sg(first, sg, 6, i) {
      EXPECT_EQ(sg_dma_address(sg), virt_to_phys(parts[static_cast<size_t>(i)]));
      EXPECT_EQ(sg_dma_len(sg), sg->length);
    }
    EXPECT_EQ(sg_nents_for_dma(first, 6, 50), 1 + 1 + 2 + 3 + 4 + 4);
    dma_unmap_sg(device.dev(), first, 6, DMA_TO_DEVICE);
    u64* mask = device.dev()->dma_mask;
    device.dev()->dma_mask = nullptr;
    EXPECT_EQ(dma_map_sg(device.dev(), first, 6, DMA_TO_DEVICE), 0u);
    device.dev()->dma_mask = mask;
    for (unsigned char* p : parts) kfree(p);
  });
}

}  // namespace
