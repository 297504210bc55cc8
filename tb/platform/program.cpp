#include "platform/program.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tier.h"

namespace dmavp::test {
namespace {

struct Directory {
  std::filesystem::path path =
      std::filesystem::temp_directory_path() / ("dmavp-test-" + std::to_string(::getpid()));
  Directory() { std::filesystem::create_directories(path); }
  ~Directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

}  // namespace

std::string scratch(const std::string& name) {
  static const Directory directory;
  return (directory.path / name).string();
}

std::vector<std::string> board_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(DMAVP_SOURCE_DIR "/platform/boards"))
    if (entry.path().extension() == ".dts") names.push_back(entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> main_job(const std::string& board) {
  return {"run",     "default",
          "--board", board,
          "--set",   "client.dmatest.iterations=3",
          "--set",   "client.dmatest.test_buf_size=4KiB",
          "--set",   "client.file.path=LICENSE"};
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

Finished run_program(const std::vector<std::string>& arguments, const std::vector<std::string>& prefix,
                     const std::vector<std::string>& environment) {
  std::vector<std::string> words = prefix;
  words.emplace_back(DMAVP_PROGRAM);
  words.insert(words.end(), arguments.begin(), arguments.end());
  const bool runs = !arguments.empty() && (arguments[0] == "run" || arguments[0] == "dmatest");
  if (runs && tb::timed_mode() && std::find(words.begin(), words.end(), "--timing") == words.end())
    words.insert(words.end(), {"--timing", "at"});
  const std::string out = scratch("stdout");
  const std::string err = scratch("stderr");
  const pid_t child = ::fork();
  if (child == 0) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    for (const std::string& entry : environment) ::putenv(const_cast<char*>(entry.c_str()));
    ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 1);
    ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), 2);
    if (::chdir(DMAVP_SOURCE_DIR) == 0) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = 0;
  rusage used{};
  while (::wait4(child, &status, 0, &used) < 0 && errno == EINTR) {
  }
  Finished finished;
  finished.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  finished.peak_kib = used.ru_maxrss;
  finished.out = read_file(out);
  finished.err = read_file(err);
  return finished;
}

}  // namespace dmavp::test
