// The device core: devices, their drivers and how they find each other.
#include <linux/device.h>
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/of_device.h>
#include <linux/pm_runtime.h>
#include <linux/slab.h>

#include <cstdarg>
#include <cstring>
#include <vector>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"
#include "kernel/services.h"

using namespace dmavp::kernel;

namespace {

std::vector<struct device*> all_devices;  // registered, in order of registration
std::vector<struct device_driver*> all_drivers;
bool retrying;

void last_reference(struct kref* kref) {
  struct device* dev = container_of(container_of(kref, struct kobject, kref), struct device, kobj);
  release_all(dev);
  delete dev->p;
  dev->p = nullptr;
  const char* name = dev->kobj.name;
  dev->kobj.name = nullptr;
  if (dev->release != nullptr)
    dev->release(dev);
  else if (dev->type != nullptr && dev->type->release != nullptr)
    dev->type->release(dev);
  else if (dev->class_ != nullptr && dev->class_->dev_release != nullptr)
    dev->class_->dev_release(dev);
  else
    exec::diagnostic(1, "kernel.no-release", "device %s has no release function and cannot be freed",
                     name != nullptr ? name : "(unnamed)");
  kfree(name);
}

bool matches(struct device* dev, const struct device_driver* drv) {
  return drv->bus == dev->bus && (dev->bus->match == nullptr || dev->bus->match(dev, drv));
}

void forget_driver(struct device* dev) {
  release_all(dev);
  dev->driver = nullptr;
  dev->driver_data = nullptr;
  dev->power = {};
  dev->power.disable_depth = 1;
}

/// 1 bound, 0 not this one, negative: the driver's error.
int try_bind(struct device* dev, struct device_driver* drv) {
  if (dev->driver != nullptr || !matches(dev, drv)) return 0;
  dev->driver = drv;
  dev->p->deferred = false;
  dev->p->reason.clear();
  int ret = 0;
  if (dev->bus->probe != nullptr)
    ret = dev->bus->probe(dev);
  else if (drv->probe != nullptr)
    ret = drv->probe(dev);
  if (ret == 0) return 1;
  forget_driver(dev);
  if (ret == -EPROBE_DEFER) {
    dev->p->deferred = true;
    dev->p->driver = drv->name;
  } else if (ret == -ENODEV || ret == -ENXIO) {
    pr_debug("%s: driver %s declined: %d\n", dev_name(dev), drv->name, ret);
  } else {
    pr_err("%s: probe with driver %s failed with error %d\n", dev_name(dev), drv->name, ret);
  }
  return ret;
}

void unbind(struct device* dev) {
  struct device_driver* drv = dev->driver;
  if (drv == nullptr) return;
  if (dev->bus->remove != nullptr)
    dev->bus->remove(dev);
  else if (drv->remove != nullptr)
    drv->remove(dev);
  forget_driver(dev);
}

}  // namespace

namespace dmavp::kernel {

device_private& private_of(struct device* dev) {
  if (dev->p == nullptr) dev->p = new device_private;
  return *dev->p;
}

void retry_deferred() {
  if (retrying) return;  // the loop that runs sees what this one would
  retrying = true;
  bool bound = true;
  while (bound) {
    bound = false;
    for (std::size_t i = 0; i < all_devices.size(); i++) {
      struct device* dev = all_devices[i];
      if (dev->p->deferred && dev->driver == nullptr && device_attach(dev) == 1) bound = true;
    }
  }
  retrying = false;
}

void report_deferred() {
  for (struct device* dev : all_devices) {
    if (!dev->p->deferred || dev->driver != nullptr || dev->p->told) continue;
    dev->p->told = true;
    const std::string& reason = dev->p->reason;
    exec::diagnostic(1, "kernel.probe-deferred",
                     "%s: driver %s waits for something that nothing loaded provides%s%s", dev_name(dev),
                     dev->p->driver.c_str(), reason.empty() ? "" : ": ", reason.c_str());
  }
}

namespace devices {
void stop() {
  // The rest of the software is gone: drivers' remove functions may not be there any more.
  for (struct device* dev : all_devices) {
    delete dev->p;
    dev->p = nullptr;
  }
  all_devices.clear();
  all_drivers.clear();
  retrying = false;
  free_of_devices();
}
}  // namespace devices

}  // namespace dmavp::kernel

// --- names and references
// -------------------------------------------------------------------------------------------

int dev_set_name(struct device* dev, const char* format, ...) {
  va_list args;
  va_start(args, format);
  char* name = kvasprintf(GFP_KERNEL, format, args);
  va_end(args);
  if (name == nullptr) return -ENOMEM;
  kfree(dev->kobj.name);
  dev->kobj.name = name;
  return 0;
}

const char* dev_driver_string(const struct device* dev) {
  if (dev->driver != nullptr) return dev->driver->name;
  if (dev->bus != nullptr) return dev->bus->name;
  return dev->class_ != nullptr ? dev->class_->name : "";
}

void device_initialize(struct device* dev) {
  kref_init(&dev->kobj.kref);
  INIT_LIST_HEAD(&dev->kobj.entry);
  dev->power.disable_depth = 1;
  dev->numa_node = -1;
}

struct device* get_device(struct device* dev) {
  if (dev != nullptr) kref_get(&dev->kobj.kref);
  return dev;
}

void put_device(struct device* dev) {
  if (dev != nullptr) kref_put(&dev->kobj.kref, last_reference);
}

int device_add(struct device* dev) {
  if (dev->init_name != nullptr) {
    const int ret = dev_set_name(dev, "%s", dev->init_name);
    if (ret != 0) return ret;
    dev->init_name = nullptr;
  }
  if (dev->kobj.name == nullptr) return -EINVAL;
  for (const struct device* other : all_devices)
    if (other->bus == dev->bus && other->class_ == dev->class_ &&
        std::strcmp(dev_name(other), dev_name(dev)) == 0) {
      pr_err("device %s exists already\n", dev_name(dev));
      return -EEXIST;
    }
  get_device(dev);
  get_device(dev->parent);
  private_of(dev).registered = true;
  all_devices.push_back(dev);
  if (dev->bus != nullptr) device_attach(dev);
  return 0;
}

void device_del(struct device* dev) {
  if (dev->p == nullptr || !dev->p->registered) {
    exec::diagnostic(2, "kernel.bad-free", "device %s is removed but was not registered", dev_name(dev));
    return;
  }
  unbind(dev);
  release_all(dev);
  dev->p->registered = false;
  for (std::size_t i = 0; i < all_devices.size(); i++)
    if (all_devices[i] == dev) {
      all_devices.erase(all_devices.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
  struct device* parent = dev->parent;
  put_device(dev);
  put_device(parent);
}

int device_register(struct device* dev) {
  device_initialize(dev);
  return device_add(dev);
}

void device_unregister(struct device* dev) {
  get_device(dev);
  device_del(dev);
  put_device(dev);
  put_device(dev);
}

// --- binding
// --------------------------------------------------------------------------------------------------------

int device_attach(struct device* dev) {
  if (dev->driver != nullptr) return 1;
  for (std::size_t i = 0; i < all_drivers.size(); i++) {
    const int ret = try_bind(dev, all_drivers[i]);
    if (ret == 1) return 1;
  }
  return 0;
}

void device_release_driver(struct device* dev) { unbind(dev); }

int driver_register(struct device_driver* drv) {
  for (const struct device_driver* other : all_drivers)
    if (other->bus == drv->bus && std::strcmp(other->name, drv->name) == 0) {
      pr_err("driver %s is registered already\n", drv->name);
      return -EBUSY;
    }
  all_drivers.push_back(drv);
  bool bound = false;
  for (std::size_t i = 0; i < all_devices.size(); i++)
    if (all_devices[i]->bus == drv->bus && try_bind(all_devices[i], drv) == 1) bound = true;
  if (bound) retry_deferred();
  return 0;
}

void driver_unregister(struct device_driver* drv) {
  for (std::size_t i = all_devices.size(); i-- > 0;)
    if (i < all_devices.size() && all_devices[i]->driver == drv) unbind(all_devices[i]);
  for (std::size_t i = 0; i < all_drivers.size(); i++)
    if (all_drivers[i] == drv) {
      all_drivers.erase(all_drivers.begin() + static_cast<std::ptrdiff_t>(i));
      break;
    }
}

int device_for_each_child(struct device* dev, void* data, int (*fn)(struct device* dev, void* data)) {
  const std::vector<struct device*> now = all_devices;
  for (struct device* child : now) {
    if (child->parent != dev) continue;
    const int ret = fn(child, data);
    if (ret != 0) return ret;
  }
  return 0;
}

// --- classes and attributes
// -----------------------------------------------------------------------------------------

int class_register(const struct class_* cls) { return cls != nullptr && cls->name != nullptr ? 0 : -EINVAL; }

void class_unregister(const struct class_* cls) {
  for (struct device* dev : all_devices) {
    if (dev->class_ != cls) continue;
    exec::diagnostic(1, "kernel.class-in-use", "class %s goes away while device %s is in it", cls->name,
                     dev_name(dev));
    dev->class_ = nullptr;  // it may lie in a module that is about to go
  }
}

ssize_t dmavp_device_attribute(struct device* dev, const char* name, char* buffer) {
  const struct attribute_group** const tables[] = {dev->groups,
                                                   dev->class_ != nullptr ? dev->class_->dev_groups : nullptr,
                                                   dev->type != nullptr ? dev->type->groups : nullptr};
  for (const struct attribute_group** groups : tables)
    for (; groups != nullptr && *groups != nullptr; groups++)
      for (struct attribute** a = (*groups)->attrs; a != nullptr && *a != nullptr; a++) {
        if (std::strcmp((*a)->name, name) != 0) continue;
        auto* attr = container_of(*a, struct device_attribute, attr);
        return attr->show != nullptr ? attr->show(dev, attr, buffer) : -EPERM;
      }
  return -ENOENT;
}
