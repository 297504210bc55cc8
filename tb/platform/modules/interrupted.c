/* Does to the program what a user does with Ctrl-C, at a time that does not depend on the host. */
#include <linux/delay.h>
#include <linux/init.h>
#include <linux/module.h>

#define TERMINATE 15 /* SIGTERM */

int raise(int number);

static int __init interrupted_init(void) {
  udelay(3);
  return raise(TERMINATE);
}
module_init(interrupted_init);
MODULE_LICENSE("MIT");
