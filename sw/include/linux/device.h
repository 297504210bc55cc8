/* Devices, drivers, classes and memory that goes with a device. */
#ifndef DMAVP_LINUX_DEVICE_H
#define DMAVP_LINUX_DEVICE_H

#include <linux/compiler.h>
#include <linux/dev_printk.h>
#include <linux/err.h>
#include <linux/fwnode.h>
#include <linux/gfp.h>
#include <linux/ioport.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/overflow.h>
#include <linux/pm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;
struct device_driver;
struct device_node;
struct device_private;
struct module;
struct of_device_id;

enum probe_type { PROBE_DEFAULT_STRATEGY, PROBE_PREFER_ASYNCHRONOUS, PROBE_FORCE_SYNCHRONOUS };

struct bus_type {
  const char* name;
  int (*match)(struct device* dev, const struct device_driver* drv);
  int (*probe)(struct device* dev);
  void (*remove)(struct device* dev);
};

struct device_driver {
  const char* name;
  const struct bus_type* bus;
  struct module* owner;
  const char* mod_name;
  bool suppress_bind_attrs;
  enum probe_type probe_type;
  const struct of_device_id* of_match_table;
  int (*probe)(struct device* dev);
  int (*remove)(struct device* dev);
  const struct attribute_group** groups;
  const struct dev_pm_ops* pm;
};

struct device_attribute {
  struct attribute attr;
  ssize_t (*show)(struct device* dev, struct device_attribute* attr, char* buf);
  ssize_t (*store)(struct device* dev, struct device_attribute* attr, const char* buf, size_t count);
};
#define DEVICE_ATTR_RO(_name) struct device_attribute dev_attr_##_name = {{#_name, 0444}, _name##_show, NULL}
#define DEVICE_ATTR_WO(_name) struct device_attribute dev_attr_##_name = {{#_name, 0200}, NULL, _name##_store}
#define DEVICE_ATTR_RW(_name) \
  struct device_attribute dev_attr_##_name = {{#_name, 0644}, _name##_show, _name##_store}
#define DEVICE_ATTR(_name, _mode, _show, _store) \
  struct device_attribute dev_attr_##_name = {{#_name, _mode}, _show, _store}

#ifdef __cplusplus
struct class_ {
#else
struct class {
#endif
  const char* name;
  const struct attribute_group** class_groups;
  const struct attribute_group** dev_groups;
  void (*dev_release)(struct device* dev);
  const struct dev_pm_ops* pm;
};

struct device_type {
  const char* name;
  const struct attribute_group** groups;
  void (*release)(struct device* dev);
};

/* Limits of one scatter-gather segment, bytes. */
struct device_dma_parameters {
  unsigned int max_segment_size;
  unsigned int min_align_mask;
  unsigned long segment_boundary_mask;
};

struct device {
  struct kobject kobj;
  struct device* parent;
  struct device_private* p; /* of the device core */
  const char* init_name;    /* before registration, instead of dev_set_name() */
  const struct device_type* type;
  const struct bus_type* bus;
  struct device_driver* driver; /* NULL: not bound */
  void* platform_data;
  void* driver_data;
  struct dev_pm_info power;
  u64* dma_mask; /* NULL: no streaming DMA */
  u64 coherent_dma_mask;
  u64 bus_dma_limit; /* last address the bus reaches, 0 = no limit */
  struct device_dma_parameters* dma_parms;
  struct device_node* of_node;
  struct fwnode_handle* fwnode;
  int numa_node;
  u32 id;
  const struct DMAVP_CLASS* DMAVP_CLASS;
  const struct attribute_group** groups;
  void (*release)(struct device* dev);
  bool offline;
  bool dma_coherent;
};

static inline const char* dev_name(const struct device* dev) {
  return dev->init_name ? dev->init_name : dev->kobj.name ? dev->kobj.name : "(unnamed)";
}
int dev_set_name(struct device* dev, const char* format, ...) __printf(2, 3);
/* Name of the bound driver, else of the bus or class. */
const char* dev_driver_string(const struct device* dev);
static inline void* dev_get_drvdata(const struct device* dev) { return dev->driver_data; }
static inline void dev_set_drvdata(struct device* dev, void* data) { dev->driver_data = data; }
static inline void* dev_get_platdata(const struct device* dev) { return dev->platform_data; }
static inline int dev_to_node(struct device* dev) {
  (void)dev;
  return -1;
}
static inline void set_dev_node(struct device* dev, int node) { dev->numa_node = node; }
static inline struct device_node* dev_of_node(struct device* dev) { return dev ? dev->of_node : NULL; }
static inline struct device* kobj_to_dev(struct kobject* kobj) {
  return container_of(kobj, struct device, kobj);
}
static inline bool device_is_registered(struct device* dev) { return dev->p != NULL; }

/* One reference after initialise; the last put calls the release of device, type or class. */
void device_initialize(struct device* dev);
int device_add(struct device* dev);
void device_del(struct device* dev);
int device_register(struct device* dev);
void device_unregister(struct device* dev);
struct device* get_device(struct device* dev);
void put_device(struct device* dev);
int driver_register(struct device_driver* drv);
void driver_unregister(struct device_driver* drv);
/* Unbinds; the driver's remove and the managed resources in reverse order run. */
void device_release_driver(struct device* dev);
/* Tries every driver of the bus: 1 bound, 0 none fits, or an error. */
int device_attach(struct device* dev);
int device_for_each_child(struct device* dev, void* data, int (*fn)(struct device* dev, void* data));

int class_register(const struct DMAVP_CLASS* cls);
void class_unregister(const struct DMAVP_CLASS* cls);
/* Value of an attribute as text for tests; negative errno when there is none. buffer: PAGE_SIZE bytes. */
ssize_t dmavp_device_attribute(struct device* dev, const char* name, char* buffer);

/* ---- memory and actions that end with the device's driver, in reverse order ---- */
void* devm_kmalloc(struct device* dev, size_t size, gfp_t gfp);
void* devm_kzalloc(struct device* dev, size_t size, gfp_t gfp);
void* devm_kcalloc(struct device* dev, size_t n, size_t size, gfp_t gfp);
void* devm_kmalloc_array(struct device* dev, size_t n, size_t size, gfp_t gfp);
void* devm_kmemdup(struct device* dev, const void* src, size_t len, gfp_t gfp);
char* devm_kstrdup(struct device* dev, const char* s, gfp_t gfp);
char* devm_kasprintf(struct device* dev, gfp_t gfp, const char* format, ...) __printf(3, 4);
void devm_kfree(struct device* dev, const void* p);
int devm_add_action(struct device* dev, void (*action)(void* data), void* data);
/* Runs the action at once when it cannot be kept. */
int devm_add_action_or_reset(struct device* dev, void (*action)(void* data), void* data);
void devm_remove_action(struct device* dev, void (*action)(void* data), void* data);
void devm_release_action(struct device* dev, void (*action)(void* data), void* data);

typedef void (*dr_release_t)(struct device* dev, void* res);
typedef int (*dr_match_t)(struct device* dev, void* res, void* match_data);
/* Data of a resource to be, NULL without memory; devres_add() makes it one. */
void* devres_alloc(dr_release_t release, size_t size, gfp_t gfp);
void devres_free(void* res);
void devres_add(struct device* dev, void* res);
void* devres_find(struct device* dev, dr_release_t release, dr_match_t match, void* match_data);
/* 0 or -ENOENT: destroy forgets without, release with calling the release function. */
int devres_destroy(struct device* dev, dr_release_t release, dr_match_t match, void* match_data);
int devres_release(struct device* dev, dr_release_t release, dr_match_t match, void* match_data);

/* Register ranges; the cookie is the bus address. */
void __iomem* devm_ioremap(struct device* dev, resource_size_t offset, resource_size_t size);
void __iomem* devm_ioremap_resource(struct device* dev, const struct resource* res);

#ifdef __cplusplus
}
#endif

DMAVP_STATIC_ASSERT(sizeof(struct device) == 208, "layout of struct device");
DMAVP_STATIC_ASSERT(sizeof(struct device_driver) == 80, "layout of struct device_driver");

#endif
