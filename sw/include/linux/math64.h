/* 64-bit division; a plain division on a 64-bit machine. */
#ifndef DMAVP_LINUX_MATH64_H
#define DMAVP_LINUX_MATH64_H

#include <asm/div64.h>
#include <linux/math.h>
#include <linux/types.h>

static inline u64 div_u64(u64 dividend, u32 divisor) { return dividend / divisor; }
static inline s64 div_s64(s64 dividend, s32 divisor) { return dividend / divisor; }
static inline u64 div64_u64(u64 dividend, u64 divisor) { return dividend / divisor; }
static inline s64 div64_s64(s64 dividend, s64 divisor) { return dividend / divisor; }
static inline u64 div_u64_rem(u64 dividend, u32 divisor, u32* remainder) {
  *remainder = (u32)(dividend % divisor);
  return dividend / divisor;
}
static inline u64 mul_u64_u32_div(u64 a, u32 mul, u32 divisor) {
  return (u64)((unsigned __int128)a * mul / divisor);
}
#define div64_ul(x, y) div64_u64((x), (y))

#endif
