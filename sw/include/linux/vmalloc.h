#ifndef DMAVP_LINUX_VMALLOC_H
#define DMAVP_LINUX_VMALLOC_H

#include <linux/slab.h>

#endif
