/* The small things everything uses. sys/sysinfo.h of the C library includes this name too. */
#ifndef DMAVP_LINUX_KERNEL_H
#define DMAVP_LINUX_KERNEL_H

#include_next <linux/kernel.h>

#include <asm/byteorder.h>
#include <linux/align.h>
#include <linux/array_size.h>
#include <linux/bitops.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/err.h>
#include <linux/kconfig.h>
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/log2.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/printk.h>
#include <linux/sprintf.h>
#include <linux/stddef.h>
#include <linux/stringify.h>
#include <linux/types.h>
#include <linux/wordpart.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reports when a function that may sleep is called where it must not ("kernel.sleep-in-atomic"). */
void dmavp_might_sleep(const char* file, int line);
#ifndef might_sleep
#define might_sleep() dmavp_might_sleep(__FILE__, __LINE__)
#define might_sleep_if(condition) \
  do {                            \
    if (condition) might_sleep(); \
  } while (0)
#endif

#define PTR_IF(condition, ptr) ((condition) ? (ptr) : NULL)
#define u64_to_user_ptr(x) ((void*)(unsigned long)(x))

#ifdef __cplusplus
}
#endif
#endif
