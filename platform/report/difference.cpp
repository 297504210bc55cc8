#include "platform/report/difference.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string_view>

#include "platform/config/problem.h"

namespace dmavp::platform {
namespace {

namespace json = boost::json;

constexpr const char* kSchema = "dmavp.run/1";
constexpr const char* kWallClock = "wall_s";

// `*` any characters, none included.
bool glob(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0, star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return std::all_of(pattern.begin() + static_cast<std::ptrdiff_t>(p), pattern.end(),
                     [](char c) { return c == '*'; });
}

bool matches(const std::string& pattern, const std::string& field) {
  if (glob(pattern, field)) return true;
  // Any object or array the field lies in.
  unsigned depth = 0;
  for (std::size_t i = 0; i < field.size(); ++i) {
    const bool ends = depth == 0 && (field[i] == '.' || field[i] == '[');
    if (ends && glob(pattern, std::string_view(field).substr(0, i))) return true;
    if (field[i] == '[') ++depth;
    if (field[i] == ']' && depth != 0) --depth;
  }
  return false;
}

std::string name_of(const json::value& element) {
  const json::object* object = element.if_object();
  if (object == nullptr) return {};
  if (const json::value* name = object->if_contains("name"); name != nullptr && name->is_string()) {
    return json::value_to<std::string>(*name);
  }
  const json::value* cpu = object->if_contains("cpu");
  const json::value* number = object->if_contains("number");
  if (cpu == nullptr || number == nullptr) return {};
  return "cpu" + json::serialize(*cpu) + ".irq" + json::serialize(*number);
}

// The result's own arrays are small; names that are not unique are no names.
std::vector<std::string> element_names(const json::array& array) {
  std::vector<std::string> names;
  for (const json::value& element : array) names.push_back(name_of(element));
  const std::set<std::string> unique(names.begin(), names.end());
  if (unique.size() == names.size() && unique.count("") == 0) return names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = std::to_string(i);
  return names;
}

void flatten(const std::string& path, const json::value& value, std::map<std::string, Fields::Value>& into) {
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      const std::string key(member.key());
      flatten(path.empty() ? key : path + "." + key, member.value(), into);
    }
    return;
  }
  if (const json::array* array = value.if_array()) {
    const std::vector<std::string> names = element_names(*array);
    for (std::size_t i = 0; i < names.size(); ++i) flatten(path + "[" + names[i] + "]", (*array)[i], into);
    return;
  }
  Fields::Value field;
  field.text = json::serialize(value);
  field.number = value.is_number();
  if (value.is_int64()) field.value = static_cast<long double>(value.get_int64());
  if (value.is_uint64()) field.value = static_cast<long double>(value.get_uint64());
  if (value.is_double()) {
    field.value = static_cast<long double>(value.get_double());
    std::array<char, 40> text{};
    std::snprintf(text.data(), text.size(), "%.9g", value.get_double());
    field.text = text.data();
  }
  into[path] = field;
}

std::string signed_number(long double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%+.12Lg", value);
  return text.data();
}

// The last rule that matches; null if there is none.
const Tolerance* rule_for(const std::string& field, const std::vector<Tolerance>& tolerances) {
  const auto found = std::find_if(tolerances.rbegin(), tolerances.rend(),
                                  [&](const Tolerance& t) { return matches(t.pattern, field); });
  return found == tolerances.rend() ? nullptr : &*found;
}

void refuse_idle(const Tolerance& tolerance, const Fields& a, const Fields& b) {
  bool seen = false;
  bool number = false;
  for (const Fields* side : {&a, &b}) {
    for (const auto& [field, value] : side->values) {
      if (!matches(tolerance.pattern, field)) continue;
      seen = true;
      number = number || value.number;
    }
  }
  const std::string option = tolerance.ignore ? "--ignore " : "--threshold ";
  if (!seen) {
    throw InputError(option + tolerance.pattern + ": no such field in " + a.source + " or " + b.source);
  }
  if (!tolerance.ignore && !number)
    throw InputError(option + tolerance.pattern + ": this field is no number");
}

std::string load(const std::string& file) {
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) throw InputError(file + ": is a directory");
  std::ifstream in(file, std::ios::binary);
  if (!in) throw InputError(file + ": cannot be read");
  std::ostringstream text;
  text << in.rdbuf();
  if (in.bad()) throw InputError(file + ": reading failed");
  return text.str();
}

std::string title(const Fields& fields) {
  const auto text = [&](const char* name) {
    const auto found = fields.values.find(name);
    if (found == fields.values.end()) return std::string("?");
    std::string value = found->second.text;
    value.erase(std::remove(value.begin(), value.end(), '"'), value.end());
    return value;
  };
  return fields.source + ": " + text("scenario") + " on " + text("board") + ", timing " + text("timing") +
         ", seed " + text("seed");
}

}  // namespace

Tolerance parse_threshold(const std::string& text) {
  Tolerance tolerance;
  const std::size_t equals = text.rfind('=');
  if (equals == std::string::npos || equals == 0) {
    throw InputError("--threshold " + text + ": not FIELD=NUMBER or FIELD=NUMBER%");
  }
  tolerance.pattern = text.substr(0, equals);
  tolerance.text = text.substr(equals + 1);
  std::string number = tolerance.text;
  if (!number.empty() && number.back() == '%') {
    number.pop_back();
    tolerance.relative = true;
  }
  const char* end = number.data() + number.size();
  const auto [stop, error] = std::from_chars(number.data(), end, tolerance.limit);
  if (error != std::errc() || stop != end || !std::isfinite(tolerance.limit) || tolerance.limit < 0) {
    throw InputError("--threshold " + text + ": \"" + tolerance.text + "\" is no number from 0 on");
  }
  if (tolerance.relative) tolerance.limit /= 100;
  return tolerance;
}

Fields read_fields(const std::string& source, const std::string& text) {
  json::stream_parser parser;
  json::error_code error;
  std::size_t read = parser.write_some(text, error);
  // Blanks behind the value belong to it; anything else does not.
  if (!error && read < text.size()) error = json::error::extra_data;
  if (!error) parser.finish(error);
  if (error) {
    read = std::min(read, text.size());
    const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(read), '\n');
    throw InputError(source + ":" + std::to_string(line) + ": not JSON: " + error.message());
  }
  const json::value value = parser.release();
  const json::object* object = value.if_object();
  const json::value* schema = object == nullptr ? nullptr : object->if_contains("schema");
  if (schema == nullptr || !schema->is_string()) {
    throw InputError(source + ": no result of dmavp run: it has no schema");
  }
  if (schema->get_string() != kSchema) {
    throw InputError(source + ": schema " + json::serialize(*schema) + ", \"" + kSchema + "\" is needed");
  }
  Fields fields;
  fields.source = source;
  flatten("", value, fields.values);
  return fields;
}

Comparison compare(const Fields& a, const Fields& b, const std::vector<Tolerance>& tolerances) {
  for (const Tolerance& tolerance : tolerances) refuse_idle(tolerance, a, b);
  std::set<std::string> all;
  for (const Fields* side : {&a, &b}) {
    for (const auto& entry : side->values) all.insert(entry.first);
  }
  Comparison result;
  for (const std::string& field : all) {
    const Tolerance* rule = rule_for(field, tolerances);
    if (rule != nullptr && rule->ignore) continue;
    if (field == kWallClock && (rule == nullptr || rule->pattern != kWallClock)) continue;
    ++result.fields;
    const auto in_a = a.values.find(field);
    const auto in_b = b.values.find(field);
    Difference d;
    d.field = field;
    if (rule != nullptr) d.allowed = rule->text;
    if (in_a != a.values.end()) d.a = in_a->second.text;
    if (in_b != b.values.end()) d.b = in_b->second.text;
    const bool numbers =
        in_a != a.values.end() && in_b != b.values.end() && in_a->second.number && in_b->second.number;
    if (!numbers) {
      if (d.a != d.b) result.beyond.push_back(d);
      continue;
    }
    const long double from = in_a->second.value;
    const long double to = in_b->second.value;
    if (from == to) continue;
    const long double limit =
        rule == nullptr ? 0.0L
                        : static_cast<long double>(rule->limit) * (rule->relative ? std::fabs(from) : 1.0L);
    if (std::fabs(to - from) <= limit) {
      ++result.within;
      continue;
    }
    d.delta = signed_number(to - from);
    if (from != 0) {
      std::array<char, 48> percent{};
      std::snprintf(percent.data(), percent.size(), " (%+.3Lg %%)", 100 * (to - from) / std::fabs(from));
      d.delta += percent.data();
    }
    result.beyond.push_back(d);
  }
  return result;
}

void write_comparison(std::ostream& out, const Fields& a, const Fields& b, const Comparison& comparison) {
  out << "A  " << title(a) << "\nB  " << title(b) << "\n";
  if (!comparison.beyond.empty()) {
    std::vector<std::array<std::string, 5>> rows{{"field", "A", "B", "B - A", "allowed"}};
    for (const Difference& d : comparison.beyond) {
      rows.push_back(
          {d.field, d.a.empty() ? "(none)" : d.a, d.b.empty() ? "(none)" : d.b, d.delta, d.allowed});
    }
    std::array<std::size_t, 5> width{};
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) width[i] = std::max(width[i], row[i].size());
    }
    out << "\n";
    for (const auto& row : rows) {
      std::string line = "  ";
      for (std::size_t i = 0; i < row.size(); ++i) {
        const std::string pad(width[i] - row[i].size(), ' ');
        line += i == 1 || i == 2 ? pad + row[i] + "  " : row[i] + pad + "  ";
      }
      out << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
    }
  }
  out << "\n"
      << comparison.fields << " fields compared: " << comparison.beyond.size() << " differ, "
      << comparison.within << " differ within their thresholds\n";
}

int diff_results(std::ostream& out, const std::string& file_a, const std::string& file_b,
                 const std::vector<Tolerance>& tolerances) {
  const Fields a = read_fields(file_a, load(file_a));
  const Fields b = read_fields(file_b, load(file_b));
  const Comparison comparison = compare(a, b, tolerances);
  write_comparison(out, a, b, comparison);
  return comparison.beyond.empty() ? 0 : 1;
}

}  // namespace dmavp::platform
