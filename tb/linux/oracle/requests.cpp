#include <linux/device.h>
#include <linux/err.h>

#include "oracle/state.h"

namespace dmavp::oracle {

struct device devices[kClientCount];
dma_chan* held[kHeld];

namespace {

const char* const kNames[] = {"one", "two", "rx", "tx", "absent", "null", "error", "three"};
bool public_user;  ///< of dmaengine_get()

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

}  // namespace

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

void release(unsigned slot) {
  dma_chan* chan = held[slot];
  if (!chan) return;
  say("release [%u] %s", slot, title(slot));
  dmaengine_terminate_sync(chan);
  forget(slot);
  held[slot] = nullptr;
  dma_release_channel(chan);
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

void leave_public_side() {
  if (public_user) dmaengine_put();
  public_user = false;
}

}  // namespace dmavp::oracle
