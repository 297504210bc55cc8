/* Random bytes from a stream of the calling thread, named after it; the same seed gives the same bytes. */
#ifndef LINUX_RANDOM_H
#define LINUX_RANDOM_H

#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void get_random_bytes(void* buffer, size_t bytes);
u8 get_random_u8(void);
u16 get_random_u16(void);
u32 get_random_u32(void);
u64 get_random_u64(void);
u32 get_random_u32_below(u32 ceiling); /* 0 .. ceiling-1 */
static inline u32 get_random_u32_inclusive(u32 floor, u32 ceiling) {
  return floor + get_random_u32_below(ceiling - floor + 1);
}
#define prandom_u32() get_random_u32()

#ifdef __cplusplus
}
#endif
#endif
