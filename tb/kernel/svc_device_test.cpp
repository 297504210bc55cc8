// Device tree, devices and their drivers.
#include <linux/clk.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_device.h>
#include <linux/of_irq.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/pm_runtime.h>
#include <linux/property.h>
#include <linux/reset.h>

#include <random>

#include "kernel/device_private.h"
#include "svc_world.h"

using dmavp::tb::ServiceMachine;
using dmavp::tb::ServiceWorld;
namespace kernel = dmavp::kernel;

namespace {

TEST(Tree, NodesPropertiesAndPhandles) {
  ServiceWorld world;
  struct device_node* one = of_find_node_by_path("/bus@40000000/widget@100");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(of_find_node_by_path("widget1"), one);
  EXPECT_EQ(of_find_node_by_path("widget7"), one);
  EXPECT_EQ(of_find_node_by_path("/bus/widget@100"), one);
  EXPECT_EQ(of_find_node_by_path("/bus@40000000/none"), nullptr);
  EXPECT_EQ(of_find_node_by_path("nosuchalias"), nullptr);
  EXPECT_STREQ(one->name, "widget");
  EXPECT_EQ(of_alias_get_id(one, "widget"), 1);
  EXPECT_TRUE(of_machine_is_compatible("test,family"));

  u8 byte = 0;
  u32 numbers[4];
  u64 wide = 0;
  EXPECT_EQ(of_property_read_u8(one, "bytes", &byte), 0);
  EXPECT_EQ(byte, 1);
  EXPECT_EQ(of_property_read_u32_array(one, "numbers", numbers, 3), 0);
  EXPECT_EQ(numbers[2], 3u);
  EXPECT_EQ(of_property_read_u32_array(one, "numbers", numbers, 4), -EOVERFLOW);
  EXPECT_EQ(of_property_read_u32_array(one, "absent", numbers, 1), -EINVAL);
  EXPECT_EQ(of_property_read_u32(one, "flag", numbers), -ENODATA);
  EXPECT_EQ(of_property_read_variable_u32_array(one, "numbers", numbers, 1, 2), 2);
  EXPECT_EQ(of_property_count_u32_elems(one, "numbers"), 3);
  EXPECT_EQ(of_property_count_u32_elems(one, "bytes"), -EINVAL);
  EXPECT_EQ(of_property_read_u64(one, "wide", &wide), 0);
  EXPECT_EQ(wide, 0x123456789abcdef0u);
  EXPECT_TRUE(of_property_read_bool(one, "flag"));

  const char* s = nullptr;
  EXPECT_EQ(of_property_count_strings(one, "words"), 3);
  EXPECT_EQ(of_property_read_string_index(one, "words", 2, &s), 0);
  EXPECT_STREQ(s, "gamma");
  EXPECT_EQ(of_property_read_string_index(one, "words", 3, &s), -ENODATA);
  EXPECT_EQ(of_property_match_string(one, "words", "beta"), 1);
  EXPECT_EQ(of_property_match_string(one, "words", "delta"), -ENODATA);
  EXPECT_EQ(of_property_read_string(one, "bytes", &s), -EILSEQ);

  struct of_phandle_args args;
  EXPECT_EQ(of_count_phandle_with_args(one, "links", "#link-cells"), 3);
  EXPECT_EQ(of_parse_phandle_with_args(one, "links", "#link-cells", 2, &args), 0);
  EXPECT_EQ(args.np, of_find_node_by_path("/bus/widget@200"));
  EXPECT_EQ(args.args_count, 2);
  EXPECT_EQ(args.args[1], 40u);
  EXPECT_EQ(of_parse_phandle_with_args(one, "links", "#link-cells", 1, &args), -ENOENT);
  EXPECT_EQ(of_parse_phandle_with_args(one, "links", "#link-cells", 3, &args), -ENOENT);
  EXPECT_EQ(of_parse_phandle_with_args(one, "links", "#no-cells", 0, &args), -EINVAL);
  EXPECT_EQ(of_parse_phandle_with_args(one, "absent", "#link-cells", 0, &args), -ENOENT);
}

TEST(Tree, AddressesInterruptsAndAvailability) {
  ServiceWorld world;
  struct device_node* one = of_find_node_by_path("widget1");
  struct resource res;
  ASSERT_EQ(of_address_to_resource(one, 0, &res), 0);
  EXPECT_EQ(res.start, 0x40000100u);
  EXPECT_EQ(resource_size(&res), 0x40u);
  ASSERT_EQ(of_address_to_resource(one, 1, &res), 0);
  EXPECT_EQ(res.start, 0x50000200u);
  EXPECT_STREQ(res.name, "data");
  EXPECT_EQ(of_address_to_resource(one, 2, &res), -EINVAL);
  EXPECT_EQ(of_address_to_resource(of_find_node_by_path("/bus/hidden"), 0, &res), -EINVAL);
  EXPECT_EQ(of_irq_count(one), 2);
  EXPECT_EQ(of_irq_get(one, 1), 7);
  EXPECT_EQ(of_irq_get_byname(one, "rx"), 5);
  EXPECT_LT(of_irq_get_byname(one, "zz"), 0);
  EXPECT_EQ(of_irq_get(of_find_node_by_path("/bus/widget@200"), 0), -ENOENT);
  EXPECT_FALSE(of_device_is_available(of_find_node_by_path("/bus/off")));
  EXPECT_EQ(world.kernel.cpus(), 1u);  // the second is disabled
}

TEST(Tree, DamagedBlobsAreRefusedWithAReason) {
  const std::vector<char> good = dmavp::tb::read_file(SVC_TREE);
  const auto boot = [](const std::vector<char>& blob) {
    ServiceMachine machine;
    machine.use_tree(blob);
    kernel::Kernel& k = kernel::Kernel::create(machine, {});
    const int ret = k.boot();
    EXPECT_TRUE(ret == 0 || (ret == -EINVAL && k.error()[0] != '\0'));
    const bool refused = ret != 0;
    kernel::Kernel::destroy();
    return refused;
  };
  EXPECT_FALSE(boot(good));
  EXPECT_TRUE(boot(std::vector<char>(good.size())));
  std::vector<char> text(good.size(), 'x');
  EXPECT_TRUE(boot(text));
  std::mt19937 random(3);
  int refused = 0;
  for (int i = 0; i < 60; i++) {
    std::vector<char> blob = good;
    // Anywhere but in the total size, which says how much memory belongs to the blob.
    for (int flips = 0; flips < 3; flips++) {
      const std::size_t at = random() % blob.size();
      if (at < 4 || at >= 8) blob[at] = static_cast<char>(random());
    }
    refused += boot(blob);
  }
  EXPECT_GT(refused, 5);
}

// --- drivers
// --------------------------------------------------------------------------------------------------------

std::vector<std::string> calls;
bool supplier_ready;
int widget_result;

void note(void* what) { calls.push_back(static_cast<const char*>(what)); }

int widget_probe(struct platform_device* pdev) {
  calls.push_back(std::string("probe ") + dev_name(&pdev->dev));
  if (!supplier_ready) return dev_err_probe(&pdev->dev, -EPROBE_DEFER, "no supplier yet\n");
  devm_add_action_or_reset(&pdev->dev, note, const_cast<char*>("first"));
  EXPECT_NE(devm_kzalloc(&pdev->dev, 500, GFP_KERNEL), nullptr);
  devm_add_action_or_reset(&pdev->dev, note, const_cast<char*>("second"));
  platform_set_drvdata(pdev, pdev);
  return widget_result;
}
void widget_remove(struct platform_device* pdev) {
  EXPECT_EQ(platform_get_drvdata(pdev), pdev);
  calls.push_back(std::string("remove ") + dev_name(&pdev->dev));
}
int supplier_probe(struct platform_device*) {
  calls.push_back("supplier");
  supplier_ready = true;
  return 0;
}

const int kOld = 1, kNew = 2;
const struct of_device_id widget_ids[] = {
    {"", "", "test,widget", &kOld}, {"", "", "test,widget-v2", &kNew}, {}};
const struct of_device_id supplier_ids[] = {{"", "", "test,supplier", nullptr}, {}};

struct platform_driver make_driver(const char* name, const struct of_device_id* ids,
                                   int (*probe)(struct platform_device*),
                                   void (*remove)(struct platform_device*)) {
  struct platform_driver driver = {};
  driver.probe = probe;
  driver.remove = remove;
  driver.driver.name = name;
  driver.driver.of_match_table = ids;
  return driver;
}

class Drivers : public testing::Test {
 protected:
  void SetUp() override {
    calls.clear();
    supplier_ready = true;
    widget_result = 0;
  }
  ServiceWorld world;
  struct platform_driver widget = make_driver("widget", widget_ids, widget_probe, widget_remove);
  struct platform_driver supplier = make_driver("supplier", supplier_ids, supplier_probe, nullptr);
};

TEST_F(Drivers, ProbeInOrderOfTheTreeAndRemoveBackwards) {
  world.run([&] {
    EXPECT_EQ(platform_driver_register(&widget), 0);
    EXPECT_EQ(calls, (std::vector<std::string>{"probe 40000100.widget", "probe 40000200.widget"}));
    struct platform_device* one = of_find_device_by_node(of_find_node_by_path("widget1"));
    ASSERT_NE(one, nullptr);
    EXPECT_EQ(of_device_get_match_data(&one->dev), &kNew);  // the most specific string decides
    struct platform_device* two = of_find_device_by_node(of_find_node_by_path("/bus/widget@200"));
    EXPECT_EQ(of_device_get_match_data(&two->dev), &kOld);
    EXPECT_TRUE(one->dev.dma_coherent);
    EXPECT_EQ(platform_driver_register(&widget), -EBUSY);
    calls.clear();
    platform_driver_unregister(&widget);
    EXPECT_EQ(calls, (std::vector<std::string>{"remove 40000200.widget", "second", "first",
                                               "remove 40000100.widget", "second", "first"}));
    EXPECT_EQ(world.live(), 0u);
    EXPECT_EQ(platform_driver_register(&widget), 0);  // and again
    platform_driver_unregister(&widget);
  });
}

TEST_F(Drivers, DeferredProbeIsTriedAgainWhenSomethingBinds) {
  supplier_ready = false;
  world.run([&] {
    platform_driver_register(&widget);
    calls.clear();
    platform_driver_register(&supplier);
    EXPECT_EQ(calls,
              (std::vector<std::string>{"supplier", "probe 40000100.widget", "probe 40000200.widget"}));
    platform_driver_unregister(&widget);
    platform_driver_unregister(&supplier);
    EXPECT_EQ(world.live(), 0u);
  });
}

TEST_F(Drivers, WhatStaysDeferredIsNamedOnceWithItsReason) {
  supplier_ready = false;
  world.run([&] {
    platform_driver_register(&widget);
    EXPECT_FALSE(world.machine.logged("supplier"));  // whoever provides it may still be loaded
    kernel::report_deferred();
    kernel::report_deferred();
    EXPECT_EQ(world.machine.diagnostics.size(), 2u);
    EXPECT_TRUE(
        world.machine.saw("kernel.probe-deferred: 40000100.widget: driver widget waits for something that "
                          "nothing loaded provides: no supplier yet"));
    platform_driver_register(&supplier);
    EXPECT_NE(of_find_device_by_node(of_find_node_by_path("widget1"))->dev.driver, nullptr);
    platform_driver_unregister(&widget);
    platform_driver_unregister(&supplier);
  });
}

TEST_F(Drivers, FailedProbeReleasesEverythingAndIsReported) {
  widget_result = -EIO;
  world.run([&] {
    EXPECT_EQ(platform_driver_register(&widget), 0);
    EXPECT_EQ(calls, (std::vector<std::string>{"probe 40000100.widget", "second", "first",
                                               "probe 40000200.widget", "second", "first"}));
    EXPECT_TRUE(world.machine.logged("40000100.widget: probe with driver widget failed with error -5"));
    EXPECT_EQ(world.live(), 0u);
    calls.clear();
    platform_driver_unregister(&widget);
    EXPECT_TRUE(calls.empty());
  });
}

TEST_F(Drivers, ResourcesClocksAndResetsOfADevice) {
  world.run([&] {
    struct platform_device* one = of_find_device_by_node(of_find_node_by_path("widget1"));
    EXPECT_EQ(devm_platform_ioremap_resource(one, 1), reinterpret_cast<void*>(0x50000200));
    EXPECT_EQ(devm_platform_ioremap_resource_byname(one, "control"), reinterpret_cast<void*>(0x40000100));
    EXPECT_TRUE(IS_ERR(devm_platform_ioremap_resource(one, 2)));
    EXPECT_EQ(platform_get_irq(one, 0), 5);
    EXPECT_EQ(platform_get_irq(one, 2), -ENXIO);
    EXPECT_TRUE(world.machine.logged("interrupt 2 not found"));
    EXPECT_EQ(platform_get_irq_byname(one, "tx"), 7);
    EXPECT_EQ(platform_irq_count(one), 2);
    struct clk* clk = devm_clk_get(&one->dev, "core");
    ASSERT_FALSE(IS_ERR(clk));
    EXPECT_EQ(clk_get_rate(clk), 123456789u);
    EXPECT_EQ(PTR_ERR(devm_clk_get(&one->dev, "other")), -ENOENT);
    EXPECT_EQ(devm_clk_get_optional(&one->dev, "other"), nullptr);
    clk_disable_unprepare(clk);
    EXPECT_TRUE(world.machine.saw("kernel.clock-underflow"));
    EXPECT_FALSE(IS_ERR(devm_reset_control_array_get_exclusive(&one->dev)));
    struct platform_device* two = of_find_device_by_node(of_find_node_by_path("/bus/widget@200"));
    EXPECT_EQ(PTR_ERR(devm_reset_control_array_get_exclusive(&two->dev)), -ENOENT);
    EXPECT_EQ(device_property_read_u32_array(&one->dev, "numbers", nullptr, 0), 3);
  });
}

int power_calls[2];
int count_suspend(struct device*) {
  power_calls[0]++;
  return 0;
}
int count_resume(struct device*) {
  power_calls[1]++;
  return 0;
}

TEST_F(Drivers, RuntimePowerManagementCallsAtTheEdges) {
  struct dev_pm_ops pm = {};
  pm.runtime_suspend = count_suspend;
  pm.runtime_resume = count_resume;
  widget.driver.pm = &pm;
  power_calls[0] = power_calls[1] = 0;
  world.run([&] {
    platform_driver_register(&widget);
    struct device* dev = &of_find_device_by_node(of_find_node_by_path("widget1"))->dev;
    EXPECT_EQ(pm_runtime_get_sync(dev), -EACCES);  // not enabled
    pm_runtime_put_noidle(dev);
    pm_runtime_enable(dev);
    EXPECT_EQ(pm_runtime_resume_and_get(dev), 0);
    EXPECT_EQ(pm_runtime_resume_and_get(dev), 0);
    EXPECT_EQ(power_calls[1], 1);
    pm_runtime_put(dev);
    EXPECT_EQ(power_calls[0], 0);
    pm_runtime_put(dev);
    EXPECT_EQ(power_calls[0], 1);
    EXPECT_EQ(pm_runtime_put(dev), -EINVAL);
    platform_driver_unregister(&widget);
  });
}

bool released;
void device_gone(struct device*) { released = true; }

TEST(Devices, ReferencesKeepADeviceAlive) {
  ServiceWorld world;
  world.run([&] {
    static struct device dev;
    dev = {};
    dev.release = device_gone;
    released = false;
    dev_set_name(&dev, "thing%d", 3);
    EXPECT_EQ(device_register(&dev), 0);
    EXPECT_STREQ(dev_name(&dev), "thing3");
    static struct device twin;
    twin = {};
    twin.release = device_gone;
    dev_set_name(&twin, "thing3");
    EXPECT_EQ(device_register(&twin), -EEXIST);
    put_device(&twin);
    released = false;
    get_device(&dev);
    device_unregister(&dev);
    EXPECT_FALSE(released);
    put_device(&dev);
    EXPECT_TRUE(released);
    EXPECT_EQ(world.live(), 0u);
  });
}

}  // namespace
