// The interrupt controller as a module: access errors, time of effects, lines.
#include "peripherals/plic.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "components/simulate.h"

namespace dmavp {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;

constexpr std::uint64_t kEnable0 = 0x2000;
constexpr std::uint64_t kClaim0 = 0x200004;
constexpr std::uint64_t kClaim1 = 0x201004;

struct Recorder : Observer {
  std::vector<std::pair<Picoseconds, bool>> levels;  // of context 0
  std::vector<RegisterEvent> accesses;
  void interrupt(const InterruptEvent& event) override {
    if (event.line == 0) levels.emplace_back(event.time, event.level);
  }
  void register_access(const RegisterEvent& event) override { accesses.push_back(event); }
};

struct Bench {
  tb::ScriptedInitiator master;
  tb::ProtocolChecker checker{"checker"};
  Plic plic{"plic", PlicConfig{8, 2, 3}, Clock(1'000'000'000)};
  sc_core::sc_signal<bool> line{"line"};
  sc_core::sc_signal<bool> second{"second"};
  sc_core::sc_signal<bool> out{"out"};
  Recorder seen;

  explicit Bench(tb::ScriptedInitiator::Body body) : master("master", std::move(body)) {
    master.socket.bind(checker.target);
    checker.initiator.bind(plic.socket);
    plic.source[5].bind(line);
    plic.source[6].bind(second);
    plic.context[0].bind(out);
    plic.set_observer(&seen);
  }
  ~Bench() { EXPECT_EQ(checker.report(), ""); }

  void arm() {
    master.write32(4 * 5, 1);
    master.write32(kEnable0, 1u << 5);
  }
};

TEST(Plic, OutputFollowsAtTheEffectiveTimeOfTheAccess) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    bench->arm();
    bench->line.write(true);
    wait(10, SC_NS);
    EXPECT_TRUE(bench->out.read());
    // A master 40 ns ahead claims and completes; the line stays high, so the output pulses low in between.
    tb::Outcome outcome = m.read(kClaim0, 4, 0, sc_time(40, SC_NS));
    EXPECT_EQ(outcome.data[0], 5);
    EXPECT_EQ(outcome.delay, sc_time(3, SC_NS));
    m.write32(kClaim0, 5, sc_time(45, SC_NS));
    EXPECT_TRUE(bench->out.read());
    wait(39, SC_NS);
    EXPECT_TRUE(bench->out.read());
    wait(2, SC_NS);
    EXPECT_FALSE(bench->out.read());
    wait(5, SC_NS);
    EXPECT_TRUE(bench->out.read());
  });
  bench = &b;
  tb::simulate();
  EXPECT_EQ(b.seen.levels,
            (std::vector<std::pair<Picoseconds, bool>>{{0, true}, {50'000, false}, {55'000, true}}));
  ASSERT_EQ(b.seen.accesses.size(), 4u);
  EXPECT_STREQ(b.seen.accesses[2].name, "CLAIM");
  EXPECT_EQ(b.seen.accesses[2].time, 50'000u);
  EXPECT_EQ(b.seen.accesses[2].value, 5u);
}

TEST(Plic, SourceThatChangesBehindAnAccessAheadIsNotLost) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    bench->arm();
    bench->line.write(true);
    wait(10, SC_NS);
    EXPECT_EQ(m.read(kClaim0, 4, 0, sc_time(100, SC_NS)).data[0], 5);  // out falls at 110 ns
    bench->line.write(false);
    wait(20, SC_NS);
    m.write32(kClaim0, 5, sc_time(90, SC_NS));  // at 120 ns
    bench->line.write(true);                    // at 30 ns: out must not rise before it has fallen
    wait(200, SC_NS);
    EXPECT_TRUE(bench->out.read());
  });
  bench = &b;
  tb::simulate();
  ASSERT_EQ(b.seen.levels.size(), 3u);
  EXPECT_EQ(b.seen.levels[1], (std::pair<Picoseconds, bool>{110'000, false}));
  EXPECT_TRUE(b.seen.levels[2].second);
  EXPECT_GE(b.seen.levels[2].first, 110'000u);
}

/// What an access ahead has planned for one context holds up no other.
TEST(Plic, ContextsDoNotWaitForEachOther) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    m.write32(4 * 5, 1);
    m.write32(4 * 6, 1);
    m.write32(kEnable0, 1u << 5);
    m.write32(kEnable0 + 0x80, 1u << 6);
    bench->second.write(true);
    wait(10, SC_NS);
    EXPECT_EQ(m.read(kClaim1, 4, 0, sc_time(100, SC_NS)).data[0], 6);  // context 1 falls at 110 ns
    bench->line.write(true);
    wait(10, SC_NS);
    EXPECT_TRUE(bench->out.read());
    wait(200, SC_NS);
  });
  bench = &b;
  tb::simulate();
  ASSERT_EQ(b.seen.levels.size(), 1u);
  EXPECT_EQ(b.seen.levels[0], (std::pair<Picoseconds, bool>{10'000, true}));
}

TEST(Plic, LineHighFromTheStartIsSeen) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    wait(1, SC_NS);
    bench->arm();
    wait(1, SC_NS);
    EXPECT_TRUE(bench->out.read());
    EXPECT_EQ(m.read32(kClaim1), 0u);  // not enabled there, and its output is not bound
  });
  bench = &b;
  b.line.write(true);
  tb::simulate();
}

TEST(Plic, OnlyAlignedWordsInsideTheWindow) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    bench->arm();
    EXPECT_EQ(m.read(kEnable0, 1).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m.read(kEnable0, 8).status, tlm::TLM_BURST_ERROR_RESPONSE);
    EXPECT_EQ(m.read(kEnable0, 4, 1).status, tlm::TLM_BURST_ERROR_RESPONSE) << "a FIXED burst of bytes";
    EXPECT_EQ(m.read(kEnable0 + 2, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m.read(0x4000000, 4).status, tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m.read(0x3fffffc, 4).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m.write_enabled(kEnable0, {0, 0, 0, 0}, {0xff, 0, 0, 0}).status,
              tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    EXPECT_EQ(m.read32(kEnable0), 1u << 5);
    EXPECT_EQ(m.read(kEnable0, 4).delay, sc_time(3, SC_NS));
  });
  bench = &b;
  tb::simulate();
}

TEST(Plic, DebugReadsHaveNoEffectAndDebugWritesAreRefused) {
  Bench* bench = nullptr;
  Bench b([&](tb::ScriptedInitiator& m) {
    bench->arm();
    bench->line.write(true);
    wait(1, SC_NS);
    EXPECT_EQ(m.debug_read(kClaim0, 4), (tb::Bytes{5, 0, 0, 0}));
    EXPECT_EQ(m.debug_read(0x1000, 6), (tb::Bytes{1 << 5, 0, 0, 0, 0, 0}));
    EXPECT_EQ(m.debug_write(kEnable0, {0, 0, 0, 0}), 0u);
    EXPECT_EQ(m.read32(kClaim0), 5u);
  });
  bench = &b;
  tb::simulate();
}

}  // namespace
}  // namespace dmavp
