#ifndef DMAVP_ASM_DIV64_H
#define DMAVP_ASM_DIV64_H

#include <linux/types.h>

/* Divides the 64-bit variable n in place by a 32-bit base and yields the remainder. */
#define do_div(n, base)                          \
  ({                                             \
    const u32 div_base_ = (u32)(base);           \
    const u32 div_rem_ = (u32)((n) % div_base_); \
    (n) = (n) / div_base_;                       \
    div_rem_;                                    \
  })

#endif
