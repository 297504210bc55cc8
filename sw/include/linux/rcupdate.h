/* Read-copy-update: readers are not preempted; a grace period ends when every CPU has passed through a point
 * outside. */
#ifndef LINUX_RCUPDATE_H
#define LINUX_RCUPDATE_H

#include <linux/compiler.h>
#include <linux/preempt.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

void rcu_read_lock(void);
void rcu_read_unlock(void);
/* Waits until all readers that run now have finished. May sleep. */
void synchronize_rcu(void);
int rcu_read_lock_held(void);

#define rcu_read_lock_bh() rcu_read_lock()
#define rcu_read_unlock_bh() rcu_read_unlock()
#define synchronize_rcu_expedited() synchronize_rcu()
#define rcu_dereference(p) (p)
#define rcu_dereference_raw(p) (p)
#define rcu_dereference_protected(p, condition) (p)
#define rcu_access_pointer(p) (p)
#define rcu_assign_pointer(p, v) ((p) = (v))
#define RCU_INIT_POINTER(p, v) ((p) = (v))

#ifdef __cplusplus
}
#endif
#endif
