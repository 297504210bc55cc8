// Throughput, shares and priority on the boards as they are, through their interconnect, against closed forms
// (design section 5).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <tuple>
#include <vector>

#include "reference/spec.h"
#include "system/bench_board.h"

namespace dmavp::tb {
namespace {

using reference::CfgFields;
using reference::CtlFields;

constexpr u64 kFrom = 0x80000000;
constexpr Cycle kRampUp = 4000;
constexpr Cycle kWindow = 20000;

class BoardTiming : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  std::string board() const { return std::get<0>(GetParam()); }
  /// Deep FIFOs and long bursts, so that what is under test limits.
  std::vector<std::string> settings(std::vector<std::string> more = {}) const {
    more.emplace_back("dmac0:dmavp,fifo-depth=1024");
    more.emplace_back("dmac0:dmavp,max-burst-len=256");
    more.push_back(std::string("dmac0:dmavp,dmi=") + (std::get<1>(GetParam()) ? "1" : "0"));
    return more;
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, BoardTiming,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) +
                                  (std::get<1>(row.param) ? "_dmi" : "_transactions");
                         });

struct Copy {
  unsigned channel = 0;
  unsigned beats = 16;
  unsigned reads = 16, writes = 16;  ///< outstanding at most
  unsigned priority = 0;
};

/// A copy that outlasts every measurement.
void start(BenchBoard& b, const Copy& c) {
  const unsigned width = b.parameters().data_width_bytes;
  CtlFields ctl;
  while (1u << ctl.src_width < width) ++ctl.src_width;
  ctl.dst_width = ctl.src_width;
  ctl.arlen_en = ctl.awlen_en = true;
  ctl.arlen = ctl.awlen = c.beats - 1;
  CfgFields cfg;
  cfg.priority = c.priority;
  cfg.src_osr = c.reads - 1;
  cfg.dst_osr = c.writes - 1;
  const u64 half = b.description().memories[0].size / 2;
  b.write("SAR", c.channel, kFrom);
  b.write("DAR", c.channel, kFrom + half);
  b.write("BLOCK_TS", c.channel, std::min<u64>(half / width, 60'000) - 1);
  b.write("CTL", c.channel, ctl.encode());
  b.write("CFG", c.channel, cfg.encode(b.layout_v2()));
  b.enable(c.channel);
}

/// Beats per cycle of each channel in the middle of its copy.
std::vector<double> measure(BenchBoard& b, const std::vector<Copy>& copies) {
  b.restart();
  for (const Copy& c : copies) start(b, c);
  b.let_pass(kRampUp);
  std::vector<u64> before;
  for (const Copy& c : copies) before.push_back(b.statistics(c.channel).bytes_written);
  b.let_pass(kWindow);
  std::vector<double> rates;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    const u64 moved = b.statistics(copies[i].channel).bytes_written - before[i];
    rates.push_back(static_cast<double>(moved) / b.parameters().data_width_bytes /
                    static_cast<double>(kWindow));
  }
  for (const Copy& c : copies) EXPECT_TRUE(b.enabled(c.channel)) << "too short for the measurement";
  return rates;
}

TEST_P(BoardTiming, OneChannelFollowsTheClosedForm) {
  constexpr Cycle kOverhead = 2;
  BenchBoard b("bench", board(), settings({"dmac0:dmavp,burst-overhead=2"}));
  const auto& memory = b.description().memories[0];
  const Cycle hops = b.description().request_latency + b.description().response_latency;
  EXPECT_GT(hops, 0u) << "nothing of the interconnect is seen";
  const auto read = static_cast<double>(memory.read_latency + hops);
  const auto write = static_cast<double>(memory.write_latency + hops);
  const double h = kOverhead;
  b.run([&] {
    for (const unsigned beats : {1u, 4u, 16u, 64u}) {
      for (const unsigned outstanding : {1u, 2u, 4u}) {
        const double n = outstanding, bt = beats;
        const double reader = measure(b, {{0, beats, outstanding, 16, 0}})[0];
        const double reader_expected =
            std::min({bt / (bt + h), n * bt / (read + bt + h), 16 * bt / (write + bt)});
        EXPECT_NEAR(reader / reader_expected, 1.0, 0.02)
            << "B " << beats << " N " << outstanding << " reads: " << reader;
        const double writer = measure(b, {{0, beats, 16, outstanding, 0}})[0];
        // The dead cycles of a write pass while its response is awaited.
        const double writer_expected =
            std::min({bt / (bt + h), 16 * bt / (read + bt + h), n * bt / (write + bt)});
        EXPECT_NEAR(writer / writer_expected, 1.0, 0.02)
            << "B " << beats << " N " << outstanding << " writes: " << writer;
      }
    }
  });
}

TEST_P(BoardTiming, EqualChannelsShareEqually) {
  BenchBoard b("bench", board(), settings());
  b.run([&] {
    for (const unsigned k : {2u, 3u, 6u}) {
      std::vector<Copy> copies;
      for (unsigned ch = 0; ch < k; ++ch) copies.push_back({ch, 16, 16, 16, 1});
      for (const double rate : measure(b, copies)) EXPECT_NEAR(rate * k, 1.0, 0.02) << k << " channels";
    }
  });
}

TEST_P(BoardTiming, TheHigherPriorityComesFirst) {
  BenchBoard b("bench", board(), settings({"ram0:dmavp,read-latency=38"}));
  const Cycle latency = 38 + b.description().request_latency + b.description().response_latency;
  b.run([&] {
    // One that can fill the bus starves the other.
    std::vector<double> rates = measure(b, {{1, 16, 16, 16, 0}, {4, 16, 16, 16, 5}});
    EXPECT_NEAR(rates[1], 1.0, 0.02);
    EXPECT_LE(rates[0], 0.02);
    // One bound by its latency leaves the rest; it may have to wait for a burst that is on the wires already.
    rates = measure(b, {{1, 8, 16, 16, 0}, {4, 8, 2, 16, 5}});
    EXPECT_NEAR(rates[0] + rates[1], 1.0, 0.02);
    EXPECT_LE(rates[1], 16.0 / static_cast<double>(latency + 8) * 1.02);
    EXPECT_GE(rates[1], 16.0 / static_cast<double>(latency + 8 + 8) * 0.98);
  });
}

}  // namespace
}  // namespace dmavp::tb
