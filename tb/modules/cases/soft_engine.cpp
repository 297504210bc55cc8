// A provider whose engine is the CPU: memcpy, memset, XOR and P+Q with unit coefficients, done when issued.
// For the operations that the controller of the boards does not have.
#include <linux/dmaengine.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dmaengine/virt-dma.h"

static uint wrong;
module_param(wrong, uint, 0444);
MODULE_PARM_DESC(wrong, "1 = the last byte of every last destination is wrong");
static bool unordered;
module_param(unordered, bool, 0444);
MODULE_PARM_DESC(unordered, "completions have no order");
static uint max_xor = 8;
module_param(max_xor, uint, 0444);
MODULE_PARM_DESC(max_xor, "sources of XOR at most");

namespace {

constexpr unsigned kChannels = 2, kSources = 8;

struct Work {
  virt_dma_desc vd;
  dma_addr_t dst[2], src[kSources];
  unsigned sources, destinations;
  size_t length;
  int value;  // of memset, when there is no source
};
struct Engine {
  dma_device dma;
  virt_dma_chan channels[kChannels];
};

u8* memory(dma_addr_t address) { return static_cast<u8*>(phys_to_virt(address)); }

dma_async_tx_descriptor* prepare(dma_chan* chan, const dma_addr_t* dst, unsigned destinations,
                                 const dma_addr_t* src, unsigned sources, int value, size_t length,
                                 unsigned long flags) {
  if (sources > kSources) return nullptr;
  auto* w = static_cast<Work*>(kzalloc(sizeof(Work), GFP_NOWAIT));
  if (!w) return nullptr;
  for (unsigned i = 0; i < sources; i++) w->src[i] = src[i];
  for (unsigned i = 0; i < destinations; i++) w->dst[i] = dst[i];
  w->sources = sources;
  w->destinations = destinations;
  w->length = length;
  w->value = value;
  return vchan_tx_prep(to_virt_chan(chan), &w->vd, flags);
}
dma_async_tx_descriptor* prep_memcpy(dma_chan* chan, dma_addr_t dst, dma_addr_t src, size_t length,
                                     unsigned long flags) {
  return prepare(chan, &dst, 1, &src, 1, 0, length, flags);
}
dma_async_tx_descriptor* prep_memset(dma_chan* chan, dma_addr_t dst, int value, size_t length,
                                     unsigned long flags) {
  return prepare(chan, &dst, 1, nullptr, 0, value, length, flags);
}
dma_async_tx_descriptor* prep_xor(dma_chan* chan, dma_addr_t dst, dma_addr_t* src, unsigned sources,
                                  size_t length, unsigned long flags) {
  return prepare(chan, &dst, 1, src, sources, 0, length, flags);
}
dma_async_tx_descriptor* prep_pq(dma_chan* chan, dma_addr_t* dst, dma_addr_t* src, unsigned sources,
                                 const unsigned char* coefficients, size_t length, unsigned long flags) {
  for (unsigned i = 0; i < sources; i++)
    if (coefficients[i] != 1) return nullptr;
  return prepare(chan, dst, 2, src, sources, 0, length, flags);
}

void perform(const Work& w) {
  for (unsigned d = 0; d < w.destinations; d++) {
    u8* to = memory(w.dst[d]);
    memset(to, w.value, w.length);
    for (unsigned s = 0; s < w.sources; s++)
      for (size_t i = 0; i < w.length; i++) to[i] ^= memory(w.src[s])[i];
  }
  if (wrong) memory(w.dst[w.destinations - 1])[w.length - 1] ^= 1;
}

void issue_pending(dma_chan* chan) {
  virt_dma_chan* vc = to_virt_chan(chan);
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  vchan_issue_pending(vc);
  while (virt_dma_desc* vd = vchan_next_desc(vc)) {
    list_del(&vd->node);
    perform(*container_of(vd, struct Work, vd));
    vchan_cookie_complete(vd);
  }
  spin_unlock_irqrestore(&vc->lock, flags);
}

dma_status tx_status(dma_chan* chan, dma_cookie_t cookie, dma_tx_state* state) {
  const dma_status status = dma_cookie_status(chan, cookie, state);
  return unordered ? DMA_OUT_OF_ORDER : status;
}
int terminate_all(dma_chan* chan) {
  virt_dma_chan* vc = to_virt_chan(chan);
  LIST_HEAD(all);
  unsigned long flags;
  spin_lock_irqsave(&vc->lock, flags);
  vchan_get_all_descriptors(vc, &all);
  spin_unlock_irqrestore(&vc->lock, flags);
  vchan_dma_desc_free_list(vc, &all);
  return 0;
}
void synchronize(dma_chan* chan) { vchan_synchronize(to_virt_chan(chan)); }
void free_resources(dma_chan* chan) { vchan_free_chan_resources(to_virt_chan(chan)); }
void free_work(virt_dma_desc* vd) { kfree(container_of(vd, struct Work, vd)); }

int probe(struct platform_device* pdev) {
  if (strcmp(pdev->dev.of_node->name, "provider-a") != 0) return -ENODEV;
  auto* e = static_cast<Engine*>(devm_kzalloc(&pdev->dev, sizeof(Engine), GFP_KERNEL));
  if (!e) return -ENOMEM;
  dma_device* dma = &e->dma;
  dma->dev = &pdev->dev;
  INIT_LIST_HEAD(&dma->channels);
  const dma_transaction_type types[] = {DMA_MEMCPY, DMA_MEMSET, DMA_XOR, DMA_PQ};
  for (dma_transaction_type type : types) dma_cap_set(type, dma->cap_mask);
  if (unordered) dma_cap_set(DMA_COMPLETION_NO_ORDER, dma->cap_mask);
  dma->max_xor = static_cast<unsigned short>(max_xor);
  dma->fill_align = DMAENGINE_ALIGN_8_BYTES;
  dma_set_maxpq(dma, 4, 0);
  dma->device_prep_dma_memcpy = prep_memcpy;
  dma->device_prep_dma_memset = prep_memset;
  dma->device_prep_dma_xor = prep_xor;
  dma->device_prep_dma_pq = prep_pq;
  dma->device_issue_pending = issue_pending;
  dma->device_tx_status = tx_status;
  dma->device_terminate_all = terminate_all;
  dma->device_synchronize = synchronize;
  dma->device_free_chan_resources = free_resources;
  for (virt_dma_chan& vc : e->channels) {
    vc.desc_free = free_work;
    vchan_init(&vc, dma);
  }
  platform_set_drvdata(pdev, e);
  return dma_async_device_register(dma);
}
void remove(struct platform_device* pdev) {
  auto* e = static_cast<Engine*>(platform_get_drvdata(pdev));
  dma_async_device_unregister(&e->dma);
  for (virt_dma_chan& vc : e->channels) tasklet_kill(&vc.task);
}

const struct of_device_id kMatches[] = {{"", "", "test,provider", nullptr}, {"", "", "", nullptr}};
struct platform_driver make_driver() {
  struct platform_driver d = {};
  d.probe = probe;
  d.remove = remove;
  d.driver.name = "soft-engine";
  d.driver.owner = THIS_MODULE;
  d.driver.of_match_table = kMatches;
  return d;
}
struct platform_driver driver = make_driver();
module_platform_driver(driver);

}  // namespace

MODULE_LICENSE("MIT");
MODULE_DESCRIPTION("Test provider: offload operations done by the CPU");
