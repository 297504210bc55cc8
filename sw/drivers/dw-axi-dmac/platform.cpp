// Probe and remove: what the device tree says about the controller.
#include <linux/clk.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/platform_device.h>
#include <linux/property.h>
#include <linux/reset.h>
#include <linux/slab.h>

#include "drivers/dw-axi-dmac/dw-axi-dmac.h"
#include "drivers/platform-driver.h"

static uint outstanding = 16;
module_param(outstanding, uint, 0444);
MODULE_PARM_DESC(
    outstanding,
    "AXI requests a channel may have outstanding per side, 1..16 (the controller may allow fewer)");

namespace dmavp::dw_axi_dmac {

unsigned outstanding_requests() { return outstanding; }

namespace {

constexpr u32 kMaxBlockItems = 0x200000;
constexpr u32 kMaxBurst = 256;
constexpr u32 kNarrowHandshakes = 16;  // more request numbers than this need the CFG2 layout
constexpr u32 kMostHandshakes = 64;
constexpr u32 kMaxMsize = 1024;

struct Variant {
  bool cfg2;
  bool resets;
  bool select;  // a second register window connects requests with channels
};
const Variant kPlain = {false, false, false};
const Variant kJh7110 = {true, true, false};
const Variant kJh8100 = {false, true, false};
const Variant kAgilex5 = {true, false, false};
const Variant kKeemBay = {false, false, true};

/// Reads a mandatory number and checks its range; says what is wrong.
int read_number(struct device* dev, const char* name, u32 low, u32 high, unsigned* value) {
  u32 raw = 0;
  const int ret = device_property_read_u32(dev, name, &raw);
  if (ret) {
    dev_err(dev, "property %s is missing or malformed\n", name);
    return ret;
  }
  if (raw < low || raw > high) {
    dev_err(dev, "property %s = %u is not in %u..%u\n", name, raw, low, high);
    return -EINVAL;
  }
  *value = raw;
  return 0;
}

/// Keeps `value` when the property is absent.
int read_optional(struct device* dev, const char* name, u32 low, u32 high, unsigned* value) {
  return device_property_present(dev, name) ? read_number(dev, name, low, high, value) : 0;
}

/// One number per channel; more are ignored, as boards share lists.
int read_list(struct device* dev, const char* name, unsigned count, u32 low, u32 high, u32* values) {
  const int ret = device_property_read_u32_array(dev, name, values, count);
  if (ret) {
    dev_err(dev, "property %s needs %u numbers, one per channel\n", name, count);
    return ret;
  }
  for (unsigned i = 0; i < count; i++) {
    if (values[i] >= low && values[i] <= high) continue;
    dev_err(dev, "property %s[%u] = %u is not in %u..%u\n", name, i, values[i], low, high);
    return -EINVAL;
  }
  return 0;
}

int read_properties(Chip* chip, const Variant& variant, u32* block_size, u32* priority) {
  struct device* dev = chip->dev;
  int ret = read_number(dev, "dma-channels", 1, kMaxChannels, &chip->channel_count);
  if (ret) return ret;
  ret = read_number(dev, "snps,dma-masters", 1, 2, &chip->masters);
  if (ret) return ret;
  ret = read_number(dev, "snps,data-width", 0, 6, &chip->data_width);
  if (ret) return ret;
  ret = read_list(dev, "snps,block-size", chip->channel_count, 1, kMaxBlockItems, block_size);
  if (ret) return ret;
  ret = read_list(dev, "snps,priority", chip->channel_count, 0, chip->channel_count - 1, priority);
  if (ret) return ret;
  chip->max_burst = 0;
  ret = read_optional(dev, "snps,axi-max-burst-len", 1, kMaxBurst, &chip->max_burst);
  if (ret) return ret;
  chip->handshakes = 0;
  ret = read_optional(dev, "dmavp,num-hs-if", 0, kMostHandshakes, &chip->handshakes);
  if (ret) return ret;
  chip->layout.wide = chip->channel_count > 8;
  chip->layout.cfg2 = chip->layout.wide || variant.cfg2 || chip->handshakes > kNarrowHandshakes;
  if (!device_property_present(dev, "dmavp,num-hs-if")) chip->handshakes = chip->layout.handshakes();
  chip->max_msize = kMaxMsize;
  ret = read_optional(dev, "dmavp,max-msize", 1, kMaxMsize, &chip->max_msize);
  if (ret) return ret;
  // Taken for granted where the tree is silent: cyclic.cpp then also works without.
  unsigned write_back = 1;
  ret = read_optional(dev, "dmavp,lli-write-back", 0, 1, &write_back);
  chip->write_back = write_back;
  return ret;
}

/// A clock that the tree does not name is always on.
int enable_clock(struct device* dev, const char* name, struct clk** clock) {
  *clock = nullptr;
  struct clk* found = devm_clk_get(dev, name);
  if (IS_ERR(found)) return PTR_ERR(found) == -EPROBE_DEFER ? -EPROBE_DEFER : 0;
  const int ret = clk_prepare_enable(found);
  if (!ret) *clock = found;
  return ret;
}

void disable_clocks(Chip* chip) {
  if (chip->cfgr_clk) clk_disable_unprepare(chip->cfgr_clk);
  if (chip->core_clk) clk_disable_unprepare(chip->core_clk);
  chip->cfgr_clk = chip->core_clk = nullptr;
}

/// One line per channel, or lines that any channel may raise.
int request_interrupts(Chip* chip, struct platform_device* pdev) {
  const int lines = platform_irq_count(pdev);
  if (lines <= 0) {
    dev_err(chip->dev, "no interrupts\n");
    return lines < 0 ? lines : -EINVAL;
  }
  const bool per_channel = lines > 1 && static_cast<unsigned>(lines) == chip->channel_count;
  for (int i = 0; i < lines; i++) {
    const int line = platform_get_irq(pdev, static_cast<unsigned>(i));
    if (line < 0) return line;
    const int ret = per_channel ? devm_request_irq(chip->dev, static_cast<unsigned>(line), channel_interrupt,
                                                   IRQF_SHARED, dev_name(chip->dev), &chip->channels[i])
                                : devm_request_irq(chip->dev, static_cast<unsigned>(line), combined_interrupt,
                                                   IRQF_SHARED, dev_name(chip->dev), chip);
    if (ret) {
      dev_err(chip->dev, "interrupt %d cannot be requested: %d\n", line, ret);
      return ret;
    }
  }
  return 0;
}

int map_select(Chip* chip, struct platform_device* pdev) {
  if (chip->layout.cfg2) {
    dev_err(chip->dev,
            "the handshake select needs the first CFG layout: dma-channels <= 8, dmavp,num-hs-if <= 16\n");
    return -EINVAL;
  }
  void __iomem* window = devm_platform_ioremap_resource(pdev, 1);
  if (IS_ERR(window)) {
    dev_err(chip->dev, "property reg has no second window (handshake select)\n");
    return static_cast<int>(PTR_ERR(window));
  }
  chip->select = static_cast<u8 __iomem*>(window);
  chip->handshakes = kSelectUnused;
  return 0;
}

int bring_up(Chip* chip, struct platform_device* pdev) {
  int ret = hw_init(chip);
  if (ret) {
    dev_err(chip->dev, "the controller does not come out of reset\n");
    return ret;
  }
  ret = request_interrupts(chip, pdev);
  if (ret) return ret;
  ret = dma_async_device_register(&chip->dma);
  if (ret) return ret;
  ret = of_dma_controller_register(chip->dev->of_node, translate, chip);
  if (ret) dma_async_device_unregister(&chip->dma);
  return ret;
}

int probe(struct platform_device* pdev) {
  struct device* dev = &pdev->dev;
  if (outstanding < 1 || outstanding > 16) {
    dev_err(dev, "parameter outstanding = %u is not in 1..16\n", outstanding);
    return -EINVAL;
  }
  auto* chip = static_cast<Chip*>(devm_kzalloc(dev, sizeof(Chip), GFP_KERNEL));
  if (!chip) return -ENOMEM;
  chip->dev = dev;
  spin_lock_init(&chip->select_lock);
  INIT_LIST_HEAD(&chip->dma.channels);
  const auto* variant = static_cast<const Variant*>(of_device_get_match_data(dev));
  if (!variant) variant = &kPlain;
  u32 block_size[kMaxChannels], priority[kMaxChannels];
  int ret = read_properties(chip, *variant, block_size, priority);
  if (ret) return ret;
  chip->channels = static_cast<Channel*>(devm_kcalloc(dev, chip->channel_count, sizeof(Channel), GFP_KERNEL));
  if (!chip->channels) return -ENOMEM;

  void __iomem* regs = devm_platform_ioremap_resource(pdev, 0);
  if (IS_ERR(regs)) return static_cast<int>(PTR_ERR(regs));
  chip->regs = static_cast<u8 __iomem*>(regs);
  if (variant->select) {
    ret = map_select(chip, pdev);
    if (ret) return ret;
  }
  ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64));
  if (ret) return ret;
  dma_set_max_seg_size(dev, ~0u);  // whatever is longer than a block is cut
  if (variant->resets) {
    struct reset_control* resets = devm_reset_control_array_get_exclusive(dev);
    if (IS_ERR(resets)) {
      dev_err(dev, "property resets is missing or malformed\n");
      return static_cast<int>(PTR_ERR(resets));
    }
    ret = reset_control_deassert(resets);
    if (ret) return ret;
  }
  ret = enable_clock(dev, "core-clk", &chip->core_clk);
  if (!ret) ret = enable_clock(dev, "cfgr-clk", &chip->cfgr_clk);
  if (ret) {
    disable_clocks(chip);
    return ret;
  }

  for (unsigned i = 0; i < chip->channel_count; i++) {
    Channel* c = &chip->channels[i];
    c->chip = chip;
    c->id = i;
    c->regs = chip->regs + reg::kChannelBase + i * reg::kChannelStride;
    c->priority = priority[i];
    c->max_items = block_size[i];
    setup_channel(c);
  }
  setup_operations(chip);
  ret = bring_up(chip, pdev);
  if (ret) {
    hw_off(chip);
    disable_clocks(chip);
    return ret;
  }
  platform_set_drvdata(pdev, chip);
  dev_info(dev, "%u channels, %u-bit bus, %u master%s\n", chip->channel_count, 8u << chip->data_width,
           chip->masters, chip->masters > 1 ? "s" : "");
  return 0;
}

void remove(struct platform_device* pdev) {
  auto* chip = static_cast<Chip*>(platform_get_drvdata(pdev));
  of_dma_controller_free(chip->dev->of_node);
  dma_async_device_unregister(&chip->dma);
  hw_off(chip);
  for (unsigned i = 0; i < chip->channel_count; i++) {
    tasklet_kill(&chip->channels[i].vc.task);
    list_del(&chip->channels[i].vc.chan.device_node);
  }
  disable_clocks(chip);
}

const struct of_device_id kMatches[] = {
    {"", "", "dmavp,dw-axi-dmac", &kPlain},
    {"", "", "dmavp,agilex5-axi-dma", &kAgilex5},
    {"", "", "starfive,jh7110-axi-dma", &kJh7110},
    {"", "", "starfive,jh8100-axi-dma", &kJh8100},
    {"", "", "intel,kmb-axi-dma", &kKeemBay},
    {"", "", "snps,axi-dma-1.01a", &kPlain},
    {"", "", "", nullptr},
};
MODULE_DEVICE_TABLE(of, kMatches);

struct platform_driver driver = make_driver("dw_axi_dmac_platform", kMatches, probe, remove);
module_platform_driver(driver);

}  // namespace
}  // namespace dmavp::dw_axi_dmac

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Provider driver for the DesignWare AXI DMA controller");
