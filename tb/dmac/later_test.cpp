// The engine on a port that answers later does what it does on one that answers at once.
#include <gtest/gtest.h>

#include <string>

#include "dmac/activity.h"
#include "dmac/later_port.h"
#include "dmac/programs.h"
#include "tier.h"

namespace dmavp::dmac::test {
namespace {

class ToldAtOnce : public LaterPort {
 public:
  explicit ToldAtOnce(std::size_t bytes) : LaterPort(bytes) { tell = Tell::kAtOnce; }
};

class Late : public LaterPort {
 public:
  explicit Late(std::size_t bytes) : LaterPort(bytes) { jitter = 25; }
};

class Paced : public LaterPort {
 public:
  explicit Paced(std::size_t bytes) : LaterPort(bytes) { pace = 4; }
};

Program random_program_for(std::uint64_t seed, bool stops) {
  Program g = random_program(seed, false, stops);
  g.p.shared_data_port = false;  // a port that answers later decides itself what shares a channel
  // An abort leaves writes on the bus; here they arrive.
  for (Action& a : g.actions) {
    if (a.stop == Stop::kAbort) a.stop = Stop::kSuspendResume;
  }
  return g;
}

// With store and forward every time that a plan needs is known when it is needed. (Cut-through over several
// reads may start before the first beat of the last one, which nobody knows yet here.)
TEST(LaterPort, EqualLatenciesGiveEqualCycles) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(4000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Program g =
        random_program_for(seed, false);  // lt plans anew at a stop, and may forget a slot's last cycle
    g.p.write_start = WriteStart::kStoreAndForward;
    // The bytes of a write that gave its space back early are kept in a bounded place only in lt.
    g.p.fifo_release = FifoRelease::kResponse;
    g.p.fifo_credit = FifoCredit::kBurst;
    // Limits that wait for writes give way to a writer that lacks data as soon as that is known.
    g.p.copy_limit = g.p.start_threshold = 0;
    g.p.read_slot_release = SlotRelease::kLastBeat;
    g.read_latency = std::max<Cycle>(g.read_latency, 1);  // else told in the cycle in which it is used
    const Outcome expected = play(g, false, Slicing::kWakes);
    const Outcome in_time = play<BasicRig<LaterPort>>(g, false, Slicing::kWakes);
    expect_same_course(expected, in_time, "told in time");
    expect_same_course(expected, play<BasicRig<ToldAtOnce>>(g, false, Slicing::kWakes), "told at once");
    for (std::size_t i = 0; i < g.channels.size() * 2 * kCauses; i += kCauses)
      EXPECT_EQ(in_time.cycles[i], expected.cycles[i]) << "cycles with a beat of side " << i / kCauses;
    ASSERT_FALSE(HasFailure());
  }
}

TEST(LaterPort, HowTimeAdvancesChangesNothing) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(1000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program_for(seed, true);
    const Outcome fine = play<BasicRig<Late>>(g, false, Slicing::kFine);
    expect_same(fine, play<BasicRig<Late>>(g, false, Slicing::kWakes), "wakes");
    expect_same(fine, play<BasicRig<Late>>(g, false, Slicing::kWakes, Watch::kBursts), "watched");
    expect_same(fine, play<BasicRig<Late>>(g, false, Slicing::kRandom, Watch::kNothing, seed),
                "random steps");
    ASSERT_FALSE(HasFailure());
  }
}

/// Every cycle belongs to one cause (play() adds them up), and those between beats to the memory.
TEST(LaterPort, PausesBetweenReadBeatsAreOfTheMemory) {
  BasicRig<Paced> rig(default_parameters(), 0x10000);
  rig.program(0, 0, 0x8000, 4096);
  Activity activity;
  rig.engine.set_observer(&activity);
  rig.engine.enable(0);
  while (rig.client.events.empty())
    rig.engine.advance(rig.port.answer(std::max(rig.engine.next_wake(), rig.engine.now())));
  activity.compare_sides(rig.engine, default_parameters());
  const auto cycles = rig.engine.channel_statistics(0).reader.cycles;
  const Cycle beats = cycles[static_cast<unsigned>(Cause::kTransferring)];
  EXPECT_EQ(beats, 4096u / 8);
  EXPECT_GE(cycles[static_cast<unsigned>(Cause::kMemory)], 3 * beats);
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(1000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program_for(seed, true);
    const Outcome told = play<BasicRig<Paced>>(g, false, Slicing::kWakes);
    expect_same(told, play<BasicRig<Paced>>(g, false, Slicing::kFine), "fine steps");
    ASSERT_FALSE(HasFailure());
  }
}

/// One copy of 8 KiB in bursts of 32 beats, of words to bytes; it has to arrive.
template <class Port>
void expect_copied(const Parameters& p, Cycle write_latency) {
  BasicRig<Port> rig(p, 0x10000);
  rig.fill_random(1);
  rig.port.write_latency = write_latency;
  Control control;
  control.src_width = 2;
  control.dst_width = 0;
  control.burst = 32;
  rig.program(0, 0, 0x8000, 8192, control, 1);
  rig.engine.enable(0);
  while (rig.engine.now() < 100'000)
    rig.engine.advance(rig.port.answer(std::clamp<Cycle>(rig.engine.next_wake(), rig.engine.now(), 100'000)));
  EXPECT_TRUE(rig.client.bits_of(0) & kDmaTfrDone);
  EXPECT_EQ(std::memcmp(&rig.port.memory[0x8000], &rig.port.memory[0], 8192), 0);
}

/// A port may answer a cut-through write before the last beat of its data: until then nothing takes its
/// place.
TEST(LaterPort, AWriteKeepsItsPlaceUntilItsDataHaveArrived) {
  Parameters p = default_parameters();
  p.write_start = WriteStart::kCutThrough;
  expect_copied<Paced>(p, 4);
}

/// Where slots are free at the last beat, more writes await their responses than can be remembered.
TEST(LaterPort, WritesKeepTheirPlacesUntilTheirResponses) {
  Parameters p = default_parameters();
  p.write_slot_release = SlotRelease::kLastBeat;
  p.write_limit = kMaxOutstanding;
  p.fifo_depth = 4096;
  expect_copied<LaterPort>(p, 20'000);
  expect_copied<ArrayPort>(p, 20'000);
}

TEST(LaterPort, LateAnswersChangeNoByte) {
  for (std::uint64_t seed = tb::first_program(); seed < tb::first_program() + tb::programs(4000, 20);
       ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const Program g = random_program_for(seed, false);
    const Outcome expected = play(g, false, Slicing::kWakes);
    const Outcome late = play<BasicRig<Late>>(g, false, Slicing::kWakes);
    EXPECT_TRUE(late.memory == expected.memory);
    EXPECT_EQ(late.numbers, expected.numbers);
    for (const ChannelProgram& c : g.channels) {  // in each channel the same events in the same order
      std::vector<IntStatus> a, b;
      for (const Event& e : expected.events)
        if (e.channel == c.channel) a.push_back(e.bits);
      for (const Event& e : late.events)
        if (e.channel == c.channel) b.push_back(e.bits);
      EXPECT_EQ(a, b) << "channel " << c.channel;
    }
    ASSERT_FALSE(HasFailure());
  }
}

}  // namespace
}  // namespace dmavp::dmac::test
