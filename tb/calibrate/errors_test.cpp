// What a fit says of itself: its progress and the summary of its errors.
#include <gtest/gtest.h>

#include "calibrate/engines.h"
#include "platform/calibrate/errors.h"
#include "platform/calibrate/fit.h"

namespace dmavp::tb {
namespace {

using platform::ReferencePoint;

TEST(CalibrationFit, ReportsItsProgressAndEndsAtOne) {
  double last = 0;
  auto points = table("idma_backend");
  points.resize(20);
  platform::fit(points, [&](double share) {
    EXPECT_GE(share, last);
    last = share;
  });
  EXPECT_EQ(last, 1);
}

/// The summary against one made by hand.
TEST(CalibrationErrors, SummaryOfKnownErrors) {
  std::vector<ReferencePoint> points(20);
  std::vector<platform::Comparison> rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i].measured.cycles = 1000;
    platform::TransferFigures f;
    f.cycles = 1000 + (i < 10 ? i : 0) - (i == 10 ? 100 : 0);  // 0..9 too many, one 100 too few
    rows.push_back({&points[i], f});
  }
  const platform::ErrorSummary s = platform::summarise(rows, false);
  EXPECT_EQ(s.rows, 20u);
  EXPECT_NEAR(s.cycles.mean, 145.0 / 20, 1e-12);
  EXPECT_EQ(s.cycles.p95, 9);  // the 19th of 20
  EXPECT_EQ(s.cycles.worst, 100);
  EXPECT_NEAR(s.percent.worst, 10, 1e-12);
  EXPECT_TRUE(s.met);
  EXPECT_EQ(platform::summarise(rows, true).rows, 0u);
  rows[10].simulated.cycles = 899;
  EXPECT_FALSE(platform::summarise(rows, false).met);  // worst above 10 % and 2 cycles
  rows[10].simulated.cycles = 1000;
  rows[10].simulated.first_read = 3;
  EXPECT_FALSE(platform::summarise(rows, false).met);
  rows[10].simulated.first_read = 2;
  EXPECT_TRUE(platform::summarise(rows, false).met);
  rows[10].simulated.writes_outstanding = 1;
  EXPECT_FALSE(platform::summarise(rows, false).met);
  rows[10].simulated.writes_outstanding = 0;
  rows[10].simulated.read_bursts = 1;
  EXPECT_FALSE(platform::summarise(rows, false).met);
}

}  // namespace
}  // namespace dmavp::tb
