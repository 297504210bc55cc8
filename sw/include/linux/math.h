/* Division and rounding. */
#ifndef DMAVP_LINUX_MATH_H
#define DMAVP_LINUX_MATH_H

#include <linux/types.h>
#include <stdlib.h>

#define DIV_ROUND_UP(n, d) (((n) + (d)-1) / (d))
#define DIV_ROUND_UP_ULL(n, d) DIV_ROUND_UP((unsigned long long)(n), (unsigned long long)(d))
#define DIV_ROUND_DOWN_ULL(n, d) ((unsigned long long)(n) / (unsigned long long)(d))
#define DIV_ROUND_CLOSEST(n, d) (((n) + (d) / 2) / (d))
#define round_up(x, y) ((((x)-1) | ((__typeof__(x))((y)-1))) + 1)
#define round_down(x, y) ((x) & ~((__typeof__(x))((y)-1)))
#define roundup(x, y) ((((x) + ((y)-1)) / (y)) * (y))
#define rounddown(x, y) ((x) - ((x) % (y)))
#define mult_frac(x, n, d) ((x) / (d) * (n) + (x) % (d) * (n) / (d))
#ifndef __cplusplus
#define abs(x)                                                                      \
  __builtin_choose_expr(__builtin_types_compatible_p(__typeof__(x), long) ||        \
                            __builtin_types_compatible_p(__typeof__(x), long long), \
                        __builtin_llabs(x), __builtin_abs((int)(x)))
#endif
#define abs_diff(a, b) ((a) > (b) ? (a) - (b) : (b) - (a))

#endif
