// Transfers with the traffic source and sink on the real controller: the device counts and checks every item.
// covers: R6 R9 R10 R11 R36 R37 R42 R43 K23 K24 K36 K37
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/random.h>
#include <linux/scatterlist.h>

#include "modules/cases/traffic_bench.h"

static char test[64];
module_param_string(test, test, sizeof(test), 0444);
static bool to_device;
module_param(to_device, bool, 0444);

namespace dmavp::test {

unsigned failures;

namespace {

using namespace traffic;

constexpr u32 kItems = 40;  // of a short transfer: ten bursts of 4
constexpr u32 kMaxburst = 4;
constexpr u32 kSourced = 1000;  // items that the source makes at once when it is switched on
constexpr u32 kAtOnce = 65535;  // the line side is never what the channel waits for

dma_transfer_direction direction() { return to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM; }

u32 random(u32 below) {
  u32 r;
  get_random_bytes(&r, sizeof(r));
  return r % below;
}

/// Every maxburst, with lists of pieces of any length and alignment; a length that leaves part of an item is
/// refused and leaves the channel usable (R6 R10).
void lists() {
  constexpr unsigned kPieces = 9;
  TrafficBench b(direction(), 32768);
  for (u32 maxburst = 0; maxburst <= 33; maxburst++) {
    const unsigned pieces = 1 + random(kPieces);
    scatterlist sg[kPieces];
    size_t offset[kPieces], length[kPieces], at = 0, total = 0;
    memset(b.buffer, kUntouched, b.size);
    sg_init_table(sg, pieces);
    // Slow lines: the sink's FIFO is full and the source's empty most of the time, so a channel that moves
    // more than was asked for loses items.
    b.begin(maxburst, 1, to_device ? 2 : 60);
    for (unsigned i = 0; i < pieces; i++) {
      offset[i] = at + random(2 * b.width + 1);
      length[i] = b.width * (1 + random(maxburst % 4 ? 100 : 7));
      at = offset[i] + length[i];
      sg_dma_address(&sg[i]) = b.bus + offset[i];
      sg_dma_len(&sg[i]) = static_cast<unsigned>(length[i]);
      if (to_device) b.fill(offset[i], length[i], total);
      total += length[i];
    }
    CHECK(at <= b.size);
    Transfer t;
    b.submit(dmaengine_prep_slave_sg(b.chan, sg, pieces, direction(), DMA_PREP_INTERRUPT), t);
    if (b.width > 1) {
      sg_dma_len(&sg[pieces - 1]) += 1 + random(b.width - 1);
      CHECK(dmaengine_prep_slave_sg(b.chan, sg, pieces, direction(), 0) == nullptr);
    }
    // The source ends with the list, so that its last items do not wait for a whole burst.
    b.write(to_device ? kSinkLength : kSourceLength, static_cast<u32>(total / b.width));
    b.switch_on();
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(b.moved(), total);
    b.check_exact();
    size_t wrong = 0, stream = 0, end = 0;
    for (unsigned i = 0; i < pieces; i++) {
      for (size_t n = end; n < offset[i]; n++) wrong += b.buffer[n] != kUntouched;
      for (size_t n = 0; n < length[i]; n++) wrong += b.buffer[offset[i] + n] != b.pattern(stream++);
      end = offset[i] + length[i];
    }
    for (size_t n = end; n < b.size; n++) wrong += b.buffer[n] != kUntouched;
    CHECK_EQ(wrong, 0);
  }
}

/// A moment inside a transfer that takes `length` bytes.
struct Moment {
  TrafficBench& b;
  u32 length;
  bool seen[kItems + 1] = {};

  void prepare() {
    memset(b.buffer, kUntouched, b.size);
    if (b.to_device()) b.fill(0, length);
    b.begin(kMaxburst, kAtOnce, 1);
    b.write(kSourceLength, kSourced);
    b.switch_on();
    udelay(1);
  }
  /// Paused: what the device has moved, what memory holds and the residue are one number, and stay so.
  u32 check_paused(dma_cookie_t cookie) {
    dma_tx_state state;
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
    CHECK_EQ(state.in_flight_bytes, 0);
    const u32 residue = state.residue;
    const u32 done = (length - residue) % length;
    CHECK_EQ(b.moved() % length, done);
    if (!b.to_device() && b.moved() <= length) b.check_prefix(b.moved(), length);
    usleep_range(20, 20);
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
    CHECK_EQ(state.residue, residue);
    CHECK_EQ(b.moved() % length, done);
    seen[done / b.width] = true;
    return residue;
  }
  void check_all_bursts_seen() {
    for (u32 item = kMaxburst; item < kItems; item += kMaxburst) {
      if (!seen[item]) pr_err("CHECK failed: no stop after %u items\n", item);
      failures += !seen[item];
    }
  }
};

/// Paused at every burst boundary, by sweeping the moment through the transfer: the stream is exact (R42
/// R43 R47 K24).
void pause_everywhere() {
  TrafficBench b(direction(), 4096);
  Moment m{b, kItems * b.width};
  bool ended = false;
  for (unsigned ns = 0; !ended && ns < 50000; ns += 10) {
    m.prepare();
    Transfer t;
    const dma_cookie_t cookie = b.start(t, m.length);
    ndelay(ns);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    dma_tx_state state = {};
    ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
    if (!ended) m.check_paused(cookie);
    CHECK_EQ(dmaengine_resume(b.chan), 0);
    CHECK(b.wait(t));
    CHECK_EQ(t.calls, 1);
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(b.moved(), m.length);
    b.check_exact();
    b.check_prefix(m.length, m.length);
  }
  CHECK(ended);
  m.check_all_bursts_seen();
}

/// Terminated at every burst boundary in three ways: memory and device agree, nothing moves afterwards, no
/// callback comes; what is issued before the channel has stopped waits for it and is right (R33 R35 R36
/// R50).
void terminate_everywhere() {
  TrafficBench b(direction(), 4096);
  Moment m{b, kItems * b.width};
  const size_t behind = b.size / 2;
  bool ended = false;
  unsigned round = 0;
  for (unsigned ns = 0; !ended && ns < 50000; ns += 10, round++) {
    m.prepare();
    Transfer t, next;
    const dma_cookie_t cookie = b.start(t, m.length);
    ndelay(ns);
    dma_tx_state state = {};
    ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
    if (round % 3 == 0) CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    if (round % 3 == 1) CHECK_EQ(dmaengine_terminate_all(b.chan), 0);
    if (round % 3 == 2) CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
    const unsigned calls = t.calls;
    if (round % 3 == 2) {
      // The sink expects none of these bytes: each item of the second transfer is one mismatch.
      b.start(next, m.length, behind);
      CHECK(b.wait(next));
      CHECK_EQ(next.calls, 1);
      CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
    } else {
      dmaengine_synchronize(b.chan);
    }
    const u32 after = round % 3 == 2 ? m.length : 0;
    const u32 moved = b.moved() - after;
    CHECK(moved >= m.length - state.residue && moved <= m.length);
    CHECK_EQ(b.read(kMismatches), to_device ? after / b.width : 0);
    CHECK_EQ(b.read(kSinkLost) + b.read(kSourceUnderruns), 0);
    usleep_range(20, 20);
    CHECK_EQ(b.moved(), moved + after);
    CHECK_EQ(t.calls, calls);
    if (!to_device) {
      b.check_prefix(moved, m.length);
      size_t wrong = 0;
      for (u32 n = 0; n < after; n++) wrong += b.buffer[behind + n] != b.pattern(moved + n);
      CHECK_EQ(wrong, 0);
    }
    m.seen[moved / b.width % kItems] = true;
  }
  CHECK(ended);
  m.check_all_bursts_seen();
}

/// A ring paused at every burst boundary, again and again in many rounds: the position is the device's count
/// modulo the ring, and the stream goes on where it stopped (R11 K23).
void cyclic_everywhere() {
  TrafficBench b(direction(), 4096);
  Moment m{b, kItems * b.width};
  m.prepare();
  Transfer t;
  const dma_cookie_t cookie = b.start_cyclic(t, m.length, m.length / 5);
  u32 total = 0;
  for (unsigned round = 0; total < (to_device ? 150 : 22) * m.length && round < 1000; round++) {
    ndelay(random(600));
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    const u32 now = b.moved();
    CHECK(now >= total);
    total = now;
    const u32 residue = m.check_paused(cookie);
    CHECK(residue >= 1 && residue <= m.length);
    // In memory are the latest items, each at its place in the ring.
    if (!to_device && total >= m.length) {
      size_t wrong = 0;
      for (u32 n = total - m.length; n < total; n++) wrong += b.buffer[n % m.length] != b.pattern(n);
      CHECK_EQ(wrong, 0);
    }
    // What follows the paused position has yet to be read: the sink finds its pattern there.
    if (to_device)
      for (u32 n = 0; n < m.length; n++) b.buffer[(total + n) % m.length] = b.pattern(total + n);
    CHECK_EQ(dmaengine_resume(b.chan), 0);
  }
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  const unsigned calls = t.calls;
  const u32 stopped = b.moved();
  usleep_range(20, 20);
  CHECK_EQ(t.calls, calls);
  CHECK_EQ(b.moved(), stopped);
  CHECK(calls <= stopped / (m.length / 5) && calls > 0);
  CHECK_EQ(b.read(kSinkLost), 0);
  CHECK_EQ(b.read(kSourceUnderruns), 0);
  m.check_all_bursts_seen();
}

/// A ring is running: stopped in one of three ways; nothing moves and no callback comes afterwards, the
/// latest items are in memory, and a transfer of another place goes on with the stream. Returns the bytes
/// moved.
u32 terminate_ring(Moment& m, dma_cookie_t cookie, Transfer& t, unsigned way) {
  TrafficBench& b = m.b;
  const size_t behind = b.size / 2;
  u32 paused_at = 0;
  if (way == 0) {
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    m.check_paused(cookie);
    paused_at = b.moved();
  }
  CHECK_EQ(way == 1 ? dmaengine_terminate_async(b.chan) : dmaengine_terminate_sync(b.chan), 0);
  const unsigned calls = t.calls;
  u32 stopped = b.moved();
  if (way == 0) CHECK_EQ(stopped, paused_at);
  if (way != 1) {
    usleep_range(20, 20);
    CHECK_EQ(b.moved(), stopped);
  }
  Transfer next;
  b.start(next, m.length, behind);
  CHECK(b.wait(next));
  CHECK_EQ(next.calls, 1);
  CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
  const u32 moved = b.moved() - m.length;
  CHECK(way == 1 ? moved >= stopped : moved == stopped);
  stopped = moved;
  // A callback that another CPU has begun is not waited for.
  CHECK(t.calls == calls || (way == 1 && t.calls == calls + 1));
  CHECK(t.calls <= stopped / (m.length / 5));
  CHECK_EQ(b.read(kSinkLost) + b.read(kSourceUnderruns), 0);
  if (to_device) {
    // The sink expects neither the ring's second round nor what follows: each item is one mismatch.
    const u32 again = stopped > m.length ? stopped - m.length : 0;
    CHECK_EQ(b.read(kMismatches), (again + m.length) / b.width);
    return stopped;
  }
  size_t wrong = 0;
  for (u32 n = 0; n < m.length; n++) {
    const bool second = stopped > m.length && n < stopped - m.length;
    const u8 expected = second ? b.pattern(m.length + n) : n < stopped ? b.pattern(n) : kUntouched;
    wrong += b.buffer[n] != expected;
    wrong += b.buffer[behind + n] != b.pattern(stopped + n);
  }
  CHECK_EQ(wrong, 0);
  return stopped;
}

/// A ring terminated at every burst boundary of its first round and of the second's beginning.
void terminate_cyclic_everywhere() {
  TrafficBench b(direction(), 4096);
  for (unsigned way = 0; way < 3; way++) {
    Moment m{b, kItems * b.width};
    u32 stopped = 0;
    for (unsigned ns = 0; stopped < m.length * 3 / 2 && ns < 50000; ns += 10) {
      m.prepare();
      Transfer t;
      const dma_cookie_t cookie = b.start_cyclic(t, m.length, m.length / 5);
      ndelay(ns);
      stopped = terminate_ring(m, cookie, t, way);
      m.seen[stopped / b.width % kItems] = true;
    }
    CHECK(stopped >= m.length * 3 / 2 && stopped < 2 * m.length);
    m.check_all_bursts_seen();
    CHECK(m.seen[0]);
  }
}

/// The peripheral controls the flow: it says how long a burst is and which item is the last.
void flow_control() {
  TrafficBench b(direction(), 8192);
  for (u32 items = 1; items <= 70; items++) {
    const u32 length = items * b.width;
    memset(b.buffer, kUntouched, b.size);
    if (to_device) b.fill(0, length);
    b.begin(kMaxburst, 1, 3, kFlow);
    b.write(to_device ? kSinkLength : kSourceLength, items);
    Transfer t;
    // There is room for more than the peripheral moves: it alone knows where the block ends.
    const u32 spare = items % 2 * 16 * b.width;
    b.start(t, length + spare);
    b.switch_on(kFlow);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, spare);
    CHECK_EQ(b.moved(), length);
    b.check_exact();
    b.check_prefix(length, length + 64 - (to_device ? 64 : 0));
  }
  CHECK(dmaengine_prep_slave_single(b.chan, b.bus, 64, DMA_DEV_TO_DEV, 0) == nullptr);
  dma_slave_caps caps;
  CHECK_EQ(dma_get_slave_caps(b.chan, &caps), 0);
  CHECK(!(caps.directions & 1u << DMA_DEV_TO_DEV));
}

/// Each piece of a list is a block that the peripheral ends where it likes; the residue is what is missing of
/// all of them.
void flow_control_lists() {
  constexpr u32 kPiece = 16;
  TrafficBench b(direction(), 4096);
  for (u32 first = 1; first <= kPiece; first += 3) {
    const u32 second = kPiece + 1 - first;
    memset(b.buffer, kUntouched, b.size);
    if (to_device) {
      b.fill(0, first * b.width);
      b.fill(kPiece * b.width, second * b.width, first * b.width);
    }
    b.begin(kMaxburst, 1, 3, kFlow);
    scatterlist sg[2];
    sg_init_table(sg, 2);
    for (u32 i = 0; i < 2; i++) {
      sg_dma_address(&sg[i]) = b.bus + i * kPiece * b.width;
      sg_dma_len(&sg[i]) = kPiece * b.width;
    }
    Transfer t;
    b.submit(dmaengine_prep_slave_sg(b.chan, sg, 2, direction(), DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(b.chan);
    b.write(to_device ? kSinkLength : kSourceLength, first);
    b.switch_on(kFlow);
    for (unsigned i = 0; i < 100 && b.moved() < first * b.width; i++) usleep_range(10, 10);
    usleep_range(20, 20);
    CHECK_EQ(b.moved(), first * b.width);
    CHECK_EQ(t.calls, 0);
    b.write(to_device ? kSinkLength : kSourceLength, second);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
    CHECK_EQ(t.result.residue, (2 * kPiece - first - second) * b.width);
    CHECK_EQ(b.moved(), (first + second) * b.width);
    b.check_exact();
    size_t wrong = 0;
    for (u32 n = 0; n < second * b.width; n++)
      wrong += b.buffer[kPiece * b.width + n] != b.pattern(first * b.width + n);
    CHECK_EQ(wrong, 0);
  }
}

void all_templates() { templates(direction()); }
void all_ragged_lists() { ragged_lists(direction()); }

const Case kCases[] = {
    {"lists", lists},
    {"templates", all_templates},
    {"ragged_lists", all_ragged_lists},
    {"pause", pause_everywhere},
    {"terminate", terminate_everywhere},
    {"cyclic", cyclic_everywhere},
    {"cyclic_terminate", terminate_cyclic_everywhere},
    {"flow_control", flow_control},
    {"flow_control_lists", flow_control_lists},
};

int run() { return run_case(kCases, ::test); }
module_init(run);

void leave() {}
module_exit(leave);

}  // namespace
}  // namespace dmavp::test

MODULE_LICENSE("MIT");
