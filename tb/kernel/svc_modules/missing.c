/* Needs two symbols that nobody provides and one that svc-base defines but does not export. */
#include <linux/module.h>

int svc_nobody_has_this(void);
int svc_nor_this(void);
int svc_base_hidden(void);

static int __init start(void) { return svc_nobody_has_this() + svc_nor_this() + svc_base_hidden(); }
module_init(start);
MODULE_LICENSE("MIT");
