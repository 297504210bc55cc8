/* Follows a wild pointer in a function whose name a report must give. */
#include <linux/init.h>
#include <linux/module.h>

static volatile unsigned long where = 16;

static noinline int follow_wild_pointer(void) { return *(volatile int*)where; }

static int __init wild_init(void) { return follow_wild_pointer() ? -1 : 0; }
module_init(wild_init);
MODULE_LICENSE("MIT");
