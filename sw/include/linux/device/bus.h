#ifndef DMAVP_LINUX_DEVICE_BUS_H
#define DMAVP_LINUX_DEVICE_BUS_H

#include <linux/device.h>

#endif
