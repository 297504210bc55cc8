// Shares that contending masters get of one target, by closed form.
#include "bus/bus_arbiter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <stdexcept>
#include <vector>

namespace dmavp {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct Contender {
  unsigned weight = 1;
  unsigned qos = 0;
  unsigned beats = 16;
};

/// Beats that each master gets when all ask again at once after every grant.
std::vector<double> shares(Arbitration policy, const std::vector<Contender>& contenders, unsigned grants) {
  std::vector<unsigned> weights;
  for (const auto& c : contenders) weights.push_back(c.weight);
  BusArbiter arbiter(policy, weights);
  const auto ask = [&](unsigned m) { arbiter.request(m, contenders[m].qos, contenders[m].beats); };
  for (unsigned m = 0; m < contenders.size(); ++m) ask(m);
  std::vector<double> beats(contenders.size());
  double sum = 0;
  for (unsigned i = 0; i < grants; ++i) {
    const unsigned winner = arbiter.grant();
    beats[winner] += contenders[winner].beats;
    sum += contenders[winner].beats;
    ask(winner);
  }
  for (auto& b : beats) b /= sum;
  return beats;
}

TEST(BusArbiter, EqualMastersGetEqualShares) {
  for (const unsigned k : {1u, 3u, 8u, 64u}) {
    for (const auto policy : {Arbitration::kRoundRobin, Arbitration::kWeighted, Arbitration::kQos}) {
      for (const double share : shares(policy, std::vector<Contender>(k), 64'000)) {
        EXPECT_NEAR(share * k, 1, 0.01) << k;
      }
    }
  }
}

TEST(BusArbiter, WeightsDivideBeatsWhateverTheBurstLengths) {
  std::mt19937 random(5);
  for (int round = 0; round < 20; ++round) {
    std::vector<Contender> contenders(2 + random() % 7);
    double sum = 0;
    for (auto& c : contenders) {
      c = {1 + static_cast<unsigned>(random() % 9), 0, 1 + static_cast<unsigned>(random() % 256)};
      sum += c.weight;
    }
    const auto got = shares(Arbitration::kWeighted, contenders, 400'000);
    for (std::size_t m = 0; m < contenders.size(); ++m) {
      EXPECT_NEAR(got[m] / (contenders[m].weight / sum), 1, 0.01) << round << " " << m;
    }
  }
}

TEST(BusArbiter, PriorityIsStrict) {
  EXPECT_EQ(shares(Arbitration::kFixed, std::vector<Contender>(3), 300), (std::vector<double>{1, 0, 0}));
  const std::vector<Contender> levels{{1, 2, 4}, {1, 15, 4}, {1, 0, 4}, {1, 15, 4}};
  EXPECT_EQ(shares(Arbitration::kQos, levels, 300), (std::vector<double>{0, 0.5, 0, 0.5}));
}

TEST(BusArbiter, LowerPrioritiesTakeWhatIsLeftAndSilenceEarnsNothing) {
  BusArbiter qos(Arbitration::kQos, {1, 1, 1});
  for (const unsigned m : {0u, 1u, 2u}) qos.request(m, m, 1);
  for (const unsigned m : {2u, 1u, 0u}) EXPECT_EQ(qos.grant(), m);
  EXPECT_FALSE(qos.pending());

  BusArbiter weighted(Arbitration::kWeighted, {1, 1});
  for (int i = 0; i < 100; ++i) {
    weighted.request(0, 0, 16);
    EXPECT_EQ(weighted.grant(), 0u);
  }
  unsigned late = 0;  // master 1 appears: half from now on, no arrears
  for (const unsigned m : {0u, 1u}) weighted.request(m, 0, 16);
  for (int i = 0; i < 100; ++i) {
    const unsigned winner = weighted.grant();
    late += winner;
    weighted.request(winner, 0, 16);
  }
  EXPECT_NEAR(late, 50, 1);
}

TEST(BusArbiter, RefusesWeightsAndNumbersOutOfRange) {
  const auto make = [](std::vector<unsigned> weights) {
    return [weights] { BusArbiter(Arbitration::kWeighted, weights); };
  };
  EXPECT_THAT(make({1, 0}), ThrowsMessage<std::invalid_argument>(HasSubstr("weight 0 of master 1")));
  EXPECT_THAT(make({1025}), ThrowsMessage<std::invalid_argument>(HasSubstr("weight 1025 of master 0")));
  EXPECT_THAT(make({}), ThrowsMessage<std::invalid_argument>(HasSubstr("0 masters")));
  EXPECT_THAT(make(std::vector<unsigned>(65, 1)),
              ThrowsMessage<std::invalid_argument>(HasSubstr("65 masters")));
}

}  // namespace
}  // namespace dmavp
