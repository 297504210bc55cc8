#ifndef DMAVP_LINUX_GFP_TYPES_H
#define DMAVP_LINUX_GFP_TYPES_H

#include <linux/gfp.h>

#endif
