// Probe: layout, FIFO depth and chip selects are found by writing and reading back; open and close;
// interrupt.
#include <linux/err.h>
#include <linux/export.h>
#include <linux/interrupt.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drivers/dma-channel.h"
#include "drivers/dw-ssi/internal.h"
#include "drivers/platform-driver.h"

namespace dmavp::dw_ssi {
namespace {

LIST_HEAD(masters);
DEFINE_MUTEX(masters_lock);

constexpr u32 kFrameSize = 8 - 1;
constexpr u32 kWideFrameShift = 16;    // DFS_32
constexpr u32 kHssiMaster = 1u << 31;  // from version 1.02; before it is reserved
constexpr u32 kMostFrames = 256;

u32 find_control(struct dw_ssi* ssi) {
  if (ssi->hssi) return kHssiMaster | kFrameSize;
  // Parts with frames of up to 32 bits have their size elsewhere; the old field reads 0.
  const u32 old = read(ssi, kCtrlr0);
  write(ssi, kCtrlr0, ~0u);
  const u32 all = read(ssi, kCtrlr0);
  write(ssi, kCtrlr0, old);
  return all & 0xF ? kFrameSize : kFrameSize << kWideFrameShift;
}

// A threshold at or above the depth is not taken.
u32 find_depth(struct dw_ssi* ssi) {
  u32 depth = 1;
  for (; depth < kMostFrames; depth++) {
    write(ssi, kTxftlr, depth);
    if (read(ssi, kTxftlr) != depth) break;
  }
  write(ssi, kTxftlr, 0);
  return depth;
}

irqreturn_t interrupt(int, void* cookie) {
  struct dw_ssi* ssi = static_cast<struct dw_ssi*>(cookie);
  unsigned long flags;
  spin_lock_irqsave(&ssi->lock, flags);
  const u32 before = ssi->error;
  take_errors(ssi);
  const bool failed = ssi->error != before;
  if (failed) write(ssi, kImr, 0);
  spin_unlock_irqrestore(&ssi->lock, flags);
  if (failed) complete(&ssi->done);
  return failed ? IRQ_HANDLED : IRQ_NONE;
}

struct dw_ssi* find(struct device_node* node) {
  struct dw_ssi* ssi = nullptr;
  list_for_each_entry(ssi, &masters, node) {
    if (ssi->dev->of_node == node) return ssi;
  }
  return nullptr;
}

void give_back(struct dw_ssi* ssi) {
  if (!IS_ERR_OR_NULL(ssi->rx)) dma_release_channel(ssi->rx);
  if (!IS_ERR_OR_NULL(ssi->tx)) dma_release_channel(ssi->tx);
  ssi->rx = ssi->tx = nullptr;
}

int take(struct dw_ssi* ssi) {
  ssi->rx = dmavp::request_channel(ssi->dev, "rx");
  if (IS_ERR(ssi->rx)) return static_cast<int>(PTR_ERR(ssi->rx));
  ssi->tx = dmavp::request_channel(ssi->dev, "tx");
  if (IS_ERR(ssi->tx)) return static_cast<int>(PTR_ERR(ssi->tx));
  return configure_channels(ssi);
}

void find_parameters(struct dw_ssi* ssi) {
  reset(ssi);
  write(ssi, kSsienr, 0);
  ssi->control = find_control(ssi);
  ssi->fifo_depth = find_depth(ssi);
  write(ssi, kSer, 0xFFFF);
  ssi->selects = read(ssi, kSer);
  write(ssi, kSer, 0);
}

int probe(struct platform_device* pdev) {
  struct device* dev = &pdev->dev;
  auto* ssi = static_cast<struct dw_ssi*>(devm_kzalloc(dev, sizeof(struct dw_ssi), GFP_KERNEL));
  if (!ssi) return -ENOMEM;
  int ret = map_registers(pdev, &ssi->base, &ssi->physical);
  if (ret) return ret;
  ssi->dev = dev;
  spin_lock_init(&ssi->lock);
  init_completion(&ssi->done);
  ssi->hssi = of_device_is_compatible(dev->of_node, "snps,dwc-ssi-1.01a");
  ssi->clock_hz = clock_rate(dev, "ssi_clk");
  if (!ssi->clock_hz) {
    dev_err(dev, "no clock\n");
    return -EINVAL;
  }
  find_parameters(ssi);
  ret = request_interrupt(pdev, interrupt, ssi);
  if (ret) return ret;
  platform_set_drvdata(pdev, ssi);
  mutex_lock(&masters_lock);
  list_add_tail(&ssi->node, &masters);
  mutex_unlock(&masters_lock);
  return 0;
}

void remove(struct platform_device* pdev) {
  auto* ssi = static_cast<struct dw_ssi*>(platform_get_drvdata(pdev));
  mutex_lock(&masters_lock);
  list_del(&ssi->node);
  mutex_unlock(&masters_lock);
  write(ssi, kSsienr, 0);
}

const struct of_device_id kMatches[] = {
    {"", "", "snps,dw-apb-ssi", nullptr},
    {"", "", "snps,dwc-ssi-1.01a", nullptr},
    {"", "", "canaan,k210-spi", nullptr},
    {"", "", "", nullptr},
};
MODULE_DEVICE_TABLE(of, kMatches);

struct platform_driver driver = make_driver("dw-apb-ssi", kMatches, probe, remove);
module_platform_driver(driver);

}  // namespace

void reset(struct dw_ssi* ssi) {
  write(ssi, kSsienr, 0);
  write(ssi, kDmacr, 0);
  write(ssi, kImr, 0);
  read(ssi, kIcr);
  write(ssi, kSer, 0);
}

void take_errors(struct dw_ssi* ssi) {
  const u32 raw = read(ssi, kRisr) & kIntErrors;
  if (!raw) return;
  read(ssi, kIcr);
  ssi->error |= raw;
  ssi->counts.overflows += (raw & kIntOverflow) != 0;
  ssi->counts.underflows += (raw & kIntUnderflow) != 0;
  ssi->counts.overruns += (raw & kIntOverrun) != 0;
}

}  // namespace dmavp::dw_ssi

using namespace dmavp::dw_ssi;

struct dw_ssi* dw_ssi_open(struct device_node* node) {
  mutex_lock(&masters_lock);
  struct dw_ssi* ssi = find(node);
  int ret = ssi ? (ssi->open ? -EBUSY : 0) : -ENODEV;
  if (!ret) {
    memset(&ssi->counts, 0, sizeof(ssi->counts));
    ret = take(ssi);
    ssi->open = ret == 0;
    if (ret) give_back(ssi);
  }
  mutex_unlock(&masters_lock);
  return ret ? static_cast<struct dw_ssi*>(ERR_PTR(ret)) : ssi;
}
EXPORT_SYMBOL(dw_ssi_open);

void dw_ssi_close(struct dw_ssi* ssi) {
  reset(ssi);
  mutex_lock(&masters_lock);
  give_back(ssi);
  ssi->open = false;
  mutex_unlock(&masters_lock);
}
EXPORT_SYMBOL(dw_ssi_close);

struct dw_ssi_counts dw_ssi_read_counts(struct dw_ssi* ssi) {
  return ssi->counts;
}
EXPORT_SYMBOL(dw_ssi_read_counts);

const char* dw_ssi_channel(struct dw_ssi* ssi) { return dma_chan_name(ssi->rx); }
EXPORT_SYMBOL(dw_ssi_channel);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Driver: DW_apb_ssi and DWC_ssi by DMA");
