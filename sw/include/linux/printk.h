/* The kernel log. Lines go to the platform with time and CPU. */
#ifndef DMAVP_LINUX_PRINTK_H
#define DMAVP_LINUX_PRINTK_H

#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/types.h>
#include <stdarg.h>

#ifdef __cplusplus
extern "C" {
#endif

struct va_format {
  const char* fmt;
  va_list* va;
};

/* Any context. The text may begin with a KERN_ level (default: warning); lines end at \n. */
int _printk(const char* format, ...) __printf(1, 2);
int vprintk(const char* format, va_list args);
#define printk(format, ...) _printk(format, ##__VA_ARGS__)

#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_emerg(fmt, ...) printk(KERN_EMERG pr_fmt(fmt), ##__VA_ARGS__)
#define pr_alert(fmt, ...) printk(KERN_ALERT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_crit(fmt, ...) printk(KERN_CRIT pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err(fmt, ...) printk(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) printk(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) printk(KERN_NOTICE pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) printk(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_cont(fmt, ...) printk(KERN_CONT fmt, ##__VA_ARGS__)

/* Checked by the compiler, never printed. */
#define no_printk(fmt, ...)             \
  ({                                    \
    if (0) _printk(fmt, ##__VA_ARGS__); \
    0;                                  \
  })
#ifdef DEBUG
#define pr_debug(fmt, ...) printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#else
#define pr_debug(fmt, ...) no_printk(KERN_DEBUG pr_fmt(fmt), ##__VA_ARGS__)
#endif
#define pr_devel(fmt, ...) pr_debug(fmt, ##__VA_ARGS__)

#define printk_once(fmt, ...)      \
  ({                               \
    static bool printed_;          \
    if (!printed_) {               \
      printed_ = true;             \
      _printk(fmt, ##__VA_ARGS__); \
    }                              \
  })
#define pr_err_once(fmt, ...) printk_once(KERN_ERR pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_once(fmt, ...) printk_once(KERN_WARNING pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_once(fmt, ...) printk_once(KERN_INFO pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_ratelimited pr_err
#define pr_warn_ratelimited pr_warn
#define pr_info_ratelimited pr_info
#define pr_debug_ratelimited pr_debug
#define printk_ratelimited printk
#define dump_stack() pr_info("dump_stack at %s:%d\n", __FILE__, __LINE__)

#ifdef __cplusplus
}
#endif
#endif
