/* Ticks of HZ per second, derived from simulated time. */
#ifndef LINUX_JIFFIES_H
#define LINUX_JIFFIES_H

#include <linux/limits.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

unsigned long dmavp_jiffies(void);
unsigned long dmavp_hz(void);
#define jiffies (dmavp_jiffies())
#define HZ (dmavp_hz())

#define MAX_JIFFY_OFFSET ((LONG_MAX >> 1) - 1)

/* Rounded up; negative as int means "for ever" (MAX_JIFFY_OFFSET). */
unsigned long msecs_to_jiffies(unsigned int milliseconds);
unsigned long usecs_to_jiffies(unsigned int microseconds);
unsigned int jiffies_to_msecs(unsigned long ticks);
unsigned int jiffies_to_usecs(unsigned long ticks);
u64 get_jiffies_64(void);

#define time_after(a, b) ((long)((unsigned long)(b) - (unsigned long)(a)) < 0)
#define time_before(a, b) time_after(b, a)
#define time_after_eq(a, b) ((long)((unsigned long)(a) - (unsigned long)(b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)
#define time_is_before_jiffies(a) time_after(jiffies, a)
#define time_is_after_jiffies(a) time_before(jiffies, a)

#ifdef __cplusplus
}
#endif
#endif
