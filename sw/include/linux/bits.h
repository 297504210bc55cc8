/* Single bits and runs of bits. */
#ifndef DMAVP_LINUX_BITS_H
#define DMAVP_LINUX_BITS_H

#include <linux/types.h>

#define UL(x) (x##ul)
#define ULL(x) (x##ull)
#define BIT(nr) (1ul << (nr))
#define BIT_ULL(nr) (1ull << (nr))
#define BIT_MASK(nr) (1ul << ((nr) % BITS_PER_LONG))
#define BIT_WORD(nr) ((nr) / BITS_PER_LONG)
#define BITS_PER_LONG_LONG 64
#define GENMASK(high, low) (((~0ul) << (low)) & (~0ul >> (BITS_PER_LONG - 1 - (high))))
#define GENMASK_ULL(high, low) (((~0ull) << (low)) & (~0ull >> (BITS_PER_LONG_LONG - 1 - (high))))
#define BITS_PER_TYPE(type) (sizeof(type) * BITS_PER_BYTE)

#endif
