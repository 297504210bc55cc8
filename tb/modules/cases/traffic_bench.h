// What the cases of the module `traffic-cases` share: a traffic source and sink, a channel of it and one
// buffer that both the channel and the test see at once.
#pragma once

#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/of_address.h>
#include <linux/string.h>

#include "modules/cases/check.h"
#include "modules/cases/client_device.h"
#include "modules/cases/transfer.h"

namespace dmavp::test {

/// Registers (docs/traffic.md).
namespace traffic {
inline constexpr u32 kCtrl = 0x00, kStatus = 0x04, kSink = 0x08, kSource = 0x0C, kSinkWatermark = 0x10,
                     kSourceWatermark = 0x14, kBurst = 0x18, kGap = 0x1C, kSinkCount = 0x20,
                     kSourceCount = 0x24, kSinkLost = 0x28, kSourceLost = 0x2C, kSinkLength = 0x38,
                     kSourceLength = 0x3C, kFlowItems = 0x40, kMismatches = 0x44, kSourceUnderruns = 0x4C,
                     kConfig = 0x58;
inline constexpr u32 kSinkOn = 1, kSourceOn = 2, kReset = 4, kFlow = 8;
}  // namespace traffic

inline constexpr u8 kUntouched = 0x5a;

struct TrafficBench {
  static constexpr u64 kSeed = 1;
  ClientDevice client{"traffic-client", "traffic0"};
  dma_transfer_direction direction;
  size_t size;
  dma_chan* chan;
  struct device* dev;
  u8* regs;
  dma_addr_t address = 0;  ///< of the data register
  unsigned width, depth;   ///< bytes of an item, items
  u8* buffer;
  dma_addr_t bus = 0;

  explicit TrafficBench(dma_transfer_direction dir, size_t bytes)
      : direction(dir), size(bytes), chan(dma_request_chan(&client.dev, to_device() ? "tx" : "rx")) {
    CHECK(!IS_ERR(chan));
    dev = dmaengine_get_dma_device(chan);
    regs = static_cast<u8*>(of_iomap(client.dev.of_node, 0));
    struct resource res;
    CHECK_EQ(of_address_to_resource(client.dev.of_node, 0, &res), 0);
    const u32 config = ioread32(regs + traffic::kConfig);
    width = config & 15;
    depth = config >> 16;
    address = res.start + (to_device() || width == 8 ? traffic::kSink : traffic::kSource);
    buffer = static_cast<u8*>(dma_alloc_coherent(dev, size, &bus, GFP_KERNEL));
    CHECK(buffer != nullptr);
    // Memory is accessed in the width of items, so that a burst of either side is as many of them.
    buffer += width;
    bus += width;
    size -= width;
  }
  ~TrafficBench() {
    dmaengine_terminate_sync(chan);
    write(traffic::kCtrl, traffic::kReset);
    dma_free_coherent(dev, size + width, buffer - width, bus - width);
    iounmap(regs);
    dma_release_channel(chan);
  }
  TrafficBench(const TrafficBench&) = delete;
  TrafficBench& operator=(const TrafficBench&) = delete;

  bool to_device() const { return direction == DMA_MEM_TO_DEV; }
  void write(u32 offset, u32 value) { iowrite32(value, regs + offset); }
  u32 read(u32 offset) { return ioread32(regs + offset); }
  /// Bytes that the channel has moved through the data register since begin().
  u32 moved() { return read(to_device() ? traffic::kSinkCount : traffic::kSourceCount) * width; }

  static u64 item(u64 index) {
    u64 z = kSeed + (index + 1) * 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }
  /// Byte `n` of the pattern as memory has it.
  u8 pattern(u64 n) const { return static_cast<u8>(item(n / width) >> 8 * (n % width)); }
  void fill(size_t at, size_t bytes, u64 from = 0) {
    for (size_t n = 0; n < bytes; n++) buffer[at + n] = pattern(from + n);
  }

  /// Peripheral and channel for bursts of `maxburst` items: the thresholds are those of the burst the channel
  /// uses. The line moves `items` every `gap` cycles. From here the pattern and the counters begin.
  void begin(u32 maxburst, u32 items, u32 gap, u32 extra = 0) {
    using namespace traffic;
    u32 burst = 1;
    for (u32 b = 4; b <= maxburst && b <= depth; b *= 2) burst = b;
    write(kCtrl, kReset);
    write(kSinkWatermark, depth - burst);
    write(kSourceWatermark, burst);
    write(kFlowItems, burst);
    write(kBurst, items);
    write(kGap, gap);
    dma_slave_config cfg = {};
    cfg.src_addr = cfg.dst_addr = address;
    cfg.src_addr_width = cfg.dst_addr_width = static_cast<dma_slave_buswidth>(width);
    cfg.src_maxburst = cfg.dst_maxburst = maxburst;
    cfg.device_fc = extra & kFlow;
    CHECK_EQ(dmaengine_slave_config(chan, &cfg), 0);
    write(kCtrl, extra);
  }
  void switch_on(u32 extra = 0) {
    write(traffic::kCtrl, extra | (to_device() ? traffic::kSinkOn : traffic::kSourceOn));
  }
  /// Nothing lost on either side, nothing read that was not there, nothing wrong.
  void check_exact() {
    CHECK_EQ(read(traffic::kMismatches), 0);
    CHECK_EQ(read(traffic::kSinkLost), 0);
    CHECK_EQ(read(traffic::kSourceUnderruns), 0);
  }
  /// The first `bytes` of the buffer are the pattern, the others up to `length` as they were.
  void check_prefix(size_t bytes, size_t length) {
    size_t wrong = 0;
    for (size_t n = 0; n < length; n++) wrong += buffer[n] != (n < bytes ? pattern(n) : kUntouched);
    // Neither a byte of the pattern nor the background tells the other from itself where they are equal.
    CHECK_EQ(wrong, 0);
  }

  dma_cookie_t submit(dma_async_tx_descriptor* tx, Transfer& t) { return submit_counted(tx, t); }
  dma_cookie_t start(Transfer& t, size_t bytes, size_t at = 0) {
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
  bool wait(const Transfer& t, unsigned calls = 1) { return wait_counted(t, calls, 50); }
};

// traffic_templates.cpp
void templates(dma_transfer_direction direction);
void ragged_lists(dma_transfer_direction direction);

}  // namespace dmavp::test
