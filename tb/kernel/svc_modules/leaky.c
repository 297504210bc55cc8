/* Leaves two objects behind. */
#include <linux/module.h>
#include <linux/slab.h>

static int __init start(void) { return kmalloc(100, GFP_KERNEL) && kzalloc(5000, GFP_KERNEL) ? 0 : -ENOMEM; }
static void __exit leave(void) {}
module_init(start);
module_exit(leave);
MODULE_LICENSE("MIT");
