// Exports two symbols and has every type of parameter.
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "base.h"

static bool flag;
module_param(flag, bool, 0644);
MODULE_PARM_DESC(flag, "a switch");
static int number = -3;
module_param(number, int, 0644);
MODULE_PARM_DESC(number, "a number, with a colon: and a comma");
static unsigned int count = 1;
module_param(count, uint, 0644);
static unsigned long mask = 7;
module_param(mask, ulong, 0644);
static char* text = const_cast<char*>("initial");
module_param(text, charp, 0644);
static char name[8] = "short";
module_param_string(name, name, sizeof(name), 0644);
static int list[4];
static unsigned int list_count;
module_param_array(list, int, &list_count, 0644);

static int hook_calls;
static int set_hook(const char* value, const struct kernel_param*) {
  hook_calls++;
  return strcmp(value, "bad") == 0 ? -EINVAL : 0;
}
static const struct kernel_param_ops hook_ops = {0, set_hook, nullptr, nullptr};
module_param_cb(hook, &hook_ops, nullptr, 0200);

static int started;

int svc_base_value(void) { return 1000 + number; }
EXPORT_SYMBOL(svc_base_value);
int svc_base_started = 0;
EXPORT_SYMBOL_GPL(svc_base_started);
int svc_base_hidden(void) { return 1; }

static int second(void) {
  pr_info("base: late, started %d\n", started);
  return 0;
}
late_initcall(second);

static int first(void) {
  started++;
  svc_base_started = started;
  pr_info("base: flag %d number %d count %u mask %lu text %s name %s list %d/%d/%d of %u hook %d\n", flag,
          number, count, mask, text, name, list[0], list[1], list[2], list_count, hook_calls);
  return 0;
}
module_init(first);

static void leave(void) { pr_info("base: bye\n"); }
module_exit(leave);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("A");
MODULE_AUTHOR("B");
MODULE_DESCRIPTION("Base of the module tests");
MODULE_VERSION("1.2");
