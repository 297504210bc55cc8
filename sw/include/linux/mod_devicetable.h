#ifndef DMAVP_LINUX_MOD_DEVICETABLE_H
#define DMAVP_LINUX_MOD_DEVICETABLE_H

#include <linux/types.h>

typedef unsigned long kernel_ulong_t;

/* Entries of a table that ends with an empty one. */
struct of_device_id {
  char name[32];
  char type[32];
  char compatible[128];
  const void* data;
};

struct platform_device_id {
  char name[24];
  kernel_ulong_t driver_data;
};

struct acpi_device_id {
  char id[16];
  kernel_ulong_t driver_data;
};

#endif
