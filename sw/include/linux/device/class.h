#ifndef DMAVP_LINUX_DEVICE_CLASS_H
#define DMAVP_LINUX_DEVICE_CLASS_H

#include <linux/device.h>

#endif
