/* Work done later by a thread of the system. One thread serves the system queue, in order. */
#ifndef LINUX_WORKQUEUE_H
#define LINUX_WORKQUEUE_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/timer.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct work_struct;
typedef void (*work_func_t)(struct work_struct* work);

struct work_struct {
  unsigned long pending;
  struct list_head entry;
  work_func_t func;
};

/* Work behind a timer. */
struct delayed_work {
  struct work_struct work;
  struct timer_list timer;
};

/* All queues are the system's. */
struct workqueue_struct {
  const char* name;
};

#define __WORK_INITIALIZER(name, function) \
  { 0, {&(name).entry, &(name).entry}, (function) }
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define INIT_WORK(work, function)       \
  do {                                  \
    struct work_struct* work_ = (work); \
    work_->pending = 0;                 \
    INIT_LIST_HEAD(&work_->entry);      \
    work_->func = (function);           \
  } while (0)

/* false when it was queued already. */
bool schedule_work(struct work_struct* work);
/* Waits until it neither waits nor runs. May sleep. */
bool flush_work(struct work_struct* work);
/* Takes it off the queue, waits if it runs. true when it was queued. May sleep. */
bool cancel_work_sync(struct work_struct* work);
void flush_scheduled_work(void);

/* From softirq context, for timers of delayed work. */
void dmavp_delayed_work_due(struct timer_list* timer);
#define INIT_DELAYED_WORK(dwork, function)                   \
  do {                                                       \
    INIT_WORK(&(dwork)->work, (function));                   \
    timer_setup(&(dwork)->timer, dmavp_delayed_work_due, 0); \
  } while (0)
static inline struct delayed_work* to_delayed_work(struct work_struct* work) {
  return container_of(work, struct delayed_work, work);
}
/* In `delay` jiffies; false when it waits already. */
bool schedule_delayed_work(struct delayed_work* dwork, unsigned long delay);
/* The same, but one that waits is moved; true when it did. */
bool mod_delayed_work(struct workqueue_struct* wq, struct delayed_work* dwork, unsigned long delay);
/* true when it waited. */
bool cancel_delayed_work(struct delayed_work* dwork);
bool cancel_delayed_work_sync(struct delayed_work* dwork); /* and waits if it runs; may sleep */
bool flush_delayed_work(struct delayed_work* dwork);       /* runs it now, if it waits; may sleep */

#define WQ_UNBOUND (1u << 1)
#define WQ_FREEZABLE (1u << 2)
#define WQ_MEM_RECLAIM (1u << 3)
#define WQ_HIGHPRI (1u << 4)
extern struct workqueue_struct dmavp_system_wq;
#define system_wq (&dmavp_system_wq)
/* NULL never; nothing to be freed. */
#define alloc_workqueue(fmt, flags, max_active, args...) ((void)(flags), (void)(max_active), system_wq)
#define alloc_ordered_workqueue(fmt, flags, args...) ((void)(flags), system_wq)
#define create_workqueue(name) ((void)(name), system_wq)
#define create_singlethread_workqueue(name) ((void)(name), system_wq)
static inline bool queue_work(struct workqueue_struct* wq, struct work_struct* work) {
  (void)wq;
  return schedule_work(work);
}
static inline bool queue_delayed_work(struct workqueue_struct* wq, struct delayed_work* dwork,
                                      unsigned long delay) {
  (void)wq;
  return schedule_delayed_work(dwork, delay);
}
static inline void flush_workqueue(struct workqueue_struct* wq) {
  (void)wq;
  flush_scheduled_work();
}
/* Everything queued has run when it returns. */
static inline void destroy_workqueue(struct workqueue_struct* wq) { flush_workqueue(wq); }

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct work_struct) == 32, "layout of struct work_struct");

#endif
