// Linked lists, stops at every moment, errors at every access, and commits that reach back into the engine.
#include <gtest/gtest.h>

#include <numeric>
#include <string>

#include "dmac/engine_rig.h"
#include "dmac/planner.h"

namespace dmavp::dmac::test {
namespace {

constexpr std::uint64_t kItems = 0x400;
constexpr std::uint64_t kSrc = 0x10000;
constexpr std::uint64_t kDst = 0x20000;
constexpr std::uint32_t kBlock = 320;
constexpr unsigned kBlocks = 3;
constexpr std::uint32_t kTotal = kBlock * kBlocks;
constexpr std::size_t kMemory = 0x30000;

/// A list of three short blocks on channel 0; every item of the list but the last with an interrupt.
void make_list(Rig& rig, bool direct) {
  rig.fill_random(5);
  for (std::uint32_t i = 0; i < kTotal; ++i) rig.port.memory[kDst + i] = ~rig.port.memory[kSrc + i];
  rig.port.direct = direct;
  for (unsigned i = 0; i < kBlocks; ++i) {
    Control control;
    control.burst = 8;
    control.ioc = i + 1 < kBlocks;
    control.last = i + 1 == kBlocks;
    rig.write_item(kItems + 64 * i, kSrc + i * kBlock, kDst + i * kBlock, kBlock, kItems + 64 * (i + 1),
                   control);
  }
  rig.program_list(0, kItems, 2);
}

Parameters list_parameters() {
  Parameters p = default_parameters();
  p.fifo_depth = 32;
  return p;
}

std::uint32_t bytes_arrived(const Rig& rig) {
  std::uint32_t arrived = 0;
  for (std::uint32_t i = 0; i < kTotal; ++i) {
    arrived += rig.port.memory[kDst + i] == rig.port.memory[kSrc + i] ? 1u : 0u;
  }
  return arrived;
}

/// What was copied is a prefix, and what was not is untouched.
void expect_prefix(const Rig& rig, std::uint32_t arrived) {
  for (std::uint32_t i = 0; i < kTotal; ++i) {
    const std::byte source = rig.port.memory[kSrc + i];
    ASSERT_EQ(rig.port.memory[kDst + i], i < arrived ? source : ~source) << i;
  }
}

Cycle undisturbed_end(bool direct) {
  Rig rig(list_parameters(), kMemory);
  make_list(rig, direct);
  rig.engine.enable(0);
  rig.run();
  return rig.engine.now();
}

class Stops : public testing::TestWithParam<bool> {
 protected:
  bool direct() const { return GetParam(); }
};
INSTANTIATE_TEST_SUITE_P(CommitAndDirect, Stops, testing::Bool());

TEST_P(Stops, ListRunsRetiresAndEnds) {
  Rig rig(list_parameters(), kMemory);
  make_list(rig, direct());
  rig.engine.enable(0);
  bool enabled_at_done = true;
  rig.client.on_event = [&](const Event& e) {
    if (e.bits & kDmaTfrDone) enabled_at_done = rig.engine.enabled(0);
  };
  rig.run();
  EXPECT_EQ(bytes_arrived(rig), kTotal);
  ASSERT_EQ(rig.client.events.size(), 3u);
  EXPECT_EQ(rig.client.events[0].bits, kBlockTfrDone);
  EXPECT_EQ(rig.client.events[1].bits, kBlockTfrDone);
  EXPECT_EQ(rig.client.events[2].bits, kDmaTfrDone);
  EXPECT_FALSE(enabled_at_done) << "CH_EN is clear when the end is reported";
  EXPECT_EQ(rig.engine.llp(0), kItems + 64 * kBlocks) << "LLP points behind the last item";
  for (unsigned i = 0; i < kBlocks; ++i) {
    const bool last = i + 1 == kBlocks;
    EXPECT_EQ(rig.port.load(kItems + 64 * i + 0x20, 8) >> 63, 0u) << "VALID is cleared in memory";
    EXPECT_EQ((rig.port.load(kItems + 64 * i + 0x20, 8) >> 62) & 1, last ? 1u : 0u);
    EXPECT_EQ(rig.port.load(kItems + 64 * i + 0x30, 8),
              kBlock / 8 | (std::uint64_t{1} << 62) | (std::uint64_t{last} << 63));
  }
  const ChannelStatistics s = rig.engine.channel_statistics(0);
  EXPECT_EQ(s.lli_fetches, kBlocks);
  EXPECT_EQ(s.blocks, kBlocks);
  EXPECT_EQ(s.bytes_written, kTotal);
}

TEST_P(Stops, InvalidItemHaltsAndResumesAtTheSameAddress) {
  Rig rig(list_parameters(), kMemory);
  make_list(rig, direct());
  const std::uint64_t second = kItems + 64;
  const std::uint64_t ctl = rig.port.load(second + 0x20, 8);
  rig.port.store(second + 0x20, ctl & ~kCtlValid, 8);
  rig.engine.enable(0);
  rig.run();
  EXPECT_EQ(rig.client.events.back().bits, kShadowOrLliInvalidErr);
  EXPECT_TRUE(rig.engine.enabled(0));
  EXPECT_EQ(rig.engine.llp(0), second);
  EXPECT_EQ(rig.engine.next_wake(), kNever);
  rig.engine.advance(rig.engine.now() + 500);
  rig.engine.resume_request(0);
  rig.run();
  EXPECT_EQ(rig.client.events.size(), 3u) << "still invalid: reported again";
  EXPECT_EQ(rig.client.events.back().bits, kShadowOrLliInvalidErr);
  rig.port.store(second + 0x20, ctl, 8);
  rig.engine.resume_request(0);
  rig.run();
  EXPECT_EQ(rig.client.events.back().bits, kDmaTfrDone);
  EXPECT_EQ(bytes_arrived(rig), kTotal);
}

TEST_P(Stops, HaltedChannelsStopAtOnce) {
  for (bool abort : {false, true}) {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, direct());
    rig.port.store(kItems + 0x20, 0, 8);
    rig.engine.enable(0);
    rig.run();
    rig.client.events.clear();
    if (abort) {
      rig.engine.abort(0);
    } else {
      rig.engine.disable(0);
    }
    EXPECT_FALSE(rig.engine.enabled(0));
    EXPECT_EQ(rig.client.events,
              (std::vector<Event>{{0, abort ? kChAborted : kChDisabled, rig.engine.now()}}));
  }
}

TEST_P(Stops, SuspendAndResumeAtEveryCycleLosesNothing) {
  const Cycle end = undisturbed_end(direct());
  for (Cycle at = 0; at < end; ++at) {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, direct());
    rig.engine.enable(0);
    rig.engine.advance(at);
    const bool was_enabled = rig.engine.enabled(0);
    rig.engine.suspend(0);
    rig.engine.advance(at + 300);
    if (rig.engine.enabled(0)) {
      ASSERT_TRUE(rig.engine.suspend_bit(0));
      ASSERT_NE(rig.client.cycle_of(0, kChSuspended), kNever) << at;
      ASSERT_LE(rig.client.cycle_of(0, kChSrcSuspended), rig.client.cycle_of(0, kChSuspended));
      ASSERT_EQ(rig.engine.fifo_bytes(0), 0u) << "equal widths: nothing is left over";
      const std::uint32_t arrived = bytes_arrived(rig);
      // Software may reuse what has been read while the channel sleeps.
      rig.engine.advance(at + 1000);
      ASSERT_EQ(bytes_arrived(rig), arrived) << "a suspended channel moves nothing";
      ASSERT_EQ(rig.engine.next_wake(), kNever);
    } else {
      ASSERT_TRUE(was_enabled);
      ASSERT_FALSE(rig.engine.suspend_bit(0)) << "the end of the transfer clears CH_SUSP";
    }
    rig.engine.resume(0);
    rig.run();
    ASSERT_EQ(bytes_arrived(rig), kTotal) << at;
    ASSERT_EQ(rig.client.bits_of(0) & (kDmaTfrDone | kChDisabled | kChAborted), kDmaTfrDone) << at;
    const ChannelStatistics s = rig.engine.channel_statistics(0);
    for (const SideStatistics& side : {s.reader, s.writer}) {
      ASSERT_EQ(std::accumulate(side.cycles.begin(), side.cycles.end(), Cycle{0}), rig.engine.now());
    }
  }
}

TEST_P(Stops, DisableAtEveryCycleDrainsAndCountsExactly) {
  const Cycle end = undisturbed_end(direct());
  for (Cycle at = 0; at < end; ++at) {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, direct());
    rig.engine.enable(0);
    rig.engine.advance(at);
    rig.engine.disable(0);
    rig.run();
    ASSERT_FALSE(rig.engine.enabled(0));
    ASSERT_EQ(rig.client.bits_of(0) & (kDmaTfrDone | kChDisabled), kChDisabled) << at;
    ASSERT_LE(rig.client.cycle_of(0, kChDisabled), at + 150);
    const ChannelStatistics s = rig.engine.channel_statistics(0);
    ASSERT_EQ(s.bytes_read, s.bytes_written) << "the FIFO has drained";
    expect_prefix(rig, static_cast<std::uint32_t>(s.bytes_written));
  }
}

TEST_P(Stops, AbortAtEveryCycleEndsAtOnceAndNothingComesLate) {
  const Cycle end = undisturbed_end(direct());
  for (Cycle at = 0; at < end; ++at) {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, direct());
    rig.engine.enable(0);
    rig.engine.advance(at);
    const std::uint32_t arrived = bytes_arrived(rig);
    rig.engine.abort(0);
    ASSERT_FALSE(rig.engine.enabled(0));
    ASSERT_EQ(rig.client.events.back(), (Event{0, kChAborted, at}));
    // At once another transfer on the same channel.
    rig.client.events.clear();
    rig.program(0, kSrc + 0x4000, kDst + 0x4000, 1024);
    rig.engine.enable(0);
    rig.run();
    ASSERT_EQ(rig.client.events.size(), 1u);
    ASSERT_EQ(rig.client.events[0].bits, kDmaTfrDone);
    ASSERT_EQ(bytes_arrived(rig), arrived) << "late responses are dropped";
    expect_prefix(rig, arrived);
    ASSERT_EQ(std::memcmp(&rig.port.memory[kSrc + 0x4000], &rig.port.memory[kDst + 0x4000], 1024), 0);
    const ChannelStatistics s = rig.engine.channel_statistics(0);
    for (const SideStatistics& side : {s.reader, s.writer}) {
      ASSERT_EQ(std::accumulate(side.cycles.begin(), side.cycles.end(), Cycle{0}), rig.engine.now());
    }
  }
}

TEST_P(Stops, LeftoverOfASuspensionSurvivesResumeAndDiesWithDisable) {
  unsigned with_leftover = 0;
  for (Cycle at = 20; at < 400; ++at) {
    const bool resume = at % 2 == 0;
    Rig rig;
    rig.port.direct = direct();
    rig.fill_random(9);
    Control control;
    control.src_width = 0;
    control.dst_width = 3;
    control.burst = 5;  // five bytes a read, whole words a write
    const std::vector<std::byte> before = rig.port.memory;
    rig.program(0, 0x1000, 0x2000, 400, control);
    rig.engine.enable(0);
    rig.engine.advance(at);
    rig.engine.suspend(0);
    rig.run();
    const std::uint32_t left = rig.engine.fifo_bytes(0);
    ASSERT_LT(left, 8u);
    with_leftover += left != 0 ? 1u : 0u;
    const auto read = static_cast<std::uint32_t>(rig.engine.sar(0) - 0x1000);
    // What has been read belongs to the FIFO now: its source may change.
    std::fill_n(rig.port.memory.begin() + 0x1000, read, std::byte{0});
    if (resume) {
      rig.engine.resume(0);
      rig.run();
      ASSERT_EQ(std::memcmp(&rig.port.memory[0x2000], &before[0x1000], 400), 0) << at;
    } else {
      rig.engine.disable(0);
      ASSERT_FALSE(rig.engine.enabled(0));
      ASSERT_EQ(rig.client.events.back().bits, kChDisabled);
      ASSERT_EQ(rig.engine.dar(0), 0x2000 + read - left);
    }
  }
  EXPECT_GT(with_leftover, 100u);
}

TEST(Errors, AtEveryAccessEndTheTransferWithTheRightBit) {
  unsigned accesses = 0;
  {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, false);
    rig.engine.enable(0);
    rig.run();
    accesses = rig.port.commits;
  }
  ASSERT_GT(accesses, 30u);
  IntStatus seen = 0;
  for (unsigned n = 0; n < accesses; ++n) {
    for (AxiStatus status : {AxiStatus::kSlvErr, AxiStatus::kDecErr}) {
      Rig rig(list_parameters(), kMemory);
      make_list(rig, false);
      rig.port.fail_commit = n;
      rig.port.fail_status = status;
      rig.port.log = true;
      bool enabled_then = true;
      rig.client.on_event = [&](const Event& e) {
        if (e.bits & ~kBlockTfrDone) enabled_then = rig.engine.enabled(0);
      };
      rig.engine.enable(0);
      rig.run();
      const BurstKind kind = rig.port.bursts[n].burst.kind;
      const bool decode = status == AxiStatus::kDecErr;
      IntStatus expected = 0;
      switch (kind) {
        case BurstKind::kRead:
          expected = decode ? kSrcDecErr : kSrcSlvErr;
          break;
        case BurstKind::kWrite:
          expected = decode ? kDstDecErr : kDstSlvErr;
          break;
        case BurstKind::kDescriptorFetch:
          expected = decode ? kLliRdDecErr : kLliRdSlvErr;
          break;
        case BurstKind::kDescriptorWriteBack:
          expected = decode ? kLliWrDecErr : kLliWrSlvErr;
          break;
        case BurstKind::kStatusFetch:
          break;
      }
      seen |= expected;
      ASSERT_EQ(rig.client.events.back().bits, expected) << "access " << n;
      ASSERT_EQ(rig.client.bits_of(0) & ~kBlockTfrDone, expected) << "no other bit, no DONE";
      ASSERT_FALSE(enabled_then);
      ASSERT_FALSE(rig.engine.enabled(0));
      ASSERT_EQ(rig.engine.next_wake(), kNever);
      // No new access of data behind the error: what follows was on its way.
      const Cycle failed_at = rig.port.bursts[n].times.response;
      for (std::size_t i = n + 1; i < rig.port.bursts.size(); ++i) {
        ASSERT_LE(rig.port.bursts[i].times.accepted, failed_at);
      }
      // The channel can be used again.
      rig.program(0, kSrc + 0x4000, kDst + 0x4000, 1024);
      rig.engine.enable(0);
      rig.run();
      ASSERT_EQ(rig.client.events.back().bits, kDmaTfrDone);
      ASSERT_EQ(std::memcmp(&rig.port.memory[kSrc + 0x4000], &rig.port.memory[kDst + 0x4000], 1024), 0);
    }
  }
  EXPECT_EQ(seen, kSrcDecErr | kSrcSlvErr | kDstDecErr | kDstSlvErr | kLliRdDecErr | kLliRdSlvErr |
                      kLliWrDecErr | kLliWrSlvErr);
}

TEST(Errors, IllegalPairsOfBlockTypesHaltUntilALegalOneIsWritten) {
  Rig rig;
  rig.fill_random(1);
  rig.program(0, kSrc, kDst, 256);
  ChannelConfig config;
  config.src_multiblk = MultiBlock::kShadow;
  config.dst_multiblk = MultiBlock::kLinkedList;
  rig.engine.set_config(0, config);
  rig.engine.enable(0);
  rig.run();
  EXPECT_EQ(rig.client.bits_of(0), kSlvifMultiBlkTypeErr);
  EXPECT_TRUE(rig.engine.enabled(0));
  rig.engine.set_config(0, {});
  rig.run();
  EXPECT_EQ(rig.client.events.back().bits, kDmaTfrDone);
  EXPECT_EQ(std::memcmp(&rig.port.memory[kSrc], &rig.port.memory[kDst], 256), 0);
}

TEST(Errors, ReloadRepeatsUntilSoftwareEndsTheChain) {
  Rig rig;
  rig.fill_random(1);
  Control control;
  control.ioc = true;
  rig.program(0, kSrc, kDst, 256, control);
  ChannelConfig config;
  config.src_multiblk = MultiBlock::kReload;
  rig.engine.set_config(0, config);
  unsigned blocks = 0;
  rig.client.on_event = [&](const Event& e) {
    if ((e.bits & kBlockTfrDone) && ++blocks == 3) rig.engine.set_config(0, {});
  };
  rig.engine.enable(0);
  rig.run();
  EXPECT_EQ(rig.client.events.back().bits, kDmaTfrDone);
  EXPECT_EQ(rig.engine.channel_statistics(0).blocks, 4u);
  for (unsigned i = 0; i < 4; ++i) {
    EXPECT_EQ(std::memcmp(&rig.port.memory[kSrc], &rig.port.memory[kDst + 256 * i], 256), 0)
        << "contiguous side";
  }
}

/// Whatever a commit does to the engine, every step leaves a state that adds up and comes to an end.
TEST(Reentrancy, CommitsMayCallAnyControlMethod) {
  for (unsigned seed = 0; seed < 1000; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    Rig rig(list_parameters(), kMemory);
    make_list(rig, false);
    rig.program(1, kSrc + 0x2000, kDst + 0x2000, 512, {}, 3, 1);
    const auto when = static_cast<unsigned>(random() % 60);
    unsigned count = 0;
    bool inside = false;
    rig.port.on_commit = [&](const Burst&, const BurstTimes&) {
      if (count++ < when || inside || count > when + 3) return;
      inside = true;
      const auto ch = static_cast<unsigned>(random() % 2);
      const Cycle now = rig.engine.now();
      rig.engine.advance(now + 1000);
      EXPECT_EQ(rig.engine.now(), now) << "advance from inside a commit does nothing";
      switch (random() % 8) {
        case 0:
          rig.engine.abort(ch);
          break;
        case 1:
          rig.engine.disable(ch);
          break;
        case 2:
          rig.engine.suspend(ch);
          break;
        case 3:
          rig.engine.resume(ch);
          break;
        case 4:
          rig.engine.enable(ch);
          break;
        case 5:
          rig.engine.reset();
          break;
        case 6:
          rig.engine.abort(ch);
          rig.program(ch, kSrc + 0x3000, kDst + 0x3000, 256);
          rig.engine.enable(ch);
          break;
        case 7:
          rig.engine.paths_changed();
          break;
      }
      inside = false;
    };
    rig.engine.enable(0);
    rig.engine.enable(1);
    rig.run(1'000'000);
    for (int again = 0; again < 4; ++again) {  // a commit behind the resume may suspend anew
      rig.engine.resume(0);
      rig.engine.resume(1);
      rig.run(1'000'000);
    }
    EXPECT_EQ(rig.engine.next_wake(), kNever) << seed;
    for (unsigned ch : {0u, 1u}) {
      if (rig.engine.enabled(ch)) {  // enabled anew behind the end of its list
        EXPECT_TRUE(rig.client.bits_of(ch) & kShadowOrLliInvalidErr) << seed;
        rig.engine.abort(ch);
      }
      const ChannelStatistics s = rig.engine.channel_statistics(ch);
      for (const SideStatistics& side : {s.reader, s.writer}) {
        ASSERT_EQ(std::accumulate(side.cycles.begin(), side.cycles.end(), Cycle{0}), rig.engine.now())
            << seed;
      }
    }
    ASSERT_FALSE(HasFailure()) << seed;
  }
}

/// Direct memory may be taken away at any time; the copy goes on over the port.
TEST(Paths, LosingDirectMemoryInTheMiddleLosesNothing) {
  for (Cycle at = 0; at < 200; at += 3) {
    Rig rig(list_parameters(), kMemory);
    make_list(rig, true);
    rig.engine.enable(0);
    rig.engine.advance(at);
    rig.port.direct = false;
    rig.engine.paths_changed();
    rig.run();
    ASSERT_EQ(bytes_arrived(rig), kTotal) << at;
    ASSERT_EQ(rig.client.events.back().bits, kDmaTfrDone);
    ASSERT_GT(rig.port.commits, 0u);
  }
}

TEST(Paths, ABlockMayRunOutOfMemory) {
  Rig rig(default_parameters(), 0x10000);
  rig.port.direct = true;
  rig.fill_random(2);
  rig.program(0, 0x1000, 0xFF00, 1024);
  rig.engine.enable(0);
  rig.run();
  EXPECT_EQ(rig.client.events.back().bits, kDstDecErr);
  EXPECT_EQ(std::memcmp(&rig.port.memory[0x1000], &rig.port.memory[0xFF00], 0x100), 0);
  EXPECT_EQ(rig.engine.dar(0), 0x10000u);
  EXPECT_EQ(rig.engine.status(0) & 0x3FFFFF, 0x100u / 8);
}

}  // namespace
}  // namespace dmavp::dmac::test
