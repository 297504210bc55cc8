#ifndef DMAVP_LINUX_OF_DEVICE_H
#define DMAVP_LINUX_OF_DEVICE_H

#include <linux/of.h>
#include <linux/platform_device.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;

/* The table entry that fits the device; NULL when there is none. */
const struct of_device_id* of_match_device(const struct of_device_id* matches, const struct device* dev);

#ifdef __cplusplus
}
#endif
#endif
