// What running Linux's driver here has shown besides what it was suspected of. Ours is the control.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "linux/played.h"

namespace dmavp::tb {
namespace {

constexpr bool kOurs = false, kLinux = true;

#define ASSERT_PLAYED(p) ASSERT_EQ((p).job.status, 0) << (p).message()

/// The interrupt handler of one CPU and the start of a transfer on another one read DMAC_CFG with INT_EN off,
/// and the start writes last: nobody switches interrupts on again until a transfer times out.
TEST(LinuxFinding, TwoCpusLoseTheInterruptEnable) {
  constexpr std::uint64_t kIntEn = 2;
  const std::string client =
      "[client.race]\nmodule = \"" LINUX_MODULE_DIR
      "/linux-dmatest.so\"\niterations = 100\ntest_buf_size = 512\ntimeout = 20\nrun = true\n";
  bool seen = false;
  for (unsigned seed = 1; seed <= 20 && !seen; ++seed) {
    SCOPED_TRACE(seed);
    const Words words = {"--board",        "k210",
                         "--seed",         std::to_string(seed),
                         "--trace-filter", "kind=register-read|register-write"};
    const Played p = play_client(client, "", kLinux, words);
    if (p.job.log.with_message("test timed out") == 0) continue;
    std::vector<TraceLine> config;
    for (const TraceLine& line : p.trace)
      if (line.has("DMAC_CFG")) config.push_back(line);
    for (std::size_t i = 3; i + 1 < config.size() && !seen; ++i) {
      const TraceLine &first = config[i - 3], &second = config[i - 2], &on = config[i - 1], &off = config[i];
      seen = first.event == "register-read" && second.event == "register-read" &&
             (first.number("value") & kIntEn) == 0 && (second.number("value") & kIntEn) == 0 &&
             on.event == "register-write" && (on.number("value") & kIntEn) != 0 &&
             off.event == "register-write" && (off.number("value") & kIntEn) == 0;
    }
    EXPECT_TRUE(seen) << "timed out for another reason: " << p.message();
  }
  EXPECT_TRUE(seen);
}

TEST(LinuxFinding, OursDoesNotRace) {
  const std::string client = "[client.race]\nmodule = \"" LINUX_MODULE_DIR
                             "/linux-dmatest.so\"\niterations = 100\ntest_buf_size = 512\nrun = true\n";
  for (unsigned seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(seed);
    const Played p =
        play_client(client, "", kOurs,
                    {"--board", "k210", "--seed", std::to_string(seed), "--trace-filter", "kind=diagnostic"});
    ASSERT_PLAYED(p);
    EXPECT_EQ(p.job.log.failures(), 0u) << p.message();
  }
}

/// The pieces of an entry are rounded up, so the last one may never be built; its item is used all the same.
TEST(LinuxFinding, LosesTheTailOfAListEntry) {
  const Played theirs = play("list-tail", kLinux, "generic16", 1);
  EXPECT_NE(theirs.job.status, 0);
  EXPECT_TRUE(theirs.logged("dw_axi_dma_chan_prep_slave_sg")) << theirs.message();
  const Played ours = play("list-tail", kOurs, "generic16", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("prepared"), 1);
}

/// The report of a failed transfer goes through as many items as the channel has, not the transfer.
TEST(LinuxFinding, ReportsItemsThatTheFailedTransferDoesNotHave) {
  const Played theirs = play("refused-first", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_TRUE(theirs.logged("SAR: 0x30000000")) << theirs.message();
  EXPECT_TRUE(theirs.logged("NULL LLI")) << theirs.message();
  const Played ours = play("refused-first", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("next"), 1);
}

/// A period of two blocks: the callback comes when the first of them has ended.
TEST(LinuxFinding, ReportsALongPeriodABlockTooEarly) {
  const Played theirs = play("long-period", kLinux, "generic16", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_EQ(theirs.note("moved"), 4096);
  const auto early = static_cast<std::uint64_t>(theirs.note("first_callback"));
  std::size_t blocks = 0;
  for (const TraceLine& line : theirs.all("block-done")) blocks += line.time_ps < early ? 1 : 0;
  EXPECT_EQ(blocks, 1u);
  const Played ours = play("long-period", kOurs, "generic16", 1);
  ASSERT_PLAYED(ours);
  EXPECT_GE(ours.note("moved"), 8192);
}

/// Where the enable bits of channels 16 and up are, terminate does not look: it frees what the channel still
/// uses.
TEST(LinuxFinding, DoesNotWaitForChannelsFrom16On) {
  const Played theirs = play("terminate-20", kLinux, "generic32", 1);
  ASSERT_PLAYED(theirs);
  ASSERT_GE(theirs.count("burst", "ch=20 "), 2u);
  EXPECT_LT(theirs.note("took_ns"), 1000);
  EXPECT_GT(theirs.all("burst", "ch=20 ").back().time_ps,
            static_cast<std::uint64_t>(theirs.note("returned")));
}

/// The largest burst of the device tree goes into fields for one less; 256 does not fit, and one beat is
/// left.
TEST(LinuxFinding, BurstsOf256BeatsBecomeOne) {
  const auto longest = [](bool provider) {
    std::uint64_t beats = 0;
    const Played p = play("busy", provider, "k210", 1);
    EXPECT_EQ(p.job.status, 0) << p.message();
    for (const TraceLine& line : p.all("burst", "kind=read")) beats = std::max(beats, line.number("beats"));
    return beats;
  };
  EXPECT_EQ(longest(kLinux), 1u);
  EXPECT_GT(longest(kOurs), 1u);
}

/// The tree of Agilex 5 names the layout with 16 handshakes; the request number lands in a reserved field.
TEST(LinuxFinding, SendsTheHandshakeOfAgilex5Nowhere) {
  const auto config = [](bool provider, std::uint64_t offset) {
    const Played p = play("periods", provider, "agilex5", 1);
    EXPECT_EQ(p.job.status, 0) << p.message();
    std::uint64_t value = 0;
    for (const TraceLine& line : p.all("register-write"))
      if (line.number("offset") == offset) value = line.number("value");
    return std::make_pair(value, p.count("burst", "kind=read"));
  };
  const auto theirs = config(kLinux, 0x120), ours = config(kOurs, 0x120);
  EXPECT_EQ(theirs.first >> 4 & 63, 0u);
  EXPECT_EQ(theirs.second, 0u) << "the peripheral that asks is not heard";
  EXPECT_EQ(ours.first >> 4 & 63, 33u);
  EXPECT_GT(ours.second, 0u);
}

/// With the wide layout the priority goes where LOCK_CH and SRC_OSR_LMT are.
TEST(LinuxFinding, WritesPrioritiesIntoTheLock) {
  const std::string client = "[client.test]\nmodule = \"" LINUX_MODULE_DIR
                             "/linux-dmatest.so\"\niterations = 1\ntest_buf_size = 512\nrun = true\n";
  const auto high = [&](bool provider) {
    const Played p = play_client(client, "", provider, Words{"--board", "jh7110"} + only_cpus("jh7110", 1));
    EXPECT_EQ(p.job.status, 0) << p.message();
    std::uint64_t value = 0;  // of the upper half, by whatever access
    for (const TraceLine& line : p.all("register-write", "CH1_CFG2")) {
      if (line.number("bytes") == 8) value = line.number("value") >> 32;
      if (line.number("offset") == 0x224) value = line.number("value");
    }
    return value;
  };
  EXPECT_EQ(high(kLinux) >> 15 & 0x3f, 0x20u) << "channel 1: LOCK_CH and no priority";
  EXPECT_EQ(high(kOurs) >> 15 & 0x3f, 0x01u);
}

/// MSIZE is 4 whatever the client configures: what a peripheral keeps below its watermark is never fetched.
TEST(LinuxFinding, KeepsToItsOwnBurstSize) {
  const std::string client =
      "[client.flash]\nmodule = \"spi-flash\"\npath = \"" DMAVP_SOURCE_DIR "/LICENSE\"\nhz = 10000000\n";
  const Words words = Words{"--board", "generic16"} + only_cpus("generic16", 1);
  const Played theirs = play_client(client, ", \"dw-ssi\"", kLinux, words);
  EXPECT_EQ(theirs.job.status, 1) << theirs.message();
  const auto requests = theirs.all("dma-request", "rx burst=0 single=1");
  const auto reads = theirs.all("burst", "ch=0 kind=read");
  ASSERT_FALSE(requests.empty());
  ASSERT_FALSE(reads.empty());
  EXPECT_GT(requests.back().time_ps, reads.back().time_ps) << "items are there, and nobody comes";
  EXPECT_EQ(play_client(client, ", \"dw-ssi\"", kOurs, words).job.status, 0);
}

}  // namespace
}  // namespace dmavp::tb
