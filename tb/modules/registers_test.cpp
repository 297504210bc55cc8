// Field encodings and enable layouts against the worked values of the controller's specification
// (6.5, 2.3, 4.2, 4.3).
#include "drivers/dw-axi-dmac/registers.h"

#include <gtest/gtest.h>

using namespace dmavp::dw_axi_dmac;

namespace {

constexpr Layout kV1{false, false};
constexpr Layout kV2{true, true};

TEST(Registers, ChannelEnableWritesOfLayoutV1) {
  EXPECT_EQ(kV1.write(2, true), 0x0404u);
  EXPECT_EQ(kV1.write(2, false), 0x0400u);
  EXPECT_EQ(kV1.write(2, true, kV1.suspend_shift()), 0x04040000u);
  EXPECT_EQ(kV1.write(2, false, kV1.suspend_shift()), 0x04000000u);
  EXPECT_EQ(kV1.write(2, true, kV1.abort_shift()), 0x0404ull << 32);
  EXPECT_EQ(kV1.suspend_register(), 0x018u);
  EXPECT_EQ(kV1.abort_register(), 0x018u);
  EXPECT_EQ(kV1.common_interrupt(), 1u << 16);
}

TEST(Registers, ChannelEnableWritesOfLayoutV2SplitAtSixteen) {  // covers: Z2
  EXPECT_EQ(kV2.write(15, true), 1ull << 15 | 1ull << 31);
  EXPECT_EQ(kV2.write(16, true), 1ull << 32 | 1ull << 48);
  EXPECT_EQ(kV2.write(31, false), 1ull << 63);
  EXPECT_EQ(kV2.suspend_shift(), 0u);
  EXPECT_EQ(kV2.suspend_register(), 0x020u);
  EXPECT_EQ(kV2.abort_register(), 0x028u);
  EXPECT_EQ(kV2.common_interrupt(), 1ull << 32);
  EXPECT_TRUE(kV2.is_set(1ull << 47, 31));
  EXPECT_FALSE(kV2.is_set(1ull << 31, 31));
}

TEST(Registers, WritesOfOneChannelNeverTouchAnother) {
  for (const Layout& layout : {kV1, kV2}) {
    const unsigned channels = layout.wide ? 32 : 8;
    std::uint64_t seen = 0;
    for (unsigned c = 0; c < channels; c++) {
      const std::uint64_t bits = layout.write(c, true);
      EXPECT_EQ(__builtin_popcountll(bits), 2);
      EXPECT_EQ(seen & bits, 0u) << c;
      EXPECT_TRUE(layout.is_set(bits, c));
      seen |= bits;
    }
  }
}

TEST(Registers, BurstLengthOfTheWorkedControlWord) {
  // The property names 16 beats: ours writes 15 (design decision 17); Linux writes 16 (6.5: 0xC0108840).
  const Value<Ctl> hi = kLliValid(1) | kLliLast(1) | kArlenEn(1) | kArlen(15) | kAwlenEn(1) | kAwlen(15);
  EXPECT_EQ(hi.raw >> 32, 0xC0000000u | 1u << 6 | 15u << 7 | 1u << 15 | 15u << 16);
  EXPECT_EQ((kSrcTrWidth(3) | kDstTrWidth(3) | kSrcMsize(1) | kDstMsize(1)).raw, 0x00045B00u);
  EXPECT_EQ(kArlen(256).raw, 0u) << "a field never spills into its neighbour";
}

TEST(Registers, PriorityOfBothConfigurationLayouts) {
  EXPECT_EQ(kV1.priority(5).raw >> 32, 5u << 17);
  EXPECT_EQ(kV2.priority(31).raw, 31ull << 47);
  EXPECT_EQ((kSrcMultblk(3) | kDstMultblk(3)).raw, 0xFu);
  EXPECT_EQ((kSrcOsrLmt(15) | kDstOsrLmt(15)).raw, 0xFull << 55 | 0xFull << 59);
}

}  // namespace
