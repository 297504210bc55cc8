// Templates, lists and vectors between memory and a stream: stops, errors, use again, repetition, long lists.
// The host compares what was written to the peripheral with the stream.
// covers: R10 R12 R31 R42 R43 K10 K16 K17 K23 K24 K30
#include "modules/cases/slave_kinds.h"

#include "modules/cases/case_module.h"

static bool to_device;
module_param(to_device, bool, 0444);
static ulong high_memory;
module_param(high_memory, ulong, 0444);
static uint block_items = 4096;
module_param(block_items, uint, 0444);

namespace dmavp::test {

namespace {

dma_transfer_direction direction() { return to_device ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM; }

/// Paused anywhere, then resumed or terminated: memory and residue agree, and the stream loses nothing (R42
/// R43 K37).
void stops() {
  SlaveBench b(direction());
  u64 streamed = 0;
  each_form(b, [&](SlaveJob& job) {
    unsigned inside = 0, round = 0;
    for (unsigned ns = 0; ns < 9000; ns += 50, round++) {
      CHECK_EQ(b.configure(1u << round % 4, round % 9), 0);
      job.fill(streamed);
      Transfer t;
      const dma_cookie_t cookie = b.submit(job.prep(), t);
      dma_async_issue_pending(b.chan);
      ndelay(ns);
      CHECK_EQ(dmaengine_pause(b.chan), 0);
      dma_tx_state state = {};
      const dma_status status = dmaengine_tx_status(b.chan, cookie, &state);
      const size_t moved = job.length() - state.residue;
      CHECK_EQ(state.in_flight_bytes, 0);
      CHECK(job.only(moved, streamed));
      inside += moved && state.residue;
      usleep_range(20, 20);
      CHECK(job.only(moved, streamed));
      CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), t.calls ? DMA_COMPLETE : DMA_PAUSED);
      CHECK_EQ(job.length() - state.residue, moved);
      if (round % 3 == 0 && status == DMA_PAUSED && state.residue) {
        CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
        CHECK_EQ(t.calls, 0);
        CHECK(job.only(moved, streamed));
        streamed += moved;
        continue;
      }
      CHECK_EQ(dmaengine_resume(b.chan), 0);
      CHECK(b.wait(t));
      CHECK_EQ(t.calls, 1);
      CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
      CHECK(job.only(job.length(), streamed));
      streamed += job.length();
    }
    CHECK(inside > 20);
  });
}

void reuse() {
  SlaveBench b(direction());
  u64 streamed = 0;
  each_form(b, [&](SlaveJob& job) {
    CHECK_EQ(b.configure(4, 8), 0);
    Transfer t;
    dma_async_tx_descriptor* tx = job.prep();
    CHECK_EQ(dmaengine_desc_set_reuse(tx), 0);
    for (unsigned round = 1; round < 5; round++) {
      job.fill(streamed);
      b.submit(tx, t);
      dma_async_issue_pending(b.chan);
      CHECK(b.wait(t, round));
      CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
      CHECK(job.only(job.length(), streamed));
      streamed += job.length();
    }
    CHECK_EQ(dmaengine_desc_free(tx), 0);
  });
}

constexpr dma_addr_t kHole = 0xF0000000;

/// Fails, and the queue goes on.
void check_failure(SlaveBench& b, dma_async_tx_descriptor* tx, dmaengine_tx_result result, size_t residue) {
  Transfer t, next;
  const dma_cookie_t failed = b.submit(tx, t);
  CHECK_EQ(b.configure(4, 4), 0);
  b.submit(dmaengine_prep_slave_single(b.chan, b.bus, 64, b.direction, 0), next);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(next));
  CHECK_EQ(t.calls, 1);
  CHECK_EQ(t.result.result, result);
  CHECK_EQ(t.result.residue, residue);
  CHECK_EQ(dmaengine_tx_status(b.chan, failed, nullptr), DMA_ERROR);
  CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
}

void errors() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 4), 0);
  const dmaengine_tx_result memory = to_device ? DMA_TRANS_READ_FAILED : DMA_TRANS_WRITE_FAILED;
  const dmaengine_tx_result device = to_device ? DMA_TRANS_WRITE_FAILED : DMA_TRANS_READ_FAILED;
  scatterlist sg[3];
  sg_init_table(sg, 3);
  for (unsigned i = 0; i < 3; i++) {
    sg_dma_address(&sg[i]) = i == 1 ? kHole : b.bus + 512 * i;
    sg_dma_len(&sg[i]) = 100 + 4 * i;
  }
  check_failure(b, dmaengine_prep_slave_sg(b.chan, sg, 3, direction(), 0), memory, 104 + 108);
  Template xt;
  xt->dir = direction();
  xt->src_inc = to_device;
  xt->dst_inc = !to_device;
  (to_device ? xt->src_start : xt->dst_start) = b.bus;
  xt.lines(40, 2, static_cast<size_t>(kHole - b.bus), static_cast<size_t>(kHole - b.bus));
  check_failure(b, dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0), memory, 40);
  // The register answers nothing; a template names another than the configuration.
  xt.lines(40, 2, 0, 0);
  (to_device ? xt->dst_start : xt->src_start) = kHole;
  check_failure(b, dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0), device, 80);
  check_failure(b, dmaengine_prep_dma_cyclic(b.chan, kHole, 4096, 1024, direction(), 0), memory, 4096);
}

/// The host lets the controller find LAST in the first item of the ring.
void ring_end() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 4), 0);
  check_failure(b, dmaengine_prep_dma_cyclic(b.chan, b.bus, 4096, 1024, direction(), 0), DMA_TRANS_ABORTED,
                3072);
}

/// Memory holds the latest bytes of the stream, each in its place: `place` of the repetition that runs, the
/// others of the one before. Returns the repetition, 0 if there is none.
unsigned repetition(const SlaveJob& job, size_t place) {
  for (unsigned k = 1; k < 2000; k++) {
    size_t i = 0;
    while (i < job.length() &&
           job.byte(i) == stream_byte((i < place ? u64{k} : u64{k} - 1) * job.length() + i))
      i++;
    if (i == job.length()) return k;
  }
  return 0;
}

/// A template that repeats: the stream goes on from one repetition to the next (R12 K17).
void repeat() {
  SlaveBench b(direction());
  CHECK_EQ(b.configure(4, 8), 0);
  SlaveJob job(b, Form::kTemplate);
  job.fill(0);
  Transfer t, next;
  const dma_cookie_t cookie = b.submit(job.prep(DMA_PREP_INTERRUPT | DMA_PREP_REPEAT), t);
  dma_async_issue_pending(b.chan);
  unsigned before = 0;
  for (unsigned round = 1; round < 9; round++) {
    CHECK(b.wait(t, 3 * round));
    ndelay(333 * round);
    CHECK_EQ(dmaengine_pause(b.chan), 0);
    usleep_range(100, 100);
    dma_tx_state state;
    CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
    CHECK(state.residue >= 1 && state.residue <= job.length());
    if (!to_device) {
      const unsigned now = repetition(job, job.length() - state.residue);
      CHECK(now > before && now >= t.calls);
      before = now;
    }
    CHECK_EQ(dmaengine_resume(b.chan), 0);
  }
  b.submit(job.prep(DMA_PREP_INTERRUPT | DMA_PREP_LOAD_EOT), next);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(next));
  CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_COMPLETE);
}

/// Thousands of entries of a byte, a third of them empty; nothing but empty ones is no list (R10).
void long_list() {
  constexpr unsigned kEntries = 4500;
  SlaveBench b(direction());
  CHECK_EQ(b.configure(1, 16), 0);
  auto* vecs = static_cast<dma_vec*>(kcalloc(kEntries, sizeof(dma_vec), GFP_KERNEL));
  size_t n = 0;
  for (unsigned i = 0; i < kEntries; i++) {
    vecs[i] = {b.bus + 7 * i, i % 3 != 1};
    if (to_device && i % 3 != 1) b.buffer[7 * i] = stream_byte(n++);
  }
  Transfer t;
  b.submit(dmaengine_prep_peripheral_dma_vec(b.chan, vecs, kEntries, direction(), DMA_PREP_INTERRUPT), t);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t));
  CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
  size_t wrong = 0;
  n = 0;
  for (size_t at = 0; !to_device && at < b.size; at++) {
    const bool ours = at % 7 == 0 && at / 7 < kEntries && at / 7 % 3 != 1;
    wrong += b.buffer[at] != (ours ? stream_byte(n++) : 0x5a);
  }
  CHECK_EQ(wrong, 0);
  CHECK(dmaengine_prep_peripheral_dma_vec(b.chan, vecs + 1, 1, direction(), 0) == nullptr);
  vecs[0].len = ~size_t{0};
  CHECK(dmaengine_prep_peripheral_dma_vec(b.chan, vecs, 3, direction(), 0) == nullptr);
  kfree(vecs);
}

/// Lengths around the limit of a block, in items of each width, on memory of each alignment.
void block_limits() {
  SlaveBench b(direction(), 2 * 8 * block_items + 64);
  u64 streamed = 0;
  for (unsigned round = 0; round < 4 * 3 * 2; round++) {
    const unsigned width = 1u << round % 4;
    const size_t skew = round / 12 ? 8 : 1;
    const size_t length = size_t{width} * (block_items + round / 4 % 3 - 1);
    CHECK_EQ(b.configure(width, 8), 0);
    memset(b.buffer, 0x5a, b.size);
    for (size_t i = 0; to_device && i < length; i++) b.buffer[skew + i] = stream_byte(streamed + i);
    Transfer t;
    b.start(t, skew, length);
    CHECK(b.wait(t, 1, 100));
    CHECK_EQ(t.result.residue, 0);
    size_t wrong = 0;
    for (size_t i = 0; !to_device && i < b.size; i++)
      wrong += b.buffer[i] != (i >= skew && i - skew < length ? stream_byte(streamed + i - skew) : 0x5a);
    CHECK_EQ(wrong, 0);
    streamed += length;
  }
}

/// Memory across 4 GiB, which only copies bring here and there.
void across_4gib() {
  SlaveBench b(direction());
  constexpr size_t kPiece = 1000;
  CHECK_EQ(b.configure(4, 8), 0);
  const dma_addr_t high = high_memory - 500;  // the first entry crosses it, the second is behind
  scatterlist sg[2];
  sg_init_table(sg, 2);
  for (unsigned i = 0; i < 2; i++) {
    sg_dma_address(&sg[i]) = high + i * (kPiece + 24);
    sg_dma_len(&sg[i]) = kPiece;
  }
  dma_addr_t place = 0;
  u8* data = static_cast<u8*>(dma_alloc_coherent(b.dev, 4096, &place, GFP_KERNEL));
  for (size_t i = 0; i < kPiece; i++) {
    data[i] = stream_byte(i);
    data[kPiece + 24 + i] = stream_byte(kPiece + i);
  }
  const auto copy = [&](dma_addr_t to, dma_addr_t from) {
    Transfer t;
    b.submit(dmaengine_prep_dma_memcpy(b.chan, to, from, 2 * kPiece + 24, DMA_PREP_INTERRUPT), t);
    dma_async_issue_pending(b.chan);
    CHECK(b.wait(t));
    CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
  };
  Transfer t;
  if (to_device) copy(high, place);
  b.submit(dmaengine_prep_slave_sg(b.chan, sg, 2, direction(), DMA_PREP_INTERRUPT), t);
  dma_async_issue_pending(b.chan);
  CHECK(b.wait(t));
  CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
  if (!to_device) {
    memset(data, 0, 4096);
    copy(place, high);
    size_t wrong = 0;
    for (size_t i = 0; i < kPiece; i++)
      wrong += data[i] != stream_byte(i) || data[kPiece + 24 + i] != stream_byte(kPiece + i);
    CHECK_EQ(wrong, 0);
  }
  dma_free_coherent(b.dev, 4096, data, place);
}

const Case kCases[] = {{"stops", stops},
                       {"reuse", reuse},
                       {"errors", errors},
                       {"ring_end", ring_end},
                       {"repeat", repeat},
                       {"long_list", long_list},
                       {"across_4gib", across_4gib},
                       {"block_limits", block_limits}};

}  // namespace
}  // namespace dmavp::test

CASE_MODULE(dmavp::test::kCases);
