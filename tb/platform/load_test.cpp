// A master beside the controllers, as a user sets one up: what it takes from a copy, and what it reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

Finished run_with(const std::vector<std::string>& settings, const std::string& board = "generic32",
                  const std::string& timing = "at") {
  std::vector<std::string> arguments = {
      "run", "memcpy", "--board", board, "--timing", timing, "--json", scratch("load.json"), "-q"};
  for (const std::string& setting : settings) arguments.insert(arguments.end(), {"--set", setting});
  return run_program(arguments);
}

double number(const json::value& value) { return value.to_number<double>(); }

json::value result_with(const std::vector<std::string>& settings, const std::string& board = "generic32") {
  const Finished finished = run_with(settings, board);
  EXPECT_EQ(finished.status, 0) << finished.err;
  return json::parse(read_file(scratch("load.json")));
}

double copied(const json::value& result) { return number(result.at("clients").at(0).at("throughput_mb_s")); }

const std::vector<std::string> kGreedy = {"client.copy.count=1",           "client.copy.size=1MiB",
                                          "ram0:dmavp,data-ports=1",       "dmac0:snps,axi-max-burst-len=16",
                                          "load0:dmavp,burst-period=20",   "load0:dmavp,outstanding=16",
                                          "soc:dmavp,target-outstanding=2"};

std::vector<std::string> greedy(const std::vector<std::string>& more) {
  std::vector<std::string> all = kGreedy;
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

class Load : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Boards, Load, testing::ValuesIn(board_names()),
                         [](const auto& board) { return board.param; });

/// Software finds what it wrote: the copies are compared by the client.
TEST_P(Load, IsOnEveryBoardAndChangesNoData) {
  const json::value result =
      result_with({"load0:dmavp,burst-period=40", "load0:dmavp,pattern=random"}, GetParam());
  const json::value& load = result.at("loads").at(0);
  EXPECT_EQ(load.at("name").as_string(), "load0");
  EXPECT_EQ(number(load.at("errors")), 0);
  EXPECT_NEAR(number(load.at("reads")) + number(load.at("writes")), number(result.at("elapsed_cycles")) / 40,
              5);
}

TEST(BusLoad, SilentUnlessAskedFor) {
  EXPECT_TRUE(result_with({"client.copy.count=1"}).at("loads").as_array().empty());
  const Finished loose = run_with({"client.copy.count=1", "load0:dmavp,burst-period=40"}, "generic32", "lt");
  EXPECT_EQ(loose.status, 0);
  EXPECT_THAT(loose.err, HasSubstr("load0: silent, because it acts in the timing mode at only"));
}

TEST(BusLoad, PolicyDecidesWhoIsHeldUp) {
  const json::value alone = result_with(greedy({"load0:dmavp,burst-period=0"}));
  const json::value fixed = result_with(greedy({"soc:dmavp,arbitration=fixed"}));
  const json::value light =
      result_with(greedy({"soc:dmavp,arbitration=weighted", "load0:dmavp,bus-weight=2"}));
  const json::value heavy =
      result_with(greedy({"soc:dmavp,arbitration=weighted", "load0:dmavp,bus-weight=4"}));
  const json::value qos = result_with(greedy({"soc:dmavp,arbitration=qos", "load0:dmavp,qos=15"}));
  EXPECT_GT(copied(alone),
            1.2 * copied(fixed));  // a burst of the load that has begun is in the way even then
  EXPECT_GT(copied(fixed), 1.1 * copied(light));
  EXPECT_GT(copied(light), 1.1 * copied(heavy));
  EXPECT_GT(copied(heavy), 1.1 * copied(qos));
  EXPECT_EQ(number(qos.at("loads").at(0).at("late")), 0);
  EXPECT_GT(number(fixed.at("loads").at(0).at("late")), 1000);
}

TEST(BusLoad, WrongPropertiesAreNamed) {
  const auto refused = [](const std::string& setting) {
    const Finished finished = run_with({"load0:dmavp,burst-period=40", setting});
    EXPECT_EQ(finished.status, 2) << setting;
    return finished.err;
  };
  EXPECT_THAT(refused("load0:dmavp,memory=rom7"),
              HasSubstr("/load: dmavp,memory: no memory has the alias \"rom7\""));
  EXPECT_THAT(refused("load0:dmavp,beat-bytes=12"),
              HasSubstr("/load: dmavp,beat-bytes: 12 is no power of two"));
  EXPECT_THAT(refused("load0:dmavp,beat-bytes=32 load0:dmavp,burst-beats=256"),
              HasSubstr("dmavp,beat-bytes"));
  EXPECT_THAT(refused("load0:dmavp,burst-beats=300"), HasSubstr("dmavp,burst-beats"));
  std::string small = read_file(DMAVP_SOURCE_DIR "/platform/boards/generic32.dts");
  const std::size_t reg = small.find("reg = <", small.find("sram0: sram@"));
  ASSERT_NE(reg, std::string::npos);
  small.replace(reg, small.find(';', reg) - reg, "reg = <0x08000000 0x800>");
  write_file(scratch("small.dts"), small);
  const Finished in_small =
      run_with({"load0:dmavp,burst-period=40", "load0:dmavp,memory=sram0"}, scratch("small.dts"));
  EXPECT_EQ(in_small.status, 2);
  EXPECT_THAT(in_small.err, HasSubstr("/load: dmavp,memory: sram0 is smaller than 4096 bytes"));
  const Finished both =
      run_with({"load0:dmavp,burst-period=40", "load0:dmavp,beat-bytes=32", "load0:dmavp,burst-beats=256"});
  EXPECT_EQ(both.status, 2);
  EXPECT_THAT(both.err,
              HasSubstr("/load: dmavp,burst-beats: 256 beats of 32 bytes are more than 4096 bytes"));
}

}  // namespace
}  // namespace dmavp::test
