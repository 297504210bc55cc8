// The traffic source/sink [spec boards 7.5]: pattern, rate, losses, registers.
#include "peripherals/traffic.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iomanip>
#include <memory>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "peripherals/handshake_master.h"
#include "peripherals/traffic_rig.h"
#include "tier.h"

namespace dmavp {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using namespace tb;  // NOLINT: offsets by their names

TEST(TrafficRegisters, ResetValuesFollowTheParameters) {
  traffic::Parameters p;
  p.fifo_depth = 32;
  p.item_bytes = 2;
  p.items_per_burst = 7;
  p.gap = 99;
  p.sink_watermark = 20;
  p.source_watermark = 5;
  p.flow_items = 8;
  p.flow_controller = true;
  p.seed = 0xABCD;
  TrafficRig d(p);
  const std::uint32_t expected[] = {8, 5, 0, 0, 20, 5, 7, 99,           0, 0, 0, 0, 0xABCD, 0, 0,
                                    0, 8, 0, 0, 0,  0, 0, 32u << 16 | 2};
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(d.registers.bank().peek(4 * i, 4), expected[i]) << 4 * i;
  }
  for (const Register& reg : d.registers.bank().registers()) {
    EXPECT_EQ(reg.reset_value(), d.registers.bank().peek(reg.offset(), 4)) << reg.name();
  }
  for (std::size_t i = 0; i < 32; ++i) d.write(4 * i, 0x3);
  d.write(CTRL, 4);
  for (std::size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(d.registers.bank().peek(4 * i, 4), expected[i]) << 4 * i;
  }
}

/// docs/traffic.md lists every register at its offset.
TEST(TrafficRegisters, AreDocumented) {
  std::ifstream page(DMAVP_SOURCE_DIR "/docs/traffic.md");
  ASSERT_TRUE(page);
  std::vector<std::string> rows;
  for (std::string line; std::getline(page, line);) {
    if (line.rfind("| 0x", 0) == 0) rows.push_back(line);
  }
  const TrafficRig d;
  for (const Register& reg : d.registers.bank().registers()) {
    std::ostringstream offset;
    offset << "0x" << std::hex << std::uppercase << std::setw(2) << std::setfill('0') << reg.offset();
    bool found = false;
    for (const std::string& row : rows) {
      const std::string first = row.substr(0, row.find('|', 1));
      const std::string rest = row.substr(first.size());
      const std::string names = rest.substr(0, rest.find('|', 1));
      found |= first.find(offset.str()) != std::string::npos && names.find(reg.name()) != std::string::npos;
    }
    EXPECT_TRUE(found) << reg.name() << " at " << offset.str();
  }
}

TEST(TrafficRegisters, WatermarksAreCutToWhatIsPossible) {
  TrafficRig d;
  d.write(SINK_WM, 100);
  d.write(SOURCE_WM, 0);
  d.write(FLOW_ITEMS, 0);
  EXPECT_EQ(d.read(SINK_WM), 15u);
  EXPECT_EQ(d.read(SOURCE_WM), 1u);
  EXPECT_EQ(d.read(FLOW_ITEMS), 1u);
  d.write(SOURCE_WM, 17);
  d.write(FLOW_ITEMS, 17);
  EXPECT_EQ(d.read(SOURCE_WM), 16u);
  EXPECT_EQ(d.read(FLOW_ITEMS), 16u);
}

TEST(TrafficRegisters, ValidationNamesEveryParameter) {
  traffic::Parameters p;
  EXPECT_TRUE(traffic::validate(p).empty());
  p.fifo_depth = 0;
  p.item_bytes = 3;
  p.items_per_burst = 65536;
  p.source_watermark = 0;
  std::set<std::string> fields;
  for (const ParameterProblem& problem : traffic::validate(p)) fields.insert(problem.field);
  for (const char* field : {"fifo_depth", "item_bytes", "items_per_burst", "source_watermark"}) {
    EXPECT_EQ(fields.count(field), 1u) << field;
  }
}

TEST(TrafficPattern, IsSplitMix64AndDiffersBySeed) {
  // SplitMix64 from state 0 begins with this value, as published.
  EXPECT_EQ(traffic::pattern(0, 0), 0xE220'A839'7B1D'CDAFu);
  EXPECT_EQ(traffic::pattern(0, 1), 0x6E78'9E6A'A1B9'65F4u);
  EXPECT_NE(traffic::pattern(1, 0), traffic::pattern(0, 0));
}

/// Nobody reads: what was made is a closed form of the time, what did not fit is lost; and once the FIFO is
/// full no event is spent on it.
TEST(TrafficRate, SourceMakesBurstsAtItsRateAndCountsLosses) {
  std::mt19937_64 random(tb::seed_base());
  SCOPED_TRACE("seed " + std::to_string(tb::seed_base()));
  for (int trial = 0; trial < 200; ++trial) {
    traffic::Parameters p;
    p.fifo_depth = 1 + static_cast<unsigned>(random() % 64);
    p.sink_watermark = p.source_watermark = p.flow_items = 1;
    if (p.fifo_depth == 1) p.sink_watermark = 0;
    p.items_per_burst = 1 + static_cast<unsigned>(random() % 20);
    p.gap = 1 + static_cast<std::uint32_t>(random() % 1000);
    TrafficRig d(p);
    const Cycle start = random() % 1000;
    d.run_to(start);
    d.write(CTRL, 2);
    const Cycle length = random() % 1'000'000;
    for (int look = 0; look < 3; ++look) d.run_to(start + random() % (length + 1));
    d.run_to(start + length);
    const std::uint64_t made = length / p.gap * p.items_per_burst;
    const std::uint64_t kept = std::min<std::uint64_t>(made, p.fifo_depth);
    EXPECT_EQ(d.core.statistics().source_made, made);
    EXPECT_EQ(d.read(SOURCE_LEVEL), kept);
    EXPECT_EQ(d.read(SOURCE_LOST), made - kept);
    EXPECT_LE(d.owner.events, p.fifo_depth + 1);
    EXPECT_EQ(d.read(STATUS) & (1 << 6), made > kept ? 1u << 6 : 0u);
    for (std::uint64_t i = 0; i < kept; ++i) {
      EXPECT_EQ(d.read(SOURCE), traffic::pattern(1, i) & 0xFFFF'FFFF);
    }
    EXPECT_EQ(d.read(UNDERRUNS), 0u);
    d.read(SOURCE);
    EXPECT_EQ(d.read(UNDERRUNS), 1u);
  }
}

TEST(TrafficRate, LostItemsKeepTheirPlaceInThePattern) {
  TrafficRig d;
  d.write(GAP, 10);
  d.write(CTRL, 2);
  d.run_to(200);  // 20 made, 16 kept
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(d.read(SOURCE), traffic::pattern(1, i) & 0xFFFF'FFFF);
  d.run_to(210);
  EXPECT_EQ(d.read(SOURCE), traffic::pattern(1, 20) & 0xFFFF'FFFF);
}

/// The sink takes what there is at its rate; what it misses after the first item is a closed form as well.
TEST(TrafficRate, SinkDrainsAndStarves) {
  TrafficRig d;
  d.write(BURST, 4);
  d.write(GAP, 100);
  d.run_to(50);
  d.write(CTRL, 1);
  d.run_to(1000);
  EXPECT_EQ(d.read(STARVED), 0u);  // it has not begun
  for (unsigned i = 0; i < 10; ++i) d.write(SINK, traffic::pattern(1, i));
  d.run_to(1049);
  EXPECT_EQ(d.read(SINK_LEVEL), 10u);
  d.run_to(1050);
  EXPECT_EQ(d.read(SINK_LEVEL), 6u);
  d.run_to(1250);
  EXPECT_EQ(d.read(SINK_LEVEL), 0u);
  EXPECT_EQ(d.read(STARVED), 2u);
  EXPECT_EQ(d.read(STATUS) & 0x20, 0x20u);
  d.run_to(101'249);
  EXPECT_EQ(d.read(STARVED), 2u + 4 * 999);
  EXPECT_EQ(d.read(SINK_COUNT), 10u);
  EXPECT_EQ(d.core.statistics().sink_drained, 10u);
  EXPECT_EQ(d.read(MISMATCHES), 0u);
  EXPECT_LT(d.owner.events, 20u);
}

TEST(TrafficRate, SinkChecksEveryItemAndCountsWhatDidNotFit) {
  TrafficRig d;
  d.write(CTRL, 1);
  for (unsigned i = 0; i < 20; ++i) d.write(SINK, traffic::pattern(1, i) ^ (i % 5 == 4 ? 1u << 31 : 0));
  EXPECT_EQ(d.read(SINK_LOST), 4u);
  EXPECT_EQ(d.read(SINK_COUNT), 16u);
  EXPECT_EQ(d.read(MISMATCHES), 4u);
  EXPECT_EQ(d.read(STATUS) & 0x110, 0x110u);
  d.write(STATUS, 0x100);
  EXPECT_EQ(d.read(STATUS) & 0x110, 0x010u);
  d.write(CTRL, 0);
  d.write(SINK, 0);
  EXPECT_EQ(d.read(SINK_LOST), 5u);
  EXPECT_EQ(d.read(MISMATCHES), 4u);
  d.write(CTRL, 4);  // software may forget, a report may not
  EXPECT_EQ(d.read(SINK_LOST), 0u);
  EXPECT_EQ(d.core.statistics().sink_lost, 5u);
}

TEST(TrafficRate, RestingLineMovesNothing) {
  for (const std::uint64_t offset : {BURST, GAP}) {
    TrafficRig d;
    d.write(offset, 0);
    d.write(CTRL, 3);
    d.run_to(1'000'000'000);
    EXPECT_EQ(d.core.statistics().source_made, 0u);
    EXPECT_EQ(d.core.next_event(), kNever);
    d.write(BURST, 1);
    d.write(GAP, 64);
    EXPECT_EQ(d.core.next_event(), (1'000'000'000 + 64) * Picoseconds{1000});
  }
}

TEST(TrafficInterrupt, FollowsStatusAndEnable) {
  TrafficRig d;
  d.write(INT_ENABLE, 1 << 7);
  EXPECT_FALSE(d.core.interrupt());
  d.read(SOURCE);
  EXPECT_TRUE(d.core.interrupt());
  d.write(STATUS, 1 << 7);
  EXPECT_FALSE(d.core.interrupt());
  d.write(INT_ENABLE, 0xFFFFFFFF);
  EXPECT_EQ(d.read(INT_ENABLE), 0x7FFu);
  EXPECT_TRUE(d.core.interrupt());  // SINK_EMPTY is a level
}

TEST(TrafficRequests, FollowTheWatermarks) {
  TrafficRig d;
  d.write(SINK_WM, 5);
  d.write(SOURCE_WM, 6);
  EXPECT_FALSE(d.core.sink_request().single);  // off
  d.write(CTRL, 3);
  d.write(GAP, 10);
  const Cycle start = 0;
  for (unsigned n = 0; n <= 16; ++n) {
    d.run_to(start + 10 * n);
    EXPECT_EQ(d.core.source_request().burst, n >= 6) << n;
    EXPECT_EQ(d.core.source_request().single, n > 0) << n;
  }
  d.write(GAP, 0);
  for (unsigned n = 0; n <= 16; ++n) {
    EXPECT_EQ(d.core.sink_request().burst, n <= 5) << n;
    EXPECT_EQ(d.core.sink_request().single, n < 16) << n;
    d.write(SINK, 0);
  }
}

TEST(TrafficRequests, EndWithTheBlockAndBeginWithTheNext) {
  TrafficRig d;
  d.write(GAP, 10);
  d.write(SINK_LENGTH, 3);
  d.write(SOURCE_LENGTH, 6);
  d.write(CTRL, 3);
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_TRUE(d.core.sink_request().burst);
    d.write(SINK, traffic::pattern(1, i));
  }
  EXPECT_FALSE(d.core.sink_request().burst || d.core.sink_request().single);
  d.run_to(1000);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 6u);
  EXPECT_EQ(d.read(STARVED), 0u);
  EXPECT_EQ(d.read(STATUS) & 0x7F0, 0x200u);  // SINK_DONE alone
  d.write(STATUS, 0x200);
  d.write(SOURCE_LENGTH, 8);  // the source goes on, in step with the sink
  d.run_to(2000);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 8u);
  EXPECT_EQ(d.read(STATUS) & 0x7F0, 0u);  // once a block
  d.write(SINK_LENGTH, 1);
  EXPECT_TRUE(d.core.sink_request().burst);
  d.write(SINK, traffic::pattern(1, 3));
  EXPECT_EQ(d.read(MISMATCHES), 0u);  // the pattern goes on
  // What waits in the FIFO is part of the next block.
  for (unsigned i = 0; i < 2; ++i) d.read(SOURCE);
  d.write(SOURCE_LENGTH, 10);
  d.run_to(3000);
  EXPECT_EQ(d.read(SOURCE_LEVEL), 10u);
  for (unsigned i = 0; i < 10; ++i) {
    EXPECT_EQ(d.read(STATUS) & 0x400, 0u);
    EXPECT_EQ(d.read(SOURCE), traffic::pattern(1, 2 + i) & 0xFFFF'FFFF);
  }
  EXPECT_EQ(d.read(STATUS) & 0x400, 0x400u);
}

// --- as a module, with DMA at both ends ---

struct Bench : sc_core::sc_module {
  Traffic traffic;
  tb::HandshakeDma out;
  tb::HandshakeDma in;
  tb::ScriptedInitiator cpu;
  sc_core::sc_vector<tlm_utils::simple_target_socket_tagged<Bench>> shared;
  tlm_utils::simple_initiator_socket<Bench> bus;
  sc_core::sc_signal<bool> irq{"irq"};

  struct Setup {
    traffic::Parameters parameters;
    unsigned items = 0;
    unsigned msize = 4;
    std::uint32_t rate_burst = 1;
    std::uint32_t gap = 20;
  };

  static std::uint64_t address(const Setup& s, bool write) {
    return write || s.parameters.item_bytes == 8 ? SINK : SOURCE;
  }
  static tb::HandshakeDma::Config side(const Setup& s, bool write) {
    return {write, address(s, write), s.parameters.item_bytes, s.msize, s.items, s.parameters.flow_controller,
            0};
  }

  Bench(const sc_core::sc_module_name& name, const Setup& s)
      : sc_module(name),
        traffic("traffic", s.parameters, Clock(1'000'000'000)),
        out("dma_out", side(s, true)),
        in("dma_in", side(s, false)),
        cpu("cpu",
            [s](tb::ScriptedInitiator& m) {
              m.write32(BURST, s.rate_burst);
              m.write32(GAP, s.gap);
              m.write32(SINK_LENGTH, s.items);
              m.write32(SOURCE_LENGTH, s.items);
              m.write32(SINK_WM, s.parameters.fifo_depth - s.msize);
              m.write32(SOURCE_WM, s.msize);
              m.write32(FLOW_ITEMS, s.msize);
              m.write32(INT_ENABLE, 1 << 10);
              m.write32(CTRL, 3 | (s.parameters.flow_controller ? 8 : 0));
            }),
        shared("shared", 3),
        bus("bus") {
    for (int i = 0; i < 3; ++i)
      shared[static_cast<std::size_t>(i)].register_b_transport(this, &Bench::pass, i);
    cpu.socket.bind(shared[0]);
    out.socket.bind(shared[1]);
    in.socket.bind(shared[2]);
    bus.bind(traffic.socket);
    traffic.irq.bind(irq);
    traffic.sink_request.bind(out);
    traffic.source_request.bind(in);
    out.acknowledge.bind(traffic.sink_acknowledge);
    in.acknowledge.bind(traffic.source_acknowledge);
    for (unsigned i = 0; i < s.items; ++i) out.data.push_back(traffic::pattern(s.parameters.seed, i));
  }
  void pass(int, tlm::tlm_generic_payload& access, sc_time& delay) { bus->b_transport(access, delay); }
};

/// Blocks of every length, item width and flow controller: each item arrives once and in order, each side
/// ends exactly with its block, nothing is lost, and the time is that of the line's rate.
class TrafficDma : public testing::TestWithParam<bool> {};
TEST_P(TrafficDma, BlocksAreExact) {
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<Bench::Setup> setups;
  for (const unsigned width : {1u, 2u, 4u, 8u}) {
    for (unsigned items = 1; items <= 40; ++items) {
      Bench::Setup s;
      s.parameters.item_bytes = width;
      s.parameters.flow_controller = GetParam();
      s.parameters.seed = 100 * width + items;
      s.items = items;
      s.msize = items % 3 == 0 ? 1 : items % 3 == 1 ? 4 : 8;
      setups.push_back(s);
      const std::string name = "w" + std::to_string(width) + "_items" + std::to_string(items);
      benches.push_back(std::make_unique<Bench>(name.c_str(), s));
    }
  }
  sc_core::sc_start(sc_time(100, sc_core::SC_US));
  for (std::size_t i = 0; i < benches.size(); ++i) {
    Bench& b = *benches[i];
    const Bench::Setup& s = setups[i];
    SCOPED_TRACE(b.name());
    const std::uint64_t mask = s.parameters.item_bytes == 8
                                   ? ~std::uint64_t{0}
                                   : (std::uint64_t{1} << 8 * s.parameters.item_bytes) - 1;
    EXPECT_TRUE(b.in.finished);
    EXPECT_TRUE(b.out.finished);
    ASSERT_EQ(b.in.data.size(), s.items);
    for (unsigned k = 0; k < s.items; ++k) EXPECT_EQ(b.in.data[k], b.out.data[k] & mask) << k;
    b.traffic.synchronize();
    const traffic::Statistics& t = b.traffic.statistics();
    EXPECT_EQ(t.sink_items, s.items);
    EXPECT_EQ(t.sink_drained, s.items);
    EXPECT_EQ(t.source_items, s.items);
    EXPECT_EQ(t.sink_lost + t.source_lost + t.mismatches + t.source_underruns, 0u);
    EXPECT_EQ(b.traffic.core().status() & 0x600, 0x600u);
    EXPECT_TRUE(b.irq.read());
    // The last item is made items * gap after the start, and moved then.
    EXPECT_EQ(b.in.finished_at, s.items * s.gap * Picoseconds{1000});
    // As many bursts as whole MSIZE fit; what is left of a block of the flow controller is single.
    if (GetParam()) {
      EXPECT_EQ(b.in.bursts + b.in.singles, s.items / s.msize + s.items % s.msize);
      EXPECT_EQ(b.out.bursts + b.out.singles, s.items / s.msize + s.items % s.msize);
    }
  }
}
INSTANTIATE_TEST_SUITE_P(FlowController, TrafficDma, testing::Bool());

/// A faster rate takes effect although the device sleeps until a later time.
TEST(TrafficModule, WakesForARateThatGrew) {
  Traffic traffic("traffic", {}, Clock(1'000'000'000));
  sc_core::sc_signal<bool> irq("irq");
  std::vector<Picoseconds> rises;
  tb::ScriptedInitiator cpu("cpu", [&](tb::ScriptedInitiator& m) {
    m.write32(INT_ENABLE, 1 << 6);
    m.write32(GAP, 1'000'000);
    m.write32(CTRL, 2);
    wait(100, SC_NS);
    m.write32(BURST, 17);  // one more than there is room for
    m.write32(GAP, 50);
    wait(irq.posedge_event());
    rises.push_back(tb::sim_ps());
  });
  cpu.socket.bind(traffic.socket);
  traffic.irq.bind(irq);
  sc_core::sc_start(sc_time(10, sc_core::SC_US));
  EXPECT_EQ(rises, (std::vector<Picoseconds>{150'000}));
}

TEST(TrafficModule, ItemsOfEightBytesAreOneRegister) {
  Bench::Setup s;
  s.parameters.item_bytes = 8;
  s.parameters.fifo_depth = 4;
  s.parameters.sink_watermark = s.parameters.source_watermark = s.parameters.flow_items = 1;
  Traffic traffic("traffic", s.parameters, Clock(1'000'000'000));
  tb::ScriptedInitiator cpu("cpu", [&](tb::ScriptedInitiator& m) {
    m.write32(GAP, 10);
    m.write32(CTRL, 3);
    tb::Bytes items(16);
    for (unsigned i = 0; i < 16; ++i) {
      items[i] = static_cast<unsigned char>(traffic::pattern(1, i / 8) >> (8 * (i % 8)));
    }
    m.write(SINK, items, 8);
    wait(40, SC_NS);
    EXPECT_EQ(m.read(SINK, 16, 8).data, items);
    EXPECT_EQ(m.read32(MISMATCHES), 0u);
    EXPECT_EQ(m.read32(SINK_COUNT), 2u);
    // Bytes that are not enabled count as 0.
    const std::uint64_t third = traffic::pattern(1, 2);
    tb::Bytes item(8);
    for (unsigned i = 0; i < 8; ++i) item[i] = static_cast<unsigned char>(third >> (8 * i));
    m.write_enabled(SINK, item, {0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0});
    EXPECT_EQ(m.read32(MISMATCHES), 1u);
    EXPECT_EQ(m.read32(SOURCE_COUNT), 2u);
    EXPECT_EQ(m.debug_read(SOURCE, 4).size(), 4u);
    EXPECT_EQ(m.read32(SOURCE_COUNT), 2u);
    EXPECT_EQ(m.read(GAP, 8).delay, sc_time(2, SC_NS));
    EXPECT_EQ(m.probe(SINK, true).delay, sc_time(2, SC_NS));
  });
  cpu.socket.bind(traffic.socket);
  sc_core::sc_start(sc_time(1, sc_core::SC_US));
}

}  // namespace
}  // namespace dmavp
