// Copies stopped at every burst boundary, on the real controller: memory is the judge.
// covers: R33 R35 R36 R37 R42 R43 R47 K24 K36 K37
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>

#include "modules/cases/check.h"
#include "modules/cases/transfer.h"

static char test[64];
module_param_string(test, test, sizeof(test), 0444);
static uint burst = 64;  // bytes: the longest burst that reads the source
module_param(burst, uint, 0444);
static uint skew = 0;  // bytes by which the destination is less aligned than the source
module_param(skew, uint, 0444);

namespace dmavp::test {

unsigned failures;

namespace {

constexpr u32 kBursts = 10;
constexpr u32 kSize = 4096;
constexpr unsigned kStep_ns = 10;
constexpr unsigned kLimit_ns = 50000;

u32 length() { return kBursts * burst; }
/// Where the transfer that is stopped goes, and the one after it.
u32 place() { return burst; }
u32 next_place() { return kSize / 2; }

/// A channel and two buffers that it and the test see at once; the destination is the source's complement, so
/// that a byte tells whether it was copied.
struct CopyBench {
  dma_chan* chan;
  struct device* dev;
  u8* src;
  u8* dst;
  dma_addr_t src_bus = 0, dst_bus = 0;

  CopyBench() {
    dma_cap_mask_t mask;
    dma_cap_zero(mask);
    dma_cap_set(DMA_MEMCPY, mask);
    chan = dma_request_channel(mask, nullptr, nullptr);
    CHECK(chan != nullptr);
    dev = dmaengine_get_dma_device(chan);
    src = static_cast<u8*>(dma_alloc_coherent(dev, kSize, &src_bus, GFP_KERNEL));
    dst = static_cast<u8*>(dma_alloc_coherent(dev, kSize, &dst_bus, GFP_KERNEL));
    CHECK(src && dst);
    dst += skew;
    get_random_bytes(src, kSize);
  }
  ~CopyBench() {
    dmaengine_terminate_sync(chan);
    dma_free_coherent(dev, kSize, dst - skew, dst_bus);
    dma_free_coherent(dev, kSize, src, src_bus);
    dma_release_channel(chan);
  }
  CopyBench(const CopyBench&) = delete;
  CopyBench& operator=(const CopyBench&) = delete;

  void reset() {
    for (u32 n = 0; n < kSize - skew; n++) dst[n] = static_cast<u8>(~src[n]);
  }
  dma_cookie_t start(Transfer& t, u32 at) {
    dma_async_tx_descriptor* tx =
        dmaengine_prep_dma_memcpy(chan, dst_bus + skew + at, src_bus + at, length(), DMA_PREP_INTERRUPT);
    CHECK(tx != nullptr);
    tx->callback_result = count;
    tx->callback_param = &t;
    const dma_cookie_t cookie = dmaengine_submit(tx);
    dma_async_issue_pending(chan);
    return cookie;
  }
  bool wait(const Transfer& t) {
    for (unsigned i = 0; i < 1000 && !t.calls; i++) usleep_range(10, 10);
    return t.calls == 1 && t.result.result == DMA_TRANS_NOERROR && t.result.residue == 0;
  }
  u32 copied(u32 at) const {
    u32 n = 0;
    while (n < length() && dst[at + n] == src[at + n]) n++;
    return n;
  }
  /// The first bytes of both places are copied and nothing else in the buffer is.
  void check_memory(u32 first, u32 next) const {
    u32 wrong = 0;
    for (u32 n = 0; n < kSize - skew; n++) {
      const bool expected =
          (n >= place() && n < place() + first) || (n >= next_place() && n < next_place() + next);
      wrong += (dst[n] == src[n]) != expected;
    }
    CHECK_EQ(wrong, 0);
  }
};

/// Which boundaries have been met, in one way to stop.
struct Seen {
  const char* way;
  bool at[kBursts + 1] = {};

  void note(u32 bytes) {
    CHECK_EQ(bytes % burst, 0);
    at[bytes / burst] = true;
  }
  void check_all() const {
    for (u32 n = 1; n < kBursts; n++) {
      if (!at[n]) pr_err("CHECK failed: no %s after %u bursts\n", way, n);
      failures += !at[n];
    }
  }
};

/// Paused, `state` says what memory holds, and neither moves.
void check_frozen(CopyBench& b, dma_cookie_t cookie, u32 residue) {
  dma_tx_state state;
  for (unsigned look = 0; look < 2; look++) {
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
    CHECK_EQ(state.residue, residue);
    CHECK_EQ(state.in_flight_bytes, 0);
    b.check_memory(length() - residue, 0);
    usleep_range(20, 20);
  }
}

void pause_everywhere() {
  CopyBench b;
  Seen seen{"pause"};
  bool ended = false;
  for (unsigned ns = 0; !ended && ns < kLimit_ns; ns += kStep_ns) {
    b.reset();
    Transfer t;
    const dma_cookie_t cookie = b.start(t, place());
    ndelay(ns);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    dma_tx_state state = {};
    ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
    if (!ended) {
      check_frozen(b, cookie, state.residue);
      seen.note(length() - state.residue);
      CHECK_EQ(t.calls, 0);
    }
    CHECK_EQ(dmaengine_resume(b.chan), 0);
    CHECK(b.wait(t));
    b.check_memory(length(), 0);
  }
  CHECK(ended);
  seen.check_all();
}

enum Way : unsigned { kSync, kAsyncNextAtOnce, kPausedSync, kWays };

/// One copy, stopped after `ns`. Returns whether it had ended before.
bool terminate_at(CopyBench& b, unsigned ns, Way way, Seen& seen) {
  b.reset();
  Transfer t, next;
  const dma_cookie_t cookie = b.start(t, place());
  ndelay(ns);
  if (way == kPausedSync) CHECK_EQ(dmaengine_pause(b.chan), 0);
  dma_tx_state state = {};
  const bool ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
  if (way == kAsyncNextAtOnce) {
    CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
    const unsigned calls = t.calls;
    b.start(next, next_place());
    CHECK(b.wait(next));
    CHECK_EQ(t.calls, calls);
    const u32 moved = b.copied(place());
    CHECK(moved >= length() - state.residue);
    b.check_memory(moved, length());
    seen.note(moved);
    return ended;
  }
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  const unsigned calls = t.calls;
  const u32 moved = b.copied(place());
  CHECK(moved >= length() - state.residue);
  if (way == kPausedSync) CHECK_EQ(moved, length() - state.residue);
  usleep_range(20, 20);
  b.check_memory(moved, 0);
  seen.note(moved);
  b.start(next, next_place());
  CHECK(b.wait(next));
  b.check_memory(moved, length());
  CHECK_EQ(t.calls, calls);
  CHECK(!calls || moved == length());
  return ended;
}

/// Memory agrees with the residue, nothing moves and no callback comes afterwards, the next transfer is
/// right, also where it is issued before the channel has stopped (R33 R34 R35 R38 R49 R50 K36).
void terminate_everywhere() {
  CopyBench b;
  Seen seen[kWays] = {{"terminate"}, {"terminate with the next transfer"}, {"terminate while paused"}};
  for (unsigned way = 0; way < kWays; way++) {
    bool ended = false;
    for (unsigned ns = 0; !ended && ns < kLimit_ns; ns += kStep_ns)
      ended = terminate_at(b, ns, static_cast<Way>(way), seen[way]);
    CHECK(ended);
    seen[way].check_all();
  }
}

const Case kCases[] = {{"pause", pause_everywhere}, {"terminate", terminate_everywhere}};

int run() { return run_case(kCases, ::test); }
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
