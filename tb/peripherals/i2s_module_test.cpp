// The I2S as a module: DMA, interrupt, drivers, slave (spec peripherals 1.2, 5.3 - 5.6).
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
#include "peripherals/i2s.h"
#include "peripherals/i2s_rig.h"
#include "peripherals/spi_i2s_dma.h"
#include "peripherals/wav_file.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

constexpr std::uint64_t kIer = 0x00, kIrer = 0x04, kIter = 0x08, kCer = 0x0C, kCcr = 0x10, kRxffr = 0x14,
                        kTxffr = 0x18, kRxdma = 0x1C0, kRrxdma = 0x1C4, kTxdma = 0x1C8, kRtxdma = 0x1CC,
                        kDmacr = 0x200;
constexpr std::uint64_t channel(unsigned n, std::uint64_t offset) { return 0x20 + 0x40 * n + offset; }
constexpr std::uint64_t kRer = 0x08, kTer = 0x0C, kRcr = 0x10, kTcr = 0x14, kIsr = 0x18, kImr = 0x1C,
                        kRor = 0x20, kTor = 0x24, kRfcr = 0x28, kTfcr = 0x2C, kRff = 0x30, kTff = 0x34;

constexpr std::uint64_t kBusHz = 100'000'000;
constexpr std::uint64_t kSclkHz = 48000 * 32;  // 16-bit stereo at 48 kHz
const sc_time kFrame(20'833'333, sc_core::SC_PS);

struct Recorder : Observer {
  std::vector<DmaRequestEvent> requests;
  std::vector<InterruptEvent> interrupts;
  std::vector<std::pair<std::string, Picoseconds>> diagnostics;
  bool wants_diagnostics = true;
  unsigned interests() const override {
    return kDmaRequests | kInterrupts | (wants_diagnostics ? unsigned{kDiagnostics} : 0u);
  }
  void dma_request(const DmaRequestEvent& event) override { requests.push_back(event); }
  void interrupt(const InterruptEvent& event) override { interrupts.push_back(event); }
  void diagnostic(const DiagnosticEvent& event) override { diagnostics.emplace_back(event.kind, event.time); }
};

struct Bench {
  ScriptedInitiator master;
  ProtocolChecker checker{"checker"};
  DwApbI2s i2s;
  sc_core::sc_signal<bool> irq{"irq_line"};
  PeripheralDma tx{"tx", master};
  PeripheralDma rx{"rx", master};
  Recorder seen;

  explicit Bench(ScriptedInitiator::Body body, const i2s::Parameters& parameters = {})
      : master("master", std::move(body)), i2s("i2s", parameters, Clock(kBusHz), Clock(kSclkHz)) {
    master.socket.bind(checker.target);
    checker.initiator.bind(i2s.socket);
    i2s.irq.bind(irq);
    i2s.dma_tx.bind(tx);
    i2s.dma_rx.bind(rx);
    tx.ack.bind(i2s.dma_tx_ack);
    rx.ack.bind(i2s.dma_rx_ack);
    i2s.set_observer(&seen);
  }
  ~Bench() { EXPECT_EQ(checker.report(), ""); }

  void rmw(std::uint64_t address, std::uint32_t clear, std::uint32_t set) {
    master.write32(address, (master.read32(address) & ~clear) | set);
  }
  // Linux's driver, access by access (spec 5.5).
  void linux_hw_params(bool play, std::uint32_t threshold = 7) {
    for (unsigned n = 0; n < 4; ++n) master.write32(channel(n, play ? kTer : kRer), 0);
    master.write32(channel(0, play ? kTcr : kRcr), 2);
    master.write32(channel(0, play ? kTfcr : kRfcr), threshold);
    master.write32(channel(0, play ? kTer : kRer), 1);
    master.write32(kCcr, 0x00);
  }
  void linux_start(bool play, bool dma) {
    master.write32(play ? kTxffr : kRxffr, 1);
    master.write32(kIer, 1);
    master.write32(play ? kIter : kIrer, 1);
    if (dma) rmw(kDmacr, 0, play ? 1u << 17 : 1u << 16);
    rmw(channel(0, kImr), play ? 0x30 : 0x03, 0);
    master.write32(kCer, 1);
  }
  void linux_stop(bool play, bool dma, bool last) {
    for (unsigned n = 0; n < 4; ++n) master.read32(channel(n, play ? kTor : kRor));
    master.write32(play ? kIter : kIrer, 0);
    master.write32(play ? kRtxdma : kRrxdma, 1);
    if (dma) rmw(kDmacr, play ? 1u << 17 : 1u << 16, 0);
    for (unsigned n = 0; n < 4; ++n) rmw(channel(n, kImr), 0, play ? 0x30 : 0x03);
    if (!last) return;
    master.write32(kCer, 0);
    master.write32(kIer, 0);
  }
};

template <class Body>
void run(Body&& body, const i2s::Parameters& parameters = {}) {
  std::unique_ptr<Bench> bench;
  bench = std::make_unique<Bench>(
      [&](ScriptedInitiator&) {
        body(*bench);
        bench->i2s.set_line(nullptr);  // it may live in the body
      },
      parameters);
  simulate();
}

Bytes samples16(std::size_t pairs, unsigned seed) {
  std::mt19937 random(seed);
  Bytes data(pairs * 4);
  for (unsigned char& byte : data) byte = static_cast<unsigned char>(random());
  data[0] |= 1;  // the first pair is not silence
  return data;
}

/// Playback by DMA, looped into capture by DMA and recorded as WAV: equal sample by sample, nothing lost.
TEST(I2s, PlaybackIntoCaptureIsEqualSampleBySample) {
  run([](Bench& b) {
    I2sLoopback loopback;
    I2sWavSink sink(48000, 16);
    I2sSplit line(&sink, &loopback);
    b.i2s.set_line(&line);
    constexpr std::size_t kPairs = 2000;
    const Bytes data = samples16(kPairs, 1);
    b.linux_hw_params(true);
    b.linux_hw_params(false);
    b.tx.start({true, kTxdma, 2, 8, data, 0, sc_time(1, SC_US)});  // before the block is on
    b.rx.start({false, kRxdma, 2, 8, {}, 2 * kPairs + 64, sc_time(1, SC_US)});
    EXPECT_TRUE(b.seen.requests.empty());
    b.linux_start(false, true);
    b.linux_start(true, true);
    while (!b.tx.finished()) wait(100, SC_US);
    EXPECT_EQ(b.i2s.losses().underruns, 0u);
    while (!b.rx.finished()) wait(100, SC_US);
    b.linux_stop(true, true, false);
    b.linux_stop(false, true, true);
    // What was captured before the first pair is silence.
    std::size_t first = 0;
    while (b.rx.received[first] == 0 && b.rx.received[first + 1] == 0 && b.rx.received[first + 2] == 0 &&
           b.rx.received[first + 3] == 0) {
      first += 4;
    }
    ASSERT_LE(first + data.size(), b.rx.received.size());
    EXPECT_EQ(std::memcmp(&b.rx.received[first], data.data(), data.size()), 0);
    ASSERT_GE(sink.wav().frames(), kPairs);
    for (std::size_t n = 0; n < 2 * kPairs; ++n) {
      std::int16_t sample = 0;
      std::memcpy(&sample, &data[2 * n], 2);
      ASSERT_EQ(sink.wav().samples[n], sample) << n;
    }
    EXPECT_EQ(b.i2s.losses().rx_overrun + b.i2s.losses().tx_overflow + b.i2s.losses().rx_underflow, 0u);
    EXPECT_EQ(b.i2s.losses().underruns, 1u);  // behind the end of the data, until the driver stopped it
  });
}

/// A burst of M items that always comes `late` after the request: with W pairs left at the request the FIFO
/// survives W frames, and not one more.
TEST(I2s, UnderrunsExactlyWhenTheDmaIsTooLate) {
  run([](Bench& b) {
    b.linux_hw_params(true, 3);  // requests at 3 pairs left
    b.master.write32(kIer, 1);
    for (unsigned n = 0; n < 10; ++n) {
      b.master.write32(channel(0, 0), n);
      b.master.write32(channel(0, 4), n);
    }
    // A request when 3 pairs are left, in the frame of the 7th: three frames on the FIFO is empty, and the
    // frame after that needs data.
    b.tx.start({true, kTxdma, 2, 8, samples16(400, 2), 0, 4 * kFrame - sc_time(100, SC_NS)});
    b.linux_start(true, true);
    while (!b.tx.finished()) wait(kFrame);
    EXPECT_EQ(b.i2s.losses().underruns, 0u);
    EXPECT_TRUE(b.seen.diagnostics.empty());
    b.linux_stop(true, true, true);

    b.tx.start({true, kTxdma, 2, 8, samples16(400, 2), 0, 4 * kFrame + sc_time(100, SC_NS)});
    b.linux_start(true, true);
    while (!b.tx.finished()) wait(kFrame);
    const std::size_t bursts = b.tx.burst_times.size() / 2;  // of each of the two runs
    EXPECT_EQ(bursts, 100u);
    // The first fill leaves 4 pairs, the others find the FIFO dry: each but the first two is late by one
    // frame.
    EXPECT_GT(b.i2s.losses().underruns, 90u);
    EXPECT_EQ(b.i2s.losses().underruns, b.i2s.losses().underrun_frames);
    EXPECT_EQ(b.seen.diagnostics.size(), b.i2s.losses().underruns);
    EXPECT_EQ(b.seen.diagnostics[0].first, "i2s.underrun");
  });
}

TEST(I2s, WatermarksThatDoNotFitLose) {
  run([](Bench& b) {
    b.linux_hw_params(true, 8);
    // M = 32 items, 16 pairs; room is for 16 - 8 = 8.
    b.tx.start({true, kTxdma, 2, 32, samples16(64, 3)});
    b.linux_start(true, true);
    wait(20 * kFrame);
    EXPECT_GT(b.i2s.losses().tx_overflow, 0u);
    EXPECT_EQ(b.seen.diagnostics.at(0).first, "i2s.transmit-overflow");
    b.linux_stop(true, true, true);
    b.linux_hw_params(false, 3);
    b.rx.start({false, kRxdma, 2, 16, {}, 64});  // M = 8 pairs, 4 are there
    b.linux_start(false, true);
    wait(10 * kFrame);
    EXPECT_GT(b.i2s.losses().rx_underflow, 0u);
  });
}

TEST(I2s, LinuxPlaysByInterruptWithoutDma) {
  run([](Bench& b) {
    I2sWavSink sink(48000, 16);
    b.i2s.set_line(&sink);
    EXPECT_EQ(b.master.read32(0x1F4), 0x0924'007Eu);
    EXPECT_EQ(b.master.read32(0x1F0), 0x1224u);
    b.linux_hw_params(true);
    b.linux_start(true, false);
    unsigned next = 1;
    for (unsigned round = 0; round < 50; ++round) {
      if (!b.irq.read()) wait(b.irq.posedge_event());
      wait(5, SC_US);
      for (unsigned n = 0; n < 4; ++n) {
        const std::uint32_t isr = b.master.read32(channel(n, kIsr));
        b.master.read32(channel(n, kTor));
        b.master.read32(channel(n, kRor));
        if (n != 0 || (isr & 0x10) == 0) continue;
        for (unsigned pair = 0; pair < 8; ++pair) {
          b.master.write32(channel(0, 0), next++);
          b.master.write32(channel(0, 4), next++);
        }
      }
      wait(1, SC_NS);  // the line falls
    }
    wait(5 * kFrame);
    b.linux_stop(true, false, true);
    EXPECT_EQ(b.i2s.losses().underruns, 0u);
    EXPECT_GT(sink.wav().samples.size(), 750u);
    for (std::size_t n = 0; n < sink.wav().samples.size(); ++n) {
      ASSERT_EQ(sink.wav().samples[n], static_cast<std::int32_t>(n + 1));
    }
    EXPECT_FALSE(b.irq.read());
  });
}

/// The K210 SDK: 32-bit items that carry both samples, requests by CCR, one item per request (spec 5.5).
TEST(I2s, K210SdkPlaysSplitItems) {
  i2s::Parameters p;
  p.dma_enable = i2s::DmaEnable::kCcr;
  run(
      [](Bench& b) {
        I2sWavSink sink(48000, 16);
        b.i2s.set_line(&sink);
        b.master.write32(kIer, 1);
        b.master.write32(kIter, 0);
        b.master.write32(channel(0, kImr), 0x33);
        b.master.write32(channel(0, kTer), 1);
        b.rmw(kCcr, 0, 1u << 8 | 1u << 10);
        b.master.write32(channel(0, kTer), 0);
        b.master.write32(channel(0, kTff), 1);
        b.master.write32(channel(0, kRff), 1);
        b.master.write32(kTxffr, 1);
        b.master.write32(channel(0, kTcr), 2);
        b.rmw(kCcr, 0x1F, 0);
        b.master.write32(kCer, 1);
        b.master.write32(channel(0, kTfcr), 4);
        b.master.write32(channel(0, kTer), 1);
        b.master.write32(kIter, 1);
        const Bytes data = samples16(100, 4);
        b.tx.start({true, kTxdma, 4, 1, data});
        while (!b.tx.finished()) wait(kFrame);
        wait(17 * kFrame);
        b.i2s.synchronize();
        ASSERT_GE(sink.wav().frames(), 100u);
        for (std::size_t n = 0; n < 200; ++n) {
          std::int16_t sample = 0;
          std::memcpy(&sample, &data[2 * n], 2);
          ASSERT_EQ(sink.wav().samples[n], sample) << n;
        }
        EXPECT_EQ(b.i2s.losses().tx_overflow, 0u);
      },
      p);
}

/// Register accesses at random times, by an initiator that runs ahead of the simulation now and then. The
/// module's events must be exactly the changes of the levels that the registers imply at each SCLK edge.
TEST(I2s, RequestLinesFollowTheLevelsAtEveryInstant) {
  const std::uint64_t seed = seed_base();
  SCOPED_TRACE("seed " + std::to_string(seed));
  run([&](Bench& b) {
    I2sRig oracle({}, kSclkHz);
    I2sLoopback line;
    I2sLoopback oracle_line;
    b.i2s.set_line(&line);
    oracle.model.core().set_line(&oracle_line);
    b.seen.wants_diagnostics = seed % 2 == 0;
    b.i2s.set_observer(&b.seen);
    std::mt19937_64 random(seed);
    const auto pick = [&](std::uint64_t n) { return static_cast<std::uint32_t>(random() % n); };
    using Change = std::tuple<Picoseconds, bool, bool>;
    std::vector<Change> requests[2];
    std::vector<std::pair<Picoseconds, bool>> interrupts;
    bool level = false;
    const auto note = [](std::vector<Change>& changes, const Change& change) {
      if (!changes.empty() && std::get<0>(changes.back()) == std::get<0>(change)) changes.pop_back();
      const Change before = changes.empty() ? Change(0, false, false) : changes.back();
      if (std::get<1>(before) == std::get<1>(change) && std::get<2>(before) == std::get<2>(change)) return;
      changes.push_back(change);
    };
    const auto compare = [&](Picoseconds at) {
      const i2s::Core& core = oracle.model.core();
      const std::uint32_t dmacr = oracle.peek("DMACR");
      const bool tx = oracle.peek("IER") != 0 && oracle.peek("ITER") != 0 && (dmacr >> 17 & 1) != 0 &&
                      (oracle.peek("CH0_TER") & 1) != 0;
      const bool rx = oracle.peek("IER") != 0 && oracle.peek("IRER") != 0 && (dmacr >> 16 & 1) != 0 &&
                      (oracle.peek("CH0_RER") & 1) != 0;
      const std::size_t tx_level = core.tx(0).fifo.size();
      const std::size_t rx_level = core.rx(0).fifo.size();
      note(requests[0], {at, rx && rx_level > oracle.peek("CH0_RFCR"), rx && rx_level > 0});
      note(requests[1], {at, tx && tx_level <= oracle.peek("CH0_TFCR"), tx && tx_level < 16});
      const bool irq = (oracle.peek("CH0_ISR") & ~oracle.peek("CH0_IMR")) != 0;
      if (irq != level) interrupts.emplace_back(at, irq);
      level = irq;
    };
    const std::pair<std::uint64_t, std::uint32_t> switches[] = {
        {kIer, 1},          {kIter, 1}, {kIrer, 1}, {kCer, 1}, {channel(0, kTer), 1}, {channel(0, kRer), 1},
        {kDmacr, 3u << 16},
    };
    const std::pair<std::uint64_t, std::uint32_t> others[] = {
        {channel(0, kTfcr), 16},
        {channel(0, kRfcr), 16},
        {channel(0, kImr), 0x34},
        {kCcr, 0x20},
        {kTxffr, 2},
        {kRxffr, 2},
        {channel(0, kTff), 2},
        {channel(0, kRff), 2},
    };
    const Clock sclk(kSclkHz);
    sc_time ahead;  // of the initiator
    for (unsigned step = 0; step < 4000; ++step) {
      const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp() + ahead);
      std::uint64_t address = kTxdma;
      std::uint32_t value = pick(65536);
      bool write = true;
      const unsigned kind = pick(32);
      if (kind < 4) {
        std::tie(address, value) = switches[pick(7)];
        if (pick(6) == 0) value = 0;
      } else if (kind < 6) {
        std::uint32_t limit = 0;
        std::tie(address, limit) = others[pick(8)];
        value = pick(limit);
      } else if (kind < 16) {
        address = kRxdma;
        write = false;
      } else if (kind < 18) {
        address = channel(0, kind == 16 ? kTor : kRor);
        write = false;
      }
      oracle.at(now);
      if (write) {
        b.master.write32(address, value, ahead);
        oracle.model.bank().write(address, 4, value);
      } else {
        std::uint64_t expected = 0;
        oracle.model.bank().read(address, 4, expected);
        const Bytes data = b.master.read(address, 4, 0, ahead).data;
        std::uint32_t got = 0;
        std::memcpy(&got, data.data(), 4);
        ASSERT_EQ(got, expected) << "step " << step;
      }
      oracle.at(now);
      compare(now);
      const Picoseconds later = now + pick(pick(10) == 0 ? 300'000'000 : 30'000'000);
      for (Cycle c = sclk.cycle_at(now) + 1; sclk.time_of(c) <= later; ++c) {
        oracle.at(sclk.time_of(c));
        compare(sclk.time_of(c));
      }
      ahead += from_picoseconds(later - now);
      if (pick(3) == 0) continue;
      wait(ahead);
      ahead = sc_core::SC_ZERO_TIME;
    }
    wait(ahead);
    for (const unsigned n : {0u, 1u}) {
      ASSERT_GT(requests[n].size(), 50u);
      std::vector<Change> seen;
      for (const DmaRequestEvent& e : b.seen.requests) {
        if (e.line == n) note(seen, {e.time, e.burst, e.single});
      }
      EXPECT_EQ(seen, requests[n]);
    }
    ASSERT_GT(interrupts.size(), 10u);
    std::vector<std::pair<Picoseconds, bool>> seen;
    for (const InterruptEvent& e : b.seen.interrupts) seen.emplace_back(e.time, e.level);
    EXPECT_EQ(seen, interrupts);
  });
}

TEST(I2s, SlaveTakesItsFramesFromTheMaster) {
  i2s::Parameters master_side;
  master_side.rx_channels = 0;
  i2s::Parameters slave_side;
  slave_side.tx_channels = 0;
  slave_side.master = false;
  slave_side.dma_enable = i2s::DmaEnable::kAlways;
  DwApbI2s slave("slave", slave_side, Clock(kBusHz), Clock(1));
  ScriptedInitiator cpu("cpu");
  cpu.socket.bind(slave.socket);
  PeripheralDma rx("slave_rx", cpu);
  slave.dma_rx.bind(rx);
  rx.ack.bind(slave.dma_rx_ack);
  I2sLink link(slave);
  run(
      [&](Bench& b) {
        b.i2s.set_line(&link);
        b.linux_hw_params(true);
        cpu.write32(channel(0, kRcr), 2);
        cpu.write32(channel(0, kRfcr), 3);
        cpu.write32(kCcr, 0);
        cpu.write32(kIer, 1);
        cpu.write32(kIrer, 1);
        const Bytes data = samples16(500, 6);
        rx.start({false, kRxdma, 2, 8, {}, 1040});
        b.tx.start({true, kTxdma, 2, 8, data});
        b.linux_start(true, true);
        while (!rx.finished()) wait(kFrame);
        std::size_t first = 0;
        while (rx.received[first] == 0 && rx.received[first + 1] == 0) first += 4;
        ASSERT_LE(first + data.size(), rx.received.size());
        EXPECT_EQ(std::memcmp(&rx.received[first], data.data(), data.size()), 0);
        EXPECT_EQ(slave.losses().rx_overrun + slave.losses().rx_underflow, 0u);
        b.linux_stop(true, true, true);
      },
      master_side);
}

TEST(I2s, ASlaveThatIsReadyHearsTheFirstFrameOfItsMaster) {
  i2s::Parameters slave_side;
  slave_side.tx_channels = 0;
  slave_side.master = false;
  DwApbI2s slave("slave", slave_side, Clock(kBusHz), Clock(1));
  ScriptedInitiator cpu("cpu");
  cpu.socket.bind(slave.socket);
  I2sLink link(slave);
  run([&](Bench& b) {
    constexpr std::uint64_t kData[2] = {0x00, 0x04};  // LTHR and LRBR, RTHR and RRBR
    b.i2s.set_line(&link);
    b.linux_hw_params(true);
    cpu.write32(channel(0, kRcr), 2);
    cpu.write32(kIer, 1);
    cpu.write32(kIrer, 1);
    for (unsigned start = 0; start < 2; ++start) {  // the second finds what the first has left
      b.master.write32(kIer, 1);
      b.master.write32(kIter, 1);
      for (std::uint32_t frame = 1; frame <= 2; ++frame) {
        b.master.write32(channel(0, kData[0]), 16 * start + 2 * frame);
        b.master.write32(channel(0, kData[1]), 16 * start + 2 * frame + 1);
      }
      b.master.write32(kCer, 1);
      wait(2.5 * kFrame);
      for (std::uint32_t frame = 1; frame <= 2; ++frame) {
        EXPECT_EQ(cpu.read32(channel(0, kData[0])), 16 * start + 2 * frame);
        EXPECT_EQ(cpu.read32(channel(0, kData[1])), 16 * start + 2 * frame + 1);
      }
      b.master.write32(kCer, 0);
      b.master.write32(kIer, 0);
      wait(3 * kFrame);
    }
    EXPECT_EQ(slave.losses().rx_overrun + slave.losses().rx_underflow, 0u);
  });
}

TEST(I2s, ASecondOfSoundNeedsNoEventPerFrame) {
  struct Quiet : I2sLine {
    I2sFrame capture(unsigned, Picoseconds) override { return {1 << 16, 2 << 16}; }
  };
  run([](Bench& b) {
    Quiet line;
    b.i2s.set_line(&line);
    b.linux_hw_params(false);
    b.rx.start({false, kRxdma, 4, 16, {}, 96000, sc_time(1, SC_US)});
    b.linux_start(false, true);
    const std::uint64_t before = sc_core::sc_delta_count();
    wait(1, sc_core::SC_SEC);
    // For 8 pairs: `single`, the request, its time-out for an overrun that did not come, and the DMA's own.
    EXPECT_LE(sc_core::sc_delta_count() - before, 48000u / 8 * 5);
    EXPECT_EQ(b.i2s.frames(), 47999u + 1);
    EXPECT_EQ(b.i2s.losses().rx_overrun, 0u);
  });
}

}  // namespace
}  // namespace dmavp::tb
