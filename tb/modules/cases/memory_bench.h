// A channel for transfers in memory and two buffers that it and the test see at once, with a model of the
// second.
#pragma once

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "modules/cases/check.h"
#include "modules/cases/template.h"
#include "modules/cases/transfer.h"

namespace dmavp::test {

struct MemoryBench {
  size_t size;
  dma_chan* chan;
  struct device* dev;
  u8 *src, *dst;
  u8* expected;  ///< what dst has to be
  dma_addr_t src_bus = 0, dst_bus = 0;

  explicit MemoryBench(size_t bytes, dma_transaction_type capability = DMA_INTERLEAVE) : size(bytes) {
    dma_cap_mask_t mask;
    dma_cap_zero(mask);
    dma_cap_set(capability, mask);
    chan = dma_request_channel(mask, nullptr, nullptr);
    CHECK(chan != nullptr);
    dev = dmaengine_get_dma_device(chan);
    src = static_cast<u8*>(dma_alloc_coherent(dev, size, &src_bus, GFP_KERNEL));
    dst = static_cast<u8*>(dma_alloc_coherent(dev, size, &dst_bus, GFP_KERNEL));
    expected = static_cast<u8*>(kmalloc(size, GFP_KERNEL));
    CHECK(src && dst && expected);
    get_random_bytes(src, size);
    reset();
  }
  ~MemoryBench() {
    dmaengine_terminate_sync(chan);
    kfree(expected);
    dma_free_coherent(dev, size, dst, dst_bus);
    dma_free_coherent(dev, size, src, src_bus);
    dma_release_channel(chan);
  }
  MemoryBench(const MemoryBench&) = delete;
  MemoryBench& operator=(const MemoryBench&) = delete;

  void reset() {
    memset(dst, 0x5a, size);
    memset(expected, 0x5a, size);
  }
  size_t wrong() const {
    size_t n = 0;
    for (size_t i = 0; i < size; i++) n += dst[i] != expected[i];
    return n;
  }
  dma_cookie_t submit(dma_async_tx_descriptor* tx, Transfer& t) { return submit_counted(tx, t); }
  dma_cookie_t start(dma_async_tx_descriptor* tx, Transfer& t) {
    const dma_cookie_t cookie = submit(tx, t);
    dma_async_issue_pending(chan);
    return cookie;
  }
  bool wait(const Transfer& t, unsigned calls = 1, unsigned ms = 50) { return wait_counted(t, calls, ms); }
  /// Runs it to its end: it is a success without residue, and dst is what is expected.
  void run(dma_async_tx_descriptor* tx) {
    Transfer t;
    const dma_cookie_t cookie = start(tx, t);
    CHECK(wait(t));
    CHECK_EQ(t.calls, 1);
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, 0);
    dma_tx_state state;
    CHECK_EQ(dmaengine_tx_status(chan, cookie, &state), DMA_COMPLETE);
    CHECK_EQ(wrong(), 0);
  }
};

}  // namespace dmavp::test
