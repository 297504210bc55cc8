// The clients on a fake controller: what they report, and that they notice what goes wrong.
#include <gtest/gtest.h>
#include <linux/delay.h>
#include <linux/kthread.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dmavp/client.h"
#include "kernel/module_loader.h"
#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

struct Rig {
  FakeSoc soc;
  explicit Rig(std::uint64_t seed = 1, const FakeDmac::Settings& dmac = {}) : soc(make(seed, dmac)) {
    soc.boot();
  }
  static FakeSoc::Settings make(std::uint64_t seed, const FakeDmac::Settings& dmac) {
    FakeSoc::Settings s;
    s.dmac = dmac;
    s.device_tree = tree_path("narrow");
    s.seed = seed;
    return s;
  }
  int run(const std::string& client) { return soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", client}); }
  std::uint64_t bytes() const {
    std::uint64_t n = 0;
    for (const FakeSoc::Report& r : soc.reports) n += r.bytes;
    return n;
  }
  std::size_t failed() const {
    return static_cast<std::size_t>(std::count_if(soc.reports.begin(), soc.reports.end(),
                                                  [](const FakeSoc::Report& r) { return r.failed; }));
  }
  void expect_clean() const {
    EXPECT_EQ(failed(), 0u);
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
  }
};

TEST(FileCopy, CopiesReportsAndPrintsTheChecksum) {
  Rig rig;
  rig.soc.files["notes.txt"] = "123456789";  // the check value of CRC-32
  EXPECT_EQ(rig.run("filecopy path=notes.txt chunk=2 depth=3"), 0);
  EXPECT_EQ(rig.bytes(), 9u);
  EXPECT_EQ(rig.soc.reports.size(), 5u);
  EXPECT_EQ(rig.soc.logged("crc32 cbf43926"), 1u);
  ASSERT_FALSE(rig.soc.notes.empty());
  EXPECT_EQ(rig.soc.notes["file.checksum"], "crc32:cbf43926");
  for (const FakeSoc::Report& r : rig.soc.reports) {
    EXPECT_LT(r.issued, r.completed);
    EXPECT_EQ(r.channel, "dma0chan0");
  }
  rig.expect_clean();
}

TEST(FileCopy, SaysWhichFileIsMissing) {
  Rig rig;
  rig.run("filecopy path=absent.bin");
  EXPECT_GE(rig.soc.logged("absent.bin cannot be read"), 1u);
  EXPECT_EQ(rig.soc.reports.size(), 0u);
}

TEST(FileCopy, FailedTransfersAreCountedAndNotTakenForSuccess) {
  Rig rig;
  rig.soc.files["big"] = std::string(50000, 'x');
  rig.soc.dmac.fail_after(0, 9000, 1u << 8);
  rig.run("filecopy path=big chunk=4096");
  EXPECT_EQ(rig.failed(), 1u);
  EXPECT_EQ(rig.soc.logged("copied and equal"), 0u);
  EXPECT_GE(rig.soc.logged("stopped by error -5"), 1u);
}

TEST(Memcpy, PlainCClientVerifiesEveryCopy) {
  Rig rig;
  EXPECT_EQ(rig.run("memcpy size=10000 count=5 chunk=3000 src_offset=3 dst_offset=2"), 0);
  EXPECT_EQ(rig.bytes(), 50000u);
  EXPECT_EQ(rig.soc.reports.size(), 20u);
  EXPECT_EQ(rig.soc.logged("all equal"), 1u);
  rig.expect_clean();
}

TEST(Memcpy, RefusesParametersThatMakeNoSense) {
  Rig rig;
  EXPECT_NE(rig.run("memcpy size=0"), 0);
  EXPECT_GE(rig.soc.logged("must not be 0"), 1u);
}

TEST(Dmatest, RandomCopiesOnAllChannelsAndTheExactLines) {
  Rig rig;
  EXPECT_EQ(rig.run("dmatest run=1 iterations=20 threads_per_chan=2 test_buf_size=4096 verbose=1"), 0);
  EXPECT_EQ(rig.soc.logged("dmatest: Added 2 threads using dma0chan"), 6u);
  EXPECT_EQ(rig.soc.logged("dmatest: Started 2 threads using dma0chan"), 6u);
  EXPECT_EQ(rig.soc.logged("'test passed' with src_off=0x"), 240u);
  EXPECT_EQ(rig.soc.logged("summary 20 tests, 0 failures"), 12u);
  EXPECT_EQ(rig.soc.logged("dma0chan5-copy1: result #20: 'test passed'"), 1u);
  EXPECT_EQ(rig.soc.reports.size(), 240u);
  EXPECT_EQ(rig.soc.notes["dmatest.failures"], "0");
  rig.expect_clean();
}

TEST(Dmatest, PolledFixedAndUnverifiedVariants) {
  for (const char* parameters : {"polled=1", "norandom=1", "transfer_size=1000", "noverify=1", "alignment=4",
                                 "max_channels=2", "channel=dma0chan3", "nobounce=1 timeout=-1"}) {
    Rig rig;
    SCOPED_TRACE(parameters);
    EXPECT_EQ(rig.run(std::string("dmatest run=1 iterations=5 test_buf_size=2048 ") + parameters), 0);
    EXPECT_GE(rig.soc.logged("summary 5 tests, 0 failures"), 1u);
    EXPECT_EQ(rig.soc.logged("summary 5 tests, 0 failures"), rig.soc.logged("threads using") / 2);
    rig.expect_clean();
  }
}

using Fault = FakeDmac::Fault;
struct FaultRow {
  const char* name;
  Fault fault;
  const char* message;  ///< of the result line
  const char* verdict;  ///< of an itemised byte, or nullptr
  unsigned failures;    ///< of 3 iterations
};
class DmatestFaults : public testing::TestWithParam<FaultRow> {};

TEST_P(DmatestFaults, AreNoticedNamedAndCountedOnce) {
  const FaultRow& row = GetParam();
  for (const char* variant : {"", " polled=1"}) {
    if (*variant && (row.fault == Fault::kLostInterrupt)) continue;  // found by polling, after 5 s
    SCOPED_TRACE(variant);
    FakeDmac::Settings slow;  // so that an early interrupt is early
    slow.ps_per_byte = 50'000;
    Rig rig(1, slow);
    rig.soc.dmac.plan(0, row.fault);
    rig.run(std::string("dmatest run=1 iterations=3 max_channels=1 transfer_size=1000 norandom=1 timeout=50 "
                        "test_buf_size=4096") +
            variant);
    EXPECT_GE(rig.soc.logged(std::string("result #1: '") + row.message + "' with"), 1u);
    if (row.verdict) {
      EXPECT_GE(rig.soc.logged(row.verdict), 1u);
    }
    EXPECT_EQ(rig.soc.logged("3 tests, " + std::to_string(row.failures) + " failures"), 1u);
    EXPECT_EQ(rig.soc.notes["dmatest.failures"], std::to_string(row.failures));
    EXPECT_EQ(rig.soc.reports.size(), 3u) << "one report of each transfer";
    EXPECT_EQ(rig.failed(), row.failures);
    EXPECT_EQ(rig.bytes(), 1000u * (3 - row.failures));
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, DmatestFaults,
    testing::Values(
        FaultRow{"extra_byte", Fault::kExtraByte, "data error", "dstbuf[0x3e8] was copied!", 1},
        FaultRow{"missing_byte", Fault::kMissingByte, "data error", "dstbuf[0x3e7] not copied!", 1},
        FaultRow{"read_shifted", Fault::kReadShifted, "data error", "dstbuf[0x3c8] not copied!", 1},
        FaultRow{"write_shifted", Fault::kWriteShifted, "data error", "dstbuf[0x0] not copied!", 1},
        FaultRow{"source_overwritten", Fault::kSourceOverwritten, "data error", "srcbuf[0x1f4] overwritten!",
                 1},
        FaultRow{"lost_interrupt", Fault::kLostInterrupt, "test timed out", nullptr, 1},
        FaultRow{"early_interrupt", Fault::kEarlyInterrupt, "data error", "not copied!", 2},
        FaultRow{"wrong_status", Fault::kWrongStatus, "completion error status", nullptr, 1},
        FaultRow{"error_as_success", Fault::kErrorAsSuccess, "data error", "dstbuf[0x1f4] not copied!", 1}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Dmatest, AHaltInTheMiddleTimesOut) {  // the channel stops, says nothing, and is free again
  Rig rig;
  rig.soc.dmac.fail_after(0, 100, 0);
  rig.run("dmatest run=1 iterations=2 max_channels=1 norandom=1 timeout=50");
  EXPECT_EQ(rig.soc.logged("'test timed out' with"), 1u);
  EXPECT_EQ(rig.soc.logged("2 tests, 1 failures"), 1u);
  EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
}

// A module behind the client is refused, so everything is unloaded at once: threads that were woken may not
// have made a step yet, others are in the middle of a transfer.
class UnloadUnderTraffic : public testing::TestWithParam<const char*> {};
TEST_P(UnloadUnderTraffic, LeavesNothingBehind) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    Rig rig(seed);
    rig.soc.files["notes.txt"] = std::string(20000, 'n');
    EXPECT_NE(rig.soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", GetParam(), "absent"}), 0);
    EXPECT_EQ(rig.soc.logged("in use"), 0u);
    EXPECT_EQ(rig.soc.logged("kernel."), 0u);
    EXPECT_EQ(kernel::Kernel::instance().clients_running(), 0u);
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(rig.soc.dmac.read(0x10, 8, rig.soc.time()), 0u);
  }
}
INSTANTIATE_TEST_SUITE_P(Clients, UnloadUnderTraffic,
                         testing::Values("dmatest run=1 threads_per_chan=2", "memcpy count=1000",
                                         "filecopy path=notes.txt"),
                         [](const auto& row) {
                           const std::string text = row.param;
                           return text.substr(0, text.find(' '));
                         });

int run_soft(FakeSoc& soc, const std::string& engine, const std::string& parameters) {
  return soc.run({"dmaengine", "virt-dma", "soft-engine" + engine,
                  "dmatest run=1 iterations=10 test_buf_size=1000 verbose=1 " + parameters});
}

TEST(DmatestOperations, MemsetXorAndPqHaveTheirThreads) {
  for (const char* mode : {"copy", "set"}) {
    Rig rig;
    EXPECT_EQ(run_soft(rig.soc, "", std::string("threads_per_chan=2 dmatest=") + (*mode == 'c' ? "0" : "1")),
              0);
    EXPECT_EQ(rig.soc.logged("Added 6 threads using dma0chan"), 2u);
    for (const char* op : {mode, "xor", "pq"})
      for (const char* n : {"0", "1"})
        EXPECT_EQ(rig.soc.logged(std::string("dma0chan1-") + op + n + ": summary 10 tests, 0 failures"), 1u)
            << op;
    EXPECT_EQ(rig.soc.logged("'test passed'"), 120u);
    rig.expect_clean();
  }
}

TEST(DmatestOperations, WrongResultsOfEachAreNoticed) {
  Rig rig;
  EXPECT_EQ(run_soft(rig.soc, " wrong=1", "max_channels=1 dmatest=1"), 0);
  for (const char* op : {"set0", "xor0", "pq0"})
    EXPECT_EQ(rig.soc.logged(std::string("dma0chan0-") + op + ": summary 10 tests, 10 failures"), 1u) << op;
  EXPECT_EQ(rig.failed(), 30u);
}

TEST(DmatestOperations, UnorderedProvidersAreNotPolledAndImpossibleOnesRefused) {
  {
    Rig rig;
    EXPECT_EQ(run_soft(rig.soc, " unordered=1", "max_channels=1 polled=1"), 0);
    EXPECT_EQ(rig.soc.logged("polled disabled"), 1u);
    EXPECT_EQ(rig.soc.logged("summary 10 tests, 0 failures"), 3u);
    rig.expect_clean();
  }
  Rig rig;
  run_soft(rig.soc, " max_xor=0", "max_channels=1");
  EXPECT_EQ(rig.soc.logged("0 sources and 1 destinations cannot be tested"), 1u);
  EXPECT_EQ(rig.soc.logged("summary 10 tests, 0 failures"), 2u);
}

TEST(Dmatest, LengthsAndOffsetsFollowTheAlignment) {
  Rig rig;
  EXPECT_EQ(rig.run("dmatest run=1 iterations=60 test_buf_size=1000 alignment=4 max_channels=1 verbose=1"),
            0);
  std::set<unsigned> lengths;
  unsigned lines = 0;
  for (const std::string& line : rig.soc.log_lines) {
    unsigned src, dst, length;
    const auto at = line.find("src_off=");
    if (at == std::string::npos) continue;
    ASSERT_EQ(std::sscanf(line.c_str() + at, "src_off=0x%x dst_off=0x%x len=0x%x", &src, &dst, &length), 3);
    EXPECT_EQ((src | dst | length) % 16, 0u) << line;
    EXPECT_GE(length, 16u);
    EXPECT_LE(std::max(src, dst) + length, 1000u);
    lengths.insert(length);
    lines++;
  }
  EXPECT_EQ(lines, 60u);
  EXPECT_GT(lengths.size(), 20u);
}

/// A thread of the kernel that turns parameters of dmatest while it is loaded, as a user does with sysfs.
class Knobs {
 public:
  explicit Knobs(std::function<void(Knobs&)> body) : body_(std::move(body)) {
    client_ = dmavp_client_start("knobs", "knobs");  // the run goes on until the body has ended
    wake_up_process(kthread_create(&Knobs::enter, this, "knobs"));
  }
  int set(const char* parameter, const char* value) {
    std::string error;
    return kernel::loader::set_parameter("dmatest", parameter, value, error);
  }
  std::string get(const char* parameter) {
    std::string error, value;
    kernel::loader::get_parameter("dmatest", parameter, value, error);
    return value;
  }

 private:
  static int enter(void* self) {
    auto* k = static_cast<Knobs*>(self);
    while (kernel::loader::loaded().size() < 4 || !kernel::Kernel::instance().idle_init()) msleep(1);
    k->body_(*k);
    dmavp_client_finish(k->client_, 0);
    return 0;
  }
  std::function<void(Knobs&)> body_;
  dmavp_client* client_;
};

TEST(DmatestKnobs, RunStartsAndStopsWhatIsUnderWay) {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    SCOPED_TRACE(seed);
    Rig rig(seed);
    Knobs knobs([&](Knobs& k) {
      for (int round = 0; round < 3; round++) {
        EXPECT_EQ(k.get("run"), "N");
        EXPECT_EQ(k.set("run", "1"), 0);
        EXPECT_EQ(k.get("run"), "Y");
        EXPECT_EQ(k.set("run", "1"), -EBUSY);
        EXPECT_EQ(k.set("channel", "dma0chan1"), -EBUSY);
        k.get("test_list");
        if (round) msleep(2);  // else hardly a thread has made a step
        EXPECT_EQ(k.set("run", "0"), 0);
        EXPECT_EQ(k.get("run"), "N");
        EXPECT_EQ(k.set("run", "0"), 0);
      }
    });
    rig.soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "dmatest test_buf_size=2048 threads_per_chan=2"},
                false);
    EXPECT_EQ(rig.soc.run({}), 0);  // unloads
    EXPECT_EQ(rig.soc.logged("dmatest: 2 threads using dma0chan"), 18u);
    EXPECT_GT(rig.soc.reports.size(), 12u);
    EXPECT_EQ(rig.soc.notes["dmatest.failures"], "0");
    rig.expect_clean();
  }
}

TEST(DmatestKnobs, ChannelAcquiresAtOnceAndSaysWhatIsWrong) {
  Rig rig;
  Knobs knobs([&](Knobs& k) {
    EXPECT_EQ(k.set("channel", "dma0chan9"), -EBUSY);  // nothing of that name
    EXPECT_EQ(k.get("channel"), "");
    EXPECT_EQ(k.set("run", "1"), -EBUSY);  // the error of the channel, not any channel
    EXPECT_EQ(k.set("channel", " dma0chan2\n"), 0);
    EXPECT_EQ(k.get("channel"), "dma0chan2");
    EXPECT_EQ(k.set("channel", "dma0chan2"), -EBUSY);  // pending already
    EXPECT_EQ(k.set("channel", "dma0chan4"), 0);
    EXPECT_EQ(k.set("channel", "dma7chan0"), -EINVAL);
    EXPECT_EQ(k.get("channel"), "dma0chan4");
    EXPECT_EQ(k.set("channel", "this name is far too long"), -ENOSPC);
    EXPECT_EQ(k.get("run"), "N");
    EXPECT_EQ(k.set("run", "1"), 0);
    k.get("wait");
    EXPECT_EQ(k.get("run"), "N");
    EXPECT_EQ(k.get("channel"), "");  // a configuration does not survive its run
    EXPECT_EQ(k.set("max_channels", "3"), 0);
    EXPECT_EQ(k.set("channel", ""), 0);  // any
    EXPECT_EQ(k.set("run", "1"), 0);
    k.get("wait");
  });
  rig.soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "dmatest iterations=4 test_buf_size=512"}, false);
  EXPECT_EQ(rig.soc.run({}), 0);
  EXPECT_EQ(rig.soc.logged("summary 4 tests, 0 failures"), 5u);
  EXPECT_EQ(rig.soc.logged("dma0chan2-copy0: summary"), 2u);  // alone, and as one of any
  EXPECT_EQ(rig.soc.logged("dma0chan4-copy0: summary"), 1u);
  EXPECT_EQ(rig.soc.reports.size(), 20u);
  rig.expect_clean();
}

TEST(Dmatest, SeedsGiveDifferentSchedules) {
  std::vector<std::uint64_t> hashes;
  for (std::uint64_t seed : {1, 2, 1}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rig rig(seed);
    EXPECT_EQ(rig.run("dmatest run=1 iterations=10 threads_per_chan=2 test_buf_size=1024"), 0);
    hashes.push_back(kernel::Kernel::instance().statistics().step_hash);
    rig.expect_clean();
  }
  EXPECT_NE(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);
}

}  // namespace
