#include "platform/sweep/sweep.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/crc.hpp>
#include <boost/json.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <thread>

#include "platform/config/paths.h"
#include "platform/config/problem.h"
#include "platform/html/page.h"
#include "platform/report/json_text.h"
#include "platform/run/interruption.h"
#include "platform/run/output.h"
#include "platform/sweep/journal.h"
#include "platform/sweep/points.h"
#include "platform/sweep/worker.h"

namespace dmavp::platform {

namespace {

namespace json = boost::json;

Points points_of(const SweepOptions& options) {
  PointList list;
  if (!options.list_file.empty()) list = read_point_list(options.list_file);
  std::vector<Axis> axes;
  for (const std::string& text : options.vary) axes.push_back(parse_axis(text));
  return Points(std::move(list), std::move(axes));
}

json::array strings(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

/// Contents of a file that decides what the points are, so that a changed one is noticed.
json::value fingerprint(const std::string& name) {
  std::ifstream in(name, std::ios::binary);
  if (!in || !std::filesystem::is_regular_file(name)) return nullptr;
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  boost::crc_32_type crc;
  crc.process_bytes(text.data(), text.size());
  return crc.checksum();
}

/// A file that is named, or the one that belongs to the program.
std::string file_of(const std::string& name, const char* room, const char* ending) {
  return std::filesystem::is_regular_file(name) ? name : data_directory() + room + name + ending;
}

/// What all points have in common.
json::object common_part(const SweepOptions& options) {
  json::array settings;
  for (const Setting& s : options.run.settings) settings.emplace_back(s.path + "=" + s.value);
  return {{"scenario", options.run.scenario},
          {"board", options.run.board},
          {"timing", options.run.timing.empty() ? json::value(nullptr) : json::value(options.run.timing)},
          {"seed", options.run.seed ? json::value(*options.run.seed) : json::value(nullptr)},
          {"settings", settings},
          {"insmods", strings(options.run.insmods)}};
}

json::array axes_part(const Points& points) {
  json::array axes;
  for (const Axis& axis : points.axes())
    axes.push_back(json::object{{"name", axis.name}, {"values", strings(axis.values)}});
  return axes;
}

json::object definition_of(const SweepOptions& options, const Points& points) {
  json::object definition{{"schema", "dmavp.sweep-journal/1"}};
  for (const auto& member : common_part(options)) definition.insert(member);
  definition["axes"] = axes_part(points);
  json::array rows;
  for (const auto& row : points.list().rows) rows.push_back(strings(row));
  definition["list"] = json::object{{"names", strings(points.list().names)}, {"rows", rows}};
  definition["program"] = fingerprint("/proc/self/exe");
  definition["scenario_file"] = fingerprint(file_of(options.run.scenario, "/scenarios/", ".toml"));
  definition["board_file"] = fingerprint(file_of(options.run.board, "/boards/", ".dtb"));
  return definition;
}

std::vector<std::string> arguments_of(const SweepOptions& options, const Points& points,
                                      const std::vector<std::string>& values) {
  std::string board = options.run.board, timing = options.run.timing;
  std::string seed = options.run.seed ? std::to_string(*options.run.seed) : std::string();
  std::vector<std::string> arguments = {options.run.scenario};
  const auto add = [&](const char* option, const std::string& value) {
    arguments.insert(arguments.end(), {option, value});
  };
  for (const Setting& s : options.run.settings) add("--set", s.path + "=" + s.value);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::string& name = points.names()[i];
    if (name == "board") {
      board = values[i];
    } else if (name == "seed") {
      seed = values[i];
    } else if (name == "timing") {
      timing = values[i];
    } else {
      add("--set", name + "=" + values[i]);
    }
  }
  add("--board", board);
  if (!timing.empty()) add("--timing", timing);
  if (!seed.empty()) add("--seed", seed);
  for (const std::string& insmod : options.run.insmods) add("--insmod", insmod);
  return arguments;
}

/// On a terminal: how far it is, and how long it will take.
class Progress {
 public:
  Progress(std::size_t all, std::size_t done) : all_(all), first_(done), done_(done) { show(false); }
  ~Progress() {
    if (shown_) std::cerr << "\r" << std::string(70, ' ') << "\r" << std::flush;
  }
  void step(bool passed) {
    ++done_;
    failed_ += !passed;
    show(true);
  }

 private:
  void show(bool timed) {
    if (isatty(STDERR_FILENO) == 0) return;
    shown_ = true;
    const double spent = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double left =
        timed ? spent / static_cast<double>(done_ - first_) * static_cast<double>(all_ - done_) : 0;
    std::array<char, 100> text{};
    const auto seconds = static_cast<unsigned long>(left + 0.5);
    std::snprintf(text.data(), text.size(), "\r%zu of %zu points, %zu not passed, %lu:%02lu left   ", done_,
                  all_, failed_, seconds / 60, seconds % 60);
    std::cerr << text.data() << std::flush;
  }

  std::size_t all_, first_, done_, failed_ = 0;
  bool shown_ = false;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

json::object document(const SweepOptions& options, const Points& points, const std::vector<Row>& rows) {
  json::object result{{"schema", "dmavp.sweep/1"}};
  for (const auto& member : common_part(options)) result.insert(member);
  result["axes"] = axes_part(points);
  result["names"] = strings(points.names());
  result["columns"] = strings(columns_of(rows));
  json::array list;
  for (const Row& row : rows) {
    list.push_back(json::object{{"point", row.point},
                                {"values", strings(row.values)},
                                {"status", row.status},
                                {"problem", row.problem},
                                {"figures", row.figures}});
  }
  result["rows"] = list;
  return result;
}

/// All rows are there, in order.
bool write_results(const SweepOptions& options, const Points& points, const std::vector<Row>& rows,
                   Output& csv, Output& json_file, Output& html) {
  if (csv.wanted()) write_csv(csv.stream(), points.names(), rows);
  if (json_file.wanted()) {
    print_json(json_file.stream(), document(options, points, rows));
    json_file.stream() << "\n";
  }
  if (html.wanted())
    write_page(html.stream(), PageKind::kSweep, "sweep of " + options.run.scenario + " - dmavp",
               document(options, points, rows));
  if (!csv.wanted() && !json_file.wanted() && !html.wanted()) {
    write_csv(std::cout, points.names(), rows);
    std::cout.flush();
    if (!std::cout) {
      std::cerr << "dmavp: standard output: writing failed\n";
      return false;
    }
  }
  return csv.close() & json_file.close() & html.close();
}

/// Runs what is not in `rows` yet. False if that was interrupted or the journal could not be written.
bool run_points(const SweepOptions& options, const Points& points, std::vector<Row>& rows,
                std::optional<Journal>& journal) {
  std::vector<bool> known(points.size(), false);
  for (const Row& row : rows) known.at(row.point) = true;
  const unsigned processors = std::max(1u, std::thread::hardware_concurrency());
  const Workshop workshop;
  Workers workers(options.jobs != 0 ? options.jobs : processors, workshop);
  Progress progress(points.size(), rows.size());
  std::size_t next = 0;
  for (;;) {
    for (; workers.room() && next < points.size(); ++next) {
      if (known[next]) continue;
      std::vector<std::string> values = points.values(next);
      const auto arguments = arguments_of(options, points, values);
      workers.start(next, std::move(values), arguments);
    }
    if (workers.idle()) return true;
    std::optional<Row> row = workers.wait();
    if (interrupted()) return false;
    if (!row) continue;
    if (journal && !journal->append(*row)) return false;
    progress.step(row->status == "passed");
    rows.push_back(std::move(*row));
  }
}

int conclude(const std::vector<Row>& rows, bool quiet) {
  const auto bad =
      std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.status != "passed"; });
  if (bad == 0) return 0;
  const bool refused =
      std::all_of(rows.begin(), rows.end(), [](const Row& row) { return row.status == "refused"; });
  if (quiet) return refused ? 2 : 1;
  const auto first =
      std::find_if(rows.begin(), rows.end(), [](const Row& row) { return row.status != "passed"; });
  std::cerr << "dmavp: " << bad << " of " << rows.size() << " points have not passed; the first, "
            << first->point << " (" << first->status << "): " << first->problem << "\n";
  return refused ? 2 : 1;  // no point makes sense: it is the command line
}

}  // namespace

int sweep(const SweepOptions& options) {
  const Points points = points_of(options);
  Output csv(options.csv_file), json_file(options.json_file), html(options.html_file);
  csv.refuse_same(json_file);
  csv.refuse_same(html);
  json_file.refuse_same(html);
  const std::string base = !options.csv_file.empty()    ? options.csv_file
                           : !options.json_file.empty() ? options.json_file
                                                        : options.html_file;
  if (options.resume && base.empty())
    throw InputError("--resume: there is nothing to resume without --csv, --json or --html");
  std::vector<Row> rows;
  std::optional<Journal> journal;
  if (!base.empty()) {
    const std::string file = base + ".journal";
    const json::object definition = definition_of(options, points);
    if (options.resume && std::filesystem::exists(file)) {
      journal.emplace(Journal::resume(file, definition, rows));
    } else {
      if (options.resume) std::cerr << "dmavp: " << file << ": not there, all points are run\n";
      journal.emplace(Journal::create(file, definition));
    }
  }
  catch_interruption(Interrupted::kCalls);
  if (!run_points(options, points, rows, journal)) {
    if (!interrupted()) {
      std::cerr << "dmavp: " << base << ".journal: writing failed\n";
      return 3;
    }
    std::cerr << "dmavp: interrupted after " << rows.size() << " of " << points.size() << " points"
              << (journal ? "; --resume goes on\n" : "\n");
    return 130;
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.point < b.point; });
  if (!write_results(options, points, rows, csv, json_file, html)) return 3;
  if (journal) journal->remove();
  return conclude(rows, options.run.quiet);
}

}  // namespace dmavp::platform
