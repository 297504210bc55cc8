// The driver, the real controller and peripherals that ask for their data: the cases of slave_test.cpp
// without a fake in between. covers: R10 R11 R42 R43 K24
#include <gtest/gtest.h>

#include <string>
#include <tuple>

#include "modules/engine_rig.h"

using namespace dmavp;
using namespace dmavp::test;

namespace {

struct Rig : EngineRig {
  using EngineRig::EngineRig;
  void run(const std::string& parameters) { EngineRig::run("slave-cases fifo=256 test=" + parameters); }
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
