#include "platform/run/explain.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <fstream>
#include <sstream>

#include "platform/report/situation.h"

extern char** environ;

namespace dmavp::platform {
namespace {

namespace json = boost::json;

std::vector<std::string> words_of(const RunOptions& options, const RunSummary& run,
                                  const std::string& result) {
  std::vector<std::string> words = {"dmavp",    "run",         options.scenario,
                                    "--board",  options.board, "--timing",
                                    run.timing, "--seed",      std::to_string(run.seed)};
  const auto add = [&](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  for (const Setting& setting : options.settings) add("--set", setting.path + "=" + setting.value);
  for (const std::string& setting : run.why.knob.settings) add("--set", setting);
  for (const std::string& insmod : options.insmods) add("--insmod", insmod);
  add("--json", result);
  words.emplace_back("--quiet");
  return words;
}

/// Exit status, or -1.
int run_program(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t child = 0;
  if (::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, arguments.data(), environ) != 0) return -1;
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Throughput of a client, 0 if the result has none.
double throughput_of(const json::value& result, const std::string& client) {
  for (const json::value& c : result.at("clients").as_array()) {
    if (c.at("name").as_string() == client) return c.at("throughput_mb_s").to_number<double>();
  }
  return 0;
}

}  // namespace

Explanation explain(const RunOptions& options, const RunSummary& run, const Recorder& recorder) {
  Explanation e;
  e.predicted_gain = run.why.knob.gain;
  const int file = ::memfd_create("dmavp-explain", 0);  // inherited, and gone with the two of them
  if (file < 0) {
    e.outcome = "no memory for the result of the second run";
    return e;
  }
  const std::string name = "/proc/self/fd/" + std::to_string(file);
  const int status = run_program(words_of(options, run, name));
  std::ostringstream text;
  text << std::ifstream(name, std::ios::binary).rdbuf();
  ::close(file);
  if (status != 0) {
    e.outcome = status < 0 ? "the second run did not end"
                           : "the second run has ended with exit status " + std::to_string(status);
    return e;
  }
  json::error_code error;
  const json::value result = json::parse(text.str(), error);
  if (error || !result.is_object()) {
    e.outcome = "the second run has no result";
    return e;
  }
  e.outcome = "tried";
  const ClientRecord* client = leading_client(recorder);
  e.of_client = client != nullptr;
  const double before = client ? throughput_mb_s(*client) : 1.0 / static_cast<double>(recorder.end());
  const double after =
      client ? throughput_of(result, client->name) : 1.0 / result.at("sim_time_ps").to_number<double>();
  e.obtained_gain = after / before - 1;
  return e;
}

}  // namespace dmavp::platform
