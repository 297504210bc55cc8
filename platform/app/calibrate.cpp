#include "platform/app/calibrate.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cstdarg>
#include <cstdio>
#include <iostream>
#include <set>

#include "platform/calibrate/errors.h"
#include "platform/calibrate/fit.h"
#include "platform/calibrate/reference_file.h"
#include "platform/config/property_table.h"
#include "platform/report/json_text.h"
#include "platform/run/output.h"

namespace dmavp::platform {

namespace {

namespace json = boost::json;

constexpr std::size_t kHoldOut = 4;  ///< without --evaluate one row of so many is not fitted
constexpr std::size_t kWorstRows = 5;

/// Rows that are reported together.
struct Part {
  const char* name;
  std::string file;
  bool fitted;
  std::vector<Comparison> rows;
};

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));
std::string format(const char* pattern, ...) {
  std::array<char, 300> text{};
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  return text.data();
}

const char* name_of(bool shared) { return shared ? "shared" : "separate"; }
const Target& target_of(bool shared) { return shared ? kSharedTarget : kSeparateTarget; }

/// Value of a property as device-tree source.
std::string value_text(const Dimension& d, const dmac::Parameters& p) {
  const Property* property = find_property(NodeKind::kDmac, d.property);
  const unsigned value = d.get(p);
  if (property != nullptr && property->type == PropertyType::kChoice)
    return "\"" + std::string(property->choices.at(value)) + "\"";
  return "<" + std::to_string(value) + ">";
}

/// What `cfg` decides is no property of the engine but of each of its builds.
std::vector<Dimension> fitted_dimensions(const std::vector<ReferencePoint>& points) {
  std::set<std::string> searched;
  for (const Dimension& d : dimensions_for(points)) searched.insert(d.property);
  std::vector<Dimension> all = all_dimensions();
  const auto decided = [&](const Dimension& d) {
    return d.values.size() > 1 && searched.count(d.property) == 0 && !points.front().configuration.empty();
  };
  all.erase(std::remove_if(all.begin(), all.end(), decided), all.end());
  return all;
}

void print_properties(std::ostream& out, const dmac::Parameters& fitted,
                      const std::vector<ReferencePoint>& points) {
  out << "&dmac0 {\n";
  for (const Dimension& d : fitted_dimensions(points))
    out << "\t" << d.property << " = " << value_text(d, fitted) << ";\n";
  for (const std::string& note : configuration_notes(points)) out << "\t/* cfg " << note << " */\n";
  out << "};\n\n";
}

void print_part(std::ostream& out, const Part& part) {
  for (const bool shared : {false, true}) {
    const ErrorSummary s = summarise(part.rows, shared);
    if (s.rows == 0) continue;
    out << format("%-9s %-9s %5zu  %7.3f %7.3f %7.3f  %7.2f %7.2f %7.0f  %6zu %11zu %6llu", name_of(shared),
                  part.name, s.rows, s.percent.mean, s.percent.p95, s.percent.worst, s.cycles.mean,
                  s.cycles.p95, s.cycles.worst, s.bursts_differ, s.outstanding_differ,
                  static_cast<unsigned long long>(s.first_apart))
        << "\n";
  }
}

std::vector<const Comparison*> worst_of(const Part& part) {
  std::vector<const Comparison*> rows;
  for (const Comparison& row : part.rows) {
    if (row.cycles() != 0 || !row.same_bursts() || !row.same_outstanding() || row.first_apart() != 0)
      rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const Comparison* a, const Comparison* b) { return a->percent() > b->percent(); });
  rows.resize(std::min(rows.size(), kWorstRows));
  return rows;
}

void print_report(std::ostream& out, const std::vector<Part>& parts) {
  out << "                            error in percent         error in cycles      rows differ\n"
         "ports     rows      count     mean     p95   worst     mean     p95   worst  bursts outstanding  "
         "first\n";
  for (const Part& part : parts) print_part(out, part);
  for (const Part& part : parts) {
    for (const Comparison* row : worst_of(part)) {
      out << format("%s:%u: %llu cycles, simulated %llu (%.3f %%)", part.file.c_str(), row->point->line,
                    static_cast<unsigned long long>(row->point->measured.cycles),
                    static_cast<unsigned long long>(row->simulated.cycles), row->percent())
          << (row->same_bursts() ? "" : ", other bursts")
          << (row->same_outstanding() ? "" : ", other bursts outstanding")
          << (row->first_apart() == 0 ? ""
                                      : format(", first beats %llu cycles apart",
                                               static_cast<unsigned long long>(row->first_apart())))
          << "\n";
    }
  }
}

bool print_targets(std::ostream& out, const Part& judged) {
  bool met = true;
  for (const bool shared : {false, true}) {
    const ErrorSummary s = summarise(judged.rows, shared);
    if (s.rows == 0) continue;
    const Target& t = target_of(shared);
    met = met && s.met;
    out << format(
               "%s ports, rows %s: mean <= %g %%, p95 <= %g %%, worst <= %g %% or %llu cycles, equal bursts, "
               "first beats within %llu cycles: %s",
               name_of(shared), judged.name, t.mean, t.p95, t.worst,
               static_cast<unsigned long long>(t.worst_cycles), static_cast<unsigned long long>(kFirstTarget),
               s.met ? "met" : "MISSED")
        << "\n";
  }
  return met;
}

json::object spread(const Spread& s) { return {{"mean", s.mean}, {"p95", s.p95}, {"worst", s.worst}}; }

json::object document(const CalibrateOptions& options, const dmac::Parameters& fitted,
                      const std::vector<ReferencePoint>& points, const std::vector<std::string>& unknown,
                      const std::vector<Part>& parts, bool met) {
  json::object properties;
  for (const Dimension& d : fitted_dimensions(points)) {
    const std::string text = value_text(d, fitted);
    if (text.front() == '<') {
      properties[d.property] = d.get(fitted);
    } else {
      properties[d.property] = text.substr(1, text.size() - 2);
    }
  }
  json::array errors;
  for (const Part& part : parts) {
    for (const bool shared : {false, true}) {
      const ErrorSummary s = summarise(part.rows, shared);
      if (s.rows == 0) continue;
      errors.push_back(json::object{{"ports", name_of(shared)},
                                    {"file", part.file},
                                    {"fitted", part.fitted},
                                    {"rows", s.rows},
                                    {"percent", spread(s.percent)},
                                    {"cycles", spread(s.cycles)},
                                    {"bursts_differ", s.bursts_differ},
                                    {"outstanding_differ", s.outstanding_differ},
                                    {"first_apart_cycles", s.first_apart},
                                    {"target_met", s.met}});
    }
  }
  json::array rows;
  for (const Part& part : parts) {
    for (const Comparison& row : part.rows) {
      const TransferFigures& s = row.simulated;
      rows.push_back(json::object{{"file", part.file},
                                  {"line", row.point->line},
                                  {"fitted", part.fitted},
                                  {"measured_cycles", row.point->measured.cycles},
                                  {"cycles", s.cycles},
                                  {"n_ar", s.read_bursts},
                                  {"n_aw", s.write_bursts},
                                  {"max_rd_out", s.reads_outstanding},
                                  {"max_wr_out", s.writes_outstanding},
                                  {"t_first_ar", s.first_address},
                                  {"t_first_r", s.first_read},
                                  {"t_first_w", s.first_write}});
    }
  }
  json::array notes, keys;
  for (const std::string& note : configuration_notes(points)) notes.emplace_back(note);
  for (const std::string& key : unknown) keys.emplace_back(key);
  return {{"schema", "dmavp.calibrate/1"},
          {"reference", options.reference},
          {"evaluate", options.evaluate},
          {"properties", properties},
          {"cfg", notes},
          {"unknown_cfg", keys},
          {"errors", errors},
          {"targets_met", met},
          {"rows", rows}};
}

}  // namespace

int calibrate(const CalibrateOptions& options) {
  const std::vector<ReferencePoint> points = read_reference(options.reference);
  std::vector<ReferencePoint> fitted_points = points, other;
  if (!options.evaluate.empty()) {
    other = read_reference(options.evaluate);
  } else {
    fitted_points.clear();
    for (std::size_t i = 0; i < points.size(); ++i)
      (i % kHoldOut == kHoldOut - 1 ? other : fitted_points).push_back(points[i]);
  }
  Output output(options.json_file);
  std::vector<ReferencePoint> all = fitted_points;
  all.insert(all.end(), other.begin(), other.end());
  const std::vector<std::string> unknown = unknown_keys(all);
  for (const std::string& key : unknown)
    std::cerr << "dmavp: warning: cfg key \"" << key << "\" decides nothing here\n";

  const bool terminal = isatty(STDERR_FILENO) != 0;
  const dmac::Parameters fitted = fit(fitted_points, [&](double share) {
    if (terminal)
      std::cerr << format("\rfit %3.0f %%%s", 100 * share, share < 1 ? "" : "\r         \r") << std::flush;
  });
  std::vector<Part> parts;
  parts.push_back({"fitted", options.reference, true, compare(fitted, fitted_points)});
  if (!other.empty()) {
    parts.push_back({options.evaluate.empty() ? "held out" : "evaluated",
                     options.evaluate.empty() ? options.reference : options.evaluate, false,
                     compare(fitted, other)});
  }
  bool met = true;
  for (const bool shared : {false, true}) met = met && summarise(parts.back().rows, shared).met;
  if (!options.quiet) {
    print_properties(std::cout, fitted, fitted_points);
    print_report(std::cout, parts);
    print_targets(std::cout, parts.back());
    std::cout.flush();
  }
  if (output.wanted()) {
    print_json(output.stream(), document(options, fitted, fitted_points, unknown, parts, met));
    output.stream() << "\n";
    if (!output.close()) return 3;
  }
  if (!options.quiet && !std::cout) {
    std::cerr << "dmavp: standard output: writing failed\n";
    return 3;
  }
  return met ? 0 : 1;
}

}  // namespace dmavp::platform
