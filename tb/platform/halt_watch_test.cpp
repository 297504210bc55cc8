#include "platform/report/halt_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dmavp::platform {
namespace {

using ::testing::HasSubstr;

constexpr Picoseconds kUs = 1'000'000;
constexpr std::uint64_t kFirst = 0x1000, kSecond = 0x1040;

class HaltWatchTest : public testing::Test {
 protected:
  std::optional<HaltWatch::Halt> block(BlockPhase phase, Picoseconds time, std::uint64_t item,
                                       unsigned channel = 2) {
    return watch_.block({{"dmac0"}, channel, phase, time, item, 0});
  }
  void fall(Picoseconds time, unsigned line) { watch_.interrupt({{"dmac0"}, time, line, false}); }
  void rise(Picoseconds time, unsigned line) { watch_.interrupt({{"dmac0"}, time, line, true}); }
  /// A ring of two items: the first is finished, the second runs, the first is met again.
  std::string cause() {
    const auto halt = block(BlockPhase::kInvalidItem, 9 * kUs, kFirst);
    return halt ? halt->cause : "(none)";
  }
  void SetUp() override {
    block(BlockPhase::kChannelEnabled, 1 * kUs, 0);
    EXPECT_FALSE(block(BlockPhase::kBlockDone, 3 * kUs, kFirst));
  }
  HaltWatch watch_;
};

TEST_F(HaltWatchTest, SoftwareThatServedTheInterruptForgot) {
  rise(3 * kUs, 2);
  fall(4 * kUs, 2);
  EXPECT_EQ(cause(),
            "the item at 0x1000 is not valid: the controller finished it at 3.000 us and took VALID away; "
            "software served its interrupt at 4.000 us but did not set VALID again");
}

TEST_F(HaltWatchTest, TheFirstServiceCountsNotALaterOne) {
  fall(4 * kUs, 33);
  block(BlockPhase::kBlockDone, 5 * kUs, kSecond);
  fall(6 * kUs, 33);
  EXPECT_THAT(cause(), HasSubstr("served its interrupt at 4.000 us but"));
}

TEST_F(HaltWatchTest, SoftwareThatDidNotIsLate) {
  rise(3 * kUs, 2);
  fall(4 * kUs, 1);  // of another channel
  EXPECT_THAT(cause(), HasSubstr("software has not served its interrupt yet"));
}

TEST_F(HaltWatchTest, AnItemThatNeverRanWasNeverValid) {
  const auto halt = block(BlockPhase::kInvalidItem, 9 * kUs, kSecond);
  ASSERT_TRUE(halt);
  EXPECT_EQ(halt->cause,
            "the item at 0x1040 is not valid, and the channel has not worked on it since it was enabled");
  EXPECT_EQ(halt->time, 9 * kUs);
}

TEST_F(HaltWatchTest, WhatRanBeforeTheChannelWasEnabledAgainIsForgotten) {
  block(BlockPhase::kChannelEnabled, 5 * kUs, 0);
  EXPECT_THAT(cause(), HasSubstr("has not worked on it since"));
}

TEST_F(HaltWatchTest, ShadowSetsHaveNoItem) {
  const auto halt = block(BlockPhase::kInvalidItem, 9 * kUs, 0);
  ASSERT_TRUE(halt);
  EXPECT_THAT(halt->cause, HasSubstr("shadow registers hold no valid set"));
}

TEST_F(HaltWatchTest, EveryHaltCountsAndTheFirstOfARunIsTold) {
  EXPECT_NE(cause(), "(none)");
  EXPECT_EQ(cause(), "(none)");
  block(BlockPhase::kChannelEnabled, 10 * kUs, 0);
  EXPECT_NE(cause(), "(none)");
  EXPECT_EQ(watch_.channels().at(2).halts, 3u);
  EXPECT_EQ(watch_.channels().at(2).first->time, 9 * kUs);
  EXPECT_EQ(watch_.channels().count(1), 0u);
}

}  // namespace
}  // namespace dmavp::platform
