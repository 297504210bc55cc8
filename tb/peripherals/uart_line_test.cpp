// The line of DW_apb_uart: character times, time-out, wires, flow control, back ends [spec peripherals 2.3].
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "peripherals/uart_rig.h"
#include "tier.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

/// Plays events in order of time until `done` or nothing happens any more; two UARTs at one time in either
/// order.
template <class Done>
void play(std::vector<UartRig*> all, Done done, bool backwards = false) {
  for (int guard = 0; guard < 10'000'000 && !done(); ++guard) {
    Picoseconds next = kNever;
    for (UartRig* u : all) next = std::min(next, u->core.next_event());
    if (next == kNever) return;
    for (std::size_t i = 0; i < all.size(); ++i) all[backwards ? all.size() - 1 - i : i]->core.advance(next);
  }
}

void wire(UartRig& a, UartRig& b) {
  a.core.connect(&b.core);
  b.core.connect(&a.core);
}

/// n characters take exactly n character times, whatever the clock, the divisor and the format.
TEST(UartLine, CharactersTakeExactlyTheirTime) {
  __extension__ using Wide = unsigned __int128;
  std::mt19937_64 random(tb::seed_base());
  SCOPED_TRACE("seed " + std::to_string(tb::seed_base()));
  for (int trial = 0; trial < 200; ++trial) {
    uart::Parameters p;
    p.dlf_size = static_cast<unsigned>(random() % 7);
    p.fifo_depth = 64;
    const std::uint64_t hz = 1'000'000 + random() % 1'000'000'000;
    const unsigned divisor = 1 + static_cast<unsigned>(random() % 3000);
    const unsigned fraction = static_cast<unsigned>(random() % (1u << p.dlf_size));
    const auto lcr = static_cast<unsigned>(random() % 0x40);
    UartRig u(p, hz);
    u.core.connect(&u.core);
    u.set_up(divisor);
    u.write(DLF, fraction);
    u.write(LCR, lcr);
    const unsigned bits = 5 + (lcr & 3);
    const unsigned halves = 2 + 2 * bits + ((lcr & 8) != 0 ? 2 : 0) +
                            ((lcr & 4) == 0 ? 2
                             : bits == 5    ? 3
                                            : 4);
    const auto count = 1 + static_cast<unsigned>(random() % 64);
    for (unsigned i = 0; i < count; ++i) u.write(THR, i);
    play({&u}, [&] { return u.core.statistics().sent == count; });
    // Half bits last 8 cycles of the clock divided by divisor + fraction / 2^dlf_size.
    const Wide cycles = Wide{count} * halves * 8 * ((Wide{divisor} << p.dlf_size) + fraction);
    const Wide scale = Wide{hz} << p.dlf_size;
    const auto expected = static_cast<Picoseconds>((cycles * 1'000'000'000'000u + scale - 1) / scale);
    ASSERT_EQ(u.core.now(), expected) << hz << " Hz / " << divisor << ", LCR " << lcr << ", " << count;
    ASSERT_EQ(u.core.receive_level(), count);
    for (unsigned i = 0; i < count; ++i) ASSERT_EQ(u.read(RBR), i & ((1u << bits) - 1));
    ASSERT_EQ(u.read(LSR), 0x60u);
  }
}

TEST(UartLine, FractionChangesTheBitTime) {
  uart::Parameters p;
  p.dlf_size = 4;
  UartRig u(p, 16'000'000);
  u.set_up(1);
  EXPECT_EQ(u.character(), 10'000'000u);
  u.write(DLF, 8);
  EXPECT_EQ(u.character(), 15'000'000u);
  u.write(DLF, 1);
  EXPECT_EQ(u.character(), 10'625'000u);
}

TEST(UartLine, OneEventACharacterAndOneMoreThanTheFifoHolds) {
  UartRig u;
  u.set_up(1);
  for (unsigned i = 0; i < 17; ++i) u.write(THR, i);
  EXPECT_EQ(u.read(TFL), 16u);
  EXPECT_EQ(u.core.statistics().tx_overflows, 0u);
  u.write(THR, 17);
  EXPECT_EQ(u.core.statistics().tx_overflows, 1u);
  unsigned events = 0;
  while (u.core.next_event() != kNever) {
    u.core.advance(u.core.next_event());
    ++events;
  }
  EXPECT_EQ(events, 17u);
  EXPECT_EQ(u.core.now(), 17 * u.character());
  EXPECT_EQ(u.read(LSR), 0x60u);
}

TEST(UartLine, NothingMovesWithoutDivisor) {
  UartRig u;
  u.write(FCR, 1);
  u.write(THR, 1);
  EXPECT_EQ(u.core.next_event(), kNever);
  u.wait(1'000'000'000'000);
  EXPECT_EQ(u.read(TFL), 1u);
  u.write(LCR, 0x83);
  u.write(DLL, 1);
  EXPECT_NE(u.core.next_event(), kNever);
}

/// What a slow clock and a large divisor put beyond all time does not happen, rather than at once.
TEST(UartLine, ClocksTooSlowForTheTimeoutEndNothingEarly) {
  UartRig u({}, 1);
  u.set_up(0xFFFF, 0x81);  // RT 2: 8
  u.write(LCR, 0x07);
  u.write(IER, 1);
  u.core.receive({u.core.now(), u.core.now() + 1000, {}, 1});
  u.core.line_break(true, u.core.now());
  u.wait(1000);
  u.wait(Picoseconds{9'400'000'000} * 1'000'000'000);
  EXPECT_EQ(u.read(RFL), 1u);
  EXPECT_FALSE(u.core.interrupt());
  EXPECT_EQ(u.core.statistics().breaks, 0u);
}

TEST(UartLine, HaltHoldsAndReleases) {
  UartRig u;
  u.set_up(1);
  u.write(THR, 1);
  u.write(THR, 2);
  u.write(HTX, 1);
  u.wait(10 * u.character());
  EXPECT_EQ(u.core.statistics().sent, 1u);  // the current one goes out
  EXPECT_EQ(u.read(TFL), 1u);
  EXPECT_EQ(u.read(LSR) & 0x60, 0u);
  u.write(HTX, 0);
  EXPECT_EQ(u.read(LSR) & 0x60, 0x20u);
  u.wait(u.character());
  EXPECT_EQ(u.core.statistics().sent, 2u);
  EXPECT_EQ(u.core.statistics().tx_gaps, 0u);  // it had not run dry
}

TEST(UartLine, GapsAreCountedAndMeasured) {
  UartRig u;
  u.set_up(1);
  u.write(THR, 1);
  u.wait(3 * u.character());
  u.write(THR, 1);
  u.write(THR, 1);
  u.wait(3 * u.character());
  u.write(THR, 1);
  EXPECT_EQ(u.core.statistics().tx_gaps, 2u);
  EXPECT_EQ(u.core.statistics().tx_gap_time, 3 * u.character());
}

TEST(UartLine, TimeoutAfterExactlyFourCharacterTimes) {
  UartRig u;
  u.core.connect(&u.core);
  u.set_up(3, 0x81);  // RT 2: 8
  u.write(IER, 1);
  const Picoseconds one = u.character();
  const auto line_rises_at = [&](Picoseconds at) {
    play({&u}, [&] { return u.core.interrupt(); });
    EXPECT_EQ(u.core.now(), at);
    EXPECT_EQ(u.read(IIR), 0xCCu);
    EXPECT_EQ(u.changes.back().at, at);
  };
  u.write(THR, 0x31);
  line_rises_at(5 * one);
  u.read(LSR);
  EXPECT_TRUE(u.core.interrupt());
  u.read(RBR);
  EXPECT_FALSE(u.core.interrupt());
  u.wait(100 * one);  // never with an empty FIFO
  EXPECT_FALSE(u.core.interrupt());

  // A push restarts it, and so does a pop.
  Picoseconds begin = u.core.now();
  u.write(THR, 1);
  u.wait(3 * one);
  u.write(THR, 2);
  line_rises_at(begin + 8 * one);
  u.read(RBR);
  EXPECT_FALSE(u.core.interrupt());
  begin = u.core.now();
  line_rises_at(begin + 4 * one);
  // Once there it stays although a character comes.
  u.write(THR, 3);
  u.wait(one);
  EXPECT_EQ(u.read(IIR), 0xCCu);
  u.read(RBR);
  u.read(RBR);
  EXPECT_EQ(u.read(IIR), 0xC1u);
}

/// With other settings four character times are something else, from then on.
TEST(UartLine, TimeoutFollowsTheSettings) {
  uart::Parameters p;
  p.uart_16550_compatible = true;  // takes LCR with a character in the FIFO
  for (const unsigned offset : {LCR, DLF}) {
    UartRig u(p);
    u.core.connect(&u.core);
    u.set_up(3, 0x81);
    u.write(IER, 1);
    u.write(THR, 1);
    u.wait(3 * u.character());
    u.write(offset, 0x07);  // two stop bits, or 7/16 more
    const Picoseconds begin = u.core.now();
    play({&u}, [&] { return u.core.interrupt(); });
    EXPECT_EQ(u.core.now(), begin + 4 * u.character());
  }
}

TEST(UartLine, LoopbackCarriesDataModemLinesAndBreaks) {
  UartRig u;
  UartRig far;
  wire(u, far);
  far.set_up(1);
  u.set_up(1);
  u.write(IER, 0x08);
  u.write(MCR, 0x10);
  const struct {
    unsigned mcr, msr;
  } lines[] = {{0x11, 0x22}, {0x10, 0x02}, {0x12, 0x11}, {0x10, 0x01},
               {0x14, 0x40}, {0x10, 0x04}, {0x18, 0x88}};
  for (const auto& line : lines) {
    u.write(MCR, line.mcr);
    EXPECT_EQ(u.read(IIR), (line.msr & 0xF) != 0 ? 0xC0u : 0xC1u) << line.mcr;
    EXPECT_EQ(u.read(MSR), line.msr) << line.mcr;
    EXPECT_EQ(u.read(IIR), 0xC1u);
  }
  EXPECT_EQ(far.read(MSR), 0u);  // outside they are inactive
  for (unsigned i = 0; i < 5; ++i) u.write(THR, 0x60 + i);
  u.wait(5 * u.character());
  far.wait(u.core.now());
  EXPECT_EQ(far.read(RFL), 0u);
  EXPECT_EQ(u.read(RFL), 5u);
  for (unsigned i = 0; i < 5; ++i) EXPECT_EQ(u.read(RBR), 0x60 + i);
  u.write(SBCR, 1);
  u.wait(20 * u.character());
  u.write(SBCR, 0);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x91u);
  EXPECT_EQ(u.read(RBR), 0u);
  EXPECT_EQ(u.read(RFL), 0u);  // one character, however long it lasted
  EXPECT_EQ(u.core.statistics().breaks, 1u);
  // What comes from outside is not heard.
  far.write(THR, 1);
  EXPECT_EQ(u.core.statistics().rx_unheard, 1u);
}

TEST(UartLine, BreakReachesTheOtherEnd) {
  UartRig a;
  UartRig b;
  wire(a, b);
  a.set_up(1);
  b.set_up(1);
  a.write(LCR, 0x43);
  b.wait(b.character() - 1);
  EXPECT_EQ(b.read(LSR), 0x60u);
  b.wait(1);
  EXPECT_EQ(b.read(LSR), 0xF1u);
  a.write(THR, 1);  // nobody sees it
  a.wait(a.character());
  EXPECT_EQ(a.core.statistics().frames_cut, 1u);
  a.write(LCR, 0x03);
  b.read(RBR);
  a.write(THR, 2);
  b.wait(2 * b.character());
  EXPECT_EQ(b.read(RBR), 2u);
}

TEST(UartLine, DifferentSettingsAreErrors) {
  struct Case {
    unsigned lcr_a, lcr_b, divisor_b;
    unsigned errors;  // of LSR
  };
  // 0x31 has three ones.
  const Case cases[] = {{0x03, 0x03, 100, 0x00}, {0x03, 0x03, 103, 0x00}, {0x03, 0x03, 110, 0x08},
                        {0x03, 0x02, 100, 0x08}, {0x0B, 0x0B, 100, 0x00}, {0x0B, 0x1B, 100, 0x04},
                        {0x1B, 0x03, 100, 0x00}, {0x0B, 0x03, 100, 0x08}, {0x03, 0x0B, 100, 0x04},
                        {0x03, 0x1B, 100, 0x00}, {0x07, 0x03, 100, 0x00}};
  for (const Case& c : cases) {
    UartRig a;
    UartRig b;
    wire(a, b);
    a.set_up(100);
    b.set_up(c.divisor_b);
    a.write(LCR, c.lcr_a);
    b.write(LCR, c.lcr_b);
    a.write(THR, 0x31);
    b.wait(20 * b.character());
    EXPECT_EQ(b.read(LSR) & 0x1F, 1u | c.errors) << c.lcr_a << " " << c.lcr_b << " " << c.divisor_b;
  }
}

/// With automatic flow control on both ends a slow reader loses nothing; the sender goes on when the FIFO is
/// empty, whichever UART is looked at first.
TEST(UartLine, AutomaticFlowControlLosesNothing) {
  for (const bool backwards : {false, true}) {
    UartRig a;
    UartRig b;
    wire(a, b);
    for (UartRig* u : {&a, &b}) {
      u->set_up(1, 0x81);
      u->write(MCR, 0x22);
    }
    unsigned next = 0;
    unsigned got = 0;
    for (int round = 0; round < 50; ++round) {
      while (a.core.transmit_level() < 16) a.write(THR, next++ & 0xFF);
      play(
          {&a, &b}, [] { return false; }, backwards);
      EXPECT_EQ(b.core.receive_level(), 8u);  // RTS fell at the trigger, and not one came after it
      EXPECT_EQ(a.read(MSR) & 0x10, 0u);
      for (unsigned left = 8; left > 0; --left, ++got) {
        EXPECT_EQ(a.read(MSR) & 0x10, 0u);
        EXPECT_EQ(b.read(RBR), got & 0xFF);
      }
      EXPECT_EQ(a.read(MSR) & 0x10, 0x10u);
    }
    EXPECT_EQ(b.core.statistics().rx_overruns, 0u);
    EXPECT_EQ(b.core.statistics().received, 400u);
  }
}

/// MCR[5] alone is no automatic flow control (2.3): it takes RTS too.
TEST(UartLine, AutomaticFlowControlTakesRtsToo) {
  for (const bool rts : {false, true}) {
    UartRig a;
    UartRig b;
    wire(a, b);
    for (UartRig* u : {&a, &b}) u->set_up(1, 0x81);
    b.write(MCR, 0);  // CTS of the other is low
    a.write(MCR, rts ? 0x22 : 0x20);
    for (unsigned i = 0; i < 4; ++i) a.write(THR, i);
    play(
        {&a, &b}, [] { return false; }, false);
    EXPECT_EQ(b.core.receive_level(), rts ? 0u : 4u);
  }
}

TEST(UartLine, TwoWayAtThreeMegabaudLosesNothing) {
  UartRig a({}, 48'000'000);
  UartRig b({}, 48'000'000);
  wire(a, b);
  a.set_up(1);
  b.set_up(1);
  EXPECT_NEAR(static_cast<double>(a.character()), 1e12 * 10 / 3e6, 1);
  std::vector<unsigned> sent_a, sent_b, got_a, got_b;
  std::mt19937 random(1);
  play({&a, &b}, [&] {
    const auto serve = [&](UartRig& u, std::vector<unsigned>& sent, std::vector<unsigned>& got) {
      while (u.core.receive_level() > 0) got.push_back(u.read(RBR));
      while (u.core.transmit_level() < 16 && sent.size() < 2000) {
        sent.push_back(random() & 0xFF);
        u.write(THR, sent.back());
      }
    };
    serve(a, sent_a, got_a);
    serve(b, sent_b, got_b);
    return got_a.size() == 2000 && got_b.size() == 2000;
  });
  EXPECT_EQ(got_b, sent_a);
  EXPECT_EQ(got_a, sent_b);
  EXPECT_EQ(a.core.now(), a.clock.time_of(2000 * 160));
  EXPECT_EQ(a.core.statistics().tx_gaps, 0u);
  EXPECT_EQ(a.read(LSR) | b.read(LSR), 0x60u);
}

struct Script : uart::SerialBackend {
  std::vector<std::uint8_t> input;
  std::size_t taken = 0;
  Picoseconds start = 0;
  bool rts = true;
  std::vector<std::pair<unsigned, Picoseconds>> output;
  void sent(std::uint8_t data, Picoseconds at) override { output.emplace_back(data, at); }
  bool next(std::uint8_t& data, Picoseconds at) override {
    if (at < start || taken == input.size()) return false;
    data = input[taken++];
    return true;
  }
  Picoseconds ask_again(Picoseconds at) const override { return at < start ? start : kNever; }
  bool obeys_rts() const override { return rts; }
};

TEST(UartLine, BackEndFeedsAtLineRateAndTakesWhatIsSent) {
  Script script;
  for (unsigned i = 0; i < 100; ++i) script.input.push_back(static_cast<std::uint8_t>(i));
  script.start = 1'000'000'000;
  UartRig u;
  u.core.attach(&script);
  EXPECT_EQ(u.read(MSR), 0xB0u);  // it is there: CTS, DSR, DCD
  u.set_up(7);
  EXPECT_EQ(u.core.next_event(), kNever);  // RTS is not asserted
  u.write(MCR, 0x02);
  std::vector<unsigned> got;
  play({&u}, [&] {
    while (u.core.receive_level() > 0) got.push_back(u.read(RBR));
    return got.size() == 100;
  });
  EXPECT_EQ(u.core.now(), script.start + 100 * u.character());
  for (unsigned i = 0; i < 100; ++i) EXPECT_EQ(got[i], i);
  EXPECT_EQ(u.core.next_event(), kNever);

  const Picoseconds begin = u.core.now();
  for (unsigned i = 0; i < 10; ++i) u.write(THR, i);
  play({&u}, [] { return false; });
  ASSERT_EQ(script.output.size(), 10u);
  for (unsigned i = 0; i < 10; ++i) {
    EXPECT_EQ(script.output[i].first, i);
    EXPECT_EQ(script.output[i].second, begin + (i + 1) * u.character());
  }
}

TEST(UartLine, FifoTestModeKeepsTheLineAway) {
  Script script;
  script.input = {0x11, 0x22, 0x33};
  UartRig u;
  u.core.attach(&script);
  u.set_up(1);
  u.write(HTX, 1);
  u.write(THR, 1);
  u.write(FAR, 1);
  EXPECT_EQ(u.read(TFL), 0u);  // a change of mode empties both
  u.write(MCR, 0x02);
  u.write(HTX, 0);
  u.write(THR, 2);
  u.wait(10 * u.character());
  EXPECT_EQ(u.core.statistics().sent, 0u);
  EXPECT_EQ(script.taken, 0u);
  u.core.receive({u.core.now(), u.core.now() + u.character(), {}, 0x44});
  u.wait(u.character());
  EXPECT_EQ(u.core.statistics().rx_unheard, 1u);
  u.write(FAR, 0);
  EXPECT_EQ(u.read(TFL), 0u);
  u.wait(3 * u.character());
  EXPECT_EQ(u.read(RFL), 3u);
  EXPECT_EQ(u.read(RBR), 0x11u);
}

/// Whether the time-out asks for DMA is a parameter [open point 1].
TEST(UartLine, TimeoutAsksForDmaIfToldTo) {
  for (const bool asks : {false, true}) {
    uart::Parameters p;
    p.timeout_requests_dma = asks;
    UartRig u(p);
    u.core.connect(&u.core);
    u.set_up(1, 0x81);
    u.write(THR, 1);
    u.wait(5 * u.character() - 1);
    EXPECT_FALSE(u.core.receive_request().burst);
    EXPECT_TRUE(u.core.receive_request().single);
    u.wait(1);
    EXPECT_EQ(u.core.receive_request().burst, asks);
    u.read(RBR);
    EXPECT_FALSE(u.core.receive_request().burst);
  }
}

TEST(UartLine, BackEndThatIgnoresRtsOverrunsAndIsCounted) {
  Script script;
  script.rts = false;
  script.input.assign(50, 0x42);
  UartRig u;
  u.core.attach(&script);
  u.set_up(7);
  play({&u}, [] { return false; });
  EXPECT_EQ(u.core.receive_level(), 16u);
  EXPECT_EQ(u.core.statistics().rx_overruns, 34u);
  EXPECT_EQ(u.core.statistics().received, 16u);
  EXPECT_EQ(u.read(LSR), 0x63u);
}

}  // namespace
}  // namespace dmavp
