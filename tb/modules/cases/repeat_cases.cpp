// Transfers that repeat until another one takes over. covers: R42 R43 R35 K14 K17 K23 K37
#include "modules/cases/kinds.h"

namespace dmavp::test {
namespace {

constexpr size_t kSize = 8192;
constexpr unsigned long kRepeat = DMA_PREP_INTERRUPT | DMA_PREP_REPEAT;
constexpr unsigned long kReplace = DMA_PREP_INTERRUPT | DMA_PREP_LOAD_EOT;

template <class Visit>
void each_interleaved(MemoryBench& b, Visit visit) {
  each_kind(b, [&](Job& job) {
    if (job.interleaved()) visit(job);
  });
}

/// It is always somewhere between its first byte and the last but one.
void check_running(MemoryBench& b, const Job& job, dma_cookie_t cookie) {
  dma_tx_state state;
  CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_IN_PROGRESS);
  CHECK(state.residue >= 1 && state.residue <= job.length());
  CHECK(state.in_flight_bytes <= state.residue);
}

void stays_behind(MemoryBench& b, Job& job) {
  Transfer t, next;
  dma_tx_state state;
  job.clear();
  const dma_cookie_t cookie = b.start(job.prep(kRepeat), t);
  for (unsigned n = 1; n < 5; n++) {
    CHECK(b.wait(t, n));
    check_running(b, job, cookie);
    CHECK(job.only(job.length()));
  }
  const dma_cookie_t behind = b.start(job.prep(DMA_PREP_INTERRUPT), next);
  const unsigned calls = t.calls;
  CHECK(b.wait(t, calls + 5));
  CHECK_EQ(next.calls, 0);
  CHECK_EQ(dmaengine_tx_status(b.chan, behind, &state), DMA_IN_PROGRESS);
  CHECK_EQ(state.residue, job.length());
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  const unsigned ended = t.calls;
  job.clear();
  usleep_range(50, 50);
  CHECK(job.only(0));
  CHECK(t.calls == ended && next.calls == 0);
}

void takes_over(MemoryBench& b, Job& job) {
  // Twice: the second repeats as well and is replaced by a transfer of another kind.
  Transfer first, second, last;
  const dma_cookie_t a = b.start(job.prep(kRepeat), first);
  CHECK(b.wait(first, 3));
  const dma_cookie_t c = b.start(job.prep(kRepeat | DMA_PREP_LOAD_EOT), second);
  CHECK(b.wait(second, 3));
  CHECK_EQ(dmaengine_tx_status(b.chan, a, nullptr), DMA_COMPLETE);
  check_running(b, job, c);
  const unsigned calls = first.calls;
  Job copy(b, Kind::kCopy);
  const dma_cookie_t e = b.start(copy.prep(kReplace), last);
  CHECK(b.wait(last));
  CHECK_EQ(last.calls, 1);
  CHECK_EQ(first.calls, calls);
  CHECK_EQ(dmaengine_tx_status(b.chan, c, nullptr), DMA_COMPLETE);
  CHECK_EQ(dmaengine_tx_status(b.chan, e, nullptr), DMA_COMPLETE);
  CHECK_EQ(copy.arrived(), copy.length());
  copy.clear();
  usleep_range(50, 50);
  CHECK(copy.only(0));
}

}  // namespace

/// covers: K14 K17. What follows takes over with DMA_PREP_LOAD_EOT only.
void repeat() {
  MemoryBench b(kSize);
  each_interleaved(b, [&](Job& job) {
    stays_behind(b, job);
    takes_over(b, job);
  });
  // Other kinds do not repeat.
  Job copy(b, Kind::kCopy);
  Transfer t;
  b.start(copy.prep(kRepeat), t);
  CHECK(b.wait(t));
  usleep_range(50, 50);
  CHECK_EQ(t.calls, 1);
}

/// Paused anywhere, between two repetitions too: nothing moves until it is resumed, and what was issued
/// meanwhile takes over where it should (K17 K37).
void repeat_stops() {
  MemoryBench b(kSize);
  each_interleaved(b, [&](Job& job) {
    unsigned between = 0;
    for (unsigned round = 0; round < 160 && !failures; round++) {
      job.clear();
      Transfer t, next;
      const dma_cookie_t cookie = b.start(job.prep(kRepeat), t);
      ndelay(40 * round);
      CHECK_EQ(dmaengine_pause(b.chan), 0);
      usleep_range(100, 100);  // callbacks of what has ended before
      const unsigned calls = t.calls;
      dma_tx_state state;
      CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
      CHECK(state.residue >= 1 && state.residue <= job.length());
      between += calls && state.residue == job.length();
      // Behind the paused place are the bytes of the repetition before, if any.
      const bool none = state.residue == job.length() && job.only(job.length());
      if (!calls) CHECK(none || job.only(job.length() - state.residue));
      job.clear();
      usleep_range(20, 20);
      CHECK(job.only(0));
      CHECK_EQ(t.calls, calls);
      if (round % 3 == 0) {
        CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
        CHECK_EQ(t.calls, calls);
        continue;
      }
      if (round % 3 == 1) b.start(job.prep(kReplace), next);
      CHECK_EQ(next.calls, 0);
      CHECK_EQ(dmaengine_resume(b.chan), 0);
      if (round % 3 == 1) {
        CHECK(b.wait(next));
        CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_COMPLETE);
      } else {
        CHECK(b.wait(t, calls + 2));
        CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
      }
      CHECK(job.only(job.length()));
    }
    CHECK(between > 0);
  });
}

}  // namespace dmavp::test
