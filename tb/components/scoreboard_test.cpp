// Every rule of the scoreboard, broken once and kept once.
#include "components/scoreboard.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace dmavp::tb {
namespace {

constexpr std::uint64_t kBase = 0x80000000;
constexpr std::uint64_t kSize = 3 * 4096 + 100;  // ends within a page

class ScoreboardTest : public testing::Test {
 protected:
  ScoreboardTest() {
    for (std::uint64_t i = 0; i < 5000; ++i) memory[i] = static_cast<std::byte>(1 + i % 255);
    board.watch("ram0", kBase, memory.data(), memory.size());
  }
  std::byte* at(std::uint64_t address) { return memory.data() + (address - kBase); }
  void move(std::uint64_t from, std::uint64_t to, std::uint64_t size) {
    std::copy(at(from), at(from) + size, at(to));
  }
  /// Rules that were broken, in order.
  std::string broken() {
    board.check();
    std::string rules;
    for (const Violation& v : board.violations()) rules += v.rule + " ";
    return rules;
  }
  std::vector<std::byte> memory = std::vector<std::byte>(kSize);
  Scoreboard board;
};

TEST_F(ScoreboardTest, ACopyThatDoesWhatItShouldBreaksNoRule) {
  board.copy(kBase + 10, kBase + 8190, 4000);
  move(kBase + 10, kBase + 8190, 4000);
  EXPECT_EQ(broken(), "") << board.report();
  // From here on this is what memory has to hold; and copies build upon each other.
  board.copy(kBase + 8190, kBase + kSize - 7, 7);
  board.copy(kBase + kSize - 7, kBase, 7);
  move(kBase + 8190, kBase + kSize - 7, 7);
  move(kBase + kSize - 7, kBase, 7);
  EXPECT_EQ(broken(), "") << board.report();
}

TEST_F(ScoreboardTest, MissingNamesTheRunOfBytes) {
  board.copy(kBase + 1, kBase + 9000, 64);
  move(kBase + 1, kBase + 9000, 60);
  EXPECT_EQ(broken(), "scoreboard.missing ");
  EXPECT_EQ(board.violations()[0].message, "ram0 were to be written, and were not: 4 bytes at 0x80002364");
}

TEST_F(ScoreboardTest, WrongIsNotMissing) {
  board.expect(kBase + 12300, {std::byte{1}, std::byte{2}, std::byte{3}});
  *at(kBase + 12300) = std::byte{1};
  *at(kBase + 12301) = std::byte{9};
  *at(kBase + 12302) = std::byte{3};
  EXPECT_EQ(broken(), "scoreboard.wrong ");
}

TEST_F(ScoreboardTest, AStrayByteIsSeenAnywhere) {
  for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{4095}, std::uint64_t{9000}, kSize - 1}) {
    *at(kBase + offset) ^= std::byte{0x10};
  }
  EXPECT_EQ(broken(), "scoreboard.stray scoreboard.stray scoreboard.stray scoreboard.stray ");
  // One behind what was to be written.
  board.copy(kBase, kBase + 9100, 8);
  move(kBase, kBase + 9100, 9);
  EXPECT_EQ(broken(),
            "scoreboard.stray scoreboard.stray scoreboard.stray scoreboard.stray scoreboard.stray ");
}

TEST_F(ScoreboardTest, WhatIsAllowedMayChangeAndNothingBesideIt) {
  board.allow(kBase + 100, 8);
  std::fill(at(kBase + 100), at(kBase + 104), std::byte{0});
  EXPECT_EQ(broken(), "");
  board.allow(kBase + 100, 8);
  std::fill(at(kBase + 99), at(kBase + 109), std::byte{0});
  EXPECT_EQ(broken(), "scoreboard.stray scoreboard.stray ");
}

TEST_F(ScoreboardTest, ExpectationsOutsideOfWhatIsWatchedAreRefused) {
  board.expect(kBase + kSize - 1, {std::byte{1}, std::byte{2}});
  board.copy(kBase - 1, kBase, 4);
  EXPECT_EQ(broken(), "scoreboard.unwatched scoreboard.source ");
}

}  // namespace
}  // namespace dmavp::tb
