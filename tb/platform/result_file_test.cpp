// docs/result-file.md and what runs write: every field of either is in the other, and the causes add up.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "platform/program.h"

namespace dmavp::test {
namespace {

namespace json = boost::json;

bool names_are_free(const std::string& path) {
  static const std::regex kFree(R"((.*\.)?(results|notes|counters|reader|writer))");
  return std::regex_match(path, kFree);
}

void collect(const json::value& value, const std::string& path, std::set<std::string>& fields) {
  if (const json::array* list = value.if_array()) {
    for (const json::value& element : *list) collect(element, path + "[]", fields);
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string name = names_are_free(path) ? "*" : std::string(member.key());
      collect(member.value(), path.empty() ? name : path + "." + name, fields);
    }
  } else {
    fields.insert(path);
  }
}

/// The first column of the first table, and the first of the second.
std::set<std::string> documented(const std::string& begin, const std::string& end) {
  const std::string text = read_file(std::string(DMAVP_SOURCE_DIR) + "/docs/result-file.md");
  const std::size_t from = text.find(begin);
  const std::size_t to = end.empty() ? text.size() : text.find(end);
  EXPECT_LT(from, to);
  const std::string part = text.substr(from, to - from);
  static const std::regex kRow(R"(\n\| `([^`]+)` \|)");
  std::set<std::string> found;
  for (std::sregex_iterator row(part.begin(), part.end(), kRow), none; row != none; ++row)
    EXPECT_TRUE(found.insert((*row)[1]).second) << (*row)[1] << " twice";
  return found;
}

json::object result_of(std::vector<std::string> words, int status) {
  const std::string file = scratch("result.json");
  words.insert(words.end(), {"--quiet", "--json", file});
  const Finished run = run_program(words);
  EXPECT_EQ(run.status, status) << run.err;
  return json::parse(read_file(file)).as_object();
}

TEST(ResultFile, EveryFieldIsDocumentedAndExists) {
  write_file(scratch("faulty.toml"), R"(
[scenario]
modules = ["dmaengine", "virt-dma", "dw-axi-dmac", "dw-uart"]
[client.copy]
module = "memcpy"
count = 4
recover = true
[client.uart]
module = "uart-loopback"
path = "README.md"
[expect]
errors = 0
[[fault]]
kind = "slverr"
target = "dmac0"
on = "source"
channel = 0
nth = 2
outcome = "read-failed"
)");
  std::set<std::string> written;
  collect(result_of({"run", scratch("faulty.toml"), "--board", "agilex5"}, 1), "", written);
  collect(result_of({"run", "memcpy", "--board", "generic32", "--timing", "at", "--set",
                     "ram0:dmavp,memory-model=dram", "--set", "client.copy.count=1", "--set",
                     "load0:dmavp,burst-period=100"},
                    0),
          "", written);
  collect(result_of({"run", std::string(DMAVP_SOURCE_DIR) + "/tb/examples/lost_interrupt.toml"}, 1), "",
          written);
  const std::string foreign = std::string(DMAVP_SOURCE_DIR) + "/tb/platform/trees/riscv.dts";
  collect(result_of({"run", "memcpy", "--board", foreign, "--explain"}, 0), "", written);

  const std::set<std::string> described = documented("| field |", "## Causes");
  for (const std::string& field : written)
    EXPECT_EQ(described.count(field), 1u) << field << " is not documented";
  for (const std::string& field : described)
    EXPECT_EQ(written.count(field), 1u) << field << " is not written";
}

TEST(ResultFile, CausesAreDocumentedAndAddUp) {
  const json::object result = result_of(
      {"run", "soc-mix", "--board", "agilex5", "--set", "client.audio.run_ms=5", "--set",
       "client.uart.run_ms=5", "--set", "client.flash.run_ms=5", "--set", "client.dmatest.run_ms=5"},
      0);
  const std::set<std::string> described = documented("| cause |", "");
  for (const json::value& channel : result.at("channels").as_array()) {
    const std::string name = channel.at("name").as_string().c_str();
    for (const char* side : {"reader", "writer"}) {
      std::uint64_t sum = 0;
      std::set<std::string> causes;
      for (const auto& cause : channel.at(side).as_object()) {
        sum += cause.value().to_number<std::uint64_t>();
        causes.insert(cause.key());
      }
      EXPECT_EQ(causes, described);
      for (const json::value& dmac : result.at("dmacs").as_array()) {
        const std::string controller = dmac.at("name").as_string().c_str();
        if (name.compare(0, controller.size() + 1, controller + ".") != 0) continue;
        EXPECT_EQ(sum, dmac.at("elapsed_cycles").to_number<std::uint64_t>()) << name << " " << side;
      }
    }
  }
}

}  // namespace
}  // namespace dmavp::test
