/* Errors at compile time. */
#ifndef DMAVP_LINUX_BUILD_BUG_H
#define DMAVP_LINUX_BUILD_BUG_H

#include <linux/compiler.h>

#define BUILD_BUG_ON_MSG(condition, text) DMAVP_STATIC_ASSERT(!(condition), text)
#define BUILD_BUG_ON(condition) BUILD_BUG_ON_MSG(condition, "BUILD_BUG_ON: " #condition)
#define BUILD_BUG() BUILD_BUG_ON_MSG(1, "BUILD_BUG")
#define BUILD_BUG_ON_ZERO(condition) ((int)(sizeof(struct { int : (-!!(condition)); })))
#ifndef __cplusplus
#define static_assert(...) _Static_assert(__VA_ARGS__, "static_assert")
#endif

#endif
