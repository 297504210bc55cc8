#ifndef DMAVP_LINUX_CONTAINER_OF_H
#define DMAVP_LINUX_CONTAINER_OF_H

#include <stddef.h>

/* The object of `type` whose `member` is at `ptr`. */
#define container_of(ptr, type, member) ((type*)((char*)(ptr)-offsetof(type, member)))
#define container_of_const(ptr, type, member) container_of(ptr, type, member)
#define typeof_member(type, member) __typeof__(((type*)0)->member)

#endif
