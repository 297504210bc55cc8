/* Assertions about locks and contexts; a violation is a diagnostic kernel.lock-not-held or
 * kernel.wrong-context. */
#ifndef LINUX_LOCKDEP_H
#define LINUX_LOCKDEP_H

#include <linux/compiler.h>
#include <linux/stringify.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef DMAVP_SITE
#define DMAVP_SITE __FILE__ ":" __stringify(__LINE__)
#endif

struct lock_class_key {
  int unused;
};

/* lock: a spinlock_t or a struct mutex; is it held by the running context? */
void dmavp_assert_context(int what, const char* site);
int dmavp_lock_is_held(const void* lock);

#define DMAVP_ASSERT_IRQS_DISABLED 0
#define DMAVP_ASSERT_IRQS_ENABLED 1
#define DMAVP_ASSERT_IN_SOFTIRQ 2
#define DMAVP_ASSERT_IN_HARDIRQ 3

/* Works for both kinds: the kernel knows every lock a context holds. */
void dmavp_assert_held(const void* lock, const char* site);
#define lockdep_assert_held(lock) dmavp_assert_held((lock), DMAVP_SITE)
#define lockdep_assert_held_once(lock) dmavp_assert_held((lock), DMAVP_SITE)
#define lockdep_assert(condition) ((void)(condition))
#define lockdep_is_held(lock) dmavp_lock_is_held(lock)
#define lockdep_assert_irqs_disabled() dmavp_assert_context(DMAVP_ASSERT_IRQS_DISABLED, DMAVP_SITE)
#define lockdep_assert_irqs_enabled() dmavp_assert_context(DMAVP_ASSERT_IRQS_ENABLED, DMAVP_SITE)
#define lockdep_assert_in_softirq() dmavp_assert_context(DMAVP_ASSERT_IN_SOFTIRQ, DMAVP_SITE)
#define lockdep_assert_in_irq() dmavp_assert_context(DMAVP_ASSERT_IN_HARDIRQ, DMAVP_SITE)
#define lockdep_set_class(lock, key) ((void)(lock), (void)(key))
#define lockdep_set_class_and_name(lock, key, name) ((void)(lock), (void)(key))

#ifdef __cplusplus
}
#endif
#endif
