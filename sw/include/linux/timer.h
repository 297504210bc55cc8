/* Timers: a function called once from the timer softirq, at or after a jiffy. */
#ifndef LINUX_TIMER_H
#define LINUX_TIMER_H

#include <linux/compiler.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>
#include <time.h> /* has a timer_delete() of its own: seen first, it does not meet the macro below */

#ifdef __cplusplus
extern "C" {
#endif

struct timer_list {
  struct list_head entry; /* next is NULL when not pending */
  unsigned long expires;  /* jiffies */
  void (*function)(struct timer_list* timer);
  u32 flags; /* CPU it is queued on */
  u32 sequence;
};

#define __TIMER_INITIALIZER(function_, flags_) \
  { {NULL, NULL}, 0, (function_), (flags_), 0 }
#define DEFINE_TIMER(name, function_) struct timer_list name = __TIMER_INITIALIZER(function_, 0)
#define from_timer(var, callback_timer, timer_fieldname) \
  container_of(callback_timer, __typeof__(*var), timer_fieldname)
#define timer_container_of(var, callback_timer, timer_fieldname) \
  from_timer(var, callback_timer, timer_fieldname)

void timer_setup(struct timer_list* timer, void (*function)(struct timer_list*), unsigned int flags);
#define timer_setup_on_stack(timer, function, flags) timer_setup(timer, function, flags)
#define destroy_timer_on_stack(timer) ((void)(timer))
void add_timer(struct timer_list* timer);
/* 1 when it was pending (and is moved), 0 when not. A preemption point. */
int mod_timer(struct timer_list* timer, unsigned long expires);
/* 1 when it was pending. */
int dmavp_timer_delete(struct timer_list* timer);
#define timer_delete(timer) dmavp_timer_delete(timer)
int timer_delete_sync(struct timer_list* timer); /* and waits for the running function */
#define del_timer(timer) dmavp_timer_delete(timer)
#define del_timer_sync(timer) timer_delete_sync(timer)
#define timer_shutdown_sync(timer) timer_delete_sync(timer)
static inline int timer_pending(const struct timer_list* timer) { return timer->entry.next != NULL; }

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct timer_list) == 40, "layout of struct timer_list");
DMAVP_STATIC_ASSERT(offsetof(struct timer_list, function) == 24, "layout of struct timer_list");

#endif
