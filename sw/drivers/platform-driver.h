// What the drivers share about being platform drivers.
#pragma once

#include <linux/clk.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/platform_device.h>

namespace dmavp {

/// Maps the first register window: its address for the CPU in `*base`, the one for DMA in `*physical`.
/// Managed: unmapped when the device goes. 0 or a negative error code. Sleeps.
inline int map_registers(struct platform_device* pdev, void __iomem** base, phys_addr_t* physical) {
  struct resource* window = nullptr;
  *base = devm_platform_get_and_ioremap_resource(pdev, 0, &window);
  if (IS_ERR(*base)) return static_cast<int>(PTR_ERR(*base));
  *physical = window->start;
  return 0;
}

/// Hz of the clock `name`, or of the first one where the tree names none so; 0 where it has no clock. Sleeps.
inline unsigned long clock_rate(struct device* dev, const char* name) {
  struct clk* clock = devm_clk_get(dev, name);
  if (IS_ERR(clock)) clock = devm_clk_get(dev, nullptr);
  return IS_ERR(clock) ? 0 : clk_get_rate(clock);
}

/// Requests the device's first interrupt, named after the device. Managed. 0 or a negative error code.
/// Sleeps.
inline int request_interrupt(struct platform_device* pdev, irq_handler_t handler, void* cookie) {
  const int line = platform_get_irq(pdev, 0);
  if (line < 0) return line;
  return devm_request_irq(&pdev->dev, static_cast<unsigned>(line), handler, 0, dev_name(&pdev->dev), cookie);
}

/// A driver of this module for the devices in `matches`, for module_platform_driver().
inline struct platform_driver make_driver(const char* name, const struct of_device_id* matches,
                                          int (*probe)(struct platform_device*),
                                          void (*remove)(struct platform_device*)) {
  struct platform_driver d = {};
  d.probe = probe;
  d.remove_new = remove;
  d.driver.name = name;
  d.driver.owner = THIS_MODULE;
  d.driver.of_match_table = matches;
  return d;
}

}  // namespace dmavp
