// The driver, the real controller and peripherals that ask for their data: the cases of slave_test.cpp
// without a fake in between. covers: R10 R11 R42 R43 K24
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <tuple>

#include "modules/engine_dmac.h"
#include "modules/fake_soc.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

struct Variant {
  const char* name;
  const char* tree;
  bool write_back;
  bool prefetch;
};
constexpr Variant kNarrow{"narrow", "narrow", true, false};
constexpr Variant kWide{"wide", "wide", true, false};
constexpr Variant kPlain{"plain", "plain", false, false};
constexpr Variant kPrefetch{"prefetch", "narrow", true, true};
constexpr Variant kSingle{"single", "single", true, false};
constexpr Variant kSinglePrefetch{"single_prefetch", "single", true, true};
constexpr Variant kSinglePlain{"single_plain", "single_plain", false, false};

struct Rig {
  EngineDmac* dmac = nullptr;
  FakeSoc soc;
  explicit Rig(const Variant& variant) : soc(make(variant, &dmac)) { soc.boot(); }
  static FakeSoc::Settings make(const Variant& variant, EngineDmac** made) {
    const bool wide = std::string(variant.tree) == "wide";
    FakeSoc::Settings s;
    s.device_tree = tree_path(variant.tree);
    s.dmac.channels = wide ? 16 : 6;
    s.combined_irq = wide;
    dmac::Parameters p;
    p.num_channels = s.dmac.channels;
    p.num_hs_if = wide ? 64 : 16;
    p.num_masters = 2;
    p.lli_wb_en = variant.write_back;
    p.lli_prefetch_en = variant.prefetch;
    s.controller = [p, made](std::function<std::byte*(std::uint64_t)> memory) {
      auto model = std::make_unique<EngineDmac>(p, std::move(memory));
      *made = model.get();
      return model;
    };
    return s;
  }
  void run(const std::string& parameters) {
    const int status =
        soc.run({"dmaengine", "virt-dma", "dw-axi-dmac", "slave-cases fifo=256 test=" + parameters});
    for (const std::string& line : soc.log_lines)
      if (line.find("CHECK failed") != std::string::npos) ADD_FAILURE() << line;
    EXPECT_EQ(status, 0) << kernel::Kernel::instance().error();
    EXPECT_EQ(kernel::Kernel::instance().statistics().live_allocations, 0u);
    EXPECT_EQ(dmac->misuses, 0u);
    EXPECT_EQ(soc.logged("illegal register access"), 0u);
  }
  std::size_t wrong(std::size_t period = ~std::size_t{0}) const {
    std::size_t n = 0;
    for (std::size_t i = 0; i < dmac->sunk.size(); i++)
      n += std::to_integer<std::uint8_t>(dmac->sunk[i]) != FakeDmac::stream_byte(i % period);
    return n;
  }
};

class SlaveOnEngine : public testing::TestWithParam<std::tuple<const char*, Variant, bool>> {};

TEST_P(SlaveOnEngine, Case) {
  const auto& [name, variant, to_device] = GetParam();
  Rig rig(variant);
  rig.run(std::string(name) + (to_device ? " to_device=1" : "") +
          (std::string(variant.tree) == "wide" ? " wide=1" : ""));
  if (std::string(name) == "lists" && to_device) {
    EXPECT_GT(rig.dmac->sunk.size(), 10000u);
    EXPECT_EQ(rig.wrong(), 0u);
  }
}

INSTANTIATE_TEST_SUITE_P(Traffic, SlaveOnEngine,
                         testing::Combine(testing::Values("lists", "residue", "pause_and_resume", "refusals"),
                                          testing::Values(kNarrow, kWide, kPlain, kPrefetch),
                                          testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name +
                                  (std::get<2>(row.param) ? "_out" : "_in");
                         });

class CyclicOnEngine : public testing::TestWithParam<std::tuple<const char*, Variant>> {};

TEST_P(CyclicOnEngine, Case) {
  const auto& [name, variant] = GetParam();
  Rig rig(variant);
  rig.run(std::string(name) + (std::string(variant.tree).rfind("single", 0) == 0 ? " one_cpu=1" : ""));
  EXPECT_EQ(rig.soc.logged("halted"), 0u) << "no period is late";
}

INSTANTIATE_TEST_SUITE_P(Traffic, CyclicOnEngine,
                         testing::Combine(testing::Values("cyclic_positions", "cyclic_callbacks",
                                                          "cyclic_terminate", "cyclic_bound"),
                                          testing::Values(kNarrow, kWide, kPlain, kPrefetch, kSingle,
                                                          kSinglePrefetch, kSinglePlain)),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) + "_" + std::get<1>(row.param).name;
                         });

TEST(CyclicOnEngineLatency, AboveTheBoundTheChannelHaltsSaysSoAndGoesOn) {
  for (const Variant& variant : {kSingle, kSinglePrefetch}) {
    Rig rig(variant);
    rig.run("cyclic_late one_cpu=1");
    EXPECT_EQ(rig.soc.logged("cyclic transfer halted, the interrupt of a period came too late"), 1u);
    EXPECT_EQ(rig.wrong(4 * 1600), 0u) << "nothing is repeated or lost";
  }
}

}  // namespace
