// Cases of the controller's driver that run inside the simulated kernel. The host prepares the faults.
// covers: R28 R31 R33 R35 R36 R37 R42 R43 R44 R47 K15 K23 K24 K30 K36 K37 M01 M10 M11 M21 M25
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>

#include "modules/cases/check.h"

static char test[64];
module_param_string(test, test, sizeof(test), 0444);
static bool one_cpu;
module_param(one_cpu, bool, 0444);
static uint bytes = 16384;  // per buffer; long enough that a transfer of it takes 10 us
module_param(bytes, uint, 0444);
static uint fifo = 64;  // bytes
module_param(fifo, uint, 0444);
static uint rate = 1000;  // bytes moved per us at most
module_param(rate, uint, 0444);
static uint expected_result;
module_param(expected_result, uint, 0444);
static uint expected_residue;
module_param(expected_residue, uint, 0444);

namespace dmavp::test {

unsigned failures;

namespace {

struct Transfer {
  unsigned calls = 0;
  dmaengine_result result = {DMA_TRANS_ABORTED, 0};
};

void done(void* param, const dmaengine_result* result) {
  auto* t = static_cast<Transfer*>(param);
  t->calls++;
  t->result = *result;
}

dma_chan* request() {
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  return dma_request_channel(mask, nullptr, nullptr);
}

/// A held channel and two mapped buffers; the destination is the complement of the source.
struct Bench {
  dma_chan* chan = request();
  struct device* dev = dmaengine_get_dma_device(chan);
  u8* src = static_cast<u8*>(kmalloc(bytes, GFP_KERNEL));
  u8* dst = static_cast<u8*>(kmalloc(bytes, GFP_KERNEL));
  dma_addr_t src_bus, dst_bus;

  Bench() {
    CHECK(chan && src && dst);
    get_random_bytes(src, bytes);
    reset();
    src_bus = dma_map_single(dev, src, bytes, DMA_TO_DEVICE);
    dst_bus = dma_map_single(dev, dst, bytes, DMA_BIDIRECTIONAL);
    CHECK(!dma_mapping_error(dev, src_bus) && !dma_mapping_error(dev, dst_bus));
  }
  ~Bench() {
    dmaengine_terminate_sync(chan);
    dma_unmap_single(dev, dst_bus, bytes, DMA_BIDIRECTIONAL);
    dma_unmap_single(dev, src_bus, bytes, DMA_TO_DEVICE);
    kfree(src);
    kfree(dst);
    dma_release_channel(chan);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void reset() {
    for (size_t i = 0; i < bytes; i++) dst[i] = static_cast<u8>(~src[i]);
  }
  size_t changed() const {
    size_t n = 0;
    for (size_t i = 0; i < bytes; i++) n += dst[i] == src[i];
    return n;
  }
  dma_async_tx_descriptor* prep(Transfer& t, size_t n, size_t at = 0,
                                unsigned long flags = DMA_PREP_INTERRUPT) {
    dma_async_tx_descriptor* tx = dmaengine_prep_dma_memcpy(chan, dst_bus + at, src_bus + at, n, flags);
    CHECK(tx != nullptr);
    tx->callback_result = done;
    tx->callback_param = &t;
    return tx;
  }
  dma_cookie_t submit(Transfer& t, size_t bytes, size_t at = 0) {
    return dmaengine_submit(prep(t, bytes, at));
  }
  dma_cookie_t start(Transfer& t, size_t n, size_t at = 0) {
    const dma_cookie_t cookie = submit(t, n, at);
    dma_async_issue_pending(chan);
    return cookie;
  }
  dma_status status(dma_cookie_t cookie, dma_tx_state& state) {
    return dmaengine_tx_status(chan, cookie, &state);
  }
  /// Until `t` has its callback; false after `ms`.
  bool wait(const Transfer& t, unsigned calls = 1, unsigned ms = 10) {
    for (unsigned i = 0; i < 100 * ms && t.calls < calls; i++) usleep_range(10, 10);
    return t.calls >= calls;
  }
};

/// Any length and alignment (R13).
void copies() {
  dma_chan* chan = request();
  struct device* dev = dmaengine_get_dma_device(chan);
  u8* src = static_cast<u8*>(kmalloc(bytes, GFP_KERNEL));
  u8* dst = static_cast<u8*>(kmalloc(bytes, GFP_KERNEL));
  for (unsigned round = 0; round < 300; round++) {
    u32 r[3];
    get_random_bytes(r, sizeof(r));
    const size_t length = 1 + r[0] % (round % 3 ? 200 : bytes - 256);
    const size_t from = r[1] % 128, to = r[2] % 128;
    get_random_bytes(src, bytes);
    memset(dst, 0x5a, bytes);
    const dma_addr_t s = dma_map_single(dev, src, bytes, DMA_TO_DEVICE);
    const dma_addr_t d = dma_map_single(dev, dst, bytes, DMA_BIDIRECTIONAL);
    dma_async_tx_descriptor* tx =
        dmaengine_prep_dma_memcpy(chan, d + to, s + from, length, DMA_PREP_INTERRUPT);
    Transfer t;
    tx->callback_result = done;
    tx->callback_param = &t;
    dmaengine_submit(tx);
    dma_async_issue_pending(chan);
    for (int i = 0; i < 1000 && !t.calls; i++) usleep_range(10, 10);
    dma_unmap_single(dev, d, bytes, DMA_BIDIRECTIONAL);
    dma_unmap_single(dev, s, bytes, DMA_TO_DEVICE);
    CHECK_EQ(t.calls, 1);
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, 0);
    CHECK(!memcmp(dst + to, src + from, length));
    size_t outside = 0;
    for (size_t i = 0; i < bytes; i++) outside += (i < to || i >= to + length) && dst[i] != 0x5a;
    CHECK_EQ(outside, 0);
  }
  CHECK(dmaengine_prep_dma_memcpy(chan, 0, 0, 0, 0) == nullptr);
  kfree(src);
  kfree(dst);
  dma_release_channel(chan);
}

/// Submit several, issue once: all run, in order, each starting from the interrupt of the one before (R31).
void queue() {
  Bench b;
  Transfer t[5];
  dma_cookie_t cookies[5];
  dma_tx_state state;
  for (unsigned i = 0; i < 5; i++) cookies[i] = b.submit(t[i], 3000, i * 3000);
  udelay(50);
  CHECK_EQ(b.status(cookies[0], state), DMA_IN_PROGRESS);  // R28
  CHECK_EQ(b.changed(), 0);
  dma_async_issue_pending(b.chan);
  CHECK_EQ(b.status(cookies[3], state), DMA_IN_PROGRESS);
  CHECK_EQ(state.residue, 3000);  // K23: the queried one, not the running one
  CHECK(b.wait(t[4]));
  for (unsigned i = 0; i < 5; i++) {
    CHECK_EQ(t[i].calls, 1);  // R31
    CHECK_EQ(b.status(cookies[i], state), DMA_COMPLETE);
  }
  CHECK_EQ(b.changed(), 15000);
}

/// K24: at any moment the bytes changed equal length minus residue, and never more is in flight than the FIFO
/// holds.
void residue() {
  Bench b;
  unsigned asked = 0, flying = 0, exact = 0;
  for (unsigned round = 0; round < 6; round++) {
    b.reset();
    Transfer t;
    const size_t length = bytes - 4096 + 997 * round % 4000;
    const dma_cookie_t cookie = b.start(t, length, round);
    u32 last = static_cast<u32>(length);
    dma_tx_state state;
    while (b.status(cookie, state) == DMA_IN_PROGRESS) {
      // Time goes on between the status and this look at the buffer, but hardly.
      const size_t changed = b.changed();
      CHECK(changed >= length - state.residue && changed <= length - state.residue + rate);
      exact += changed == length - state.residue;
      CHECK(state.residue <= last);
      CHECK(state.in_flight_bytes <= fifo && state.in_flight_bytes <= state.residue);
      last = state.residue;
      flying += state.in_flight_bytes != 0;
      asked++;
      u32 pause;
      get_random_bytes(&pause, sizeof(pause));
      ndelay(pause % 1000);
    }
    CHECK_EQ(state.residue, 0);
    CHECK(b.wait(t));
  }
  CHECK(asked > 20 && flying > 10 && exact * 10 > asked * 8);
}

void pause_and_resume() {
  Bench b;
  dma_tx_state state;
  for (unsigned round = 1; round < 10; round++) {
    b.reset();
    Transfer t;
    const dma_cookie_t cookie = b.start(t, bytes);
    udelay(round);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    CHECK_EQ(b.status(cookie, state), DMA_PAUSED);  // R42
    const u32 frozen = state.residue;
    CHECK(frozen > 0 && frozen < bytes);
    CHECK_EQ(state.in_flight_bytes, 0);  // the FIFO has drained
    usleep_range(100, 100);
    CHECK_EQ(b.status(cookie, state), DMA_PAUSED);
    CHECK_EQ(state.residue, frozen);  // R47
    CHECK_EQ(b.changed(), bytes - frozen);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    CHECK_EQ(dmaengine_resume(b.chan), 0);  // R43
    CHECK(b.wait(t));
    CHECK_EQ(t.calls, 1);
    CHECK_EQ(b.changed(), bytes);
  }
  CHECK_EQ(dmaengine_resume(b.chan), 0);  // R44: nothing to resume
  // Idle pause: what is issued later waits for resume.
  b.reset();
  Transfer t;
  CHECK_EQ(dmaengine_pause(b.chan), 0);
  const dma_cookie_t cookie = b.start(t, 100);
  usleep_range(100, 100);
  CHECK_EQ(b.status(cookie, state), DMA_PAUSED);
  CHECK_EQ(b.changed(), 0);
  CHECK_EQ(dmaengine_resume(b.chan), 0);
  CHECK(b.wait(t));
  // K37: terminate while paused leaves the channel un-paused.
  b.reset();
  b.start(t, bytes);
  udelay(2);
  CHECK_EQ(dmaengine_pause(b.chan), 0);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  Transfer after;
  b.reset();
  b.start(after, bytes);
  CHECK(b.wait(after));
  CHECK_EQ(b.changed(), bytes);
}

void terminate() {
  Bench b;
  dma_tx_state state;
  for (unsigned round = 0; round < 8; round++) {
    b.reset();
    Transfer t[4];
    b.start(t[0], bytes);
    b.start(t[1], 100);
    b.submit(t[2], 100);
    b.prep(t[3], 100);
    udelay(round * 2);
    spinlock_t lock;
    spin_lock_init(&lock);
    unsigned long flags;
    spin_lock_irqsave(&lock, flags);
    CHECK_EQ(dmaengine_terminate_async(b.chan), 0);  // R37
    spin_unlock_irqrestore(&lock, flags);
    dmaengine_synchronize(b.chan);
    const size_t moved = b.changed();
    usleep_range(100, 100);
    CHECK_EQ(b.changed(), moved);                            // R33
    for (const Transfer& each : t) CHECK_EQ(each.calls, 0);  // R35
    Transfer next;                                           // K36
    b.reset();
    const dma_cookie_t cookie = b.start(next, bytes);
    CHECK_EQ(b.status(cookie, state), DMA_IN_PROGRESS);
    CHECK(b.wait(next));
    CHECK_EQ(next.calls, 1);
    CHECK_EQ(b.changed(), bytes);
  }
  // A completion that nobody has handled yet belongs to what is terminated, not to what follows.
  Transfer stale, next;
  unsigned long flags;
  b.reset();
  local_irq_save(flags);
  b.start(stale, 64);
  udelay(20);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  const dma_cookie_t cookie = b.start(next, bytes);
  local_irq_restore(flags);
  udelay(2);
  CHECK_EQ(b.status(cookie, state), DMA_IN_PROGRESS);
  CHECK_EQ(next.calls, 0);
  CHECK(b.wait(next));
  CHECK_EQ(next.calls, 1);
  // Another CPU may have taken the interrupt in time.
  if (one_cpu) CHECK_EQ(stale.calls, 0);
  CHECK_EQ(b.changed(), bytes);
}

/// The host makes the first transfer fail after some bytes; the second and third are good.
void error() {
  Bench b;
  Transfer t[3];
  dma_cookie_t cookies[3];
  dma_tx_state state;
  for (unsigned i = 0; i < 3; i++) cookies[i] = b.submit(t[i], 4096, i * 4096);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t[2]));
  CHECK_EQ(t[0].calls, 1);
  CHECK_EQ(t[0].result.result, expected_result);  // M21 K30
  CHECK_EQ(t[0].result.residue, expected_residue);
  CHECK_EQ(b.status(cookies[0], state), DMA_ERROR);
  for (unsigned i = 1; i < 3; i++) {
    CHECK_EQ(t[i].result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(b.status(cookies[i], state), DMA_COMPLETE);
    CHECK(!memcmp(b.dst + i * 4096, b.src + i * 4096, 4096));
  }
}

/// A descriptor that is submitted again: the controller has cleared VALID in its items meanwhile.
void reuse() {
  Bench b;
  Transfer t;
  dma_async_tx_descriptor* tx = b.prep(t, bytes - 3, 1, DMA_PREP_INTERRUPT | DMA_CTRL_REUSE);
  for (unsigned round = 1; round < 5; round++) {
    b.reset();
    dmaengine_submit(tx);
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t, round));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(b.changed(), bytes - 3);
  }
  CHECK_EQ(dmaengine_desc_free(tx), 0);
}

/// The controller ignores a disable; the host says whether an abort helps. What follows must not start before
/// it ends.
void stubborn() {
  Bench b;
  Transfer t, next;
  b.start(t, bytes);
  udelay(2);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  b.reset();
  b.start(next, bytes);
  dma_tx_state state;
  b.status(3, state);
  CHECK(b.wait(next, 1, 50));
  CHECK_EQ(t.calls, 0);
  CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
  CHECK_EQ(b.changed(), bytes);
}

/// The controller stops when it likes, long after everybody has lost patience; then all is as before, and a
/// second time as the first.
void runaway() {
  Bench b;
  for (int round = 0; round < 2; round++) {
    Transfer t, next;
    b.reset();
    b.start(t, bytes);
    udelay(2);
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    b.reset();
    b.start(next, bytes);
    CHECK(b.wait(next, 1, 1000));
    CHECK_EQ(t.calls, 0);
    CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(b.changed(), bytes);
  }
}

/// More descriptors at once than the pools hold: they grow, and everything comes back.
void many() {
  Bench b;
  constexpr unsigned kMany = 200;
  auto* t = static_cast<Transfer*>(kcalloc(kMany, sizeof(Transfer), GFP_KERNEL));
  for (unsigned i = 0; i < kMany; i++) b.submit(t[i], 61, i * 61);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t[kMany - 1]));
  for (unsigned i = 0; i < kMany; i++) CHECK_EQ(t[i].calls, 1);
  CHECK_EQ(b.changed(), kMany * 61);
  kfree(t);
}

const Case kCases[] = {
    {"copies", copies},       {"queue", queue}, {"residue", residue}, {"pause_and_resume", pause_and_resume},
    {"terminate", terminate}, {"error", error}, {"reuse", reuse},     {"stubborn", stubborn},
    {"runaway", runaway},     {"many", many},
};

int run() { return run_case(kCases, ::test); }
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
