#include <linux/device.h>
#include <linux/err.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "oracle/oracle.h"

namespace dmavp::oracle {

Provider* providers[kProviders];

namespace {

struct Descriptor {
  virt_dma_desc vd;
  dma_descriptor_metadata_ops ops;
};

Provider* of(dma_chan* chan) { return container_of(chan->device, struct Provider, dma); }

int alloc_resources(dma_chan* chan) {
  say("  provider: alloc %s -> %d", name_of(chan), of(chan)->alloc_result);
  return of(chan)->alloc_result;
}
void free_resources(dma_chan* chan) {
  say("  provider: free %s", name_of(chan));
  vchan_free_chan_resources(to_virt_chan(chan));
}
void free_descriptor(virt_dma_desc* vd) { kfree(container_of(vd, struct Descriptor, vd)); }

int attach(dma_async_tx_descriptor*, void*, size_t len) {
  say("  provider: attach %zu", len);
  return len % 2 ? -EINVAL : 0;
}
void* get_ptr(dma_async_tx_descriptor* tx, size_t* used, size_t* max) {
  say("  provider: get_ptr");
  *used = 3;
  *max = 9;
  return tx;
}
int set_len(dma_async_tx_descriptor*, size_t len) {
  say("  provider: set_len %zu", len);
  return len > 9 ? -EINVAL : 0;
}

dma_async_tx_descriptor* prepare(dma_chan* chan, unsigned long flags, bool good) {
  if (!good) return nullptr;
  auto* d = static_cast<Descriptor*>(kzalloc(sizeof(Descriptor), GFP_NOWAIT));
  if (!d) return nullptr;
  dma_async_tx_descriptor* tx = vchan_tx_prep(to_virt_chan(chan), &d->vd, flags);
  d->ops = {attach, get_ptr, flags & DMA_CTRL_ACK ? set_len : nullptr};
  if (!(flags & DMA_PREP_FENCE)) tx->metadata_ops = &d->ops;
  return tx;
}

dma_async_tx_descriptor* prep_memcpy(dma_chan* chan, dma_addr_t dst, dma_addr_t src, size_t len,
                                     unsigned long flags) {
  say("  provider: memcpy %s 0x%llx 0x%llx %zu 0x%lx", name_of(chan), dst, src, len, flags);
  return prepare(chan, flags, len != 0);
}
dma_async_tx_descriptor* prep_memset(dma_chan* chan, dma_addr_t dst, int value, size_t len,
                                     unsigned long flags) {
  say("  provider: memset %s 0x%llx %d %zu 0x%lx", name_of(chan), dst, value, len, flags);
  return prepare(chan, flags, len != 0);
}
dma_async_tx_descriptor* prep_interrupt(dma_chan* chan, unsigned long flags) {
  say("  provider: interrupt %s 0x%lx", name_of(chan), flags);
  return prepare(chan, flags, true);
}
dma_async_tx_descriptor* prep_slave_sg(dma_chan* chan, scatterlist* sgl, unsigned n,
                                       dma_transfer_direction dir, unsigned long flags, void* context) {
  say("  provider: slave_sg %s %u 0x%llx %u %d 0x%lx %d", name_of(chan), n, sg_dma_address(sgl),
      sg_dma_len(sgl), dir, flags, context != nullptr);
  return prepare(chan, flags, n != 0);
}
dma_async_tx_descriptor* prep_vec(dma_chan* chan, const dma_vec* vecs, size_t n, dma_transfer_direction dir,
                                  unsigned long flags) {
  say("  provider: vec %s %zu 0x%llx %zu %d 0x%lx", name_of(chan), n, vecs->addr, vecs->len, dir, flags);
  return prepare(chan, flags, n != 0);
}
dma_async_tx_descriptor* prep_cyclic(dma_chan* chan, dma_addr_t buf, size_t len, size_t period,
                                     dma_transfer_direction dir, unsigned long flags) {
  say("  provider: cyclic %s 0x%llx %zu %zu %d 0x%lx", name_of(chan), buf, len, period, dir, flags);
  return prepare(chan, flags, period != 0);
}
dma_async_tx_descriptor* prep_interleaved(dma_chan* chan, dma_interleaved_template* xt, unsigned long flags) {
  say("  provider: interleaved %s %d %zu %zu 0x%lx", name_of(chan), xt->dir, xt->numf, xt->frame_size, flags);
  return prepare(chan, flags, xt->numf != 0);
}

void start_next(Channel* c) {
  if (c->active || c->paused) return;
  c->active = vchan_next_desc(&c->vc);
  if (c->active) list_del(&c->active->node);
}

void issue_pending(dma_chan* chan) {
  Channel* c = to_channel(chan);
  say("  provider: issue %s", name_of(chan));
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (vchan_issue_pending(&c->vc)) start_next(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
}

dma_status tx_status(dma_chan* chan, dma_cookie_t cookie, dma_tx_state* state) {
  const dma_status status = dma_cookie_status(chan, cookie, state);
  if (status != DMA_COMPLETE && state) {
    dma_set_residue(state, static_cast<u32>(cookie) * 3);
    dma_set_in_flight_bytes(state, 7);
  }
  return status == DMA_IN_PROGRESS && to_channel(chan)->paused ? DMA_PAUSED : status;
}

int config(dma_chan* chan, dma_slave_config* cfg) {
  say("  provider: config %s 0x%llx 0x%llx %d %d %u %u", name_of(chan), cfg->src_addr, cfg->dst_addr,
      cfg->src_addr_width, cfg->dst_addr_width, cfg->src_maxburst, cfg->dst_maxburst);
  return of(chan)->config_result;
}
int pause(dma_chan* chan) {
  say("  provider: pause %s", name_of(chan));
  to_channel(chan)->paused = true;
  return 0;
}
int resume(dma_chan* chan) {
  say("  provider: resume %s", name_of(chan));
  Channel* c = to_channel(chan);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  c->paused = false;
  start_next(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return 0;
}
int terminate_all(dma_chan* chan) {
  say("  provider: terminate %s", name_of(chan));
  Channel* c = to_channel(chan);
  LIST_HEAD(all);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  vchan_get_all_descriptors(&c->vc, &all);
  if (c->active) vchan_terminate_vdesc(c->active);
  c->active = nullptr;
  c->paused = false;
  spin_unlock_irqrestore(&c->vc.lock, flags);
  vchan_dma_desc_free_list(&c->vc, &all);
  return 0;
}
void synchronize(dma_chan* chan) {
  say("  provider: synchronize %s", name_of(chan));
  vchan_synchronize(to_virt_chan(chan));
}
void caps(dma_chan* chan, dma_slave_caps* out) {
  say("  provider: caps %s", name_of(chan));
  out->max_burst = 77;
}

/// Cell 98: an error; 99: nothing; else the number of the channel.
dma_chan* xlate(of_phandle_args* args, struct of_dma* ofdma) {
  auto* p = static_cast<Provider*>(ofdma->of_dma_data);
  say("  provider: xlate %u %u", p->number, args->args[0]);
  if (args->args[0] == 98) return static_cast<dma_chan*>(ERR_PTR(-EACCES));
  return args->args[0] < kChannels ? dma_get_slave_channel(&p->channels[args->args[0]].vc.chan) : nullptr;
}

bool any(dma_chan* chan, void* param) {
  say("  provider: filter %s", name_of(chan));
  return param == nullptr || static_cast<unsigned>(chan->chan_id) + 1 == *static_cast<const unsigned*>(param);
}
const unsigned kWanted[] = {1, 2, 3};
dma_slave_map map[] = {{"uart", "rx", const_cast<unsigned*>(&kWanted[0])},
                       {"uart", "tx", const_cast<unsigned*>(&kWanted[1])},
                       {"client-c", "one", nullptr},
                       {"spi", "rx", const_cast<unsigned*>(&kWanted[2])}};

Provider* make(unsigned number, struct device* dev) {
  auto* p = static_cast<Provider*>(kzalloc(sizeof(Provider), GFP_KERNEL));
  if (!p) return nullptr;
  dma_device* dma = &p->dma;
  p->number = number;
  dma->dev = dev;
  INIT_LIST_HEAD(&dma->channels);
  const dma_transaction_type types[] = {DMA_MEMCPY, DMA_SLAVE, DMA_CYCLIC, DMA_INTERRUPT, DMA_INTERLEAVE};
  for (dma_transaction_type type : types) dma_cap_set(type, dma->cap_mask);
  if (number == 1) dma_cap_set(DMA_MEMSET, dma->cap_mask);
  dma->directions = 1u << DMA_MEM_TO_DEV | 1u << DMA_DEV_TO_MEM;
  dma->descriptor_reuse = number == 0;
  dma->desc_metadata_modes = static_cast<dma_desc_metadata_mode>(DESC_METADATA_CLIENT | DESC_METADATA_ENGINE);
  dma->residue_granularity = DMA_RESIDUE_GRANULARITY_BURST;
  dma->device_alloc_chan_resources = alloc_resources;
  dma->device_free_chan_resources = free_resources;
  dma->device_prep_dma_memcpy = prep_memcpy;
  dma->device_prep_dma_interrupt = prep_interrupt;
  dma->device_prep_slave_sg = prep_slave_sg;
  dma->device_prep_peripheral_dma_vec = prep_vec;
  dma->device_prep_dma_cyclic = prep_cyclic;
  dma->device_prep_interleaved_dma = prep_interleaved;
  if (number == 1) dma->device_prep_dma_memset = prep_memset;
  dma->device_config = config;
  dma->device_pause = pause;
  dma->device_resume = resume;
  dma->device_terminate_all = terminate_all;
  dma->device_synchronize = synchronize;
  dma->device_tx_status = tx_status;
  dma->device_issue_pending = issue_pending;
  for (unsigned i = 0; i < kChannels; i++) {
    p->channels[i].vc.desc_free = free_descriptor;
    vchan_init(&p->channels[i].vc, dma);
  }
  return p;
}

int enlist(Provider* p) {
  const int ret = dma_async_device_register(&p->dma);
  say("register %u -> %d, id %d", p->number, ret, ret ? -1 : p->dma.dev_id);
  p->registered = !ret;
  return ret;
}

int probe(struct platform_device* pdev) {
  const unsigned number = strcmp(pdev->dev.of_node->name, "provider-a") != 0;
  Provider* p = make(number, &pdev->dev);
  if (!p) return -ENOMEM;
  p->by_tree = true;
  if (number == 1) p->dma.filter = {any, 4, map};
  platform_set_drvdata(pdev, p);
  providers[number] = p;
  const int ret = enlist(p);
  return ret ? ret : of_dma_controller_register(pdev->dev.of_node, xlate, p);
}

void dismiss(Provider* p) {
  dma_async_device_unregister(&p->dma);
  say("unregister %u", p->number);
  for (Channel& c : p->channels)
    if (c.vc.desc_free) tasklet_kill(&c.vc.task);
  providers[p->number] = nullptr;
  kfree(p);
}

void remove(struct platform_device* pdev) {
  of_dma_controller_free(pdev->dev.of_node);
  dismiss(static_cast<Provider*>(platform_get_drvdata(pdev)));
}

const struct of_device_id kMatches[] = {{"", "", "test,provider", nullptr}, {"", "", "", nullptr}};
struct platform_driver make_driver() {
  struct platform_driver d = {};
  d.probe = probe;
  d.remove = remove;
  d.driver.name = "oracle-provider";
  d.driver.owner = THIS_MODULE;
  d.driver.of_match_table = kMatches;
  return d;
}
struct platform_driver driver = make_driver();

bool in_use(const Provider* p) {
  for (const Channel& c : p->channels)
    if (c.vc.chan.client_count) return true;
  return false;
}

}  // namespace

const char* name_of(dma_chan* chan) { return chan->dev ? dma_chan_name(chan) : "(new)"; }

int register_tree_providers() { return platform_driver_register(&driver); }
void unregister_tree_providers() { platform_driver_unregister(&driver); }

void toggle_extra_provider(Draws& d) {
  Provider*& p = providers[2];
  if (p) {
    if (in_use(p)) {
      say("extra provider is in use");
      return;
    }
    dismiss(p);
    return;
  }
  p = make(2, providers[0]->dma.dev);
  if (!p) return;
  dma_device* dma = &p->dma;
  switch (d.below(10)) {
    case 0:
      dma->device_tx_status = nullptr;
      break;
    case 1:
      dma->device_issue_pending = nullptr;
      break;
    case 2: {
      const dma_transaction_type types[] = {DMA_XOR, DMA_XOR_VAL, DMA_PQ, DMA_PQ_VAL, DMA_MEMSET, DMA_CYCLIC};
      dma_cap_set(types[d.below(6)], dma->cap_mask);
      dma->device_prep_dma_cyclic = nullptr;
      break;
    }
    case 3:
      dma->dev = nullptr;
      break;
    case 4:
    case 5:
      dma_cap_set(DMA_PRIVATE, dma->cap_mask);
      break;
    default:
      break;
  }
  if (!enlist(p)) return;
  kfree(p);
  p = nullptr;
}

// Different, because Linux loses memory when a name is taken.
const char* const kExtraNames[kProviders] = {"extra0", "extra1", "extra2"};

void toggle_extra_channel(Draws& d) {
  Provider* p = providers[d.below(kProviders)];
  if (!p) return;
  Channel* c = &p->channels[kChannels];
  if (c->added) {
    if (c->vc.chan.client_count) {
      say("extra channel is in use");
      return;
    }
    dma_async_device_channel_unregister(&p->dma, &c->vc.chan);
    list_del(&c->vc.chan.device_node);
    c->added = false;
    say("channel removed from %u", p->number);
    return;
  }
  c->vc.desc_free = free_descriptor;
  vchan_init(&c->vc, &p->dma);
  const int ret =
      dma_async_device_channel_register(&p->dma, &c->vc.chan, d.one_in(2) ? kExtraNames[p->number] : nullptr);
  say("channel added to %u -> %d %s", p->number, ret, ret ? "" : name_of(&c->vc.chan));
  c->added = !ret;
  if (ret) list_del(&c->vc.chan.device_node);
}

void change_provider(Draws& d) {
  Provider* p = providers[d.below(kProviders)];
  if (!p) return;
  dma_device* dma = &p->dma;
  const unsigned what = d.below(12);
  switch (what) {
    case 0:
      p->alloc_result = d.one_in(2) ? -ENOMEM : 0;
      break;
    case 1:
      p->config_result = d.one_in(2) ? -EINVAL : 0;
      break;
    case 2:
      dma->device_pause = dma->device_pause ? nullptr : pause;
      break;
    case 3:
      dma->device_resume = dma->device_resume ? nullptr : resume;
      break;
    case 4:
      dma->device_config = dma->device_config ? nullptr : config;
      break;
    case 5:
      dma->directions = d.one_in(2) ? 0 : 1u << DMA_MEM_TO_DEV;
      break;
    case 6:
      dma->descriptor_reuse = !dma->descriptor_reuse;
      break;
    case 7:
      dma->desc_metadata_modes = static_cast<dma_desc_metadata_mode>(d.below(4));
      break;
    case 8:
      dma->device_caps = dma->device_caps ? nullptr : caps;
      break;
    case 9:
      if (d.one_in(2))
        dma_cap_set(DMA_REPEAT, dma->cap_mask);
      else
        dma_cap_clear(DMA_REPEAT, dma->cap_mask);
      break;
    case 10:
      dma->device_prep_dma_cyclic = dma->device_prep_dma_cyclic ? nullptr : prep_cyclic;
      break;
    default:
      dma->device_prep_slave_sg = dma->device_prep_slave_sg ? nullptr : prep_slave_sg;
      break;
  }
  say("change %u: %u", p->number, what);
}

bool finish(Channel* c, dmaengine_tx_result result, u32 residue) {
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  virt_dma_desc* vd = c->active;
  if (vd) {
    c->active = nullptr;
    vd->tx_result = {result, residue};
    vchan_cookie_complete(vd);
    start_next(c);
  }
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return vd != nullptr;
}

void end_period(Channel* c) {
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (c->active) vchan_cyclic_callback(c->active);
  spin_unlock_irqrestore(&c->vc.lock, flags);
}

namespace {
/// What was said of a provider or channel last.
struct Said {
  int values[4];
  const char* name;
  struct device* slave;
};
Said said[kProviders][kChannels + 2];

bool is_news(Said& last, const Said& now) {
  if (memcmp(&last, &now, sizeof(now)) == 0) return false;
  last = now;
  return true;
}
}  // namespace

void say_state() {
  for (unsigned number = 0; number < kProviders; number++) {
    Provider* p = providers[number];
    if (!p) continue;
    const dma_device& dma = p->dma;
    Said now = {{static_cast<int>(dma.chancnt), static_cast<int>(dma.privatecnt),
                 dma_has_cap(DMA_PRIVATE, dma.cap_mask), 0},
                nullptr,
                nullptr};
    if (is_news(said[number][kChannels + 1], now))
      say("  state %u: channels %d private %d cap %d", number, now.values[0], now.values[1], now.values[2]);
    for (unsigned i = 0; i <= kChannels; i++) {
      dma_chan* chan = &p->channels[i].vc.chan;
      if (i == kChannels && !p->channels[i].added) continue;
      const bool taken = chan->client_count != 0;
      now = {{chan->client_count, chan->cookie, chan->completed_cookie, 0},
             taken ? chan->name : nullptr,
             taken ? chan->slave : nullptr};
      if (!is_news(said[number][i], now)) continue;
      say("  state %s: clients %d cookies %d %d name %s slave %s", name_of(chan), now.values[0],
          now.values[1], now.values[2], now.name ? now.name : "-", now.slave ? dev_name(now.slave) : "-");
    }
  }
}

}  // namespace dmavp::oracle
