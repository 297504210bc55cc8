// Data of the UART by DMA. Reception goes as serial drivers do it: one buffer; when the line falls silent the
// transfer is paused, what it has moved is handed over, the rest is read from the FIFO, and it starts anew.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/scatterlist.h>
#include <linux/string.h>

#include "drivers/dw-uart/internal.h"

namespace dmavp::dw_uart {
namespace {

constexpr size_t kPiece = 1024;  // of a list that is sent
constexpr u32 kMargin_ms = 200;
constexpr u32 kPoll_ms = 10;

void hand_over(struct dw_uart* uart, const u8* data, size_t bytes) {
  if (bytes == 0) return;
  uart->counts.received += bytes;
  uart->config.received(uart->config.context, data, bytes);
}

void drain_fifo(struct dw_uart* uart) {
  u32 lsr = read(uart, kLsr);
  for (; lsr & kLsrData; lsr = read(uart, kLsr)) {
    if (lsr & kLsrOverrun) uart->counts.overruns++;
    if (lsr & kLsrLine) uart->counts.line_errors++;
    const u8 character = static_cast<u8>(read(uart, kRbrThr));
    uart->counts.by_cpu++;
    hand_over(uart, &character, 1);
  }
}

// The buffer is full, or the transfer failed. Until it has started anew nobody empties the FIFO: see
// receive_complete.
void receive_done(void* param, const struct dmaengine_result* result) {
  struct dw_uart* uart = static_cast<struct dw_uart*>(param);
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  if (uart->receiving) {
    if (result->result == DMA_TRANS_NOERROR) {
      uart->counts.full_buffers++;
      hand_over(uart, uart->buffer, uart->config.receive_bytes);
    } else {
      uart->counts.dma_errors++;
    }
    if (start_receive(uart) == 0) {
      uart->ier |= kIerReceive;
      write(uart, kIer, uart->ier);
    }
  }
  spin_unlock_irqrestore(&uart->lock, flags);
}

void send_done(void* param, const struct dmaengine_result* result) {
  struct dw_uart* uart = static_cast<struct dw_uart*>(param);
  uart->send_result = result->result == DMA_TRANS_NOERROR ? 0 : -EIO;
  complete(&uart->sent);
}

int issue_send(struct dw_uart* uart, struct sg_table* table, int pieces) {
  struct dma_async_tx_descriptor* tx = dmaengine_prep_slave_sg(
      uart->tx, table->sgl, static_cast<unsigned>(pieces), DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (!tx) return -ENOMEM;
  tx->callback_result = send_done;
  tx->callback_param = uart;
  const dma_cookie_t cookie = dmaengine_submit(tx);
  if (dma_submit_error(cookie)) return cookie;
  dma_async_issue_pending(uart->tx);
  return 0;
}

// Hands over what has come and starts anew. False: the transfer has just ended, or cannot be paused now; the
// interrupt comes back if need be.
bool take_received(struct dw_uart* uart) {
  if (dmaengine_pause(uart->rx) != 0) return false;
  struct dma_tx_state state = {};
  if (dmaengine_tx_status(uart->rx, uart->cookie, &state) != DMA_PAUSED) return false;
  hand_over(uart, uart->buffer, uart->config.receive_bytes - state.residue);
  dmaengine_terminate_async(uart->rx);
  drain_fifo(uart);
  start_receive(uart);
  return true;
}

unsigned wire_ms(const struct dw_uart* uart, size_t bytes) {
  return static_cast<unsigned>(bytes * kBitsPerCharacter * 1000 / uart->actual_baud) + 1;
}

int wait_sent(struct dw_uart* uart, size_t bytes) {
  const unsigned limit_ms = 2 * wire_ms(uart, bytes) + kMargin_ms;
  if (!wait_for_completion_timeout(&uart->sent, msecs_to_jiffies(limit_ms))) {
    dev_err(uart->dev, "%zu bytes not sent within %u ms\n", bytes, limit_ms);
    return -ETIMEDOUT;
  }
  // DMA is done with the bytes when they are in the FIFO.
  for (unsigned waited = 0; uart->send_result == 0 && !(read(uart, kLsr) & kLsrEmpty); waited++) {
    if (waited > limit_ms * 10) return -ETIMEDOUT;
    usleep_range(20, 100);
  }
  return uart->send_result;
}

}  // namespace

int configure_channels(struct dw_uart* uart) {
  struct dma_slave_config config = {};
  config.src_addr = uart->physical + kRbrThr;
  config.dst_addr = uart->physical + kRbrThr;
  config.src_addr_width = DMA_SLAVE_BUSWIDTH_1_BYTE;
  config.dst_addr_width = DMA_SLAVE_BUSWIDTH_1_BYTE;
  config.src_maxburst = burst(uart);
  config.dst_maxburst = burst(uart);
  const int ret = dmaengine_slave_config(uart->rx, &config);
  return ret ? ret : dmaengine_slave_config(uart->tx, &config);
}

int start_receive(struct dw_uart* uart) {
  struct dma_async_tx_descriptor* tx =
      dmaengine_prep_slave_single(uart->rx, uart->buffer_dma, uart->config.receive_bytes, DMA_DEV_TO_MEM,
                                  DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (!tx) {
    uart->counts.dma_errors++;
    dev_err(uart->dev, "no descriptor to receive with\n");
    return -ENOMEM;
  }
  tx->callback_result = receive_done;
  tx->callback_param = uart;
  uart->to_come = static_cast<u32>(uart->config.receive_bytes);
  uart->cookie = dmaengine_submit(tx);
  if (dma_submit_error(uart->cookie)) return uart->cookie;
  dma_async_issue_pending(uart->rx);
  return 0;
}

bool receive_complete(struct dw_uart* uart) {
  return dmaengine_tx_status(uart->rx, uart->cookie, nullptr) == DMA_COMPLETE;
}

void receive_silence(struct dw_uart* uart) {
  if (take_received(uart)) uart->counts.timeouts++;
}

// The transfer that receives does not move: its start or its end has been lost.
void restart_receive(struct dw_uart* uart) {
  uart->counts.dma_errors++;
  dev_err(uart->dev, "nobody takes what is received, starting anew\n");
  dmaengine_terminate_async(uart->rx);
  drain_fifo(uart);
  if (start_receive(uart)) return;
  uart->ier |= kIerReceive;
  write(uart, kIer, uart->ier);
}

// The time-out tells of characters in the FIFO only. When the last burst has taken all of them, nothing
// tells.
void poll_receive(struct timer_list* timer) {
  struct dw_uart* uart = container_of(timer, struct dw_uart, poll);
  unsigned long flags;
  spin_lock_irqsave(&uart->lock, flags);
  if (uart->receiving) {
    struct dma_tx_state state = {};
    const enum dma_status status = dmaengine_tx_status(uart->rx, uart->cookie, &state);
    // What the controller still holds has left the FIFO too; a pause brings it to memory.
    const u32 to_come = state.residue - state.in_flight_bytes;
    const bool still = to_come == uart->to_come;
    uart->to_come = to_come;
    if (status == DMA_IN_PROGRESS && still && to_come != uart->config.receive_bytes) {
      if (take_received(uart)) uart->counts.polls++;
    }
    if (uart->levels > kMostLevels) restart_receive(uart);
    uart->levels = 0;
    mod_timer(&uart->poll, jiffies + msecs_to_jiffies(kPoll_ms));
  }
  spin_unlock_irqrestore(&uart->lock, flags);
}

}  // namespace dmavp::dw_uart

using namespace dmavp::dw_uart;

int dw_uart_send(struct dw_uart* uart, const u8* data, size_t bytes) {
  if (bytes == 0) return 0;
  struct sg_table table;
  const unsigned pieces = static_cast<unsigned>((bytes + kPiece - 1) / kPiece);
  int ret = sg_alloc_table(&table, pieces, GFP_KERNEL);
  if (ret) return ret;
  struct scatterlist* sg = nullptr;
  unsigned i = 0;
  for_each_sg(table.sgl, sg, pieces, i) {
    const size_t at = i * kPiece;
    sg_set_buf(sg, data + at, static_cast<unsigned>(bytes - at < kPiece ? bytes - at : kPiece));
  }
  struct device* dma = dmaengine_get_dma_device(uart->tx);
  const int mapped = dma_map_sg(dma, table.sgl, static_cast<int>(pieces), DMA_TO_DEVICE);
  if (mapped > 0) {
    reinit_completion(&uart->sent);
    ret = issue_send(uart, &table, mapped);
    if (!ret) ret = wait_sent(uart, bytes);
    if (ret) dmaengine_terminate_sync(uart->tx);
    dma_unmap_sg(dma, table.sgl, static_cast<int>(pieces), DMA_TO_DEVICE);
  } else {
    ret = -ENOMEM;
  }
  sg_free_table(&table);
  return ret;
}
EXPORT_SYMBOL(dw_uart_send);
