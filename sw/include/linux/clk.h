/* Clocks: always on, rates in Hz from `fixed-clock` nodes. */
#ifndef DMAVP_LINUX_CLK_H
#define DMAVP_LINUX_CLK_H

#include <linux/err.h>
#include <linux/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct clk;
struct device;
struct device_node;

/* Entry of `clocks` named in `clock-names` (id NULL: the first). ERR_PTR(-ENOENT) when there is none. */
struct clk* devm_clk_get(struct device* dev, const char* id);
struct clk* devm_clk_get_optional(struct device* dev, const char* id); /* NULL instead */
struct clk* devm_clk_get_enabled(struct device* dev, const char* id);
struct clk* devm_clk_get_optional_enabled(struct device* dev, const char* id);
struct clk* clk_get(struct device* dev, const char* id);
struct clk* of_clk_get(struct device_node* np, int index);
void clk_put(struct clk* clk);
int clk_prepare(struct clk* clk);
void clk_unprepare(struct clk* clk);
int clk_enable(struct clk* clk);
void clk_disable(struct clk* clk);
int clk_prepare_enable(struct clk* clk);
void clk_disable_unprepare(struct clk* clk);
unsigned long clk_get_rate(struct clk* clk);
/* 0 when the rate is the fixed one, else -EINVAL. */
int clk_set_rate(struct clk* clk, unsigned long rate);
long clk_round_rate(struct clk* clk, unsigned long rate);

#ifdef __cplusplus
}
#endif
#endif
