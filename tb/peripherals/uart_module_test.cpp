// DW_apb_uart as a module: transactions, time, interrupt line, DMA requests.
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "base/axi_extension.h"
#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "components/simulate.h"
#include "peripherals/dw_apb_uart.h"
#include "peripherals/handshake_master.h"
#include "peripherals/uart_rig.h"
#include "tier.h"

namespace dmavp {
namespace {

using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;
using namespace tb;  // NOLINT: offsets by their names

const Clock kBaud(100'000'000);
const Clock kBus(250'000'000);  // 4 ns

struct Recorder : Observer {
  std::vector<std::pair<Picoseconds, bool>> levels;
  std::vector<RegisterEvent> accesses;
  std::vector<DmaRequestEvent> requests;
  void interrupt(const InterruptEvent& event) override { levels.emplace_back(event.time, event.level); }
  void register_access(const RegisterEvent& event) override { accesses.push_back(event); }
  void dma_request(const DmaRequestEvent& event) override { requests.push_back(event); }
};

struct Bench {
  using Body = std::function<void(Bench&)>;

  tb::ScriptedInitiator cpu;
  tb::ProtocolChecker checker{"checker"};
  DwApbUart uart;
  sc_core::sc_signal<bool> irq{"line"};
  tb::RequestRecorder rx{"rx"};
  tb::RequestRecorder tx{"tx"};
  Recorder seen;

  explicit Bench(Body body, const uart::Parameters& parameters = {})
      : cpu("cpu", [this, body](tb::ScriptedInitiator&) { body(*this); }),
        uart("uart0", parameters, kBaud, kBus) {
    cpu.socket.bind(checker.target);
    checker.initiator.bind(uart.socket);
    uart.irq.bind(irq);
    uart.rx_request.bind(rx);
    uart.tx_request.bind(tx);
    rx.acknowledge.bind(uart.rx_acknowledge);
    tx.acknowledge.bind(uart.tx_acknowledge);
    uart.set_observer(&seen);
    tb::simulate();
  }
  ~Bench() { EXPECT_EQ(checker.report(), ""); }

  void set_up(unsigned divisor = 1, unsigned fcr = 1) {
    cpu.write32(LCR, 0x83);
    cpu.write32(DLL, divisor);
    cpu.write32(LCR, 0x03);
    cpu.write32(FCR, fcr);
  }
  sc_time character() const { return from_picoseconds(uart.core().character_time()); }
};

TEST(UartModule, FixedBurstsMoveItemsAndIncrementingOnesWords) {
  Bench bench([](Bench& b) {
    b.set_up();
    b.cpu.write32(FAR, 1);
    EXPECT_EQ(b.cpu.write(THR, {1, 2, 3, 4, 5}, 1).status, tlm::TLM_OK_RESPONSE);  // 5 beats of a byte
    EXPECT_EQ(b.cpu.write(THR, {6, 0, 0, 0, 7, 0, 0, 0}, 4).status, tlm::TLM_OK_RESPONSE);  // 2 of a word
    EXPECT_EQ(b.cpu.write(STHR + 8, {8, 0, 0, 0, 9, 0, 0, 0}).status, tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(b.cpu.read32(TFL), 9u);
    EXPECT_EQ(b.cpu.read(TFR, 9, 1).data, (tb::Bytes{1, 2, 3, 4, 5, 6, 7, 8, 9}));
    for (unsigned i = 0; i < 8; ++i) b.cpu.write32(RFW, 0x50 + i);
    EXPECT_EQ(b.cpu.read(STHR, 8).data, (tb::Bytes{0x50, 0, 0, 0, 0x51, 0, 0, 0}));
    EXPECT_EQ(b.cpu.read(RBR, 8, 4).data, (tb::Bytes{0x52, 0, 0, 0, 0x53, 0, 0, 0}));
    EXPECT_EQ(b.cpu.read(RBR, 2, 1).data, (tb::Bytes{0x54, 0x55}));
    // Disabled bytes move nothing.
    b.cpu.write_enabled(THR, {1, 2, 3, 4}, {0, 0xFF, 0xFF, 0xFF});
    EXPECT_EQ(b.cpu.read_enabled(STHR, {9, 9, 9, 9, 9, 9, 9, 9}, {0, 0, 0, 0, 0xFF, 0, 0, 0}).data,
              (tb::Bytes{9, 9, 9, 9, 0x56, 9, 9, 9}));
    EXPECT_EQ(b.cpu.read32(TFL), 0u);
    EXPECT_EQ(b.cpu.read32(RFL), 1u);
  });
}

TEST(UartModule, LatencyProbesDebugAndMalformedAccessesHaveNoEffect) {
  Bench bench([](Bench& b) {
    b.set_up();
    b.cpu.write32(FAR, 1);
    b.cpu.write32(RFW, 0x155);
    EXPECT_EQ(b.cpu.read(SCR, 4).delay, sc_time(8, SC_NS));
    EXPECT_EQ(b.cpu.probe(RBR, false).delay, sc_time(8, SC_NS));
    EXPECT_EQ(b.cpu.probe(THR, true).delay, sc_time(8, SC_NS));
    EXPECT_EQ(b.cpu.debug_read(RBR, 4), (tb::Bytes{0x55, 0, 0, 0}));
    EXPECT_EQ(b.cpu.debug_read(LSR, 1), (tb::Bytes{0xE5}));
    EXPECT_EQ(b.cpu.debug_read(LSR, 1), (tb::Bytes{0xE5}));
    EXPECT_EQ(b.cpu.debug_write(THR, {1}), 0u);
    tlm::tlm_generic_payload bad;
    sc_time delay;
    bad.set_read();
    bad.set_data_length(0);
    b.uart.socket.get_base_export()->b_transport(bad, delay);
    EXPECT_EQ(bad.get_response_status(), tlm::TLM_BURST_ERROR_RESPONSE);
    bad.set_data_length(4);
    bad.set_streaming_width(4);
    bad.set_data_ptr(nullptr);
    b.uart.socket.get_base_export()->b_transport(bad, delay);
    EXPECT_EQ(bad.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(b.cpu.direct(RBR, tlm::TLM_READ_COMMAND, dmi));
    EXPECT_EQ(b.cpu.read32(TFL), 0u);
    EXPECT_EQ(b.cpu.read32(RFL), 1u);
    EXPECT_EQ(b.cpu.read(0x1000, 4).status, tlm::TLM_OK_RESPONSE);
  });
}

TEST(UartModule, StrictPartsAnswerAnEmptyRbrWithAnError) {
  uart::Parameters p;
  p.pslverr_resp_en = true;
  Bench bench(
      [](Bench& b) {
        b.set_up();
        EXPECT_EQ(b.cpu.read(RBR, 4).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
        EXPECT_EQ(b.cpu.read(LSR, 4).status, tlm::TLM_OK_RESPONSE);
      },
      p);
}

/// An initiator that runs ahead changes the line at the time of its access, not before.
TEST(UartModule, InterruptLineFollowsAtTheEffectiveTime) {
  Bench bench([](Bench& b) {
    b.set_up();
    b.cpu.write32(IER, 2, sc_time(40, SC_NS));
    b.cpu.read(IIR, 4, 0, sc_time(60, SC_NS));
    b.cpu.write32(THR, 1, sc_time(100, SC_NS));  // into the shift register: empty again at once
    EXPECT_FALSE(b.irq.read());
    wait(39, SC_NS);
    EXPECT_FALSE(b.irq.read());
    wait(2, SC_NS);
    EXPECT_TRUE(b.irq.read());
    wait(20, SC_NS);
    EXPECT_FALSE(b.irq.read());
    wait(40, SC_NS);
    EXPECT_TRUE(b.irq.read());
  });
  EXPECT_EQ(bench.seen.levels,
            (std::vector<std::pair<Picoseconds, bool>>{{40'000, true}, {60'000, false}, {100'000, true}}));
  EXPECT_STREQ(bench.seen.accesses.back().name, "RBR_THR_DLL");
  EXPECT_EQ(bench.seen.accesses.back().time, 100'000u);
}

TEST(UartModule, RequestsComeBackOneCycleAfterTheAcknowledge) {
  Bench bench([](Bench& b) {
    b.set_up();
    wait(10, SC_NS);  // 10 ns: the next edge of the bus clock is at 12
    b.tx.acknowledge_now();
    wait(100, SC_NS);
    b.cpu.write32(DMASA, 1);  // 110 ns: low, and back at 116
    wait(1, SC_NS);
    EXPECT_EQ(b.tx.known(), DmaRequest{});
    wait(5, SC_NS);
    EXPECT_TRUE(b.tx.known().burst);
  });
  ASSERT_EQ(bench.tx.calls.size(), 4u);
  EXPECT_EQ(bench.tx.calls[0].at, 0u);
  EXPECT_EQ(bench.tx.calls[1].at, 16'000u);
  EXPECT_EQ(bench.tx.calls[2].at, 110'000u);
  EXPECT_EQ(bench.tx.calls[3].at, 116'000u);
  EXPECT_EQ(bench.tx.calls[2].levels, DmaRequest{});
  EXPECT_EQ(bench.tx.calls[3].levels, (DmaRequest{true, true, false}));
  EXPECT_TRUE(bench.rx.calls.empty());  // its levels were low all the time
  ASSERT_EQ(bench.seen.requests.size(), 4u);
  EXPECT_EQ(bench.seen.requests[1].line, 1u);
  EXPECT_EQ(bench.seen.requests[1].time, 16'000u);
}

/// An error or an abort leaves a burst in its middle, unacknowledged: DMASA takes both requests back, and
/// what is asked again follows from the FIFOs as the burst left them.
TEST(UartModule, DmasaInMidBurstAsksAgainByTheLevelsOfNow) {
  Bench bench([](Bench& b) {
    b.set_up(1, 0xA1);  // RT 2: 8, TET 2: 4
    b.cpu.write32(FAR, 1);
    for (unsigned moved = 0; moved <= 10; ++moved) {
      SCOPED_TRACE(moved);
      b.cpu.write32(SRR, 6);
      for (unsigned i = 0; i < 10; ++i) b.cpu.write32(RFW, i);
      wait(1, SC_NS);
      EXPECT_EQ(b.rx.known(), (DmaRequest{true, true, false}));
      EXPECT_EQ(b.tx.known(), (DmaRequest{true, true, false}));
      if (moved > 0) {
        b.cpu.read(RBR, moved, 1);
        b.cpu.write(THR, tb::Bytes(moved), 1);
      }
      wait(100, SC_NS);
      b.cpu.write32(DMASA, 1);
      wait(1, SC_NS);
      EXPECT_EQ(b.rx.known(), DmaRequest{});
      EXPECT_EQ(b.tx.known(), DmaRequest{});
      wait(8, SC_NS);
      EXPECT_EQ(b.rx.known(), (DmaRequest{10 - moved >= 8, moved < 10, false}));
      EXPECT_EQ(b.tx.known(), (DmaRequest{moved <= 4, true, false}));
    }
  });
  EXPECT_EQ(bench.rx.redundant + bench.tx.redundant, 0u);
  EXPECT_EQ(bench.rx.out_of_order + bench.tx.out_of_order, 0u);
}

/// What the controllers have been told equals what follows from the FIFO levels, at any time, over random
/// accesses, characters and acknowledges; and nothing is told twice.
TEST(UartModule, RequestLinesFollowTheLevels) {
  {
    const std::uint64_t seed = seed_base();
    SCOPED_TRACE("seed " + std::to_string(seed));
    unsigned checked = 0;
    unsigned high[2] = {};
    Bench bench([&](Bench& b) {
      std::mt19937_64 random(seed);
      b.uart.connect_to(b.uart);
      b.set_up(1, 0x01);
      unsigned code = 0;
      for (int i = 0; i < 20'000; ++i) {
        switch (random() % 8) {
          case 0:
            code = static_cast<unsigned>(random() % 4);
            b.cpu.write32(SRT, code);
            b.cpu.write32(STET, code);
            break;
          case 1:
          case 2:
            b.cpu.write(THR, tb::Bytes(1 + random() % 12), 1);
            break;
          case 3:
            b.cpu.read(RBR, static_cast<unsigned>(1 + random() % 16), 1);
            break;
          case 4:
            b.rx.acknowledge_now();
            break;
          case 5:
            b.tx.acknowledge_now();
            break;
          case 6:
            wait(sc_time(static_cast<double>(random() % 40'000'000), SC_PS));
            break;
          default:
            wait(sc_time(static_cast<double>(random() % 8'000), SC_PS));
        }
        const unsigned rx_level[] = {1, 4, 8, 14};
        const unsigned tx_level[] = {0, 2, 4, 8};
        const unsigned rx = b.cpu.debug_read(RFL, 1)[0];
        const unsigned tx = b.cpu.debug_read(TFL, 1)[0];
        const auto settled = [&](const tb::RequestRecorder& side) {
          return side.acknowledged() == 0 || sim_ps() >= side.acknowledged() + 8'000;
        };
        if (settled(b.rx)) {
          ASSERT_EQ(b.rx.known(), (DmaRequest{rx >= rx_level[code], rx > 0, false})) << i;
          high[0] += b.rx.known().burst;
          ++checked;
        }
        if (settled(b.tx)) {
          ASSERT_EQ(b.tx.known(), (DmaRequest{tx <= tx_level[code], tx < 16, false})) << i;
          high[1] += b.tx.known().burst;
          ++checked;
        }
      }
    });
    EXPECT_EQ(bench.rx.redundant + bench.tx.redundant, 0u);
    EXPECT_EQ(bench.rx.out_of_order + bench.tx.out_of_order, 0u);
    EXPECT_GT(checked, 10'000u);
    EXPECT_GT(high[0] + high[1], 1000u);
  }
}

/// Without anything at the other end characters leave at their time all the same.
TEST(UartModule, SendsIntoTheOpen) {
  Bench bench([](Bench& b) {
    b.set_up();
    b.cpu.write32(IER, 2);
    b.cpu.write(THR, {1, 2}, 1);
    wait(b.character() - sc_time(1, SC_NS));
    EXPECT_FALSE(b.irq.read());
    wait(2, SC_NS);
    EXPECT_TRUE(b.irq.read());
  });
  EXPECT_EQ(bench.uart.statistics().sent, 2u);
}

struct HookCount : FaultPoint {
  unsigned before_count = 0, after_count = 0;
  bool refuse = false;
  bool before(tlm::tlm_generic_payload& access, sc_time& delay) override {
    ++before_count;
    if (!refuse) return false;
    delay += sc_time(1, SC_NS);
    access.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return true;
  }
  void after(tlm::tlm_generic_payload&, sc_time&) override { ++after_count; }
};

TEST(UartModule, FaultPointSeesEveryAccessAndMayRefuseIt) {
  HookCount hook;
  Bench bench([&](Bench& b) {
    b.set_up();
    b.uart.set_fault_point(&hook);
    b.cpu.write32(SCR, 1);
    hook.refuse = true;
    EXPECT_EQ(b.cpu.write32(SCR, 2).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    b.uart.set_fault_point(nullptr);
    EXPECT_EQ(b.cpu.read32(SCR), 1u);
  });
  EXPECT_EQ(hook.before_count, 2u);
  EXPECT_EQ(hook.after_count, 1u);
}

TEST(UartModule, WrongParametersAreNamed) {
  uart::Parameters p;
  p.fifo_depth = 17;
  p.dlf_size = 9;
  try {
    DwApbUart uart("uart7", p, kBaud, kBus);
    FAIL();
  } catch (const std::invalid_argument& error) {
    const std::string text = error.what();
    EXPECT_NE(text.find("uart7"), std::string::npos) << text;
    EXPECT_NE(text.find("fifo_depth is 17"), std::string::npos) << text;
    EXPECT_NE(text.find("dlf_size is 9"), std::string::npos) << text;
  }
}

TEST(UartModule, OnlyOneThingIsAtTheOtherEnd) {
  DwApbUart a("a", {}, kBaud, kBus);
  DwApbUart b("b", {}, kBaud, kBus);
  DwApbUart c("c", {}, kBaud, kBus);
  a.connect_to(b);
  EXPECT_THROW(b.connect_to(c), std::logic_error);
  EXPECT_THROW(c.connect_to(a), std::logic_error);
  EXPECT_THROW(a.attach(nullptr), std::logic_error);
  c.connect_to(c);
  EXPECT_THROW(c.connect_to(c), std::logic_error);
}

/// An initiator that runs ahead as far as nothing is pending sees, and causes, what one sees that waits
/// before every access.
TEST(UartModule, RunningAheadChangesNothing) {
  struct Side {
    DwApbUart uart;
    tb::ScriptedInitiator cpu;
    tb::RequestRecorder rx, tx;
    Recorder seen;
    std::vector<tb::Bytes> reads;
    unsigned ahead = 0;
    /// Each has the simulation for itself for 20 ms, from `base` on.
    Side(const std::string& name, bool runs_ahead, Picoseconds base, std::uint64_t seed)
        : uart((name + "_uart").c_str(), {}, kBaud, kBus),
          cpu((name + "_cpu").c_str(),
              [this, runs_ahead, base, seed](tb::ScriptedInitiator& m) {
                wait(from_picoseconds(base));
                std::mt19937_64 random(seed);
                m.write32(LCR, 0x83);
                m.write32(DLL, 1);
                m.write32(LCR, 0x03);
                m.write32(FCR, 0x41);
                m.write32(IER, 0x07);
                const std::uint64_t offsets[] = {RBR, RBR, RBR, RBR, RBR, IIR, USR, LSR};
                Picoseconds at = base;
                for (int i = 0; i < 5000; ++i) {
                  at += random() % 2'000'000;
                  const bool reads_now = random() % 2 == 0;
                  const std::uint64_t offset = offsets[random() % 8];
                  const auto value = static_cast<std::uint32_t>(random() & 0xFF);
                  const sc_time target = from_picoseconds(at);
                  const sc_time limit = sc_core::sc_time_stamp() + sc_core::sc_time_to_pending_activity();
                  if (!runs_ahead || target >= limit) wait(target - sc_core::sc_time_stamp());
                  const sc_time delay = target - sc_core::sc_time_stamp();
                  if (delay != sc_core::SC_ZERO_TIME) ++ahead;
                  if (reads_now) {
                    reads.push_back(m.read(offset, 2, 1, delay).data);
                  } else {
                    m.write32(THR, value, delay);
                  }
                }
              }),
          rx((name + "_rx").c_str()),
          tx((name + "_tx").c_str()) {
      cpu.socket.bind(uart.socket);
      uart.connect_to(uart);
      uart.rx_request.bind(rx);
      uart.tx_request.bind(tx);
      rx.acknowledge.bind(uart.rx_acknowledge);
      tx.acknowledge.bind(uart.tx_acknowledge);
      uart.set_observer(&seen);
    }
  };
  constexpr Picoseconds kBase = 20'000'000'000;
  Side waits("waits", false, 0, seed_base());
  SCOPED_TRACE("seed " + std::to_string(seed_base()));
  Side runs("runs", true, kBase, seed_base());
  sc_core::sc_start(sc_time(40, sc_core::SC_MS));
  EXPECT_EQ(waits.ahead, 0u);
  EXPECT_GT(runs.ahead, 500u);
  EXPECT_EQ(waits.reads, runs.reads);
  ASSERT_EQ(waits.seen.levels.size(), runs.seen.levels.size());
  EXPECT_GT(waits.seen.levels.size(), 500u);
  for (std::size_t i = 0; i < waits.seen.levels.size(); ++i) {
    ASSERT_EQ(waits.seen.levels[i].first + kBase, runs.seen.levels[i].first);
    ASSERT_EQ(waits.seen.levels[i].second, runs.seen.levels[i].second);
  }
  for (const auto& [a, b] : {std::pair{&waits.rx, &runs.rx}, std::pair{&waits.tx, &runs.tx}}) {
    ASSERT_EQ(a->calls.size(), b->calls.size());
    EXPECT_GT(a->calls.size(), 500u);
    for (std::size_t i = 1; i < a->calls.size(); ++i) {
      if (a->calls[i].at == 0) continue;  // at the start of the simulation
      ASSERT_EQ(a->calls[i].at + kBase, b->calls[i].at);
      ASSERT_EQ(a->calls[i].levels, b->calls[i].levels);
    }
  }
  EXPECT_EQ(waits.uart.statistics().received, runs.uart.statistics().received);
  EXPECT_GT(waits.uart.statistics().received, 1000u);
}

/// The time-out runs on although DMA takes characters out, from the last one that it took.
TEST(UartModule, DmaReadsRestartTheTimeout) {
  Bench bench([](Bench& b) {
    b.uart.connect_to(b.uart);
    b.set_up(1, 0x81);
    b.cpu.write32(IER, 1);
    b.cpu.write(THR, {1, 2, 3}, 1);
    wait(5 * b.character());  // the last arrived two characters ago
    b.cpu.read(RBR, 2, 1);
  });
  ASSERT_FALSE(bench.seen.levels.empty());
  EXPECT_EQ(bench.seen.levels[0].first, to_picoseconds(9 * bench.character()));
}

}  // namespace
}  // namespace dmavp
