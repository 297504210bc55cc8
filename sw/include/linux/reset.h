/* Reset lines: always released. */
#ifndef DMAVP_LINUX_RESET_H
#define DMAVP_LINUX_RESET_H

#include <linux/err.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct device;
struct reset_control;

/* ERR_PTR(-ENOENT) without `resets`; the optional ones NULL. */
struct reset_control* devm_reset_control_get_exclusive(struct device* dev, const char* id);
struct reset_control* devm_reset_control_get_optional_exclusive(struct device* dev, const char* id);
#define devm_reset_control_get(dev, id) devm_reset_control_get_exclusive(dev, id)
#define devm_reset_control_get_optional(dev, id) devm_reset_control_get_optional_exclusive(dev, id)
struct reset_control* devm_reset_control_get_shared(struct device* dev, const char* id);
struct reset_control* devm_reset_control_array_get_exclusive(struct device* dev);
struct reset_control* devm_reset_control_array_get_optional_shared(struct device* dev);
int reset_control_assert(struct reset_control* rstc);
int reset_control_deassert(struct reset_control* rstc);
int reset_control_reset(struct reset_control* rstc);
int reset_control_status(struct reset_control* rstc);

#ifdef __cplusplus
}
#endif
#endif
