// Rings of elements against a deque, fields of registers, rings of bytes.
#include <gtest/gtest.h>
#include <linux/bitfield.h>
#include <linux/circ_buf.h>
#include <linux/kfifo.h>

#include <deque>
#include <random>

#include "svc_world.h"

using dmavp::tb::ServiceWorld;

namespace {

/// Random puts, gets and peeks, in pieces that go around the end.
template <typename Fifo>
void follow_a_deque(Fifo* fifo, std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::deque<u32> model;
  u32 next = 0;
  ASSERT_EQ(kfifo_size(fifo), size);
  for (unsigned step = 0; step < 2000; step++) {
    u32 piece[12];
    const unsigned n = static_cast<unsigned>(random() % 12) + 1;
    unsigned moved = 0;
    switch (random() % 4) {
      case 0:
        for (unsigned i = 0; i < n; i++) piece[i] = next + i;
        moved = kfifo_in(fifo, piece, n);
        ASSERT_EQ(moved, std::min<std::size_t>(n, size - model.size()));
        for (unsigned i = 0; i < moved; i++) model.push_back(next++);
        break;
      case 1:
        moved = kfifo_out_peek(fifo, piece, n);
        ASSERT_EQ(moved, std::min<std::size_t>(n, model.size()));
        for (unsigned i = 0; i < moved; i++) ASSERT_EQ(piece[i], model[i]);
        break;
      case 2:
        moved = kfifo_out(fifo, piece, n);
        ASSERT_EQ(moved, std::min<std::size_t>(n, model.size()));
        for (unsigned i = 0; i < moved; i++, model.pop_front()) ASSERT_EQ(piece[i], model.front());
        break;
      default:
        ASSERT_EQ(kfifo_put(fifo, next), model.size() < size);
        if (model.size() < size) model.push_back(next++);
        ASSERT_EQ(kfifo_get(fifo, &piece[0]), 1u);
        ASSERT_EQ(piece[0], model.front());
        model.pop_front();
    }
    ASSERT_EQ(kfifo_len(fifo), model.size());
    ASSERT_EQ(kfifo_avail(fifo), size - model.size());
    ASSERT_EQ(kfifo_is_empty(fifo), model.empty());
    ASSERT_EQ(kfifo_is_full(fifo), model.size() == size);
  }
  kfifo_reset(fifo);
  EXPECT_TRUE(kfifo_is_empty(fifo));
}

TEST(SvcFifo, FollowsADeque) {
  DECLARE_KFIFO(inside, u32, 8);
  ASSERT_EQ(INIT_KFIFO(inside), 0);
  // Counters wrap around after 2^32 elements.
  inside.kfifo.in = inside.kfifo.out = ~0u - 100;
  follow_a_deque(&inside, 8, 1);

  ServiceWorld world;
  world.run([] {
    DECLARE_KFIFO_PTR(apart, u32) = {};
    EXPECT_FALSE(kfifo_initialized(&apart));
    EXPECT_EQ(kfifo_avail(&apart), 0u);
    EXPECT_EQ(kfifo_alloc(&apart, 1, GFP_KERNEL), -EINVAL);
    ASSERT_EQ(kfifo_alloc(&apart, 33, GFP_KERNEL), 0);
    follow_a_deque(&apart, 64, 2);
    kfifo_free(&apart);
    EXPECT_FALSE(kfifo_initialized(&apart));
  });
}

TEST(SvcFields, GoWhereTheMaskSays) {
  constexpr u32 kMask = GENMASK(14, 5);
  EXPECT_EQ(FIELD_PREP(kMask, 0x3FFu), kMask);
  EXPECT_EQ(FIELD_PREP(kMask, 0x401u), 0x20u) << "what does not fit is cut";
  EXPECT_EQ(FIELD_MAX(kMask), 0x3FFu);
  EXPECT_TRUE(FIELD_FIT(kMask, 0x3FFu));
  EXPECT_FALSE(FIELD_FIT(kMask, 0x400u));
  for (u32 value = 0; value < 0x400; value += 7) {
    EXPECT_EQ(FIELD_GET(kMask, FIELD_PREP(kMask, value) | ~kMask), value);
    EXPECT_EQ(u32_get_bits(u32_replace_bits(~0u, value, kMask), kMask), value);
    EXPECT_EQ(u32_replace_bits(~0u, value, kMask) | kMask, ~0u);
  }
  EXPECT_EQ(FIELD_GET(GENMASK_ULL(63, 60), 0xA000000000000000ull), 0xAull);
}

TEST(SvcFields, RingsOfBytesKeepAPlaceFree) {
  EXPECT_EQ(CIRC_CNT(3, 14, 16), 5);
  EXPECT_EQ(CIRC_SPACE(3, 14, 16), 10);
  EXPECT_EQ(CIRC_CNT_TO_END(3, 14, 16), 2);
  EXPECT_EQ(CIRC_SPACE_TO_END(14, 3, 16), 2);
  EXPECT_EQ(CIRC_SPACE_TO_END(14, 0, 16), 1);
  EXPECT_EQ(CIRC_CNT(5, 5, 16), 0);
}

}  // namespace
