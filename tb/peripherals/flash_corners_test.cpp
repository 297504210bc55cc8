// Commands of the NOR flash at their edges (spec peripherals 4.1, 4.2).
#include <gtest/gtest.h>

#include "peripherals/flash_bus.h"

namespace dmavp::tb {
namespace {

TEST(FlashCorners, DummyBytesComeBeforeTheAnswer) {
  FlashBus bus;
  EXPECT_EQ(bus.command({0xAB}, 5), (Bytes{0xFF, 0xFF, 0xFF, 0x17, 0x17}));
  bus.flash.poke(0, 0x42);
  EXPECT_EQ(bus.command({0x0B, 0, 0, 0}, 2), (Bytes{0xFF, 0x42}));
  EXPECT_EQ(bus.command({0x9F}, 8), (Bytes{0xEF, 0x40, 0x18, 0, 0, 0, 0, 0}));
}

TEST(FlashCorners, BlocksOfLargePartsAreErasedWithFourAddressBytes) {
  FlashParameters p = quick_flash();
  p.size = 32u << 20;
  FlashBus bus(p);
  for (const std::uint32_t address : {0x012F'FFFFu, 0x0130'0000u, 0x0130'FFFFu, 0x0131'0000u}) {
    bus.flash.poke(address, 0);
  }
  bus.write_enable();
  bus.command({0xDC, 0x01, 0x30, 0x12, 0x34});
  bus.ready();
  EXPECT_EQ(bus.flash.peek(0x0130'0000), 0xFF);
  EXPECT_EQ(bus.flash.peek(0x0130'FFFF), 0xFF);
  EXPECT_EQ(bus.flash.peek(0x012F'FFFF), 0x00);
  EXPECT_EQ(bus.flash.peek(0x0131'0000), 0x00);
}

/// A byte of the status is one of a moment, also if its halves come in two frames.
TEST(FlashCorners, StatusDoesNotChangeWithinAByte) {
  FlashBus bus;
  bus.write_enable();
  bus.command(FlashBus::addressed(0x02, 0, {0}));
  const Picoseconds end = bus.now + 10 * kUs;
  bus.now = end - 300'000 - 800'000;  // the opcode, then half a byte before the end
  bus.flash.select(bus.now);
  bus.bits(0x05, 8);
  EXPECT_EQ(bus.bits(0, 4), 0u);
  EXPECT_GT(bus.now, end);
  EXPECT_EQ(bus.bits(0, 4), 3u);
  EXPECT_EQ(bus.bits(0, 8), 0u);
  bus.flash.deselect(bus.now);
}

TEST(FlashCorners, BusyEndsAtItsTimeAndNotLater) {
  FlashBus bus;
  bus.write_enable();
  bus.command(FlashBus::addressed(0x02, 0, {0}));
  const Picoseconds end = bus.now + 10 * kUs;
  EXPECT_EQ(bus.flash.status(end), 0u);
}

/// A status write takes one byte, or two of which the second is of a register that is not there; WEL lasts
/// until it is done.
TEST(FlashCorners, StatusWritesTakeTheirFirstByte) {
  for (const Bytes& data : {Bytes{0x01, 0x04}, Bytes{0x01, 0x04, 0xFF}, Bytes{0x01, 0x04, 0xFF, 0xFF}}) {
    FlashBus bus;
    bus.write_enable();
    bus.command(data);
    if (data.size() == 4) {
      EXPECT_EQ(bus.status(), SpiNorFlash::kWel);
      continue;
    }
    EXPECT_EQ(bus.status(), 0x04 | SpiNorFlash::kWel | SpiNorFlash::kWip);
    bus.ready();
    EXPECT_EQ(bus.status(), 0x04);
    bus.program(bus.flash.parameters().size - 1, {0});
    EXPECT_EQ(bus.status(), 0x04) << "refused by protection, and WEL is gone";
    EXPECT_EQ(bus.flash.counts().refused, 1u);
  }
}

/// A reset takes the command that enables it right before.
TEST(FlashCorners, ResetTakesItsEnable) {
  const std::vector<std::pair<std::vector<Bytes>, bool>> cases = {
      {{{0x99}}, false}, {{{0x66}, {0x99}}, true}, {{{0x66}, {0x05}, {0x99}}, false}, {{{0x66}}, false}};
  for (const auto& [commands, resets] : cases) {
    FlashBus bus;
    bus.write_enable();
    for (const Bytes& command : commands) bus.command(command);
    EXPECT_EQ(bus.status(), resets ? 0 : SpiNorFlash::kWel);
  }
}

/// Addresses beyond the array wrap, for writes too.
TEST(FlashCorners, WritesWrapAtTheEndOfTheArray) {
  FlashParameters p = quick_flash();
  p.size = 65536;
  FlashBus bus(p);
  bus.program(0xAB'1234, {0x55});
  EXPECT_EQ(bus.flash.peek(0x1234), 0x55);
  bus.erase(0x20, 0xAB'1000);
  EXPECT_EQ(bus.flash.peek(0x1234), 0xFF);
  EXPECT_EQ(bus.read(0xFF'FFFF, 1), (Bytes{0xFF}));
}

/// What was ignored was not cut, however it ends.
TEST(FlashCorners, IgnoredCommandsAreNotCut) {
  FlashBus bus;
  bus.write_enable();
  bus.command(FlashBus::addressed(0x20, 0));
  bus.command({0x9F}, 0, 3);
  bus.command({0x77}, 0, 3);
  EXPECT_EQ(bus.flash.counts().cut, 0u);
  EXPECT_EQ(bus.flash.counts().while_busy, 1u);
  EXPECT_EQ(bus.flash.counts().unknown, 1u);
}

}  // namespace
}  // namespace dmavp::tb
