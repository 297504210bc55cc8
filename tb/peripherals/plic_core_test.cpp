// Conformance of the interrupt controller's rules (spec peripherals 6.4), without simulation.
#include "peripherals/plic_core.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace dmavp {
namespace {

constexpr std::uint64_t priority(unsigned source) { return 4u * source; }
constexpr std::uint64_t pending(unsigned source) { return 0x1000 + 4u * (source / 32); }
constexpr std::uint64_t enable(unsigned context, unsigned source) {
  return 0x2000 + 0x80u * context + 4u * (source / 32);
}
constexpr std::uint64_t threshold(unsigned context) { return 0x200000 + 0x1000u * context; }
constexpr std::uint64_t claim(unsigned context) { return 0x200004 + 0x1000u * context; }

struct Plic6 : PlicCore {
  explicit Plic6(unsigned ndev = 65, unsigned contexts = 4) : PlicCore(ndev, contexts) {}
  void set_enable(unsigned context, unsigned source, bool on) {
    const std::uint64_t at = enable(context, source);
    const std::uint32_t bit = 1u << (source % 32);
    write(at, on ? peek(at) | bit : peek(at) & ~bit);
  }
  void arm(unsigned context, unsigned source, std::uint32_t level = 1) {
    write(priority(source), level);
    set_enable(context, source, true);
  }
  bool is_pending(unsigned source) const { return (peek(pending(source)) >> (source % 32) & 1) != 0; }
};

TEST(PlicCore, ParametersAreChecked) {
  EXPECT_THROW(PlicCore(0, 1), std::invalid_argument);
  EXPECT_THROW(PlicCore(1024, 1), std::invalid_argument);
  EXPECT_THROW(PlicCore(1, 0), std::invalid_argument);
  EXPECT_THROW(PlicCore(1, 15873), std::invalid_argument);
  EXPECT_NO_THROW(PlicCore(1023, 15872));
}

TEST(PlicCore, LevelThatStaysHighGivesOneClaimPerCompletion) {
  Plic6 p;
  p.arm(0, 27);
  p.set_source(27, true);
  for (int round = 0; round < 3; ++round) {
    EXPECT_TRUE(p.notified(0));
    EXPECT_EQ(p.read(claim(0)), 27u);
    EXPECT_FALSE(p.notified(0));
    EXPECT_EQ(p.read(claim(0)), 0u);
    EXPECT_FALSE(p.is_pending(27));  // no second request while in service
    p.write(claim(0), 27);
  }
  p.read(claim(0));
  p.set_source(27, false);
  p.write(claim(0), 27);
  EXPECT_FALSE(p.notified(0));
}

TEST(PlicCore, LineThatDropsOrPulsesBeforeTheClaimIsClaimableOnce) {
  Plic6 p;
  p.arm(0, 5);
  p.set_source(5, true);
  p.set_source(5, false);
  EXPECT_TRUE(p.is_pending(5));
  EXPECT_EQ(p.read(claim(0)), 5u);
  p.set_source(5, true);  // a pulse in service leaves no trace
  p.set_source(5, false);
  p.write(claim(0), 5);
  EXPECT_EQ(p.read(claim(0)), 0u);
}

TEST(PlicCore, HighestPriorityThenLowestNumber) {
  Plic6 p;
  for (const auto& [source, level] : {std::pair{40u, 3u}, {3u, 2u}, {12u, 3u}, {65u, 7u}, {7u, 2u}}) {
    p.arm(1, source, level);
    p.set_source(source, true);
  }
  EXPECT_EQ(p.peek(claim(1)), 65u);  // looking is not claiming
  for (const unsigned expected : {65u, 12u, 40u, 3u, 7u, 0u}) EXPECT_EQ(p.read(claim(1)), expected);
}

TEST(PlicCore, ThresholdGatesNotificationNotClaim) {
  for (std::uint32_t level = 0; level <= 7; ++level) {
    for (std::uint32_t limit = 0; limit <= 7; ++limit) {
      Plic6 p;
      p.arm(0, 9, level);
      p.write(threshold(0), limit);
      p.set_source(9, true);
      EXPECT_EQ(p.notified(0), level > limit) << level << " " << limit;
      EXPECT_EQ(p.read(claim(0)), level > 0 ? 9u : 0u) << level << " " << limit;
    }
  }
}

TEST(PlicCore, CompletionOfAnythingElseIsIgnored) {
  Plic6 p;
  p.arm(0, 9);
  p.set_source(9, true);
  p.read(claim(0));
  for (const std::uint32_t wrong : {0u, 8u, 66u, 1023u, 1024u, 0xffffffffu}) p.write(claim(0), wrong);
  p.write(claim(1), 9);  // not enabled for that context
  EXPECT_FALSE(p.is_pending(9));
  p.set_enable(0, 9, false);
  p.write(claim(0), 9);  // lost: enable removed between claim and complete
  p.set_enable(0, 9, true);
  EXPECT_FALSE(p.is_pending(9));
  p.write(claim(0), 9);
  EXPECT_TRUE(p.is_pending(9));
}

TEST(PlicCore, ContextsRaceAndTheFirstClaimWins) {
  Plic6 p;
  for (const unsigned c : {0u, 2u, 3u}) p.arm(c, 20);
  p.arm(3, 30);
  p.set_source(20, true);
  p.set_source(30, true);
  EXPECT_TRUE(p.notified(0) && p.notified(2) && p.notified(3) && !p.notified(1));
  EXPECT_EQ(p.read(claim(2)), 20u);
  EXPECT_EQ(p.read(claim(0)), 0u);
  EXPECT_EQ(p.read(claim(3)), 30u);
  p.write(claim(0), 20);  // any context it is enabled for completes it
  EXPECT_TRUE(p.is_pending(20));
}

TEST(PlicCore, PriorityZeroMasksWhatIsPending) {
  Plic6 p;
  p.arm(0, 4);
  p.set_source(4, true);
  p.write(priority(4), 0);
  EXPECT_FALSE(p.notified(0));
  EXPECT_EQ(p.read(claim(0)), 0u);
  EXPECT_TRUE(p.is_pending(4));
  p.write(priority(4), 1);
  EXPECT_EQ(p.read(claim(0)), 4u);
}

TEST(PlicCore, AffinityMovesInService) {
  Plic6 p;
  p.arm(0, 11);
  p.set_source(11, true);
  EXPECT_EQ(p.read(claim(0)), 11u);
  p.set_enable(0, 11, false);
  p.set_enable(2, 11, true);
  p.write(claim(0), 11);
  EXPECT_FALSE(p.notified(2));  // lost
  p.set_enable(0, 11, true);    // what a kernel does: enable, complete, disable
  p.write(claim(0), 11);
  p.set_enable(0, 11, false);
  EXPECT_TRUE(p.notified(2));
  EXPECT_FALSE(p.notified(0));
  EXPECT_EQ(p.read(claim(2)), 11u);
}

TEST(PlicCore, RegistersKeepOnlyWhatExists) {
  Plic6 p(65, 4);
  for (std::uint64_t offset = 0; offset < 0x2000; offset += 4) p.write(offset, ~0u);
  for (unsigned s = 0; s < 1024; ++s) EXPECT_EQ(p.read(priority(s)), s >= 1 && s <= 65 ? 7u : 0u) << s;
  EXPECT_EQ(p.read(0x1000), 0u);
  for (unsigned c = 0; c < 5; ++c) {
    for (unsigned word = 0; word < 32; ++word) p.write(0x2000 + 0x80 * c + 4 * word, ~0u);
    p.write(threshold(c), ~0u);
    EXPECT_EQ(p.read(enable(c, 0)), c < 4 ? 0xfffffffeu : 0u);
    EXPECT_EQ(p.read(enable(c, 32)), c < 4 ? 0xffffffffu : 0u);
    EXPECT_EQ(p.read(enable(c, 64)), c < 4 ? 3u : 0u);
    EXPECT_EQ(p.read(enable(c, 96)), 0u);
    EXPECT_EQ(p.read(threshold(c)), c < 4 ? 7u : 0u);
    EXPECT_EQ(p.read(threshold(c) + 8), 0u);
  }
  EXPECT_EQ(p.read(0x3fffffc), 0u);
}

/// The last context there can be has its enables and its claim register at the end of their areas.
TEST(PlicCore, ContextsHaveTwoRegistersAndNothingBehind) {
  Plic6 p;
  p.arm(1, 3);
  p.set_source(3, true);
  for (std::uint64_t offset = 8; offset < 0x1000; offset += 4) EXPECT_EQ(p.read(threshold(1) + offset), 0u);
  EXPECT_EQ(p.read(claim(1)), 3u);
}

TEST(PlicCore, TheLastContextIsAtTheEndOfTheWindow) {
  Plic6 p(1023, 15872);
  EXPECT_EQ(enable(15871, 1023), 0x1f1ffcu);
  EXPECT_EQ(claim(15871), 0x3fff004u);
  p.arm(15871, 1023);
  p.set_source(1023, true);
  EXPECT_TRUE(p.notified(15871));
  EXPECT_EQ(p.read(claim(15871)), 1023u);
  p.write(0x1f2000, ~0u);  // between the areas
  EXPECT_EQ(p.read(0x1f2000), 0u);
  EXPECT_EQ(p.read(0x1080), 0u);
  EXPECT_EQ(p.read(0x1ffc), 0u);
}

TEST(PlicCore, AllSourcesOnThirtyTwoContexts) {
  Plic6 p(1023, 32);
  for (unsigned s = 1; s <= 1023; ++s) {
    p.arm(s % 32, s);
    p.set_source(s, true);
  }
  for (unsigned c = 0; c < 32; ++c) {
    for (unsigned s = c == 0 ? 32 : c; s <= 1023; s += 32) {
      EXPECT_TRUE(p.notified(c));
      ASSERT_EQ(p.read(claim(c)), s);
    }
    EXPECT_FALSE(p.notified(c));
  }
}

/// The specification once more, with sets and maps, against random programs.
struct Oracle {
  unsigned ndev, contexts;
  std::vector<unsigned> level;
  std::vector<std::set<unsigned>> enabled;
  std::vector<unsigned> limit;
  std::set<unsigned> line, busy, waiting;

  Oracle(unsigned n, unsigned c) : ndev(n), contexts(c), level(n + 1), enabled(c), limit(c) {}
  void gateway(unsigned s) {
    if (line.count(s) != 0 && busy.insert(s).second) waiting.insert(s);
  }
  unsigned top(unsigned c) const {
    unsigned found = 0;
    for (const unsigned s : waiting) {
      if (enabled[c].count(s) != 0 && level[s] > (found == 0 ? 0 : level[found])) found = s;
    }
    return found;
  }
};

TEST(PlicCore, RandomProgramsAgreeWithAnOracle) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const unsigned ndev = 1 + static_cast<unsigned>(random() % 100);
    const unsigned contexts = 1 + static_cast<unsigned>(random() % 5);
    Plic6 p(ndev, contexts);
    Oracle o(ndev, contexts);
    for (int step = 0; step < 20000; ++step) {
      const auto s = 1 + static_cast<unsigned>(random() % ndev);
      const auto c = static_cast<unsigned>(random() % contexts);
      const auto value = static_cast<unsigned>(random() % 8);
      switch (random() % 7) {
        case 0:
          p.set_source(s, true);
          o.line.insert(s);
          o.gateway(s);
          break;
        case 1:
          p.set_source(s, false);
          o.line.erase(s);
          break;
        case 2:
          p.write(priority(s), value);
          o.level[s] = value;
          break;
        case 3:
          p.set_enable(c, s, value != 0);
          if (value != 0) {
            o.enabled[c].insert(s);
          } else {
            o.enabled[c].erase(s);
          }
          break;
        case 4:
          p.write(threshold(c), value);
          o.limit[c] = value;
          break;
        case 5: {
          const unsigned expected = o.top(c);
          o.waiting.erase(expected);
          ASSERT_EQ(p.read(claim(c)), expected) << "seed " << seed << " step " << step;
          break;
        }
        case 6:
          p.write(claim(c), s);
          if (o.enabled[c].count(s) != 0) {
            o.busy.erase(s);
            o.gateway(s);
          }
          break;
      }
      for (unsigned k = 0; k < contexts; ++k) {
        const unsigned top = o.top(k);
        ASSERT_EQ(p.notified(k), top != 0 && o.level[top] > o.limit[k])
            << "seed " << seed << " step " << step;
      }
    }
  }
}

}  // namespace
}  // namespace dmavp
