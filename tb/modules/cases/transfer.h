// What a client learns of one transfer.
#pragma once

#include <linux/dmaengine.h>

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

}  // namespace dmavp::test
