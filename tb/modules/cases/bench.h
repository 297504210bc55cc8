// What the cases of the module `framework-cases` share.
#pragma once

#include <linux/list.h>

#include "modules/cases/check.h"
#include "modules/cases/provider.h"

namespace dmavp::test {

/// A held channel of the first provider.
struct Bench {
  Channel* c;
  dma_chan* chan;
  Bench() {
    CHECK_EQ(register_providers(), 0);
    dma_cap_mask_t mask;
    dma_cap_zero(mask);
    dma_cap_set(DMA_MEMCPY, mask);
    chan = dma_request_channel(mask, nullptr, nullptr);
    c = to_channel(chan);
  }
  ~Bench() {
    dmaengine_terminate_sync(chan);
    dma_release_channel(chan);
    unregister_providers();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;
  dma_async_tx_descriptor* prep(unsigned long flags = DMA_PREP_INTERRUPT) const {
    return dmaengine_prep_dma_memcpy(chan, 0, 0, 16, flags);
  }
};

inline unsigned length(list_head* list) {
  unsigned n = 0;
  for (list_head* at = list->next; at != list; at = at->next) n++;
  return n;
}

}  // namespace dmavp::test
