/* Takes a spinlock that it holds. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(lock);

static noinline void take_it_again(void) {
  spin_lock(&lock);
  spin_unlock(&lock);
}

static int __init relocking_init(void) {
  spin_lock(&lock);
  take_it_again();
  spin_unlock(&lock);
  return 0;
}
module_init(relocking_init);
MODULE_LICENSE("MIT");
