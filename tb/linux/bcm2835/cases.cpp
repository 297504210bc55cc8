// Transfers by Linux's bcm2835-dma.c inside the simulated kernel: copies, lists, rings, and what goes wrong.
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/scatterlist.h>

#include "modules/cases/memory_bench.h"
#include "modules/cases/slave_bench.h"

static bool to_device;
module_param(to_device, bool, 0444);
static char test[32];
module_param_string(test, test, sizeof(test), 0444);

namespace dmavp::test {

unsigned failures;
bool slow_interrupts;

namespace {

constexpr s64 kWord_ns = 100;  // of the peripherals
constexpr dma_addr_t kHole = 0x10000000;

dma_transfer_direction direction() { return to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM; }

u32 random_below(u32 bound) {
  u32 r;
  get_random_bytes(&r, sizeof(r));
  return r % bound;
}

/// A channel that copies, with its buffers.
struct Copier : MemoryBench {
  static constexpr size_t kBytes = 200000;

  Copier() : MemoryBench(kBytes, DMA_MEMCPY) {}
  dma_async_tx_descriptor* copy(dma_addr_t from, size_t at, size_t bytes) {
    return dmaengine_prep_dma_memcpy(chan, dst_bus + at, from, bytes, DMA_PREP_INTERRUPT);
  }
};

/// Every channel at once; lengths from one byte to several blocks of a lite channel; three in each queue.
void copies() {
  constexpr unsigned kChannels = 7, kQueued = 3;
  for (unsigned round = 0; round < 4; round++) {
    Copier copiers[kChannels];
    Transfer transfers[kChannels][kQueued];
    for (unsigned i = 0; i < kChannels; i++) {
      Copier& c = copiers[i];
      size_t next = 1 + random_below(7);
      for (unsigned n = 0; n < kQueued; n++) {
        const size_t bytes = round == 0 ? n + 1 : 1 + random_below(n == 1 ? 150000 : 3000);
        c.submit(c.copy(c.src_bus + next, next, bytes), transfers[i][n]);
        memcpy(c.expected + next, c.src + next, bytes);
        next += bytes + 1;  // a byte between them stays as it is
      }
      dma_async_issue_pending(c.chan);
    }
    for (unsigned i = 0; i < kChannels; i++) {
      for (const Transfer& t : transfers[i]) {
        CHECK(copiers[i].wait(t));
        CHECK_EQ(t.calls, 1);
        CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
      }
      CHECK_EQ(copiers[i].wrong(), 0);
    }
  }
}

/// Pieces of the buffer behind each other, with gaps. Bytes of all.
size_t cut(const SlaveBench& b, scatterlist* sg, unsigned pieces) {
  size_t at = 0, total = 0;
  sg_init_table(sg, pieces);
  for (unsigned i = 0; i < pieces; i++) {
    const u32 bytes = 4 * (1 + random_below(200));
    at += random_below(64);
    sg_dma_address(&sg[i]) = b.bus + at;
    sg_dma_len(&sg[i]) = bytes;
    at += bytes;
    total += bytes;
  }
  return total;
}

/// Calls visit(byte, its number in the list) for each byte of the list.
template <typename Visit>
void each_byte(SlaveBench& b, scatterlist* list, unsigned pieces, Visit visit) {
  scatterlist* sg = nullptr;
  unsigned i = 0;
  size_t number = 0;
  for_each_sg(list, sg, pieces, i) {
    u8* bytes = b.buffer + (sg_dma_address(sg) - b.bus);
    for (u32 n = 0; n < sg_dma_len(sg); n++) visit(bytes[n], number++);
  }
}

/// Lists of 1 to 9 pieces, the stream goes on from one to the next.
void lists() {
  SlaveBench b(direction());
  u64 streamed = 0;
  CHECK_EQ(b.configure(4, 8), 0);
  for (unsigned round = 0; round < 20; round++) {
    scatterlist sg[9];
    const unsigned pieces = 1 + random_below(9);
    const size_t total = cut(b, sg, pieces);
    if (to_device) each_byte(b, sg, pieces, [&](u8& byte, size_t n) { byte = stream_byte(streamed + n); });
    Transfer t;
    const dma_cookie_t cookie =
        b.submit(dmaengine_prep_slave_sg(b.chan, sg, pieces, direction(), DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_COMPLETE);
    size_t wrong = 0;
    each_byte(b, sg, pieces, [&](u8 byte, size_t n) { wrong += byte != stream_byte(streamed + n); });
    CHECK_EQ(wrong, 0);
    streamed += total;
  }
}

/// The peripheral's rate is known, so the clock says what the residue must be.
void residue() {
  constexpr u32 kBytes = 8192;
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  Transfer t;
  const s64 before = ktime_get();
  const dma_cookie_t cookie = b.start(t, 0, kBytes);
  const s64 after = ktime_get();
  for (unsigned i = 0; i < 40; i++) {
    udelay(3);
    const s64 least = (ktime_get() - after) / kWord_ns * 4;
    const s64 moved = s64{kBytes} - b.residue(cookie);
    const s64 most = (ktime_get() - before) / kWord_ns * 4;
    CHECK(least - 4 <= moved && moved <= most);
    CHECK(moved % 4 == 0);
  }
  CHECK(b.wait(t));
  CHECK_EQ(t.calls, 1);
}

/// Rings: a callback for each period, the position in the residue, and nothing after terminate.
void ring() {
  constexpr size_t kPeriod = 400, kBytes = 4 * kPeriod;
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  for (size_t n = 0; n < kBytes; n++) b.buffer[n] = to_device ? stream_byte(n) : 0;
  Transfer t;
  const dma_cookie_t cookie = b.start_cyclic(t, kBytes, kPeriod);
  u32 last = kBytes;
  unsigned laps = 0;
  for (unsigned i = 0; i < 60; i++) {
    udelay(4);
    const u32 now = b.residue(cookie);
    CHECK(now > 0 && now <= kBytes);
    if (now > last) laps++;
    last = now;
  }
  CHECK(laps >= 4);
  CHECK(b.wait(t, 20));
  CHECK_EQ(dmaengine_pause(b.chan), -ENOSYS);  // the driver has none
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  const unsigned calls = t.calls;
  usleep_range(100, 100);
  CHECK_EQ(t.calls, calls);
  if (!to_device) {
    // Up to a seam the bytes of one lap of the stream, behind it those of the lap before.
    bool found = false;
    for (u64 lap = 1; lap < 200 && !found; lap++) {
      size_t k = 0;
      while (k < kBytes && b.buffer[k] == stream_byte(lap * kBytes + k)) k++;
      while (k < kBytes && b.buffer[k] == stream_byte((lap - 1) * kBytes + k)) k++;
      found = k == kBytes;
    }
    CHECK(found);
    return;
  }
  // Without interrupts nobody is called, and the ring goes round all the same.
  Transfer quiet;
  const dma_cookie_t silent =
      b.submit(dmaengine_prep_dma_cyclic(b.chan, b.bus, kBytes, kPeriod, direction(), 0), quiet);
  dma_async_issue_pending(b.chan);
  usleep_range(50, 50);
  CHECK(b.residue(silent) < kBytes);
  CHECK_EQ(quiet.calls, 0);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
}

/// A ring over the page of zeros needs no memory.
void zeros() {
  SlaveBench b(DMA_MEM_TO_DEV);
  CHECK_EQ(b.configure(4, 8), 0);
  const dma_addr_t bus = dma_map_page(b.dev, ZERO_PAGE(0), 0, PAGE_SIZE, DMA_TO_DEVICE);
  CHECK(!dma_mapping_error(b.dev, bus));
  Transfer t;
  b.submit(dmaengine_prep_dma_cyclic(b.chan, bus, PAGE_SIZE, PAGE_SIZE, DMA_MEM_TO_DEV, DMA_PREP_INTERRUPT),
           t);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t));
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  dma_unmap_page(b.dev, bus, PAGE_SIZE, DMA_TO_DEVICE);
}

/// Terminated at any moment: no callback, the queue is gone, the next transfer is whole.
void terminate() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  for (unsigned round = 0; round < 20; round++) {
    Transfer t, queued, next;
    b.start(t, 0, 4096);
    b.start(queued, 4096, 4096);
    udelay(round * 4);
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    const dma_cookie_t cookie = b.start(next, 0, 64);
    CHECK(b.wait(next));
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_COMPLETE);
    CHECK_EQ(t.calls, 0);
    CHECK_EQ(queued.calls, 0);
  }
}

/// Nothing answers the read: the channel stands with its error bit, the client's time runs out, and the
/// channel is good again once it was terminated. The controller raises no interrupt, and the driver looks at
/// none.
void error() {
  Copier c;
  for (unsigned round = 0; round < 3; round++) {
    Transfer bad;
    const dma_cookie_t cookie = c.start(c.copy(kHole, 0, 64), bad);
    usleep_range(200, 200);
    CHECK_EQ(dmaengine_tx_status(c.chan, cookie, nullptr), DMA_IN_PROGRESS);
    CHECK_EQ(bad.calls, 0);
    CHECK_EQ(dmaengine_terminate_sync(c.chan), 0);
    c.reset();
    memcpy(c.expected, c.src, 256);
    c.run(c.copy(c.src_bus, 0, 256));
  }
}

/// A request line that never rises; and what the driver refuses.
void refusals() {
  SlaveBench b(direction());
  CHECK(dmaengine_prep_slave_single(b.chan, b.bus, 64, direction(), 0) == nullptr);  // not configured
  CHECK_EQ(b.configure(2, 8), 0);
  CHECK(dmaengine_prep_slave_single(b.chan, b.bus, 64, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, 64, 16, direction(), 0) == nullptr);
  CHECK_EQ(b.configure(4, 8), 0);
  CHECK(dmaengine_prep_dma_cyclic(b.chan, b.bus, 0, 16, direction(), 0) == nullptr);
  CHECK(dmaengine_prep_dma_memcpy(b.chan, b.bus, b.bus, 0, 0) == nullptr);
  Transfer t;
  b.start(t, 0, 64);
  CHECK(b.wait(t));
  dma_chan* silent = dma_request_chan(&b.client.dev, "silent");
  CHECK(!IS_ERR(silent));
  dma_slave_config cfg = {};
  cfg.dst_addr = cfg.src_addr = kRegister;
  cfg.dst_addr_width = cfg.src_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES;
  CHECK_EQ(dmaengine_slave_config(silent, &cfg), 0);
  dma_async_tx_descriptor* tx =
      dmaengine_prep_slave_single(silent, b.bus, 64, direction(), DMA_PREP_INTERRUPT);
  CHECK(tx != nullptr);
  const dma_cookie_t cookie = dmaengine_submit(tx);
  dma_async_issue_pending(silent);
  usleep_range(100, 100);
  dma_tx_state state;
  CHECK_EQ(dmaengine_tx_status(silent, cookie, &state), DMA_IN_PROGRESS);
  CHECK_EQ(state.residue, 64);
  CHECK_EQ(dmaengine_terminate_sync(silent), 0);
  dma_release_channel(silent);
}

/// What the provider says it can do.
void capabilities() {
  SlaveBench b(DMA_MEM_TO_DEV);
  dma_slave_caps caps;
  CHECK_EQ(dma_get_slave_caps(b.chan, &caps), 0);
  CHECK_EQ(caps.src_addr_widths, BIT(DMA_SLAVE_BUSWIDTH_4_BYTES));
  CHECK_EQ(caps.residue_granularity, DMA_RESIDUE_GRANULARITY_BURST);
  CHECK(!caps.cmd_pause && !caps.cmd_resume && caps.cmd_terminate && caps.descriptor_reuse);
}

const Case kCases[] = {{"copies", copies}, {"lists", lists},       {"residue", residue},
                       {"ring", ring},     {"zeros", zeros},       {"terminate", terminate},
                       {"error", error},   {"refusals", refusals}, {"capabilities", capabilities}};

int cases_init() { return run_case(kCases, ::test); }
module_init(cases_init);

void cases_exit() {}
module_exit(cases_exit);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Transfers by Linux's bcm2835-dma.c");
