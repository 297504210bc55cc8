#ifndef DMAVP_LINUX_CTYPE_H
#define DMAVP_LINUX_CTYPE_H

#include <ctype.h>

#endif
