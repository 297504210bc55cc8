// The port: probe, line settings, interrupt, open and close.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/jiffies.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drivers/dma-channel.h"
#include "drivers/dw-uart/internal.h"
#include "drivers/platform-driver.h"

namespace dmavp::dw_uart {
namespace {

LIST_HEAD(ports);
DEFINE_MUTEX(ports_lock);

constexpr u32 kMaxDivisor = 0xFFFF;
constexpr u32 kMaxError_percent = 3;

/// The port takes no LCR while it is busy, and it is busy while a character is on the line or waits to be
/// read: what an earlier, interrupted transfer left is thrown away first. 0 or -EBUSY.
int write_lcr(struct dw_uart* uart, u32 value) {
  constexpr unsigned kAttempts = 1000;
  for (unsigned i = 0; i < kAttempts; i++) {
    write(uart, kLcr, value);
    if (read(uart, kLcr) == value) return 0;
    write(uart, kIirFcr, kFcrEnable | kFcrClear);
    read(uart, kRbrThr);
    read(uart, kUsr);  // clears the busy interrupt
    udelay(1);
  }
  dev_err(uart->dev, "busy for ever\n");
  return -EBUSY;
}

// Divisor in units of 1 / 2^bits: 16 samples a bit.
int set_baud(struct dw_uart* uart, u32 baud) {
  const u32 old = read(uart, kDlf);
  write(uart, kDlf, ~0u);
  const u32 ones = read(uart, kDlf);
  write(uart, kDlf, old);
  const u64 scale = u64{ones} + 1;
  const u64 divisor = baud ? (uart->clock_hz * scale + 8ull * baud) / (16ull * baud) : 0;
  const u64 actual = divisor ? uart->clock_hz * scale / (16 * divisor) : 0;
  const u64 error = actual > baud ? actual - baud : baud - actual;
  if (divisor < scale || divisor / scale > kMaxDivisor || error * 100 > u64{kMaxError_percent} * baud) {
    dev_err(uart->dev, "%u baud cannot be made from %lu Hz\n", baud, uart->clock_hz);
    return -EINVAL;
  }
  const u32 whole = static_cast<u32>(divisor / scale);
  const int ret = write_lcr(uart, kLcrDivisor | kLcr8Bits);
  if (ret) return ret;
  write(uart, kRbrThr, whole & 0xFF);
  write(uart, kIer, whole >> 8);
  const int back = write_lcr(uart, kLcr8Bits);
  if (back) return back;
  write(uart, kDlf, static_cast<u32>(divisor % scale));
  uart->actual_baud = static_cast<u32>(actual);
  return 0;
}

irqreturn_t interrupt(int, void* cookie) {
  struct dw_uart* uart = static_cast<struct dw_uart*>(cookie);
  bool ours = true;
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  const u32 id = read(uart, kIirFcr) & kIirMask;
  switch (id) {
    case kIirLineStatus: {
      const u32 lsr = read(uart, kLsr);
      if (lsr & kLsrOverrun) uart->counts.overruns++;
      if (lsr & kLsrLine) uart->counts.line_errors++;
      break;
    }
    case kIirTimeout:
    case kIirReceive:
      // While DMA is at work a full level is its business; between two transfers nobody takes the characters.
      if (!uart->receiving || receive_complete(uart)) {
        uart->ier &= ~kIerReceive;
        write(uart, kIer, uart->ier);
      } else {
        if (id == kIirTimeout) receive_silence(uart);
        // Nobody takes the characters although a transfer should: the poll looks after it.
        if (++uart->levels > kMostLevels) {
          uart->ier &= ~kIerReceive;
          write(uart, kIer, uart->ier);
        }
      }
      break;
    case kIirBusy:
      read(uart, kUsr);
      break;
    default:
      ours = false;  // the level was gone before a CPU came
      break;
  }
  spin_unlock_irqrestore(&uart->lock, flags);
  return ours ? IRQ_HANDLED : IRQ_NONE;
}

struct dw_uart* find(struct device_node* node) {
  struct dw_uart* uart = nullptr;
  list_for_each_entry(uart, &ports, node) {
    if (uart->dev->of_node == node) return uart;
  }
  return nullptr;
}

void give_back(struct dw_uart* uart) {
  if (uart->buffer) {
    dma_free_coherent(dmaengine_get_dma_device(uart->rx), uart->config.receive_bytes, uart->buffer,
                      uart->buffer_dma);
  }
  if (!IS_ERR_OR_NULL(uart->tx)) dma_release_channel(uart->tx);
  if (!IS_ERR_OR_NULL(uart->rx)) dma_release_channel(uart->rx);
  uart->buffer = nullptr;
  uart->rx = uart->tx = nullptr;
}

int take(struct dw_uart* uart) {
  uart->rx = dmavp::request_channel(uart->dev, "rx");
  if (IS_ERR(uart->rx)) return static_cast<int>(PTR_ERR(uart->rx));
  uart->tx = dmavp::request_channel(uart->dev, "tx");
  if (IS_ERR(uart->tx)) return static_cast<int>(PTR_ERR(uart->tx));
  uart->buffer = static_cast<u8*>(dma_alloc_coherent(
      dmaengine_get_dma_device(uart->rx), uart->config.receive_bytes, &uart->buffer_dma, GFP_KERNEL));
  if (!uart->buffer) return -ENOMEM;
  return configure_channels(uart);
}

int start(struct dw_uart* uart) {
  write(uart, kIer, 0);
  const int ret = set_baud(uart, uart->config.baud);
  if (ret) return ret;
  const u32 fifo = uart->fifo_depth ? kFcrEnable | kFcrSendQuarter | kFcrReceiveQuarter : 0;
  write(uart, kIirFcr, fifo | kFcrClear);
  read(uart, kLsr);  // flags of before
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  uart->receiving = true;
  const int started = start_receive(uart);
  uart->ier = kIerReceive | kIerLineStatus;
  if (!started) {
    write(uart, kIer, uart->ier);
    mod_timer(&uart->poll, jiffies + 1);
  }
  spin_unlock_irqrestore(&uart->lock, flags);
  return started;
}

int probe(struct platform_device* pdev) {
  struct device* dev = &pdev->dev;
  struct dw_uart* uart = static_cast<struct dw_uart*>(devm_kzalloc(dev, sizeof(struct dw_uart), GFP_KERNEL));
  if (!uart) return -ENOMEM;
  int ret = map_registers(pdev, &uart->base, &uart->physical);
  if (ret) return ret;
  uart->dev = dev;
  spin_lock_init(&uart->lock);
  init_completion(&uart->sent);
  timer_setup(&uart->poll, poll_receive, 0);
  uart->clock_hz = clock_rate(dev, "baudclk");
  u32 hz = 0;
  if (uart->clock_hz == 0 && of_property_read_u32(dev->of_node, "clock-frequency", &hz) == 0)
    uart->clock_hz = hz;
  if (uart->clock_hz == 0) {
    dev_err(dev, "no baud clock\n");
    return -EINVAL;
  }
  uart->fifo_depth = 16 * (read(uart, kCpr) >> 16 & 0xFF);
  write(uart, kIer, 0);
  ret = request_interrupt(pdev, interrupt, uart);
  if (ret) return ret;
  platform_set_drvdata(pdev, uart);
  mutex_lock(&ports_lock);
  list_add_tail(&uart->node, &ports);
  mutex_unlock(&ports_lock);
  return 0;
}

void remove(struct platform_device* pdev) {
  struct dw_uart* uart = static_cast<struct dw_uart*>(platform_get_drvdata(pdev));
  mutex_lock(&ports_lock);
  list_del(&uart->node);
  mutex_unlock(&ports_lock);
  write(uart, kIer, 0);
}

const struct of_device_id matches[] = {{"", "", "snps,dw-apb-uart", nullptr}, {"", "", "", nullptr}};
MODULE_DEVICE_TABLE(of, matches);

struct platform_driver driver = make_driver("dw-apb-uart", matches, probe, remove);
module_platform_driver(driver);

}  // namespace

u32 burst(const struct dw_uart* uart) { return uart->fifo_depth ? uart->fifo_depth / 4 : 1; }

}  // namespace dmavp::dw_uart

using namespace dmavp::dw_uart;

struct dw_uart* dw_uart_open(struct device_node* node, const struct dw_uart_config* config) {
  if (!config->receive_bytes || !config->received) return static_cast<struct dw_uart*>(ERR_PTR(-EINVAL));
  mutex_lock(&ports_lock);
  struct dw_uart* uart = find(node);
  int ret = uart ? (uart->open ? -EBUSY : 0) : -ENODEV;
  if (!ret) {
    uart->config = *config;
    memset(&uart->counts, 0, sizeof(uart->counts));
    ret = take(uart);
    if (!ret) ret = start(uart);
    uart->open = ret == 0;
    if (ret) give_back(uart);
  }
  mutex_unlock(&ports_lock);
  return ret ? static_cast<struct dw_uart*>(ERR_PTR(ret)) : uart;
}
EXPORT_SYMBOL(dw_uart_open);

void dw_uart_close(struct dw_uart* uart) {
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  uart->receiving = false;
  uart->ier = 0;
  write(uart, kIer, 0);
  dmaengine_terminate_async(uart->rx);
  dmaengine_terminate_async(uart->tx);
  spin_unlock_irqrestore(&uart->lock, flags);
  timer_delete_sync(&uart->poll);
  dmaengine_synchronize(uart->rx);
  dmaengine_synchronize(uart->tx);
  write(uart, kIirFcr, kFcrEnable | kFcrClear);
  write(uart, kIirFcr, 0);
  mutex_lock(&ports_lock);
  give_back(uart);
  uart->open = false;
  mutex_unlock(&ports_lock);
}
EXPORT_SYMBOL(dw_uart_close);

struct dw_uart_counts dw_uart_read_counts(struct dw_uart* uart) {
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  const struct dw_uart_counts counts = uart->counts;
  spin_unlock_irqrestore(&uart->lock, flags);
  return counts;
}
EXPORT_SYMBOL(dw_uart_read_counts);

const char* dw_uart_channel(struct dw_uart* uart) { return dma_chan_name(uart->tx); }
EXPORT_SYMBOL(dw_uart_channel);

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Driver: DW_apb_uart by DMA");
