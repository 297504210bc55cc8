// Plays a program when it is loaded.
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

#include <cstdarg>

#include "oracle/oracle.h"

static unsigned long long seed = 1;
module_param(seed, ullong, 0444);
MODULE_PARM_DESC(seed, "of the program");
static uint count = 60;
module_param(count, uint, 0444);
MODULE_PARM_DESC(count, "operations");
static char skip[256] = "";
module_param_string(skip, skip, sizeof(skip), 0444);
MODULE_PARM_DESC(skip, "a 1 for each operation to leave out");

namespace dmavp::oracle {

void say(const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  struct va_format text = {format, &arguments};
  pr_info("oracle: %pV\n", &text);
  va_end(arguments);
}

namespace {
int run() {
  play(seed, count, skip);
  return 0;
}
module_init(run);
void leave() {}
module_exit(leave);
}  // namespace

}  // namespace dmavp::oracle

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Test: one program of calls, to be compared between frameworks");
