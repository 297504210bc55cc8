/* Waits on the host for something that simulated time would have to bring. */
#include <linux/init.h>
#include <linux/module.h>

static volatile int never;

static noinline void wait_without_time(void) {
  while (!never)
    ;
}

static int __init spinning_init(void) {
  wait_without_time();
  return 0;
}
module_init(spinning_init);
MODULE_LICENSE("MIT");
