// Memory and actions that live as long as a device is bound.
#include <linux/io.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <cstdarg>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"

using namespace dmavp::kernel;

namespace {

// Memory that devres_alloc() made and devres_add() has not seen yet.
std::list<Resource> floating;

/// Latest resource that fits, as an iterator; end() when there is none.
template <typename Fits>
std::list<Resource>::iterator latest(std::list<Resource>& list, Fits fits) {
  for (auto it = list.end(); it != list.begin();) {
    --it;
    if (fits(*it)) return it;
  }
  return list.end();
}

bool take(struct device* dev, Resource& taken, dr_release_t release, dr_match_t match, void* match_data) {
  auto& list = private_of(dev).resources;
  const auto it = latest(list, [&](const Resource& r) {
    return r.data != nullptr && r.release == release && (match == nullptr || match(dev, r.data, match_data));
  });
  if (it == list.end()) return false;
  taken = *it;
  list.erase(it);
  return true;
}

void* managed(struct device* dev, void* p) {
  if (p == nullptr) return nullptr;
  private_of(dev).resources.push_back({nullptr, p, nullptr, nullptr});
  return p;
}

}  // namespace

namespace dmavp::kernel {

void release_all(struct device* dev) {
  if (dev->p == nullptr) return;
  auto& list = dev->p->resources;
  while (!list.empty()) {
    const Resource r = list.back();
    list.pop_back();
    if (r.action != nullptr) r.action(r.argument);
    if (r.release != nullptr) r.release(dev, r.data);
    if (r.data != nullptr) kfree(r.data);
  }
}

}  // namespace dmavp::kernel

void* devm_kmalloc(struct device* dev, size_t size, gfp_t gfp) { return managed(dev, kmalloc(size, gfp)); }
void* devm_kzalloc(struct device* dev, size_t size, gfp_t gfp) { return managed(dev, kzalloc(size, gfp)); }
void* devm_kcalloc(struct device* dev, size_t n, size_t size, gfp_t gfp) {
  return managed(dev, kcalloc(n, size, gfp));
}
void* devm_kmalloc_array(struct device* dev, size_t n, size_t size, gfp_t gfp) {
  return managed(dev, kmalloc_array(n, size, gfp));
}
void* devm_kmemdup(struct device* dev, const void* src, size_t len, gfp_t gfp) {
  return managed(dev, kmemdup(src, len, gfp));
}
char* devm_kstrdup(struct device* dev, const char* s, gfp_t gfp) {
  return static_cast<char*>(managed(dev, kstrdup(s, gfp)));
}

char* devm_kasprintf(struct device* dev, gfp_t gfp, const char* format, ...) {
  va_list args;
  va_start(args, format);
  char* text = kvasprintf(gfp, format, args);
  va_end(args);
  return static_cast<char*>(managed(dev, text));
}

void devm_kfree(struct device* dev, const void* p) {
  if (ZERO_OR_NULL_PTR(p)) return;
  auto& list = private_of(dev).resources;
  const auto it = latest(list, [&](const Resource& r) { return r.data == p && r.release == nullptr; });
  if (it == list.end()) {
    exec::diagnostic(2, "kernel.bad-free", "devm_kfree of memory that %s does not manage", dev_name(dev));
    return;
  }
  list.erase(it);
  kfree(p);
}

// --- actions
// ----------------------------------------------------------------------------------------------------

int devm_add_action(struct device* dev, void (*action)(void*), void* data) {
  private_of(dev).resources.push_back({nullptr, nullptr, action, data});
  return 0;
}

int devm_add_action_or_reset(struct device* dev, void (*action)(void*), void* data) {
  const int ret = devm_add_action(dev, action, data);
  if (ret != 0) action(data);
  return ret;
}

void devm_remove_action(struct device* dev, void (*action)(void*), void* data) {
  auto& list = private_of(dev).resources;
  const auto it = latest(list, [&](const Resource& r) { return r.action == action && r.argument == data; });
  if (it != list.end()) list.erase(it);
}

void devm_release_action(struct device* dev, void (*action)(void*), void* data) {
  devm_remove_action(dev, action, data);
  action(data);
}

// --- resources with a release function
// ----------------------------------------------------------------------------

void* devres_alloc(dr_release_t release, size_t size, gfp_t gfp) {
  void* data = kzalloc(size, gfp);
  if (data != nullptr) floating.push_back({release, data, nullptr, nullptr});
  return data;
}

void devres_free(void* res) {
  if (res == nullptr) return;
  floating.remove_if([&](const Resource& r) { return r.data == res; });
  kfree(res);
}

void devres_add(struct device* dev, void* res) {
  const auto it = latest(floating, [&](const Resource& r) { return r.data == res; });
  if (it == floating.end()) return;
  private_of(dev).resources.push_back(*it);
  floating.erase(it);
}

void* devres_find(struct device* dev, dr_release_t release, dr_match_t match, void* match_data) {
  auto& list = private_of(dev).resources;
  const auto it = latest(list, [&](const Resource& r) {
    return r.data != nullptr && r.release == release && (match == nullptr || match(dev, r.data, match_data));
  });
  return it != list.end() ? it->data : nullptr;
}

int devres_destroy(struct device* dev, dr_release_t release, dr_match_t match, void* match_data) {
  Resource r;
  if (!take(dev, r, release, match, match_data)) return -ENOENT;
  kfree(r.data);
  return 0;
}

int devres_release(struct device* dev, dr_release_t release, dr_match_t match, void* match_data) {
  Resource r;
  if (!take(dev, r, release, match, match_data)) return -ENOENT;
  release(dev, r.data);
  kfree(r.data);
  return 0;
}

// --- register ranges
// ------------------------------------------------------------------------------------------------

void __iomem* devm_ioremap(struct device*, resource_size_t offset, resource_size_t size) {
  return ioremap(offset, size);
}

void __iomem* devm_ioremap_resource(struct device* dev, const struct resource* res) {
  if (res == nullptr || resource_type(res) != IORESOURCE_MEM || res->end < res->start) {
    dev_err(dev, "invalid register range\n");
    return ERR_PTR(-EINVAL);
  }
  return ioremap(res->start, resource_size(res));
}
