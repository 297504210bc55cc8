// Linux's pcm_dmaengine.c as a client: play and capture over our I2S (pcm/pcm_i2s.cpp), on our provider.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "linux/played.h"

namespace dmavp::tb {
namespace {

constexpr std::int64_t kBatch = 0x10, kResume = 0x40000, kPause = 0x80000;

/// `sclk_hz`: clock of the I2S, 0 is the board's.
Played play_pcm(const std::string& board, bool linux_framework, const std::string& parameters,
                unsigned sclk_hz = 0) {
  const std::string framework = linux_framework ? LINUX_MODULE_DIR "/linux-dmaengine.so" : "dmaengine";
  Words words = {"--board", board, "--set", "scenario.modules[0]=" + framework};
  if (sclk_hz) words = words + Words{"--set", "i2sclk:clock-frequency=" + std::to_string(sclk_hz)};
  return play_client("[client.pcm]\nmodule = \"" PCM_MODULE_DIR "/pcm-i2s.so\"\n" + parameters,
                     ", \"dw-i2s\", \"" PCM_MODULE_DIR "/snd-pcm.so\", \"" LINUX_MODULE_DIR
                     "/linux-pcm-dmaengine.so\"",
                     false, words);
}

/// A channel has 100 us to drain when it is paused; at this rate, 768 kHz on each board, it does.
unsigned fast(const std::string& board) { return board == "jh7110" ? 49'152'000 : 24'576'000; }

/// Board, Linux's framework.
class LinuxPcm : public testing::TestWithParam<std::tuple<const char*, bool>> {};
INSTANTIATE_TEST_SUITE_P(Boards, LinuxPcm,
                         testing::Combine(testing::Values("k210", "jh7110", "generic32"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) +
                                  (std::get<1>(row.param) ? "_linux" : "_ours");
                         });

/// Nothing but what a device says that goes on while its DMA is paused.
void expect_clean(const Played& p) {
  ASSERT_EQ(p.job.status, 0) << p.message();
  for (const auto& diagnostic : p.job.result.at("diagnostics").as_array()) {
    const std::string kind(diagnostic.at("kind").as_string());
    EXPECT_TRUE(kind == "i2s.underrun" || kind == "i2s.receive-overrun") << p.message();
  }
  EXPECT_EQ(p.job.result.at("software").at("live_allocations").to_number<std::uint64_t>(), 0u);
  EXPECT_EQ(p.note("frames"), p.note("wanted"));
  EXPECT_EQ(p.note("moved_capturing"), 0);
  EXPECT_EQ(p.note("other_stood"), -1) << "a paused stream stops the other one";
  EXPECT_GT(p.note("play_between"), 0) << "positions are those of periods only";
}

/// The position while paused is the frame at which the recording has its gap: an oracle from the other end of
/// the wire.
void expect_exact(const Played& p) {
  EXPECT_EQ(p.note("gaps"), 2) << "one before the sound, one where it was paused";
  EXPECT_EQ(p.note("gap_at"), p.note("paused_at"));
  EXPECT_GE(p.note("paused_at"), 500);
  EXPECT_EQ(p.note("moved_playing"), 0);
  EXPECT_EQ(p.note("delay_paused"), -1) << "something is in flight although the channel is paused";
  EXPECT_GT(p.note("capture_between"), 0);
}

TEST_P(LinuxPcm, PlaysAndCapturesAcrossPauses) {
  const auto [board, linux_framework] = GetParam();
  const Played p = play_pcm(board, linux_framework, "", fast(board));
  expect_clean(p);
  expect_exact(p);
  EXPECT_GT(p.note("play_periods"), 1000 / 48);
  EXPECT_GT(p.note("capture_periods"), 1000 / 48);
  EXPECT_GT(p.note("play_delay"), 0) << "in flight was never more than nothing";
  EXPECT_LT(p.note("play_delay"), 64) << "more than the channel's FIFO holds";
  EXPECT_EQ(p.note("info"), kPause | kResume);
  EXPECT_EQ(p.note("info_coarse"), kPause | kResume | kBatch);
  EXPECT_EQ(p.note("unknown_command"), 22);
}

/// Positions alone serve the stream; three periods, where our driver's ring has at least four items.
TEST_P(LinuxPcm, GoesOnWithoutWakeups) {
  const auto [board, linux_framework] = GetParam();
  const Played p =
      play_pcm(board, linux_framework, "wakeups = false\nperiod = 100\nperiods = 3\n", fast(board));
  expect_clean(p);
  expect_exact(p);
}

/// At 48 kHz the channel does not drain in time and refuses to pause, which pcm_dmaengine does not look at:
/// the position goes on, and the sound is whole.
TEST_P(LinuxPcm, GoesOnWhereTheChannelRefusesToPause) {
  const auto [board, linux_framework] = GetParam();
  const Played p = play_pcm(board, linux_framework, "");
  expect_clean(p);
  EXPECT_EQ(p.note("gaps"), 1);
  EXPECT_GT(p.note("moved_playing"), 48);
}

/// 8, 16, 32 and, where registers are that wide, 64 bits; not the three-byte formats.
TEST(LinuxPcmFormats, AreThoseOfTheRegisterWidths) {
  const Played p = play_pcm("k210", false, "frames = 100\n");
  expect_clean(p);
  const std::int64_t four = 1 << 0 | 1 << 1 | 1 << 2 | 1 << 6 | 1 << 10;
  EXPECT_EQ(p.note("formats") & ~(std::int64_t{1} << 16), four);
}

}  // namespace
}  // namespace dmavp::tb
