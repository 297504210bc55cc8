// What a DW_apb_uart has or does not have by its parameters [spec peripherals 2.1, 2.2, 2.5].
#include <gtest/gtest.h>

#include "peripherals/uart_rig.h"

namespace dmavp {
namespace {

using namespace tb;  // NOLINT: offsets by their names

TEST(UartOptions, BitsOfAbsentOptionsCannotBeWritten) {
  struct Option {
    bool uart::Parameters::*member;
    std::uint64_t offset;
    std::uint32_t all, without;
  };
  const Option options[] = {{&uart::Parameters::thre_mode, IER, 0x8F, 0x0F},
                            {&uart::Parameters::afce, MCR, 0x3F, 0x1F}};
  for (const Option& option : options) {
    for (const bool there : {true, false}) {
      uart::Parameters p;
      p.*option.member = there;
      UartRig u(p);
      u.set_up();
      u.write(option.offset, 0xFFFFFFFF);
      EXPECT_EQ(u.read(option.offset), there ? option.all : option.without) << option.offset;
    }
  }
}

/// Without IER[7] the threshold is the empty FIFO, whatever TET says, and LSR[5] means empty.
TEST(UartOptions, WithoutThreModeTheTransmitInterruptComesWhenEmpty) {
  for (const bool there : {true, false}) {
    uart::Parameters p;
    p.thre_mode = there;
    UartRig u(p);
    u.set_up(1, 0x31);  // TET 3: 8
    u.write(FAR, 1);
    u.write(IER, 0x82);
    u.write(THR, 0);
    EXPECT_EQ(u.peek(IIR), there ? 0xC2u : 0xC1u);
    EXPECT_EQ(u.peek(LSR) & 0x20, 0u);
    u.read(TFR);
    EXPECT_EQ(u.peek(IIR), 0xC2u);
    EXPECT_EQ(u.peek(LSR) & 0x20, there ? 0u : 0x20u);
  }
}

/// Without MCR[5] RTS stays where MCR[1] puts it, and CTS stops nothing.
TEST(UartOptions, WithoutAutomaticFlowControlNothingStops) {
  for (const bool there : {true, false}) {
    uart::Parameters p;
    p.afce = there;
    UartRig a(p);
    UartRig b(p);
    a.core.connect(&b.core);
    b.core.connect(&a.core);
    a.set_up(1, 0x81);
    b.set_up(1, 0x81);  // RT 2: 8
    a.write(MCR, 0x22);
    b.write(MCR, 0x22);
    for (unsigned i = 0; i < 16; ++i) a.write(THR, i);
    for (unsigned i = 0; i < 20; ++i) {
      a.wait(a.character());
      b.wait(b.character());
    }
    EXPECT_EQ(b.core.receive_level(), there ? 8u : 16u);
    EXPECT_EQ(a.read(MSR) & 0x10, there ? 0u : 0x10u);
  }
}

/// Depth 0: one character each way, and nothing of FCR or its shadows.
TEST(UartOptions, WithoutFifosFcrDoesNothing) {
  uart::Parameters p;
  p.fifo_depth = 0;
  UartRig u(p);
  u.set_up(1, 0xF9);
  for (const std::uint64_t shadow : {SDMAM, SFE, SRT, STET}) {
    EXPECT_EQ(u.read(shadow), 0u) << shadow;
    u.write(shadow, 3);
    EXPECT_EQ(u.read(shadow), 0u) << shadow;
  }
  EXPECT_EQ(u.read(IIR), 0x01u);
  EXPECT_EQ(u.core.receive_trigger(), 1u);
  EXPECT_EQ(u.core.transmit_trigger(), 0u);
  u.write(FAR, 1);
  u.write(THR, 0x11);
  u.write(THR, 0x22);
  EXPECT_EQ(u.read(TFL), 1u);
  EXPECT_EQ(u.read(TFR), 0x22u);
  u.write(RFW, 0x133);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x05u) << "RFE takes FIFOs";
  u.write(FCR, 0x07);
  EXPECT_EQ(u.read(RFL), 1u) << "nor does FCR clear what is no FIFO";
  u.write(RFW, 0x44);
  EXPECT_EQ(u.read(LSR) & 0x9F, 0x03u);
  EXPECT_EQ(u.read(RBR), 0x44u);
  u.write(FAR, 0);
  u.write(IER, 1);
  u.core.receive({u.core.now(), u.core.now() + u.character(), {}, 0x55});
  u.wait(u.character());
  EXPECT_EQ(u.read(IIR), 0x04u);
  u.wait(10 * u.character());
  EXPECT_EQ(u.read(IIR), 0x04u) << "no time-out either";
  u.write(SRR, 2);
  EXPECT_EQ(u.read(RFL), 0u);
}

/// FCR[3] makes the request lines those of DMA mode 1 only where DMA_EXTRA is not configured.
TEST(UartOptions, DmaModeHasNoEffectWithDmaExtra) {
  for (const bool extra : {true, false}) {
    uart::Parameters p;
    p.dma_extra = extra;
    bool differ = false;
    UartRig mode0(p);
    UartRig mode1(p);
    mode0.set_up(1, 0xB1);
    mode1.set_up(1, 0xB9);
    EXPECT_EQ(mode0.read(SDMAM), 0u);
    EXPECT_EQ(mode1.read(SDMAM), 1u);
    const auto step = [&](std::uint64_t offset, bool write) {
      for (UartRig* u : {&mode0, &mode1}) {
        if (write) {
          u->write(offset, 0x5A);
        } else {
          u->read(offset);
        }
      }
      const auto same = [](uart::RequestLevels a, uart::RequestLevels b) {
        return a.burst == b.burst && a.single == b.single;
      };
      differ = differ || !same(mode0.core.transmit_request(), mode1.core.transmit_request()) ||
               !same(mode0.core.receive_request(), mode1.core.receive_request());
    };
    for (UartRig* u : {&mode0, &mode1}) u->write(FAR, 1);
    for (unsigned i = 0; i < 16; ++i) step(RFW, true);
    for (unsigned i = 0; i < 16; ++i) step(RBR, false);
    for (unsigned i = 0; i < 16; ++i) step(THR, true);
    for (unsigned i = 0; i < 16; ++i) step(TFR, false);
    EXPECT_EQ(differ, !extra);
  }
}

/// Reads that leave the lowest byte out have no side effect.
TEST(UartOptions, NarrowReadsOffTheLowestByteTakeNothing) {
  UartRig u;
  u.set_up();
  u.write(FAR, 1);
  u.write(IER, 0x0E);
  for (unsigned i = 0; i < 3; ++i) u.write(RFW, 0x140 + i);
  u.core.modem_inputs(true, true, u.core.now());
  const auto read = [&](std::uint64_t offset, unsigned bytes) {
    std::uint64_t value = 0;
    u.registers.read(offset, bytes, value, RegisterBank::kAllLanes);
    return value;
  };
  for (const std::uint64_t offset : {RBR, STHR, LSR, MSR, IIR, USR, TFR}) {
    EXPECT_EQ(read(offset + 1, 1), 0u);
    EXPECT_EQ(read(offset + 2, 2), 0u);
  }
  EXPECT_EQ(u.read(RFL), 3u);
  EXPECT_EQ(u.peek(LSR) & 0x04, 0x04u);
  EXPECT_EQ(u.peek(MSR) & 0x0F, 0x0Bu);
  EXPECT_EQ(u.core.statistics().rx_underflows, 0u);
  EXPECT_EQ(read(RBR, 1), 0x40u);
  EXPECT_EQ(read(STHR, 2), 0x41u);
  EXPECT_EQ(read(LSR, 1) & 0x04, 0x04u);
  EXPECT_EQ(u.peek(LSR) & 0x04, 0u);
  EXPECT_EQ(u.read(RFL), 1u);
}

}  // namespace
}  // namespace dmavp
