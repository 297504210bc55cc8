/* Polls for ever, letting simulated time pass. */
#include <linux/init.h>
#include <linux/module.h>
#include <linux/processor.h>

static volatile int ready;

static noinline void poll_for_ever(void) {
  while (!ready) cpu_relax();
}

static int __init polling_init(void) {
  poll_for_ever();
  return 0;
}
module_init(polling_init);
MODULE_LICENSE("MIT");
