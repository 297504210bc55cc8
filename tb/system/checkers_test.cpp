// The base-protocol checker on every link of a board while the real software works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "system/links.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

using platform::Outcome;

class OnEveryLink : public testing::TestWithParam<std::tuple<const char*, bool>> {
 protected:
  SocOptions options(CheckedLinks& links) const {
    SocOptions o;
    o.board = std::get<0>(GetParam());
    o.settings = {std::string("dmac0:dmavp,dmi=") + (std::get<1>(GetParam()) ? "1" : "0")};
    o.links = &links;
    return o;
  }
  bool k210() const { return std::string(std::get<0>(GetParam())) == "k210"; }
  std::vector<std::string> expected_links() const {
    std::vector<std::string> names{"cpu0", "cpu1", "dmac0", "dmac0.m0", "dmac0.m1", "plic0", "ram0"};
    if (!k210()) names.insert(names.end(), {"cpu2", "cpu3"});
    for (const std::string& name : unused_links()) names.push_back(name);
    return names;
  }
  /// What the main job has no use for.
  std::vector<std::string> unused_links() const {
    if (k210()) return {"uart1", "spi0", "spi3", "i2s0", "traffic0", "traffic1"};
    return {"uart0", "uart1",    "spi0",     "spi1",     "i2s0",
            "sram0", "traffic0", "traffic1", "traffic2", "traffic3"};
  }
};
INSTANTIATE_TEST_SUITE_P(Boards, OnEveryLink,
                         testing::Combine(testing::Values("k210", "generic32"), testing::Bool()),
                         [](const auto& row) {
                           return std::string(std::get<0>(row.param)) +
                                  (std::get<1>(row.param) ? "_dmi" : "_transactions");
                         });

TEST_P(OnEveryLink, TheMainJobBreaksNoRule) {
  CheckedLinks links;
  Soc soc(options(links));
  soc.load_main_job();
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  ASSERT_EQ(soc.recorder().clients().size(), 2u);
  for (const auto& client : soc.recorder().clients()) {
    EXPECT_TRUE(client.done && client.result == 0 && client.errors == 0 && client.bytes != 0) << client.name;
  }
  std::vector<std::string> names;
  for (auto& [name, link] : links.links()) {
    names.push_back(name);
    link.checker->finish();
    EXPECT_EQ(link.checker->report(), "") << name;
  }
  EXPECT_THAT(names, testing::UnorderedElementsAreArray(expected_links()));
}

/// Every link that carries transactions notices when one of them breaks a rule, and reports that alone.
TEST_P(OnEveryLink, APlantedViolationIsSeen) {
  CheckedLinks links(3);
  Soc soc(options(links));
  soc.load_main_job();
  soc.run();
  std::vector<std::string> quiet;
  for (auto& [name, link] : links.links()) {
    if (link.saboteur->calls() < 3) {
      quiet.push_back(name);
      continue;
    }
    ASSERT_EQ(link.checker->violations().size(), 1u) << name << "\n" << link.checker->report();
    EXPECT_EQ(link.checker->violations()[0].rule, "transport.address-restored") << name;
  }
  // Bursts by direct memory access are no transactions.
  std::vector<std::string> expected = unused_links();
  if (std::get<1>(GetParam())) expected.insert(expected.end(), {"dmac0.m0", "dmac0.m1", "ram0"});
  EXPECT_THAT(quiet, testing::UnorderedElementsAreArray(expected));
}

}  // namespace
}  // namespace dmavp::tb
