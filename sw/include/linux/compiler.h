/* What the sources ask of the compiler: attributes, hints and single accesses. */
#ifndef DMAVP_LINUX_COMPILER_H
#define DMAVP_LINUX_COMPILER_H

#include <linux/types.h>

#ifndef likely
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#endif

#define __maybe_unused __attribute__((__unused__))
#define __always_unused __attribute__((__unused__))
#define __packed __attribute__((__packed__))
#define __aligned(x) __attribute__((__aligned__(x)))
#ifndef __always_inline
#define __always_inline inline __attribute__((__always_inline__))
#endif
/* The name `noinline` itself would break standard C++ headers that spell it inside __attribute__. */
#ifndef __cplusplus
#define noinline __attribute__((__noinline__))
#endif
#define __noreturn __attribute__((__noreturn__))
#define __cold __attribute__((__cold__))
#define __pure __attribute__((__pure__))
#define __malloc __attribute__((__malloc__))
#define __must_check __attribute__((__warn_unused_result__))
#define __printf(a, b) __attribute__((__format__(printf, a, b)))
#define __deprecated
#define __weak __attribute__((__weak__))
#define __visible __attribute__((__visibility__("default")))
#define __read_mostly
#define __ro_after_init
#define __counted_by(member)
#ifndef fallthrough
#define fallthrough __attribute__((__fallthrough__))
#endif

/* Address spaces mean nothing to the host compiler. */
#define __iomem
#define __percpu
#define __user
#define __kernel
#define __rcu
#ifndef __force
#define __force
#endif
#ifndef __bitwise
#define __bitwise
#endif
#define __acquires(x)
#define __releases(x)
#define __must_hold(x)
#define __acquire(x) (void)0
#define __release(x) (void)0

/* An entry of a table in a section of its own: kept though nobody refers to it, in the order of the source.
 */
#ifdef __clang__
#define DMAVP_TABLE_ENTRY(section_name, alignment) \
  __attribute__((__used__, __section__(section_name), __aligned__(alignment)))
#else
#define DMAVP_TABLE_ENTRY(section_name, alignment) \
  __attribute__((__used__, __no_reorder__, __section__(section_name), __aligned__(alignment)))
#endif

#define barrier() __asm__ __volatile__("" ::: "memory")
#define unreachable() __builtin_unreachable()

#define READ_ONCE(x) (*(const volatile __typeof__(x)*)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x)*)&(x) = (value))
#define ACCESS_PRIVATE(p, member) ((p)->member)

#define __same_type(a, b) __builtin_types_compatible_p(__typeof__(a), __typeof__(b))

/* Members whose kernel names are C++ keywords, at equal layout. */
#ifdef __cplusplus
#define DMAVP_CLASS class_
#else
#define DMAVP_CLASS class
#endif

#ifdef __cplusplus
#define DMAVP_STATIC_ASSERT(condition, text) static_assert(condition, text)
#else
#define DMAVP_STATIC_ASSERT(condition, text) _Static_assert(condition, text)
#endif

#endif
