// Clocks that run and reset lines that are released, always; runtime power management.
#include <linux/clk.h>
#include <linux/of.h>
#include <linux/pm_runtime.h>
#include <linux/reset.h>

#include <map>

#include "kernel/exec/exec.h"
#include "kernel/services.h"

// --- clocks
// -----------------------------------------------------------------------------------------------------------

struct clk {
  unsigned long rate;
  int enabled;
  const struct device_node* node;
};

namespace {

std::map<const struct device_node*, struct clk> all_clocks;

struct clk* clock_of(const struct device_node* np) {
  auto it = all_clocks.find(np);
  if (it == all_clocks.end()) {
    u32 rate = 0;
    if (of_property_read_u32(np, "clock-frequency", &rate) != 0)
      of_property_read_u32(np, "dmavp,clock-frequency", &rate);
    struct clk fresh = {rate, 0, np};
    it = all_clocks.emplace(np, fresh).first;
  }
  return &it->second;
}

struct clk* find_clock(struct device* dev, const char* id) {
  struct device_node* np = dev->of_node;
  if (np == nullptr) return static_cast<struct clk*>(ERR_PTR(-ENOENT));
  int index = 0;
  if (id != nullptr) {
    index = of_property_match_string(np, "clock-names", id);
    if (index < 0) return static_cast<struct clk*>(ERR_PTR(-ENOENT));
  }
  return of_clk_get(np, index);
}

}  // namespace

namespace dmavp::kernel::clocks {
void stop() { all_clocks.clear(); }
}  // namespace dmavp::kernel::clocks

struct clk* of_clk_get(struct device_node* np, int index) {
  struct of_phandle_args args;
  const int ret = of_parse_phandle_with_args(np, "clocks", "#clock-cells", index, &args);
  if (ret != 0) return static_cast<struct clk*>(ERR_PTR(ret));
  struct clk* clock = clock_of(args.np);
  // Where the controller states no rate, the consumer's own property does, and the clock is its own.
  return clock->rate == 0 && of_property_present(np, "dmavp,clock-frequency") ? clock_of(np) : clock;
}

struct clk* clk_get(struct device* dev, const char* id) {
  return find_clock(dev, id);
}
struct clk* devm_clk_get(struct device* dev, const char* id) {
  return find_clock(dev, id);
}

struct clk* devm_clk_get_optional(struct device* dev, const char* id) {
  struct clk* clk = find_clock(dev, id);
  return PTR_ERR(clk) == -ENOENT ? nullptr : clk;
}

namespace {
void disable_action(void* clk) { clk_disable_unprepare(static_cast<struct clk*>(clk)); }
struct clk* enable_managed(struct device* dev, struct clk* clk) {
  if (IS_ERR_OR_NULL(clk)) return clk;
  clk_prepare_enable(clk);
  const int ret = devm_add_action_or_reset(dev, disable_action, clk);
  return ret != 0 ? static_cast<struct clk*>(ERR_PTR(ret)) : clk;
}
}  // namespace

struct clk* devm_clk_get_enabled(struct device* dev, const char* id) {
  return enable_managed(dev, devm_clk_get(dev, id));
}
struct clk* devm_clk_get_optional_enabled(struct device* dev, const char* id) {
  return enable_managed(dev, devm_clk_get_optional(dev, id));
}

void clk_put(struct clk*) {}
int clk_prepare(struct clk*) { return 0; }
void clk_unprepare(struct clk*) {}

int clk_enable(struct clk* clk) {
  if (clk != nullptr) clk->enabled++;
  return 0;
}

void clk_disable(struct clk* clk) {
  if (IS_ERR_OR_NULL(clk)) return;
  if (clk->enabled == 0) {
    dmavp::kernel::exec::diagnostic(1, "kernel.clock-underflow",
                                    "clock %s is disabled more often than enabled",
                                    of_node_full_name(clk->node));
    return;
  }
  clk->enabled--;
}

int clk_prepare_enable(struct clk* clk) { return clk_enable(clk); }
void clk_disable_unprepare(struct clk* clk) { clk_disable(clk); }
unsigned long clk_get_rate(struct clk* clk) { return IS_ERR_OR_NULL(clk) ? 0 : clk->rate; }
int clk_set_rate(struct clk* clk, unsigned long rate) {
  return clk == nullptr || clk->rate == rate ? 0 : -EINVAL;
}
long clk_round_rate(struct clk* clk, unsigned long) { return static_cast<long>(clk_get_rate(clk)); }

// --- resets
// -----------------------------------------------------------------------------------------------------------

struct reset_control {
  bool asserted;
};

namespace {

void release_reset(struct device*, void*) {}

struct reset_control* find_reset(struct device* dev, const char* id, bool optional) {
  const bool present = id != nullptr ? of_property_match_string(dev->of_node, "reset-names", id) >= 0
                                     : of_property_present(dev->of_node, "resets");
  if (!present) return optional ? nullptr : static_cast<struct reset_control*>(ERR_PTR(-ENOENT));
  void* res = devres_alloc(release_reset, sizeof(struct reset_control), GFP_KERNEL);
  if (res == nullptr) return static_cast<struct reset_control*>(ERR_PTR(-ENOMEM));
  devres_add(dev, res);
  return static_cast<struct reset_control*>(res);
}

}  // namespace

struct reset_control* devm_reset_control_get_exclusive(struct device* dev, const char* id) {
  return find_reset(dev, id, false);
}
struct reset_control* devm_reset_control_get_optional_exclusive(struct device* dev, const char* id) {
  return find_reset(dev, id, true);
}
struct reset_control* devm_reset_control_get_shared(struct device* dev, const char* id) {
  return find_reset(dev, id, false);
}
struct reset_control* devm_reset_control_array_get_exclusive(struct device* dev) {
  return find_reset(dev, nullptr, false);
}
struct reset_control* devm_reset_control_array_get_optional_shared(struct device* dev) {
  return find_reset(dev, nullptr, true);
}

int reset_control_assert(struct reset_control* rstc) {
  if (rstc != nullptr) rstc->asserted = true;
  return 0;
}
int reset_control_deassert(struct reset_control* rstc) {
  if (rstc != nullptr) rstc->asserted = false;
  return 0;
}
int reset_control_reset(struct reset_control* rstc) { return reset_control_deassert(rstc); }
int reset_control_status(struct reset_control* rstc) { return rstc != nullptr && rstc->asserted ? 1 : 0; }

// --- runtime power management
// -----------------------------------------------------------------------------------------

namespace {

const struct dev_pm_ops* callbacks(const struct device* dev) {
  return dev->driver != nullptr ? dev->driver->pm : nullptr;
}

int resume(struct device* dev) {
  if (dev->power.runtime_active) return 1;
  const struct dev_pm_ops* pm = callbacks(dev);
  const int ret = pm != nullptr && pm->runtime_resume != nullptr ? pm->runtime_resume(dev) : 0;
  if (ret == 0) dev->power.runtime_active = true;
  return ret;
}

int suspend(struct device* dev) {
  if (!dev->power.runtime_active) return 0;
  const struct dev_pm_ops* pm = callbacks(dev);
  const int ret = pm != nullptr && pm->runtime_suspend != nullptr ? pm->runtime_suspend(dev) : 0;
  if (ret == 0) dev->power.runtime_active = false;
  return ret;
}

void disable_pm(void* dev) { pm_runtime_disable(static_cast<struct device*>(dev)); }

}  // namespace

void pm_runtime_enable(struct device* dev) {
  if (dev->power.disable_depth == 0) {
    dev_warn(dev, "unbalanced pm_runtime_enable\n");
    return;
  }
  dev->power.disable_depth--;
}

void pm_runtime_disable(struct device* dev) { dev->power.disable_depth++; }

int pm_runtime_get_sync(struct device* dev) {
  dev->power.usage_count++;
  if (dev->power.disable_depth != 0) return dev->power.runtime_active ? 1 : -EACCES;
  return resume(dev);
}

int pm_runtime_resume_and_get(struct device* dev) {
  const int ret = pm_runtime_get_sync(dev);
  if (ret >= 0) return 0;
  dev->power.usage_count--;
  return ret;
}

int pm_runtime_put_sync(struct device* dev) {
  if (dev->power.usage_count == 0) {
    dev_warn(dev, "runtime power management usage count underflow\n");
    return -EINVAL;
  }
  if (--dev->power.usage_count != 0 || dev->power.disable_depth != 0) return 0;
  return suspend(dev);
}

int pm_runtime_force_suspend(struct device* dev) {
  pm_runtime_disable(dev);
  const int ret = suspend(dev);
  if (ret != 0) pm_runtime_enable(dev);
  return ret;
}

int pm_runtime_force_resume(struct device* dev) {
  const int ret = dev->power.usage_count != 0 ? resume(dev) : 0;
  pm_runtime_enable(dev);
  return ret < 0 ? ret : 0;
}

int devm_pm_runtime_enable(struct device* dev) {
  pm_runtime_enable(dev);
  return devm_add_action_or_reset(dev, disable_pm, dev);
}
