// An I2S whose directions have different numbers of channels, and accesses narrower than a sample (spec
// peripherals 5.1, 5.2, 5.4).
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "peripherals/i2s_rig.h"
#include "peripherals/narrow_access.h"

namespace dmavp::tb {
namespace {

using i2s::Parameters;

std::string of(unsigned channel, const char* name) { return "CH" + std::to_string(channel) + "_" + name; }

class I2sChannels : public testing::TestWithParam<std::tuple<unsigned, unsigned>> {
 protected:
  unsigned tx = std::get<0>(GetParam());
  unsigned rx = std::get<1>(GetParam());
  Parameters parameters() const {
    Parameters p;
    p.tx_channels = tx;
    p.rx_channels = rx;
    return p;
  }
};
INSTANTIATE_TEST_SUITE_P(TxAndRx, I2sChannels,
                         testing::Values(std::tuple(0u, 1u), std::tuple(0u, 4u), std::tuple(1u, 0u),
                                         std::tuple(1u, 3u), std::tuple(2u, 4u), std::tuple(3u, 1u),
                                         std::tuple(4u, 0u), std::tuple(4u, 2u)),
                         [](const auto& row) {
                           return "tx" + std::to_string(std::get<0>(row.param)) + "_rx" +
                                  std::to_string(std::get<1>(row.param));
                         });

/// What the map declares as reset value is what is read; TXFE is 1 where there is a transmit FIFO.
TEST_P(I2sChannels, ResetValuesAreThoseOfTheirDirections) {
  I2sRig rig(parameters());
  for (const Register& reg : rig.model.bank().registers()) {
    for (unsigned i = 0; i < reg.count(); ++i) {
      if (reg.write_only()) continue;
      EXPECT_EQ(rig.model.bank().peek(reg.offset(i), 4), reg.reset_value(i)) << reg.instance_name(i);
    }
  }
  for (unsigned n = 0; n < std::max(tx, rx); ++n) EXPECT_EQ(rig.read(of(n, "ISR")), n < tx ? 0x10u : 0u) << n;
  const std::uint32_t has = (tx > 0 ? 1u << 5 : 0) | (rx > 0 ? 1u << 6 : 0);
  const std::uint32_t counts = (rx > 0 ? (rx - 1) << 7 : 0) | (tx > 0 ? (tx - 1) << 9 : 0);
  EXPECT_EQ(rig.read("COMP_PARAM_1") & 0x7E0, has | counts);
  EXPECT_THROW(rig.model.bank().offset_of(of(std::max(tx, rx), "ISR")), std::invalid_argument);
}

/// Every channel of each direction moves its pairs, in the order of TXDMA and RXDMA; a direction that a
/// channel does not have takes nothing, gives zeros and raises nothing.
TEST_P(I2sChannels, EachDirectionHasItsOwnChannels) {
  I2sRig rig(parameters());
  rig.write("CCR", 0x10);
  for (const char* name : {"IER", "ITER", "IRER"}) rig.write(name, 1);
  rig.write("DMACR", 3u << 16);
  const unsigned channels = std::max(tx, rx);
  for (unsigned n = 0; n < channels; ++n) {
    rig.write(of(n, "IMR"), 0);
    rig.write(of(n, "RFCR"), 1);
    rig.write(of(n, "TFCR"), 1);
  }
  EXPECT_EQ(rig.model.interrupt(), tx > 0);
  EXPECT_EQ(rig.model.request(Direction::kTransmit), (RequestLevels{tx > 0, tx > 0}));
  for (unsigned n = 0; n < channels; ++n) {
    for (const char* name : {"LRBR_LTHR", "RRBR_RTHR"}) rig.write(of(n, name), 7);
    rig.write(of(n, "TFF"), 1);
    rig.write(of(n, "RFF"), 1);
  }
  EXPECT_EQ(rig.model.core().losses().tx_flushed, tx);
  for (std::uint32_t item = 0; item < 6 * tx; ++item) rig.write("TXDMA", 100 + item);
  for (unsigned n = 0; n < tx; ++n) {
    ASSERT_EQ(rig.model.core().tx(n).fifo.size(), 3u) << n;
    EXPECT_EQ(rig.model.core().tx(n).fifo[2].right, 100 + 4 * tx + 2 * n + 1) << n;
    EXPECT_EQ(rig.read(of(n, "ISR")) & 0x10, 0u) << n;
  }
  if (tx == 0) {
    rig.write("TXDMA", 1);
    EXPECT_EQ(rig.model.core().losses().tx_ignored, 1u);
  }
  rig.write("CER", 1);
  rig.pass(3 * 64'000'000);
  // The recorder was asked once a frame and channel: frame f of channel n is count f * rx + n.
  for (unsigned frame = 0; frame < 3; ++frame) {
    for (unsigned n = 0; n < rx; ++n) {
      EXPECT_EQ(rig.read("RXDMA"), (2 * (frame * rx + n)) << 16) << frame << " " << n;
      EXPECT_EQ(rig.read("RXDMA"), (2 * (frame * rx + n) + 1) << 16) << frame << " " << n;
    }
  }
  if (rx == 0) {
    EXPECT_EQ(rig.read("RXDMA"), 0u);
  }
  for (unsigned n = rx; n < channels; ++n) {
    EXPECT_EQ(rig.read(of(n, "LRBR_LTHR")), 0u);
    EXPECT_EQ(rig.read(of(n, "RRBR_RTHR")), 0u);
    EXPECT_EQ(rig.read(of(n, "ISR")) & 0x03, 0u);
  }
  for (unsigned n = tx; n < channels; ++n) EXPECT_EQ(rig.read(of(n, "ISR")) & 0x30, 0u);
  EXPECT_EQ(rig.model.core().losses().rx_underflow, 0u);
  EXPECT_EQ(rig.line.played.size(), 3 * tx);
  EXPECT_EQ(rig.line.captured.size(), 3 * rx);
}

/// An access of 8 or 16 bits moves a sample if it carries the lowest byte, and nothing otherwise.
TEST(I2sNarrow, OnlyTheLowestByteMovesASample) {
  I2sRig rig;
  rig.format16(1);
  for (const char* name : {"IER", "IRER"}) rig.write(name, 1);
  const auto off_the_lowest = [&](const char* name, bool write) {
    access_off_the_lowest_byte(rig.model.bank(), name, write, [] {});
  };
  for (const char* name : {"CH0_RRBR_RTHR", "TXDMA", "CH0_LRBR_LTHR", "TXDMA", "CH0_RRBR_RTHR"}) {
    off_the_lowest(name, true);
    EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 0u) << name;
  }
  rig.write("TXDMA", 0xA1, 1);
  off_the_lowest("TXDMA", true);
  off_the_lowest("CH0_LRBR_LTHR", true);
  rig.write("TXDMA", 0xB2B1, 2);
  ASSERT_EQ(rig.model.core().tx(0).fifo.size(), 1u);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].left, 0xA1u);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].right, 0xB2B1u);

  rig.write("CER", 1);
  rig.pass(3 * I2sRig::kFrame);
  for (const char* name : {"CH0_RRBR_RTHR", "RXDMA", "CH0_LRBR_LTHR"}) {
    off_the_lowest(name, false);
    EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 3u) << name;
  }
  EXPECT_EQ(rig.read("RXDMA", 2), 0u);
  off_the_lowest("RXDMA", false);
  EXPECT_EQ(rig.read("RXDMA", 2), 1u);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), 2u);
  rig.pass(20 * I2sRig::kFrame);  // overrun
  off_the_lowest("CH0_ROR", false);
  EXPECT_EQ(rig.read("CH0_ROR"), 1u);
}

/// With IEN = 0 what is written to TXDMA or read from RXDMA is nobody's, and both begin with a left
/// afterwards.
TEST(I2sOff, SamplesOfASwitchedOffPartDoNotMoveTheSequence) {
  I2sRig rig;
  rig.format16(1);
  rig.write("IRER", 1);
  rig.write("CER", 1);
  rig.write("TXDMA", 1);
  rig.read("RXDMA");
  EXPECT_EQ(rig.model.core().losses().tx_ignored, 1u);
  EXPECT_EQ(rig.model.core().losses().rx_underflow, 1u);
  rig.write("IER", 1);
  rig.write("TXDMA", 2);
  EXPECT_EQ(rig.model.core().tx(0).fifo.size(), 0u);
  rig.write("TXDMA", 3);
  ASSERT_EQ(rig.model.core().tx(0).fifo.size(), 1u);
  EXPECT_EQ(rig.model.core().tx(0).fifo[0].left, 2u);
  rig.pass(2 * I2sRig::kFrame);
  const std::size_t pairs = rig.model.core().rx(0).fifo.size();
  EXPECT_EQ(rig.read("RXDMA"), 0u);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), pairs);
  EXPECT_EQ(rig.read("RXDMA"), 1u);
  EXPECT_EQ(rig.model.core().rx(0).fifo.size(), pairs - 1);
}

}  // namespace
}  // namespace dmavp::tb
