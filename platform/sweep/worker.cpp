#include "platform/sweep/worker.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace dmavp::platform {

namespace {

namespace json = boost::json;

std::string text_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The first message of the program itself, less its name.
std::string first_message(const std::string& messages) {
  const std::string mark = "dmavp: ";
  for (std::size_t from = 0; from < messages.size();) {
    const std::size_t end = std::min(messages.find('\n', from), messages.size());
    if (messages.compare(from, mark.size(), mark) == 0)
      return messages.substr(from + mark.size(), end - from - mark.size());
    from = end + 1;
  }
  return messages.substr(0, messages.find('\n'));
}

[[noreturn]] void become(const std::vector<std::string>& arguments, const std::string& messages) {
  // Nobody is left alone when the sweep is killed, and its terminal's signals are its own business.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDWR);
  const int errors = ::open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  ::dup2(null, STDIN_FILENO);
  ::dup2(null, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  std::vector<char*> words;
  for (const std::string& word : arguments) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  ::execv("/proc/self/exe", words.data());
  ::_exit(127);
}

}  // namespace

Workshop::Workshop() {
  std::string name = (std::filesystem::temp_directory_path() / "dmavp-sweep-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error(name + ": " + std::strerror(errno));
  directory_ = name;
}

Workshop::~Workshop() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

Workers::~Workers() {
  for (const Worker& worker : running_) ::kill(worker.process, SIGKILL);
  for (const Worker& worker : running_) ::waitpid(worker.process, nullptr, 0);
}

void Workers::start(std::size_t point, std::vector<std::string> values,
                    const std::vector<std::string>& arguments) {
  Worker worker;
  worker.row.point = point;
  worker.row.values = std::move(values);
  worker.result = workshop_->file(std::to_string(point) + ".json");
  worker.messages = workshop_->file(std::to_string(point) + ".txt");
  std::vector<std::string> words = {"dmavp", "run"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  words.insert(words.end(), {"--quiet", "--json", worker.result});
  worker.process = ::fork();
  if (worker.process < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
  if (worker.process == 0) become(words, worker.messages);
  running_.push_back(std::move(worker));
}

std::optional<Row> Workers::wait() {
  int status = 0;
  const pid_t process = ::waitpid(-1, &status, 0);
  const auto worker =
      std::find_if(running_.begin(), running_.end(), [&](const Worker& w) { return w.process == process; });
  if (worker == running_.end()) return std::nullopt;  // interrupted
  finish(*worker, status);
  Row row = std::move(worker->row);
  running_.erase(worker);
  return row;
}

void Workers::finish(Worker& worker, int status) const {
  Row& row = worker.row;
  const std::string messages = text_of(worker.messages);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  boost::system::error_code error;
  const json::value result = json::parse(text_of(worker.result), error);
  if ((code == 0 || code == 1) && !error) {
    row.status = code == 0 ? "passed" : "failed";
    row.figures = figures_of(result);
    const json::array& failures = result.at("failures").as_array();
    if (!failures.empty()) row.problem = std::string(failures.front().as_string());
  } else if (code == 2) {
    row.status = "refused";
    row.problem = first_message(messages);
  } else {
    row.status = "crashed";
    row.problem = code >= 0 ? "exit status " + std::to_string(code)
                            : std::string("signal ") + strsignal(WTERMSIG(status));
    const std::string message = first_message(messages);
    if (!message.empty()) row.problem += ": " + message;
  }
  std::error_code ignored;
  std::filesystem::remove(worker.result, ignored);
  std::filesystem::remove(worker.messages, ignored);
}

}  // namespace dmavp::platform
