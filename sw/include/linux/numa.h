#ifndef DMAVP_LINUX_NUMA_H
#define DMAVP_LINUX_NUMA_H

#define NUMA_NO_NODE (-1)

#endif
