#ifndef DMAVP_ASM_PAGE_H
#define DMAVP_ASM_PAGE_H

#include <linux/mm.h>

#endif
