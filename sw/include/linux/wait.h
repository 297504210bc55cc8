/* Wait queues. */
#ifndef LINUX_WAIT_H
#define LINUX_WAIT_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#ifdef __cplusplus
#define DMAVP_WAIT_PRIVATE private_
extern "C" {
#else
#define DMAVP_WAIT_PRIVATE private
#endif

struct wait_queue_entry;
typedef int (*wait_queue_func_t)(struct wait_queue_entry* entry, unsigned int mode, int flags, void* key);

#define WQ_FLAG_EXCLUSIVE 0x01

struct wait_queue_entry {
  unsigned int flags;
  void* DMAVP_WAIT_PRIVATE; /* the thread */
  wait_queue_func_t func;
  struct list_head entry;
};
typedef struct wait_queue_entry wait_queue_entry_t;

struct wait_queue_head {
  spinlock_t lock;
  struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
  { __SPIN_LOCK_INITIALIZER, LIST_HEAD_INIT((name).head) }
#define DECLARE_WAIT_QUEUE_HEAD(name) struct wait_queue_head name = __WAIT_QUEUE_HEAD_INITIALIZER(name)
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)

void init_waitqueue_head(struct wait_queue_head* head);
void init_wait_entry(struct wait_queue_entry* entry, int flags);
int default_wake_function(struct wait_queue_entry* entry, unsigned int mode, int flags, void* key);
int autoremove_wake_function(struct wait_queue_entry* entry, unsigned int mode, int flags, void* key);
#define init_wait(wait) init_wait_entry((wait), 0)
#define DEFINE_WAIT_FUNC(name, function) \
  struct wait_queue_entry name;          \
  init_wait_entry(&name, 0);             \
  name.func = function
#define DEFINE_WAIT(name)       \
  struct wait_queue_entry name; \
  init_wait_entry(&name, 0)

void add_wait_queue(struct wait_queue_head* head, struct wait_queue_entry* entry);
void remove_wait_queue(struct wait_queue_head* head, struct wait_queue_entry* entry);
/* Queues the entry (once) and sets the thread's state. */
void prepare_to_wait(struct wait_queue_head* head, struct wait_queue_entry* entry, int state);
long prepare_to_wait_event(struct wait_queue_head* head, struct wait_queue_entry* entry, int state);
void prepare_to_wait_exclusive(struct wait_queue_head* head, struct wait_queue_entry* entry, int state);
void finish_wait(struct wait_queue_head* head, struct wait_queue_entry* entry);

/* exclusive: how many exclusive waiters to wake, 0 for all. A preemption point. */
void __wake_up(struct wait_queue_head* head, unsigned int mode, int exclusive, void* key);
#define wake_up(head) __wake_up((head), TASK_NORMAL, 1, NULL)
#define wake_up_nr(head, nr) __wake_up((head), TASK_NORMAL, (nr), NULL)
#define wake_up_all(head) __wake_up((head), TASK_NORMAL, 0, NULL)
#define wake_up_interruptible(head) __wake_up((head), TASK_INTERRUPTIBLE, 1, NULL)
#define wake_up_interruptible_all(head) __wake_up((head), TASK_INTERRUPTIBLE, 0, NULL)
#define wake_up_locked(head) wake_up(head)

static inline int waitqueue_active(struct wait_queue_head* head) { return !list_empty(&head->head); }
static inline bool wq_has_sleeper(struct wait_queue_head* head) { return waitqueue_active(head); }

/* The condition is evaluated before the first sleep and after every wake-up. */
#define ___wait_event_dmavp(head, condition, state)    \
  do {                                                 \
    struct wait_queue_entry wait_entry_;               \
    might_sleep();                                     \
    if (condition) break;                              \
    init_wait_entry(&wait_entry_, 0);                  \
    for (;;) {                                         \
      prepare_to_wait(&(head), &wait_entry_, (state)); \
      if (condition) break;                            \
      schedule();                                      \
    }                                                  \
    finish_wait(&(head), &wait_entry_);                \
  } while (0)

/* Value: jiffies left, at least 1 when the condition is true, 0 when it is not and the time is over. */
#define ___wait_event_timeout_dmavp(head, condition, timeout, state) \
  __extension__({                                                    \
    long wait_left_ = (timeout);                                     \
    struct wait_queue_entry wait_entry_;                             \
    might_sleep();                                                   \
    if (condition) {                                                 \
      if (!wait_left_) wait_left_ = 1;                               \
    } else {                                                         \
      init_wait_entry(&wait_entry_, 0);                              \
      for (;;) {                                                     \
        prepare_to_wait(&(head), &wait_entry_, (state));             \
        if (condition) {                                             \
          if (!wait_left_) wait_left_ = 1;                           \
          break;                                                     \
        }                                                            \
        if (!wait_left_) break;                                      \
        wait_left_ = schedule_timeout(wait_left_);                   \
      }                                                              \
      finish_wait(&(head), &wait_entry_);                            \
    }                                                                \
    wait_left_;                                                      \
  })

#define wait_event(head, condition) ___wait_event_dmavp(head, condition, TASK_UNINTERRUPTIBLE)
#define wait_event_idle(head, condition) ___wait_event_dmavp(head, condition, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible(head, condition)             \
  __extension__({                                             \
    ___wait_event_dmavp(head, condition, TASK_INTERRUPTIBLE); \
    0;                                                        \
  })
#define wait_event_killable(head, condition) wait_event_interruptible(head, condition)
#define wait_event_freezable(head, condition) wait_event_interruptible(head, condition)
#define wait_event_timeout(head, condition, timeout) \
  ___wait_event_timeout_dmavp(head, condition, timeout, TASK_UNINTERRUPTIBLE)
#define wait_event_interruptible_timeout(head, condition, timeout) \
  ___wait_event_timeout_dmavp(head, condition, timeout, TASK_INTERRUPTIBLE)
#define wait_event_freezable_timeout(head, condition, timeout) \
  ___wait_event_timeout_dmavp(head, condition, timeout, TASK_INTERRUPTIBLE)

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct wait_queue_entry) == 40, "layout of struct wait_queue_entry");
DMAVP_STATIC_ASSERT(offsetof(struct wait_queue_entry, func) == 16, "layout of struct wait_queue_entry");
DMAVP_STATIC_ASSERT(sizeof(struct wait_queue_head) == 40, "layout of struct wait_queue_head");

#endif
