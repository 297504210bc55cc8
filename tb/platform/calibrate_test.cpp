// dmavp calibrate as a user runs it: text, JSON, exit status.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <sstream>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kTables = DMAVP_SOURCE_DIR "/tb/calibrate/";

/// Every third row: the fit is as good and takes a third of the time.
std::string third_of(const std::string& engine) {
  std::istringstream in(read_file(kTables + engine + ".csv"));
  std::string result;
  std::size_t number = 0;
  for (std::string line; std::getline(in, line); ++number)
    if (number == 0 || number % 3 == 1) result += line + "\n";
  const std::string file = scratch(engine + ".csv");
  write_file(file, result);
  return file;
}

/// `column` of every data row changed by `edit`.
template <class Edit>
std::string edited(const std::string& engine, const std::string& column, Edit edit) {
  std::istringstream in(read_file(third_of(engine)));
  std::string line, result;
  std::size_t index = 0;
  for (bool header = true; std::getline(in, line); header = false) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    if (header) {
      index = static_cast<std::size_t>(std::find(cells.begin(), cells.end(), column) - cells.begin());
    } else {
      cells.at(index) = edit(cells.at(index));
    }
    for (std::size_t i = 0; i < cells.size(); ++i) result += (i ? "," : "") + cells[i];
    result += "\n";
  }
  return result;
}

json::value calibrated(const std::string& file, std::vector<std::string> more = {}) {
  const std::string result = scratch("calibrated.json");
  std::vector<std::string> arguments = {"calibrate", file, "--json", result, "-q"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  const Finished finished = run_program(arguments);
  EXPECT_EQ(finished.status, 0) << finished.err;
  EXPECT_EQ(finished.out, "");
  return json::parse(read_file(result));
}

TEST(Calibrate, FindsTheEngineAndSaysHowFarItIsOff) {
  const json::value result = calibrated(third_of("idma_backend"));
  EXPECT_EQ(result.at("schema").as_string(), "dmavp.calibrate/1");
  EXPECT_TRUE(result.at("targets_met").as_bool());
  const json::value& properties = result.at("properties");
  EXPECT_EQ(properties.at("dmavp,start-latency").as_int64(), 1);
  EXPECT_EQ(properties.at("dmavp,write-start").as_string(), "cut-through");
  EXPECT_EQ(properties.at("dmavp,read-slot-release").as_string(), "last-write-beat");
  EXPECT_FALSE(properties.as_object().contains("dmavp,read-limit"));  // cfg nax decides it
  EXPECT_EQ(result.at("errors").as_array().size(), 4u);  // separate and shared, fitted and held out
  for (const json::value& e : result.at("errors").as_array())
    EXPECT_EQ(e.at("cycles").at("worst").to_number<double>(), 0);
  std::size_t fitted = 0;
  for (const json::value& row : result.at("rows").as_array()) {
    EXPECT_EQ(row.at("cycles"), row.at("measured_cycles"));
    fitted += row.at("fitted").as_bool();
  }
  const std::size_t rows = result.at("rows").as_array().size();
  EXPECT_EQ(fitted, rows - rows / 4);
}

TEST(Calibrate, NameOfTheEngineIsNothingButAName) {
  const std::string renamed = scratch("renamed.csv");
  write_file(renamed, edited("idma_backend", "dut", [](const std::string&) { return "something"; }));
  EXPECT_EQ(calibrated(renamed).at("properties"), calibrated(third_of("idma_backend")).at("properties"));
}

TEST(Calibrate, EvaluatesRowsOfAnotherFile) {
  const std::string slow = scratch("slow.csv");
  write_file(slow, edited("axi_cdma", "cycles",
                          [](const std::string& c) { return std::to_string(std::stoul(c) * 3 / 2); }));
  const Finished finished =
      run_program({"calibrate", third_of("axi_cdma"), "--evaluate", slow, "--json", scratch("e.json")});
  EXPECT_EQ(finished.status, 1) << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("&dmac0 {"));
  EXPECT_THAT(finished.out, HasSubstr("\tdmavp,read-limit = <2>;"));
  EXPECT_THAT(finished.out, HasSubstr("separate ports, rows evaluated: mean <= 1 %"));
  EXPECT_THAT(finished.out, HasSubstr("MISSED"));
  EXPECT_THAT(finished.out, HasSubstr(slow + ":"));
  const json::value result = json::parse(read_file(scratch("e.json")));
  EXPECT_FALSE(result.at("targets_met").as_bool());
  for (const json::value& e : result.at("errors").as_array()) {
    const bool exact = e.at("fitted").as_bool();
    EXPECT_EQ(e.at("target_met").as_bool(), exact);
    if (exact) {
      EXPECT_EQ(e.at("percent").at("worst").to_number<double>(), 0);
    } else {
      EXPECT_NEAR(e.at("percent").at("mean").to_number<double>(), 33.3, 1);
    }
  }
}

TEST(Calibrate, UnknownKeysOfCfgAreNamed) {
  const std::string file = scratch("keys.csv");
  write_file(file, edited("axi_cdma", "cfg", [](const std::string&) { return "frob=1"; }));
  const Finished finished = run_program({"calibrate", file});
  EXPECT_EQ(finished.status, 0);
  EXPECT_THAT(finished.err, HasSubstr("warning: cfg key \"frob\" decides nothing here"));
  EXPECT_THAT(finished.err, Not(HasSubstr("%")));  // progress is for terminals
}

/// What is printed can be given to a run.
TEST(Calibrate, PropertiesAreThoseOfABoard) {
  const json::value result = calibrated(third_of("axi_cdma"));
  std::vector<std::string> arguments = {"run", "memcpy", "--board", "generic32", "--timing", "at", "-q"};
  for (const auto& property : result.at("properties").as_object()) {
    const std::string value = property.value().is_string() ? std::string(property.value().as_string())
                                                           : json::serialize(property.value());
    arguments.insert(arguments.end(), {"--set", "dmac0:" + std::string(property.key()) + "=" + value});
  }
  for (const char* setting : {"client.copy.count=1", "client.copy.size=64KiB"})
    arguments.insert(arguments.end(), {"--set", setting});
  const Finished finished = run_program(arguments);
  EXPECT_EQ(finished.status, 0) << finished.err;
}

}  // namespace
}  // namespace dmavp::test
