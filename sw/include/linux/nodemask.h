#ifndef DMAVP_LINUX_NODEMASK_H
#define DMAVP_LINUX_NODEMASK_H

#include <linux/numa.h>

#endif
