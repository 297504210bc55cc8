/* Devices of the device tree and their drivers. */
#ifndef DMAVP_LINUX_PLATFORM_DEVICE_H
#define DMAVP_LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/export.h>
#include <linux/init.h>
#include <linux/mod_devicetable.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PLATFORM_DEVID_NONE (-1)
#define PLATFORM_DEVID_AUTO (-2)

struct platform_device {
  const char* name;
  int id;
  bool id_auto;
  struct device dev;
  u64 platform_dma_mask;
  struct device_dma_parameters dma_parms;
  u32 num_resources;
  struct resource* resource;
  const struct platform_device_id* id_entry;
};

struct platform_driver {
  int (*probe)(struct platform_device* pdev);
  /* Both names of the kernel's history; one is used. */
  union {
    void (*remove)(struct platform_device* pdev);
    void (*remove_new)(struct platform_device* pdev);
  };
  void (*shutdown)(struct platform_device* pdev);
  int (*suspend)(struct platform_device* pdev, pm_message_t state);
  int (*resume)(struct platform_device* pdev);
  struct device_driver driver;
  const struct platform_device_id* id_table;
  bool prevent_deferred_probe;
};

extern const struct bus_type platform_bus_type;

#define to_platform_device(x) container_of((x), struct platform_device, dev)
#define to_platform_driver(x) container_of((x), struct platform_driver, driver)

/* Probes every device that matches. 0 or a negative errno; a failing probe is reported, not returned. */
int __platform_driver_register(struct platform_driver* driver, struct module* owner);
#define platform_driver_register(driver) __platform_driver_register((driver), THIS_MODULE)
void platform_driver_unregister(struct platform_driver* driver);

static inline void* platform_get_drvdata(const struct platform_device* pdev) { return pdev->dev.driver_data; }
static inline void platform_set_drvdata(struct platform_device* pdev, void* data) {
  pdev->dev.driver_data = data;
}

/* Interrupt number > 0; -ENXIO when there is none. platform_get_irq logs. */
int platform_get_irq(struct platform_device* pdev, unsigned int index);
int platform_get_irq_optional(struct platform_device* pdev, unsigned int index);
int platform_get_irq_byname(struct platform_device* pdev, const char* name);
int platform_get_irq_byname_optional(struct platform_device* pdev, const char* name);
int platform_irq_count(struct platform_device* pdev);
struct resource* platform_get_resource(struct platform_device* pdev, unsigned int type, unsigned int index);
struct resource* platform_get_resource_byname(struct platform_device* pdev, unsigned int type,
                                              const char* name);
/* Register range `index` of the device, or ERR_PTR. */
void __iomem* devm_platform_ioremap_resource(struct platform_device* pdev, unsigned int index);
void __iomem* devm_platform_ioremap_resource_byname(struct platform_device* pdev, const char* name);
void __iomem* devm_platform_get_and_ioremap_resource(struct platform_device* pdev, unsigned int index,
                                                     struct resource** res);

/* Devices without a node. */
struct platform_device* platform_device_alloc(const char* name, int id);
int platform_device_add_resources(struct platform_device* pdev, const struct resource* res, unsigned int num);
int platform_device_add(struct platform_device* pdev);
int platform_device_register(struct platform_device* pdev);
void platform_device_unregister(struct platform_device* pdev);
void platform_device_put(struct platform_device* pdev);
struct platform_device* platform_device_register_simple(const char* name, int id, const struct resource* res,
                                                        unsigned int num);

#define module_driver(__driver, __register, __unregister)              \
  static int __driver##_init(void) { return __register(&(__driver)); } \
  module_init(__driver##_init);                                        \
  static void __driver##_exit(void) { __unregister(&(__driver)); }     \
  module_exit(__driver##_exit)
#define module_platform_driver(__driver) \
  module_driver(__driver, platform_driver_register, platform_driver_unregister)
#define builtin_platform_driver(__driver) module_platform_driver(__driver)

#ifdef __cplusplus
}
#endif
#endif
