#include "faults/play.h"

#include <cstdio>

namespace dmavp::test {

namespace json = boost::json;

Result play(const std::string& scenario, const std::string& board, const std::vector<std::string>& more) {
  const std::string toml = scratch("fault.toml");
  const std::string out = scratch("fault.json");
  write_file(toml, scenario);
  std::vector<std::string> words{"run", toml, "--board", board, "--quiet", "--json", out};
  words.insert(words.end(), more.begin(), more.end());
  std::remove(out.c_str());
  Result result{run_program(words), {}};
  json::error_code error;
  const json::value value = json::parse(read_file(out), error);
  if (!error && value.is_object()) result.json = value.as_object();
  return result;
}

}  // namespace dmavp::test
