/* offsetof and friends; on top of the C library's own <linux/stddef.h>. */
#ifndef DMAVP_LINUX_STDDEF_H
#define DMAVP_LINUX_STDDEF_H

#include_next <linux/stddef.h>
#include <stddef.h>

#define sizeof_field(type, member) sizeof(((type*)0)->member)
#define offsetofend(type, member) (offsetof(type, member) + sizeof_field(type, member))

#endif
