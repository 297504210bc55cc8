/* Two threads take two mutexes in opposite order. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static DECLARE_COMPLETION(done);

static noinline int take_first_then_second(void* unused) {
  mutex_lock(&first);
  msleep(1);
  mutex_lock(&second);
  mutex_unlock(&second);
  mutex_unlock(&first);
  complete(&done);
  (void)unused;
  return 0;
}

static noinline int take_second_then_first(void* unused) {
  mutex_lock(&second);
  msleep(1);
  mutex_lock(&first);
  mutex_unlock(&first);
  mutex_unlock(&second);
  complete(&done);
  (void)unused;
  return 0;
}

static int __init deadlocked_init(void) {
  kthread_run(take_first_then_second, NULL, "one");
  kthread_run(take_second_then_first, NULL, "two");
  wait_for_completion(&done);
  wait_for_completion(&done);
  return 0;
}
module_init(deadlocked_init);
MODULE_LICENSE("MIT");
