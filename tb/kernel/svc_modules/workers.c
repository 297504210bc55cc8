/* Threads that sleep and return, of a module that reports nothing to the platform. */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched/task.h>

static unsigned int count = 2;
module_param(count, uint, 0444);
static unsigned int idle;
module_param(idle, uint, 0444);
MODULE_PARM_DESC(idle, "further threads that are never woken");
static int result;
module_param(result, int, 0444);
MODULE_PARM_DESC(result, "of the last thread");

static struct task_struct* workers[8];

static int work(void* index) {
  const unsigned long n = (unsigned long)index;

  msleep((unsigned int)(1 + n));
  pr_info("workers: %lu %s\n", n, kthread_should_stop() ? "stopped" : "done");
  return n + 1 == count ? result : 0;
}

static int __init start(void) {
  unsigned long n;

  for (n = 0; n < count + idle; n++) {
    workers[n] = kthread_create(work, (void*)n, "worker%lu", n);
    if (IS_ERR(workers[n])) return (int)PTR_ERR(workers[n]);
    get_task_struct(workers[n]);
    if (n < count) wake_up_process(workers[n]);
  }
  return 0;
}

static void __exit leave(void) {
  unsigned long n;

  for (n = 0; n < count + idle; n++) {
    kthread_stop(workers[n]);
    put_task_struct(workers[n]);
  }
  pr_info("workers: left\n");
}

module_init(start);
module_exit(leave);
MODULE_LICENSE("MIT");
