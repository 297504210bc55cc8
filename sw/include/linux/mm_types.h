#ifndef DMAVP_LINUX_MM_TYPES_H
#define DMAVP_LINUX_MM_TYPES_H

#include <linux/mm.h>

#endif
