/* Exports a symbol that svc-base exports too. */
#include <linux/module.h>

int svc_base_value(void);
int svc_base_value(void) { return -1; }
EXPORT_SYMBOL(svc_base_value);
MODULE_LICENSE("MIT");
