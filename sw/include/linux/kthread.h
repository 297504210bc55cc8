/* Kernel threads. */
#ifndef LINUX_KTHREAD_H
#define LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Creates a thread that is stopped until wake_up_process(); ERR_PTR(-ENOMEM) when there is no stack for it.
 */
struct task_struct* kthread_create_on_node(int (*threadfn)(void* data), void* data, int node,
                                           const char* namefmt, ...) __attribute__((format(printf, 4, 5)));
#define kthread_create(threadfn, data, namefmt, ...) \
  kthread_create_on_node(threadfn, data, -1, namefmt, ##__VA_ARGS__)
struct task_struct* kthread_create_on_cpu(int (*threadfn)(void* data), void* data, unsigned int cpu,
                                          const char* namefmt);

#define kthread_run(threadfn, data, namefmt, ...)                                                   \
  __extension__({                                                                                   \
    struct task_struct* kthread_run_task_ = kthread_create(threadfn, data, namefmt, ##__VA_ARGS__); \
    if (!IS_ERR(kthread_run_task_)) wake_up_process(kthread_run_task_);                             \
    kthread_run_task_;                                                                              \
  })

/* Only before the first wake-up. */
void kthread_bind(struct task_struct* task, unsigned int cpu);
/* Asks the thread to end, wakes it and waits for it. Returns what threadfn returned, -EINTR when the thread
 * was never woken (threadfn is not run then). May sleep. */
int kthread_stop(struct task_struct* task);
int kthread_stop_put(struct task_struct* task);
/* Asked by the thread about itself. */
bool kthread_should_stop(void);
static inline bool kthread_freezable_should_stop(bool* was_frozen) {
  if (was_frozen) *was_frozen = false;
  return kthread_should_stop();
}

#ifdef __cplusplus
}
#endif
#endif
