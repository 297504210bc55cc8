// Cyclic transfers. The peripheral gives or takes a byte every 10 ns. covers: R11 R23 R37 K23 K32 K36 K41
#include <linux/bottom_half.h>
#include <linux/irqflags.h>

#include "modules/cases/slave_bench.h"

namespace dmavp::test {
namespace {

constexpr size_t kPeriod = 1600;  // 16 us
constexpr unsigned kPeriodUs = 16;

struct Capture {
  SlaveBench* bench;
  dma_cookie_t cookie;
  size_t length;
  size_t read = 0;   ///< bytes of the stream looked at
  size_t wrong = 0;  ///< bytes that were not of the stream
  unsigned calls = 0;
  unsigned terminate_at = 0;
};

/// As a capturing client does: looks at what has come since, by the residue (K32).
void captured(void* param) {
  auto* c = static_cast<Capture*>(param);
  c->calls++;
  const u32 residue = c->bench->residue(c->cookie);
  CHECK(residue >= 1 && residue <= c->length);  // K23
  const size_t position = c->length - residue;
  while (c->read % c->length != position) {
    c->wrong += c->bench->buffer[c->read % c->length] != stream_byte(c->read);
    c->read++;
  }
  if (c->calls == c->terminate_at) CHECK_EQ(dmaengine_terminate_async(c->bench->chan), 0);  // R23
}

}  // namespace

/// Rings of every number of periods: each position is seen, and the bytes are those of the stream (R11).
void cyclic_positions() {
  SlaveBench b(DMA_DEV_TO_MEM);
  CHECK_EQ(b.configure(2, 16), 0);
  size_t given = 0;
  for (unsigned periods = 2; periods < 9; periods++) {
    const size_t length = periods * kPeriod;
    Capture c{&b, 0, length};
    c.read = 0;
    dma_async_tx_descriptor* tx =
        dmaengine_prep_dma_cyclic(b.chan, b.bus, length, kPeriod, DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT);
    CHECK(tx != nullptr);
    tx->callback = [](void* param) { static_cast<Capture*>(param)->calls++; };
    tx->callback_param = &c;
    c.cookie = dmaengine_submit(tx);
    dma_async_issue_pending(b.chan);
    u32 before = static_cast<u32>(length), wraps = 0;
    for (unsigned i = 0; i < 600 * periods; i++) {
      dma_tx_state state;
      CHECK_EQ(dmaengine_tx_status(b.chan, c.cookie, &state), DMA_IN_PROGRESS);
      const u32 position = static_cast<u32>(length) - state.residue;
      CHECK(state.residue >= 1 && state.residue <= length && state.in_flight_bytes < 256 + 8);
      const u32 last = static_cast<u32>(length) - before;
      if (position < last) wraps++;
      CHECK(position >= last || last - position > length / 2);
      if (wraps == 0 && position > 0) CHECK_EQ(b.buffer[position - 1], stream_byte(given + position - 1));
      before = state.residue;
      ndelay(150);
    }
    CHECK(wraps >= 2);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    const size_t position = length - b.residue(c.cookie);
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    CHECK(c.calls > wraps);  // K32: periods may share a callback
    // The peripheral goes on where it was paused: so many whole rounds and the position.
    size_t total = wraps * length + position;
    CHECK(c.calls <= total / kPeriod);  // none without a period that has ended
    CHECK_EQ(b.buffer[position ? position - 1 : length - 1], stream_byte(given + total - 1));
    given += total;
  }
}

/// A client that reads what has come loses nothing, whatever the number of periods, until it terminates from
/// its callback (R23 K32).
void cyclic_callbacks() {
  SlaveBench b(DMA_DEV_TO_MEM);
  CHECK_EQ(b.configure(4, 8), 0);
  const size_t length = 4 * kPeriod;
  Capture c{&b, 0, length};
  c.terminate_at = 40;
  dma_async_tx_descriptor* tx =
      dmaengine_prep_dma_cyclic(b.chan, b.bus, length, kPeriod, DMA_DEV_TO_MEM, DMA_PREP_INTERRUPT);
  CHECK(tx != nullptr);
  tx->callback = captured;
  tx->callback_param = &c;
  c.cookie = dmaengine_submit(tx);
  dma_async_issue_pending(b.chan);
  for (int i = 0; i < 200 && c.calls < 40; i++) usleep_range(10, 10);
  dmaengine_synchronize(b.chan);
  usleep_range(200, 200);
  CHECK_EQ(c.calls, 40);
  CHECK_EQ(c.wrong, 0);
  CHECK(c.read >= 40 * kPeriod && c.read <= 41 * kPeriod);
}

/// Interrupts masked for longer than the ring lasts: the controller halts, and goes on when they come back.
void cyclic_late() {
  if (!slow_interrupts) return;
  SlaveBench b(DMA_MEM_TO_DEV);
  CHECK_EQ(b.configure(4, 16), 0);
  const size_t length = 4 * kPeriod;
  for (size_t n = 0; n < length; n++) b.buffer[n] = stream_byte(n);
  Transfer t;
  const dma_cookie_t cookie = b.start_cyclic(t, length, kPeriod);
  unsigned long flags;
  local_irq_save(flags);
  udelay(20 * kPeriodUs);
  local_irq_restore(flags);
  CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_IN_PROGRESS);
  const unsigned calls = t.calls;
  CHECK(b.wait(t, calls + 8));
  CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
}

/// Interrupts masked for not quite (items - 2) periods, again and again: no period is late.
void cyclic_bound() {
  if (!slow_interrupts) return;
  SlaveBench b(DMA_MEM_TO_DEV);
  CHECK_EQ(b.configure(4, 16), 0);
  constexpr struct { unsigned periods, items; } kRings[] = {{1, 4}, {2, 4}, {3, 6}, {4, 4}, {6, 6}};
  for (const auto [periods, items] : kRings) {
    const size_t length = periods * kPeriod;
    Transfer t;
    b.start_cyclic(t, length, kPeriod);
    for (unsigned i = 0; i < 10; i++) {
      unsigned long flags;
      local_irq_save(flags);
      udelay((items - 2) * kPeriodUs - 2);
      local_irq_restore(flags);
      udelay(5 + 3 * i);
    }
    CHECK(t.calls >= 10);
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  }
}

/// Terminated at any moment a ring is gone, and another can start at once; what it moved is a prefix (R35
/// K36).
void cyclic_terminate() {
  SlaveBench b(DMA_MEM_TO_DEV);
  CHECK_EQ(b.configure(2, 4), 0);
  Transfer t;
  for (unsigned round = 0; round < 20; round++) {
    b.start_cyclic(t, 2 * kPeriod, kPeriod);
    udelay(round * 5);
    CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
    const unsigned calls = t.calls;
    b.start_cyclic(t, 3 * kPeriod, kPeriod);
    if (round % 2) {
      CHECK(b.wait(t, calls + 3));
    }
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    const unsigned after = t.calls;
    usleep_range(50, 50);
    CHECK_EQ(t.calls, after);
  }
  if (!slow_interrupts) return;
  // K41: a period that the tasklet has still to report is gone with its ring.
  Transfer gone;
  b.start_cyclic(gone, 2 * kPeriod, kPeriod);
  local_bh_disable();
  udelay(3 * kPeriodUs);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  local_bh_enable();
  dmaengine_synchronize(b.chan);
  CHECK_EQ(gone.calls, 0);
}

}  // namespace dmavp::test
