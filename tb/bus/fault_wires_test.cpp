// Interrupt lines and DMA requests that misbehave, seen from the listener.
#include "bus/fault_wires.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "base/sim_time.h"

namespace dmavp {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Picoseconds now() { return to_picoseconds(sc_core::sc_time_stamp()); }
void advance(Picoseconds to) { sc_core::sc_start(from_picoseconds(to - now())); }

struct InterruptRig {
  using Kind = FaultyInterrupt::Kind;
  sc_core::sc_signal<bool, sc_core::SC_MANY_WRITERS> output{"output"};
  FaultyInterrupt::Effect next;  // of the coming rise
  FaultyInterrupt wire{"wire", output, [this] { return std::exchange(next, {}); }};

  /// Levels the listener sees after each of `at` (ps), with the input driven as said.
  std::string seen(const std::vector<std::pair<Picoseconds, bool>>& input, Picoseconds end) {
    std::string levels;
    std::size_t i = 0;
    for (Picoseconds t = now(); t <= end; t += 10) {
      while (i < input.size() && input[i].first <= t) wire.input.write(input[i++].second);
      advance(t + 5);
      levels += output.read() ? '#' : '.';
      advance(t + 10);
    }
    return levels;
  }
};

TEST(FaultyInterrupt, PassesWhatIsNotFaulty) {
  InterruptRig rig;
  EXPECT_EQ(rig.seen({{20, true}, {40, false}, {60, true}}, 80), "..##..###");
}

TEST(FaultyInterrupt, LosesALevelUntilItFalls) {
  InterruptRig rig;
  rig.next = {InterruptRig::Kind::kLose, 0};
  EXPECT_EQ(rig.seen({{20, true}, {40, false}, {60, true}}, 80), "......###");
}

TEST(FaultyInterrupt, DelaysALevelThatLasts) {
  InterruptRig rig;
  rig.next = {InterruptRig::Kind::kDelay, 30};
  EXPECT_EQ(rig.seen({{20, true}, {70, false}, {80, true}}, 90), ".....##.##");
  rig.next = {InterruptRig::Kind::kDelay, 30};
  EXPECT_EQ(rig.seen({{100, false}, {110, true}, {130, false}}, 160), ".......");  // over before it shows
}

TEST(FaultyInterrupt, StaysHighForItsTime) {
  InterruptRig rig;
  rig.next = {InterruptRig::Kind::kStick, 40};
  EXPECT_EQ(rig.seen({{20, true}, {30, false}}, 80), "..####...");
  rig.wire.hold_high(20);
  EXPECT_EQ(rig.seen({}, 130), "##...");
  rig.wire.hold_high(kNever);
  EXPECT_EQ(rig.seen({{150, true}, {160, false}}, 180), "#####");
}

struct RequestRig : DmaRequestIf {
  using Kind = FaultyRequest::Kind;
  FaultyRequest::Effect next;
  unsigned requests = 0;
  FaultyRequest wire{"wire", *this, [this] {
                       ++requests;
                       return std::exchange(next, {});
                     }};
  std::vector<std::pair<Picoseconds, char>> told;  // B burst, s single, - none

  void dma_request(DmaRequest levels, Picoseconds at) override {
    EXPECT_EQ(at, now());
    told.emplace_back(at, levels.burst ? 'B' : levels.single ? 's' : '-');
  }
};

using Told = std::pair<Picoseconds, char>;
constexpr DmaRequest kBurst{true, true, false};
constexpr DmaRequest kSingle{false, true, false};

TEST(FaultyRequest, TellsLevelsAtTheirOwnTimeAndAgainAfterAnAcknowledge) {
  RequestRig rig;
  rig.wire.dma_request(kSingle, 20);
  rig.wire.dma_request(kBurst, 50);
  advance(40);
  EXPECT_THAT(rig.told, ElementsAre(Told{20, 's'}));
  rig.wire.dma_request(kBurst, 70);  // an acknowledge is answered with the same levels
  advance(100);
  EXPECT_THAT(rig.told, ElementsAre(Told{20, 's'}, Told{50, 'B'}, Told{70, 'B'}));
  EXPECT_EQ(rig.requests, 3u);
}

TEST(FaultyRequest, HoldsRequestsLowAndGivesThemBack) {
  RequestRig rig;
  rig.next = {RequestRig::Kind::kStuckLow, 0, 100};
  rig.wire.dma_request(kBurst, 20);
  rig.wire.dma_request(kSingle, 60);
  advance(200);
  EXPECT_THAT(rig.told, ElementsAre(Told{20, '-'}, Told{60, '-'}, Told{120, 's'}));
}

TEST(FaultyRequest, DropsARequestAndGivesItAgain) {
  RequestRig rig;
  rig.next = {RequestRig::Kind::kStuckLow, 10, 30};
  rig.wire.dma_request(kBurst, 20);
  advance(100);
  EXPECT_THAT(rig.told, ElementsAre(Told{20, 'B'}, Told{30, '-'}, Told{60, 'B'}));
}

TEST(FaultyRequest, HoldsRequestsHighWhateverThePeripheralDrives) {
  RequestRig rig;
  rig.wire.force({RequestRig::Kind::kStuckHigh, 0, kNever});
  advance(10);
  rig.wire.dma_request({}, 20);
  rig.wire.dma_request(kSingle, 30);
  advance(1000);
  EXPECT_THAT(rig.told, ElementsAre(Told{0, 'B'}, Told{20, 'B'}, Told{30, 'B'}));
}

}  // namespace
}  // namespace dmavp
