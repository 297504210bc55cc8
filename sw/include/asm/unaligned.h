#ifndef DMAVP_ASM_UNALIGNED_H
#define DMAVP_ASM_UNALIGNED_H

#include <linux/unaligned.h>

#endif
