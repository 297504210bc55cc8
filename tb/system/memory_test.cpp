// Random copies on every board under the scoreboard and, seen burst by burst, under the AXI checker too: what
// was to be written is, and nothing else in RAM has changed.
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "base/seeded_choices.h"
#include "components/scoreboard.h"
#include "reference/spec.h"
#include "system/bench_board.h"
#include "system/soc.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

using reference::CfgFields;
using reference::CtlFields;

constexpr unsigned kRounds = 6;
constexpr u64 kArea = 0x20000;  // of one channel: source and destination

class ScoreboardOnBoard : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  BenchBoard b{"bench", std::get<0>(GetParam()), {}};
  AxiObserver axi{axi_limits(b.description().dmacs[0])};
  Scoreboard scoreboard;

  u64 ram() const { return b.ram()[0].base; }
  void watch() {
    for (const port::RamRegion& r : b.ram()) scoreboard.watch("ram", r.base, r.bus_view, r.size);
  }
};
INSTANTIATE_TEST_SUITE_P(
    Boards, ScoreboardOnBoard,
    testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic16", "generic32"), testing::Bool()),
    [](const auto& row) {
      return std::string(std::get<0>(row.param)) + (std::get<1>(row.param) ? "_watched" : "");
    });

/// Every channel at once, each in an area of its own, at addresses and lengths of no particular alignment.
TEST_P(ScoreboardOnBoard, CopiesWriteTheirDestinationAlone) {
  const bool watched = std::get<1>(GetParam());
  if (watched) b.set_observer(&axi);
  const u64 seed = seed_base();
  SCOPED_TRACE("seed " + std::to_string(seed));
  SeededChoices choices(seed);
  const Choices::Stream stream = choices.stream("copies");
  const auto draw = [&](u64 bound) { return choices.draw(stream, bound); };
  b.run([&] {
    const unsigned channels = b.parameters().num_channels;
    unsigned widest = 0;
    while (2u << widest <= b.parameters().data_width_bytes) ++widest;
    std::byte* memory = b.ram()[0].bus_view;
    for (u64 at = 0; at < channels * kArea; ++at) memory[at] = static_cast<std::byte>(draw(256));
    watch();
    for (unsigned round = 0; round < kRounds; ++round) {
      b.restart();
      for (unsigned ch = 0; ch < channels; ++ch) {
        CtlFields ctl;
        ctl.src_width = static_cast<unsigned>(draw(widest + 1));
        ctl.dst_width = static_cast<unsigned>(draw(ctl.src_width + 1));  // no part of an item is left over
        ctl.arlen_en = ctl.awlen_en = true;
        ctl.arlen = static_cast<unsigned>(draw(16));
        ctl.awlen = static_cast<unsigned>(draw(16));
        const u64 items = 1 + draw(300);
        const u64 from = ram() + ch * kArea + draw(kArea / 2 - (items << ctl.src_width));
        const u64 to = ram() + ch * kArea + kArea / 2 + draw(kArea / 2 - (items << ctl.src_width));
        b.write("SAR", ch, from);
        b.write("DAR", ch, to);
        b.write("BLOCK_TS", ch, items - 1);
        b.write("CTL", ch, ctl.encode());
        b.write("CFG", ch, CfgFields{}.encode(b.cfg2()));
        scoreboard.copy(from, to, items << ctl.src_width);
      }
      for (unsigned ch = 0; ch < channels; ++ch) b.enable(ch);
      for (unsigned ch = 0; ch < channels; ++ch) {
        while (b.enabled(ch)) b.let_pass(100);
      }
    }
  });
  scoreboard.check();
  EXPECT_EQ(scoreboard.report(), "");
  EXPECT_EQ(axi.checker().report(), "");
  EXPECT_EQ(axi.checker().bursts() != 0, watched);
}

}  // namespace
}  // namespace dmavp::tb
