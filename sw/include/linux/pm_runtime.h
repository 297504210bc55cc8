/* Runtime power management: callbacks run when the usage count leaves and reaches 0, while enabled. Sleeps.
 */
#ifndef DMAVP_LINUX_PM_RUNTIME_H
#define DMAVP_LINUX_PM_RUNTIME_H

#include <linux/device.h>
#include <linux/pm.h>

#ifdef __cplusplus
extern "C" {
#endif

void pm_runtime_enable(struct device* dev);
void pm_runtime_disable(struct device* dev);
/* Result of runtime_resume: 0, 1 when already active, or an error; the count goes up in any case. */
int pm_runtime_get_sync(struct device* dev);
/* 0 or an error, then without the count. */
int pm_runtime_resume_and_get(struct device* dev);
int pm_runtime_put_sync(struct device* dev);
int pm_runtime_force_suspend(struct device* dev);
int pm_runtime_force_resume(struct device* dev);
int devm_pm_runtime_enable(struct device* dev);

static inline int pm_runtime_get(struct device* dev) { return pm_runtime_get_sync(dev); }
static inline int pm_runtime_put(struct device* dev) { return pm_runtime_put_sync(dev); }
static inline int pm_runtime_put_autosuspend(struct device* dev) { return pm_runtime_put_sync(dev); }
static inline int pm_runtime_put_sync_autosuspend(struct device* dev) { return pm_runtime_put_sync(dev); }
/* Callbacks may run in any context of their callers already. */
static inline void pm_runtime_irq_safe(struct device* dev) { (void)dev; }
static inline void pm_runtime_get_noresume(struct device* dev) { dev->power.usage_count++; }
static inline void pm_runtime_put_noidle(struct device* dev) { dev->power.usage_count--; }
static inline int pm_runtime_set_active(struct device* dev) {
  dev->power.runtime_active = true;
  return 0;
}
static inline void pm_runtime_set_suspended(struct device* dev) { dev->power.runtime_active = false; }
static inline bool pm_runtime_enabled(struct device* dev) { return dev->power.disable_depth == 0; }
static inline bool pm_runtime_active(struct device* dev) {
  return dev->power.runtime_active || dev->power.disable_depth;
}
static inline bool pm_runtime_suspended(struct device* dev) {
  return !dev->power.runtime_active && !dev->power.disable_depth;
}
static inline bool pm_runtime_status_suspended(struct device* dev) { return !dev->power.runtime_active; }
static inline void pm_runtime_use_autosuspend(struct device* dev) { (void)dev; }
static inline void pm_runtime_dont_use_autosuspend(struct device* dev) { (void)dev; }
static inline void pm_runtime_set_autosuspend_delay(struct device* dev, int ms) {
  (void)dev;
  (void)ms;
}
static inline void pm_runtime_mark_last_busy(struct device* dev) { (void)dev; }

#ifdef __cplusplus
}
#endif
#endif
