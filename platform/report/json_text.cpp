#include "platform/report/json_text.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdio>
#include <string>

namespace dmavp::platform {

void print_json(std::ostream& out, const boost::json::value& value, unsigned depth) {
  namespace json = boost::json;
  const std::string indent(2 * (depth + 1), ' ');
  const std::string close(2 * depth, ' ');
  if (value.is_double()) {
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.9g", value.get_double());
    out << text.data();
  } else if (value.is_object() && !value.get_object().empty()) {
    const bool flat = std::none_of(value.get_object().begin(), value.get_object().end(),
                                   [](const auto& member) { return member.value().is_structured(); });
    const char* separator = flat ? "{" : "{\n";
    for (const auto& member : value.get_object()) {
      out << separator << (flat ? "" : indent) << json::serialize(json::value(member.key())) << ": ";
      print_json(out, member.value(), depth + 1);
      separator = flat ? ", " : ",\n";
    }
    out << (flat ? "}" : "\n" + close + "}");
  } else if (value.is_array() && !value.get_array().empty()) {
    const char* separator = "[\n";
    for (const json::value& element : value.get_array()) {
      out << separator << indent;
      print_json(out, element, depth + 1);
      separator = ",\n";
    }
    out << "\n" << close << "]";
  } else {
    out << json::serialize(value);
  }
}

}  // namespace dmavp::platform
