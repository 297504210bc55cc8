// Transfers in memory of every kind on the real controller: status, stops, errors, use again, repetition.
// covers: R31 R33 R35 R36 R37 R42 R43 R47 K14 K16 K17 K23 K24 K30 K36 K37 K43
#include <linux/scatterlist.h>

#include "modules/cases/case_module.h"
#include "modules/cases/kinds.h"

static uint step_ns = 10;
module_param(step_ns, uint, 0444);
static uint stops = 8;  // different places at least where a sweep has stopped each kind
module_param(stops, uint, 0444);

namespace dmavp::test {

namespace {

constexpr size_t kSize = 4096;
constexpr unsigned kLimit_ns = 100000;

/// Any moment: memory holds at least what the residue says, and hardly more (K24).
void residue() {
  MemoryBench b(kSize);
  each_kind(b, [&](Job& job) {
    unsigned asked = 0;
    for (unsigned round = 0; round < 40; round++) {
      job.clear();
      Transfer t;
      dma_tx_state state;
      const dma_cookie_t cookie = b.submit(job.prep(), t);
      CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_IN_PROGRESS);
      dma_async_issue_pending(b.chan);
      size_t last = job.length();
      while (dmaengine_tx_status(b.chan, cookie, &state) == DMA_IN_PROGRESS) {
        const size_t moved = job.length() - state.residue;
        CHECK(state.residue <= last && state.in_flight_bytes <= state.residue);
        CHECK(job.arrived() >= moved && job.only(job.arrived()));
        last = state.residue;
        asked += moved && state.residue;
        ndelay(10 * (round % 13));
      }
      CHECK_EQ(state.residue, 0);
      CHECK(b.wait(t));
      CHECK(job.only(job.length()));
    }
    CHECK(asked >= 10);
  });
}

/// Where a sweep of moments has met a transfer.
struct Met {
  size_t places[64];
  unsigned count = 0;

  void note(size_t bytes) {
    for (unsigned i = 0; i < count; i++)
      if (places[i] == bytes) return;
    if (count < 64) places[count++] = bytes;
  }
};

/// Paused anywhere: memory is what the residue says, and stays so; what follows is right (R42 R43 R47).
void pause_anywhere() {
  MemoryBench b(kSize);
  each_kind(b, [&](Job& job) {
    Met met;
    bool ended = false;
    for (unsigned ns = 0; !ended && !failures && ns < kLimit_ns; ns += step_ns) {
      job.clear();
      Transfer t;
      const dma_cookie_t cookie = b.start(job.prep(), t);
      ndelay(ns);
      CHECK_EQ(dmaengine_pause(b.chan), 0);
      dma_tx_state state = {};
      ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
      for (unsigned look = 0; !ended && look < 2; look++) {
        const u32 residue = state.residue;
        CHECK_EQ(dmaengine_tx_status(b.chan, cookie, &state), DMA_PAUSED);
        CHECK_EQ(state.residue, residue);
        CHECK(state.in_flight_bytes < 64 && state.in_flight_bytes <= residue);
        CHECK(job.only(job.length() - residue));
        met.note(job.length() - residue);
        usleep_range(20, 20);
      }
      CHECK_EQ(dmaengine_resume(b.chan), 0);
      CHECK(b.wait(t));
      CHECK_EQ(t.calls, 1);
      CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
      CHECK(job.only(job.length()));
    }
    CHECK(ended);
    CHECK(met.count >= stops);
  });
}

/// Terminated anywhere, at once or while paused: memory holds a beginning of the transfer, at least what the
/// residue said, and nothing moves any more; what is issued at once waits and is right (R33 R34 R35 R50
/// K36).
void terminate_anywhere() {
  MemoryBench b(kSize);
  each_kind(b, [&](Job& job) {
    Met met;
    for (unsigned way = 0; way < 3; way++) {
      bool ended = false;
      for (unsigned ns = 0; !ended && !failures && ns < kLimit_ns; ns += 3 * step_ns) {
        job.clear();
        Transfer t, next;
        const dma_cookie_t cookie = b.start(job.prep(), t);
        ndelay(ns);
        if (way == 1) CHECK_EQ(dmaengine_pause(b.chan), 0);
        dma_tx_state state = {};
        ended = dmaengine_tx_status(b.chan, cookie, &state) == DMA_COMPLETE || !state.residue;
        CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
        const unsigned calls = t.calls;
        if (way == 2) {
          b.start(job.prep(), next);
        } else {
          dmaengine_synchronize(b.chan);
          const size_t moved = job.arrived();
          CHECK(moved >= job.length() - state.residue);
          if (way == 1) CHECK_EQ(moved, job.length() - state.residue);
          CHECK(job.only(moved));
          usleep_range(20, 20);
          CHECK(job.only(moved));
          met.note(moved);
          b.start(job.prep(), next);
        }
        CHECK(b.wait(next));
        CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
        CHECK(job.only(job.length()));
        CHECK_EQ(t.calls, calls);
        dmaengine_synchronize(b.chan);
      }
      CHECK(ended);
    }
    CHECK(met.count >= stops / 2);
  });
}

/// A descriptor that is submitted again and again, until it is freed (K16).
void reuse() {
  MemoryBench b(kSize);
  each_kind(b, [&](Job& job) {
    Transfer t;
    dma_async_tx_descriptor* tx = job.prep();
    CHECK_EQ(dmaengine_desc_free(tx), -EPERM);
    CHECK_EQ(dmaengine_desc_set_reuse(tx), 0);
    for (unsigned round = 1; round < 5; round++) {
      const unsigned calls = t.calls;
      job.clear();
      b.start(tx, t);
      CHECK(b.wait(t, calls + 1));
      CHECK_EQ(t.calls, calls + 1);
      CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
      CHECK(job.only(job.length()));
      if (round != 3) continue;
      // Terminated in the middle it can still be submitted again (K16).
      b.start(tx, t);
      ndelay(300);
      CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    }
    CHECK_EQ(dmaengine_desc_free(tx), 0);
  });
}

/// The host lets the first run fail; the second is good, and says so.
void reuse_failed() {
  MemoryBench b(kSize);
  Job job(b, Kind::kCopy);
  Transfer t;
  dma_async_tx_descriptor* tx = job.prep(DMA_PREP_INTERRUPT | DMA_CTRL_REUSE);
  const dma_cookie_t failed = b.start(tx, t);
  CHECK(b.wait(t));
  CHECK_EQ(t.result.result, DMA_TRANS_READ_FAILED);
  CHECK_EQ(t.result.residue, Job::kLength - 100);
  job.clear();
  const dma_cookie_t good = b.start(tx, t);
  CHECK(b.wait(t, 2));
  CHECK_EQ(t.result.result, DMA_TRANS_NOERROR);
  CHECK_EQ(t.result.residue, 0);
  CHECK(job.only(job.length()));
  CHECK_EQ(dmaengine_tx_status(b.chan, failed, nullptr), DMA_ERROR);
  CHECK_EQ(dmaengine_tx_status(b.chan, good, nullptr), DMA_COMPLETE);
  CHECK_EQ(dmaengine_desc_free(tx), 0);
}

/// A template, copy or list whose bytes behind the first `good` lie where nothing answers.
dma_async_tx_descriptor* prep_hole(MemoryBench& b, unsigned kind, bool reading, size_t& good,
                                   size_t& length) {
  const dma_addr_t from = b.src_bus, to = b.dst_bus;
  if (kind == 0) {
    good = 0, length = 500;
    return dmaengine_prep_dma_memcpy(b.chan, reading ? to : kHole, reading ? kHole : from, length, 0);
  }
  if (kind == 1) {
    good = 300, length = 640;
    Template xt;
    xt->dir = DMA_MEM_TO_MEM;
    xt->src_inc = xt->dst_inc = true;
    xt->src_start = from;
    xt->dst_start = to;
    xt->numf = 1;
    xt->frame_size = 4;
    const size_t sizes[] = {200, 100, 40, 300};
    for (unsigned i = 0; i < 4; i++) xt->sgl[i] = {sizes[i], 0, 8, 8};
    const size_t gap = static_cast<size_t>(kHole - (reading ? from : to) - 300 - 8);
    (reading ? xt->sgl[1].src_icg : xt->sgl[1].dst_icg) = gap;
    return dmaengine_prep_interleaved_dma(b.chan, xt.get(), 0);
  }
  if (kind == 2) {
    good = 0, length = 4000;
    return dmaengine_prep_dma_memset(b.chan, kHole, 1, length, 0);
  }
  good = 77, length = 200;
  scatterlist sg[2];
  sg_init_table(sg, 2);
  sg_dma_address(&sg[0]) = to;
  sg_dma_len(&sg[0]) = 77;
  sg_dma_address(&sg[1]) = kHole + 5;
  sg_dma_len(&sg[1]) = 123;
  return b.chan->device->device_prep_dma_memset_sg(b.chan, sg, 2, 1, 0);
}

/// A bus error has a result, a residue and a status of its own; the queue goes on, and a descriptor that has
/// failed can succeed (R31 K30).
void errors() {
  MemoryBench b(kSize);
  for (unsigned kind = 0; kind < 4; kind++) {
    for (unsigned way = 0; way < 2; way++) {
      const bool reading = way == 1;
      if (reading && kind >= 2) continue;  // nothing of the client's is read
      Job job(b, Kind::kLines);
      job.clear();
      Transfer t, next;
      size_t good = 0, length = 0;
      dma_async_tx_descriptor* tx = prep_hole(b, kind, reading, good, length);
      CHECK_EQ(dmaengine_desc_set_reuse(tx), 0);
      const dma_cookie_t failed = b.submit(tx, t);
      const dma_cookie_t behind = b.submit(job.prep(), next);
      dma_async_issue_pending(b.chan);
      CHECK(b.wait(next));
      CHECK_EQ(t.calls, 1);
      CHECK_EQ(t.result.result, reading ? DMA_TRANS_READ_FAILED : DMA_TRANS_WRITE_FAILED);
      CHECK_EQ(t.result.residue, length - good);
      CHECK_EQ(dmaengine_tx_status(b.chan, failed, nullptr), DMA_ERROR);
      CHECK_EQ(dmaengine_tx_status(b.chan, behind, nullptr), DMA_COMPLETE);
      CHECK_EQ(next.result.result, DMA_TRANS_NOERROR);
      // Again: no result is left of an earlier run.
      t.result = {DMA_TRANS_NOERROR, 0};
      b.start(tx, t);
      CHECK(b.wait(t, 2));
      CHECK_EQ(t.result.residue, length - good);
      CHECK_EQ(dmaengine_desc_free(tx), 0);
    }
  }
}

/// No data: a place in the queue and a callback.
void interrupts() {
  MemoryBench b(kSize);
  Job job(b, Kind::kCopy);
  job.clear();
  Transfer before, between, behind;
  b.submit(job.prep(), before);
  const dma_cookie_t cookie = b.submit(b.chan->device->device_prep_dma_interrupt(b.chan, 0), between);
  b.submit(job.prep(), behind);
  dma_async_issue_pending(b.chan);
  dma_tx_state state = {};
  while (!between.calls) {
    dmaengine_tx_status(b.chan, cookie, &state);
    CHECK_EQ(state.residue, 0);
    CHECK_EQ(behind.calls, 0);
    udelay(1);
  }
  CHECK_EQ(before.calls, 1);
  CHECK(b.wait(behind));
  CHECK_EQ(between.result.result, DMA_TRANS_NOERROR);
  CHECK_EQ(between.result.residue, 0);
  CHECK_EQ(dmaengine_tx_status(b.chan, cookie, nullptr), DMA_COMPLETE);
  CHECK(job.only(job.length()));
}

/// The capabilities name what there is, and no metadata (K10 K43).
void capabilities() {
  MemoryBench b(kSize);
  const dma_cap_mask_t mask = b.chan->device->cap_mask;
  const dma_transaction_type all[] = {DMA_MEMCPY, DMA_MEMSET,     DMA_MEMSET_SG, DMA_INTERRUPT, DMA_SLAVE,
                                      DMA_CYCLIC, DMA_INTERLEAVE, DMA_REPEAT,    DMA_LOAD_EOT,  DMA_PRIVATE};
  unsigned offered = 0;
  for (const auto cap : all) CHECK(dma_has_cap(cap, mask));
  for (unsigned bit = 0; bit < DMA_TX_TYPE_END; bit++)
    offered += dma_has_cap(static_cast<dma_transaction_type>(bit), mask) != 0;
  CHECK_EQ(offered, sizeof(all) / sizeof(all[0]));
  dma_slave_caps caps;
  CHECK_EQ(dma_get_slave_caps(b.chan, &caps), 0);
  CHECK(caps.descriptor_reuse);
  CHECK_EQ(caps.residue_granularity, DMA_RESIDUE_GRANULARITY_BURST);
  CHECK_EQ(dma_get_max_seg_size(b.dev), ~0u);
  Job job(b, Kind::kLines);
  dma_async_tx_descriptor* tx = job.prep();
  u8 data[4];
  CHECK_EQ(dmaengine_desc_attach_metadata(tx, data, sizeof(data)), -ENOTSUPP);
  CHECK_EQ(PTR_ERR(dmaengine_desc_get_metadata_ptr(tx, nullptr, nullptr)), -ENOTSUPP);
  CHECK_EQ(dmaengine_desc_set_metadata_len(tx, 4), -ENOTSUPP);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
}

const Case kCases[] = {{"residue", residue},
                       {"pause", pause_anywhere},
                       {"terminate", terminate_anywhere},
                       {"reuse", reuse},
                       {"errors", errors},
                       {"reuse_failed", reuse_failed},
                       {"interrupts", interrupts},
                       {"capabilities", capabilities},
                       {"repeat", repeat},
                       {"repeat_stops", repeat_stops},
                       {"memset", set_anything},
                       {"block_limits", block_limits},
                       {"across_4gib", across_4gib},
                       {"out_of_memory", out_of_memory}};

}  // namespace
}  // namespace dmavp::test

CASE_MODULE(dmavp::test::kCases);
