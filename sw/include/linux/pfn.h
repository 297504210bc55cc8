#ifndef DMAVP_LINUX_PFN_H
#define DMAVP_LINUX_PFN_H

#include <linux/mm.h>

#endif
