/* There is no ACPI here. */
#ifndef DMAVP_LINUX_ACPI_H
#define DMAVP_LINUX_ACPI_H

#include <linux/err.h>
#include <linux/errno.h>
#include <linux/types.h>

struct device;
struct dma_chan;

static inline bool has_acpi_companion(struct device* dev) {
  (void)dev;
  return false;
}

#endif
