// A flow controller that never ends its block: after 2 GiB the engine ends it and says so, because lengths
// are counted in 32 bits. Nothing is stored.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "dmac/engine_rig.h"

namespace dmavp::dmac::test {
namespace {

constexpr unsigned kInterface = 3;
constexpr std::uint64_t kRegister = 0x1'0000'0000;

/// Takes and gives anything at once.
class Nowhere final : public AxiPort {
 public:
  bool immediate() const override { return true; }
  Path path(unsigned, std::uint64_t, bool) override { return {0, ~std::uint64_t{0}, 1, nullptr}; }
  AxiStatus commit(const Burst& burst, const BurstTimes&, std::byte*) override {
    (burst.write ? written : read) += burst.bytes;
    return AxiStatus::kOkay;
  }
  void request(std::uint32_t, const Burst&, Cycle, std::byte*) override {}
  std::uint64_t read = 0, written = 0;
};

/// Asks for the longest burst transaction again and again, and never for the last.
struct Greedy final : EngineClient {
  void channel_event(unsigned, IntStatus bits, Cycle) override { seen |= bits; }
  void acknowledge(unsigned hs, bool finish, Cycle cycle) override {
    finished = finish;
    engine->request(hs, {true, false, false}, cycle + 1);
  }
  void software_handshake_done(unsigned, bool) override {}
  void diagnostic(unsigned, Severity severity, const char* kind, const char*, Cycle) override {
    if (severity == Severity::kError) said += kind;
  }
  Engine* engine = nullptr;
  IntStatus seen = 0;
  bool finished = false;
  std::string said;
};

TEST(FlowControl, ABlockThatItsControllerNeverEndsEndsAfter2GiB) {
  Parameters p = default_parameters();
  p.data_width_bytes = 64;
  p.fifo_depth = 1024;
  p.granule_bytes = 1 << 20;
  Nowhere port;
  Greedy client;
  Engine engine(p, Clock(1'000'000'000), {"dmac0"}, port, client);
  client.engine = &engine;
  Control control;
  control.src_width = control.dst_width = 6;
  control.src_fixed = true;
  engine.set_sar(0, kRegister);
  engine.set_dar(0, 0);
  engine.set_ctl(0,
                 control.raw() | std::uint64_t{9} << 14 | std::uint64_t{9} << 18);  // 1024 items of 64 bytes
  ChannelConfig config;
  config.tt_fc = 4;
  config.src_per = kInterface;
  engine.set_config(0, config);
  engine.enable(0);
  engine.request(kInterface, {true, false, false}, 0);
  for (unsigned i = 0; engine.enabled(0) && i < 100'000'000; ++i)
    engine.advance(std::max(engine.next_wake(), engine.now() + 1));
  EXPECT_FALSE(engine.enabled(0));
  EXPECT_NE(client.seen & kDmaTfrDone, 0u);
  EXPECT_TRUE(client.finished);
  EXPECT_EQ(client.said, "dmac.block-too-long");
  EXPECT_EQ(port.read, port.written);
  EXPECT_GT(port.read, (std::uint64_t{1} << 31) - (std::uint64_t{1} << 20));
  EXPECT_LT(port.read, std::uint64_t{1} << 31);
}

/// BLOCK_TS says nothing about the length then: it reads what was written until the channel runs, and the
/// items read while it does.
TEST(FlowControl, BlockTsReadsWhatWasWrittenAndThenTheItems) {
  Nowhere port;
  Greedy client;
  Engine engine(default_parameters(), Clock(1'000'000'000), {"dmac0"}, port, client);
  client.engine = &engine;
  Control control;
  control.src_width = control.dst_width = 2;
  control.src_fixed = true;
  engine.set_sar(0, kRegister);
  engine.set_block_ts(0, 77);
  engine.set_ctl(0, control.raw() | std::uint64_t{2} << 14 | std::uint64_t{2} << 18);  // 8 items of 4 bytes
  ChannelConfig config;
  config.tt_fc = 4;
  config.src_per = kInterface;
  engine.set_config(0, config);
  EXPECT_EQ(engine.block_ts(0), 77u);
  engine.enable(0);
  engine.advance(100);
  EXPECT_EQ(engine.block_ts(0), 0u);
  engine.request(kInterface, {true, false, false}, 100);
  engine.advance(300);
  EXPECT_EQ(engine.block_ts(0), port.read / 4);
  EXPECT_GT(port.read / 4, 78u);
  engine.abort(0);
  EXPECT_EQ(engine.block_ts(0), 77u);
}

}  // namespace
}  // namespace dmavp::dmac::test
