// What the files of this driver share. Registers as in the databook.
#pragma once

#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>

#include "drivers/dw-i2s/dw-i2s.h"

namespace dmavp::dw_i2s {

enum Register : u32 {
  kIer = 0x000,
  kIrer = 0x004,
  kIter = 0x008,
  kCer = 0x00C,
  kCcr = 0x010,
  kRxffr = 0x014,
  kTxffr = 0x018,
  kRer = 0x028,  // of channel 0, like the next ones
  kTer = 0x02C,
  kRcr = 0x030,
  kTcr = 0x034,
  kImr = 0x03C,
  kRor = 0x040,
  kTor = 0x044,
  kRfcr = 0x048,
  kTfcr = 0x04C,
  kRxDma = 0x1C0,
  kRrxDma = 0x1C4,
  kTxDma = 0x1C8,
  kRtxDma = 0x1CC,
  kCompParam1 = 0x1F4,
  kDmacr = 0x200,
};

constexpr u32 kWord16 = 2;        // RCR, TCR
constexpr u32 kCcrHalf16 = 0;     // CCR.WSS: 16 SCLK cycles a sample
constexpr u32 kFrameCycles = 32;  // that makes so many a frame
constexpr u32 kImrAll = 0x33;

/// What lets requests out of the device, and who decides how long a frame is.
struct Variant {
  bool ccr;          ///< CCR[8] transmit, CCR[9] receive, instead of DMACR[17] and [16]
  bool always;       ///< nothing
  u32 frame_cycles;  ///< SCLK cycles per frame; 0: by CCR.WSS
};

}  // namespace dmavp::dw_i2s

struct dw_i2s_device;

/// One direction of a device.
struct dw_i2s_stream {
  struct dw_i2s_device* device;
  bool open;
  struct dw_i2s_config config;
  struct dma_chan* chan;
  struct dw_i2s_frame* ring;
  dma_addr_t ring_dma;
  dma_cookie_t cookie;
  bool running;
  s64 served;  ///< ktime of the last callback
  u32 next;    ///< oldest period that has not been told of
  struct dw_i2s_counts counts;
};

struct dw_i2s_device {
  struct list_head node;
  struct device* dev;
  void __iomem* base;
  phys_addr_t physical;
  const dmavp::dw_i2s::Variant* variant;
  unsigned long sclk_hz;
  u32 fifo_depth;   ///< pairs
  bool has[2];      ///< [1] playback
  spinlock_t lock;  ///< registers that both directions share, and `running`
  struct dw_i2s_stream streams[2];
};

namespace dmavp::dw_i2s {

inline u32 read(struct dw_i2s_device* d, Register reg) {
  return readl(static_cast<u8 __iomem*>(d->base) + reg);
}
inline void write(struct dw_i2s_device* d, Register reg, u32 value) {
  writel(value, static_cast<u8 __iomem*>(d->base) + reg);
}

/// The device a driver of this module is bound to, or NULL.
struct dw_i2s_device* find(struct device_node* node);
size_t ring_bytes(const struct dw_i2s_stream* stream);

}  // namespace dmavp::dw_i2s
