// Request select: the registers of both layouts against every code, and routing as a controller sees it.
#include "peripherals/request_routing.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "peripherals/request_select_registers.h"

namespace dmavp::request_select {
namespace {

struct Told : RoutingOwner {
  struct Call {
    unsigned handshake;
    DmaRequest levels;
    Picoseconds at;
  };
  std::vector<Call> calls;
  void handshake_levels(unsigned handshake, DmaRequest levels, Picoseconds at) override {
    calls.push_back({handshake, levels, at});
  }
};

constexpr DmaRequest kAsks{true, true, false};

TEST(RequestSelectRegisters, EveryFieldOfTheK210TellsEveryCodeAndReadsItBack) {
  std::map<unsigned, unsigned> told;
  Registers registers("select", Layout::kK210,
                      [&](unsigned interface, unsigned code) { told[interface] = code; });
  for (unsigned code = 0; code < kCodes; ++code) {
    std::uint64_t word = 0;
    for (unsigned n = 0; n < 5; ++n) word |= std::uint64_t{(code + n) % kCodes} << (6 * n);
    told.clear();
    registers.write(0x64, 4, word, ~0u);
    ASSERT_EQ(told.size(), 5u) << "one write is for all five";
    for (unsigned n = 0; n < 5; ++n) EXPECT_EQ(told[n], (code + n) % kCodes);
    registers.write(0x68, 4, code | 0xFFFFFFC0, ~0u);
    EXPECT_EQ(told[5], code);
    std::uint64_t value = 0;
    registers.read(0x64, 4, value, ~0u);
    EXPECT_EQ(value, word);
    registers.read(0x68, 4, value, ~0u);
    EXPECT_EQ(value, code) << "bits above the field do not exist";
  }
  told.clear();
  registers.write(0x60, 4, ~0u, ~0u);
  EXPECT_TRUE(told.empty()) << "nothing else of the system controller has a model";
}

TEST(RequestSelectRegisters, KeemBayHasAByteForEachChannelAndSparesTheOthers) {
  std::map<unsigned, unsigned> told;
  Registers registers("select", Layout::kKeemBay,
                      [&](unsigned interface, unsigned code) { told[interface] = code; });
  std::uint64_t value = 0;
  registers.read(0x10, 4, value, ~0u);
  EXPECT_EQ(value, 0x3F3F3F3Fu) << "unused";
  registers.write(0x14, 4, 0x2F010203, ~0u);
  EXPECT_EQ(told, (std::map<unsigned, unsigned>{{4, 3}, {5, 2}, {6, 1}, {7, 0x2F}}));
  told.clear();
  registers.write(0x12, 1, 0x09, 0xFF);
  EXPECT_EQ(told, (std::map<unsigned, unsigned>{{2, 9}}));
  registers.read(0x10, 4, value, ~0u);
  EXPECT_EQ(value, 0x3F093F3Fu);
  registers.write(0x1C, 4, 0x1FF, ~0u);
  registers.read(0x1C, 4, value, ~0u);
  EXPECT_EQ(value, 0xFFu);
}

TEST(RequestRouting, AnInterfaceFollowsItsLineAndNoOther) {
  Told told;
  Routing routing(3, 4, told);
  routing.select(1, 2u, 10);
  EXPECT_TRUE(told.calls.empty()) << "the line asks for nothing";
  routing.line_levels(0, kAsks, 20);
  EXPECT_TRUE(told.calls.empty());
  routing.line_levels(2, kAsks, 30);
  ASSERT_EQ(told.calls.size(), 1u);
  EXPECT_EQ(told.calls[0].handshake, 1u);
  EXPECT_EQ(told.calls[0].at, 30u);
  routing.select(1, std::nullopt, 40);
  ASSERT_EQ(told.calls.size(), 2u);
  EXPECT_EQ(told.calls[1].levels, DmaRequest{});
  routing.select(1, 0u, 35);
  ASSERT_EQ(told.calls.size(), 3u);
  EXPECT_EQ(told.calls[2].levels, kAsks);
  EXPECT_EQ(told.calls[2].at, 40u) << "a call never goes back in time";
}

TEST(RequestRouting, ALineIsAnsweredOnceForEachInterfaceThatForgot) {
  Told told;
  Routing routing(1, 3, told);
  routing.select(0, 0u, 0);
  routing.select(2, 0u, 0);
  routing.line_levels(0, kAsks, 5);
  EXPECT_EQ(told.calls.size(), 2u);
  EXPECT_EQ(routing.acknowledged(2, 9), 0u);
  EXPECT_EQ(routing.acknowledged(1, 9), std::nullopt);
  routing.line_levels(0, kAsks, 10);
  ASSERT_EQ(told.calls.size(), 3u) << "interface 0 knows these levels";
  EXPECT_EQ(told.calls[2].handshake, 2u);
}

TEST(RequestRouting, ALevelThatLiesAheadStaysThere) {
  Told told;
  Routing routing(1, 1, told);
  routing.line_levels(0, kAsks, 100);
  routing.select(0, 0u, 50);
  ASSERT_EQ(told.calls.size(), 1u);
  EXPECT_EQ(told.calls[0].at, 100u);
}

}  // namespace
}  // namespace dmavp::request_select
