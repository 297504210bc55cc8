// DW_apb_uart register by register [spec peripherals 2.1 - 2.4], without SystemC.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

/// Fills the receive FIFO through the test mode.
void push_received(UartRig& u, unsigned count, unsigned flags = 0) {
  for (unsigned i = 0; i < count; ++i) u.write(RFW, flags | (0x40 + i));
}

TEST(UartRegisters, ResetValuesOfTheWholeWindow) {
  UartRig u;
  const std::map<std::uint64_t, std::uint32_t> not_zero = {
      {IIR, 0x01}, {LSR, 0x60}, {USR, 0x06}, {CPR, 0x00013F32}, {UCV, 0x3430322A}, {CTR, 0x44570110}};
  for (std::uint64_t offset = 0; offset < 0x400; offset += 4) {
    const auto expected = not_zero.find(offset);
    const std::uint32_t value = expected == not_zero.end() ? 0 : expected->second;
    EXPECT_EQ(u.peek(offset), value) << std::hex << offset;
    EXPECT_EQ(u.read(offset), value) << std::hex << offset;
  }
  // What the map declares as reset value is what is read.
  for (const Register& reg : u.registers.bank().registers()) {
    EXPECT_EQ(reg.reset_value(), u.peek(reg.offset())) << reg.name();
  }
}

TEST(UartRegisters, ConfigurationIsReadable) {
  uart::Parameters p;
  p.fifo_depth = 128;
  p.dma_extra = false;
  p.afce = false;
  EXPECT_EQ(UartRig(p).read(CPR), 0x00081F22u);
  p.thre_mode = false;
  p.fifo_depth = 0;
  EXPECT_EQ(UartRig(p).read(CPR), 0x00001F02u);
}

TEST(UartRegisters, ValidationNamesEveryParameter) {
  uart::Parameters p;
  EXPECT_TRUE(validate(p).empty());
  for (const unsigned depth : {0u, 16u, 64u, 2048u}) {
    p.fifo_depth = depth;
    EXPECT_TRUE(validate(p).empty()) << depth;
  }
  p.fifo_depth = 24;
  p.dlf_size = 7;
  p.register_latency = 2'000'000;
  ASSERT_EQ(validate(p).size(), 3u);
  EXPECT_EQ(validate(p)[0].field, "fifo_depth");
  EXPECT_EQ(validate(p)[1].field, "dlf_size");
}

TEST(UartRegisters, DlabSwitchesTheFirstTwoRegisters) {
  UartRig u;
  u.write(LCR, 0x80);
  u.write(DLL, 0x34);
  u.write(DLH, 0x12);
  EXPECT_EQ(u.core.divisor(), 0x1234u);
  EXPECT_EQ(u.read(DLL), 0x34u);
  EXPECT_EQ(u.read(DLH), 0x12u);
  EXPECT_EQ(u.read(TFL), 0u);
  u.write(LCR, 0x00);
  EXPECT_EQ(u.read(IER), 0u);
  u.write(IER, 0xFF);
  EXPECT_EQ(u.read(IER), 0x8Fu);
  EXPECT_EQ(u.core.divisor(), 0x1234u);
}

TEST(UartRegisters, StorageAndAbsentRegisters) {
  UartRig u;
  for (const std::uint64_t offset : {std::uint64_t{SCR}, std::uint64_t{0x20}, std::uint64_t{0x24}}) {
    u.write(offset, 0x1A5);
    EXPECT_EQ(u.read(offset), 0xA5u);
  }
  for (std::uint64_t offset : {0x28, 0x2C, 0xAC, 0xB0, 0xB4, 0xB8, 0xBC, 0xC4, 0xC8, 0xCC, 0xD0, 0xF0}) {
    u.write(offset, 0xFFFFFFFF);
    EXPECT_EQ(u.read(offset), 0u) << std::hex << offset;
    EXPECT_TRUE(u.ok);
  }
  for (unsigned size = 0; size <= 6; ++size) {
    uart::Parameters p;
    p.dlf_size = size;
    UartRig v(p);
    v.write(DLF, 0xFFFFFFFF);
    EXPECT_EQ(v.read(DLF), (1u << size) - 1);
  }
}

TEST(UartRegisters, ShadowsAndTheirOriginalsAreOne) {
  UartRig u;
  u.set_up(1, 0x01);
  u.write(FCR, 0xF9 & ~0x06u);  // RT 3, TET 3, DMA mode 1
  EXPECT_EQ(u.read(SFE), 1u);
  EXPECT_EQ(u.read(SRT), 3u);
  EXPECT_EQ(u.read(STET), 3u);
  EXPECT_EQ(u.read(SDMAM), 1u);
  u.write(SRT, 1);
  u.write(STET, 2);
  u.write(SDMAM, 0);
  EXPECT_EQ(u.core.receive_trigger(), 4u);
  EXPECT_EQ(u.core.transmit_trigger(), 4u);
  EXPECT_FALSE(u.core.dma_mode());
  u.write(SRTS, 1);
  EXPECT_EQ(u.read(MCR), 0x02u);
  u.write(SBCR, 1);
  EXPECT_EQ(u.read(LCR), 0x43u);
  u.write(SBCR, 0);
  EXPECT_EQ(u.read(LCR), 0x03u);
  u.write(SFE, 0);
  EXPECT_EQ(u.read(IIR), 0x01u);
}

TEST(UartRegisters, FcrBitsCountOnlyWithTheFifosOnAndEachChangeEmpties) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  push_received(u, 3);
  u.write(THR, 1);
  u.write(FCR, 0xF8);  // off: the rest is not taken
  EXPECT_EQ(u.read(RFL), 0u);
  EXPECT_EQ(u.read(TFL), 0u);
  EXPECT_EQ(u.core.rt(), 0u);
  EXPECT_EQ(u.read(IIR), 0x01u);
  u.write(FCR, 0xC1);
  EXPECT_EQ(u.read(IIR) & 0xC0, 0xC0u);
  EXPECT_EQ(u.core.rt(), 3u);
  push_received(u, 3);
  u.write(THR, 1);
  u.write(FCR, 0x03);
  EXPECT_EQ(u.read(RFL), 0u);
  EXPECT_EQ(u.read(TFL), 1u);
  push_received(u, 2);
  u.write(FCR, 0x05);
  EXPECT_EQ(u.read(RFL), 2u);
  EXPECT_EQ(u.read(TFL), 0u);
  u.write(SRR, 2);
  EXPECT_EQ(u.read(RFL), 0u);
  EXPECT_EQ(u.core.statistics().rx_flushed, 8u);
  EXPECT_EQ(u.core.statistics().tx_flushed, 2u);
}

TEST(UartRegisters, EveryAliasPushesAndPops) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  for (unsigned i = 0; i < 16; ++i) u.write(STHR + 4 * i, 0x100 + i);  // 8 bits arrive
  EXPECT_EQ(u.read(TFL), 16u);
  u.write(THR, 0x77);
  EXPECT_EQ(u.core.statistics().tx_overflows, 1u);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(u.read(TFR), i);
  EXPECT_EQ(u.read(TFR), 0u);
  push_received(u, 16);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(u.read(STHR + 4 * i), 0x40 + i);
  EXPECT_EQ(u.read(RFL), 0u);
  EXPECT_EQ(u.read(RBR), 0x4Fu);  // nothing there: the last one again
  EXPECT_EQ(u.core.statistics().rx_underflows, 1u);
  EXPECT_TRUE(u.ok);
}

TEST(UartRegisters, EmptyRbrIsABusErrorWhenAskedFor) {
  uart::Parameters p;
  p.pslverr_resp_en = true;
  UartRig u(p);
  u.read(RBR);
  EXPECT_TRUE(u.ok);  // FIFOs off
  u.write(FCR, 1);
  u.read(RBR);
  EXPECT_FALSE(u.ok);
  u.read(LSR);
  EXPECT_TRUE(u.ok);
}

/// Every RT and TET code at every level, for interrupt and requests [2.3, 1.1].
TEST(UartRegisters, TriggerTableAtEveryLevel) {
  for (const unsigned depth : {16u, 128u}) {
    const unsigned rx_level[] = {1, depth / 4, depth / 2, depth - 2};
    const unsigned tx_level[] = {0, 2, depth / 4, depth / 2};
    for (unsigned code = 0; code < 4; ++code) {
      uart::Parameters p;
      p.fifo_depth = depth;
      UartRig u(p);
      u.set_up(1, 0x01 | code << 6 | code << 4);
      u.write(FAR, 1);
      u.write(IER, 0x01);
      for (unsigned level = 0; level <= depth; ++level) {
        EXPECT_EQ(u.read(RFL), level);
        EXPECT_EQ(u.read(IIR) & 0xF, level >= rx_level[code] ? 0x4u : 0x1u) << level;
        EXPECT_EQ(u.core.receive_request().burst, level >= rx_level[code]) << level;
        EXPECT_EQ(u.core.receive_request().single, level > 0) << level;
        if (level < depth) push_received(u, 1);
      }
      u.write(IER, 0x82);
      for (unsigned level = 0; level <= depth; ++level) {
        EXPECT_EQ(u.read(TFL), level);
        EXPECT_EQ(u.peek(IIR) & 0xF, level <= tx_level[code] ? 0x2u : 0x1u) << level;
        EXPECT_EQ(u.core.transmit_request().burst, level <= tx_level[code]) << level;
        EXPECT_EQ(u.core.transmit_request().single, level < depth) << level;
        EXPECT_EQ((u.peek(LSR) >> 5) & 1, level == depth ? 1u : 0u) << level;  // PTIME: full
        if (level < depth) u.write(THR, 0);
      }
    }
  }
}

TEST(UartRegisters, RequestsWithoutDmaExtra) {
  uart::Parameters p;
  p.dma_extra = false;
  UartRig u(p);
  u.set_up(1, 0x81);  // RT 2: 8
  u.write(FAR, 1);
  const auto tx = [&] { return u.core.transmit_request(); };
  const auto rx = [&] { return u.core.receive_request(); };
  EXPECT_TRUE(tx().burst && tx().single);
  u.write(THR, 0);
  EXPECT_FALSE(tx().burst || tx().single);
  EXPECT_FALSE(rx().burst);
  push_received(u, 1);
  EXPECT_TRUE(rx().burst && rx().single);
  // Mode 1: from empty until full, from the trigger until empty.
  u.write(FCR, 0x8F);
  EXPECT_TRUE(tx().burst);
  for (unsigned i = 0; i < 16; ++i, u.write(THR, 0)) EXPECT_TRUE(tx().burst) << i;
  EXPECT_FALSE(tx().burst);
  for (unsigned i = 0; i < 15; ++i, u.read(TFR)) EXPECT_FALSE(tx().burst) << i;
  u.read(TFR);
  EXPECT_TRUE(tx().burst);
  for (unsigned i = 0; i < 8; ++i, push_received(u, 1)) EXPECT_FALSE(rx().burst) << i;
  for (unsigned i = 0; i < 8; ++i, u.read(RBR)) EXPECT_TRUE(rx().burst) << i;
  EXPECT_FALSE(rx().burst);
  push_received(u, 1);
  u.wait(4 * u.character());  // the time-out also raises it
  EXPECT_TRUE(rx().burst);
}

TEST(UartRegisters, FifosOffIsDepthOne) {
  UartRig u;
  u.set_up(1, 0);
  u.write(IER, 1);
  u.write(FAR, 1);
  EXPECT_TRUE(u.core.transmit_request().burst && u.core.transmit_request().single);
  u.write(THR, 1);
  EXPECT_FALSE(u.core.transmit_request().burst || u.core.transmit_request().single);
  u.write(THR, 2);  // overwrites
  EXPECT_EQ(u.read(TFR), 2u);
  EXPECT_EQ(u.core.statistics().tx_overflows, 1u);
  push_received(u, 1);
  EXPECT_EQ(u.read(IIR), 0x04u);
  EXPECT_TRUE(u.core.receive_request().burst && u.core.receive_request().single);
  u.write(RFW, 0x55);  // the old one is overwritten, OE
  EXPECT_EQ(u.read(LSR) & 0x03, 0x03u);
  EXPECT_EQ(u.read(RBR), 0x55u);
  EXPECT_EQ(u.read(LSR) & 0x03, 0x00u);
}

TEST(UartRegisters, OverrunKeepsTheFifo) {
  UartRig u;
  u.set_up();
  u.write(IER, 4);
  u.write(FAR, 1);
  push_received(u, 16);
  EXPECT_EQ(u.read(LSR) & 2, 0u);
  push_received(u, 3, 0x80);
  EXPECT_EQ(u.read(IIR), 0xC6u);
  EXPECT_EQ(u.read(LSR) & 2, 2u);
  EXPECT_EQ(u.read(LSR) & 2, 0u);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  for (unsigned i = 0; i < 16; ++i) EXPECT_EQ(u.read(RBR), 0x40 + i);
  EXPECT_EQ(u.core.statistics().rx_overruns, 3u);
}

TEST(UartRegisters, ErrorsTravelWithTheirCharacter) {
  UartRig u;
  u.set_up();
  u.write(IER, 4);
  u.write(FAR, 1);
  push_received(u, 1);
  push_received(u, 1, 0x100);
  push_received(u, 1);
  push_received(u, 1, 0x200);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x81u);  // RFE only
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.read(RBR);
  EXPECT_EQ(u.read(IIR), 0xC6u);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x85u);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x81u);  // reading cleared PE, the other one is still to come
  u.read(RBR);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x81u);
  u.read(RBR);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x89u);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x01u);
  u.read(RBR);
  push_received(u, 2, 0x300);
  EXPECT_EQ(u.peek(LSR) & 0x9F, 0x8Du);
  u.write(SRR, 2);
  EXPECT_EQ(u.read(LSR) & 0x80, 0u);
}

TEST(UartRegisters, IdentificationShowsTheHighestFirst) {
  UartRig u;
  u.set_up(1, 0x81);  // RT 2: 8 of 16
  u.write(IER, 0x0F);
  u.core.modem_inputs(true, false, u.core.now());  // modem status
  u.write(HTX, 1);
  u.write(THR, 0);
  u.write(LCR, 0x1B);  // busy: ignored
  EXPECT_EQ(u.read(LCR), 0x03u);
  u.write(SRR, 4);  // transmitter empty
  EXPECT_EQ(u.read(IIR), 0xC2u);
  EXPECT_EQ(u.read(IIR), 0xC0u);  // reading cleared what it showed
  EXPECT_EQ(u.read(IIR), 0xC0u);
  EXPECT_EQ(u.read(MSR), 0x11u);
  EXPECT_EQ(u.read(MSR), 0x10u);
  EXPECT_EQ(u.read(IIR), 0xC7u);
  EXPECT_TRUE(u.core.interrupt());
  u.read(USR);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  EXPECT_FALSE(u.core.interrupt());

  u.write(IER, 0x0D);
  u.write(IER, 0x0F);  // transmitter empty again
  u.core.receive({u.core.now(), u.core.now() + u.character(), {}, 0x11});
  u.wait(5 * u.character());
  EXPECT_EQ(u.peek(IIR), 0xCCu);
  for (unsigned i = 0; i < 7; ++i) {
    u.core.receive({u.core.now(), u.core.now() + u.character(), {}, 0x22});
    u.wait(u.character());
  }
  EXPECT_EQ(u.peek(IIR), 0xC4u);  // the level goes before the time-out
  u.core.receive({u.core.now(), u.core.now() + u.character() * 2, {}, 0});  // half the rate
  u.wait(3 * u.character());
  for (unsigned i = 0; i < 8; ++i) u.read(RBR);
  EXPECT_EQ(u.peek(IIR), 0xC6u);
  EXPECT_EQ(u.read(LSR) & 0x1E, 0x08u);
  EXPECT_EQ(u.read(IIR), 0xC2u);
}

TEST(UartRegisters, TransmitInterruptComesAgainWithItsEnableBit) {
  UartRig u;
  u.set_up();
  u.write(IER, 2);
  EXPECT_EQ(u.read(IIR), 0xC2u);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.write(IER, 0);
  u.write(IER, 2);
  EXPECT_EQ(u.read(IIR), 0xC2u);
  // Shown behind something else, it stays.
  u.write(IER, 6);
  u.write(IER, 4);
  u.write(FAR, 1);
  u.write(IER, 6);
  push_received(u, 1, 0x100);
  EXPECT_EQ(u.read(IIR), 0xC6u);
  u.read(LSR);
  EXPECT_EQ(u.read(IIR), 0xC2u);
  // A write takes it away until the FIFO is empty again.
  u.write(FAR, 0);
  u.write(IER, 0);
  u.write(IER, 2);
  u.write(THR, 1);
  u.write(THR, 2);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.wait(u.character() - 1);
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.wait(1);
  EXPECT_EQ(u.read(IIR), 0xC2u);
}

TEST(UartRegisters, LcrIsRefusedWhileBusy) {
  for (const bool compatible : {false, true}) {
    uart::Parameters p;
    p.uart_16550_compatible = compatible;
    UartRig u(p);
    u.write(THR, 0);  // without a divisor nothing is busy
    EXPECT_EQ(u.read(USR) & 1, 0u);
    u.write(SRR, 4);
    u.set_up();
    u.write(THR, 0x11);
    EXPECT_EQ(u.read(USR) & 1, compatible ? 0u : 1u);
    u.write(LCR, 0x1B);
    EXPECT_EQ(u.read(LCR), compatible ? 0x1Bu : 0x03u);
    EXPECT_EQ(u.read(IIR), compatible ? 0xC1u : 0xC7u);  // no enable bit
    EXPECT_EQ(u.read(IIR), compatible ? 0xC1u : 0xC7u);
    u.read(USR);
    EXPECT_EQ(u.read(IIR), 0xC1u);
    u.wait(2 * u.character());
    u.write(LCR, 0x1B);
    EXPECT_EQ(u.read(LCR), 0x1Bu);
    EXPECT_EQ(u.core.statistics().busy_lcr_writes, compatible ? 0u : 1u);
  }
}

TEST(UartRegisters, BusyWithACharacterOnTheWayInOrUnread) {
  UartRig u;
  u.set_up();
  const Picoseconds begin = u.core.now() + 10;
  u.core.receive({begin, begin + u.character(), {}, 1});
  EXPECT_EQ(u.read(USR), 0x06u);
  u.wait(10);
  EXPECT_EQ(u.read(USR), 0x07u);
  u.wait(u.character());
  EXPECT_EQ(u.read(USR), 0x0Fu);
  u.read(RBR);
  EXPECT_EQ(u.read(USR), 0x06u);
}

TEST(UartRegisters, SoftResetPutsEverythingBack) {
  UartRig u;
  u.set_up(5, 0xB9);
  for (const std::uint64_t offset : {SCR, MCR, IER, DLF, HTX}) u.write(offset, 0x0F);
  u.write(THR, 1);
  u.core.receive({u.core.now(), u.core.now() + 100, {}, 1});
  u.write(SRR, 1);
  for (std::uint64_t offset = 0; offset < 0x100; offset += 4) {
    EXPECT_EQ(u.peek(offset), UartRig().peek(offset)) << std::hex << offset;
  }
  EXPECT_EQ(u.core.divisor(), 0u);
  EXPECT_EQ(u.core.next_event(), kNever);
  EXPECT_EQ(u.core.statistics().rx_unheard, 1u);
  EXPECT_EQ(u.core.statistics().tx_flushed, 1u);
}

TEST(UartRegisters, SpuriousTimeoutIsAFaultOnly) {
  UartRig u;
  u.set_up();
  u.write(IER, 1);
  u.wait(100 * u.character());
  EXPECT_EQ(u.read(IIR), 0xC1u);
  u.core.inject_spurious_timeout();
  EXPECT_EQ(u.read(IIR), 0xCCu);
  EXPECT_EQ(u.read(LSR) & 1, 0u);
  EXPECT_EQ(u.read(IIR), 0xCCu);
  u.read(RBR);
  EXPECT_EQ(u.read(IIR), 0xC1u);
}

TEST(UartRegisters, DmaSoftwareAcknowledge) {
  UartRig u;
  u.write(DMASA, 0);
  EXPECT_EQ(u.drops, 0u);
  u.write(DMASA, 1);
  EXPECT_EQ(u.drops, 1u);
  EXPECT_EQ(u.read(DMASA), 0u);
}

/// A narrow access touches the low bytes; one that leaves them out touches nothing.
TEST(UartRegisters, NarrowAccesses) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  u.registers.write(THR, 1, 0xA1, 0xFF);
  u.registers.write(THR, 2, 0xFFA2, 0xFFFF);
  u.registers.write(THR + 1, 1, 0xA3, 0xFF);
  u.registers.write(THR, 4, 0xA4, 0xFFFFFF00);
  EXPECT_EQ(u.read(TFL), 2u);
  EXPECT_EQ(u.read(TFR), 0xA1u);
  EXPECT_EQ(u.read(TFR), 0xA2u);
  u.registers.write(SCR, 1, 0x5A, 0xFF);
  u.registers.write(SCR + 1, 1, 0xFF, 0xFF);
  EXPECT_EQ(u.read(SCR), 0x5Au);
}

}  // namespace
}  // namespace dmavp
