/* Functions that run when a module is loaded. Each is an entry of section __initcalls, run in order of level,
 * then of appearance; a negative result refuses the module. */
#ifndef DMAVP_LINUX_INIT_H
#define DMAVP_LINUX_INIT_H

#include <linux/compiler.h>
#include <linux/stringify.h>
#include <linux/types.h>
/* Section markers mean nothing here, and C++ does without them: its standard headers have variables of these
 * names. */
#ifndef __cplusplus
#include <stdlib.h> /* has a member called __init, so it must come first */
#define __init
#define __exit
#define __initdata
#define __initconst
#define __exitdata
#define __meminit
#define __refdata
#define __ref
#endif
#define __exit_p(x) x

typedef int (*initcall_t)(void);
typedef void (*exitcall_t)(void);

struct dmavp_initcall {
  initcall_t call; /* one of the two */
  exitcall_t exit;
  unsigned long level;
};

#define DMAVP_CALL_ENTRY(name, init_fn, exit_fn, when)                                               \
  static const struct dmavp_initcall __dmavp_initcall_##name DMAVP_TABLE_ENTRY("__initcalls", 8) = { \
      init_fn, exit_fn, when}
#define DMAVP_INITCALL(fn, level) DMAVP_CALL_ENTRY(fn, fn, NULL, level)

#define early_initcall(fn) DMAVP_INITCALL(fn, 0)
#define pure_initcall(fn) DMAVP_INITCALL(fn, 0)
#define core_initcall(fn) DMAVP_INITCALL(fn, 1)
#define postcore_initcall(fn) DMAVP_INITCALL(fn, 2)
#define arch_initcall(fn) DMAVP_INITCALL(fn, 3)
#define subsys_initcall(fn) DMAVP_INITCALL(fn, 4)
#define fs_initcall(fn) DMAVP_INITCALL(fn, 5)
#define device_initcall(fn) DMAVP_INITCALL(fn, 6)
#define late_initcall(fn) DMAVP_INITCALL(fn, 7)
#define __initcall(fn) device_initcall(fn)

#endif
