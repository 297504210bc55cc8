// Finding, holding and releasing channels; registration. covers: K1-K11 K14 K28 K33 K38 K45 R2 R3 R4 R5 R8
// R13 R41
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/of.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "modules/cases/cases.h"
#include "modules/cases/client_device.h"

namespace dmavp::test {
namespace {

long request_error(ClientDevice& client, const char* name) {
  dma_chan* chan = dma_request_chan(&client.dev, name);
  CHECK(chan != nullptr);
  if (IS_ERR_OR_NULL(chan)) return PTR_ERR(chan);
  dma_release_channel(chan);
  return 0;
}

bool by_parameter(dma_chan* chan, void* param) { return chan == param; }
bool refuse(dma_chan*, void*) { return false; }

const dma_slave_map* make_map() {
  static dma_slave_map map[] = {
      {"uart", "rx", nullptr}, {"uart", "tx", nullptr}, {"spi", "rx", nullptr}, {"spi", "tx", nullptr}};
  map[0].param = &providers[0]->channels[0].vc.chan;
  map[1].param = &providers[0]->channels[1].vc.chan;
  map[2].param = &providers[1]->channels[1].vc.chan;
  map[3].param = &providers[1]->channels[0].vc.chan;
  return map;
}

}  // namespace

void request_without_provider() {
  ClientDevice nobody("nobody"), with_node("a", "/soc/client-a");
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  CHECK_EQ(request_error(nobody, "one"), -EPROBE_DEFER);     // K1
  CHECK_EQ(request_error(with_node, "one"), -EPROBE_DEFER);  // K3
  CHECK_EQ(PTR_ERR(dma_request_chan_by_mask(&mask)), -EPROBE_DEFER);
  CHECK_EQ(PTR_ERR(dma_request_chan_by_mask(nullptr)), -ENODEV);
  CHECK(dma_request_channel(mask, nullptr, nullptr) == nullptr);
}

void request_by_device_tree() {
  CHECK_EQ(register_providers(), 0);
  ClientDevice a("a", "/soc/client-a"), b("b", "/soc/client-b"), c("c", "/soc/client-c"),
      d("d", "/soc/client-d");
  dma_chan* one = dma_request_chan(&a.dev, "one");
  dma_chan* two = dma_request_chan(&a.dev, "two");
  dma_chan* other_one = dma_request_chan(&b.dev, "one");
  CHECK(one == &providers[0]->channels[1].vc.chan);  // R2 R3
  CHECK(two == &providers[1]->channels[0].vc.chan);
  CHECK(other_one == &providers[1]->channels[1].vc.chan);  // the same name of another device
  CHECK(one->slave == &a.dev);
  CHECK(!strcmp(one->name, "dma:one"));
  CHECK(!strcmp(dma_chan_name(one), "dma0chan1"));
  CHECK(!strcmp(dma_chan_name(two), "dma1chan0"));
  CHECK(dmaengine_get_dma_device(one) == providers[0]->dma.dev);  // K45
  dma_release_channel(one);
  dma_release_channel(two);
  dma_release_channel(other_one);
  CHECK_EQ(request_error(c, "one"), -ENODEV);           // K2: no dmas
  CHECK_EQ(request_error(d, "one"), -ENODEV);           // K2: no dma-names
  CHECK_EQ(request_error(a, "three"), -ENODEV);         // K2: name absent
  CHECK_EQ(request_error(a, "absent"), -EPROBE_DEFER);  // K3
  CHECK_EQ(request_error(a, "null"), -ENODEV);          // K6
  CHECK_EQ(request_error(a, "error"), -EACCES);         // K6
  CHECK(dma_request_slave_channel(&a.dev, "three") == nullptr);
  // Equal names are alternatives: both channels are found, in whatever order.
  ClientDevice e("e", "/soc/client-e");
  dma_chan* first = dma_request_chan(&e.dev, "rx");
  dma_chan* second = dma_request_chan(&e.dev, "rx");
  CHECK(!IS_ERR(first) && !IS_ERR(second) && first != second);
  CHECK_EQ(request_error(e, "rx"), -ENODEV);
  dma_release_channel(first);
  dma_release_channel(second);
  unregister_providers();
}

void request_by_map() {
  CHECK_EQ(register_providers(), 0);
  for (Provider* p : providers) p->dma.filter = {by_parameter, 4, make_map()};
  ClientDevice uart("uart"), spi("spi"), i2s("i2s"), nodeless("c", "/soc/client-c");
  dma_chan* rx = dma_request_chan(&uart.dev, "rx");
  dma_chan* spi_rx = dma_request_chan(&spi.dev, "rx");
  CHECK(rx == &providers[0]->channels[0].vc.chan);      // R4
  CHECK(spi_rx == &providers[1]->channels[1].vc.chan);  // the filter of the first provider says no to it
  CHECK_EQ(request_error(uart, "rx"), -EPROBE_DEFER);   // K4: busy
  CHECK_EQ(request_error(i2s, "rx"), -EPROBE_DEFER);    // K1: no entry
  CHECK_EQ(request_error(nodeless, "rx"), -ENODEV);     // K2: node without dmas, no entry
  dma_release_channel(rx);
  CHECK_EQ(request_error(uart, "rx"), 0);
  dma_release_channel(spi_rx);
  for (Provider* p : providers) dma_cap_clear(DMA_SLAVE, p->dma.cap_mask);
  CHECK_EQ(request_error(uart, "tx"), -EPROBE_DEFER);  // K4: DMA_SLAVE not advertised
  for (Provider* p : providers) dma_cap_set(DMA_SLAVE, p->dma.cap_mask);
  script.alloc_result = -ENOMEM;
  CHECK_EQ(request_error(uart, "tx"), -EPROBE_DEFER);  // K5: the later provider's answer stands
  providers[1]->dma.filter.map = nullptr;
  CHECK_EQ(request_error(uart, "tx"), -ENOMEM);  // K5
  CHECK(!dma_has_cap(DMA_PRIVATE, providers[0]->dma.cap_mask));
  CHECK_EQ(providers[0]->dma.privatecnt, 0);  // K8: rolled back
  script.alloc_result = 0;
  unregister_providers();
}

void request_by_mask() {
  CHECK_EQ(register_providers(), 0);
  dma_cap_mask_t mask;
  dma_cap_zero(mask);
  dma_cap_set(DMA_MEMCPY, mask);
  dma_chan* held[4];
  for (dma_chan*& chan : held) {
    chan = dma_request_channel(mask, nullptr, nullptr);
    CHECK(chan != nullptr);
  }
  CHECK(dma_request_channel(mask, nullptr, nullptr) == nullptr);  // R5
  CHECK_EQ(PTR_ERR(dma_request_chan_by_mask(&mask)), -ENODEV);
  Channel* c = to_channel(held[2]);
  CHECK(held[2] == &providers[1]->channels[0].vc.chan);  // registration order
  CHECK_EQ(c->allocated, 1);
  CHECK_EQ(c->freed, 0);
  CHECK(dma_has_cap(DMA_PRIVATE, providers[1]->dma.cap_mask));  // K8
  CHECK_EQ(providers[1]->dma.privatecnt, 2);
  const unsigned before = script.synchronizations;
  dma_release_channel(held[2]);
  CHECK_EQ(script.synchronizations, before + 1);  // K9: synchronized, not terminated
  CHECK_EQ(script.terminations, 0);
  CHECK_EQ(c->freed, 1);
  CHECK(dma_request_channel(mask, refuse, nullptr) == nullptr);        // K7
  CHECK(dma_request_channel(mask, by_parameter, held[0]) == nullptr);  // K7: busy ones are not asked
  held[2] = dma_request_channel(mask, by_parameter, held[2]);
  CHECK(held[2] == &c->vc.chan);
  for (dma_chan* chan : held) dma_release_channel(chan);
  CHECK(!dma_has_cap(DMA_PRIVATE, providers[1]->dma.cap_mask));
  // A provider that serves public users is not split among exclusive ones.
  dmaengine_get();
  CHECK(dma_find_channel(DMA_MEMCPY) != nullptr);
  CHECK(dma_request_channel(mask, nullptr, nullptr) == nullptr);
  dmaengine_put();
  dma_cap_set(DMA_XOR, mask);
  CHECK(dma_request_channel(mask, nullptr, nullptr) == nullptr);
  unregister_providers();
}

void missing_operations() {
  CHECK_EQ(register_providers(), 0);
  dma_chan* chan = dma_get_any_slave_channel(&providers[0]->dma);
  dma_device& dma = providers[0]->dma;
  dma_slave_config config = {};
  dma_slave_caps caps;
  CHECK_EQ(dmaengine_slave_config(chan, &config), -ENOSYS);  // K11
  CHECK_EQ(dmaengine_pause(chan), -ENOSYS);                  // K33
  CHECK_EQ(dmaengine_resume(chan), -ENOSYS);
  int (*terminate)(dma_chan*) = dma.device_terminate_all;
  dma.device_terminate_all = nullptr;
  CHECK_EQ(dmaengine_terminate_all(chan), -ENOSYS);  // R41
  CHECK_EQ(dmaengine_terminate_async(chan), -EINVAL);
  CHECK_EQ(dmaengine_terminate_sync(chan), -EINVAL);
  dma.device_terminate_all = terminate;
  CHECK(dmaengine_prep_dma_memset(chan, 0, 0, 8, 0) == nullptr);  // R13
  CHECK(dmaengine_prep_slave_single(chan, 0, 8, DMA_MEM_TO_DEV, 0) == nullptr);
  CHECK(dmaengine_prep_dma_memcpy(nullptr, 0, 0, 8, 0) == nullptr);
  CHECK_EQ(dma_get_slave_caps(nullptr, &caps), -EINVAL);  // K10
  CHECK_EQ(dma_get_slave_caps(chan, nullptr), -EINVAL);
  CHECK_EQ(dma_get_slave_caps(chan, &caps), -ENXIO);  // no directions
  dma.directions = 1u << DMA_MEM_TO_DEV;
  dma.max_burst = 7;
  CHECK_EQ(dma_get_slave_caps(chan, &caps), 0);
  CHECK_EQ(caps.max_burst, 7);
  CHECK(caps.cmd_terminate && !caps.cmd_pause && !caps.cmd_resume);
  dma_cap_clear(DMA_SLAVE, dma.cap_mask);
  CHECK_EQ(dma_get_slave_caps(chan, &caps), -ENXIO);
  dma.device_prep_interleaved_dma = [](dma_chan*, dma_interleaved_template*, unsigned long) {
    static dma_async_tx_descriptor tx;
    return &tx;
  };
  dma_interleaved_template xt = {};
  CHECK(dmaengine_prep_interleaved_dma(chan, &xt, 0) != nullptr);
  CHECK(dmaengine_prep_interleaved_dma(chan, &xt, DMA_PREP_REPEAT) == nullptr);  // K14
  dma_cap_set(DMA_REPEAT, dma.cap_mask);
  CHECK(dmaengine_prep_interleaved_dma(chan, &xt, DMA_PREP_REPEAT) != nullptr);
  dma.copy_align = DMAENGINE_ALIGN_8_BYTES;
  CHECK(is_dma_copy_aligned(&dma, 8, 16, 64) && !is_dma_copy_aligned(&dma, 8, 4, 64));  // K28
  dma_release_channel(chan);
  unregister_providers();
}

void registration() {
  CHECK_EQ(register_providers(), 0);
  struct device* dev = providers[0]->dma.dev;
  auto* p = static_cast<Provider*>(kzalloc(sizeof(Provider), GFP_KERNEL));
  setup(p, dev);
  CHECK_EQ(dma_async_device_register(nullptr), -ENODEV);  // K38
  p->dma.dev = nullptr;
  CHECK_EQ(dma_async_device_register(&p->dma), -EIO);
  p->dma.dev = dev;
  constexpr dma_transaction_type needs[] = {DMA_XOR,    DMA_XOR_VAL,   DMA_PQ,     DMA_PQ_VAL,
                                            DMA_MEMSET, DMA_INTERRUPT, DMA_CYCLIC, DMA_INTERLEAVE};
  for (dma_transaction_type type : needs) {
    dma_cap_set(type, p->dma.cap_mask);
    CHECK_EQ(dma_async_device_register(&p->dma), -EIO);
    dma_cap_clear(type, p->dma.cap_mask);
  }
  auto* status = p->dma.device_tx_status;
  p->dma.device_tx_status = nullptr;
  CHECK_EQ(dma_async_device_register(&p->dma), -EIO);
  p->dma.device_tx_status = status;
  auto* issue = p->dma.device_issue_pending;
  p->dma.device_issue_pending = nullptr;
  CHECK_EQ(dma_async_device_register(&p->dma), -EIO);
  p->dma.device_issue_pending = issue;
  dma_cap_set(DMA_PRIVATE, p->dma.cap_mask);
  CHECK_EQ(dma_async_device_register(&p->dma), 0);
  CHECK_EQ(p->dma.dev_id, 2);
  CHECK_EQ(p->dma.privatecnt, 1);  // private for ever
  CHECK_EQ(p->dma.chancnt, 2);
  CHECK(p->channels[1].vc.chan.dev->device.parent == dev);
  CHECK(!strcmp(dma_chan_name(&p->channels[1].vc.chan), "dma2chan1"));
  dma_async_device_unregister(&p->dma);
  CHECK_EQ(dma_async_device_register(&p->dma), 0);
  CHECK_EQ(p->dma.dev_id, 2);  // lowest free number again
  dma_async_device_unregister(&p->dma);
  kfree(p);
  unregister_providers();
}

}  // namespace dmavp::test
