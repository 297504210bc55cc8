// What the files of this driver share. Registers as in the databook, four bytes apart.
#pragma once

#include <linux/completion.h>
#include <linux/dmaengine.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/platform_device.h>
#include <linux/spinlock.h>
#include <linux/timer.h>

#include "drivers/dw-uart/dw-uart.h"

namespace dmavp::dw_uart {

enum Register : u32 {
  kRbrThr = 0x00,  // DLL while LCR.DLAB
  kIer = 0x04,     // DLH while LCR.DLAB
  kIirFcr = 0x08,
  kLcr = 0x0C,
  kMcr = 0x10,
  kLsr = 0x14,
  kUsr = 0x7C,
  kDlf = 0xC0,
  kCpr = 0xF4,
};

constexpr u32 kIerReceive = 1u << 0;
constexpr u32 kIerLineStatus = 1u << 2;

constexpr u32 kIirMask = 0xF;
constexpr u32 kIirReceive = 0x4;
constexpr u32 kIirLineStatus = 0x6;
constexpr u32 kIirBusy = 0x7;
constexpr u32 kIirTimeout = 0xC;

constexpr u32 kFcrEnable = 1u << 0;
constexpr u32 kFcrClear = 3u << 1;
constexpr u32 kFcrSendQuarter = 2u << 4;     // request at or below depth / 4
constexpr u32 kFcrReceiveQuarter = 1u << 6;  // request at or above depth / 4

/// Interrupts for received characters within a period of the poll; DMA at work leaves a tenth of them.
constexpr unsigned kMostLevels = 5000;

constexpr u32 kLcr8Bits = 3;
constexpr u32 kLcrDivisor = 1u << 7;

constexpr u32 kLsrData = 1u << 0;
constexpr u32 kLsrOverrun = 1u << 1;
constexpr u32 kLsrLine = 7u << 2;  // PE, FE, BI
constexpr u32 kLsrEmpty = 1u << 6;

constexpr u32 kBitsPerCharacter = 10;  // start, 8 data, stop

}  // namespace dmavp::dw_uart

/// One port. `lock` orders interrupt, receive callback and close.
struct dw_uart {
  struct list_head node;
  struct device* dev;
  void __iomem* base;
  phys_addr_t physical;
  unsigned long clock_hz;
  u32 fifo_depth;  ///< 0: none
  bool open;

  struct dw_uart_config config;
  u32 actual_baud;
  struct dma_chan* rx;
  struct dma_chan* tx;

  spinlock_t lock;
  u32 ier;
  bool receiving;  ///< false once close has begun
  u8* buffer;
  dma_addr_t buffer_dma;
  dma_cookie_t cookie;
  struct timer_list poll;
  u32 to_come;      ///< bytes of the buffer that had not come at the last look
  unsigned levels;  ///< interrupts for received characters since the poll looked
  struct dw_uart_counts counts;

  struct completion sent;
  int send_result;
};

namespace dmavp::dw_uart {

inline u32 read(struct dw_uart* uart, Register reg) {
  return readl(static_cast<u8 __iomem*>(uart->base) + reg);
}
inline void write(struct dw_uart* uart, Register reg, u32 value) {
  writel(value, static_cast<u8 __iomem*>(uart->base) + reg);
}

/// Items a request moves: what the FIFO is sure to have or to have room for (requests at depth / 4).
u32 burst(const struct dw_uart* uart);

/// Under the lock. 0 or a negative errno, which is counted.
int start_receive(struct dw_uart* uart);
/// The character time-out has come. Under the lock.
void receive_silence(struct dw_uart* uart);
/// Whether the transfer has ended and its callback is still to come. Under the lock.
bool receive_complete(struct dw_uart* uart);
/// Looks whether the line has been silent since the last look. Sets itself again while the port receives.
void poll_receive(struct timer_list* timer);
int configure_channels(struct dw_uart* uart);

}  // namespace dmavp::dw_uart
