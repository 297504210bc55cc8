#include <linux/device.h>
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "oracle/state.h"

namespace dmavp::oracle {

Prepared prepared[kDescriptors];
Cookie cookies[kCookies];

namespace {

dmaengine_unmap_data* records[kRecords];
unsigned next_cookie;
unsigned callback_number;

struct Tag {
  unsigned number;
  unsigned held;
  unsigned action;  ///< of the callback
};
Tag tags[512];  ///< more than a program has descriptors

void act(const Tag& tag) {
  dma_chan* chan = held[tag.held];
  if (!chan) return;
  switch (tag.action) {
    case 1: {
      dma_async_tx_descriptor* tx = dmaengine_prep_dma_memcpy(chan, 1, 2, 3, 0);
      if (!tx) break;
      say("  in callback: submit -> %d", dmaengine_submit(tx));
      dma_async_issue_pending(chan);
      break;
    }
    case 2:
      say("  in callback: terminate_async -> %d", dmaengine_terminate_async(chan));
      for (Prepared& p : prepared)
        if (p.held == tag.held) p = {};
      break;
    case 3: {
      dma_tx_state state = {};
      const dma_status status = dmaengine_tx_status(chan, cookies[0].value, &state);
      say("  in callback: status %d %d %d %u %u", status, state.last, state.used, state.residue,
          state.in_flight_bytes);
      break;
    }
    default:
      break;
  }
}
void called(void* param) {
  const Tag& tag = *static_cast<const Tag*>(param);
  say("  callback %u", tag.number);
  act(tag);
}
void called_with_result(void* param, const dmaengine_result* result) {
  const Tag& tag = *static_cast<const Tag*>(param);
  say("  callback %u with %d %u", tag.number, result->result, result->residue);
  act(tag);
}

unsigned long flags_of(Draws& d) {
  unsigned long flags = 0;
  const unsigned long bits[] = {DMA_PREP_INTERRUPT, DMA_CTRL_ACK, DMA_PREP_FENCE, DMA_PREP_REPEAT,
                                DMA_PREP_LOAD_EOT};
  for (unsigned long bit : bits)
    if (d.one_in(3)) flags |= bit;
  return flags;
}

unsigned some_prepared(Draws& d) {
  const unsigned from = d.below(kDescriptors);
  for (unsigned i = 0; i < kDescriptors; i++)
    if (prepared[(from + i) % kDescriptors].tx) return (from + i) % kDescriptors;
  return kDescriptors;
}

bool is_under_way(const Prepared& p) {
  return p.cookie && dmaengine_tx_status(held[p.held], p.cookie, nullptr) != DMA_COMPLETE;
}

}  // namespace

void forget(unsigned slot) {
  for (Prepared& p : prepared)
    if (p.tx && p.held == slot) p = {};
}

void prepare(unsigned slot, Draws& d) {
  dma_chan* chan = held[slot];
  unsigned place = 0;
  while (place < kDescriptors && prepared[place].tx) place++;
  if (place == kDescriptors) return;
  const unsigned long flags = flags_of(d);
  const dma_transfer_direction dir = d.one_in(2) ? DMA_MEM_TO_DEV : DMA_DEV_TO_MEM;
  const size_t len = d.below(5) * 4;
  dma_async_tx_descriptor* tx = nullptr;
  scatterlist sg[3];
  sg_init_table(sg, 3);
  for (unsigned i = 0; i < 3; i++) {
    sg_dma_address(&sg[i]) = 0x1000 * (i + 1);
    sg_dma_len(&sg[i]) = 16 * (i + 1);
  }
  const dma_vec vecs[2] = {{0x100, len}, {0x200, 8}};
  alignas(8) u8 memory[sizeof(dma_interleaved_template) + sizeof(data_chunk)] = {};
  auto* xt = reinterpret_cast<dma_interleaved_template*>(memory);
  xt->dir = dir;
  xt->numf = d.below(3);
  xt->frame_size = 1;
  const unsigned kind = d.below(9);
  switch (kind) {
    case 0:
    case 1:
      tx = dmaengine_prep_dma_memcpy(chan, 0x2000, 0x3000, len, flags);
      break;
    case 2:
      tx = dmaengine_prep_dma_memset(chan, 0x2000, static_cast<int>(len), len, flags);
      break;
    case 3:
      tx = dmaengine_prep_slave_sg(chan, sg, d.below(4), dir, flags);
      break;
    case 4:
      tx = dmaengine_prep_slave_single(chan, 0x4000, len, dir, flags);
      break;
    case 5:
      tx = dmaengine_prep_peripheral_dma_vec(chan, vecs, 2, dir, flags);
      break;
    case 6:
      tx = dmaengine_prep_dma_cyclic(chan, 0x5000, 64, len, dir, flags);
      break;
    case 7:
      tx = dmaengine_prep_interleaved_dma(chan, xt, flags);
      break;
    default:
      tx = dmaengine_prep_dma_memcpy(d.one_in(2) ? chan : nullptr, 1, 2, 3, flags);
      break;
  }
  say("prep %u on [%u] %s -> %s", kind, slot, title(slot), tx ? "descriptor" : "NULL");
  if (!tx) return;
  prepared[place] = {tx, slot, false, 0};
  if (d.one_in(4)) prepared[place].reuse = dmaengine_desc_set_reuse(tx) == 0;
  Tag& tag = tags[callback_number % 512];
  tag = {callback_number++, slot, d.below(6)};
  tx->callback_param = &tag;
  const unsigned which = d.below(4);
  if (which & 1) tx->callback = called;
  if (which & 2) tx->callback_result = called_with_result;
}

void submit(Draws& d) {
  const unsigned i = some_prepared(d);
  if (i == kDescriptors) return;
  Prepared& p = prepared[i];
  if (is_under_way(p)) return;
  const bool again = p.cookie != 0;
  const dma_cookie_t cookie = dmaengine_submit(p.tx);
  say("submit%s on [%u] %s -> %d, error %d", again ? " again" : "", p.held, title(p.held), cookie,
      dma_submit_error(cookie));
  cookies[next_cookie++ % kCookies] = {cookie, p.held};
  p.cookie = cookie;
  if (!p.reuse) p = {};
}

void descriptor_calls(Draws& d) {
  const unsigned i = some_prepared(d);
  dma_async_tx_descriptor* tx = i == kDescriptors ? nullptr : prepared[i].tx;
  if (tx && is_under_way(prepared[i])) return;
  char data[8];
  size_t used = 0, max = 0;
  switch (d.below(6)) {
    case 0:
      say("attach_metadata -> %d",
          dmaengine_desc_attach_metadata(d.one_in(5) ? nullptr : tx, data, d.below(8)));
      break;
    case 1: {
      void* p = dmaengine_desc_get_metadata_ptr(d.one_in(5) ? nullptr : tx, &used, &max);
      say("get_metadata_ptr -> %ld %zu %zu", IS_ERR(p) ? PTR_ERR(p) : 0, used, max);
      break;
    }
    case 2:
      say("set_metadata_len -> %d", dmaengine_desc_set_metadata_len(tx, d.below(12)));
      break;
    case 3:
      if (!tx) break;
      say("set_reuse -> %d", dmaengine_desc_set_reuse(tx));
      say("is %d", dmaengine_desc_test_reuse(tx));
      prepared[i].reuse = dmaengine_desc_test_reuse(tx);
      break;
    case 4: {
      if (!tx) break;
      if (d.one_in(2)) dmaengine_desc_set_reuse(tx);
      const int ret = dmaengine_desc_free(tx);
      say("desc_free -> %d", ret);
      if (!ret) prepared[i] = {};
      break;
    }
    default:
      if (!tx) break;
      async_tx_ack(tx);
      say("ack %d", async_tx_test_ack(tx));
      break;
  }
}

void status(unsigned slot, Draws& d) {
  const Cookie& known = cookies[d.below(kCookies)];
  const dma_cookie_t asked = d.one_in(3) ? static_cast<dma_cookie_t>(d.below(12)) : known.value;
  dma_chan* chan = held[slot];
  dma_tx_state state = {};
  dma_cookie_t last = -1, used = -1;
  switch (d.below(3)) {
    case 0: {
      const dma_status s = dmaengine_tx_status(chan, asked, d.one_in(3) ? nullptr : &state);
      say("tx_status [%u] %d -> %d last %d used %d residue %u in flight %u", slot, asked, s, state.last,
          state.used, state.residue, state.in_flight_bytes);
      break;
    }
    case 1: {
      const dma_status s =
          dma_async_is_tx_complete(chan, asked, d.one_in(3) ? nullptr : &last, d.one_in(3) ? nullptr : &used);
      say("is_tx_complete [%u] %d -> %d last %d used %d", slot, asked, s, last, used);
      break;
    }
    default: {
      const auto lo = static_cast<dma_cookie_t>(d.below(9)), hi = static_cast<dma_cookie_t>(d.below(9));
      say("is_complete %d %d %d -> %d", asked, lo, hi, dma_async_is_complete(asked, lo, hi));
      break;
    }
  }
}

void control(unsigned slot, Draws& d, bool may_sleep) {
  dma_chan* chan = held[slot];
  const unsigned what = d.below(may_sleep ? 6 : 4);
  int ret = 0;
  switch (what) {
    case 0:
      ret = dmaengine_pause(chan);
      break;
    case 1:
      ret = dmaengine_resume(chan);
      break;
    case 2:
      ret = dmaengine_terminate_async(chan);
      forget(slot);
      break;
    case 3:
      ret = dmaengine_terminate_all(chan);
      forget(slot);
      break;
    case 4:
      ret = dmaengine_terminate_sync(chan);
      forget(slot);
      break;
    default:
      dmaengine_synchronize(chan);
      break;
  }
  say("control %u [%u] %s -> %d", what, slot, title(slot), ret);
}

void capabilities(unsigned slot, Draws& d) {
  dma_slave_caps caps = {};
  dma_chan* chan = d.one_in(8) ? nullptr : held[slot];
  const int ret = dma_get_slave_caps(chan, d.one_in(8) ? nullptr : &caps);
  say("caps -> %d directions 0x%x widths 0x%x 0x%x bursts %u %u %u commands %d%d%d residue %d reuse %d", ret,
      caps.directions, caps.src_addr_widths, caps.dst_addr_widths, caps.min_burst, caps.max_burst,
      caps.max_sg_burst, caps.cmd_pause, caps.cmd_resume, caps.cmd_terminate, caps.residue_granularity,
      caps.descriptor_reuse);
}

void configure(unsigned slot, Draws& d) {
  dma_slave_config cfg = {};
  cfg.src_addr = 0x1000 + d.below(16) * 4;
  cfg.dst_addr = 0x2000 + d.below(16) * 4;
  cfg.src_addr_width = DMA_SLAVE_BUSWIDTH_4_BYTES;
  cfg.dst_addr_width = DMA_SLAVE_BUSWIDTH_2_BYTES;
  cfg.src_maxburst = d.below(9);
  cfg.dst_maxburst = d.below(9);
  say("slave_config [%u] -> %d", slot, dmaengine_slave_config(held[slot], &cfg));
}

void hardware(unsigned slot, Draws& d) {
  Channel* c = to_channel(held[slot]);
  const auto result = static_cast<dmaengine_tx_result>(d.below(4));
  const u32 residue = d.below(9);
  if (d.one_in(4)) {
    say("period on [%u] %s", slot, title(slot));
    end_period(c);
  } else {
    say("finish on [%u] %s", slot, title(slot));
    say("finished %d", finish(c, result, residue));
  }
}

void wait(unsigned slot, Draws& d) {
  const Cookie& c = cookies[d.below(kCookies)];
  if (!c.value || c.held != slot) return;
  const s64 before = ktime_to_ms(ktime_get());
  const dma_status s = dma_sync_wait(held[slot], c.value);
  const s64 ms = ktime_to_ms(ktime_get()) - before;
  say("sync_wait [%u] %d -> %d after %s", slot, c.value, s,
      ms < 4999   ? "no time"
      : ms < 5010 ? "5 s"
                  : "too long");
}

void unmap_records(Draws& d) {
  dmaengine_unmap_data*& r = records[d.below(kRecords)];
  if (!r) {
    r = dmaengine_get_unmap_data(providers[0]->dma.dev, static_cast<int>(1 + d.below(2)), GFP_KERNEL);
    if (r) say("get_unmap_data -> %u %u %u %u", r->map_cnt, r->to_cnt, r->from_cnt, r->bidi_cnt);
    return;
  }
  const unsigned i = some_prepared(d);
  if (i != kDescriptors && !prepared[i].tx->unmap && d.one_in(2)) {
    // Dropped here: Linux's virtual channels keep the record of a descriptor that is terminated for ever.
    dma_set_unmap(prepared[i].tx, r);
    say("set_unmap, %u references", kref_read(&r->kref));
    dma_descriptor_unmap(prepared[i].tx);
    say("descriptor_unmap, %u references, %d", kref_read(&r->kref), prepared[i].tx->unmap != nullptr);
    return;
  }
  say("unmap_put of %u references", kref_read(&r->kref));
  dmaengine_unmap_put(r);
  r = nullptr;
}

void drop_records() {
  for (dmaengine_unmap_data*& r : records) {
    if (r) dmaengine_unmap_put(r);
    r = nullptr;
  }
}

void near_the_wrap(unsigned slot) {
  dma_chan* chan = held[slot];
  if (to_channel(chan)->active || chan->cookie != chan->completed_cookie) return;
  say("cookies of [%u] move", slot);
  chan->cookie = chan->completed_cookie = 0x7fffffff - 1;
}

}  // namespace dmavp::oracle
