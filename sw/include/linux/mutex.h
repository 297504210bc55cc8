/* Sleeping locks; waiters are woken in order of arrival, a running thread may be faster. */
#ifndef LINUX_MUTEX_H
#define LINUX_MUTEX_H

#include <asm/processor.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct task_struct;

struct mutex {
  struct task_struct* owner;
  struct list_head wait_list;
  const char* site; /* where it was taken */
};

#define __MUTEX_INITIALIZER(lockname) \
  { NULL, LIST_HEAD_INIT((lockname).wait_list), NULL }
#define DEFINE_MUTEX(mutexname) struct mutex mutexname = __MUTEX_INITIALIZER(mutexname)

void mutex_init(struct mutex* lock);
#define mutex_destroy(lock) ((void)(lock))
void dmavp_mutex_lock(struct mutex* lock, const char* site);
int dmavp_mutex_trylock(struct mutex* lock, const char* site); /* 1: taken */
void dmavp_mutex_unlock(struct mutex* lock, const char* site);

#define mutex_lock(lock) dmavp_mutex_lock((lock), DMAVP_SITE)
#define mutex_lock_nested(lock, subclass) dmavp_mutex_lock((lock), DMAVP_SITE)
#define mutex_lock_interruptible(lock) (dmavp_mutex_lock((lock), DMAVP_SITE), 0)
#define mutex_lock_killable(lock) (dmavp_mutex_lock((lock), DMAVP_SITE), 0)
#define mutex_trylock(lock) dmavp_mutex_trylock((lock), DMAVP_SITE)
#define mutex_unlock(lock) dmavp_mutex_unlock((lock), DMAVP_SITE)
static inline bool mutex_is_locked(const struct mutex* lock) { return lock->owner != NULL; }

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct mutex) == 32, "layout of struct mutex");

#endif
