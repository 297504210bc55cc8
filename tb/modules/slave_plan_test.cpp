// How the driver cuts a piece of memory into blocks of a peripheral transfer, and its burst codes.
#include "drivers/dw-axi-dmac/slave_plan.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>

using namespace dmavp::dw_axi_dmac;

namespace {

TEST(SlavePlan, BurstsHaveTheLargestCodeThatIsNotLonger) {                   // peripherals.md 1.2
  const std::uint32_t codes[] = {1, 4, 8, 16, 32, 64, 128, 256, 512, 1024};  // dw-axi-dmac.md 4.1
  for (std::uint32_t asked = 0; asked < 3000; asked++)
    for (std::uint32_t limit : {1u, 4u, 64u, 1024u}) {
      std::uint32_t best = 1, code = 0;
      for (std::uint32_t i = 0; i < 10; i++)
        if (codes[i] <= asked && codes[i] <= limit) best = codes[i], code = i;
      ASSERT_EQ(legal_burst(asked, limit), best) << asked << " of " << limit;
      ASSERT_EQ(msize_code(best), code);
    }
}

TEST(SlavePlan, BlocksCoverThePieceAndOnlyTheLastEndsWithinABurst) {
  std::mt19937_64 random(1);
  unsigned done = 0, impossible = 0;
  for (int round = 0; round < 20000; round++) {
    const unsigned bus = static_cast<unsigned>(random() % 7);
    SlavePlan::Device device;
    device.destination = random() & 1;
    device.width = static_cast<std::uint8_t>(random() % (bus + 1));
    device.burst = legal_burst(static_cast<std::uint32_t>(random() % 300), 1024);
    device.flow_control = random() % 4 == 0;
    const std::uint64_t address = random() >> (random() % 60);
    const std::uint64_t length = (random() % 5000) << (random() % 8 ? device.width : 0);
    const auto max_items = static_cast<std::uint32_t>(1 + random() % 5000);
    SCOPED_TRACE(testing::Message() << "bus " << bus << " to device " << device.destination << " width "
                                    << unsigned{device.width} << " burst " << device.burst << " at "
                                    << address << " length " << length << " max " << max_items);
    SlavePlan plan(device, address, length, bus, max_items);
    const std::uint64_t item = std::uint64_t{1} << device.width;
    if (!length || length % item) {
      ASSERT_FALSE(plan.possible());
      ASSERT_EQ(plan.count(), 0u);
      continue;
    }
    if (!plan.possible()) {
      // One access of the wider side does not fit a block.
      ASSERT_TRUE(device.destination && max_items < item);
      impossible++;
      continue;
    }
    done++;
    std::uint64_t at = 0;
    std::uint32_t blocks = 0;
    const std::uint32_t announced = plan.count();
    for (SlaveBlock b; plan.next(b); blocks++) {
      const std::uint64_t memory = std::uint64_t{1} << b.memory_width;
      ASSERT_EQ(b.memory, address + at);
      ASSERT_EQ(b.memory % memory, 0u);
      ASSERT_EQ(b.bytes % memory, 0u);
      ASSERT_EQ(b.bytes % item, 0u) << "left-over bytes are lost";
      ASSERT_LE(b.memory_width, bus);
      ASSERT_EQ(std::uint64_t{b.items} << (device.destination ? b.memory_width : device.width), b.bytes);
      ASSERT_LE(b.items, max_items);
      if (!device.destination || device.flow_control) {
        ASSERT_LE(b.memory_width, device.width);
      }
      at += b.bytes;
      const std::uint64_t burst = device.burst * item;
      const std::uint64_t most = std::uint64_t{max_items}
                                 << (device.destination ? b.memory_width : device.width);
      if (at < length && burst <= most) {
        ASSERT_EQ(b.bytes % burst, 0u);
      }
    }
    ASSERT_EQ(at, length);
    ASSERT_EQ(blocks, announced);
  }
  EXPECT_GT(done, 10000u);
  EXPECT_GT(impossible, 0u);
}

}  // namespace
