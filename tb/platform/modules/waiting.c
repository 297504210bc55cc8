/* Waits for what nobody will ever complete. */
#include <linux/completion.h>
#include <linux/init.h>
#include <linux/module.h>

static DECLARE_COMPLETION(never);

static noinline int wait_for_the_answer(void) {
  wait_for_completion(&never);
  return 0;
}

static int __init waiting_init(void) { return wait_for_the_answer(); }
module_init(waiting_init);
MODULE_LICENSE("MIT");
