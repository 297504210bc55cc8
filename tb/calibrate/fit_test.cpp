// The fit finds engines again: transfers of engines with random parameters are given to it as if measured.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "calibrate/engines.h"
#include "platform/calibrate/errors.h"
#include "platform/calibrate/fit.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using platform::ReferencePoint;

unsigned below(std::mt19937& random, unsigned n) { return static_cast<unsigned>(random() % n); }

ReferencePoint random_point(std::mt19937& random, unsigned line) {
  ReferencePoint p;
  p.line = line;
  p.max_burst = 1u << below(random, 7);
  p.memory.shared = below(random, 3) == 0;
  p.memory.read_latency = 1 + below(random, 2) * below(random, 100) + below(random, 8);
  p.memory.write_latency = 1 + below(random, 20);
  if (below(random, 2) != 0) p.memory.outstanding = 1 + below(random, 8);
  p.bytes = p.width_bytes * (1 + below(random, 300));
  p.transfers = below(random, 4) == 0 ? 2 + below(random, 3) : 1;
  return p;
}

dmac::Parameters random_engine(std::mt19937& random) {
  dmac::Parameters p = copy_engine();
  p.start_latency = below(random, 10);
  p.done_latency = below(random, 10);
  p.write_start = static_cast<dmac::WriteStart>(below(random, 2));
  p.cut_through_delay = below(random, 6);
  p.read_limit = 1 + below(random, 6);
  p.burst_overhead = below(random, 3);
  p.issue_interval = 1 + below(random, 3);
  p.fifo_depth = 16u << below(random, 4);
  p.block_overlap = below(random, 2) != 0;
  return p;
}

TEST(CalibrationFit, FindsEnginesOfRandomParametersAgain) {
  for (std::uint64_t seed = 1; seed <= programs(20, 20); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(static_cast<std::uint32_t>(seed));
    const dmac::Parameters engine = random_engine(random);
    std::vector<ReferencePoint> seen, unseen;
    for (unsigned i = 0; i < 90; ++i) {
      ReferencePoint p = random_point(random, i + 2);
      p.measured = simulate(engine, p);
      (i < 60 ? seen : unseen).push_back(p);
    }
    const auto rows = platform::compare(platform::fit(seen), unseen);
    for (const bool shared : {false, true}) {
      const platform::ErrorSummary s = platform::summarise(rows, shared);
      EXPECT_GT(s.rows, 0u);
      EXPECT_TRUE(s.met);
      EXPECT_LE(s.percent.mean, 0.2);
    }
  }
}

TEST(CalibrationFit, OrderOfTheRowsDoesNotMatter) {
  auto points = table("idma_backend");
  std::vector<ReferencePoint> turned(points.rbegin(), points.rend());
  for (const auto& row : platform::compare(platform::fit(turned), points)) EXPECT_EQ(row.cycles(), 0);
}

}  // namespace
}  // namespace dmavp::tb
