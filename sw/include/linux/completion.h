/* "Wait until it is done": counts complete() calls that nobody has waited for yet. */
#ifndef LINUX_COMPLETION_H
#define LINUX_COMPLETION_H

#include <linux/compiler.h>
#include <linux/types.h>
#include <linux/wait.h>

#ifdef __cplusplus
extern "C" {
#endif

struct completion {
  unsigned int done; /* UINT_MAX after complete_all() */
  struct wait_queue_head wait;
};

#define COMPLETION_INITIALIZER(work) \
  { 0, __WAIT_QUEUE_HEAD_INITIALIZER((work).wait) }
#define COMPLETION_INITIALIZER_ONSTACK(work) COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION(work) struct completion work = COMPLETION_INITIALIZER(work)
#define DECLARE_COMPLETION_ONSTACK(work) DECLARE_COMPLETION(work)

void init_completion(struct completion* x);
static inline void reinit_completion(struct completion* x) { x->done = 0; }
void complete(struct completion* x);
void complete_all(struct completion* x);
bool completion_done(struct completion* x);
bool try_wait_for_completion(struct completion* x);
/* These may sleep. Timeouts in jiffies; value: jiffies left, at least 1, or 0 after a timeout. */
void wait_for_completion(struct completion* x);
unsigned long wait_for_completion_timeout(struct completion* x, unsigned long timeout);
int wait_for_completion_interruptible(struct completion* x);
long wait_for_completion_interruptible_timeout(struct completion* x, unsigned long timeout);

#ifdef __cplusplus
}
#endif
DMAVP_STATIC_ASSERT(sizeof(struct completion) == 48, "layout of struct completion");

#endif
