// What Linux's dw-axi-dmac driver and virt-dma.c are suspected of, one by one: the client's view, the kernel
// log and what happened on the bus. The same scenario on our provider is the control.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

#include "linux/played.h"

namespace dmavp::tb {
namespace {

constexpr bool kOurs = false, kLinux = true;
constexpr std::int64_t kComplete = 0, kInProgress = 1, kPaused = 2, kError = 3;  // enum dma_status
constexpr std::int64_t kNoError = 0, kReadFailed = 1;                            // enum dmaengine_tx_result
constexpr std::uint64_t kMicrosecond = 1'000'000;                                // ps

#define ASSERT_PLAYED(p) ASSERT_EQ((p).job.status, 0) << (p).message()

std::size_t done_before(const Played& p, std::uint64_t time_ps) {
  std::size_t n = 0;
  for (const TraceLine& line : p.all("transfer-done")) n += line.time_ps < time_ps ? 1 : 0;
  return n;
}

TEST(LinuxSuspect, DoesNotStartTheNextIssuedTransfer) {
  const Played theirs = play("queue", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_EQ(theirs.note("completed"), 1);
  EXPECT_EQ(done_before(theirs, static_cast<std::uint64_t>(theirs.note("looked"))), 1u);
  EXPECT_EQ(theirs.note("issues"), 3) << "each transfer needs an issue_pending of its own";
  EXPECT_EQ(theirs.note("last"), 1);
  const Played ours = play("queue", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("completed"), 3);
  EXPECT_EQ(done_before(ours, static_cast<std::uint64_t>(ours.note("looked"))), 3u);
}

TEST(LinuxSuspect, ForgetsAnIssueWhileBusy) {
  const Played theirs = play("busy", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_TRUE(theirs.logged("dma0chan0 is non-idle!")) << theirs.message();
  EXPECT_EQ(theirs.note("first"), 1);
  EXPECT_EQ(theirs.note("second"), 0);
  EXPECT_EQ(theirs.count("channel-enabled"), 1u);
  const Played ours = play("busy", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("second"), 1);
  EXPECT_EQ(ours.count("transfer-done"), 2u);
}

/// The finished item is fetched again; what then happens depends on whether the controller has marked it.
TEST(LinuxSuspect, StartsAFinishedTransferAgain) {
  const Played marked = play("unseen", kLinux, "k210", 1);
  ASSERT_PLAYED(marked);
  const auto halted = marked.all("invalid-item");
  ASSERT_EQ(halted.size(), 1u);
  EXPECT_EQ(halted[0].number("descriptor"), marked.all("block-start").at(0).number("descriptor"));
  EXPECT_TRUE(marked.logged("Bad descriptor submitted for dma0chan0, cookie: 2")) << marked.message();
  EXPECT_EQ(marked.note("first_result"), kNoError);

  const Played unmarked = play("unseen", kLinux, "jh7110", 1);
  ASSERT_PLAYED(unmarked);
  const auto blocks = unmarked.all("block-start");
  ASSERT_EQ(blocks.size(), 2u);
  EXPECT_EQ(blocks[0].number("descriptor"), blocks[1].number("descriptor"));
  EXPECT_EQ(unmarked.note("second"), 0) << "the second transfer never ran";

  for (const char* board : {"k210", "jh7110"}) {
    const Played ours = play("unseen", kOurs, board, 1);
    ASSERT_PLAYED(ours);
    EXPECT_EQ(ours.note("first") + ours.note("second"), 2);
    EXPECT_EQ(ours.count("invalid-item"), 0u);
    EXPECT_EQ(ours.count("block-start"), 2u);
  }
}

TEST(LinuxSuspect, CallsAFailedTransferGood) {
  for (const char* board : {"k210", "generic32"}) {
    SCOPED_TRACE(board);
    const Played theirs = play("refused", kLinux, board, 1);
    ASSERT_PLAYED(theirs);
    EXPECT_EQ(theirs.count("burst", "status=decerr"), 1u);
    EXPECT_EQ(theirs.count("error"), 1u);
    EXPECT_TRUE(theirs.logged("Bad descriptor submitted")) << theirs.message();
    EXPECT_TRUE(theirs.logged("SAR: 0x30000000")) << theirs.message();
    EXPECT_EQ(theirs.note("result"), kNoError);
    EXPECT_EQ(theirs.note("status"), kComplete);
    const Played ours = play("refused", kOurs, board, 1);
    ASSERT_PLAYED(ours);
    EXPECT_EQ(ours.note("result"), kReadFailed);
    EXPECT_EQ(ours.note("status"), kError);
  }
}

TEST(LinuxSuspect, KnowsNeitherPauseNorResidue) {
  for (const char* board : {"k210", "generic16", "agilex5"}) {
    SCOPED_TRACE(board);
    const Played theirs = play("paused", kLinux, board, 1);
    ASSERT_PLAYED(theirs);
    EXPECT_EQ(theirs.note("pause"), 0);
    ASSERT_EQ(theirs.count("suspended"), 1u);
    EXPECT_GT(theirs.all("suspended")[0].number("bytes"), 0u) << "the channel has written something";
    EXPECT_EQ(theirs.note("status"), kInProgress);
    EXPECT_EQ(theirs.note("residue"), 65536);
    EXPECT_EQ(theirs.note("completed"), 1);
    const Played ours = play("paused", kOurs, board, 1);
    ASSERT_PLAYED(ours);
    EXPECT_EQ(ours.note("status"), kPaused);
    EXPECT_GT(ours.note("residue"), 0);
    EXPECT_LT(ours.note("residue"), 65536);
  }
}

/// The position in a ring moves by whole blocks.
TEST(LinuxSuspect, KnowsThePositionInARingByBlocks) {
  const Played theirs = play("position", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_GT(theirs.note("moved"), 3);
  EXPECT_EQ(theirs.note("inside"), 0);
  const Played ours = play("position", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_GT(ours.note("inside"), 0);
}

/// A UART driver that stops reception at a silence takes what the residue says has come.
TEST(LinuxSuspect, LosesWhatAPartialReceptionHasBrought) {
  const std::string client = "[client.uart]\nmodule = \"uart-loopback\"\npath = \"" DMAVP_SOURCE_DIR
                             "/LICENSE\"\nchunk = 100\npause_us = 20000\n";
  const Words words = Words{"--board", "k210"} + only_cpus("k210", 1);
  const Played theirs = play_client(client, ", \"dw-uart\"", kLinux, words);
  EXPECT_EQ(theirs.job.status, 1) << theirs.message();
  std::uint64_t written = 0;
  for (const auto& channel : theirs.job.result.at("channels").as_array())
    if (channel.at("name").as_string() == "dmac0.ch0")
      written = channel.at("bytes_written").to_number<std::uint64_t>();
  EXPECT_GT(static_cast<std::int64_t>(written), theirs.note("received")) << "in RAM, but not handed over";
  const Played ours = play_client(client, ", \"dw-uart\"", kOurs, words);
  EXPECT_EQ(ours.job.status, 0) << ours.message();
}

TEST(LinuxSuspect, RefusesMemoryThatIsNotAligned) {
  const Played theirs = play("list-odd", kLinux, "k210", 1);
  EXPECT_EQ(theirs.job.status, 1);
  EXPECT_EQ(theirs.note("prepared"), 0);
  EXPECT_TRUE(theirs.logged("invalid buffer alignment")) << theirs.message();
  const Played ours = play("list-odd", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("prepared"), 1);
}

TEST(LinuxSuspect, FreesItemsThatItNeverGot) {
  const Played theirs = play("list-odd", kLinux, "k210", 1);
  EXPECT_EQ(theirs.job.status, 1);
  EXPECT_TRUE(theirs.logged("kernel.bad-free: dma_pool_free of NULL")) << theirs.message();
  EXPECT_FALSE(play("list-odd", kOurs, "k210", 1).logged("bad-free"));
}

TEST(LinuxSuspect, ComplainsOfMissingRegistersThatItDoesNotNeed) {
  const Played theirs = play("list", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_TRUE(theirs.logged("apb_regs not initialized")) << theirs.message();
  EXPECT_EQ(theirs.note("submitted"), 1) << "harmless";
}

TEST(LinuxSuspect, CopiesAsItServedAPeripheral) {
  const Played theirs = play("mixed", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_EQ(theirs.note("completed"), 0);
  ASSERT_EQ(theirs.count("register-write", "CH0_CFG offset=0x124"), 1u);
  EXPECT_EQ(theirs.all("register-write", "CH0_CFG offset=0x124")[0].number("value") & 7, 1u)
      << "TT_FC is memory to peripheral";
  EXPECT_EQ(theirs.count("block-start"), 1u);
  EXPECT_EQ(theirs.count("burst", "kind=write"), 0u) << "it waits for a peripheral that does not ask";
  const Played ours = play("mixed", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("completed"), 1);
}

/// The tasklet takes the callback of a descriptor that terminate has freed (K41): what it finds there is
/// chance.
TEST(LinuxSuspect, UsesATerminatedRingInTheTasklet) {
  const Played theirs = play("period-end", kLinux, "k210", 1);
  EXPECT_NE(theirs.job.status, 0);
  EXPECT_TRUE(theirs.logged("vchan_complete")) << theirs.message();
#ifdef __SANITIZE_ADDRESS__
  EXPECT_TRUE(theirs.logged("use-after-poison")) << theirs.message();
#endif
  const Played ours = play("period-end", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("due"), 1);
  EXPECT_EQ(ours.note("callbacks"), 0);
}

/// Every period is a transfer of its own: it ends, software reads where the ring goes on, and starts the
/// channel again.
TEST(LinuxSuspect, StartsTheChannelAnewForEachPeriod) {
  const Played theirs = play("periods", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  const std::size_t periods = theirs.count("transfer-done");
  EXPECT_GT(periods, 8u);
  EXPECT_GE(theirs.count("channel-enabled"), periods);
  EXPECT_GE(theirs.count("register-read", "CH0_LLP"), 2 * periods);
  const Played ours = play("periods", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.count("channel-enabled"), 1u);
  EXPECT_EQ(ours.count("transfer-done"), 0u);
}

TEST(LinuxSuspect, SpendsAMillisecondInTerminate) {
  const Played theirs = play("terminate", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_GE(theirs.note("took_ns"), 1'000'000);
  ASSERT_EQ(theirs.count("disabled"), 1u);
  EXPECT_LT(theirs.all("disabled")[0].time_ps + 900 * kMicrosecond,
            static_cast<std::uint64_t>(theirs.note("returned")))
      << "the channel had stopped long ago";
  const Played ours = play("terminate", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_LT(ours.note("took_ns"), 10'000);
}

TEST(LinuxSuspect, ChoosesTheRegisterLayoutByTheNumberOfChannels) {
  const auto accesses = [](const char* board, const char* text) {
    const Played p = play("queue", kLinux, board, 1);
    EXPECT_EQ(p.job.status, 0) << p.message();
    return p.count("register-write", text);
  };
  EXPECT_GT(accesses("k210", "DMAC_CHEN offset=0x18"), 0u);
  EXPECT_GT(accesses("jh7110", "DMAC_CHEN offset=0x18"), 0u);
  EXPECT_GT(accesses("generic16", "DMAC_CHEN2 offset=0x18"), 0u);
  const Played wide = play("paused", kLinux, "generic32", 1);
  ASSERT_PLAYED(wide);
  for (const char* text : {"DMAC_CHEN2", "DMAC_CHSUSP"}) {
    ASSERT_GT(wide.count("register-write", text), 0u) << text;
    for (const TraceLine& line : wide.all("register-write", text))
      EXPECT_EQ(line.number("bytes"), 8u) << text;
  }
}

/// remove() empties the list of channels before the framework is told, so their devices stay and take the
/// names.
TEST(LinuxSuspect, CannotBeBoundAgain) {
  const Played theirs = play("rebind", kLinux, "k210", 1);
  ASSERT_PLAYED(theirs);
  EXPECT_EQ(theirs.note("bound"), 0);
  EXPECT_TRUE(theirs.logged("device dma0chan0 exists already")) << theirs.message();
  EXPECT_TRUE(theirs.logged("failed with error -17")) << theirs.message();
  EXPECT_TRUE(theirs.logged("kernel.leak")) << theirs.message();
  const Played ours = play("rebind", kOurs, "k210", 1);
  ASSERT_PLAYED(ours);
  EXPECT_EQ(ours.note("bound"), 1);
  EXPECT_FALSE(ours.logged("kernel.leak"));
}

/// Not a bug but a rule that clients have to know (K32, K34); ours does the same.
TEST(LinuxSuspect, MergesCallbacksOfPeriodsAndDropsThoseOfTheTerminated) {
  for (const bool provider : {kLinux, kOurs}) {
    SCOPED_TRACE(provider);
    const Played merged = play("periods", provider, "k210", 1);
    ASSERT_PLAYED(merged);
    EXPECT_EQ(merged.note("callbacks"), 1);
    std::size_t ended = 0;
    for (const TraceLine& line : merged.all("block-done"))
      ended += line.time_ps < static_cast<std::uint64_t>(merged.note("first_callback")) ? 1 : 0;
    EXPECT_GT(ended, 4u);
    const Played dropped = play("dropped", provider, "k210", 1);
    ASSERT_PLAYED(dropped);
    EXPECT_EQ(dropped.note("status"), kComplete);
    EXPECT_EQ(dropped.note("callbacks"), 0);
  }
}

}  // namespace
}  // namespace dmavp::tb
