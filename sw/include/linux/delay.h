/* Letting time pass. */
#ifndef LINUX_DELAY_H
#define LINUX_DELAY_H

#include <linux/ktime.h>
#include <linux/sched.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Busy: the CPU does nothing else but take interrupts. Any context. */
void dmavp_delay_ns(u64 nanoseconds);
static inline void udelay(unsigned long microseconds) { dmavp_delay_ns((u64)microseconds * 1000u); }
static inline void ndelay(unsigned long nanoseconds) { dmavp_delay_ns(nanoseconds); }
static inline void mdelay(unsigned long milliseconds) { dmavp_delay_ns((u64)milliseconds * 1000000u); }

/* Sleeping: at least that long, rounded up to jiffies for msleep(). */
void msleep(unsigned int milliseconds);
unsigned long msleep_interruptible(unsigned int milliseconds);
void ssleep(unsigned int seconds);
/* Some time between the two, chosen by the seed. */
void usleep_range(unsigned long min_us, unsigned long max_us);
void fsleep(unsigned long microseconds);

#ifdef __cplusplus
}
#endif
#endif
