/* Refers to something that no library and no module has. */
#include <linux/init.h>
#include <linux/module.h>

int symbol_that_nobody_provides(void);

static int __init lacking_init(void) { return symbol_that_nobody_provides(); }
module_init(lacking_init);
MODULE_LICENSE("MIT");
