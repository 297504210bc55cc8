// Measured transfers of three engines: the micro-architecture that is known of each gives their cycles, and
// the fit finds it, or an equal one, without being told.
#include <gtest/gtest.h>

#include <algorithm>

#include "calibrate/engines.h"
#include "platform/calibrate/errors.h"
#include "platform/calibrate/fit.h"

namespace dmavp::tb {
namespace {

using platform::Comparison;
using platform::ReferencePoint;

struct Engine {
  const char* name;
  dmac::Parameters parameters;
  std::size_t off_by_one;  ///< rows that are known to be a cycle off (docs/accuracy.md)
};
void PrintTo(const Engine& e, std::ostream* out) { *out << e.name; }

class CalibratedEngines : public ::testing::TestWithParam<Engine> {};

std::size_t inexact(const std::vector<Comparison>& rows) {
  std::size_t count = 0;
  for (const Comparison& row : rows) {
    EXPECT_TRUE(row.same_bursts()) << row.point->line;
    EXPECT_TRUE(row.same_outstanding()) << row.point->line;
    EXPECT_EQ(row.first_apart(), 0u) << row.point->line;
    EXPECT_LE(std::abs(row.cycles()), 1) << row.point->line;
    count += row.cycles() != 0;
  }
  return count;
}

TEST_P(CalibratedEngines, KnownMicroArchitectureGivesEveryFigure) {
  const auto points = table(GetParam().name);
  ASSERT_GT(points.size(), 40u);
  EXPECT_EQ(inexact(platform::compare(GetParam().parameters, points)), GetParam().off_by_one);
}

TEST_P(CalibratedEngines, FitIsAsGoodOnRowsThatItHasNotSeen) {
  std::vector<ReferencePoint> seen, unseen;
  const auto points = table(GetParam().name);
  for (std::size_t i = 0; i < points.size(); ++i) (i % 3 == 2 ? unseen : seen).push_back(points[i]);
  const auto rows = platform::compare(platform::fit(seen), unseen);
  EXPECT_LE(inexact(rows), GetParam().off_by_one);
  for (const bool shared : {false, true}) {
    const platform::ErrorSummary s = platform::summarise(rows, shared);
    EXPECT_GT(s.rows, 0u);
    EXPECT_TRUE(s.met);
  }
}

/// One thing of each engine changed: the table tells.
TEST_P(CalibratedEngines, EachPartOfTheMicroArchitectureShows) {
  const auto points = table(GetParam().name);
  const auto differs = [&](auto change) {
    dmac::Parameters p = GetParam().parameters;
    change(p);
    const auto rows = platform::compare(p, points);
    return std::count_if(rows.begin(), rows.end(), [](const Comparison& r) {
      return r.cycles() != 0 || !r.same_outstanding() || r.first_apart() != 0;
    });
  };
  const auto off = static_cast<std::ptrdiff_t>(GetParam().off_by_one);
  using P = dmac::Parameters;
  EXPECT_GT(differs([](P& p) { ++p.start_latency; }), off);
  EXPECT_GT(differs([](P& p) { ++p.done_latency; }), off);
  EXPECT_GT(differs([](P& p) { ++p.cut_through_delay; }), off);
  EXPECT_GT(differs([](P& p) { p.burst_overhead ^= 1; }), off);
  const bool chained =
      std::any_of(points.begin(), points.end(), [](const ReferencePoint& p) { return p.transfers > 1; });
  if (chained) {
    EXPECT_GT(differs([](P& p) { p.block_overlap = !p.block_overlap; }), off);
  }
  EXPECT_GT(differs([](P& p) { p.write_limit = 1; }), off);
  EXPECT_GT(differs([](P& p) { ++p.issue_interval; }), off);
}

INSTANTIATE_TEST_SUITE_P(All, CalibratedEngines,
                         ::testing::Values(Engine{"axi_cdma", axi_cdma(), 0},
                                           Engine{"idma_backend", idma(), 0},
                                           Engine{"zipcpu_axidma", axidma(), 1}),
                         [](const ::testing::TestParamInfo<Engine>& tested) {
                           return std::string(tested.param.name);
                         });

/// The rows have as long a wait for writes as for reads: they say nothing of the list of copies.
TEST(Calibration, EnginesKeepAListOfCopiesThatRowsNeedNotShow) {
  ReferencePoint p;
  p.max_burst = 1;
  p.bytes = p.width_bytes * 2000;
  p.memory.write_latency = 200;
  const dmac::Parameters fitted = platform::fit(table("axi_cdma"));
  EXPECT_EQ(platform::simulate(fitted, p).writes_outstanding, 32u);
  const dmac::Parameters more = platform::fit(table("zipcpu_axidma"));
  EXPECT_TRUE(more.copy_limit == 0 || more.copy_limit > 64);  // more are outstanding in rows of it
}

/// The write address of a read is there in the cycle of the read's: a third write is outstanding when the
/// first has its response.
TEST(Calibration, AddressAheadSharesTheCycleOfTheRead) {
  ReferencePoint p;
  p.max_burst = 1;
  p.width_bytes = 4;
  p.bytes = 64;
  p.memory.read_latency = 500;
  p.memory.write_latency = 2;
  p.memory.outstanding = 8;
  const platform::TransferFigures f = platform::simulate(axi_cdma(), p);
  EXPECT_EQ(f.cycles, 4038u);
  EXPECT_EQ(f.writes_outstanding, 3u);
}

/// The reading half of axi_cdma is ready for a transfer two cycles after the mover has taken its last
/// command: short ones do not come faster than that, even with slots to spare.
TEST(Calibration, ShortTransfersBackToBackKeepTheirDistance) {
  ReferencePoint p;
  p.width_bytes = 64;
  p.bytes = 64;
  for (const std::uint32_t transfers : {1u, 2u, 4u, 64u}) {
    p.transfers = transfers;
    const platform::TransferFigures f = platform::simulate(axi_cdma(), p);
    EXPECT_EQ(f.cycles, 4 * transfers + 4);
    EXPECT_EQ(f.reads_outstanding, 1u);
  }
}

/// Its 32 copies awaiting their responses: a place is used again two cycles late, too. The cycles are those
/// of a simulation of the engine beat by beat, of rows that are in no table.
TEST(Calibration, PlacesForCopiesAreUsedAgainAsLateAsSlots) {
  const auto cycles = [](unsigned width, unsigned burst, unsigned latency, unsigned write_latency,
                         unsigned accepted, std::uint32_t bytes, std::uint32_t transfers) {
    ReferencePoint p;
    p.width_bytes = width;
    p.max_burst = burst;
    p.memory.read_latency = latency;
    p.memory.write_latency = write_latency;
    p.memory.outstanding = accepted;
    p.bytes = bytes;
    p.transfers = transfers;
    return platform::simulate(axi_cdma(), p).cycles;
  };
  EXPECT_EQ(cycles(8, 4, 2, 200, 2, 576, 16), 2060u);
  EXPECT_EQ(cycles(64, 1, 1, 100, 8, 192, 16), 258u);
  EXPECT_EQ(cycles(16, 4, 5, 200, 3, 45328, 2), 9639u);
  EXPECT_EQ(cycles(8, 1, 1, 100, 8, 1288, 64), 34279u);
}

TEST(Calibration, NamesOfKeysThatMeanNothingAreTold) {
  auto points = table("idma_backend");
  EXPECT_TRUE(platform::unknown_keys(points).empty());
  points.front().configuration["decouple_rw"] = 1;
  points.back().configuration["frobs"] = 2;
  EXPECT_EQ(platform::unknown_keys(points), (std::vector<std::string>{"decouple_rw", "frobs"}));
}

}  // namespace
}  // namespace dmavp::tb
