// What client, framework and virtual channels owe each other between prepare and the end.
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/preempt.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "modules/cases/bench.h"
#include "modules/cases/cases.h"

namespace dmavp::test {
namespace {

unsigned calls;
void called(void*) { calls++; }

dma_cookie_t submit_counted(const Bench& b, unsigned long flags = 0) {
  dma_async_tx_descriptor* tx = b.prep(flags);
  tx->callback = called;
  return dmaengine_submit(tx);
}

/// Completes the active transfer, and tells what a client sees before any callback can have run.
template <class Look>
void finish_and_look(const Bench& b, Look look) {
  unsigned long flags;
  local_irq_save(flags);
  spin_lock(&b.c->vc.lock);
  finish_locked(b.c, DMA_TRANS_NOERROR, 0);
  spin_unlock(&b.c->vc.lock);
  look();
  local_irq_restore(flags);
}

}  // namespace

void descriptor_states() {
  Bench b;
  virt_dma_chan* vc = &b.c->vc;
  dma_async_tx_descriptor* tx = b.prep();
  CHECK_EQ(length(&vc->desc_allocated), 1);  // K39
  CHECK(tx->chan == b.chan && tx->cookie == 0);
  const unsigned issues = script.issues;
  const dma_cookie_t cookie = dmaengine_submit(tx);
  CHECK_EQ(tx->cookie, cookie);  // K19: a cookie and a place in the queue, nothing else
  CHECK_EQ(b.chan->cookie, cookie);
  CHECK_EQ(script.issues, issues);
  CHECK(b.c->active == nullptr && !spin_is_locked(&vc->lock));
  CHECK_EQ(length(&vc->desc_allocated), 0);
  CHECK_EQ(length(&vc->desc_submitted), 1);
  CHECK(vchan_find_desc(vc, cookie) == nullptr);  // among the issued only
  b.c->paused = true;                             // keeps it from the hardware
  dma_async_issue_pending(b.chan);
  CHECK_EQ(length(&vc->desc_submitted), 0);
  CHECK_EQ(length(&vc->desc_issued), 1);
  CHECK(vchan_find_desc(vc, cookie) == to_virt_desc(tx));
  CHECK(vchan_next_desc(vc) == to_virt_desc(tx));
  CHECK_EQ(length(&vc->desc_issued), 1);  // it was a look
  b.c->paused = false;
  dma_async_issue_pending(b.chan);
  finish_and_look(b, [&] { CHECK_EQ(length(&vc->desc_completed), 1); });
  settle(b.c);
  CHECK_EQ(length(&vc->desc_completed), 0);
  // The active one, of which the provider alone knows, is collected by way of the terminated.
  submit_counted(b);
  dma_async_issue_pending(b.chan);
  const unsigned released = script.released;
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  CHECK_EQ(length(&vc->desc_terminated), 1);
  CHECK_EQ(script.released, released);
  dmaengine_synchronize(b.chan);
  CHECK_EQ(length(&vc->desc_terminated), 0);
  CHECK_EQ(script.released, released + 1);
  // K41: a period that has not been reported yet goes with its descriptor.
  submit_counted(b);
  dma_async_issue_pending(b.chan);
  calls = 0;
  unsigned long flags;
  local_bh_disable();
  spin_lock_irqsave(&vc->lock, flags);
  vchan_cyclic_callback(b.c->active);
  spin_unlock_irqrestore(&vc->lock, flags);
  CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
  local_bh_enable();
  dmaengine_synchronize(b.chan);
  CHECK_EQ(calls, 0);
}

/// K40: descriptors are given back without the channel's lock, reusable ones and those of a release too.
void freeing_without_lock() {
  {
    Bench b;
    providers[0]->dma.directions = 1u << DMA_MEM_TO_DEV;
    providers[0]->dma.descriptor_reuse = true;
    script.released_locked = 0;
    dma_async_tx_descriptor* kept = b.prep();
    CHECK_EQ(dmaengine_desc_set_reuse(kept), 0);
    dmaengine_submit(kept);
    submit_counted(b);
    b.prep();
    dma_async_issue_pending(b.chan);
    finish(b.c);
    settle(b.c);
    CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    CHECK_EQ(length(&b.c->vc.desc_allocated), 1);
  }  // released with one reusable descriptor left (K16)
  CHECK_EQ(script.released, script.prepared);
  CHECK_EQ(script.released_locked, 0);
}

void completion_before_callback() {
  Bench b;
  calls = 0;
  const dma_cookie_t cookie =
      submit_counted(b, 0);  // K15: no DMA_PREP_INTERRUPT, and a callback all the same
  dma_async_issue_pending(b.chan);
  finish_and_look(b, [&] {
    CHECK_EQ(dma_async_is_tx_complete(b.chan, cookie, nullptr, nullptr), DMA_COMPLETE);  // K25 K26
    CHECK_EQ(calls, 0);
  });
  settle(b.c);
  CHECK_EQ(calls, 1);
}

/// K46: channels of providers that are not private serve everybody who has called dmaengine_get().
void public_users() {
  CHECK_EQ(register_providers(), 0);
  dma_chan* const first = &providers[0]->channels[0].vc.chan;
  CHECK(dma_find_channel(DMA_MEMCPY) == nullptr);
  CHECK_EQ(first->client_count, 0);
  dmaengine_get();
  dmaengine_get();
  CHECK_EQ(first->client_count, 1);
  dma_chan* found = dma_find_channel(DMA_MEMCPY);
  CHECK(found != nullptr);
  CHECK(dma_find_channel(DMA_XOR) == nullptr);
  calls = 0;
  dma_async_tx_descriptor* tx = dmaengine_prep_dma_memcpy(found, 0, 0, 16, 0);
  tx->callback = called;
  dmaengine_submit(tx);
  CHECK(to_channel(found)->active == nullptr);
  dma_issue_pending_all();
  CHECK(finish(to_channel(found)));
  settle(to_channel(found));
  CHECK_EQ(calls, 1);
  dmaengine_put();
  CHECK_EQ(first->client_count, 1);
  dmaengine_put();
  CHECK_EQ(first->client_count, 0);
  unregister_providers();
}

namespace {
/// A provider of old, which wraps the configuration in a structure of its own.
struct WideConfig {
  dma_slave_config config;
  int priority;
};
struct Extra {
  int channel_mode;
};
int seen_priority, seen_mode, config_status;
int take_config(dma_chan*, dma_slave_config* cfg) {
  seen_priority = container_of(cfg, struct WideConfig, config)->priority;
  if (cfg->peripheral_size == sizeof(Extra))
    seen_mode = static_cast<const Extra*>(cfg->peripheral_config)->channel_mode;
  return config_status;
}
}  // namespace

void provider_configuration() {
  Bench b;
  providers[0]->dma.device_config = take_config;
  Extra extra = {42};
  WideConfig wide = {};
  wide.priority = 5;
  wide.config.peripheral_config = &extra;
  wide.config.peripheral_size = sizeof(extra);
  CHECK_EQ(dmaengine_slave_config(b.chan, &wide.config), 0);  // R7
  CHECK_EQ(seen_priority, 5);
  CHECK_EQ(seen_mode, 42);
  config_status = -EBADE;  // R8
  CHECK_EQ(dmaengine_slave_config(b.chan, &wide.config), -EBADE);
}

namespace {
spinlock_t between;
dma_cookie_t (*submit_behind)(dma_async_tx_descriptor*);
dma_async_tx_descriptor* (*prep_behind)(dma_chan*, dma_addr_t, dma_addr_t, size_t, unsigned long);

dma_cookie_t unlocking_submit(dma_async_tx_descriptor* tx) {
  const dma_cookie_t cookie = submit_behind(tx);
  spin_unlock(&between);
  return cookie;
}
dma_async_tx_descriptor* locking_prep(dma_chan* chan, dma_addr_t dst, dma_addr_t src, size_t len,
                                      unsigned long flags) {
  spin_lock(&between);
  dma_async_tx_descriptor* tx = prep_behind(chan, dst, src, len, flags);
  submit_behind = tx->tx_submit;
  tx->tx_submit = unlocking_submit;
  return tx;
}
}  // namespace

/// R21: a provider that holds a lock from prepare to submit; what a client does in between works with it.
void lock_until_submit() {
  Bench b;
  spin_lock_init(&between);
  prep_behind = providers[0]->dma.device_prep_dma_memcpy;
  providers[0]->dma.device_prep_dma_memcpy = locking_prep;
  calls = 0;
  for (int i = 0; i < 3; i++) {
    dma_async_tx_descriptor* tx = b.prep();
    CHECK(in_atomic());
    tx->callback = called;
    CHECK(!dma_submit_error(dmaengine_submit(tx)));
    CHECK(!in_atomic());
  }
  dma_async_issue_pending(b.chan);
  while (finish(b.c)) settle(b.c);
  CHECK_EQ(calls, 3);
  providers[0]->dma.device_prep_dma_memcpy = prep_behind;
}

namespace {
struct Slow {
  work_struct work;  // first: its address is that of the whole
  Channel* channel;
  bool started, ended;
};
void finish_it(work_struct* work) { finish(reinterpret_cast<Slow*>(work)->channel); }
void slow_callback(void* param) {
  auto* s = static_cast<Slow*>(param);
  s->started = true;
  udelay(300);
  s->ended = true;
}
}  // namespace

/// R39 R48: both wait for a callback that runs on another CPU.
void waits_for_callbacks() {
  Bench b;
  unsigned met = 0;
  for (int round = 0; round < 40; round++) {
    Slow s = {};
    s.channel = b.c;
    INIT_WORK(&s.work, finish_it);
    dma_async_tx_descriptor* tx = b.prep();
    tx->callback = slow_callback;
    tx->callback_param = &s;
    dmaengine_submit(tx);
    dma_async_issue_pending(b.chan);
    schedule_work(&s.work);
    for (int i = 0; i < 1000 && !s.started; i++) udelay(1);
    met += s.started && !s.ended;
    if (round % 2) {
      CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
    } else {
      CHECK_EQ(dmaengine_terminate_async(b.chan), 0);
      dmaengine_synchronize(b.chan);
    }
    CHECK_EQ(s.started, s.ended);
    flush_work(&s.work);
    dmaengine_synchronize(b.chan);
  }
  CHECK(met > 0);
}

/// R40: the host looks for the report, which does not depend on what the provider has to wait for.
void waiting_in_atomic_context() {
  Bench b;
  void (*const synchronize)(dma_chan*) = providers[0]->dma.device_synchronize;
  providers[0]->dma.device_synchronize = nullptr;
  spinlock_t lock;
  spin_lock_init(&lock);
  spin_lock(&lock);
  CHECK_EQ(dmaengine_terminate_sync(b.chan), 0);
  spin_unlock(&lock);
  providers[0]->dma.device_synchronize = synchronize;
}

}  // namespace dmavp::test
