// Probe: what device tree and COMP_PARAM say about the device.
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of_device.h>
#include <linux/slab.h>

#include "drivers/dw-i2s/internal.h"
#include "drivers/platform-driver.h"

namespace dmavp::dw_i2s {
namespace {

LIST_HEAD(devices);
DEFINE_MUTEX(devices_lock);

const Variant kPlain = {false, false, 0};
const Variant kK210 = {true, false, 0};
const Variant kJh7110 = {false, true, 64};

int probe(struct platform_device* pdev) {
  struct device* dev = &pdev->dev;
  auto* d = static_cast<struct dw_i2s_device*>(devm_kzalloc(dev, sizeof(struct dw_i2s_device), GFP_KERNEL));
  if (!d) return -ENOMEM;
  const int ret = map_registers(pdev, &d->base, &d->physical);
  if (ret) return ret;
  d->dev = dev;
  d->variant = static_cast<const Variant*>(of_device_get_match_data(dev));
  if (!d->variant) d->variant = &kPlain;
  spin_lock_init(&d->lock);
  d->sclk_hz = clock_rate(dev, "i2sclk");
  const u32 parameters = read(d, kCompParam1);
  d->fifo_depth = 2u << (parameters >> 2 & 3);
  d->has[1] = parameters >> 5 & 1;
  d->has[0] = parameters >> 6 & 1;
  for (struct dw_i2s_stream& stream : d->streams) stream.device = d;
  platform_set_drvdata(pdev, d);
  mutex_lock(&devices_lock);
  list_add_tail(&d->node, &devices);
  mutex_unlock(&devices_lock);
  return 0;
}

void remove(struct platform_device* pdev) {
  auto* d = static_cast<struct dw_i2s_device*>(platform_get_drvdata(pdev));
  mutex_lock(&devices_lock);
  list_del(&d->node);
  mutex_unlock(&devices_lock);
}

const struct of_device_id kMatches[] = {
    {"", "", "canaan,k210-i2s", &kK210},          {"", "", "starfive,jh7110-i2stx0", &kJh7110},
    {"", "", "starfive,jh7110-i2stx1", &kJh7110}, {"", "", "starfive,jh7110-i2srx", &kJh7110},
    {"", "", "snps,designware-i2s", &kPlain},     {"", "", "", nullptr},
};
MODULE_DEVICE_TABLE(of, kMatches);

struct platform_driver driver = make_driver("dw-apb-i2s", kMatches, probe, remove);
module_platform_driver(driver);

}  // namespace

struct dw_i2s_device* find(struct device_node* node) {
  struct dw_i2s_device* found = nullptr;
  struct dw_i2s_device* d = nullptr;
  mutex_lock(&devices_lock);
  list_for_each_entry(d, &devices, node) {
    if (d->dev->of_node == node) found = d;
  }
  mutex_unlock(&devices_lock);
  return found;
}

}  // namespace dmavp::dw_i2s

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Driver: DW_apb_i2s by cyclic DMA");
