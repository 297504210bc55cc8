/* Power management callbacks of drivers. */
#ifndef DMAVP_LINUX_PM_H
#define DMAVP_LINUX_PM_H

#include <linux/completion.h>
#include <linux/types.h>

struct device;

typedef struct pm_message {
  int event;
} pm_message_t;

struct dev_pm_ops {
  int (*prepare)(struct device* dev);
  void (*complete)(struct device* dev);
  int (*suspend)(struct device* dev);
  int (*resume)(struct device* dev);
  int (*freeze)(struct device* dev);
  int (*thaw)(struct device* dev);
  int (*poweroff)(struct device* dev);
  int (*restore)(struct device* dev);
  int (*suspend_late)(struct device* dev);
  int (*resume_early)(struct device* dev);
  int (*suspend_noirq)(struct device* dev);
  int (*resume_noirq)(struct device* dev);
  int (*runtime_suspend)(struct device* dev);
  int (*runtime_resume)(struct device* dev);
  int (*runtime_idle)(struct device* dev);
};

/* State of runtime power management of one device. */
struct dev_pm_info {
  int usage_count;
  int disable_depth; /* 0 = enabled */
  bool runtime_active;
  bool ignore_children;
};

#define SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)                                     \
  .suspend = suspend_fn, .resume = resume_fn, .freeze = suspend_fn, .thaw = resume_fn, \
  .poweroff = suspend_fn, .restore = resume_fn,
#define LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) .suspend_late = suspend_fn, .resume_early = resume_fn,
#define NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) \
  .suspend_noirq = suspend_fn, .resume_noirq = resume_fn,
#define SET_NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) NOIRQ_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)
#define RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) \
  .runtime_suspend = suspend_fn, .runtime_resume = resume_fn, .runtime_idle = idle_fn,
#define SET_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)
#define SET_LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn) LATE_SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)
#define SET_RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn) RUNTIME_PM_OPS(suspend_fn, resume_fn, idle_fn)
#define SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn) \
  const struct dev_pm_ops __attribute__((__unused__)) name = {SYSTEM_SLEEP_PM_OPS(suspend_fn, resume_fn)}
#define DEFINE_SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn) SIMPLE_DEV_PM_OPS(name, suspend_fn, resume_fn)
/* No device wakes the system. */
static inline bool device_may_wakeup(struct device* dev) {
  (void)dev;
  return false;
}
#define pm_ptr(ptr) (ptr)
#define pm_sleep_ptr(ptr) (ptr)

#endif
