/* Largest and smallest values; the C library's own <limits.h> includes this file too. */
#ifndef DMAVP_LINUX_LIMITS_H
#define DMAVP_LINUX_LIMITS_H

#include_next <linux/limits.h>

#ifndef _LIBC_LIMITS_H_
#include <limits.h>
#endif

#define U8_MAX ((unsigned char)0xff)
#define S8_MAX ((signed char)0x7f)
#define S8_MIN ((signed char)(-S8_MAX - 1))
#define U16_MAX ((unsigned short)0xffff)
#define S16_MAX ((short)0x7fff)
#define S16_MIN ((short)(-S16_MAX - 1))
#define U32_MAX 0xffffffffu
#define S32_MAX 0x7fffffff
#define S32_MIN (-S32_MAX - 1)
#define U64_MAX 0xffffffffffffffffull
#define S64_MAX 0x7fffffffffffffffll
#define S64_MIN (-S64_MAX - 1)
#ifndef PHYS_ADDR_MAX
#define PHYS_ADDR_MAX U64_MAX
#endif

#endif
