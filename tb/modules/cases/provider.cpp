#include "modules/cases/provider.h"

#include <linux/err.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/of_dma.h>
#include <linux/slab.h>
#include <linux/string.h>

namespace dmavp::test {

Script script;
Provider* providers[2];

namespace {

unsigned provider_count;

int alloc_resources(dma_chan* chan) {
  if (script.alloc_result < 0) return script.alloc_result;
  to_channel(chan)->allocated++;
  return script.alloc_result;
}

void free_resources(dma_chan* chan) {
  to_channel(chan)->freed++;
  vchan_free_chan_resources(to_virt_chan(chan));
}

void free_descriptor(virt_dma_desc* vd) {
  script.released++;
  script.released_locked += spin_is_locked(&to_virt_chan(vd->tx.chan)->lock) != 0;
  kfree(container_of(vd, struct Descriptor, vd));
}

dma_async_tx_descriptor* prep(dma_chan* chan, dma_addr_t, dma_addr_t, size_t len, unsigned long flags) {
  auto* d = static_cast<Descriptor*>(kzalloc(sizeof(Descriptor), GFP_NOWAIT));
  if (!d || !len) {
    kfree(d);
    return nullptr;
  }
  d->number = ++script.prepared;
  return vchan_tx_prep(to_virt_chan(chan), &d->vd, flags);
}

void start_next(Channel* c) {
  if (c->active || c->paused) return;
  c->active = vchan_next_desc(&c->vc);
  if (c->active) list_del(&c->active->node);
}

void issue_pending(dma_chan* chan) {
  script.issues++;
  Channel* c = to_channel(chan);
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  if (vchan_issue_pending(&c->vc)) start_next(c);
  spin_unlock_irqrestore(&c->vc.lock, flags);
}

dma_status tx_status(dma_chan* chan, dma_cookie_t cookie, dma_tx_state* state) {
  return dma_cookie_status(chan, cookie, state);
}

int terminate_all(dma_chan* chan) {
  Channel* c = to_channel(chan);
  LIST_HEAD(all);
  unsigned long flags;
  script.terminations++;
  spin_lock_irqsave(&c->vc.lock, flags);
  vchan_get_all_descriptors(&c->vc, &all);
  if (c->active) vchan_terminate_vdesc(c->active);
  c->active = nullptr;
  spin_unlock_irqrestore(&c->vc.lock, flags);
  vchan_dma_desc_free_list(&c->vc, &all);
  return 0;
}

void synchronize(dma_chan* chan) {
  script.synchronizations++;
  vchan_synchronize(to_virt_chan(chan));
}

/// Cell 98: an error; 99: nothing; else the number of the channel.
dma_chan* xlate(of_phandle_args* args, struct of_dma* ofdma) {
  if (args->args[0] == 98) return static_cast<dma_chan*>(ERR_PTR(-EACCES));
  if (args->args[0] == 99) return nullptr;
  auto* p = static_cast<Provider*>(ofdma->of_dma_data);
  return args->args[0] < kChannels ? dma_get_slave_channel(&p->channels[args->args[0]].vc.chan) : nullptr;
}

int probe(struct platform_device* pdev) {
  auto* p = static_cast<Provider*>(kzalloc(sizeof(Provider), GFP_KERNEL));
  if (!p) return -ENOMEM;
  setup(p, &pdev->dev);
  int ret = dma_async_device_register(&p->dma);
  if (!ret) ret = of_dma_controller_register(pdev->dev.of_node, xlate, p);
  platform_set_drvdata(pdev, p);
  if (provider_count < 2) providers[provider_count++] = p;
  return ret;
}

void remove(struct platform_device* pdev) {
  auto* p = static_cast<Provider*>(platform_get_drvdata(pdev));
  of_dma_controller_free(pdev->dev.of_node);
  dma_async_device_unregister(&p->dma);
  for (Channel& c : p->channels) tasklet_kill(&c.vc.task);
  kfree(p);
}

const struct of_device_id kMatches[] = {{"", "", "test,provider", nullptr}, {"", "", "", nullptr}};

struct platform_driver make_driver() {
  struct platform_driver d = {};
  d.probe = probe;
  d.remove = remove;
  d.driver.name = "test-provider";
  d.driver.owner = THIS_MODULE;
  d.driver.of_match_table = kMatches;
  return d;
}
struct platform_driver driver = make_driver();

}  // namespace

void setup(Provider* p, struct device* dev) {
  p->dma.dev = dev;
  INIT_LIST_HEAD(&p->dma.channels);
  dma_cap_set(DMA_MEMCPY, p->dma.cap_mask);
  dma_cap_set(DMA_SLAVE, p->dma.cap_mask);
  p->dma.device_alloc_chan_resources = alloc_resources;
  p->dma.device_free_chan_resources = free_resources;
  p->dma.device_prep_dma_memcpy = prep;
  p->dma.device_issue_pending = issue_pending;
  p->dma.device_tx_status = tx_status;
  p->dma.device_terminate_all = terminate_all;
  p->dma.device_synchronize = synchronize;
  for (Channel& c : p->channels) {
    c.vc.desc_free = free_descriptor;
    vchan_init(&c.vc, &p->dma);
  }
}

int register_providers() { return platform_driver_register(&driver); }

void unregister_providers() {
  platform_driver_unregister(&driver);
  provider_count = 0;
  providers[0] = providers[1] = nullptr;
}

void finish_locked(Channel* c, dmaengine_tx_result result, u32 residue) {
  virt_dma_desc* vd = c->active;
  c->active = nullptr;
  vd->tx_result = {result, residue};
  vchan_cookie_complete(vd);
  start_next(c);
}

bool finish(Channel* c, dmaengine_tx_result result, u32 residue) {
  unsigned long flags;
  spin_lock_irqsave(&c->vc.lock, flags);
  const bool busy = c->active != nullptr;
  if (busy) finish_locked(c, result, residue);
  spin_unlock_irqrestore(&c->vc.lock, flags);
  return busy;
}

void settle(Channel* c) { tasklet_kill(&c->vc.task); }

}  // namespace dmavp::test
