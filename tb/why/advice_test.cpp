// Which knob is advised, and what is said where none helps.
#include "platform/why/advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "platform/why/knobs.h"

namespace dmavp::platform::why {
namespace {

using dmac::Cause;
using ::testing::EndsWith;
using ::testing::HasSubstr;

/// One channel that copies a MiB in bursts of 16 beats with some reads outstanding.
Situation copying(Cycle latency = 90, unsigned outstanding = 4) {
  Situation s;
  dmac::Parameters p;
  p.fifo_depth = 1024;
  s.controllers.push_back({"dmac0", p});
  Worker w;
  w.name = "dmac0.ch2";
  w.blocks = 1;
  w.load.block_bytes = 1 << 20;
  w.load.read_width = w.load.write_width = 8;
  w.load.read_burst = w.load.write_burst = 16;
  w.load.read_osr = outstanding;
  w.load.write_osr = 16;
  w.load.read_latency = latency;
  w.load.write_latency = 10;
  s.workers.push_back(w);
  const double cycles = pace(p, w.load).block_cycles(w.load.block_bytes);
  const auto set = [](auto& side, Cause cause, double value) {
    side[static_cast<unsigned>(cause)] = static_cast<Cycle>(value);
  };
  set(s.workers[0].reader, Cause::kTransferring, 131072);
  set(s.workers[0].reader, Cause::kOutstandingLimit, cycles - 131072);
  set(s.workers[0].writer, Cause::kTransferring, 131072);
  set(s.workers[0].writer, Cause::kFifo, cycles - 131072);
  s.client = "copy";
  s.duration = cycles;
  return s;
}

TEST(Advice, MoreOutstandingReadsWhereTheyAreFew) {
  const Advice advice = advise(copying());
  EXPECT_TRUE(advice.reader);
  EXPECT_EQ(advice.cause, Cause::kOutstandingLimit);
  EXPECT_EQ(advice.knob.settings, std::vector<std::string>{"dmac0:dmavp,read-limit=8"});
  EXPECT_NEAR(advice.knob.gain, 106.0 / 4 / 16 - 1, 0.003);  // the wire is the next limit
  EXPECT_EQ(advice.sentence(),
            "dmac0.ch2: outstanding_limit 40 % of reader cycles: dmac0:dmavp,read-limit 4 -> 8 predicts "
            "+65.5 %");
}

// 16 reads would be a trifle faster than 8: not worth twice as many.
TEST(Advice, TheNearestValueThatGainsNearlyAllIsTaken) {
  EXPECT_EQ(advise(copying(112, 1)).knob.to, "8");   // 128 cycles a round: 8 bursts of 16 fill it
  EXPECT_EQ(advise(copying(116, 1)).knob.to, "8");   // 132
  EXPECT_EQ(advise(copying(160, 1)).knob.to, "16");  // 176
}

// Two channels that would need 20 cycles a burst each, on a wire that takes 32 for both.
TEST(Advice, ChannelsOfOneClientShareItsWires) {
  Situation s = copying(64);
  s.workers[0].own = true;
  s.workers.push_back(s.workers[0]);
  s.duration *= 32.0 / 20;
  for (Worker& w : s.workers)
    w.reader[static_cast<unsigned>(Cause::kArbitration)] = static_cast<Cycle>(s.duration * 12 / 32);
  const Advice together = advise(s);
  EXPECT_EQ(together.cause, Cause::kArbitration);
  EXPECT_EQ(together.knob.path, "dmac0:snps,data-width");
  EXPECT_NEAR(together.busy, 1, 0.01);
  s.controllers[0].parameters.data_width_bytes = 64;
  EXPECT_THAT(advise(s).sentence(), HasSubstr("R itself is the limit (busy 100 % of the time)"));
}

TEST(Advice, SoftwareTimeIsNotGained) {
  Situation s = copying();
  const double all = advise(s).knob.gain;
  s.duration *= 4;
  const Advice advice = advise(s);
  EXPECT_NEAR(advice.knob.gain, 1 / (0.75 + 0.25 / (1 + all)) - 1, 1e-6);
  EXPECT_NEAR(advice.off, 0.75, 1e-6);
  EXPECT_THAT(advice.sentence(), EndsWith("; off 75 % of the time of copy (software)"));
}

TEST(Advice, OfABusyWireIsAWiderOne) {
  Situation s = copying();
  s.workers[0].load.read_osr = 16;
  s.workers[0].reader[static_cast<unsigned>(Cause::kOutstandingLimit)] = 100;
  s.duration = 131172;
  const Advice narrow = advise(s);
  EXPECT_EQ(narrow.cause, Cause::kTransferring);
  EXPECT_EQ(narrow.knob.path, "dmac0:snps,data-width");
  s.controllers[0].parameters.data_width_bytes = 64;
  s.workers[0].load.read_width = s.workers[0].load.write_width = 64;
  s.workers[0].load.block_bytes *= 8;
  const Advice widest = advise(s);
  EXPECT_EQ(widest.knob.path, "");
  EXPECT_EQ(widest.sentence(),
            "dmac0.ch2: transferring 100 % of reader cycles: R itself is the limit (busy 100 % of the time), "
            "no setting helps");
}

TEST(Advice, ASharedDataChannelIsToBeSeparated) {
  Situation s = copying();
  const double alone = s.duration;
  s.controllers[0].parameters.shared_data_port = true;
  s.workers[0].reader[static_cast<unsigned>(Cause::kMemory)] = static_cast<Cycle>(alone);
  s.duration = 2 * alone;
  const Advice advice = advise(s);
  EXPECT_EQ(advice.knob.settings, std::vector<std::string>{"dmac0:dmavp,shared-data-port=0"});
  EXPECT_NEAR(advice.knob.gain, 1, 1e-3);
}

TEST(Advice, APeripheralHasItsOwnPace) {
  Situation s = copying();
  s.workers[0].peripheral = true;
  s.workers[0].writer[static_cast<unsigned>(Cause::kHandshake)] = 1'000'000;
  const Advice advice = advise(s);
  EXPECT_FALSE(advice.reader);
  EXPECT_EQ(advice.cause, Cause::kHandshake);
  EXPECT_EQ(advice.knob.path, "");
  EXPECT_THAT(advice.sentence(), HasSubstr("the peripheral sets the pace"));
}

TEST(Advice, NothingMovedIsSaid) {
  EXPECT_FALSE(advise({}).known);
  EXPECT_EQ(advise({}).sentence(), "no channel has moved anything");
}

// Longer bursts need a limit of the controller raised with them; prefetch counts only between blocks.
TEST(Advice, CandidatesSayEverythingThatTheySet) {
  Situation s = copying();
  s.controllers[0].parameters.max_burst_len = 16;
  s.workers[0].chained = 3;
  bool longer = false, shorter = false, prefetch = false;
  for (const Candidate& c : candidates(s)) {
    if (c.change.path == "dmac0:snps,axi-max-burst-len" && c.change.to == "32") {
      longer = true;
      EXPECT_EQ(c.change.settings, (std::vector<std::string>{"dmac0:snps,axi-max-burst-len=32",
                                                             "dmac0:dmavp,max-burst-len=32"}));
      EXPECT_EQ(c.then.controllers[0].parameters.max_burst_len, 32u);
    }
    if (c.change.path == "dmac0:snps,axi-max-burst-len" && c.change.to == "4") {  // one property for both
      shorter = true;
      EXPECT_EQ(c.then.controllers[0].parameters.max_burst_len, 4u);
    }
    prefetch = prefetch || c.change.path == "dmac0:dmavp,lli-prefetch";
  }
  EXPECT_TRUE(longer);
  EXPECT_TRUE(shorter);
  EXPECT_TRUE(prefetch);
}

}  // namespace
}  // namespace dmavp::platform::why
