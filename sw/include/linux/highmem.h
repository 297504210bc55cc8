#ifndef DMAVP_LINUX_HIGHMEM_H
#define DMAVP_LINUX_HIGHMEM_H

#include <linux/mm.h>

#endif
