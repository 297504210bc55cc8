// What the device core keeps about a device besides struct device.
#pragma once

#include <linux/device.h>

#include <list>
#include <string>
#include <vector>

namespace dmavp::kernel {

/// A managed resource: either memory with a release function (devres_alloc), plain memory, or an action.
struct Resource {
  dr_release_t release = nullptr;
  void* data = nullptr;  ///< kmalloc'd memory, or null for an action
  void (*action)(void*) = nullptr;
  void* argument = nullptr;
};

}  // namespace dmavp::kernel

struct device_private {
  std::list<dmavp::kernel::Resource> resources;  // in order of creation
  bool registered = false;
  bool deferred = false;  // probe said -EPROBE_DEFER
  bool told = false;      // ... and that was reported
  std::string driver;     // that said so
  std::string reason;     // as it gave it to dev_err_probe()
};

namespace dmavp::kernel {

/// The private part, made on first use: managed memory may come before registration.
device_private& private_of(struct device* dev);
/// Releases all managed resources, latest first.
void release_all(struct device* dev);
/// Tries devices whose probe was deferred until none of them binds any more.
void retry_deferred();
/// Names the devices that still wait for something, each once.
void report_deferred();

}  // namespace dmavp::kernel
