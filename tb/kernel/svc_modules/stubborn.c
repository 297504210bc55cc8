/* Pins itself, so it cannot be unloaded. */
#include <linux/module.h>

static int __init start(void) {
  __module_get(THIS_MODULE);
  return 0;
}
static void __exit leave(void) {}
module_init(start);
module_exit(leave);
MODULE_LICENSE("MIT");
