// DW_apb_uart by DMA, for clients: one user per port, 8 data bits, no parity, one stop bit.
#pragma once

#include <linux/device.h>
#include <linux/of.h>
#include <linux/types.h>

extern "C" {

struct dw_uart;

struct dw_uart_config {
  u32 baud;
  /// Bytes of the receive buffer: a transfer ends when it is full or the line falls silent.
  size_t receive_bytes;
  /// Takes what was received, in order, never from two CPUs at once. Interrupts are off: it must not sleep.
  void (*received)(void* context, const u8* data, size_t bytes);
  void* context;
};

struct dw_uart_counts {
  u64 received;      ///< bytes handed over
  u64 timeouts;      ///< times the line fell silent with characters in the FIFO
  u64 polls;         ///< times it fell silent with all characters in the buffer: no interrupt, a timer saw it
  u64 full_buffers;  ///< receive transfers that ran to their end
  u64 by_cpu;        ///< bytes that DMA had left in the FIFO
  u64 overruns;      ///< LSR.OE seen
  u64 line_errors;   ///< LSR.PE, FE or BI seen
  u64 dma_errors;    ///< receive transfers that ended with an error
};

/// Opens the port of a node and starts to receive. ERR_PTR: -ENODEV no driver is bound to the node, -EBUSY it
/// is open, -EINVAL the clock cannot make this rate within 3 %, -EPROBE_DEFER a DMA channel is in use,
/// -ENOMEM. Sleeps.
struct dw_uart* dw_uart_open(struct device_node* node, const struct dw_uart_config* config);
/// Sends by DMA and waits until all has left the FIFO. `data` is kmalloc'ed. 0; -EIO the transfer failed,
/// -ETIMEDOUT it did not end in twice its time on the wire + 200 ms, -ENOMEM. Sleeps.
int dw_uart_send(struct dw_uart* uart, const u8* data, size_t bytes);
/// Stops both directions and gives the channels back. `received` is not called any more. Sleeps.
void dw_uart_close(struct dw_uart* uart);
struct dw_uart_counts dw_uart_read_counts(struct dw_uart* uart);
/// Name of the channel that sends, for reports.
const char* dw_uart_channel(struct dw_uart* uart);

}  // extern "C"
