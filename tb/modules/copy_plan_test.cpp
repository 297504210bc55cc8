// How the driver cuts a copy into blocks. covers: M17 M28
#include "drivers/dw-axi-dmac/copy_plan.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <vector>

using dmavp::dw_axi_dmac::CopyBlock;
using dmavp::dw_axi_dmac::CopyPlan;

namespace {

std::vector<CopyBlock> blocks(std::uint64_t src, std::uint64_t dst, std::uint64_t length, unsigned bus,
                              std::uint32_t max_items) {
  CopyPlan plan(src, dst, length, bus, max_items);
  EXPECT_LE(plan.count(), 1u + length);
  std::vector<CopyBlock> result;
  const std::uint32_t announced = plan.count();
  for (CopyBlock b; plan.next(b);) result.push_back(b);
  EXPECT_EQ(announced, result.size());
  return result;
}

/// Total accesses on both sides: what a plan costs.
std::uint64_t accesses(const std::vector<CopyBlock>& plan) {
  std::uint64_t n = 0;
  for (const CopyBlock& b : plan) n += b.items + (b.bytes >> b.dst_width);
  return n;
}

TEST(CopyPlan, ProperBlocksCoverExactlyTheCopyInOrder) {
  std::mt19937_64 random(1);
  for (int round = 0; round < 20000; round++) {
    const unsigned bus = static_cast<unsigned>(random() % 7);
    const std::uint64_t src = random() >> (random() % 60);
    const std::uint64_t dst = random() >> (random() % 60);
    const std::uint64_t length = 1 + random() % (std::uint64_t{1} << (random() % 18));
    const auto max_items = static_cast<std::uint32_t>(1 + random() % (std::uint64_t{1} << (random() % 16)));
    if (length / max_items > 4096) continue;
    SCOPED_TRACE(testing::Message() << "bus " << bus << " src " << src << " dst " << dst << " length "
                                    << length << " max " << max_items);
    std::uint64_t at = 0;
    for (const CopyBlock& b : blocks(src, dst, length, bus, max_items)) {
      ASSERT_EQ(b.src, src + at);
      ASSERT_EQ(b.dst, dst + at);
      ASSERT_GT(b.bytes, 0u);
      ASSERT_LE(b.items, max_items);
      ASSERT_EQ(std::uint64_t{b.items} << b.src_width, b.bytes);
      ASSERT_LE(b.src_width, bus);
      ASSERT_LE(b.dst_width, bus);
      ASSERT_EQ(b.src % (1u << b.src_width), 0u);
      ASSERT_EQ(b.dst % (1u << b.dst_width), 0u);
      ASSERT_EQ(b.bytes % (1u << b.dst_width), 0u);
      at += b.bytes;
    }
    ASSERT_EQ(at, length);
  }
}

TEST(CopyPlan, OneOddByteCostsOneBlockNotTheWidth) {  // covers: M28
  const auto plan = blocks(0x80000000, 0x80100000, 4097, 3, 65536);
  ASSERT_EQ(plan.size(), 2u);
  EXPECT_EQ(plan[0].src_width, 3);
  EXPECT_EQ(plan[0].dst_width, 3);
  EXPECT_EQ(plan[0].items, 512u);
  EXPECT_EQ(plan[1].bytes, 1u);
}

TEST(CopyPlan, EquallyMisalignedBuffersMoveAtFullWidthBetweenHeadAndTail) {
  const auto plan = blocks(0x80000005, 0x80100005, 4096, 5, 65536);
  ASSERT_EQ(plan.size(), 3u);
  EXPECT_EQ(plan[0].bytes, 27u);
  EXPECT_EQ(plan[1].src_width, 5);
  EXPECT_EQ(plan[1].dst_width, 5);
  EXPECT_EQ(plan[2].bytes, 5u);
}

TEST(CopyPlan, DifferentlyMisalignedBuffersKeepOneSideWide) {
  const auto plan = blocks(0x80000000, 0x80100003, 4096, 4, 65536);
  ASSERT_EQ(plan.size(), 1u);
  EXPECT_EQ(plan[0].src_width, 4);
  EXPECT_EQ(plan[0].dst_width, 0);
}

TEST(CopyPlan, BlockLimitIsInItemsOfTheSource) {  // covers: M17
  const auto plan = blocks(0, 0x100000, 256 * 1024, 3, 4096);
  ASSERT_EQ(plan.size(), 8u);
  for (const CopyBlock& b : plan) EXPECT_EQ(b.items, 4096u);
}

TEST(CopyPlan, NeverMoreAccessesThanUniformWidthAndFewWhenLong) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 5000; round++) {
    const std::uint64_t src = random() % 4096, dst = 65536 + random() % 4096, length = 1 + random() % 8192;
    const auto plan = blocks(src, dst, length, 4, 1u << 20);
    const std::uint64_t bits = src | dst | length | 16;
    const std::uint64_t uniform = 2 * (length / (bits & (~bits + 1)));
    ASSERT_LE(accesses(plan), uniform);
    ASSERT_LE(plan.size(), 3u);
    if ((src ^ dst) % 16 == 0) {
      ASSERT_LE(accesses(plan), 2 * (length / 16 + 16 + 15) + 2);
    }
  }
}

}  // namespace
