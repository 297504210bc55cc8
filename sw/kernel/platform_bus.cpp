// The bus of the device tree's devices: one device per node, drivers matched by `compatible`.
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_device.h>
#include <linux/of_irq.h>
#include <linux/of_platform.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/slab.h>

#include <cstring>
#include <string>
#include <vector>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"
#include "kernel/memory.h"
#include "kernel/services.h"

using namespace dmavp::kernel;

namespace {

struct OwnedDevice {
  struct platform_device* pdev;
  std::vector<struct resource> resources;
};
std::vector<OwnedDevice*> of_devices;  // made of nodes; live as long as the kernel
int next_auto_id;

int bus_match(struct device* dev, const struct device_driver* drv) {
  if (of_match_node(drv->of_match_table, dev->of_node) != nullptr) return 1;
  struct platform_device* pdev = to_platform_device(dev);
  const struct platform_driver* pdrv = to_platform_driver(drv);
  for (const struct platform_device_id* id = pdrv->id_table; id != nullptr && id->name[0] != '\0'; id++)
    if (std::strcmp(id->name, pdev->name) == 0) {
      pdev->id_entry = id;
      return 1;
    }
  return pdrv->id_table == nullptr && std::strcmp(pdev->name, drv->name) == 0;
}

int bus_probe(struct device* dev) {
  const struct platform_driver* drv = to_platform_driver(dev->driver);
  return drv->probe != nullptr ? drv->probe(to_platform_device(dev)) : 0;
}

void bus_remove(struct device* dev) {
  const struct platform_driver* drv = to_platform_driver(dev->driver);
  if (drv->remove != nullptr) drv->remove(to_platform_device(dev));
}

void no_release(struct device*) {}

void prepare(struct platform_device* pdev) {
  pdev->dev.bus = &platform_bus_type;
  pdev->platform_dma_mask = DMA_BIT_MASK(32);
  pdev->dev.dma_mask = &pdev->platform_dma_mask;
  pdev->dev.coherent_dma_mask = DMA_BIT_MASK(32);
  pdev->dev.dma_parms = &pdev->dma_parms;
}

bool dma_coherent(const struct device_node* np) {
  for (; np != nullptr; np = np->parent) {
    if (of_property_read_bool(np, "dma-coherent")) return true;
    if (of_property_read_bool(np, "dma-noncoherent")) return false;
  }
  return false;
}

void create(struct device_node* np) {
  auto* owned = new OwnedDevice{new platform_device{}, {}};
  of_devices.push_back(owned);
  struct platform_device* pdev = owned->pdev;
  prepare(pdev);
  pdev->name = np->name;
  pdev->id = PLATFORM_DEVID_NONE;
  pdev->dev.of_node = np;
  pdev->dev.fwnode = of_fwnode_handle(np);
  pdev->dev.dma_coherent = dma_coherent(np);
  pdev->dev.release = no_release;
  struct resource res = {};
  for (int i = 0; of_address_to_resource(np, i, &res) == 0; i++) owned->resources.push_back(res);
  pdev->num_resources = static_cast<u32>(owned->resources.size());
  pdev->resource = owned->resources.data();
  // The name of a device with registers begins with their address, as "50000000.dma-controller".
  std::string name = np->full_name;
  const std::size_t at = name.find('@');
  if (!owned->resources.empty()) {
    char text[32];
    dmavp_snprintf(text, sizeof(text), "%llx.", static_cast<unsigned long long>(owned->resources[0].start));
    name = text + name.substr(0, at);
  } else if (at != std::string::npos) {
    name = name.substr(at + 1) + "." + name.substr(0, at);
  }
  device_initialize(&pdev->dev);
  // The name lies outside the simulated RAM: it is the board's, not an allocation of software.
  static_assert(sizeof(pdev->dev.kobj.name) == sizeof(char*), "");
  pdev->dev.init_name = nullptr;
  pdev->dev.kobj.name = strdup(name.c_str());
  const int ret = device_add(&pdev->dev);
  if (ret != 0) pr_err("%pOF: cannot become a device: %d\n", np, ret);
}

/// Devices are the children of the root and of buses, as long as they are available and say what they are.
void populate_below(struct device_node* bus) {
  struct device_node* np;
  for_each_available_child_of_node(bus, np) {
    if (!of_property_present(np, "compatible")) continue;
    create(np);
    if (of_device_is_compatible(np, "simple-bus") || of_device_is_compatible(np, "simple-pm-bus") ||
        of_device_is_compatible(np, "simple-mfd"))
      populate_below(np);
  }
}

}  // namespace

const struct bus_type platform_bus_type = {"platform", bus_match, bus_probe, bus_remove};

namespace dmavp::kernel::devices {

void populate() {
  if (struct device_node* root = of_find_node_by_path("/")) populate_below(root);
}

void free_of_devices() {
  for (OwnedDevice* owned : of_devices) {
    free(const_cast<char*>(owned->pdev->dev.kobj.name));
    delete owned->pdev;
    delete owned;
  }
  of_devices.clear();
  next_auto_id = 0;
}

}  // namespace dmavp::kernel::devices

struct platform_device* of_find_device_by_node(struct device_node* np) {
  for (OwnedDevice* owned : of_devices)
    if (owned->pdev->dev.of_node == np) {
      get_device(&owned->pdev->dev);
      return owned->pdev;
    }
  return nullptr;
}

int __platform_driver_register(struct platform_driver* driver, struct module* owner) {
  driver->driver.owner = owner;
  driver->driver.bus = &platform_bus_type;
  return driver_register(&driver->driver);
}

void platform_driver_unregister(struct platform_driver* driver) { driver_unregister(&driver->driver); }

// --- resources
// --------------------------------------------------------------------------------------------------------

struct resource* platform_get_resource(struct platform_device* pdev, unsigned int type, unsigned int index) {
  for (u32 i = 0; i < pdev->num_resources; i++)
    if (resource_type(&pdev->resource[i]) == type && index-- == 0) return &pdev->resource[i];
  return nullptr;
}

struct resource* platform_get_resource_byname(struct platform_device* pdev, unsigned int type,
                                              const char* name) {
  for (u32 i = 0; i < pdev->num_resources; i++)
    if (resource_type(&pdev->resource[i]) == type && pdev->resource[i].name != nullptr &&
        std::strcmp(pdev->resource[i].name, name) == 0)
      return &pdev->resource[i];
  return nullptr;
}

int platform_get_irq_optional(struct platform_device* pdev, unsigned int index) {
  if (pdev->dev.of_node != nullptr && of_property_present(pdev->dev.of_node, "interrupts")) {
    const int irq = of_irq_get(pdev->dev.of_node, static_cast<int>(index));
    return irq == -ENOENT ? -ENXIO : irq;
  }
  if (pdev->dev.of_node != nullptr && of_property_present(pdev->dev.of_node, "interrupts-extended")) {
    const int irq = of_irq_get(pdev->dev.of_node, static_cast<int>(index));
    return irq == -ENOENT ? -ENXIO : irq;
  }
  const struct resource* res = platform_get_resource(pdev, IORESOURCE_IRQ, index);
  return res != nullptr && res->start != 0 ? static_cast<int>(res->start) : -ENXIO;
}

int platform_get_irq(struct platform_device* pdev, unsigned int index) {
  const int irq = platform_get_irq_optional(pdev, index);
  if (irq < 0) dev_err_probe(&pdev->dev, irq, "interrupt %u not found\n", index);
  return irq;
}

int platform_get_irq_byname_optional(struct platform_device* pdev, const char* name) {
  if (pdev->dev.of_node == nullptr) return -ENXIO;
  const int irq = of_irq_get_byname(pdev->dev.of_node, name);
  return irq == -EINVAL || irq == -ENODATA || irq == -ENOENT ? -ENXIO : irq;
}

int platform_get_irq_byname(struct platform_device* pdev, const char* name) {
  const int irq = platform_get_irq_byname_optional(pdev, name);
  if (irq < 0) dev_err_probe(&pdev->dev, irq, "interrupt %s not found\n", name);
  return irq;
}

int platform_irq_count(struct platform_device* pdev) {
  int count = 0;
  while (platform_get_irq_optional(pdev, static_cast<unsigned int>(count)) > 0) count++;
  return count;
}

void __iomem* devm_platform_get_and_ioremap_resource(struct platform_device* pdev, unsigned int index,
                                                     struct resource** out) {
  struct resource* res = platform_get_resource(pdev, IORESOURCE_MEM, index);
  if (out != nullptr) *out = res;
  return devm_ioremap_resource(&pdev->dev, res);
}

void __iomem* devm_platform_ioremap_resource(struct platform_device* pdev, unsigned int index) {
  return devm_platform_get_and_ioremap_resource(pdev, index, nullptr);
}

void __iomem* devm_platform_ioremap_resource_byname(struct platform_device* pdev, const char* name) {
  return devm_ioremap_resource(&pdev->dev, platform_get_resource_byname(pdev, IORESOURCE_MEM, name));
}

// --- devices that software makes
// ------------------------------------------------------------------------------------

namespace {
void free_platform_device(struct device* dev) {
  struct platform_device* pdev = to_platform_device(dev);
  kfree(pdev->resource);
  kfree(pdev->name);
  kfree(pdev);
}
}  // namespace

struct platform_device* platform_device_alloc(const char* name, int id) {
  auto* pdev = static_cast<struct platform_device*>(kzalloc(sizeof(struct platform_device), GFP_KERNEL));
  if (pdev == nullptr) return nullptr;
  pdev->name = kstrdup(name, GFP_KERNEL);
  pdev->id = id;
  prepare(pdev);
  pdev->dev.dma_coherent = memory::coherent();
  pdev->dev.release = free_platform_device;
  device_initialize(&pdev->dev);
  return pdev;
}

int platform_device_add_resources(struct platform_device* pdev, const struct resource* res,
                                  unsigned int num) {
  void* copy = kmemdup(res, num * sizeof(*res), GFP_KERNEL);
  if (copy == nullptr && num != 0) return -ENOMEM;
  kfree(pdev->resource);
  pdev->resource = static_cast<struct resource*>(copy);
  pdev->num_resources = num;
  return 0;
}

int platform_device_add(struct platform_device* pdev) {
  pdev->dev.bus = &platform_bus_type;
  int ret = 0;
  if (pdev->id == PLATFORM_DEVID_NONE)
    ret = dev_set_name(&pdev->dev, "%s", pdev->name);
  else if (pdev->id == PLATFORM_DEVID_AUTO)
    ret = dev_set_name(&pdev->dev, "%s.%d.auto", pdev->name, next_auto_id++);
  else
    ret = dev_set_name(&pdev->dev, "%s.%d", pdev->name, pdev->id);
  return ret != 0 ? ret : device_add(&pdev->dev);
}

int platform_device_register(struct platform_device* pdev) {
  device_initialize(&pdev->dev);
  if (pdev->dev.dma_mask == nullptr) prepare(pdev);
  return platform_device_add(pdev);
}

void platform_device_unregister(struct platform_device* pdev) {
  if (pdev != nullptr) device_unregister(&pdev->dev);
}

void platform_device_put(struct platform_device* pdev) {
  if (pdev != nullptr) put_device(&pdev->dev);
}

struct platform_device* platform_device_register_simple(const char* name, int id, const struct resource* res,
                                                        unsigned int num) {
  struct platform_device* pdev = platform_device_alloc(name, id);
  if (pdev == nullptr) return static_cast<struct platform_device*>(ERR_PTR(-ENOMEM));
  int ret = platform_device_add_resources(pdev, res, num);
  if (ret == 0) ret = platform_device_add(pdev);
  if (ret == 0) return pdev;
  platform_device_put(pdev);
  return static_cast<struct platform_device*>(ERR_PTR(ret));
}
