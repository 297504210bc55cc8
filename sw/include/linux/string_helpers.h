#ifndef DMAVP_LINUX_STRING_HELPERS_H
#define DMAVP_LINUX_STRING_HELPERS_H

#include <linux/string.h>

#endif
