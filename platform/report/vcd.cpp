#include "platform/report/vcd.h"

#include <algorithm>

namespace dmavp::platform {
namespace {

constexpr unsigned kFirstId = '!';  // of the 94 characters an identifier consists of
constexpr unsigned kIds = 94;

std::string id_of(unsigned number) {
  std::string id;
  for (++number; number != 0; number = (number - 1) / kIds)
    id += static_cast<char>(kFirstId + (number - 1) % kIds);
  return id;
}

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= path.size();) {
    const std::size_t end = std::min(path.find('.', at), path.size());
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

}  // namespace

Vcd::Variable Vcd::add_bits(const std::string& scope, const std::string& name, unsigned bits,
                            std::uint64_t initial) {
  const auto number = static_cast<Variable>(variables_.size());
  variables_.push_back({scope, name, id_of(number), bits, initial, {}});
  return number;
}

Vcd::Variable Vcd::add_text(const std::string& scope, const std::string& name, const std::string& initial) {
  return add_bits(scope, name, 0, text(initial));
}

std::uint64_t Vcd::text(const std::string& text) {
  const auto [known, added] = index_of_.emplace(text, texts_.size());
  if (added) {
    texts_.push_back(text);
    for (char& c : texts_.back()) {
      if (c <= ' ' || c > '~') c = '_';
    }
  }
  return known->second;
}

void Vcd::push(Variable variable, Change change) {
  change.time = std::max(change.time, written_);
  if (change.time >= to_) return;
  variables_[variable].pending.push_back(change);
  ++size_;
}

void Vcd::set(Variable variable, std::uint64_t time, std::uint64_t value) {
  push(variable, {time, value, false});
}

void Vcd::add(Variable variable, std::uint64_t time, int difference) {
  push(variable, {time, static_cast<std::uint64_t>(difference), true});
}

void Vcd::supersede(Variable variable, std::uint64_t from) {
  std::vector<Change>& pending = variables_[variable].pending;
  while (!pending.empty() && pending.back().time >= from) {
    pending.pop_back();
    --size_;
  }
}

/// Moves a variable to its value just before `before`; every change of it on the way is a line.
void Vcd::take(Variable variable, std::uint64_t before, std::vector<Line>* lines) {
  State& state = variables_[variable];
  std::vector<Change>& pending = state.pending;
  const auto earlier = [](const Change& a, const Change& b) { return a.time < b.time; };
  if (!std::is_sorted(pending.begin(), pending.end(), earlier))
    std::stable_sort(pending.begin(), pending.end(), earlier);
  auto change = pending.begin();
  while (change != pending.end() && change->time < before) {
    const std::uint64_t time = change->time;
    std::uint64_t value = state.value;
    for (; change != pending.end() && change->time == time; ++change)
      value = change->relative ? value + change->value : change->value;
    if (value != state.value && lines != nullptr) lines->push_back({time, variable, value});
    state.value = value;
  }
  size_ -= static_cast<std::size_t>(change - pending.begin());
  pending.erase(pending.begin(), change);
}

void Vcd::print(std::ostream& out, const State& variable, std::uint64_t value) const {
  if (variable.bits == 0) {
    out << 's' << texts_[value] << ' ' << variable.id << '\n';
  } else if (variable.bits == 1) {
    out << (value == kUndriven ? 'z' : value != 0 ? '1' : '0') << variable.id << '\n';
  } else if (value == kUndriven) {
    out << "bz " << variable.id << '\n';
  } else {
    char digits[65];
    char* first = digits + 64;
    *first = '\0';
    do {
      *--first = (value & 1) != 0 ? '1' : '0';
      value >>= 1;
    } while (value != 0);
    out << 'b' << first << ' ' << variable.id << '\n';
  }
}

/// Declarations, and all values at `time`.
void Vcd::start(std::ostream& out, std::uint64_t time) {
  started_ = true;
  shown_ = time;
  out << "$version dmavp $end\n$timescale 1 ps $end\n";
  std::vector<std::string> open;
  const auto close = [&](std::size_t depth) {
    for (; open.size() > depth; open.pop_back()) out << "$upscope $end\n";
  };
  for (const State& variable : variables_) {
    const std::vector<std::string> parts = parts_of(variable.scope);
    std::size_t common = 0;
    while (common < std::min(parts.size(), open.size()) && parts[common] == open[common]) ++common;
    close(common);
    for (; open.size() < parts.size(); open.push_back(parts[open.size()]))
      out << "$scope module " << parts[open.size()] << " $end\n";
    out << "$var " << (variable.bits == 0 ? "string" : "wire") << ' ' << std::max(variable.bits, 1u) << ' '
        << variable.id << ' ' << variable.name;
    if (variable.bits > 1) out << " [" << variable.bits - 1 << ":0]";
    out << " $end\n";
  }
  close(0);
  out << "$enddefinitions $end\n#" << time << "\n$dumpvars\n";
  for (const State& variable : variables_) print(out, variable, variable.value);
  out << "$end\n";
}

void Vcd::flush(std::ostream& out, std::uint64_t time) {
  const std::uint64_t until = std::min(time, to_);
  if (until <= written_ && started_) return;
  if (!started_) {
    for (Variable v = 0; v < variables_.size(); ++v) take(v, std::min(until, from_ + 1), nullptr);
    written_ = std::min(until, from_ + 1);
    if (until <= from_) return;
    start(out, from_);
  }
  std::vector<Line> lines;
  for (Variable v = 0; v < variables_.size(); ++v) take(v, until, &lines);
  std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
    return a.time != b.time ? a.time < b.time : a.variable < b.variable;
  });
  for (const Line& line : lines) {
    if (line.time != shown_) out << '#' << line.time << '\n';
    shown_ = line.time;
    print(out, variables_[line.variable], line.value);
  }
  written_ = until;
}

void Vcd::finish(std::ostream& out, std::uint64_t end) {
  const std::uint64_t last = std::min(end, to_);
  flush(out, last + 1);
  if (!started_) start(out, last);
  if (last > shown_) out << '#' << last << '\n';
  for (State& variable : variables_) variable.pending.clear();
  size_ = 0;
}

}  // namespace dmavp::platform
