/* The system never suspends, so nothing freezes. */
#ifndef LINUX_FREEZER_H
#define LINUX_FREEZER_H

#include <linux/sched.h>
#include <linux/wait.h>

static inline bool set_freezable(void) { return false; }
static inline bool try_to_freeze(void) { return false; }
static inline bool freezing(struct task_struct* task) {
  (void)task;
  return false;
}

#endif
