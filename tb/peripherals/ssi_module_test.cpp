// The SSI as a module: bus accesses, interrupt, DMA requests, run-ahead (spec peripherals
// 1, 3.4, 3.7, 3.8).
#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "components/protocol_checker.h"
#include "components/scripted_initiator.h"
#include "components/simulate.h"
#include "peripherals/flash_nor.h"
#include "peripherals/spi_i2s_dma.h"
#include "peripherals/ssi.h"
#include "peripherals/ssi_rig.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;
using ssi::TransferMode;

constexpr std::uint64_t kCtrlr0 = 0x00, kCtrlr1 = 0x04, kSsienr = 0x08, kSer = 0x10, kBaudr = 0x14,
                        kTxftlr = 0x18, kRxftlr = 0x1C, kTxflr = 0x20, kRxflr = 0x24, kSr = 0x28, kImr = 0x2C,
                        kRisr = 0x34, kIcr = 0x48, kDmacr = 0x4C, kDmatdlr = 0x50, kDmardlr = 0x54,
                        kDr = 0x60;

struct Recorder : Observer {
  std::vector<DmaRequestEvent> requests;
  std::vector<InterruptEvent> interrupts;
  std::vector<RegisterEvent> accesses;
  std::vector<std::string> diagnostics;
  void dma_request(const DmaRequestEvent& event) override { requests.push_back(event); }
  void interrupt(const InterruptEvent& event) override { interrupts.push_back(event); }
  void register_access(const RegisterEvent& event) override { accesses.push_back(event); }
  void diagnostic(const DiagnosticEvent& event) override { diagnostics.emplace_back(event.kind); }
};

struct Bench {
  ScriptedInitiator master;
  ProtocolChecker checker{"checker"};
  DwApbSsi ssi;
  SpiLoopback loopback;
  sc_core::sc_signal<bool> irq{"irq_line"};
  PeripheralDma tx{"tx", master};
  PeripheralDma rx{"rx", master};
  Recorder seen;

  explicit Bench(ScriptedInitiator::Body body, const ssi::Parameters& parameters = {})
      : master("master", std::move(body)), ssi("ssi", parameters, Clock(kSsiHz)) {
    master.socket.bind(checker.target);
    checker.initiator.bind(ssi.socket);
    ssi.irq.bind(irq);
    ssi.dma_tx.bind(tx);
    ssi.dma_rx.bind(rx);
    tx.ack.bind(ssi.dma_tx_ack);
    rx.ack.bind(ssi.dma_rx_ack);
    ssi.attach(0, &loopback);
    ssi.set_observer(&seen);
  }
  ~Bench() { EXPECT_EQ(checker.report(), ""); }

  void setup(unsigned bits, TransferMode mode, std::uint32_t divider) {
    master.write32(kSsienr, 0);
    master.write32(kCtrlr0, (bits - 1) << 16 | static_cast<std::uint32_t>(mode) << 8);
    master.write32(kBaudr, divider);
    master.write32(kImr, 0);
  }
};

/// Runs `body` as the initiator's thread until nothing is left to happen.
template <class Body>
void run(Body&& body, const ssi::Parameters& parameters = {}) {
  std::unique_ptr<Bench> bench;
  bench = std::make_unique<Bench>([&](ScriptedInitiator&) { body(*bench); }, parameters);
  simulate();
}

TEST(Ssi, BurstsPushAndPopItems) {
  run([](Bench& b) {
    b.setup(16, TransferMode::kTransmitReceive, 2);
    b.master.write32(kSer, 1);
    b.master.write32(kSsienr, 1);
    // FIXED: six items of two bytes; INCR over the window: one item per word.
    EXPECT_EQ(b.master.write(kDr, {1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}, 2).delay, sc_time(20, SC_NS));
    b.master.write(kDr + 8, {7, 0, 0, 0, 8, 0, 0, 0}, 0);
    wait(8 * 32 * 10, SC_NS);
    EXPECT_EQ(b.master.read32(kRxflr), 8u);
    EXPECT_EQ(b.master.read(kDr, 6, 2).data, (Bytes{1, 0, 2, 0, 3, 0}));
    EXPECT_EQ(b.master.read(kDr, 8, 4).data, (Bytes{4, 0, 0, 0, 5, 0, 0, 0}));
    EXPECT_EQ(b.master.read(kDr + 4, 12).data, (Bytes{6, 0, 0, 0, 7, 0, 0, 0, 8, 0, 0, 0}));
    EXPECT_EQ(b.master.read32(kRxflr), 0u);
    EXPECT_EQ(b.ssi.losses().rx_underflow, 0u);
    EXPECT_TRUE(b.seen.diagnostics.empty());
  });
}

TEST(Ssi, ProbesDebugAndByteEnablesHaveNoSideEffects) {
  run([](Bench& b) {
    b.setup(8, TransferMode::kTransmitReceive, 2);
    b.master.write32(kSer, 1);
    b.master.write32(kSsienr, 1);
    b.master.write32(kDr, 0x42);
    wait(1, SC_US);
    EXPECT_EQ(b.master.probe(kDr, false).delay, sc_time(20, SC_NS));
    EXPECT_EQ(b.master.debug_read(kDr, 4), (Bytes{0x42, 0, 0, 0}));
    EXPECT_EQ(b.master.debug_read(kRxflr, 4), (Bytes{1, 0, 0, 0}));
    EXPECT_EQ(b.master.debug_write(kDr, {1, 0, 0, 0}), 0u);
    EXPECT_EQ(b.master.read_enabled(kDr, {9, 9, 9, 9}, {0, 0, 0, 0}).data, (Bytes{9, 9, 9, 9}));
    b.master.write_enabled(kDmatdlr, {5, 5, 5, 5}, {0, 0xFF, 0xFF, 0xFF});
    EXPECT_EQ(b.master.read32(kDmatdlr), 0u);
    EXPECT_EQ(b.master.read_enabled(kDr, {9, 9, 9, 9}, {0xFF, 0, 0, 0}).data, (Bytes{0x42, 9, 9, 9}));
    EXPECT_EQ(b.master.read32(kRxflr), 0u);
    tlm::tlm_dmi dmi;
    EXPECT_FALSE(b.master.direct(kDr, tlm::TLM_READ_COMMAND, dmi));
  });
}

/// An access never takes effect before one that came earlier, whatever its initiator's time.
TEST(Ssi, AccessesTakeEffectInTheirOrder) {
  run([](Bench& b) {
    b.setup(8, TransferMode::kTransmitReceive, 2);
    b.master.write32(kSer, 1);
    b.master.write32(kSsienr, 1, sc_time(1, SC_US));
    b.master.write32(kDr, 0x42);  // at 1 us then
    wait(1150, SC_NS);
    EXPECT_EQ(b.master.read32(kRxflr), 0u);
    wait(20, SC_NS);
    EXPECT_EQ(b.master.read32(kRxflr), 1u);
    ASSERT_GE(b.seen.accesses.size(), 2u);
    for (std::size_t n = 1; n < b.seen.accesses.size(); ++n) {
      EXPECT_GE(b.seen.accesses[n].time, b.seen.accesses[n - 1].time);
    }
  });
}

TEST(Ssi, InterruptComesAtItsFrameAndNotBefore) {
  run([](Bench& b) {
    b.setup(8, TransferMode::kTransmitReceive, 2);
    b.master.write32(kRxftlr, 2);
    b.master.write32(kImr, ssi::kRxFull);
    b.master.write32(kSer, 1);
    b.master.write32(kSsienr, 1, sc_time(35, SC_NS));  // the initiator is ahead: effective at 35 ns
    b.master.write(kDr, Bytes(10, 0x11), 1, sc_time(35, SC_NS));
    // starts at 40 ns, third frame ends 480 ns later
    wait(519, SC_NS);
    EXPECT_FALSE(b.irq.read());
    wait(2, SC_NS);
    EXPECT_TRUE(b.irq.read());
    b.master.read(kDr, 3, 1);
    wait(1, SC_NS);
    EXPECT_FALSE(b.irq.read());
    ASSERT_EQ(b.seen.interrupts.size(), 2u);
    EXPECT_EQ(b.seen.interrupts[0].time, 520'000u);
    EXPECT_EQ(b.seen.interrupts[1].time, 521'000u);
  });
}

TEST(Ssi, DmaMovesEveryLengthWithAMatchingWatermark) {
  run(
      [](Bench& b) {
        constexpr unsigned kDepth = 8;
        std::mt19937 random(7);
        for (const unsigned msize : {1u, 4u, 8u}) {
          for (unsigned items = 1; items <= 4 * kDepth; ++items) {
            Bytes data(items);
            for (unsigned char& byte : data) byte = static_cast<unsigned char>(random());
            b.setup(8, TransferMode::kTransmitReceive, 4);
            b.master.write32(kDmatdlr, kDepth - msize);
            b.master.write32(kDmardlr, msize - 1);
            b.master.write32(kDmacr, 3);
            b.master.write32(kSer, 1);
            b.rx.start({false, kDr, 1, msize, {}, items});
            b.tx.start({true, kDr, 1, msize, data});
            b.master.write32(kSsienr, 1);
            wait(100, SC_US);
            ASSERT_TRUE(b.tx.finished() && b.rx.finished()) << msize << " " << items;
            ASSERT_EQ(b.rx.received, data) << msize << " " << items;
          }
        }
        EXPECT_EQ(b.ssi.losses().rx_underflow + b.ssi.losses().rx_overrun + b.ssi.losses().tx_overflow, 0u);
        EXPECT_EQ(b.ssi.losses().tx_starved, 0u);
        EXPECT_TRUE(b.seen.diagnostics.empty());
      },
      [] {
        ssi::Parameters p;
        p.fifo_depth = 8;
        return p;
      }());
}

/// Each line of the table of watermarks (spec 1.2).
TEST(Ssi, WatermarksThatDoNotFitHangOrLose) {
  run([](Bench& b) {
    const auto transfer = [&](unsigned items, unsigned msize, unsigned tx_mark, unsigned rx_mark) {
      b.setup(8, TransferMode::kTransmitReceive, 4);
      b.master.write32(kDmatdlr, tx_mark);
      b.master.write32(kDmardlr, rx_mark - 1);
      b.master.write32(kDmacr, 3);
      b.master.write32(kSer, 1);
      b.rx.start({false, kDr, 1, msize, {}, items});
      b.tx.start({true, kDr, 1, msize, Bytes(items, 0x5A)});
      b.master.write32(kSsienr, 1);
      wait(200, SC_US);
    };
    // Wrx = 16 > M = 4: 4 <= items left < 16, so the burst request never comes and single is not served.
    for (const unsigned items : {64u, 61u, 63u}) {
      transfer(items, 4, 16, 16);
      EXPECT_TRUE(b.tx.finished());
      const unsigned stranded = b.master.read32(kRxflr);
      EXPECT_FALSE(b.rx.finished()) << items;
      EXPECT_EQ(stranded, items - b.rx.done);
      EXPECT_GE(stranded, 4u);
      EXPECT_LT(stranded, 16u);
      EXPECT_EQ(b.rx.levels(), (DmaRequest{false, true, false}));
      EXPECT_EQ(b.ssi.losses().rx_underflow, 0u);
      b.seen.diagnostics.clear();
      if (items == 64) {
        b.master.write32(kSsienr, 0);  // what a driver does when its time is over
      } else {
        b.master.write32(kDmacr, 0);
      }
      EXPECT_EQ(b.seen.diagnostics, (std::vector<std::string>{"ssi.receive-stranded"}));
    }
    // M > Wrx: the burst reads an empty FIFO.
    transfer(64, 16, 16, 4);
    EXPECT_GT(b.ssi.losses().rx_underflow, 0u);
    EXPECT_EQ(b.master.read32(kIcr), 1u);
    // M > D - Wtx: the burst writes a full FIFO.
    transfer(64, 16, 30, 4);
    EXPECT_GT(b.ssi.losses().tx_overflow, 0u);
    EXPECT_EQ(b.master.read32(kRisr) & ssi::kTxOverflow, ssi::kTxOverflow);
  });
}

TEST(Ssi, SlowDmaBreaksTheTransferAndIsCounted) {
  run([](Bench& b) {
    b.setup(8, TransferMode::kTransmit, 2);
    b.master.write32(kDmatdlr, 0);
    b.master.write32(kDmacr, 2);
    b.master.write32(kSer, 1);
    b.tx.start({true, kDr, 1, 4, Bytes(16, 0), 0, sc_time(2, SC_US)});  // four frames take 640 ns
    b.master.write32(kSsienr, 1);
    wait(100, SC_US);
    EXPECT_TRUE(b.tx.finished());
    EXPECT_EQ(b.ssi.traffic().transfers, 4u);
    EXPECT_EQ(b.ssi.losses().tx_starved, 3u);  // the fourth was the last
    EXPECT_EQ(b.seen.diagnostics, (std::vector<std::string>(3, "ssi.transmit-starved")));
  });
}

/// Register accesses at random times, by an initiator that runs ahead of the simulation now and then. The
/// module's events must be exactly the changes of the levels that the registers imply at each clock cycle.
TEST(Ssi, RequestLinesFollowTheLevelsAtEveryInstant) {
  const std::uint64_t seed = seed_base();
  SCOPED_TRACE("seed " + std::to_string(seed));
  run([&](Bench& b) {
    SsiRig oracle;
    SpiLoopback loopback;
    oracle.model.core().attach(0, &loopback);
    std::mt19937_64 random(seed);
    const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
    DmaRequest known[2];
    bool line = false;
    std::vector<DmaRequestEvent> requests;
    std::vector<std::pair<Picoseconds, bool>> interrupts;
    const auto compare = [&](Picoseconds at) {
      const bool on = oracle.peek("SSIENR") != 0;
      const std::uint32_t dmacr = on ? oracle.peek("DMACR") : 0;
      const std::uint32_t tx = oracle.peek("TXFLR");
      const std::uint32_t rx = oracle.peek("RXFLR");
      const DmaRequest now[2] = {
          {(dmacr & 1) != 0 && rx > oracle.peek("DMARDLR"), (dmacr & 1) != 0 && rx > 0, false},
          {(dmacr & 2) != 0 && tx <= oracle.peek("DMATDLR"), (dmacr & 2) != 0 && tx < 32, false}};
      for (const unsigned n : {1u, 0u}) {
        if (now[n] == known[n]) continue;
        known[n] = now[n];
        requests.push_back({{""}, at, n, now[n].burst, now[n].single, false});
      }
      const bool level = oracle.peek("ISR") != 0;
      if (level != line) interrupts.emplace_back(at, level);
      line = level;
    };
    const std::pair<std::uint64_t, std::uint32_t> writable[] = {
        {kSsienr, 2},  {kSer, 2},     {kDmacr, 4}, {kDmatdlr, 32}, {kDmardlr, 32},
        {kTxftlr, 32}, {kRxftlr, 32}, {kImr, 64},  {kCtrlr1, 8},   {kBaudr, 8},
    };
    sc_time ahead;  // of the initiator
    for (unsigned step = 0; step < 4000; ++step) {
      const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp() + ahead);
      std::uint64_t address = kDr;
      std::uint32_t value = pick(256);
      bool write = true;
      const unsigned kind = pick(16);
      if (kind < 4) {
        const auto& [reg, limit] = writable[pick(10)];
        address = reg;
        value = pick(limit);
        if (reg == kSsienr && pick(8) != 0) value = 1;
        if (reg == kSer && pick(8) != 0) value = 1;
        if (reg == kBaudr) value += 2;
        if (reg == kDmacr && pick(4) != 0) value = 3;
      } else if (kind == 4) {
        address = kCtrlr0;
        value = 0x7'0000 | pick(4) << 8 | pick(2) << 11;
      } else if (kind < 8) {
        write = false;
      } else if (kind == 8) {
        address = kIcr;
        write = false;
      }
      std::uint64_t expected = 0;
      oracle.at(now);
      if (write) {
        b.master.write32(address, value, ahead);
        oracle.model.bank().write(address, 4, value);
      } else {
        oracle.model.bank().read(address, 4, expected);
        const Bytes data = b.master.read(address, 4, 0, ahead).data;
        std::uint32_t got = 0;
        std::memcpy(&got, data.data(), 4);
        ASSERT_EQ(got, expected) << "step " << step;
      }
      oracle.at(now);
      compare(now);
      const Picoseconds later = now + kSsiCycle * (pick(20) == 0 ? pick(2000) : pick(40)) + pick(kSsiCycle);
      for (Picoseconds t = (now / kSsiCycle + 1) * kSsiCycle; t <= later; t += kSsiCycle) {
        oracle.at(t);
        compare(t);
      }
      ahead += from_picoseconds(later - now);
      if (pick(3) == 0) continue;
      wait(ahead);
      ahead = sc_core::SC_ZERO_TIME;
    }
    wait(ahead);
    ASSERT_GT(requests.size(), 50u);
    ASSERT_GT(interrupts.size(), 10u);
    // Within one access the module may tell of an intermediate level once; what holds behind each instant
    // counts.
    const auto settle = [](const std::vector<DmaRequestEvent>& events, unsigned line_number) {
      std::vector<std::tuple<Picoseconds, bool, bool>> settled;
      for (const DmaRequestEvent& e : events) {
        if (e.line != line_number) continue;
        if (!settled.empty() && std::get<0>(settled.back()) == e.time) settled.pop_back();
        const auto before = settled.empty() ? std::tuple(Picoseconds{0}, false, false) : settled.back();
        if (std::get<1>(before) == e.burst && std::get<2>(before) == e.single) continue;
        settled.emplace_back(e.time, e.burst, e.single);
      }
      return settled;
    };
    for (const unsigned n : {0u, 1u}) EXPECT_EQ(settle(b.seen.requests, n), settle(requests, n));
    std::vector<std::pair<Picoseconds, bool>> seen;
    for (const InterruptEvent& e : b.seen.interrupts) seen.emplace_back(e.time, e.level);
    EXPECT_EQ(seen, interrupts);
  });
}

/// A transfer by Linux's driver, DMA mode (spec 3.8, steps 2 and 3), then interrupt mode.
TEST(Ssi, LinuxTransfers) {
  run([](Bench& b) {
    constexpr unsigned kDepth = 32, kItems = 100;
    Bytes data(kItems);
    for (unsigned n = 0; n < kItems; ++n) data[n] = static_cast<unsigned char>(n * 7);
    b.master.write32(kSer, 1);
    b.setup(8, TransferMode::kTransmitReceive, 4);
    b.master.write32(kDmardlr, 4 - 1);
    b.master.write32(kDmatdlr, 4);
    b.master.write32(kDmacr, 3);
    b.master.write32(kImr, ssi::kTxOverflow | ssi::kRxUnderflow | ssi::kRxOverflow);
    b.master.write32(kSsienr, 1);
    b.tx.start({true, kDr, 1, 4, data});
    b.rx.start({false, kDr, 1, 4, {}, kItems});
    while (!b.rx.finished()) wait(1, SC_US);
    b.master.write32(kDmacr, 0);
    EXPECT_EQ(b.master.read32(kSr) & (ssi::kTfe | ssi::kBusy), static_cast<unsigned>(ssi::kTfe));
    EXPECT_EQ(b.master.read32(kSr) & ssi::kRfne, 0u);
    EXPECT_EQ(b.rx.received, data);
    EXPECT_FALSE(b.irq.read());

    b.setup(8, TransferMode::kTransmitReceive, 4);
    b.master.write32(kTxftlr, kDepth / 2);
    b.master.write32(kRxftlr, kDepth / 2 - 1);
    b.master.write32(kImr, 0x1F);
    b.master.write32(kSsienr, 1);
    Bytes received;
    std::size_t sent = 0;
    while (received.size() < kItems) {
      if (!b.irq.read()) wait(b.irq.posedge_event());
      for (unsigned n = b.master.read32(kRxflr); n > 0; --n) {
        received.push_back(b.master.read(kDr, 1).data[0]);
      }
      const std::size_t left = kItems - received.size();
      if (left < b.master.read32(kRxftlr) + 1 && left > 0) {
        b.master.write32(kRxftlr, static_cast<std::uint32_t>(left - 1));
      }
      const std::size_t room =
          std::min<std::size_t>(kDepth - b.master.read32(kTxflr), kDepth - (sent - received.size()));
      for (std::size_t n = 0; n < room && sent < kItems; ++n) b.master.write(kDr, {data[sent++]});
      if (sent == kItems) b.master.write32(kImr, 0x1E);
      wait(100, SC_NS);
    }
    EXPECT_EQ(received, data);
    b.master.write32(kSer, 0);
    EXPECT_EQ(b.ssi.losses().rx_overrun + b.ssi.losses().tx_overflow + b.ssi.losses().rx_underflow, 0u);
  });
}

/// A receive by the K210 SDK: mode 3 or 2, command by DMA, select last (spec 3.8).
TEST(Ssi, K210SdkReceivesWithTheSelectWrittenLast) {
  run(
      [](Bench& b) {
        b.master.write32(kBaudr, 0x14);
        b.master.write32(kImr, 0);
        b.master.write32(kDmatdlr, 0x10);
        b.master.write32(kDmardlr, 0);
        b.master.write32(kSer, 0);
        b.master.write32(kSsienr, 0);
        b.master.write32(kCtrlr0, 7u << 16);
        b.master.write32(0x118, 1);
        constexpr unsigned kItems = 50;
        for (const TransferMode mode : {TransferMode::kEepromRead, TransferMode::kReceive}) {
          b.master.write32(kCtrlr0, 7u << 16 | static_cast<std::uint32_t>(mode) << 8);
          b.master.write32(kCtrlr1, kItems - 1);
          b.master.write32(kDmacr, 3);
          b.master.write32(kSsienr, 1);
          b.rx.start({false, kDr, 4, 1, {}, kItems});
          if (mode == TransferMode::kEepromRead) {
            b.tx.start({true, kDr, 4, 4, Bytes{0x9F, 0, 0, 0}});
            wait(1, SC_US);
          } else {
            b.master.write32(kDr, 0xFFFF'FFFF);
          }
          b.master.write32(kSer, 1);
          while (!b.rx.finished()) wait(1, SC_US);
          b.master.write32(kSer, 0);
          b.master.write32(kSsienr, 0);
          EXPECT_EQ(b.rx.received.size(), kItems * 4);
        }
        EXPECT_EQ(b.ssi.losses().rx_underflow + b.ssi.losses().rx_overrun, 0u);
        EXPECT_EQ(b.ssi.losses().transfers_cut, 0u);
      },
      ssi::Parameters::k210());
}

/// A flash read as one full-duplex transfer: command, address and padding out, the answer behind the header
/// in.
TEST(Ssi, DmaReadsAFlashFullDuplex) {
  SpiNorFlash flash("flash", {});
  run([&](Bench& b) {
    constexpr unsigned kHeader = 5, kBytes = 4096;
    for (unsigned n = 0; n < kBytes; ++n) flash.poke(0xFFF0 + n, static_cast<std::uint8_t>(n * 29 + n / 256));
    b.ssi.attach(1, &flash);
    b.setup(8, TransferMode::kTransmitReceive, 2);
    b.master.write32(kDmardlr, 8 - 1);
    b.master.write32(kDmatdlr, 16);
    b.master.write32(kDmacr, 3);
    b.master.write32(kSer, 2);
    Bytes command(kHeader + kBytes);
    command[0] = 0x0B;
    command[2] = 0xFF;
    command[3] = 0xF0;
    b.rx.start({false, kDr, 1, 8, {}, command.size()});
    b.tx.start({true, kDr, 1, 8, command});
    b.master.write32(kSsienr, 1);
    const Picoseconds start = to_picoseconds(sc_core::sc_time_stamp());
    while (!b.rx.finished()) wait(1, SC_US);
    ASSERT_EQ(b.rx.received.size(), command.size());
    for (unsigned n = 0; n < kBytes; ++n) {
      ASSERT_EQ(b.rx.received[kHeader + n], static_cast<std::uint8_t>(n * 29 + n / 256)) << n;
    }
    EXPECT_EQ(b.ssi.traffic().transfers, 1u);  // the select never rose in between
    EXPECT_EQ(flash.counts().bytes_read, kBytes);
    EXPECT_EQ(flash.counts().too_fast, 0u);
    // One byte in 16 clocks of 10 ns, and nothing else but the fill at the start and the drain at the end.
    const Picoseconds wire = command.size() * 160'000;
    EXPECT_GE(b.rx.burst_times.back(), start + wire);
    EXPECT_LE(b.rx.burst_times.back(), start + wire + 500'000);
  });
}

TEST(Ssi, FaultPointSeesEveryAccessAndObserverEveryRegister) {
  struct Hook : FaultPoint {
    unsigned refused = 0, let_through = 0;
    bool before(tlm::tlm_generic_payload& access, sc_time& delay) override {
      if (access.get_address() != kBaudr) return false;
      ++refused;
      access.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
      delay += sc_time(1, SC_US);
      return true;
    }
    void after(tlm::tlm_generic_payload&, sc_time& delay) override {
      ++let_through;
      delay += sc_time(7, SC_NS);
    }
  } hook;
  run([&](Bench& b) {
    b.ssi.set_fault_point(&hook);
    EXPECT_EQ(b.master.write32(kBaudr, 4).status, tlm::TLM_GENERIC_ERROR_RESPONSE);
    EXPECT_EQ(b.master.write(kTxftlr, {5, 0, 0, 0}, 0, sc_time(3, SC_NS)).delay, sc_time(20 + 7, SC_NS));
    b.ssi.set_fault_point(nullptr);
    EXPECT_EQ(b.master.read32(kBaudr), 0u);
    EXPECT_EQ(hook.refused, 1u);
    EXPECT_EQ(hook.let_through, 1u);
    ASSERT_EQ(b.seen.accesses.size(), 2u);
    EXPECT_STREQ(b.seen.accesses[0].source.name, "ssi");
    EXPECT_STREQ(b.seen.accesses[0].name, "TXFTLR");
    EXPECT_EQ(b.seen.accesses[0].time, 3'000u);
    EXPECT_EQ(b.seen.accesses[0].value, 5u);
    EXPECT_TRUE(b.seen.accesses[0].write);
  });
}

TEST(Ssi, RefusesWhatCannotBeBuilt) {
  ssi::Parameters p;
  p.fifo_depth = 4;
  p.num_cs = 0;
  try {
    DwApbSsi ssi("spi9", p, Clock(kSsiHz));
    ADD_FAILURE();
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(),
                 "spi9: fifo_depth is 4, must be 8..256 frames; num_cs is 0, must be 1..16 chip selects");
  }
}

TEST(Ssi, RefusesADeviceBehindASelectThatIsNotThere) {
  DwApbSsi ssi("spi9", {}, Clock(kSsiHz));
  SpiLoopback device;
  EXPECT_NO_THROW(ssi.attach(3, &device));
  EXPECT_THROW(ssi.attach(4, &device), std::invalid_argument);
}

}  // namespace
}  // namespace dmavp::tb
