#ifndef DMAVP_LINUX_OF_PLATFORM_H
#define DMAVP_LINUX_OF_PLATFORM_H

#include <linux/of_device.h>
#include <linux/platform_device.h>

#ifdef __cplusplus
extern "C" {
#endif

struct platform_device* of_find_device_by_node(struct device_node* np);

#ifdef __cplusplus
}
#endif
#endif
