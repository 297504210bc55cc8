#include "platform/sweep/row.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <ostream>
#include <set>

namespace dmavp::platform {

namespace {

namespace json = boost::json;

void add_client(json::object& figures, const json::object& client) {
  const std::string prefix = "clients[" + std::string(client.at("name").as_string()) + "].";
  for (const char* name : {"bytes", "transfers", "errors", "duration_ps", "throughput_mb_s"})
    figures[prefix + name] = client.at(name);
  for (const char* name : {"min", "p50", "p95", "p99", "max"})
    figures[prefix + "latency_ns." + name] = client.at("latency_ns").at(name);
}

void add_channel(json::object& figures, const json::object& channel) {
  if (channel.at("read_bursts") == 0 && channel.at("write_bursts") == 0 && channel.at("bytes_read") == 0)
    return;
  const std::string prefix = "channels[" + std::string(channel.at("name").as_string()) + "].";
  for (const auto& member : channel) {
    if (member.value().is_object()) {
      for (const auto& cause : member.value().get_object())
        figures[prefix + std::string(member.key()) + "." + std::string(cause.key())] = cause.value();
    } else if (!member.value().is_string()) {
      figures[prefix + std::string(member.key())] = member.value();
    }
  }
}

void add_port(json::object& figures, const json::object& port) {
  const std::string prefix = "bus[" + std::string(port.at("name").as_string()) + "].";
  for (const auto& member : port) {
    if (!member.value().is_object()) continue;
    for (const auto& figure : member.value().get_object())
      figures[prefix + std::string(member.key()) + "." + std::string(figure.key())] = figure.value();
  }
}

std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string cell(const json::value& value) {
  if (!value.is_double())
    return value.is_string() ? cell(std::string(value.get_string())) : json::serialize(value);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.9g", value.get_double());
  return text.data();
}

}  // namespace

json::object figures_of(const json::value& result) {
  json::object figures;
  figures["sim_time_ps"] = result.at("sim_time_ps");
  figures["elapsed_cycles"] = result.at("elapsed_cycles");
  for (const json::value& client : result.at("clients").as_array()) add_client(figures, client.as_object());
  for (const json::value& channel : result.at("channels").as_array())
    add_channel(figures, channel.as_object());
  for (const json::value& port : result.at("bus").as_array()) add_port(figures, port.as_object());
  return figures;
}

std::vector<std::string> columns_of(const std::vector<Row>& rows) {
  std::vector<std::string> columns;
  std::set<std::string> known;
  for (const Row& row : rows) {
    for (const auto& figure : row.figures) {
      if (known.insert(std::string(figure.key())).second) columns.emplace_back(figure.key());
    }
  }
  return columns;
}

void write_csv(std::ostream& out, const std::vector<std::string>& names, const std::vector<Row>& rows) {
  const std::vector<std::string> columns = columns_of(rows);
  out << "point";
  for (const std::string& name : names) out << "," << cell(name);
  out << ",status,problem";
  for (const std::string& column : columns) out << "," << cell(column);
  out << "\n";
  for (const Row& row : rows) {
    out << row.point;
    for (const std::string& value : row.values) out << "," << cell(value);
    out << "," << row.status << "," << cell(row.problem);
    for (const std::string& column : columns) {
      const json::value* figure = row.figures.if_contains(column);
      out << "," << (figure == nullptr ? std::string() : cell(*figure));
    }
    out << "\n";
  }
}

}  // namespace dmavp::platform
