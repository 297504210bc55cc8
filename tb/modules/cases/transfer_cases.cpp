// Submit, issue, callbacks, terminate; unmap records and metadata.
// covers: K16 K20 K27 K29 K30 K31 K34 K35 K36 K42 K43 K44 R20 R22 R24 R25 R26 R28 R29 R30 R31 R32 R35 R37 R39
// R45
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/hardirq.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/slab.h>

#include "modules/cases/bench.h"
#include "modules/cases/cases.h"

namespace dmavp::test {
namespace {

struct Record {
  unsigned calls = 0;
  unsigned order[16] = {};
  bool in_softirq = true;
  bool in_hardirq = false;
  unsigned released_before = 0;  // descriptors freed when the callback ran
  dmaengine_result result = {};
};
Record record;
unsigned tag[16];

void note_callback(void* param) {
  record.in_softirq = record.in_softirq && in_softirq();
  record.in_hardirq = record.in_hardirq || in_hardirq();
  record.released_before = script.released;
  if (record.calls < 16) record.order[record.calls] = *static_cast<unsigned*>(param);
  record.calls++;
}

void note_result(void* param, const dmaengine_result* result) {
  record.result = *result;
  note_callback(param);
}

dma_cookie_t submit(const Bench& b, unsigned number) {
  dma_async_tx_descriptor* tx = b.prep();
  tag[number] = number;
  tx->callback = note_callback;
  tx->callback_param = &tag[number];
  return dmaengine_submit(tx);
}

}  // namespace

void submit_and_issue() {
  Bench b;
  record = {};
  dma_async_tx_descriptor* tx = b.prep();
  dma_async_issue_pending(b.chan);  // prepared only: nothing happens (R20, K29)
  CHECK(b.c->active == nullptr);
  CHECK_EQ(length(&b.c->vc.desc_allocated), 1);
  const dma_cookie_t first = dmaengine_submit(tx);
  CHECK_EQ(first, 2);                            // K20
  CHECK(b.c->active == nullptr);                 // R28
  CHECK_EQ(length(&b.c->vc.desc_submitted), 1);  // R26
  CHECK_EQ(submit(b, 1), 3);
  CHECK_EQ(submit(b, 2), 4);
  CHECK_EQ(dma_async_is_tx_complete(b.chan, first, nullptr, nullptr), DMA_IN_PROGRESS);
  dma_async_issue_pending(b.chan);  // R29 R30
  CHECK(b.c->active && b.c->active->tx.cookie == 2);
  CHECK_EQ(length(&b.c->vc.desc_issued), 2);
  virt_dma_desc* running = b.c->active;
  dma_async_issue_pending(b.chan);  // while busy: harmless
  CHECK(b.c->active == running);
  CHECK(finish(b.c));  // R31: the rest needs no client
  CHECK(finish(b.c));
  CHECK(finish(b.c));
  CHECK(!finish(b.c));
  settle(b.c);
  CHECK_EQ(record.calls, 2);  // the first had no callback (R32)
  CHECK_EQ(record.order[0], 1);
  CHECK_EQ(record.order[1], 2);
  CHECK(record.in_softirq && !record.in_hardirq);  // R25
  dma_cookie_t last = 0, used = 0;
  CHECK_EQ(dma_async_is_tx_complete(b.chan, 4, &last, &used), DMA_COMPLETE);  // R45
  CHECK_EQ(last, 4);
  CHECK_EQ(used, 4);
  CHECK_EQ(script.released, 3);
}

void callbacks() {
  Bench b;
  record = {};
  dma_async_tx_descriptor* tx = b.prep();
  tx->callback = [](void*) { record.calls += 100; };  // K30: callback_result wins
  tx->callback_result = note_result;
  tag[0] = 0;
  tx->callback_param = &tag[0];
  dmaengine_submit(tx);
  dma_async_issue_pending(b.chan);
  const unsigned released = script.released;
  finish(b.c, DMA_TRANS_WRITE_FAILED, 5);
  settle(b.c);
  CHECK_EQ(record.calls, 1);
  CHECK_EQ(record.result.result, DMA_TRANS_WRITE_FAILED);
  CHECK_EQ(record.result.residue, 5);
  CHECK_EQ(record.released_before, released);  // K31: freed behind its callback
  CHECK_EQ(script.released, released + 1);

  // R22 R24 R37: a callback prepares, submits, issues, asks and terminates on its own channel.
  static const Bench* bench;
  static unsigned rounds;
  bench = &b;
  rounds = 0;
  struct Again {
    static void run(void*) {
      rounds++;
      dma_tx_state state;
      dmaengine_tx_status(bench->chan, 2, &state);
      if (rounds == 20) {
        dmaengine_terminate_async(bench->chan);
        return;
      }
      dma_async_tx_descriptor* next = bench->prep();
      next->callback = run;
      dmaengine_submit(next);
      dma_async_issue_pending(bench->chan);
    }
  };
  tx = b.prep();
  tx->callback = Again::run;
  dmaengine_submit(tx);
  dma_async_issue_pending(b.chan);
  while (finish(b.c)) settle(b.c);
  CHECK_EQ(rounds, 20);
}

void terminate() {
  Bench b;
  record = {};
  const unsigned before = script.prepared;
  const unsigned released = script.released;
  submit(b, 0);
  submit(b, 1);
  dma_async_issue_pending(b.chan);  // one active, one queued
  submit(b, 2);                     // submitted
  b.prep();                         // prepared (K35)
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  CHECK_EQ(record.calls, 0);  // R35
  CHECK_EQ(script.released - released, script.prepared - before);
  // K34: completed, but its callback has not run yet.
  submit(b, 3);
  dma_async_issue_pending(b.chan);
  unsigned long flags;
  local_irq_save(flags);
  spin_lock(&b.c->vc.lock);
  finish_locked(b.c, DMA_TRANS_NOERROR, 0);
  spin_unlock(&b.c->vc.lock);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  local_irq_restore(flags);
  dmaengine_synchronize(b.chan);
  CHECK_EQ(record.calls, 0);
  // K36: usable at once; idle termination is fine.
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  submit(b, 4);
  dma_async_issue_pending(b.chan);
  CHECK(finish(b.c));
  settle(b.c);
  CHECK_EQ(record.calls, 1);
  CHECK_EQ(record.order[0], 4);
  CHECK_EQ(script.released - released, script.prepared - before);
}

void reuse() {
  Bench b;
  providers[0]->dma.directions = 1u << DMA_MEM_TO_DEV;
  dma_async_tx_descriptor* tx = b.prep();
  CHECK_EQ(dmaengine_desc_free(tx), -EPERM);
  CHECK_EQ(dmaengine_desc_set_reuse(tx), -EPERM);
  providers[0]->dma.descriptor_reuse = true;
  CHECK_EQ(dmaengine_desc_set_reuse(tx), 0);
  const unsigned released = script.released;
  for (int i = 0; i < 3; i++) {
    dmaengine_submit(tx);
    dma_async_issue_pending(b.chan);
    CHECK(finish(b.c));
    settle(b.c);
    CHECK_EQ(length(&b.c->vc.desc_allocated), 1);
  }
  dmaengine_submit(tx);
  dma_async_issue_pending(b.chan);
  dmaengine_terminate_sync(b.chan);
  CHECK_EQ(length(&b.c->vc.desc_allocated), 1);  // K16: terminate returns it
  CHECK_EQ(script.released, released);
  CHECK_EQ(dmaengine_desc_free(tx), 0);
  CHECK_EQ(script.released, released + 1);
}

void waiting() {
  Bench b;
  const dma_cookie_t cookie = submit(b, 0);
  const s64 start = ktime_to_ms(ktime_get());
  CHECK_EQ(dma_sync_wait(b.chan, cookie), DMA_ERROR);  // K27: nobody finishes it
  const s64 waited = ktime_to_ms(ktime_get()) - start;
  CHECK(waited >= 5000 && waited <= 5010);
  CHECK(b.c->active != nullptr);  // it was issued
  finish(b.c);
  CHECK_EQ(dma_sync_wait(b.chan, cookie), DMA_COMPLETE);
  CHECK_EQ(dma_wait_for_async_tx(nullptr), DMA_COMPLETE);
}

void unmap_and_metadata() {
  Bench b;
  struct device* dev = dmaengine_get_dma_device(b.chan);
  dmaengine_unmap_data* um = dmaengine_get_unmap_data(dev, 3, GFP_KERNEL);  // K44
  CHECK(um && um->map_cnt == 3 && um->to_cnt == 0 && um->addr[2] == 0);
  dma_async_tx_descriptor* tx = b.prep();
  dma_set_unmap(tx, um);
  CHECK_EQ(kref_read(&um->kref), 2);
  dmaengine_unmap_put(um);
  CHECK_EQ(kref_read(&um->kref), 1);
  dmaengine_submit(tx);
  dma_async_issue_pending(b.chan);
  finish(b.c);
  settle(b.c);  // the engine drops its reference: nothing may leak

  tx = b.prep();  // K43
  size_t len = 0, max = 0;
  CHECK_EQ(dmaengine_desc_attach_metadata(nullptr, nullptr, 0), -EINVAL);
  CHECK_EQ(dmaengine_desc_attach_metadata(tx, &len, 4), -ENOTSUPP);
  providers[0]->dma.desc_metadata_modes = DESC_METADATA_CLIENT;
  CHECK(dmaengine_is_metadata_mode_supported(b.chan, DESC_METADATA_CLIENT));
  CHECK(!dmaengine_is_metadata_mode_supported(nullptr, DESC_METADATA_CLIENT));
  CHECK_EQ(dmaengine_desc_attach_metadata(tx, &len, 4), -ENOTSUPP);  // no operation
  dma_descriptor_metadata_ops ops = {};
  ops.attach = [](dma_async_tx_descriptor*, void*, size_t n) { return static_cast<int>(n); };
  tx->metadata_ops = &ops;
  CHECK_EQ(dmaengine_desc_attach_metadata(tx, &len, 4), 4);
  CHECK_EQ(PTR_ERR(dmaengine_desc_get_metadata_ptr(tx, &len, &max)), -ENOTSUPP);
  providers[0]->dma.desc_metadata_modes =
      static_cast<dma_desc_metadata_mode>(DESC_METADATA_CLIENT | DESC_METADATA_ENGINE);
  CHECK_EQ(PTR_ERR(dmaengine_desc_get_metadata_ptr(tx, &len, &max)), -EINVAL);  // modes do not mix
  CHECK_EQ(dmaengine_desc_set_metadata_len(tx, 4), -EINVAL);
}

}  // namespace dmavp::test
