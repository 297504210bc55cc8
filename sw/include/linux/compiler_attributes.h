#ifndef DMAVP_LINUX_COMPILER_ATTRIBUTES_H
#define DMAVP_LINUX_COMPILER_ATTRIBUTES_H

#include <linux/compiler.h>

#endif
