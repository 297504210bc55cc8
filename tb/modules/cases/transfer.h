// What a client learns of one transfer.
#pragma once

#include <linux/delay.h>
#include <linux/dmaengine.h>
#include <linux/errno.h>

#include "modules/cases/check.h"

namespace dmavp::test {

struct Transfer {
  unsigned calls = 0;
  dmaengine_result result = {DMA_TRANS_ABORTED, 0};
};

inline void count(void* param, const dmaengine_result* result) {
  auto* t = static_cast<Transfer*>(param);
  t->calls++;
  t->result = *result;
}

/// Submits what a prepare operation has given, which must be something.
inline dma_cookie_t submit_counted(dma_async_tx_descriptor* tx, Transfer& t) {
  CHECK(tx != nullptr);
  if (!tx) return -EINVAL;
  tx->callback_result = count;
  tx->callback_param = &t;
  return dmaengine_submit(tx);
}

/// Until it has had that many callbacks; false after `ms`.
inline bool wait_counted(const Transfer& t, unsigned calls, unsigned ms) {
  for (unsigned i = 0; i < ms * 100 && t.calls < calls; i++) usleep_range(10, 10);
  return t.calls >= calls;
}

}  // namespace dmavp::test
