// What the cases of the module `slave-cases` share: a channel of the peripheral client-s and one buffer.
#pragma once

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "modules/cases/check.h"
#include "modules/cases/client_device.h"
#include "modules/cases/transfer.h"

namespace dmavp::test {

inline constexpr dma_addr_t kRegister = 0x40001000;  ///< of the peripheral, both directions

/// What the fake peripheral gives, and what is written to it here: one stream per direction.
inline u8 stream_byte(u64 n) { return static_cast<u8>(n * 7 + (n >> 8) * 13); }

struct SlaveBench {
  ClientDevice client{"s", "/soc/client-s"};
  dma_transfer_direction direction;
  size_t size;
  dma_chan* chan;
  struct device* dev;
  u8* buffer;
  dma_addr_t bus;

  explicit SlaveBench(dma_transfer_direction dir, size_t bytes = 65536)
      : direction(dir), size(bytes), chan(dma_request_chan(&client.dev, to_device() ? "tx" : "rx")) {
    CHECK(!IS_ERR(chan));
    dev = dmaengine_get_dma_device(chan);
    buffer = static_cast<u8*>(kmalloc(size, GFP_KERNEL));
    memset(buffer, 0x5a, size);
    bus = dma_map_single(dev, buffer, size, mapping());
    CHECK(!dma_mapping_error(dev, bus));
  }
  ~SlaveBench() {
    dmaengine_terminate_sync(chan);
    dma_unmap_single(dev, bus, size, mapping());
    kfree(buffer);
    dma_release_channel(chan);
  }
  SlaveBench(const SlaveBench&) = delete;
  SlaveBench& operator=(const SlaveBench&) = delete;

  bool to_device() const { return direction == DMA_MEM_TO_DEV; }
  dma_data_direction mapping() const { return to_device() ? DMA_TO_DEVICE : DMA_FROM_DEVICE; }

  int configure(unsigned width, u32 burst) {
    dma_slave_config cfg = {};
    cfg.direction = DMA_MEM_TO_MEM;  // not looked at (R9)
    (to_device() ? cfg.dst_addr : cfg.src_addr) = kRegister;
    (to_device() ? cfg.dst_addr_width : cfg.src_addr_width) = static_cast<dma_slave_buswidth>(width);
    (to_device() ? cfg.dst_maxburst : cfg.src_maxburst) = burst;
    const int ret = dmaengine_slave_config(chan, &cfg);
    memset(&cfg, 0xff, sizeof(cfg));  // K12
    return ret;
  }
  dma_cookie_t submit(dma_async_tx_descriptor* tx, Transfer& t) { return submit_counted(tx, t); }
  dma_cookie_t start(Transfer& t, size_t at, size_t bytes) {
    const dma_cookie_t cookie =
        submit(dmaengine_prep_slave_single(chan, bus + at, bytes, direction, DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(chan);
    return cookie;
  }
  dma_cookie_t start_cyclic(Transfer& t, size_t bytes, size_t period) {
    const dma_cookie_t cookie =
        submit(dmaengine_prep_dma_cyclic(chan, bus, bytes, period, direction, DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(chan);
    return cookie;
  }
  bool wait(const Transfer& t, unsigned calls = 1, unsigned ms = 20) { return wait_counted(t, calls, ms); }
  u32 residue(dma_cookie_t cookie) {
    dma_tx_state state;
    dmaengine_tx_status(chan, cookie, &state);
    return state.residue;
  }
};

void cyclic_positions();
void cyclic_callbacks();
void cyclic_late();
void cyclic_bound();
void cyclic_terminate();

extern bool slow_interrupts;  ///< the machine has one CPU, so that masking interrupts delays them

}  // namespace dmavp::test
