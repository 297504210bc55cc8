/* Calls itself until its stack ends. */
#include <linux/init.h>
#include <linux/module.h>

static volatile int limit = 1 << 30;

static noinline int descend(int depth) {
  volatile char room[512];
  room[0] = (char)depth;
  return depth < limit ? descend(depth + 1) + room[0] : 0;
}

static int __init overflowing_init(void) { return descend(0) == 1 ? -1 : 0; }
module_init(overflowing_init);
MODULE_LICENSE("MIT");
