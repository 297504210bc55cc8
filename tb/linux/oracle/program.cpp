#include <linux/delay.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/of.h>
#include <linux/of_irq.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "oracle/oracle.h"

namespace dmavp::oracle {
namespace {

struct Prepared {
  dma_async_tx_descriptor* tx;
  unsigned held;  ///< the channel's place
  bool reuse;     ///< stays ours after submit
};
struct Cookie {
  dma_cookie_t value;
  unsigned held;
};

struct Client {
  const char* name;
  const char* node;
};
const Client kClients[] = {{"client-a", "/soc/client-a"},
                           {"client-b", "/soc/client-b"},
                           {"client-c", "/soc/client-c"},
                           {"client-d", "/soc/client-d"},
                           {"client-e", "/soc/client-e"},
                           {"uart", nullptr},
                           {"spi", nullptr},
                           {"nobody", nullptr}};
constexpr unsigned kClientCount = 8;
const char* const kNames[] = {"one", "two", "rx", "tx", "absent", "null", "error", "three"};

struct device devices[kClientCount];
dma_chan* held[kHeld];
bool public_user;  ///< of dmaengine_get()
Prepared prepared[kDescriptors];
Cookie cookies[kCookies];
dmaengine_unmap_data* records[kRecords];
unsigned next_cookie;
unsigned callback_number;

struct Tag {
  unsigned number;
  unsigned held;
  unsigned action;  ///< of the callback
};
Tag tags[64];

const char* title(unsigned slot) { return held[slot] ? name_of(held[slot]) : "-"; }

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

/// A place for a new channel, or kHeld.
unsigned free_place() {
  unsigned i = 0;
  while (i < kHeld && held[i]) i++;
  return i;
}
void keep(dma_chan* chan, const char* how) {
  if (!chan) {
    say("%s -> NULL", how);
  } else if (IS_ERR(chan)) {
    say("%s -> error %ld", how, PTR_ERR(chan));
  } else {
    const unsigned i = free_place();
    held[i] = chan;
    say("%s -> [%u] %s", how, i, name_of(chan));
  }
}

bool refuse(dma_chan* chan, void*) {
  say("  client: filter refuses %s", name_of(chan));
  return false;
}
bool second(dma_chan* chan, void*) {
  say("  client: filter %s", name_of(chan));
  return chan->chan_id == 1;
}

void request(Draws& d) {
  if (free_place() == kHeld) return;
  struct device* dev = &devices[d.below(kClientCount)];
  const char* name = kNames[d.below(8)];
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  const dma_transaction_type types[] = {DMA_MEMCPY, DMA_SLAVE, DMA_MEMSET, DMA_XOR, DMA_CYCLIC};
  dma_cap_set(types[d.below(5)], mask);
  if (d.one_in(3)) dma_cap_set(DMA_SLAVE, mask);
  const dma_filter_fn filters[] = {nullptr, nullptr, refuse, second};
  const dma_filter_fn filter = filters[d.below(4)];
  Provider* p = providers[d.below(kProviders)];
  switch (d.below(9)) {
    case 0:
    case 1:
    case 2:
      say("request_chan %s %s", dev_name(dev), name);
      keep(dma_request_chan(dev, name), "request_chan");
      break;
    case 3:
      keep(dma_request_channel(mask, filter, nullptr), "request_channel");
      break;
    case 4:
      keep(dma_request_chan_by_mask(d.one_in(6) ? nullptr : &mask), "request_chan_by_mask");
      break;
    case 5:
      say("request_slave_channel_compat %s %s", dev_name(dev), name);
      keep(dma_request_slave_channel_compat(mask, filter, d.one_in(2) ? &mask : nullptr, dev, name),
           "request_slave_channel_compat");
      break;
    case 6:
      keep(dma_request_slave_channel(dev, name), "request_slave_channel");
      break;
    case 7:
      if (p) keep(dma_get_slave_channel(&p->channels[d.below(kChannels)].vc.chan), "get_slave_channel");
      break;
    default:
      if (p) keep(dma_get_any_slave_channel(&p->dma), "get_any_slave_channel");
      break;
  }
}

void forget(unsigned slot) {
  for (Prepared& p : prepared)
    if (p.tx && p.held == slot) p = {};
}

void release(unsigned slot) {
  dma_chan* chan = held[slot];
  if (!chan) return;
  say("release [%u] %s", slot, title(slot));
  dmaengine_terminate_sync(chan);
  forget(slot);
  held[slot] = nullptr;
  dma_release_channel(chan);
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
  prepared[place] = {tx, slot, false};
  Tag& tag = tags[callback_number % 64];
  tag = {callback_number++, slot, d.below(6)};
  tx->callback_param = &tag;
  const unsigned which = d.below(4);
  if (which & 1) tx->callback = called;
  if (which & 2) tx->callback_result = called_with_result;
}

unsigned some_prepared(Draws& d) {
  const unsigned from = d.below(kDescriptors);
  for (unsigned i = 0; i < kDescriptors; i++)
    if (prepared[(from + i) % kDescriptors].tx) return (from + i) % kDescriptors;
  return kDescriptors;
}

void submit(Draws& d) {
  const unsigned i = some_prepared(d);
  if (i == kDescriptors) return;
  Prepared& p = prepared[i];
  const dma_cookie_t cookie = dmaengine_submit(p.tx);
  say("submit on [%u] %s -> %d, error %d", p.held, title(p.held), cookie, dma_submit_error(cookie));
  cookies[next_cookie++ % kCookies] = {cookie, p.held};
  p = {};
}

void descriptor_calls(Draws& d) {
  const unsigned i = some_prepared(d);
  dma_async_tx_descriptor* tx = i == kDescriptors ? nullptr : prepared[i].tx;
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
      say("set_reuse -> %d, is %d", dmaengine_desc_set_reuse(tx), dmaengine_desc_test_reuse(tx));
      dmaengine_desc_clear_reuse(tx);
      break;
    case 4: {
      if (!tx) break;
      if (d.one_in(2)) dmaengine_desc_set_reuse(tx);
      const int ret = dmaengine_desc_free(tx);
      say("desc_free -> %d", ret);
      if (!ret)
        prepared[i] = {};
      else
        dmaengine_desc_clear_reuse(tx);
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

void public_side(Draws& d) {
  switch (d.below(3)) {
    case 0:
      say("%s", public_user ? "dmaengine_put" : "dmaengine_get");
      if (public_user)
        dmaengine_put();
      else
        dmaengine_get();
      public_user = !public_user;
      break;
    case 1:
      say("issue_pending_all");
      dma_issue_pending_all();
      break;
    default: {
      dma_async_tx_descriptor* none = nullptr;
      say("wait_for_async_tx(NULL) -> %d", dma_wait_for_async_tx(none));
      break;
    }
  }
}

/// Calls that are legal where nothing may sleep.
void atomic_call(unsigned slot, Draws& d) {
  switch (d.below(12)) {
    case 0:
    case 1:
      prepare(slot, d);
      break;
    case 2:
      submit(d);
      break;
    case 3:
    case 9:
      say("issue_pending [%u]", slot);
      dma_async_issue_pending(held[slot]);
      break;
    case 4:
      status(slot, d);
      break;
    case 5:
      control(slot, d, false);
      break;
    case 6:
      configure(slot, d);
      break;
    case 7:
    case 10:
    case 11:
      hardware(slot, d);
      break;
    default:
      capabilities(slot, d);
      break;
  }
}

struct Elsewhere {
  tasklet_struct tasklet;
  unsigned slot;
  Draws* draws;
};
void in_tasklet(tasklet_struct* t) {
  auto* e = container_of(t, struct Elsewhere, tasklet);
  say("in a tasklet:");
  atomic_call(e->slot, *e->draws);
}

/// An interrupt that the program raises itself: a word of the machine's registers is the level of its line.
struct Bell {
  void __iomem* level;
  int irq;
  Elsewhere call;
};
Bell bell;

irqreturn_t bell_rings(int, void*) {
  writel(0, bell.level);
  say("in an interrupt:");
  atomic_call(bell.call.slot, *bell.call.draws);
  return IRQ_HANDLED;
}

void ring(unsigned slot, Draws& d) {
  bell.call = {{}, slot, &d};
  writel(1, bell.level);
  while (readl(bell.level)) udelay(1);
  synchronize_irq(static_cast<unsigned>(bell.irq));
}

void call_elsewhere(unsigned slot, Draws& d) {
  unsigned long flags;
  switch (d.below(4)) {
    case 0: {
      static spinlock_t lock;
      spin_lock_init(&lock);
      spin_lock_irqsave(&lock, flags);
      say("with a lock:");
      atomic_call(slot, d);
      spin_unlock_irqrestore(&lock, flags);
      break;
    }
    case 1:
      local_irq_save(flags);
      say("interrupts off:");
      atomic_call(slot, d);
      local_irq_restore(flags);
      break;
    case 2:
      ring(slot, d);
      break;
    default: {
      Elsewhere e = {{}, slot, &d};
      tasklet_setup(&e.tasklet, in_tasklet);
      tasklet_schedule(&e.tasklet);
      tasklet_kill(&e.tasklet);
      break;
    }
  }
}

void near_the_wrap(unsigned slot) {
  dma_chan* chan = held[slot];
  if (to_channel(chan)->active || chan->cookie != chan->completed_cookie) return;
  say("cookies of [%u] move", slot);
  chan->cookie = chan->completed_cookie = 0x7fffffff - 1;
}

void settle() {
  for (dma_chan* chan : held)
    if (chan) tasklet_kill(&to_channel(chan)->vc.task);
}

unsigned some_held(Draws& d) {
  const unsigned from = d.below(kHeld);
  for (unsigned i = 0; i < kHeld; i++)
    if (held[(from + i) % kHeld]) return (from + i) % kHeld;
  return from;
}

void operation(Draws& d) {
  const unsigned slot = some_held(d);
  const unsigned what = d.below(48);
  if (what < 7) return request(d);
  if (what == 7) return release(slot);
  if (what == 8) return change_provider(d);
  if (what == 9) return d.one_in(2) ? toggle_extra_provider(d) : toggle_extra_channel(d);
  if (what == 10) return public_side(d);
  if (what == 11) return unmap_records(d);
  if (what == 12) return descriptor_calls(d);
  if (what == 13) return submit(d);
  if (!held[slot]) return;
  if (what < 16) return call_elsewhere(slot, d);
  if (what == 16) return control(slot, d, true);
  if (what == 17 && d.one_in(4)) return wait(slot, d);
  if (what == 18 && d.one_in(4)) return near_the_wrap(slot);
  atomic_call(slot, d);
}

}  // namespace

void play(u64 seed, unsigned count, const char* skip) {
  for (unsigned i = 0; i < kClientCount; i++) {
    devices[i] = {};
    device_initialize(&devices[i]);
    dev_set_name(&devices[i], "%s", kClients[i].name);
    if (kClients[i].node) devices[i].of_node = of_find_node_by_path(kClients[i].node);
    if (device_add(&devices[i])) say("no device %s", kClients[i].name);
  }
  struct device_node* node = of_find_node_by_path("/soc/dma-controller@50000000");
  bell.level = ioremap(0x50000000, 16);
  bell.irq = static_cast<int>(irq_of_parse_and_map(node, 0));
  of_node_put(node);
  if (!bell.level || request_irq(static_cast<unsigned>(bell.irq), bell_rings, 0, "bell", &bell))
    say("no bell");
  say("early request -> %ld", PTR_ERR(dma_request_chan(&devices[0], "one")));
  register_tree_providers();
  const unsigned skips = static_cast<unsigned>(strlen(skip));
  for (unsigned i = 0; i < count; i++) {
    if (i < skips && skip[i] == '1') continue;
    Draws d(seed, i);
    say("#%u", i);
    operation(d);
    settle();
    say_state();
  }
  free_irq(static_cast<unsigned>(bell.irq), &bell);
  iounmap(bell.level);
  for (unsigned i = 0; i < kHeld; i++) release(i);
  if (public_user) dmaengine_put();
  public_user = false;
  for (dmaengine_unmap_data*& r : records) {
    if (r) dmaengine_unmap_put(r);
    r = nullptr;
  }
  say_state();
  Draws last(seed, count);
  if (providers[2]) toggle_extra_provider(last);
  unregister_tree_providers();
  for (struct device& dev : devices) {
    of_node_put(dev.of_node);
    dev.of_node = nullptr;
    device_del(&dev);
    put_device(&dev);
  }
  say("end");
}

}  // namespace dmavp::oracle
