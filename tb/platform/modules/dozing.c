/* Sleeps with a spinlock held. */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static noinline void sleep_with_a_lock(void) {
  spin_lock(&lock);
  msleep(1);
  spin_unlock(&lock);
}

static int __init dozing_init(void) {
  sleep_with_a_lock();
  return 0;
}
static void __exit dozing_exit(void) {}
module_init(dozing_init);
module_exit(dozing_exit);
MODULE_LICENSE("MIT");
