#include "clients/traffic/device.h"

#include <linux/mod_devicetable.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "drivers/platform-driver.h"

namespace dmavp::traffic {
namespace {

LIST_HEAD(devices);
DEFINE_MUTEX(devices_lock);

int probe(struct platform_device* pdev) {
  auto* d = static_cast<Device*>(devm_kzalloc(&pdev->dev, sizeof(Device), GFP_KERNEL));
  if (!d) return -ENOMEM;
  const int ret = map_registers(pdev, &d->base, &d->physical);
  if (ret) return ret;
  d->dev = &pdev->dev;
  d->hz = clock_rate(d->dev, nullptr);
  const u32 config = read(d, kConfig);
  d->width = config & 15;
  d->depth = config >> 16;
  platform_set_drvdata(pdev, d);
  mutex_lock(&devices_lock);
  list_add_tail(&d->node, &devices);
  mutex_unlock(&devices_lock);
  return 0;
}

void remove(struct platform_device* pdev) {
  auto* d = static_cast<Device*>(platform_get_drvdata(pdev));
  mutex_lock(&devices_lock);
  list_del(&d->node);
  mutex_unlock(&devices_lock);
}

const struct of_device_id kMatches[] = {{"", "", "dmavp,traffic", nullptr}, {"", "", "", nullptr}};
MODULE_DEVICE_TABLE(of, kMatches);

struct platform_driver driver = make_driver("dmavp-traffic", kMatches, probe, remove);

}  // namespace

Device* find(struct device_node* node) {
  Device* found = nullptr;
  Device* d = nullptr;
  mutex_lock(&devices_lock);
  list_for_each_entry(d, &devices, node) {
    if (d->dev->of_node == node) found = d;
  }
  mutex_unlock(&devices_lock);
  return found;
}

int register_driver() { return platform_driver_register(&driver); }
void unregister_driver() { platform_driver_unregister(&driver); }

}  // namespace dmavp::traffic
