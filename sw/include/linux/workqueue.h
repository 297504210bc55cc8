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
struct workqueue_struct;
typedef void (*work_func_t)(struct work_struct* work);

struct work_struct {
  unsigned long pending;
  struct list_head entry;
  work_func_t func;
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

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct work_struct) == 32, "layout of struct work_struct");

#endif
