// Linux's dmatest finds what is wrong with a transfer, and the next run is right again.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "components/fault_injector.h"
#include "linux/dmatest_log.h"
#include "memory/sram.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

using platform::Outcome;

/// Finds the main memory's module, at whose socket only the controller's transactions pass.
class MainMemory : public platform::Links {
 public:
  Sram* memory = nullptr;
  void join(const std::string& name, tlm::tlm_initiator_socket<>& from,
            tlm::tlm_target_socket<>& to) override {
    Links::join(name, from, to);
    if (name == "ram0") memory = dynamic_cast<Sram*>(to.get_parent_object());
  }
};

struct Trouble {
  const char* name;
  Fault fault;
  const char* message;   ///< of dmatest about the transfer
  std::int64_t value;    ///< wrong bytes
  const char* itemised;  ///< a line about a wrong byte, or NULL
};

Fault refused(bool reads) {
  Fault f;
  f.reads = reads;
  f.writes = !reads;
  f.skip = 20;
  return f;
}
Fault corrupted() {
  Fault f;
  f.kind = Fault::Kind::kCorrupt;
  f.reads = false;
  f.skip = 20;
  f.offset = 2;
  f.flip = 0x04;  // of the position counter
  return f;
}
const Trouble kTroubles[] = {
    {"read_refused", refused(true), "completion error status", 0, nullptr},
    {"write_refused", refused(false), "completion error status", 0, nullptr},
    {"byte_corrupted", corrupted(), "data error", 1, "mismatch! Expected "},
};

class LinuxDmatest : public testing::TestWithParam<std::tuple<const char*, Trouble>> {};
INSTANTIATE_TEST_SUITE_P(Finds, LinuxDmatest,
                         testing::Combine(testing::Values("k210", "generic32"), testing::ValuesIn(kTroubles)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });

TEST_P(LinuxDmatest, AFaultAndTheNextRunIsRight) {
  const auto& [board, trouble] = GetParam();
  FaultInjector injector;
  injector.add(trouble.fault);
  MainMemory links;
  SocOptions options;
  options.board = board;
  options.links = &links;
  Soc soc(options);
  ASSERT_NE(links.memory, nullptr);
  soc.on_settled([&] { links.memory->set_fault_point(&injector); });
  for (const char* module : {"dmaengine", "../linux/linux-virt-dma", "dw-axi-dmac"}) soc.load(module);
  // One channel, whole buffers: the fault hits a transfer's data in the middle.
  soc.load("../linux/linux-dmatest",
           "iterations=5 channel=dma0chan0 norandom=1 test_buf_size=4096 timeout=5 verbose=1 run=1", "first");
  soc.unload_all();
  for (const char* module : {"dmaengine", "../linux/linux-virt-dma", "dw-axi-dmac"}) soc.load(module);
  soc.load("../linux/linux-dmatest", "iterations=5 test_buf_size=4096 timeout=50 run=1", "second");
  soc.unload_all();
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  EXPECT_EQ(injector.hits(), 1u);

  const DmatestLog log = read_dmatest_log(soc.log());
  ASSERT_EQ(log.summaries.size(), 1 + soc.board().description().dmacs[0].parameters.num_channels)
      << soc.log();
  const DmatestSummary& first = log.summaries[0];
  EXPECT_EQ(first.tests, 5u);
  EXPECT_EQ(log.failures(), first.failures) << "the second run fails too";
  EXPECT_EQ(log.tests() - first.tests, 5 * soc.board().description().dmacs[0].parameters.num_channels);
  EXPECT_EQ(first.failures, 1u) << soc.log();
  EXPECT_EQ(log.with_message("test passed"), 4u);
  bool seen = false;
  for (const DmatestResult& r : log.results) {
    if (r.message != trouble.message) continue;
    seen = true;
    EXPECT_EQ(r.value, trouble.value);
  }
  EXPECT_TRUE(seen) << soc.log();
  if (trouble.itemised != nullptr) {
    EXPECT_THAT(soc.log(), testing::HasSubstr(trouble.itemised));
  }
  EXPECT_EQ(soc.recorder().statistics().live_allocations, 0u);
}

void run_into_timeouts() {
  SocOptions options;
  options.settings = {"ram0:dmavp,read-latency=2000"};
  Soc soc(options);
  for (const char* module : {"dmaengine", "../linux/linux-virt-dma", "dw-axi-dmac"}) soc.load(module);
  soc.load("../linux/linux-dmatest",
           "iterations=3 channel=dma0chan0 norandom=1 test_buf_size=1048576 timeout=1 verbose=1 run=1",
           "first");
  soc.unload_all();
  for (const char* module : {"dmaengine", "../linux/linux-virt-dma", "dw-axi-dmac"}) soc.load(module);
  soc.load("../linux/linux-dmatest", "iterations=3 test_buf_size=4096 timeout=1000 run=1", "second");
  soc.unload_all();
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  const DmatestLog log = read_dmatest_log(soc.log());
  ASSERT_EQ(log.summaries.size(), 7u) << soc.log();
  EXPECT_EQ(log.summaries[0].failures, 3u) << soc.log();
  EXPECT_EQ(log.failures(), 3u) << soc.log();
  EXPECT_EQ(log.with_message("test timed out"), 3u) << soc.log();
  EXPECT_EQ(soc.recorder().statistics().live_allocations, 0u);
  EXPECT_TRUE(soc.recorder().diagnostics().empty()) << soc.recorder().diagnostics()[0].message;
}

/// Transfers that take longer than dmatest waits. Its thread frees the buffers and only then terminates the
/// channel, which the sanitizer does not let pass; without it the next run starts with an idle channel.
TEST(LinuxDmatestTimeout, IsReportedAndTheNextRunIsRight) {
#ifdef __SANITIZE_ADDRESS__
  EXPECT_DEATH(run_into_timeouts(), "use-after-poison");
#else
  run_into_timeouts();
#endif
}

}  // namespace
}  // namespace dmavp::tb
