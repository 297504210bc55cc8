/* Log lines that begin with "driver device: ". */
#ifndef DMAVP_LINUX_DEV_PRINTK_H
#define DMAVP_LINUX_DEV_PRINTK_H

#include <linux/compiler.h>
#include <linux/kern_levels.h>
#include <linux/printk.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;

#ifndef dev_fmt
#define dev_fmt(fmt) fmt
#endif

void _dev_printk(const char* level, const struct device* dev, const char* format, ...) __printf(3, 4);
/* Logs unless err is -EPROBE_DEFER; returns err. */
int dev_err_probe(const struct device* dev, int err, const char* format, ...) __printf(3, 4);

#define dev_printk(level, dev, fmt, ...) _dev_printk(level, dev, fmt, ##__VA_ARGS__)
#define dev_emerg(dev, fmt, ...) _dev_printk(KERN_EMERG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_alert(dev, fmt, ...) _dev_printk(KERN_ALERT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_crit(dev, fmt, ...) _dev_printk(KERN_CRIT, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_err(dev, fmt, ...) _dev_printk(KERN_ERR, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_warn(dev, fmt, ...) _dev_printk(KERN_WARNING, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_notice(dev, fmt, ...) _dev_printk(KERN_NOTICE, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_info(dev, fmt, ...) _dev_printk(KERN_INFO, dev, dev_fmt(fmt), ##__VA_ARGS__)
#define dev_no_printk(level, dev, fmt, ...)                      \
  ({                                                             \
    if (0) _dev_printk(level, dev, dev_fmt(fmt), ##__VA_ARGS__); \
  })
#ifdef DEBUG
#define dev_dbg(dev, fmt, ...) _dev_printk(KERN_DEBUG, dev, dev_fmt(fmt), ##__VA_ARGS__)
#else
#define dev_dbg(dev, fmt, ...) dev_no_printk(KERN_DEBUG, dev, fmt, ##__VA_ARGS__)
#endif
#ifdef VERBOSE_DEBUG
#define dev_vdbg dev_dbg
#else
#define dev_vdbg(dev, fmt, ...) dev_no_printk(KERN_DEBUG, dev, fmt, ##__VA_ARGS__)
#endif
#define dev_level_once(which, dev, fmt, ...) \
  do {                                       \
    static bool printed_;                    \
    if (!printed_) {                         \
      printed_ = true;                       \
      which(dev, fmt, ##__VA_ARGS__);        \
    }                                        \
  } while (0)
#define dev_err_once(dev, fmt, ...) dev_level_once(dev_err, dev, fmt, ##__VA_ARGS__)
#define dev_warn_once(dev, fmt, ...) dev_level_once(dev_warn, dev, fmt, ##__VA_ARGS__)
#define dev_info_once(dev, fmt, ...) dev_level_once(dev_info, dev, fmt, ##__VA_ARGS__)
#define dev_err_ratelimited dev_err
#define dev_warn_ratelimited dev_warn
#define dev_info_ratelimited dev_info
#define dev_dbg_ratelimited dev_dbg
#define dev_WARN_ONCE(dev, condition, format, arg...) \
  WARN_ONCE(condition, "%s: " format, dev_name(dev), ##arg)
#define dev_WARN(dev, format, arg...) WARN(1, "%s: " format, dev_name(dev), ##arg)

#ifdef __cplusplus
}
#endif
#endif
