#include "platform/config/scenario.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "platform/config/problem.h"

namespace dmavp::platform {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Modules are found by path, so that these tests need none to be built.
class ScenarioTest : public ::testing::Test {
 protected:
  ScenarioTest() : base_(::testing::TempDir() + "dmavp-scenario-" + std::to_string(::getpid())) {
    std::ofstream(module()) << "not looked at";
  }
  ~ScenarioTest() override {
    ::unlink(module().c_str());
    ::unlink(file().c_str());
  }
  std::string module() const { return base_ + ".so"; }
  std::string file() const { return base_ + ".toml"; }
  Scenario load(const std::string& text, const std::vector<Setting>& settings = {}) {
    std::ofstream(file()) << text;
    return load_scenario(file(), settings);
  }
  std::string message(const std::string& text, const std::vector<Setting>& settings = {}) {
    try {
      load(text, settings);
    } catch (const InputError& error) {
      return error.what();
    }
    return "(no error)";
  }
  std::string client() const { return "[client.a]\nmodule = \"" + module() + "\"\n"; }

 private:
  std::string base_;
};

TEST_F(ScenarioTest, ReadsEverything) {
  const Scenario s =
      load("[scenario]\nname = \"n\"\nseed = 7\nduration = \"2ms\"\nmodules = [\"" + module() + "\"]\n" +
           "[client.zz]\nmodule = \"" + module() + "\"\nsize = \"64KiB\"\nrun = true\n" + client() +
           "n = 3\n[expect]\nerrors = 2\nbytes_min = \"1MiB\"\nduration_max = \"1ms\"\nlosses_max = "
           "4\nhalts_max = 5\n");
  EXPECT_EQ(s.name, "n");
  EXPECT_EQ(s.seed, 7u);
  EXPECT_EQ(s.duration_ps, 2'000'000'000u);
  ASSERT_EQ(s.modules.size(), 3u);
  EXPECT_EQ(s.modules[0].client, "");
  EXPECT_EQ(s.modules[1].client, "zz");  // the order of the file, not of the alphabet
  EXPECT_EQ(s.modules[2].client, "a");
  const std::vector<std::pair<std::string, std::string>> expected{{"size", "65536"}, {"run", "1"}};
  EXPECT_EQ(s.modules[1].parameters, expected);
  EXPECT_EQ(s.expect.errors, 2u);
  EXPECT_EQ(s.expect.bytes_min, 1048576u);
  EXPECT_EQ(s.expect.duration_max_ps, 1'000'000'000u);
  EXPECT_EQ(s.expect.losses_max, 4u);
  EXPECT_EQ(s.expect.halts_max, 5u);
}

TEST_F(ScenarioTest, SettingsWinOverTheFile) {
  const Scenario s = load(
      "[scenario]\nseed = 7\n" + client() + "size = 1\n",
      {{"scenario.seed", "9"}, {"client.a.size", "2KiB"}, {"client.a.more", "true"}, {"expect.errors", "1"}});
  EXPECT_EQ(s.seed, 9u);
  const std::vector<std::pair<std::string, std::string>> expected{{"more", "1"}, {"size", "2048"}};
  EXPECT_EQ(s.modules.at(0).parameters, expected);
  EXPECT_EQ(s.expect.errors, 1u);
}

TEST_F(ScenarioTest, EachFaultNamesFileLineAndKey) {
  EXPECT_THAT(message("[scenario]\nseed = \n"), HasSubstr(file() + ":2: "));
  EXPECT_THAT(message("[scenario]\nname = \"x\"\nsede = 1\n"),
              AllOf(HasSubstr(file() + ":3: scenario.sede"), HasSubstr("unknown key")));
  EXPECT_THAT(message("[scenario]\n[clients.a]\n"),
              AllOf(HasSubstr(file() + ":2: clients"), HasSubstr("unknown table")));
  EXPECT_THAT(message("scenario = 1\n"), HasSubstr("scenario: must be a table"));
  EXPECT_THAT(message("[scenario]\nseed = \"many\"\n"), HasSubstr(":2: scenario.seed: must be a number"));
  EXPECT_THAT(message("[scenario]\nseed = -1\n"), HasSubstr(":2: scenario.seed: must be a number"));
  EXPECT_THAT(message("[scenario]\nname = 5\n"), HasSubstr(":2: scenario.name: must be a string"));
  EXPECT_THAT(message("[scenario]\nduration = 5\n"), HasSubstr(":2: scenario.duration: must be a time"));
  EXPECT_THAT(message("[scenario]\ntiming = \"ca\"\n"), HasSubstr("\"ca\" is no timing mode (lt, at)"));
  EXPECT_THAT(message("[scenario]\nmodules = \"x\"\n"), HasSubstr(":2: scenario.modules: must be an array"));
  EXPECT_THAT(message("[scenario]\nmodules = [\"nope\"]\n"), HasSubstr("no such module: nope"));
  EXPECT_THAT(message("[client.a]\nsize = 1\n"), HasSubstr("client.a.module: required"));
  EXPECT_THAT(message("[client.a]\nmodule = \"/nope.so\"\n"), HasSubstr("no such module: /nope.so"));
  EXPECT_THAT(message(client() + "x = { y = 1 }\n"), HasSubstr(":3: client.a.x: must be"));
  EXPECT_THAT(message("[client]\nb = 1\n"), HasSubstr(":2: client.b: must be a table"));
  EXPECT_THAT(message("[expect]\nerror = 1\n"), HasSubstr(":2: expect.error: unknown key"));
}

TEST_F(ScenarioTest, SettingsThatLeadNowhereAreRefused) {
  EXPECT_THAT(message(client(), {{"client.b.size", "1"}}), HasSubstr("no client \"b\""));
  EXPECT_THAT(message(client(), {{"client.a", "1"}}), HasSubstr("name a key"));
  EXPECT_THAT(message(client(), {{"nowhere.x", "1"}}), HasSubstr("no such table"));
  EXPECT_THAT(message(client(), {{"scenario.sede", "1"}}), HasSubstr("scenario.sede: unknown key"));
  EXPECT_THAT(message(client(), {{"scenario.seed", "x"}}), HasSubstr("--set: scenario.seed"));
}

TEST_F(ScenarioTest, OneModuleOfTheListIsExchanged) {
  const std::string text =
      "[scenario]\nmodules = [\"dmaengine\", \"virt-dma\", \"dw-axi-dmac\"]\n" + client();
  const Scenario s = load(text, {{"scenario.modules[1]", module()}});
  EXPECT_EQ(s.modules.at(1).file, module());
  EXPECT_THAT(s.modules.at(2).file, HasSubstr("dw-axi-dmac.so"));
  EXPECT_THAT(message(text, {{"scenario.modules[3]", "x"}}), HasSubstr("the array has members 0 to 2"));
  EXPECT_THAT(message(text, {{"scenario.modules[x]", "x"}}), HasSubstr("the array has members 0 to 2"));
  EXPECT_THAT(message(text, {{"scenario.seed[0]", "1"}}), HasSubstr("seed is no array"));
}

TEST_F(ScenarioTest, EveryFaultIsReportedAtOnce) {
  const std::string text = message("[scenario]\nsede = 1\nduration = 1\n[expect]\nfoo = 1\n");
  EXPECT_THAT(text, AllOf(HasSubstr(":2:"), HasSubstr(":3:"), HasSubstr(":5:")));
}

TEST_F(ScenarioTest, InsmodTakesParameters) {
  const ModuleSpec spec = parse_insmod(module() + ",size=1KiB,name=x");
  const std::vector<std::pair<std::string, std::string>> expected{{"size", "1024"}, {"name", "x"}};
  EXPECT_EQ(spec.parameters, expected);
  EXPECT_THROW(parse_insmod(module() + ",size"), InputError);
  EXPECT_THROW(parse_insmod("/nope.so"), InputError);
}

}  // namespace
}  // namespace dmavp::platform
