// Corners of the interrupts and levels of DW_apb_uart [spec peripherals 2.1, 2.3, 2.4].
#include <gtest/gtest.h>

#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

TEST(UartInterrupts, TimeoutGoesWithTheCharactersThatWereCleared) {
  for (const auto& [offset, value] : {std::pair(SRR, 2u), std::pair(FCR, 0x83u)}) {
    UartRig u;
    u.core.connect(&u.core);
    u.set_up(1, 0x81);
    u.write(IER, 1);
    u.write(THR, 1);
    u.wait(5 * u.character());
    EXPECT_EQ(u.read(IIR), 0xCCu);
    u.write(offset, value);
    EXPECT_EQ(u.read(IIR), 0xC1u);
  }
}

TEST(UartInterrupts, EnablingTheTransmitInterruptAsksOnlyIfThereIsRoom) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  u.write(THR, 1);
  u.write(IER, 2);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.read(TFR);
  EXPECT_EQ(u.read(IIR), 0xC2u);
}

/// What makes the level low, or no longer low, other than a character: IER[7] and TET.
TEST(UartInterrupts, TransmitThresholdActsAtOnce) {
  UartRig u;
  u.set_up(1, 0x31);  // TET 3: 8
  u.write(FAR, 1);
  u.write(IER, 0x02);
  for (unsigned i = 0; i < 5; ++i) u.write(THR, i);
  EXPECT_EQ(u.peek(IIR), 0xC1u);
  u.write(IER, 0x82);
  EXPECT_EQ(u.peek(IIR), 0xC2u);
  u.write(STET, 2);  // 4
  EXPECT_EQ(u.peek(IIR), 0xC1u);
  u.write(STET, 3);
  EXPECT_EQ(u.peek(IIR), 0xC2u);
  u.write(IER, 0x02);
  EXPECT_EQ(u.peek(IIR), 0xC1u);
}

/// With PTIME a read of IIR takes the interrupt away, and the next character brings it back while the level
/// is low: who fills the FIFO in small steps is asked again.
TEST(UartInterrupts, EachCharacterBelowTheThresholdAsksAgain) {
  UartRig u;
  u.set_up(1, 0x21);  // TET 2: 4
  u.write(FAR, 1);
  u.write(IER, 0x82);
  for (unsigned level = 0; level <= 4; ++level) {
    EXPECT_EQ(u.read(IIR), 0xC2u) << level;
    EXPECT_EQ(u.read(IIR), 0xC1u) << level;
    u.write(THR, level);
  }
  EXPECT_EQ(u.read(IIR), 0xC1u);
}

TEST(UartInterrupts, SpuriousTimeoutRaisesTheLineAtOnce) {
  UartRig u;
  u.set_up();
  u.write(IER, 1);
  u.wait(777);
  u.core.inject_spurious_timeout();
  ASSERT_FALSE(u.changes.empty());
  EXPECT_TRUE(u.changes.back().interrupt);
  EXPECT_EQ(u.changes.back().at, u.core.now());
}

/// USR at every level of both FIFOs; in the test mode nothing is busy.
TEST(UartInterrupts, StatusAtEveryLevel) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  for (unsigned level = 0; level <= 16; ++level) {
    EXPECT_EQ(u.read(USR) & 0x07, (level < 16 ? 0x02u : 0u) | (level == 0 ? 0x04u : 0u)) << level;
    EXPECT_EQ(u.read(USR) & 0x19, (level > 0 ? 0x08u : 0u) | (level == 16 ? 0x10u : 0u)) << level;
    u.write(THR, level);
    u.write(RFW, level);
  }
  EXPECT_EQ(u.core.statistics().received, 0u) << "none came from the line";
  EXPECT_EQ(u.core.statistics().rx_overruns, 1u);
  u.write(LCR, 0x1B);
  EXPECT_EQ(u.read(LCR), 0x1Bu);
  EXPECT_EQ(u.read(IIR), 0xC1u);
}

/// A read of the divisor takes no character.
TEST(UartInterrupts, DlabKeepsTheFifoAway) {
  uart::Parameters p;
  p.uart_16550_compatible = true;
  UartRig u(p);
  u.set_up(0x1234);
  u.write(FAR, 1);
  u.write(RFW, 0x55);
  u.write(LCR, 0x83);
  EXPECT_EQ(u.read(DLL), 0x34u);
  EXPECT_EQ(u.read(RFL), 1u);
  u.write(LCR, 0x03);
  EXPECT_EQ(u.read(RBR), 0x55u);
}

TEST(UartInterrupts, FifoDepthsArePowersOfTwoFrom16To2048) {
  for (unsigned depth = 0; depth <= 5000; ++depth) {
    uart::Parameters p;
    p.fifo_depth = depth;
    bool valid = depth == 0;
    for (unsigned power = 16; power <= 2048; power *= 2) valid = valid || depth == power;
    EXPECT_EQ(validate(p).empty(), valid) << depth;
  }
}

}  // namespace
}  // namespace dmavp
