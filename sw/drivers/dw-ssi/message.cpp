// Messages: what fits into the FIFO by the CPU, everything else by two transfers, the receiving one issued
// first.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/printk.h>
#include <linux/scatterlist.h>

#include "drivers/dw-ssi/internal.h"

namespace dmavp::dw_ssi {
namespace {

constexpr u32 kMaxBurst = 16;
constexpr u32 kMargin_ms = 200;
constexpr u32 kPieces = 8;  // parts of a message at most
constexpr u32 kMaxDivider = 0xFFFE;
constexpr unsigned kPolls = 1000;
constexpr unsigned kFill_ns = 200;

struct lists {
  struct scatterlist tx[kPieces];
  struct scatterlist rx[kPieces];
  int tx_mapped;
  int rx_mapped;
};

u32 length_of(const struct dw_ssi_part* parts, u32 count) {
  u32 bytes = 0;
  for (u32 i = 0; i < count; i++) bytes += parts[i].bytes;
  return bytes;
}

unsigned limit_ms(u32 bytes, u32 hz) {
  return static_cast<unsigned>(2 * (u64{bytes} * 8 * 1000 / hz + 1)) + kMargin_ms;
}

// Enabled, but not started: that is done by the select.
int set_up(struct dw_ssi* ssi, u32 select, u32 hz) {
  const u64 divider = hz ? (ssi->clock_hz + hz - 1) / hz : 0;
  const u32 even = static_cast<u32>(divider + 1) & ~1u;
  if (!divider || divider > kMaxDivider || select > 31 || !(ssi->selects >> select & 1)) {
    dev_err(ssi->dev, "select %u at %u Hz: no such select or rate\n", select, hz);
    return -EINVAL;
  }
  reset(ssi);
  write(ssi, kCtrlr0, ssi->control);
  write(ssi, kBaudr, even < 2 ? 2 : even);
  ssi->error = 0;
  ssi->failed = false;
  reinit_completion(&ssi->done);
  return 0;
}

int wait_idle(struct dw_ssi* ssi) {
  for (unsigned i = 0; i < kPolls; i++) {
    if ((read(ssi, kSr) & (kSrBusy | kSrSendEmpty)) == kSrSendEmpty) return 0;
    udelay(1);
  }
  return -ETIMEDOUT;
}

// Everything is in the FIFO before the select falls, so nothing can run dry.
int by_cpu(struct dw_ssi* ssi, u32 select, u32 hz, const struct dw_ssi_part* parts, u32 count) {
  const u32 bytes = length_of(parts, count);
  ssi->counts.by_cpu++;
  write(ssi, kSsienr, 1);
  for (u32 i = 0; i < count; i++)
    for (u32 k = 0; k < parts[i].bytes; k++) write(ssi, kDr, parts[i].tx[k]);
  write(ssi, kSer, 1u << select);
  const ktime_t end = ktime_get() + s64{limit_ms(bytes, hz)} * NSEC_PER_MSEC;
  while (read(ssi, kRxflr) < bytes) {
    if (ktime_get() > end) return -ETIMEDOUT;
    udelay(1);
  }
  for (u32 i = 0; i < count; i++)
    for (u32 k = 0; k < parts[i].bytes; k++) parts[i].rx[k] = static_cast<u8>(read(ssi, kDr));
  return wait_idle(ssi);
}

void received(void* param, const struct dmaengine_result* result) {
  struct dw_ssi* ssi = static_cast<struct dw_ssi*>(param);
  if (result->result != DMA_TRANS_NOERROR) ssi->failed = true;
  complete(&ssi->done);
}

void sent(void* param, const struct dmaengine_result* result) {
  struct dw_ssi* ssi = static_cast<struct dw_ssi*>(param);
  if (result->result == DMA_TRANS_NOERROR) return;  // what was received tells
  ssi->failed = true;
  complete(&ssi->done);
}

int map(struct dw_ssi* ssi, const struct dw_ssi_part* parts, u32 count, struct lists* lists) {
  const int n = static_cast<int>(count);
  sg_init_table(lists->tx, count);
  sg_init_table(lists->rx, count);
  for (u32 i = 0; i < count; i++) {
    sg_set_buf(&lists->tx[i], parts[i].tx, parts[i].bytes);
    sg_set_buf(&lists->rx[i], parts[i].rx, parts[i].bytes);
  }
  lists->tx_mapped = dma_map_sg(dmaengine_get_dma_device(ssi->tx), lists->tx, n, DMA_TO_DEVICE);
  if (lists->tx_mapped <= 0) return -ENOMEM;
  lists->rx_mapped = dma_map_sg(dmaengine_get_dma_device(ssi->rx), lists->rx, n, DMA_FROM_DEVICE);
  if (lists->rx_mapped > 0) return 0;
  dma_unmap_sg(dmaengine_get_dma_device(ssi->tx), lists->tx, n, DMA_TO_DEVICE);
  return -ENOMEM;
}

int submit(struct dw_ssi* ssi, struct dma_chan* chan, struct scatterlist* list, int count,
           enum dma_transfer_direction direction) {
  struct dma_async_tx_descriptor* tx = dmaengine_prep_slave_sg(chan, list, static_cast<unsigned>(count),
                                                               direction, DMA_PREP_INTERRUPT | DMA_CTRL_ACK);
  if (!tx) return -ENOMEM;
  tx->callback_result = direction == DMA_DEV_TO_MEM ? received : sent;
  tx->callback_param = ssi;
  const dma_cookie_t cookie = dmaengine_submit(tx);
  return dma_submit_error(cookie) ? cookie : 0;
}

// DMA fills the FIFO while nothing is selected. Started earlier, a message could run dry between two pieces
// of its list, and the select would rise.
void wait_filled(struct dw_ssi* ssi, u32 bytes) {
  const u32 most = ssi->fifo_depth - ssi->burst;
  const u32 wanted = bytes < most ? bytes : most;
  for (unsigned i = 0; i < kPolls && read(ssi, kTxflr) < wanted; i++) ndelay(kFill_ns);
}

int transfer(struct dw_ssi* ssi, u32 select, u32 bytes, unsigned wait_ms, struct lists* lists) {
  int ret = submit(ssi, ssi->rx, lists->rx, lists->rx_mapped, DMA_DEV_TO_MEM);
  if (!ret) ret = submit(ssi, ssi->tx, lists->tx, lists->tx_mapped, DMA_MEM_TO_DEV);
  if (!ret) {
    write(ssi, kDmatdlr, ssi->fifo_depth - ssi->burst);
    write(ssi, kDmardlr, ssi->burst - 1);
    write(ssi, kDmacr, kDmacrBoth);
    write(ssi, kImr, kIntErrors);
    write(ssi, kSsienr, 1);
    dma_async_issue_pending(ssi->rx);
    dma_async_issue_pending(ssi->tx);
    wait_filled(ssi, bytes);
    write(ssi, kSer, 1u << select);
    if (!wait_for_completion_timeout(&ssi->done, msecs_to_jiffies(wait_ms))) ret = -ETIMEDOUT;
  }
  if (!ret && !ssi->error && !ssi->failed) ret = wait_idle(ssi);
  if (ret || ssi->error || ssi->failed) {
    write(ssi, kDmacr, 0);
    dmaengine_terminate_async(ssi->tx);
    dmaengine_terminate_async(ssi->rx);
  }
  dmaengine_synchronize(ssi->tx);
  dmaengine_synchronize(ssi->rx);
  return ret;
}

int by_dma(struct dw_ssi* ssi, u32 select, u32 hz, const struct dw_ssi_part* parts, u32 count) {
  struct lists lists;
  int ret = map(ssi, parts, count, &lists);
  if (ret) return ret;
  ssi->counts.by_dma++;
  const u32 bytes = length_of(parts, count);
  ret = transfer(ssi, select, bytes, limit_ms(bytes, hz), &lists);
  dma_unmap_sg(dmaengine_get_dma_device(ssi->rx), lists.rx, static_cast<int>(count), DMA_FROM_DEVICE);
  dma_unmap_sg(dmaengine_get_dma_device(ssi->tx), lists.tx, static_cast<int>(count), DMA_TO_DEVICE);
  return ret;
}

}  // namespace

// The receive watermark is the burst: with a higher one the last frames would stay in the FIFO.
int configure_channels(struct dw_ssi* ssi) {
  struct dma_slave_caps caps;
  int ret = dma_get_slave_caps(ssi->rx, &caps);
  if (ret) return ret;
  const u32 wanted = ssi->fifo_depth / 4 < kMaxBurst ? ssi->fifo_depth / 4 : kMaxBurst;
  const u32 most = caps.max_burst && caps.max_burst < wanted ? caps.max_burst : wanted;
  ssi->burst = most >= 16 ? 16 : most >= 8 ? 8 : most >= 4 ? 4 : 1;
  struct dma_slave_config config = {};
  config.src_addr = config.dst_addr = ssi->physical + kDr;
  config.src_addr_width = config.dst_addr_width = DMA_SLAVE_BUSWIDTH_1_BYTE;
  config.src_maxburst = config.dst_maxburst = ssi->burst;
  ret = dmaengine_slave_config(ssi->rx, &config);
  return ret ? ret : dmaengine_slave_config(ssi->tx, &config);
}

}  // namespace dmavp::dw_ssi

using namespace dmavp::dw_ssi;

int dw_ssi_message(struct dw_ssi* ssi, u32 select, u32 hz, const struct dw_ssi_part* parts, u32 count) {
  if (!count || count > kPieces) return -EINVAL;
  for (u32 i = 0; i < count; i++) {
    if (!parts[i].bytes) return -EINVAL;
  }
  int ret = set_up(ssi, select, hz);
  if (ret) return ret;
  // One below the depth: some parts lose the frame that fills the receive FIFO.
  ret = length_of(parts, count) < ssi->fifo_depth ? by_cpu(ssi, select, hz, parts, count)
                                                  : by_dma(ssi, select, hz, parts, count);
  unsigned long flags;
  spin_lock_irqsave(&ssi->lock, flags);
  take_errors(ssi);
  const u32 error = ssi->error;
  spin_unlock_irqrestore(&ssi->lock, flags);
  reset(ssi);
  if (ret == -ETIMEDOUT) ssi->counts.timeouts++;
  if (error) {
    dev_err(ssi->dev, "%s%s%s\n", error & kIntOverflow ? "transmit overflow " : "",
            error & kIntUnderflow ? "receive underflow " : "", error & kIntOverrun ? "receive overrun" : "");
  }
  return error || ssi->failed ? -EIO : ret;
}
EXPORT_SYMBOL(dw_ssi_message);
