// What happens on the wires of DW_apb_uart when software changes its mind: resets, breaks, loopback, flow
// control, back ends [spec peripherals 2.3].
#include <gtest/gtest.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

/// Two UARTs, null modem.
struct Pair {
  UartRig a;
  UartRig b;
  explicit Pair(unsigned divisor = 1, unsigned fcr = 0x01, const uart::Parameters& parameters = {})
      : a(parameters), b(parameters) {
    a.core.connect(&b.core);
    b.core.connect(&a.core);
    a.set_up(divisor, fcr);
    b.set_up(divisor, fcr);
  }
  void wait(Picoseconds duration) {
    a.wait(duration);
    b.wait(duration);
  }
};

/// Feeds a count, and takes down what is sent.
struct Counting : uart::SerialBackend {
  unsigned given = 0;
  Picoseconds again = kNever;  ///< answer of ask_again(), while there is nothing
  bool has = true;
  std::vector<std::pair<unsigned, Picoseconds>> output;
  void sent(std::uint8_t data, Picoseconds at) override { output.emplace_back(data, at); }
  bool next(std::uint8_t& data, Picoseconds) override {
    if (!has) return false;
    data = static_cast<std::uint8_t>(given++);
    return true;
  }
  Picoseconds ask_again(Picoseconds) const override { return again; }
  bool obeys_rts() const override { return false; }
};

/// A reset in mid-character cuts it; the next one begins when the other end can tell the two apart, and lasts
/// as long as any.
TEST(UartWires, CharacterAfterAResetDoesNotOverlapTheOneThatWasCut) {
  Pair p(100);
  p.a.write(THR, 1);
  const Picoseconds end = p.a.character();
  p.wait(end / 4);
  p.a.write(SRR, 1);
  EXPECT_EQ(p.a.core.statistics().frames_cut, 1u);
  EXPECT_EQ(p.a.core.next_event(), kNever);
  p.a.set_up(1);
  p.a.write(THR, 2);
  EXPECT_EQ(p.a.core.next_event(), end + p.a.character());
  p.wait(end);
  EXPECT_EQ(p.a.core.statistics().sent, 1u);
  EXPECT_EQ(p.a.core.statistics().tx_gaps, 0u);
}

/// A reset releases the wires: break, RTS and DTR, and the modem lines that loopback had taken from them.
TEST(UartWires, ResetReleasesTheWires) {
  Pair p;
  p.a.write(LCR, 0x43);
  p.a.write(MCR, 0x03);
  EXPECT_EQ(p.b.read(MSR) & 0xF0, 0xB0u);
  p.wait(p.b.character() / 2);
  p.a.write(SRR, 1);
  p.wait(p.b.character());
  EXPECT_EQ(p.b.core.statistics().breaks, 0u);
  EXPECT_EQ(p.b.read(MSR), 0x0Bu);
  p.a.write(MCR, 0x1F);
  EXPECT_EQ(p.a.read(MSR) & 0xF0, 0xF0u);
  p.a.write(SRR, 1);
  EXPECT_EQ(p.a.read(MSR), 0u);
}

TEST(UartWires, EachModemOutputReachesTheOtherEndAlone) {
  Pair p;
  const struct { unsigned mcr, msr; } steps[] = {{0x01, 0xAA}, {0x03, 0xB1}, {0x02, 0x1A}, {0x00, 0x01}};
  for (const auto& step : steps) {
    p.a.write(MCR, step.mcr);
    EXPECT_EQ(p.b.read(MSR), step.msr) << step.mcr;
  }
}

/// What is on its way when loopback is switched does not arrive, from either side; a break neither.
TEST(UartWires, SwitchingLoopbackCutsWhatComesIn) {
  Pair p;
  p.a.write(THR, 1);
  p.wait(p.b.character() / 2);
  p.b.write(MCR, 0x10);
  p.wait(p.b.character());
  EXPECT_EQ(p.b.read(RFL), 0u);
  EXPECT_EQ(p.b.core.statistics().rx_unheard, 1u);
  p.b.write(THR, 2);
  p.wait(p.b.character() / 2);
  p.b.write(MCR, 0x00);
  p.wait(p.b.character());
  EXPECT_EQ(p.b.read(RFL), 0u);
  EXPECT_EQ(p.b.core.statistics().rx_unheard, 2u);
  p.a.write(LCR, 0x43);
  p.wait(p.b.character() / 2);
  p.b.write(MCR, 0x10);
  p.wait(3 * p.b.character());
  p.a.write(LCR, 0x03);
  p.a.write(LCR, 0x43);  // while in loopback
  p.wait(3 * p.b.character());
  EXPECT_EQ(p.b.core.statistics().breaks, 0u);
}

TEST(UartWires, BreakWithoutBaudClockIsNotHeard) {
  uart::Parameters compatible;
  compatible.uart_16550_compatible = true;
  Pair p(1, 1, compatible);
  p.a.write(LCR, 0x43);
  p.wait(p.b.character() / 2);
  const Picoseconds character = p.b.character();
  p.b.write(LCR, 0x83);
  p.b.write(DLL, 0);
  p.wait(2 * character);
  EXPECT_EQ(p.b.core.statistics().breaks, 0u);
}

/// Five percent are the most that rates may differ; stick parity is a constant.
TEST(UartWires, ErrorsOfRateAndParityAtTheirLimits) {
  struct Case {
    unsigned data, lcr_a, lcr_b, divisor_b;
    unsigned errors;  // of LSR
  };
  // 0x31 has three ones, 0x30 two.
  const Case cases[] = {
      {0x31, 0x03, 0x03, 105, 0x00}, {0x31, 0x03, 0x03, 106, 0x08}, {0x31, 0x03, 0x03, 96, 0x00},
      {0x31, 0x03, 0x03, 95, 0x08},  {0x31, 0x2B, 0x2B, 100, 0x00}, {0x30, 0x2B, 0x2B, 100, 0x00},
      {0x31, 0x3B, 0x3B, 100, 0x00}, {0x31, 0x2B, 0x3B, 100, 0x04}, {0x31, 0x2B, 0x0B, 100, 0x04},
      {0x30, 0x2B, 0x0B, 100, 0x00}, {0x31, 0x3B, 0x0B, 100, 0x00}, {0x30, 0x3B, 0x0B, 100, 0x04}};
  for (const Case& c : cases) {
    Pair p(100);
    p.b.set_up(c.divisor_b);
    p.a.write(LCR, c.lcr_a);
    p.b.write(LCR, c.lcr_b);
    p.a.write(THR, c.data);
    p.wait(20 * p.b.character());
    EXPECT_EQ(p.b.read(LSR) & 0x1F, 1u | c.errors)
        << c.data << " " << c.lcr_a << " " << c.lcr_b << " " << c.divisor_b;
  }
}

/// A receiver has as many bits as it is set to; a sender sends as many.
TEST(UartWires, DataAreAsWideAsTheirFormat) {
  for (unsigned bits = 5; bits <= 8; ++bits) {
    Pair p;
    p.b.write(LCR, bits - 5);
    p.a.write(THR, 0xFF);
    p.wait(2 * p.a.character());
    EXPECT_EQ(p.b.read(RBR), (1u << bits) - 1);
    Counting backend;
    backend.has = false;
    UartRig u;
    u.core.attach(&backend);
    u.set_up();
    u.write(LCR, bits - 5);
    u.write(THR, 0xFF);
    u.wait(u.character());
    ASSERT_EQ(backend.output.size(), 1u);
    EXPECT_EQ(backend.output[0].first, (1u << bits) - 1);
  }
}

/// What the time-out counts from is when the character came, not when the receiver looked.
TEST(UartWires, TimeoutCountsFromTheArrival) {
  Pair p(1, 0x81);
  p.b.write(IER, 1);
  p.a.write(THR, 1);
  const Picoseconds arrival = p.a.character();
  p.a.wait(arrival);
  EXPECT_EQ(p.b.core.next_event(), arrival + 4 * p.b.character());
}

TEST(UartWires, TimeoutFollowsTheDivisor) {
  uart::Parameters compatible;
  compatible.uart_16550_compatible = true;
  UartRig u(compatible);
  u.core.connect(&u.core);
  u.set_up(3, 0x81);
  u.write(THR, 1);
  u.wait(2 * u.character());
  u.write(LCR, 0x83);
  u.write(DLL, 7);
  EXPECT_EQ(u.core.next_event(), u.core.now() + 4 * u.character());
}

/// CTS lets a transmitter go on that had stopped for it.
TEST(UartWires, CtsStartsWhatItHadStopped) {
  UartRig u;
  u.set_up();
  u.write(MCR, 0x22);
  u.write(THR, 1);
  EXPECT_EQ(u.core.next_event(), kNever);
  u.core.modem_inputs(true, false, u.core.now() + 5000);
  EXPECT_EQ(u.core.now(), 5000u);
  EXPECT_NE(u.core.next_event(), kNever);
  u.wait(2 * u.character());
  EXPECT_EQ(u.core.statistics().sent, 1u);
}

/// In loopback RTS is CTS: the character that fills the receive FIFO to its trigger is the last one.
TEST(UartWires, AutomaticFlowControlWorksInLoopback) {
  UartRig u;
  u.set_up(1, 0x81);  // RT 2: 8
  u.write(MCR, 0x32);
  for (unsigned i = 0; i < 12; ++i) u.write(THR, i);
  u.wait(20 * u.character());
  EXPECT_EQ(u.read(RFL), 8u);
  EXPECT_EQ(u.read(TFL), 4u);
  for (unsigned i = 0; i < 8; ++i) EXPECT_EQ(u.read(RBR), i);
  u.wait(20 * u.character());
  EXPECT_EQ(u.read(RFL), 4u);
}

/// Automatic RTS is of the FIFO: without FIFOs it stays where MCR puts it.
TEST(UartWires, AutomaticRtsTakesFifos) {
  for (const bool fifos : {true, false}) {
    Pair p(1, fifos ? 0x01 : 0x00);
    p.b.write(MCR, 0x22);
    EXPECT_EQ(p.a.read(MSR) & 0x10, 0x10u);
    p.a.write(THR, 1);
    p.wait(2 * p.a.character());
    EXPECT_EQ(p.b.read(LSR) & 1, 1u);
    EXPECT_EQ(p.a.read(MSR) & 0x10, fifos ? 0x00u : 0x10u);
  }
}

/// A back end hears neither loopback nor break.
TEST(UartWires, BackEndHearsOnlyTheLine) {
  Counting backend;
  backend.has = false;
  UartRig u;
  u.core.attach(&backend);
  u.set_up();
  u.write(MCR, 0x10);
  u.write(THR, 1);
  u.wait(u.character());
  u.write(MCR, 0);
  u.write(SRR, 2);
  u.write(SBCR, 1);
  u.write(THR, 2);
  u.wait(u.character());
  EXPECT_TRUE(backend.output.empty());
  EXPECT_EQ(u.core.statistics().frames_cut, 1u);
  u.write(SBCR, 0);
  u.write(THR, 3);
  u.wait(u.character());
  ASSERT_EQ(backend.output.size(), 1u);
  EXPECT_EQ(backend.output[0].first, 3u);
}

/// Its characters come one after the other at the line's rate, whatever is switched meanwhile: one that
/// loopback cut off has its time on the wire all the same.
TEST(UartWires, BackEndFeedsOneAtATime) {
  Counting backend;
  UartRig u;
  u.core.attach(&backend);
  u.set_up(1);
  EXPECT_EQ(backend.given, 1u);
  const Picoseconds one = u.character();
  u.wait(one / 4);
  for (const unsigned mcr : {2u, 0u}) u.write(MCR, mcr);
  EXPECT_EQ(backend.given, 1u);
  u.write(MCR, 0x10);  // the first one is lost
  u.wait(one / 4);
  u.write(MCR, 0x00);
  EXPECT_EQ(backend.given, 2u);
  u.wait(2 * one - one / 4 - one / 4 - 1);
  EXPECT_EQ(u.read(RFL), 0u);
  u.wait(1);
  EXPECT_EQ(u.read(RBR), 1u);
  EXPECT_EQ(backend.given, 3u);
}

/// One that says it has to be asked again now is asked a picosecond later, not for ever.
TEST(UartWires, BackEndIsNotAskedTwiceAtOnce) {
  Counting backend;
  backend.has = false;
  backend.again = 0;
  UartRig u;
  u.core.attach(&backend);
  u.wait(1000);
  u.set_up();
  EXPECT_EQ(u.core.next_event(), 1001u);
  u.wait(5);
  backend.has = true;
  u.wait(1);
  EXPECT_EQ(backend.given, 1u);
}

}  // namespace
}  // namespace dmavp
