// The accesses of the drivers, one by one, end as the drivers expect [spec peripherals 2.6].
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

constexpr Picoseconds kMicrosecond = 1'000'000;

struct Probed {
  bool rs485;
  unsigned dlf_bits;
  unsigned fifo_size;
  bool afce;
};

Probed linux_probe(UartRig& u) {
  Probed found{};
  u.write(RE_EN, 1);
  found.rs485 = u.read(RE_EN) != 0;
  u.write(RE_EN, 0);
  const std::uint32_t fraction = u.read(DLF);
  u.write(DLF, 0xFFFFFFFF);
  for (std::uint32_t bits = u.read(DLF); bits != 0; bits >>= 1) ++found.dlf_bits;
  u.write(DLF, fraction);
  EXPECT_NE(u.read(UCV), 0u);
  const std::uint32_t cpr = u.read(CPR);
  found.fifo_size = 16 * ((cpr >> 16) & 0xFF);
  found.afce = (cpr & 0x10) != 0;
  return found;
}

void linux_clear_fifos(UartRig& u) {
  for (const unsigned fcr : {1u, 7u, 0u}) u.write(FCR, fcr);
}

/// A write of LCR as the driver does it: again until it holds. Returns the attempts.
unsigned linux_write_lcr(UartRig& u, unsigned value, unsigned fcr) {
  constexpr unsigned kNoStick = ~0x20u;
  u.write(LCR, value);
  unsigned tries = 1;
  for (; tries < 1000 && (u.read(LCR) & kNoStick) != (value & kNoStick); ++tries) {
    linux_clear_fifos(u);
    u.write(FCR, fcr);
    if ((u.read(LSR) & 1) != 0) u.read(RBR);
    u.write(LCR, value);
  }
  return tries;
}

void linux_clear_interrupts(UartRig& u) {
  for (const std::uint64_t offset : {LSR, RBR, IIR, MSR}) u.read(offset);
}

/// True: transmit interrupts come again, no timer is needed.
bool linux_open(UartRig& u) {
  linux_clear_fifos(u);
  linux_clear_interrupts(u);
  EXPECT_NE(u.read(LSR), 0xFFu);
  EXPECT_NE(u.read(LSR) & 0x20, 0u);
  unsigned ids[2];
  for (unsigned& id : ids) {
    u.write(IER, 2);
    u.read(IER);
    u.wait(kMicrosecond);
    id = u.read(IIR);
    u.write(IER, 0);
  }
  EXPECT_EQ(ids[0] & 0xF, 0x2u);
  linux_write_lcr(u, 3, 0);
  u.write(MCR, 0x08);
  u.write(IER, 2);
  const bool empty = (u.read(LSR) & 0x40) != 0;
  const bool none = (u.read(IIR) & 1) != 0;
  EXPECT_FALSE(empty && none);  // else the driver believes in a missing interrupt
  u.write(IER, 0);
  linux_clear_interrupts(u);
  return (ids[1] & 0xF) == 0x2;
}

void linux_set_termios(UartRig& u, unsigned divisor, unsigned fraction) {
  u.write(IER, 0x05);
  u.write(DLF, fraction);
  const unsigned lcr = u.read(LCR);
  EXPECT_EQ(linux_write_lcr(u, lcr | 0x80, 0x81), 1u);
  u.write(DLL, divisor & 0xFF);
  u.write(DLH, divisor >> 8);
  EXPECT_EQ(linux_write_lcr(u, 0x03, 0x81), 1u);
  u.write(FCR, 0x01);
  u.write(FCR, 0x81);
  u.write(MCR, 0x0B);
}

TEST(UartSequences, LinuxProbes) {
  for (const unsigned depth : {16u, 128u}) {
    uart::Parameters p;
    p.fifo_depth = depth;
    UartRig u(p);
    const Probed found = linux_probe(u);
    EXPECT_FALSE(found.rs485);
    EXPECT_EQ(found.dlf_bits, 4u);
    EXPECT_EQ(found.fifo_size, depth);
    EXPECT_TRUE(found.afce);
  }
}

TEST(UartSequences, LinuxOpensSendsReceivesAndCloses) {
  UartRig u;
  u.core.connect(&u.core);
  linux_probe(u);
  EXPECT_TRUE(linux_open(u));
  linux_set_termios(u, 54, 4);  // 115200 at 100 MHz
  EXPECT_NEAR(static_cast<double>(u.character()), 1e12 * 10 / 115200, 1e12 * 10 / 115200 * 0.001);
  EXPECT_EQ(u.core.receive_trigger(), 8u);
  EXPECT_EQ(u.core.transmit_trigger(), 0u);
  EXPECT_FALSE(u.core.interrupt());

  // PIO: the transmit interrupt asks for a FIFO full, the receive interrupt comes at 8 and by time-out.
  const std::vector<unsigned> message = {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k'};
  std::vector<unsigned> got;
  bool sent = false;
  std::vector<unsigned> ids;
  u.write(IER, 0x07);
  for (int guard = 0; guard < 1000 && got.size() < message.size(); ++guard) {
    while (true) {
      const unsigned id = u.read(IIR) & 0xF;
      if ((id & 1) != 0 && id != 7) break;
      ids.push_back(id);
      while ((u.read(LSR) & 1) != 0) got.push_back(u.read(RBR));
      if ((u.read(LSR) & 0x20) != 0 && !sent) {
        for (const unsigned c : message) u.write(THR, c);
        sent = true;
      } else if (sent) {
        u.write(IER, 0x05);
      }
    }
    if (u.core.next_event() == kNever) break;
    u.core.advance(u.core.next_event());
  }
  EXPECT_EQ(got, message);
  EXPECT_EQ(ids.front(), 0x2u);
  EXPECT_EQ(ids.back(), 0xCu);
  EXPECT_EQ(std::count(ids.begin(), ids.end(), 0x4u), 1);

  u.write(IER, 0);
  linux_write_lcr(u, u.read(LCR) & ~0x40u, 0x81);
  linux_clear_fifos(u);
  u.read(RBR);
  EXPECT_EQ(u.read(LSR), 0x60u);
  EXPECT_EQ(u.read(IIR), 0x01u);
  EXPECT_FALSE(u.core.interrupt());
}

/// The termios change arrives while characters are in the FIFO: the first write is refused, clearing the
/// FIFOs and waiting for the shift register makes the next one hold, and the busy interrupt is answered by
/// USR.
TEST(UartSequences, LinuxGetsItsLcrThroughWhileBusy) {
  UartRig u;
  u.set_up(1, 0x81);
  for (unsigned i = 0; i < 8; ++i) u.write(THR, i);
  u.write(LCR, 0x83);
  EXPECT_EQ(u.read(LCR), 0x03u);
  EXPECT_EQ(u.read(IIR) & 0xF, 0x7u);
  u.read(USR);
  EXPECT_EQ(u.read(IIR) & 0x1, 0x1u);
  linux_clear_fifos(u);
  u.wait(u.character());
  EXPECT_EQ(linux_write_lcr(u, 0x83, 0x81), 1u);
}

TEST(UartSequences, K210SdkConfiguresAndPolls) {
  UartRig u({}, 195'000'000);
  u.core.connect(&u.core);
  const unsigned divisor = 195'000'000 / 115200;  // of 1/16
  u.write(LCR, u.read(LCR) | 0x80);
  u.write(DLH, divisor >> 12);
  u.write(DLL, (divisor >> 4) & 0xFF);
  u.write(DLF, divisor & 0xF);
  u.write(LCR, 0);
  u.write(LCR, 0x03);
  u.write(LCR, u.read(LCR) & ~0x80u);
  u.write(IER, u.read(IER) | 0x80);
  u.write(FCR, 0x39);
  EXPECT_EQ(u.core.receive_trigger(), 1u);
  EXPECT_EQ(u.core.transmit_trigger(), 8u);
  EXPECT_NEAR(static_cast<double>(u.character()), 1e12 * 10 / 115200, 1e12 * 10 / 115200 * 0.001);
  unsigned received = 0;
  for (unsigned i = 0; i < 100; ++i) {
    while ((u.read(LSR) & 0x20) != 0) u.core.advance(u.core.next_event());  // PTIME: 1 is full
    u.write(THR, i);
    while ((u.read(LSR) & 1) != 0) EXPECT_EQ(u.read(RBR), received++);
  }
  while (true) {
    const bool empty = (u.read(LSR) & 0x40) != 0;
    while ((u.read(LSR) & 1) != 0) EXPECT_EQ(u.read(RBR), received++);
    if (empty) break;
    u.core.advance(u.core.next_event());
  }
  EXPECT_EQ(received, 100u);
  EXPECT_EQ(u.core.statistics().tx_overflows, 0u);
}

}  // namespace
}  // namespace dmavp
