/* Plain C: keeps memory while it is loaded, and its variables begin anew with every load. */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

static int loads;
static char* text;
static int fail;
module_param(fail, int, 0444);
MODULE_PARM_DESC(fail, "error number that loading ends with");

static int __init plain_init(void) {
  if (fail) return -fail;
  loads++;
  text = kasprintf(GFP_KERNEL, "load %d of %s", loads, THIS_MODULE->name);
  if (!text) return -ENOMEM;
  pr_info("plain: %s\n", text);
  return 0;
}

static void __exit plain_exit(void) { kfree(text); }

module_init(plain_init);
module_exit(plain_exit);
MODULE_LICENSE("MIT");
