#include "platform/sweep/points.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include "platform/config/problem.h"
#include "platform/config/value.h"

namespace dmavp::platform {

namespace {

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(','); at != std::string::npos; at = text.find(',', from)) {
    parts.push_back(text.substr(from, at - from));
    from = at + 1;
  }
  parts.push_back(text.substr(from));
  return parts;
}

/// Cells of a CSV line; quotes around a cell keep its commas, two quotes in it are one.
std::vector<std::string> cells_of(const std::string& where, const std::string& line) {
  std::vector<std::string> cells(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c != '"') {
        cells.back() += c;
      } else if (i + 1 < line.size() && line[i + 1] == '"') {
        cells.back() += line[++i];
      } else {
        quoted = false;
      }
    } else if (c == '"' && cells.back().empty()) {
      quoted = true;
    } else if (c == ',') {
      cells.emplace_back();
    } else {
      cells.back() += c;
    }
  }
  if (quoted) throw InputError(where + ": a quote without an end");
  return cells;
}

/// A range becomes its numbers, anything else itself.
void append_values(const std::string& where, const std::string& text, std::vector<std::string>& values) {
  const std::size_t dots = text.find("..");
  if (dots == std::string::npos || dots == 0 || text.find('/') != std::string::npos) {
    values.push_back(text);
    return;
  }
  const std::string rest = text.substr(dots + 2);
  const std::size_t sign = rest.find_first_of("+*");
  const auto first = parse_size(text.substr(0, dots));
  const auto last = parse_size(rest.substr(0, sign));
  const auto step =
      sign == std::string::npos ? std::optional<std::uint64_t>(1) : parse_size(rest.substr(sign + 1));
  if (!first || !last || !step)
    throw InputError(where + ": \"" + text +
                     "\" is no range of whole numbers (A..B, A..B+STEP, A..B*FACTOR)");
  const bool factor = sign != std::string::npos && rest[sign] == '*';
  if (*first > *last) throw InputError(where + ": range \"" + text + "\" is empty");
  if (factor ? *step < 2 || *first == 0 : *step == 0)
    throw InputError(where + ": range \"" + text + "\" never ends");
  for (std::uint64_t v = *first;; v = factor ? v * *step : v + *step) {
    values.push_back(std::to_string(v));
    if (values.size() > Points::kMost) throw InputError(where + ": range \"" + text + "\" is too long");
    if (factor ? v > *last / *step : *last - v < *step) break;
  }
}

void check_name(const std::string& where, const std::string& name) {
  const bool plain = name == "board" || name == "seed" || name == "timing";
  if (!plain && name.find_first_of(":.") == std::string::npos)
    throw InputError(where + ": \"" + name +
                     "\" is neither a path (alias:property, table.key) nor board, seed or timing");
}

}  // namespace

Axis parse_axis(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError("--vary \"" + text + "\": not name=value,...");
  Axis axis;
  axis.name = text.substr(0, equals);
  const std::string where = "--vary " + axis.name;
  check_name(where, axis.name);
  for (const std::string& value : split(text.substr(equals + 1))) {
    if (value.empty()) throw InputError(where + ": an empty value");
    append_values(where, value, axis.values);
  }
  std::set<std::string> seen;
  for (const std::string& value : axis.values) {
    if (!seen.insert(value).second) throw InputError(where + ": value " + value + " twice");
  }
  return axis;
}

PointList read_point_list(const std::string& file) {
  std::ifstream in(file);
  if (!in) throw InputError(file + ": cannot be opened");
  PointList list;
  std::string line;
  for (unsigned number = 1; std::getline(in, line); ++number) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    const std::string where = file + ":" + std::to_string(number);
    std::vector<std::string> cells = cells_of(where, line);
    if (list.names.empty()) {
      for (const std::string& name : cells) check_name(where, name);
      list.names = std::move(cells);
      continue;
    }
    if (cells.size() != list.names.size())
      throw InputError(where + ": has " + std::to_string(cells.size()) + " values, the first line names " +
                       std::to_string(list.names.size()));
    list.rows.push_back(std::move(cells));
  }
  if (in.bad()) throw InputError(file + ": reading failed");
  if (list.rows.empty()) throw InputError(file + ": no points");
  return list;
}

Points::Points(PointList list, std::vector<Axis> axes) : list_(std::move(list)), axes_(std::move(axes)) {
  names_ = list_.names;
  size_ = list_.names.empty() ? 1 : list_.rows.size();
  for (const Axis& axis : axes_) {
    names_.push_back(axis.name);
    if (axis.values.size() > kMost / std::max<std::size_t>(size_, 1))
      throw InputError("more than " + std::to_string(kMost) + " points");
    size_ *= axis.values.size();
  }
  if (names_.empty()) throw InputError("nothing is varied: --vary PATH=VALUE,... or --list FILE is needed");
  std::set<std::string> seen;
  for (const std::string& name : names_) {
    if (!seen.insert(name).second) throw InputError(name + " is varied twice");
  }
}

std::vector<std::string> Points::values(std::size_t point) const {
  std::vector<std::string> grid;
  for (auto axis = axes_.rbegin(); axis != axes_.rend(); ++axis) {
    grid.push_back(axis->values[point % axis->values.size()]);
    point /= axis->values.size();
  }
  std::vector<std::string> all;
  if (!list_.names.empty()) all = list_.rows[point];
  all.insert(all.end(), grid.rbegin(), grid.rend());
  return all;
}

}  // namespace dmavp::platform
