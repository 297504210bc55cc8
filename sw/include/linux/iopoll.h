/* Polling with a limit; simulated time passes in each round. */
#ifndef LINUX_IOPOLL_H
#define LINUX_IOPOLL_H

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/sched.h>

/* timeout_us 0: for ever. The last value read decides, also after the time is over. 0 or -ETIMEDOUT. */
#define DMAVP_POLL(op, val, cond, wait, timeout_us, args...)      \
  __extension__({                                                 \
    u64 poll_timeout_ = (timeout_us);                             \
    ktime_t poll_end_ = ktime_add_us(ktime_get(), poll_timeout_); \
    int poll_result_ = 0;                                         \
    for (;;) {                                                    \
      (val) = op(args);                                           \
      if (cond) break;                                            \
      if (poll_timeout_ && ktime_get() > poll_end_) {             \
        (val) = op(args);                                         \
        poll_result_ = (cond) ? 0 : -ETIMEDOUT;                   \
        break;                                                    \
      }                                                           \
      wait;                                                       \
    }                                                             \
    poll_result_;                                                 \
  })

#define DMAVP_POLL_SLEEP(sleep_us) \
  ((sleep_us) ? usleep_range(((sleep_us) >> 2) + 1, (sleep_us)) : cpu_relax())
#define DMAVP_POLL_DELAY(delay_us) ((delay_us) ? udelay(delay_us) : cpu_relax())

#define read_poll_timeout(op, val, cond, sleep_us, timeout_us, sleep_before_read, args...) \
  __extension__({                                                                          \
    might_sleep();                                                                         \
    if (sleep_before_read) DMAVP_POLL_SLEEP(sleep_us);                                     \
    DMAVP_POLL(op, val, cond, DMAVP_POLL_SLEEP(sleep_us), timeout_us, args);               \
  })
#define read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, delay_before_read, args...) \
  __extension__({                                                                                 \
    if (delay_before_read) DMAVP_POLL_DELAY(delay_us);                                            \
    DMAVP_POLL(op, val, cond, DMAVP_POLL_DELAY(delay_us), timeout_us, args);                      \
  })

#define readx_poll_timeout(op, addr, val, cond, sleep_us, timeout_us) \
  read_poll_timeout(op, val, cond, sleep_us, timeout_us, false, addr)
#define readx_poll_timeout_atomic(op, addr, val, cond, delay_us, timeout_us) \
  read_poll_timeout_atomic(op, val, cond, delay_us, timeout_us, false, addr)
#define readl_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
  readx_poll_timeout(readl, addr, val, cond, sleep_us, timeout_us)
#define readl_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
  readx_poll_timeout_atomic(readl, addr, val, cond, delay_us, timeout_us)
#define readl_relaxed_poll_timeout(addr, val, cond, sleep_us, timeout_us) \
  readx_poll_timeout(readl_relaxed, addr, val, cond, sleep_us, timeout_us)
#define readl_relaxed_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
  readx_poll_timeout_atomic(readl_relaxed, addr, val, cond, delay_us, timeout_us)
#define readq_poll_timeout_atomic(addr, val, cond, delay_us, timeout_us) \
  readx_poll_timeout_atomic(readq, addr, val, cond, delay_us, timeout_us)

#endif
