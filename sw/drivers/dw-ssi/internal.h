// What the files of this driver share. Registers as in the databook.
#pragma once

#include <linux/completion.h>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>

#include "drivers/dw-ssi/dw-ssi.h"

namespace dmavp::dw_ssi {

enum Register : u32 {
  kCtrlr0 = 0x00,
  kSsienr = 0x08,
  kSer = 0x10,
  kBaudr = 0x14,
  kTxftlr = 0x18,
  kRxftlr = 0x1C,
  kTxflr = 0x20,
  kRxflr = 0x24,
  kSr = 0x28,
  kImr = 0x2C,
  kRisr = 0x34,
  kIcr = 0x48,
  kDmacr = 0x4C,
  kDmatdlr = 0x50,
  kDmardlr = 0x54,
  kDr = 0x60,
};

constexpr u32 kSrBusy = 1u << 0;
constexpr u32 kSrSendEmpty = 1u << 2;
constexpr u32 kIntOverflow = 1u << 1;
constexpr u32 kIntUnderflow = 1u << 2;
constexpr u32 kIntOverrun = 1u << 3;
constexpr u32 kIntErrors = kIntOverflow | kIntUnderflow | kIntOverrun;
constexpr u32 kDmacrBoth = 3;

}  // namespace dmavp::dw_ssi

struct dw_ssi {
  struct list_head node;
  struct device* dev;
  void __iomem* base;
  phys_addr_t physical;
  unsigned long clock_hz;
  bool hssi;    ///< DWC_ssi: another layout of CTRLR0
  u32 control;  ///< CTRLR0 for 8 bits, mode 0, both directions
  u32 fifo_depth;
  u32 selects;  ///< bits of SER that exist
  bool open;

  u32 burst;  ///< frames per DMA burst = receive watermark
  struct dma_chan* rx;
  struct dma_chan* tx;
  struct completion done;
  u32 error;        ///< RISR bits seen during the message
  bool failed;      ///< a DMA transfer ended with an error
  spinlock_t lock;  ///< error and counts against the interrupt
  struct dw_ssi_counts counts;
};

namespace dmavp::dw_ssi {

inline u32 read(struct dw_ssi* ssi, Register reg) { return readl(static_cast<u8 __iomem*>(ssi->base) + reg); }
inline void write(struct dw_ssi* ssi, Register reg, u32 value) {
  writel(value, static_cast<u8 __iomem*>(ssi->base) + reg);
}

/// Stops everything: FIFOs are emptied, selects released, flags cleared.
void reset(struct dw_ssi* ssi);
/// Reads and clears the error flags of the FIFOs, and counts them.
void take_errors(struct dw_ssi* ssi);
int configure_channels(struct dw_ssi* ssi);

}  // namespace dmavp::dw_ssi
