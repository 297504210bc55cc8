// What lives as long as a device is bound, and the rest of the allocators: contents, order of release,
// nothing left.
#include <linux/clk.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/mempool.h>
#include <linux/of.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>
#include <linux/reset.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <cstring>
#include <string>
#include <vector>

#include "kernel/device_private.h"
#include "svc_world.h"

using dmavp::tb::ServiceWorld;

namespace {

std::vector<std::string> order;

void act(void* name) { order.push_back(static_cast<const char*>(name)); }
void* text(const char* name) { return const_cast<char*>(name); }
void release_int(struct device*, void* data) {
  order.push_back("int " + std::to_string(*static_cast<int*>(data)));
}
void release_other(struct device*, void*) { order.push_back("other"); }
int is(struct device*, void* data, void* wanted) {
  return *static_cast<int*>(data) == *static_cast<int*>(wanted);
}

struct device* widget() {
  struct platform_device* found = of_find_device_by_node(of_find_node_by_path("widget1"));
  return found != nullptr ? &found->dev : nullptr;
}

class Managed : public testing::Test {
 protected:
  void SetUp() override { order.clear(); }
  /// `body` with the device; whatever it has left with the device is released afterwards, and nothing is
  /// lost.
  void with_device(const std::function<void(struct device*)>& body) {
    world.run([&] {
      struct device* dev = widget();
      ASSERT_NE(dev, nullptr);
      const std::uint64_t before = world.live();
      body(dev);
      dmavp::kernel::release_all(dev);
      EXPECT_EQ(world.live(), before);
    });
  }
  ServiceWorld world;
};

int* resource(int value) {
  auto* data = static_cast<int*>(devres_alloc(release_int, sizeof(int), GFP_KERNEL));
  EXPECT_EQ(*data, 0);
  *data = value;
  return data;
}

TEST_F(Managed, ResourcesAreFoundDestroyedAndReleasedLatestFirst) {
  with_device([](struct device* dev) {
    int wanted = 2;
    for (const int value : {1, 2, 3, 2}) devres_add(dev, resource(value));
    int* const latest = static_cast<int*>(devres_find(dev, release_int, nullptr, nullptr));
    ASSERT_NE(latest, nullptr);
    EXPECT_EQ(*latest, 2);
    EXPECT_EQ(devres_find(dev, release_other, nullptr, nullptr), nullptr);
    // Destroyed: gone without its release function. The latest that matches goes.
    EXPECT_EQ(devres_destroy(dev, release_int, is, &wanted), 0);
    EXPECT_TRUE(order.empty());
    EXPECT_NE(devres_find(dev, release_int, is, &wanted), nullptr);
    EXPECT_EQ(devres_release(dev, release_int, is, &wanted), 0);
    EXPECT_EQ(order, std::vector<std::string>{"int 2"});
    EXPECT_EQ(devres_release(dev, release_int, is, &wanted), -ENOENT);
    EXPECT_EQ(devres_destroy(dev, release_other, nullptr, nullptr), -ENOENT);
    devres_free(resource(9));  // never added
    devres_free(nullptr);
    devres_add(dev, nullptr);
    order.clear();
  });
  EXPECT_EQ(order, (std::vector<std::string>{"int 3", "int 1"}));
}

TEST_F(Managed, ActionsRunOnceAndBackwards) {
  with_device([](struct device* dev) {
    for (const char* name : {"first", "second", "third", "fourth"})
      EXPECT_EQ(devm_add_action(dev, act, text(name)), 0);
    order.clear();
  });
  EXPECT_EQ(order, (std::vector<std::string>{"fourth", "third", "second", "first"}));
  order.clear();
  with_device([](struct device* dev) {
    static char kept[] = "kept", removed[] = "removed", early[] = "early";
    EXPECT_EQ(devm_add_action(dev, act, kept), 0);
    EXPECT_EQ(devm_add_action(dev, act, removed), 0);
    EXPECT_EQ(devm_add_action(dev, act, early), 0);
    devm_remove_action(dev, act, removed);
    devm_release_action(dev, act, early);
    EXPECT_EQ(order, std::vector<std::string>{"early"});
  });
  EXPECT_EQ(order, (std::vector<std::string>{"early", "kept"}));
}

TEST_F(Managed, MemoryHasItsContentsAndGoesWithTheDevice) {
  with_device([this](struct device* dev) {
    char* copy = devm_kstrdup(dev, "a name", GFP_KERNEL);
    EXPECT_STREQ(copy, "a name");
    EXPECT_STREQ(devm_kasprintf(dev, GFP_KERNEL, "%s-%03d", "part", 7), "part-007");
    EXPECT_STREQ(static_cast<char*>(devm_kmemdup(dev, "1234", 5, GFP_KERNEL)), "1234");
    const auto* zeroed = static_cast<const unsigned char*>(devm_kcalloc(dev, 6, 7, GFP_KERNEL));
    for (unsigned i = 0; i < 42; ++i) EXPECT_EQ(zeroed[i], 0) << i;
    void* plain = devm_kmalloc(dev, 100, GFP_KERNEL);
    EXPECT_NE(plain, nullptr);
    EXPECT_NE(devm_kmalloc_array(dev, 3, 8, GFP_KERNEL), nullptr);
    EXPECT_EQ(devm_kmalloc_array(dev, ~size_t{0} / 2, 8, GFP_KERNEL), nullptr);
    devm_kfree(dev, plain);
    devm_kfree(dev, nullptr);
    EXPECT_FALSE(world.machine.saw("kernel.bad-free"));
    void* foreign = kmalloc(8, GFP_KERNEL);
    devm_kfree(dev, foreign);
    EXPECT_TRUE(world.machine.saw("kernel.bad-free"));
    kfree(foreign);
    struct resource range = {};
    range.start = 0x40000100;
    range.end = 0x4000013f;
    range.flags = IORESOURCE_MEM;
    EXPECT_EQ(devm_ioremap_resource(dev, &range), reinterpret_cast<void*>(0x40000100));
    EXPECT_EQ(devm_ioremap(dev, 0x40000200, 16), reinterpret_cast<void*>(0x40000200));
    range.end = range.start - 1;
    EXPECT_EQ(PTR_ERR(devm_ioremap_resource(dev, &range)), -EINVAL);
    EXPECT_EQ(PTR_ERR(devm_ioremap_resource(dev, nullptr)), -EINVAL);
  });
}

TEST_F(Managed, ClocksAreCountedAndResetsHaveAState) {
  with_device([this](struct device* dev) {
    struct clk* clk = devm_clk_get_enabled(dev, "core");
    ASSERT_FALSE(IS_ERR_OR_NULL(clk));
    EXPECT_EQ(clk, clk_get(dev, "core"));
    EXPECT_EQ(clk_set_rate(clk, clk_get_rate(clk)), 0);
    EXPECT_EQ(clk_set_rate(clk, 1), -EINVAL);  // it is a fixed clock
    EXPECT_EQ(clk_round_rate(clk, 1), 123456789);
    EXPECT_EQ(clk_get_rate(nullptr), 0u);
    EXPECT_EQ(devm_clk_get_optional_enabled(dev, "none"), nullptr);
    EXPECT_EQ(PTR_ERR(devm_clk_get_enabled(dev, "none")), -ENOENT);
    // The device's own enable is given back when it is released; one more than that is an underflow.
    dmavp::kernel::release_all(dev);
    EXPECT_FALSE(world.machine.saw("kernel.clock-underflow"));
    clk_disable(clk);
    EXPECT_TRUE(world.machine.saw("kernel.clock-underflow"));
    clk_put(clk);

    struct reset_control* line = devm_reset_control_get_exclusive(dev, nullptr);
    ASSERT_FALSE(IS_ERR_OR_NULL(line));
    EXPECT_EQ(reset_control_status(line), 0);
    EXPECT_EQ(reset_control_assert(line), 0);
    EXPECT_EQ(reset_control_status(line), 1);
    EXPECT_EQ(reset_control_reset(line), 0);
    EXPECT_EQ(reset_control_status(line), 0);
    EXPECT_EQ(PTR_ERR(devm_reset_control_get_shared(dev, "other")), -ENOENT);
    EXPECT_EQ(devm_reset_control_get_optional_exclusive(dev, "other"), nullptr);
    EXPECT_FALSE(IS_ERR_OR_NULL(devm_reset_control_array_get_optional_shared(dev)));
    EXPECT_EQ(reset_control_status(nullptr), 0);
  });
}

TEST_F(Managed, RuntimePowerIsForcedAndSwitchedOffWithTheDevice) {
  with_device([this](struct device* dev) {
    EXPECT_EQ(devm_pm_runtime_enable(dev), 0);
    EXPECT_EQ(pm_runtime_get_sync(dev), 0);
    EXPECT_EQ(pm_runtime_get_sync(dev), 1);  // it was active
    EXPECT_EQ(pm_runtime_put_sync(dev), 0);
    EXPECT_EQ(pm_runtime_force_suspend(dev), 0);
    EXPECT_EQ(pm_runtime_get_sync(dev), -EACCES);
    pm_runtime_put_noidle(dev);
    EXPECT_EQ(pm_runtime_force_resume(dev), 0);
    EXPECT_EQ(pm_runtime_get_sync(dev), 1);
    pm_runtime_put_noidle(dev);
    EXPECT_EQ(pm_runtime_put_sync(dev), 0);
    dmavp::kernel::release_all(dev);
    EXPECT_EQ(pm_runtime_get_sync(dev), -EACCES);
    pm_runtime_put_noidle(dev);
  });
}

TEST_F(Managed, CoherentMemoryIsZeroedReachableAndReturned) {
  with_device([](struct device* dev) {
    dma_addr_t address = 0;
    EXPECT_EQ(dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32)), 0);
    auto* memory = static_cast<unsigned char*>(dmam_alloc_coherent(dev, 5000, &address, GFP_KERNEL));
    ASSERT_NE(memory, nullptr);
    EXPECT_EQ(address % 4096, 0u);
    EXPECT_GE(address, 0x80000000u);
    for (unsigned i = 0; i < 5000; ++i) EXPECT_EQ(memory[i], 0) << i;
    const dma_addr_t window = dma_map_resource(dev, 0x40000100, 64, DMA_TO_DEVICE, 0);
    EXPECT_EQ(dma_mapping_error(dev, window), 0);
    EXPECT_EQ(window, 0x40000100u);
    dma_unmap_resource(dev, window, 64, DMA_TO_DEVICE, 0);
  });
}

TEST_F(Managed, AllocatorsKeepContentsAndCountObjects) {
  with_device([this](struct device*) {
    auto* p = static_cast<char*>(kmalloc(10, GFP_KERNEL));
    EXPECT_GE(ksize(p), 10u);
    std::memcpy(p, "contents!", 10);
    p = static_cast<char*>(krealloc(p, 300, GFP_KERNEL));
    EXPECT_STREQ(p, "contents!");
    p = static_cast<char*>(krealloc(p, 4, GFP_KERNEL));
    EXPECT_EQ(std::memcmp(p, "cont", 4), 0);
    EXPECT_EQ(krealloc(p, 0, GFP_KERNEL), ZERO_SIZE_PTR);
    kfree_sensitive(kstrdup("secret", GFP_KERNEL));
    EXPECT_EQ(ksize(nullptr), 0u);

    EXPECT_EQ(kmem_cache_create("bad", 8, 3, 0, nullptr), nullptr);
    EXPECT_EQ(kmem_cache_create(nullptr, 8, 0, 0, nullptr), nullptr);
    struct kmem_cache* cache =
        kmem_cache_create("things", 40, 64, 0, [](void* o) { std::memset(o, 0x5a, 40); });
    ASSERT_NE(cache, nullptr);
    EXPECT_EQ(kmem_cache_size(cache), 40u);
    auto* made = static_cast<unsigned char*>(kmem_cache_alloc(cache, GFP_KERNEL));
    EXPECT_EQ(made[39], 0x5a);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(made) % 64, 0u);
    auto* zero = static_cast<unsigned char*>(kmem_cache_zalloc(cache, GFP_KERNEL));
    EXPECT_EQ(zero[39], 0);
    kmem_cache_free(cache, made);
    kmem_cache_free(cache, nullptr);
    kmem_cache_free(cache, zero);
    kmem_cache_destroy(nullptr);

    mempool_t* pool = mempool_create_slab_pool(2, cache);
    void* taken = mempool_alloc(pool, GFP_KERNEL);
    mempool_free(taken, pool);
    mempool_free(nullptr, pool);
    mempool_destroy(pool);
    pool = mempool_create_kmalloc_pool(1, 100);
    ASSERT_NE(pool, nullptr);
    mempool_free(mempool_alloc(pool, GFP_KERNEL), pool);
    mempool_destroy(pool);
    mempool_destroy(nullptr);
    EXPECT_FALSE(world.machine.saw("kernel.pool-leak"));
    void* left = kmem_cache_alloc(cache, GFP_KERNEL);
    kmem_cache_destroy(cache);
    EXPECT_TRUE(world.machine.saw("kernel.pool-leak: cache things is destroyed with 1 objects in use"));
    kfree(left);
  });
}

/// A reserve is there when nothing else is, and only then.
TEST_F(Managed, APoolFallsBackOnItsReserve) {
  static int budget;
  const auto make = [](gfp_t gfp, void*) -> void* { return budget-- > 0 ? kmalloc(16, gfp) : nullptr; };
  const auto drop = [](void* element, void*) { kfree(element); };
  with_device([&](struct device*) {
    budget = 1;
    EXPECT_EQ(mempool_create(2, make, drop, nullptr), nullptr);  // what it had is freed
    budget = 3;
    mempool_t* pool = mempool_create(2, make, drop, nullptr);
    ASSERT_NE(pool, nullptr);
    void* elements[4];
    for (void*& e : elements) e = mempool_alloc(pool, GFP_KERNEL);
    EXPECT_NE(elements[2], nullptr);
    EXPECT_EQ(elements[3], nullptr);
    for (void* e : elements) mempool_free(e, pool);
    mempool_destroy(pool);
  });
}

TEST_F(Managed, PropertiesOfADeviceAreThoseOfItsNode) {
  with_device([](struct device* dev) {
    const char* s = nullptr;
    u64 wide = 0;
    u16 half = 0;
    u8 byte = 0;
    u32 second = 0;
    s32 number = 0;
    EXPECT_TRUE(device_property_read_bool(dev, "flag"));
    EXPECT_FALSE(device_property_read_bool(dev, "absent"));
    EXPECT_EQ(device_property_read_u64(dev, "wide", &wide), 0);
    EXPECT_EQ(wide, 0x123456789abcdef0u);
    EXPECT_EQ(device_property_read_u8(dev, "bytes", &byte), 0);
    EXPECT_EQ(byte, 1);
    EXPECT_EQ(of_property_read_u16(dev->of_node, "bytes", &half), 0);
    EXPECT_EQ(half, 0x0102);
    EXPECT_EQ(of_property_read_u32_index(dev->of_node, "numbers", 1, &second), 0);
    EXPECT_EQ(second, 2u);
    EXPECT_EQ(of_property_read_u32_index(dev->of_node, "numbers", 3, &second), -EOVERFLOW);
    EXPECT_EQ(of_property_read_s32(dev->of_node, "numbers", &number), 0);
    EXPECT_EQ(number, 1);
    EXPECT_EQ(device_property_count_u32(dev, "numbers"), 3);
    EXPECT_EQ(device_property_read_string(dev, "words", &s), 0);
    EXPECT_STREQ(s, "alpha");
    EXPECT_EQ(device_property_match_string(dev, "words", "gamma"), 2);
    EXPECT_NE(of_get_property(dev->of_node, "wide", nullptr), nullptr);
    EXPECT_EQ(of_find_property(dev->of_node, "absent", nullptr), nullptr);
    EXPECT_EQ(of_parse_phandle(dev->of_node, "clocks", 0), of_find_node_by_path("/clock"));
  });
}

}  // namespace
