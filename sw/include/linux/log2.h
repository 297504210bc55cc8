/* Powers of two. */
#ifndef DMAVP_LINUX_LOG2_H
#define DMAVP_LINUX_LOG2_H

#include <linux/types.h>

#define ilog2(n) ((int)(63 - __builtin_clzll((unsigned long long)(n))))

#define __ilog2_u32(n) ilog2((u32)(n))
#define __ilog2_u64(n) ilog2((u64)(n))

static inline bool is_power_of_2(unsigned long n) { return n != 0 && (n & (n - 1)) == 0; }

static inline unsigned long roundup_pow_of_two(unsigned long n) {
  return n <= 1 ? 1ul : 1ul << (64 - __builtin_clzl(n - 1));
}

static inline unsigned long rounddown_pow_of_two(unsigned long n) { return 1ul << (63 - __builtin_clzl(n)); }

static inline int order_base_2(unsigned long n) { return n <= 1 ? 0 : 64 - __builtin_clzl(n - 1); }

#endif
