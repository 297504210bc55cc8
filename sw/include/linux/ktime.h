/* Simulated time in nanoseconds, as the running CPU's local clock shows it. */
#ifndef LINUX_KTIME_H
#define LINUX_KTIME_H

#include <linux/jiffies.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef s64 ktime_t;

#ifndef NSEC_PER_SEC
#define MSEC_PER_SEC 1000L
#define USEC_PER_MSEC 1000L
#define NSEC_PER_USEC 1000L
#define NSEC_PER_MSEC 1000000L
#define USEC_PER_SEC 1000000L
#define NSEC_PER_SEC 1000000000L
#endif
#define KTIME_MAX ((s64) ~((u64)1 << 63))

ktime_t ktime_get(void);
static inline ktime_t ktime_get_boottime(void) { return ktime_get(); }
static inline u64 ktime_get_ns(void) { return (u64)ktime_get(); }
static inline ktime_t ktime_get_real(void) { return ktime_get(); }
static inline ktime_t ktime_set(s64 seconds, unsigned long nanoseconds) {
  return seconds * NSEC_PER_SEC + (s64)nanoseconds;
}
static inline ktime_t ns_to_ktime(u64 ns) { return (s64)ns; }
static inline ktime_t us_to_ktime(u64 us) { return (s64)(us * 1000u); }
static inline ktime_t ms_to_ktime(u64 ms) { return (s64)(ms * 1000000u); }
#define ktime_add(a, b) ((ktime_t)((a) + (b)))
#define ktime_sub(a, b) ((ktime_t)((a) - (b)))
#define ktime_add_ns(t, ns) ((ktime_t)((t) + (s64)(ns)))
static inline ktime_t ktime_add_us(ktime_t t, u64 us) { return t + (s64)(us * 1000u); }
static inline ktime_t ktime_add_ms(ktime_t t, u64 ms) { return t + (s64)(ms * 1000000u); }
static inline s64 ktime_to_ns(ktime_t t) { return t; }
static inline s64 ktime_to_us(ktime_t t) { return t / 1000; }
static inline s64 ktime_to_ms(ktime_t t) { return t / 1000000; }
static inline s64 ktime_us_delta(ktime_t later, ktime_t earlier) { return (later - earlier) / 1000; }
static inline s64 ktime_ms_delta(ktime_t later, ktime_t earlier) { return (later - earlier) / 1000000; }
static inline int ktime_compare(ktime_t a, ktime_t b) { return a < b ? -1 : a > b; }
static inline bool ktime_after(ktime_t a, ktime_t b) { return a > b; }
static inline bool ktime_before(ktime_t a, ktime_t b) { return a < b; }

#ifdef __cplusplus
}
#endif
#endif
