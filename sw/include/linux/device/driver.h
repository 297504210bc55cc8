#ifndef DMAVP_LINUX_DEVICE_DRIVER_H
#define DMAVP_LINUX_DEVICE_DRIVER_H

#include <linux/device.h>

#endif
