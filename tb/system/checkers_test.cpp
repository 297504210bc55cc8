// The base-protocol checker on every link of a board, and the AXI checker on every burst, while the real
// software works.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "platform/config/board_description.h"
#include "system/links.h"
#include "system/soc.h"

namespace dmavp::tb {
namespace {

using platform::Outcome;

enum class Way { kDmi, kTransactions, kTimed };  ///< of a burst to the memory

class OnEveryLink : public testing::TestWithParam<std::tuple<const char*, Way>> {
 protected:
  SocOptions options(CheckedLinks& links) const {
    SocOptions o;
    o.board = std::get<0>(GetParam());
    const std::string dmi = std::string(":dmavp,dmi=") + (way() == Way::kTransactions ? "0" : "1");
    o.settings = {"dmac0" + dmi};
    if (o.board == "agilex5") o.settings.push_back("dmac1" + dmi);
    o.links = &links;
    o.check_axi = true;
    o.timed = way() == Way::kTimed;
    return o;
  }
  static Way way() { return std::get<1>(GetParam()); }
  struct Names {
    std::vector<std::string> used, unused;
  };
  /// Links by whether the main job has a use for them.
  const Names& names() const {
    static const std::map<std::string, Names> boards{
        {"k210",
         {{"cpu0", "cpu1", "dmac0", "dmac0.m0", "dmac0.m1", "plic0", "ram0"},
          {"uart1", "spi0", "spi3", "i2s0", "sysctl", "traffic0", "traffic1"}}},
        {"jh7110",
         {{"cpu0", "cpu1", "cpu2", "cpu3", "dmac0", "dmac0.m0", "plic0", "ram0"},
          {"uart0", "uart1", "spi0", "spi1", "i2stx0", "i2srx", "traffic0", "traffic1"}}},
        {"agilex5",
         {{"cpu0", "cpu1", "cpu2", "cpu3", "dmac0", "dmac0.m0", "dmac1", "dmac1.m0", "plic0", "ram0"},
          {"uart0", "uart1", "spi0", "spi1", "i2s0", "sram0", "traffic0", "traffic1"}}},
        {"generic16",
         {{"cpu0", "cpu1", "cpu2", "cpu3", "dmac0", "dmac0.m0", "dmac0.m1", "plic0", "ram0"},
          {"uart0", "uart1", "spi0", "spi1", "i2s0", "sram0", "traffic0", "traffic1", "traffic2",
           "traffic3"}}},
        {"generic32",
         {{"cpu0", "cpu1", "cpu2", "cpu3", "dmac0", "dmac0.m0", "dmac0.m1", "plic0", "ram0"},
          {"uart0", "uart1", "spi0", "spi1", "i2s0", "sram0", "traffic0", "traffic1", "traffic2",
           "traffic3"}}}};
    return boards.at(std::get<0>(GetParam()));
  }
};
std::string name_of(const testing::TestParamInfo<std::tuple<const char*, Way>>& row) {
  static constexpr const char* kWays[] = {"_dmi", "_transactions", "_timed"};
  return std::string(std::get<0>(row.param)) + kWays[static_cast<unsigned>(std::get<1>(row.param))];
}
INSTANTIATE_TEST_SUITE_P(Boards, OnEveryLink,
                         testing::Combine(testing::Values("k210", "jh7110", "agilex5", "generic16",
                                                          "generic32"),
                                          testing::Values(Way::kDmi, Way::kTransactions, Way::kTimed)),
                         name_of);

TEST_P(OnEveryLink, TheMainJobBreaksNoRule) {
  CheckedLinks links;
  const platform::BoardDescription description =
      platform::describe_board(board_tree(std::get<0>(GetParam())));
  links.check_axi(axi_limits(description.dmacs[0]));
  Soc soc(options(links));
  soc.load_main_job();
  ASSERT_EQ(soc.run(), Outcome::kDone) << soc.log();
  ASSERT_EQ(soc.recorder().clients().size(), 2u);
  for (const auto& client : soc.recorder().clients()) {
    EXPECT_TRUE(client.done && client.result == 0 && client.errors == 0 && client.bytes != 0) << client.name;
  }
  std::vector<std::string> seen;
  std::uint64_t payloads = 0;
  for (auto& [name, link] : links.links()) {
    seen.push_back(name);
    link.checker->finish();
    EXPECT_EQ(link.checker->report(), "") << name;
    if (link.axi == nullptr) continue;
    EXPECT_EQ(link.axi->checker().report(), "") << name;
    payloads += link.axi->checker().bursts();
  }
  std::uint64_t bursts = 0;
  for (const auto& [name, observer] : soc.axi()) {
    EXPECT_EQ(observer->checker().report(), "") << name;
    bursts += observer->checker().bursts();
  }
  EXPECT_GE(bursts, 300u);
  // Without direct memory every burst is a payload.
  EXPECT_EQ(payloads, way() == Way::kDmi ? 0 : bursts);
  std::vector<std::string> all = names().used;
  all.insert(all.end(), names().unused.begin(), names().unused.end());
  EXPECT_THAT(seen, testing::UnorderedElementsAreArray(all));
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
  std::vector<std::string> expected = names().unused;
  for (const std::string& name : names().used) {
    const bool memory = name == "ram0" || name.find(".m") != std::string::npos;
    if (memory && way() == Way::kDmi) expected.push_back(name);
  }
  EXPECT_THAT(quiet, testing::UnorderedElementsAreArray(expected));
}

}  // namespace
}  // namespace dmavp::tb
