#include "platform/sweep/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "platform/config/problem.h"

namespace dmavp::platform {

namespace {

namespace json = boost::json;

std::string as_text(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

/// What is not the same in two definitions.
void check_definition(const std::string& file, const json::object& had, const json::object& now) {
  std::vector<std::string> problems;
  for (const auto& member : now) {
    const json::value* before = had.if_contains(member.key());
    if (before != nullptr && *before == member.value()) continue;
    problems.push_back(file + ": belongs to another sweep: " + std::string(member.key()) + " was " +
                       (before == nullptr ? std::string("not there") : as_text(*before)) + ", is now " +
                       as_text(member.value()));
  }
  if (!problems.empty()) throw InputError(problems);
}

Row row_of(const json::object& line) {
  Row row;
  row.point = json::value_to<std::size_t>(line.at("point"));
  for (const json::value& value : line.at("values").as_array()) row.values.push_back(as_text(value));
  row.status = as_text(line.at("status"));
  row.problem = as_text(line.at("problem"));
  row.figures = line.at("figures").as_object();
  return row;
}

int open_file(const std::string& file, int flags) {
  const int descriptor = ::open(file.c_str(), flags | O_WRONLY | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor >= 0) return descriptor;
  if (errno == EEXIST)
    throw InputError(file +
                     ": an interrupted sweep; --resume goes on with it, without the file it starts anew");
  throw InputError(file + ": " + std::strerror(errno));
}

}  // namespace

Journal Journal::create(const std::string& file, const json::object& definition) {
  Journal journal(file, open_file(file, O_CREAT | O_EXCL));
  if (!journal.write_line(definition)) throw InputError(file + ": writing failed");
  return journal;
}

Journal Journal::resume(const std::string& file, const json::object& definition, std::vector<Row>& rows) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(file + ": cannot be opened, nothing to resume");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  std::set<std::size_t> points;
  std::size_t kept = 0;
  unsigned number = 1;
  for (std::size_t from = 0; from < text.size(); ++number) {
    const std::size_t end = text.find('\n', from);
    if (end == std::string::npos) break;  // torn
    boost::system::error_code error;
    const json::value line = json::parse(text.substr(from, end - from), error);
    try {
      if (error || !line.is_object()) throw std::invalid_argument("not JSON");
      if (number == 1) {
        check_definition(file, line.get_object(), definition);
      } else {
        Row row = row_of(line.get_object());
        if (points.insert(row.point).second) rows.push_back(std::move(row));
      }
    } catch (const InputError&) {
      throw;
    } catch (const std::exception&) {
      throw InputError(file + ":" + std::to_string(number) + ": damaged");
    }
    from = kept = end + 1;
  }
  if (kept == 0) throw InputError(file + ":1: damaged; without the file the sweep starts anew");
  Journal journal(file, open_file(file, 0));
  if (::ftruncate(journal.descriptor_, static_cast<off_t>(kept)) != 0)
    throw InputError(file + ": " + std::strerror(errno));
  return journal;
}

Journal::Journal(Journal&& other) noexcept
    : file_(std::move(other.file_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

Journal::~Journal() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool Journal::append(const Row& row) {
  json::array values;
  for (const std::string& value : row.values) values.emplace_back(value);
  return write_line({{"point", row.point},
                     {"values", values},
                     {"status", row.status},
                     {"problem", row.problem},
                     {"figures", row.figures}});
}

bool Journal::write_line(const json::object& line) {
  const std::string text = json::serialize(line) + "\n";
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t n = ::write(descriptor_, text.data() + done, text.size() - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return ::fdatasync(descriptor_) == 0 || errno == EINVAL;  // not every file can be synchronised
}

void Journal::remove() { ::unlink(file_.c_str()); }

}  // namespace dmavp::platform
