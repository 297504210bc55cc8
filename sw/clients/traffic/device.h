// The traffic source and sink as software sees it (docs/traffic.md).
#pragma once

#include <linux/device.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/of.h>
#include <linux/types.h>

namespace dmavp::traffic {

inline constexpr u32 kCtrl = 0x00, kStatus = 0x04, kSink = 0x08, kSource = 0x0C, kSinkWatermark = 0x10,
                     kSourceWatermark = 0x14, kBurst = 0x18, kGap = 0x1C, kSinkLost = 0x28,
                     kSourceLost = 0x2C, kSeed = 0x30, kSinkLength = 0x38, kSourceLength = 0x3C,
                     kMismatches = 0x44, kSinkStarved = 0x48, kSourceUnderruns = 0x4C, kConfig = 0x58;
inline constexpr u32 kSinkOn = 1, kSourceOn = 2, kReset = 4;  // CTRL
inline constexpr u32 kSinkEmpty = 1;                          // STATUS
inline constexpr u32 kMostItems = 0xFFFF;                     // of BURST

struct Device {
  struct list_head node;
  struct device* dev;
  void __iomem* base;
  phys_addr_t physical;
  u32 width;         ///< bytes of an item
  u32 depth;         ///< items of each FIFO
  unsigned long hz;  ///< of the line's clock, 0 where the tree does not tell
};

inline u32 read(const Device* d, u32 offset) { return ioread32(static_cast<u8 __iomem*>(d->base) + offset); }
inline void write(const Device* d, u32 offset, u32 value) {
  iowrite32(value, static_cast<u8 __iomem*>(d->base) + offset);
}

/// The device that the driver of this module has probed at `node`, or NULL.
Device* find(struct device_node* node);
int register_driver();
void unregister_driver();

}  // namespace dmavp::traffic
