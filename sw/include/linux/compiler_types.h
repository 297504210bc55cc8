#ifndef DMAVP_LINUX_COMPILER_TYPES_H
#define DMAVP_LINUX_COMPILER_TYPES_H

#include <linux/compiler.h>

#endif
