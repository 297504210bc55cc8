// Cookies and what they say, gaps of interleaved templates, capability masks: arithmetic of the interface
// headers. covers: K18 K20 K22 K30 R27 R46
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <type_traits>

#include "dmaengine/provider.h"

namespace {

constexpr dma_cookie_t kLargest = 0x7FFFFFFF;

TEST(Cookies, FirstIsTwoAndTheyWrapPastZero) {  // covers: K20 K21 R27
  dma_chan chan = {};
  dma_async_tx_descriptor tx = {};
  tx.chan = &chan;
  dma_cookie_init(&chan);
  EXPECT_EQ(dma_cookie_assign(&tx), 2);
  EXPECT_EQ(dma_cookie_assign(&tx), 3);
  chan.cookie = kLargest - 1;
  EXPECT_EQ(dma_cookie_assign(&tx), kLargest);
  EXPECT_EQ(dma_cookie_assign(&tx), 1);
  EXPECT_EQ(chan.cookie, 1);
  dma_cookie_complete(&tx);
  EXPECT_EQ(chan.completed_cookie, 1);
  EXPECT_EQ(tx.cookie, 0);
}

TEST(Cookies, CompleteIsEverythingOutsideTheWindow) {  // covers: K22 R46
  struct Row {
    dma_cookie_t cookie, last, used;
    bool complete;
  };
  const Row rows[] = {
      {5, 5, 9, true},
      {6, 5, 9, false},
      {9, 5, 9, false},
      {10, 5, 9, true},
      {0, 5, 9, true},
      {4, 5, 9, true},
      {2, 1, 1, true},
      {1, 1, 1, true},
      {kLargest, kLargest - 1, 3, false},
      {1, kLargest - 1, 3, false},
      {3, kLargest - 1, 3, false},
      {100, kLargest - 1, 3, true},
      {kLargest - 1, kLargest - 1, 3, true},
  };
  for (const Row& r : rows)
    EXPECT_EQ(dma_async_is_complete(r.cookie, r.last, r.used), r.complete ? DMA_COMPLETE : DMA_IN_PROGRESS)
        << r.cookie << " in (" << r.last << ", " << r.used << "]";
}

TEST(Cookies, StatusAgreesWithTheOrderOfIssueAcrossTheWrap) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 2000; round++) {
    dma_chan chan = {};
    dma_async_tx_descriptor tx[40] = {};
    dma_cookie_init(&chan);
    chan.cookie = chan.completed_cookie = static_cast<dma_cookie_t>(kLargest - random() % 40);
    const auto issued = static_cast<unsigned>(1 + random() % 40);
    const auto completed = static_cast<unsigned>(random() % (issued + 1));
    dma_cookie_t cookies[40];
    for (unsigned i = 0; i < issued; i++) {
      tx[i].chan = &chan;
      cookies[i] = dma_cookie_assign(&tx[i]);
      ASSERT_GT(cookies[i], 0);
    }
    for (unsigned i = 0; i < completed; i++) dma_cookie_complete(&tx[i]);
    for (unsigned i = 0; i < issued; i++) {
      dma_tx_state state = {};
      ASSERT_EQ(dma_cookie_status(&chan, cookies[i], &state), i < completed ? DMA_COMPLETE : DMA_IN_PROGRESS);
      ASSERT_EQ(state.used, chan.cookie);
      ASSERT_EQ(state.residue, 0u);
    }
  }
}

TEST(Callbacks, ResultWinsAndAMissingResultIsSuccess) {  // covers: K30
  struct Seen {
    int plain = 0, with_result = 0;
    dmaengine_result result = {DMA_TRANS_ABORTED, 9};
  } seen;
  dmaengine_desc_callback cb = {};
  EXPECT_FALSE(dmaengine_desc_callback_valid(&cb));
  cb.callback = [](void* p) { static_cast<Seen*>(p)->plain++; };
  cb.callback_param = &seen;
  dmaengine_desc_callback_invoke(&cb, nullptr);
  cb.callback_result = [](void* p, const dmaengine_result* r) {
    static_cast<Seen*>(p)->with_result++;
    static_cast<Seen*>(p)->result = *r;
  };
  dmaengine_desc_callback_invoke(&cb, nullptr);
  EXPECT_EQ(seen.plain, 1);
  EXPECT_EQ(seen.with_result, 1);
  EXPECT_EQ(seen.result.result, DMA_TRANS_NOERROR);
  EXPECT_EQ(seen.result.residue, 0u);
}

TEST(Interleaved, GapOfADirection) {  // covers: K18
  dma_interleaved_template xt = {};
  data_chunk chunk = {100, 7, 0, 3};
  xt.src_inc = true;
  EXPECT_EQ(dmaengine_get_src_icg(&xt, &chunk), 3u) << "its own gap wins even without src_sgl";
  EXPECT_EQ(dmaengine_get_dst_icg(&xt, &chunk), 0u) << "not incremented";
  xt.dst_inc = true;
  EXPECT_EQ(dmaengine_get_dst_icg(&xt, &chunk), 0u) << "no dst_sgl";
  xt.dst_sgl = true;
  EXPECT_EQ(dmaengine_get_dst_icg(&xt, &chunk), 7u);
}

/// covers: R14. A direction of the mapping API is no direction of a transfer.
TEST(Signatures, PrepareCallsAreTodays) {
  using Tx = dma_async_tx_descriptor*;
  using Direction = dma_transfer_direction;
  EXPECT_TRUE((std::is_same_v<decltype(&dmaengine_prep_slave_sg),
                              Tx (*)(dma_chan*, scatterlist*, unsigned, Direction, unsigned long)>));
  EXPECT_TRUE((std::is_same_v<decltype(&dmaengine_prep_dma_cyclic),
                              Tx (*)(dma_chan*, dma_addr_t, size_t, size_t, Direction, unsigned long)>));
  EXPECT_TRUE((std::is_same_v<decltype(&dmaengine_prep_interleaved_dma),
                              Tx (*)(dma_chan*, dma_interleaved_template*, unsigned long)>));
  EXPECT_TRUE((std::is_same_v<decltype(&dmaengine_prep_slave_single),
                              Tx (*)(dma_chan*, dma_addr_t, size_t, Direction, unsigned long)>));
  EXPECT_FALSE((std::is_convertible_v<dma_data_direction, Direction>));
}

TEST(Capabilities, MaskByName) {
  dma_cap_mask_t mask;
  std::memset(&mask, 0xFF, sizeof(mask));
  dma_cap_zero(mask);
  dma_cap_set(DMA_LOAD_EOT, mask);
  dma_cap_set(DMA_MEMCPY, mask);
  EXPECT_TRUE(dma_has_cap(DMA_LOAD_EOT, mask));
  EXPECT_FALSE(dma_has_cap(DMA_SLAVE, mask));
  dma_cap_clear(DMA_MEMCPY, mask);
  EXPECT_FALSE(dma_has_cap(DMA_MEMCPY, mask));
}

TEST(PqLimits, ContinuationCostsSources) {
  dma_device dma = {};
  dma_set_maxpq(&dma, 8, 0);
  EXPECT_EQ(dma_maxpq(&dma, static_cast<dma_ctrl_flags>(0)), 8);
  EXPECT_EQ(dma_maxpq(&dma, DMA_PREP_CONTINUE), 5);
  EXPECT_EQ(dma_maxpq(&dma, static_cast<dma_ctrl_flags>(DMA_PREP_CONTINUE | DMA_PREP_PQ_DISABLE_P)), 7);
  dma_set_maxpq(&dma, 8, 1);
  EXPECT_EQ(dma_maxpq(&dma, DMA_PREP_CONTINUE), 8);
}

}  // namespace
