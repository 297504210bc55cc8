// A line of the trace file (docs/trace-format.md) by its words.
#pragma once

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace dmavp::test {

struct TraceLine {
  std::uint64_t time = 0;
  std::string source, event, first;  ///< first word behind the event
  std::string text;

  /// Of key=value; empty if there is no such key.
  std::string field(const std::string& key) const {
    const std::size_t at = text.find(" " + key + "=");
    if (at == std::string::npos) return "";
    const std::size_t from = at + key.size() + 2;
    return text.substr(from, text.find(' ', from) - from);
  }
};

inline TraceLine parse_trace_line(const std::string& text) {
  TraceLine line;
  std::istringstream(text) >> line.time >> line.source >> line.event >> line.first;
  line.text = text;
  return line;
}

/// All but the comments.
inline std::vector<TraceLine> parse_trace(const std::string& trace) {
  std::vector<TraceLine> lines;
  std::istringstream texts(trace);
  for (std::string text; std::getline(texts, text);) {
    if (text[0] != '#') lines.push_back(parse_trace_line(text));
  }
  return lines;
}

}  // namespace dmavp::test
