// The controller's driver on a fake controller: cases inside the kernel (cases/driver_cases.cpp), faults from
// here. covers: M02 M11 M13 M17 M21 M29 Z3 R31 K42
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

/// tree: "narrow", "wide" or "single".
struct Rig {
  FakeSoc soc;
  explicit Rig(const std::string& tree = "narrow", std::uint64_t seed = 1,
               const FakeDmac::Settings& dmac = {})
      : soc(make(tree, seed, dmac)) {
    soc.boot();
  }
  static FakeSoc::Settings make(const std::string& tree, std::uint64_t seed, FakeDmac::Settings dmac) {
    const bool wide = tree == "wide";
    FakeSoc::Settings s;
    s.device_tree = tree_path(tree);
    s.dmac = dmac;
    s.dmac.channels = wide ? 16 : 6;
    s.combined_irq = wide;
    s.seed = seed;
    return s;
  }
  void run(const std::string& parameters) {
    const int status = soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "driver-cases " + parameters});
    for (const std::string& line : soc.log_lines)
      if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
    EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(soc.dmac.read(0x10, 8, soc.time()), 0u) << "removal leaves the controller off";
    EXPECT_EQ(soc.dmac.protected_writes, 0u);
  }
};

class Driver : public testing::TestWithParam<std::tuple<const char*, const char*>> {};

TEST_P(Driver, Case) {
  Rig rig(std::get<1>(GetParam()));
  const std::string tree = std::get<1>(GetParam());
  rig.run(std::string("test=") + std::get<0>(GetParam()) + (tree == "single" ? " one_cpu=1" : ""));
}

INSTANTIATE_TEST_SUITE_P(Layouts, Driver,
                         testing::Combine(testing::Values("copies", "queue", "residue", "pause_and_resume",
                                                          "terminate", "reuse", "many"),
                                          testing::Values("narrow", "wide", "single")),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param);
                         });

struct ErrorRow {
  unsigned bit;
  unsigned result;  // DMA_TRANS_READ_FAILED 1, WRITE_FAILED 2
};
class DriverErrors : public testing::TestWithParam<ErrorRow> {};

TEST_P(DriverErrors, ABusErrorBecomesAFailedResultAndTheQueueGoesOn) {  // covers: M21 R31
  const ErrorRow row = GetParam();
  Rig rig;
  rig.soc.dmac.fail_after(0, 1000, 1u << row.bit);
  rig.run("test=error expected_result=" + std::to_string(row.result) +
          " expected_residue=" + std::to_string(4096 - 1000));
  EXPECT_GE(rig.soc.logged("transfer failed after 1000 of 4096 bytes"), 1u);
}

INSTANTIATE_TEST_SUITE_P(StatusBits, DriverErrors,
                         testing::Values(ErrorRow{5, 1}, ErrorRow{6, 2}, ErrorRow{7, 1}, ErrorRow{8, 2},
                                         ErrorRow{9, 1}, ErrorRow{10, 2}, ErrorRow{11, 1}, ErrorRow{12, 2}),
                         [](const auto& row) { return "bit" + std::to_string(row.param.bit); });

TEST(DriverInvalidItem, HaltIsEndedByTheDriver) {
  Rig rig;
  bool spoiled = false;
  rig.soc.on_access = [&](std::uint64_t offset, bool write, port::Time) {
    if (!write || offset != 0x18 || spoiled) return;
    // The first start: the item it points to loses its VALID bit.
    for (unsigned c = 0; c < 6; c++) {
      const std::uint64_t llp = rig.soc.dmac.read(0x100 + 0x100 * c + 0x28, 8, 0);
      if (!llp) continue;
      std::byte* item = rig.soc.at(llp & ~std::uint64_t{63});
      item[0x27] &= std::byte{0x7F};
      spoiled = true;
    }
  };
  rig.run("test=error expected_result=1 expected_residue=4096");
  EXPECT_TRUE(spoiled);
}

TEST(DriverStop, AbortEndsWhatADisableDoesNot) {  // covers: M11
  FakeDmac::Settings dmac;
  dmac.stop_ps = test::kNever;
  Rig rig("narrow", 1, dmac);
  rig.run("test=stubborn");
}

TEST(DriverStop, NothingStartsBeforeARunawayChannelHasStopped) {  // covers: M11
  FakeDmac::Settings dmac;
  dmac.stop_ps = 25'000'000'000;  // 25 ms: the driver has tried to abort it by then
  dmac.abort_works = false;
  Rig rig("narrow", 1, dmac);
  rig.run("test=stubborn");
  EXPECT_EQ(rig.soc.dmac.starts, 2u);
  EXPECT_EQ(rig.soc.logged("does not stop"), 1u);
  EXPECT_EQ(rig.soc.dmac.aborts_at.size(), 2u) << "every 10 ms, not sooner";
}

/// A channel that nothing stops is aborted a hundred times; who waits gives up after a second and says so.
/// The next stop begins anew.
TEST(DriverStop, ARunawayChannelIsAbortedNowAndThenButNotForEver) {  // covers: M11
  FakeDmac::Settings dmac;
  dmac.stop_ps = 1'500'000'000'000;
  dmac.abort_works = false;
  Rig rig("narrow", 1, dmac);
  rig.run("test=runaway");
  EXPECT_EQ(rig.soc.dmac.starts, 4u);
  EXPECT_EQ(rig.soc.logged("does not stop"), 2u);
  EXPECT_EQ(rig.soc.logged("is still running after 1000 ms"), 2u);
  const std::vector<std::uint64_t>& aborts = rig.soc.dmac.aborts_at;
  ASSERT_EQ(aborts.size(), 200u);
  for (std::size_t n = 1; n < aborts.size(); n++) EXPECT_GE(aborts[n] - aborts[n - 1], 9'000'000'000u) << n;
}

TEST(DriverProbe, StateOfABootLoaderIsCleared) {  // covers: M13
  Rig rig;
  rig.soc.dmac.leave_running(0);
  rig.soc.dmac.leave_running(3);
  rig.run("test=queue");
}

TEST(DriverProbe, ControlWordsFollowTheDeviceTree) {
  Rig rig;
  rig.run("test=queue");
  ASSERT_FALSE(rig.soc.dmac.ctl_seen.empty());
  for (std::uint64_t ctl : rig.soc.dmac.ctl_seen) {
    EXPECT_EQ(ctl >> 38 & 1, 1u);
    EXPECT_EQ(ctl >> 39 & 0xFF, 15u) << "ARLEN is beats - 1";
    EXPECT_EQ(ctl >> 48 & 0xFF, 15u);
    EXPECT_EQ(ctl & 5, 4u) << "two masters: reads on the first, writes on the second";
    EXPECT_LE(ctl >> 8 & 7, 3u);
  }
  for (std::uint64_t cfg : rig.soc.dmac.cfg_seen) {
    EXPECT_EQ(cfg & 0xF, 0xFu);
    EXPECT_EQ(cfg >> 32 & 7, 0u);
  }
}

TEST(DriverLoad, LoadsAndUnloadsAgainAndAgainWithoutALeak) {
  Rig rig;
  for (int round = 0; round < 3; round++) rig.run("test=queue");
}

TEST(DriverSchedules, CopiesAreRightOnEverySchedule) {
  for (std::uint64_t seed : {2, 3}) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Rig rig(seed % 2 ? "wide" : "narrow", seed);
    rig.run("test=copies");
  }
}

}  // namespace
