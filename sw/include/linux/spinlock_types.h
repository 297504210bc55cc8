#ifndef LINUX_SPINLOCK_TYPES_H
#define LINUX_SPINLOCK_TYPES_H

#include <linux/compiler.h>
#include <linux/types.h>

struct task_struct;

/* All zero is an unlocked lock. */
typedef struct spinlock {
  u32 locked;
  u32 owner_cpu;
  struct task_struct* owner;
  const char* site; /* where it was taken */
} spinlock_t;

typedef struct spinlock raw_spinlock_t;

#ifdef __cplusplus
#define __SPIN_LOCK_UNLOCKED(lockname) \
  spinlock_t {}
#else
#define __SPIN_LOCK_UNLOCKED(lockname) \
  (spinlock_t) { 0 }
#endif
#define __SPIN_LOCK_INITIALIZER \
  { 0, 0, 0, 0 }
#define DEFINE_SPINLOCK(x) spinlock_t x = __SPIN_LOCK_INITIALIZER
#define DEFINE_RAW_SPINLOCK(x) raw_spinlock_t x = __SPIN_LOCK_INITIALIZER

DMAVP_STATIC_ASSERT(sizeof(struct spinlock) == 24, "layout of struct spinlock");

#endif
