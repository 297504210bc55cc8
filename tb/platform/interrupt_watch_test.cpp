#include "platform/report/interrupt_watch.h"

#include <gtest/gtest.h>

namespace dmavp::platform {
namespace {

constexpr Picoseconds kUs = 1'000'000;
constexpr Picoseconds kPatience = InterruptWatch::kPatience;

InterruptEvent edge(Picoseconds time, unsigned line, bool level) { return {{"dmac0"}, time, line, level}; }

TEST(InterruptWatchTest, TellsOfAnOutputThatWaitedTooLong) {
  InterruptWatch watch;
  EXPECT_FALSE(watch.interrupt(edge(5 * kUs, 3, true)));
  EXPECT_FALSE(watch.interrupt(edge(6 * kUs, 4, true)));
  EXPECT_FALSE(watch.interrupt(edge(7 * kUs, 3, true))) << "it was high already: counted from its first edge";
  EXPECT_FALSE(watch.interrupt(edge(6 * kUs + kPatience, 4, false))) << "just in time";
  const auto late = watch.interrupt(edge(6 * kUs + kPatience, 3, false));
  ASSERT_TRUE(late);
  EXPECT_EQ(late->time, 6 * kUs + kPatience);
  EXPECT_EQ(late->text,
            "the interrupt of channel 3 rose at 5.000 us, and software cleared it 1.001 ms later");
  EXPECT_TRUE(watch.finish(100 * kPatience).empty());
}

TEST(InterruptWatchTest, TellsAtTheEndOfWhatIsStillHigh) {
  InterruptWatch watch;
  watch.interrupt(edge(5 * kUs, 33, true));
  watch.interrupt(edge(6 * kUs, 32, true));
  EXPECT_TRUE(watch.finish(5 * kUs + kPatience).empty());
  const auto found = watch.finish(7 * kUs + kPatience);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].text,
            "the interrupt of the common registers rose at 6.000 us, and software never cleared it");
  EXPECT_EQ(found[1].text, "the combined interrupt rose at 5.000 us, and software never cleared it");
}

}  // namespace
}  // namespace dmavp::platform
