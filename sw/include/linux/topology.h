#ifndef DMAVP_LINUX_TOPOLOGY_H
#define DMAVP_LINUX_TOPOLOGY_H

#include <linux/numa.h>

#endif
