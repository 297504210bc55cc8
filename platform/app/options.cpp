#include "platform/app/options.h"

#include <algorithm>
#include <boost/program_options.hpp>
#include <sstream>

#include "platform/config/problem.h"
#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;

constexpr const char* kOverview =
    "usage: dmavp COMMAND [OPTION...]\n"
    "\n"
    "  run [SCENARIO]          boot the board and run a scenario (\"default\" if none is named)\n"
    "  dmatest [NAME=VALUE...] run the kernel's DMA test client with these module parameters\n"
    "  sweep [SCENARIO]        run every combination of values, several at a time, into one table\n"
    "  diff A.json B.json      compare two results field by field\n"
    "  calibrate REFERENCE.csv fit the timing of the controller to measured transfers\n"
    "  regs                    register reference of the DMA controller or a peripheral\n"
    "  boards, scenarios, modules, properties, faults    list what there is\n"
    "\n"
    "  dmavp COMMAND --help    options of a command\n"
    "  dmavp --version\n"
    "\n"
    "exit status: 0 expectations met (diff: equal), 1 ran and did not (diff: different), 2 wrong input or "
    "command line,"
    "\n3 internal fault\n";

po::options_description run_options() {
  po::options_description options("options");
  options.add_options()("help,h", "this text")("board", po::value<std::string>()->value_name("NAME|FILE"),
                                               "built-in board, .dts or .dtb (default k210)")(
      "timing", po::value<std::string>()->value_name("lt|at"),
      "loosely timed (fast) or approximately timed (default: the scenario's)")(
      "seed", po::value<std::string>()->value_name("N"),
      "root of every random choice (default: the scenario's)")(
      "set", po::value<Words>()->value_name("PATH=VALUE"),
      "alias:property[index]=value for the board, table.key=value for the scenario; repeatable")(
      "insmod", po::value<Words>()->value_name("FILE[,P=V...]"),
      "load another module, after the scenario's; repeatable")(
      "json", po::value<std::string>()->value_name("FILE"), "write the result")(
      "trace", po::value<std::string>()->value_name("FILE"), "write every event, one a line")(
      "trace-filter", po::value<Words>()->value_name("KEY=A|B,..."),
      "only events that match: channel, kind, source, from, to; repeatable: any of them")(
      "vcd", po::value<std::string>()->value_name("FILE"), "write a waveform for GTKWave and the like")(
      "vcd-filter", po::value<std::string>()->value_name("KEY=A|B,..."),
      "only these sources and this time: source, from, to")("quiet,q", "no kernel log and no table")(
      "perfetto", po::value<std::string>()->value_name("FILE"),
      "write a timeline for ui.perfetto.dev and chrome://tracing")(
      "perfetto-filter", po::value<std::string>()->value_name("KEY=A|B,..."),
      "only what matches of it: channel, kind, source, from, to")(
      "explain", "run again with what the report advises, and print the gain beside the predicted one")(
      "html", po::value<std::string>()->value_name("FILE"), "write a page with charts")(
      "expect-diagnostic", po::value<Words>(), "(not available)");
  return options;
}

// Options of the contract that this version refuses are parsed, so that the answer names them, and not shown.
std::string shown(const po::options_description& options) {
  std::ostringstream all;
  all << options;
  std::string text;
  std::istringstream lines(all.str());
  for (std::string line; std::getline(lines, line);) {
    if (line.find("(not available)") == std::string::npos) text += line + "\n";
  }
  return text;
}

po::variables_map parse(const Words& arguments, po::options_description options, const std::string& command) {
  options.add_options()("positional", po::value<Words>(), "(not available)");
  po::positional_options_description positional;
  positional.add("positional", -1);
  po::variables_map values;
  try {
    po::store(po::command_line_parser(arguments)
                  .options(options)
                  .positional(positional)
                  .style(po::command_line_style::unix_style & ~po::command_line_style::allow_guessing)
                  .run(),
              values);
    po::notify(values);
  } catch (const po::error& error) {
    throw InputError("dmavp " + command + ": " + error.what() + " (see dmavp " + command + " --help)");
  }
  return values;
}

void split_equals(const std::string& text, const std::string& where, std::string& name, std::string& value) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw InputError(where + " \"" + text + "\": not name=value");
  name = text.substr(0, equals);
  value = text.substr(equals + 1);
}

std::string file_name(const po::variables_map& values, const char* option) {
  const auto file = values[option].as<std::string>();
  if (file.empty()) throw InputError(std::string("--") + option + ": the name of the file is empty");
  return file;
}

// What run and sweep have in common.
void fill_common(const po::variables_map& values, RunOptions& run) {
  if (values.count("timing") != 0) {
    const auto timing = values["timing"].as<std::string>();
    if (timing != "lt" && timing != "at")
      throw InputError("--timing " + timing + ": no such timing mode (lt, at)");
    run.timing = timing;
  }
  if (values.count("board") != 0) run.board = values["board"].as<std::string>();
  if (values.count("seed") != 0) {
    const auto seed = parse_size(values["seed"].as<std::string>());
    if (!seed) throw InputError("--seed " + values["seed"].as<std::string>() + ": not a number");
    run.seed = seed;
  }
  if (values.count("set") != 0) {
    for (const std::string& text : values["set"].as<Words>()) {
      Setting setting;
      split_equals(text, "--set", setting.path, setting.value);
      run.settings.push_back(setting);
    }
  }
  if (values.count("insmod") != 0) run.insmods = values["insmod"].as<Words>();
}

void fill_run(const po::variables_map& values, RunOptions& run) {
  for (const char* later : {"expect-diagnostic"}) {
    if (values.count(later) != 0)
      throw InputError(std::string("--") + later + " is not available in this version");
  }
  fill_common(values, run);
  for (auto [option, file] : {std::pair{"json", &run.json_file}, std::pair{"trace", &run.trace_file},
                              std::pair{"vcd", &run.vcd_file}, std::pair{"perfetto", &run.perfetto_file},
                              std::pair{"html", &run.html_file}}) {
    if (values.count(option) == 0) continue;
    *file = file_name(values, option);
  }
  if (values.count("trace-filter") != 0) {
    if (run.trace_file.empty()) throw InputError("--trace-filter without --trace");
    run.trace_filters = values["trace-filter"].as<Words>();
  }
  if (values.count("vcd-filter") != 0) {
    if (run.vcd_file.empty()) throw InputError("--vcd-filter without --vcd");
    run.vcd_filter = values["vcd-filter"].as<std::string>();
  }
  if (values.count("perfetto-filter") != 0) {
    if (run.perfetto_file.empty()) throw InputError("--perfetto-filter without --perfetto");
    run.perfetto_filter = values["perfetto-filter"].as<std::string>();
  }
  run.explain = values.count("explain") != 0;
  run.quiet = values.count("quiet") != 0;
}

CommandLine help(std::string text) {
  CommandLine line;
  line.command = Command::kHelp;
  line.help = std::move(text);
  return line;
}

CommandLine parse_run(const Words& arguments) {
  const auto options = run_options();
  const auto values = parse(arguments, options, "run");
  if (values.count("help") != 0) return help("usage: dmavp run [SCENARIO] [OPTION...]\n\n" + shown(options));
  CommandLine line;
  line.command = Command::kRun;
  if (values.count("positional") != 0) {
    const auto names = values["positional"].as<Words>();
    if (names.size() > 1)
      throw InputError("dmavp run: more than one scenario: " + names[0] + ", " + names[1]);
    line.run.scenario = names[0];
  }
  fill_run(values, line.run);
  return line;
}

CommandLine parse_dmatest(const Words& arguments) {
  const auto options = run_options();
  const auto values = parse(arguments, options, "dmatest");
  if (values.count("help") != 0) {
    return help(
        "usage: dmavp dmatest [NAME=VALUE...] [OPTION...]\n\nNAME is a parameter of the module dmatest (see "
        "dmavp modules).\n\n" +
        shown(options));
  }
  CommandLine line;
  line.command = Command::kRun;
  line.run.scenario = "dmatest";
  fill_run(values, line.run);
  if (values.count("positional") != 0) {
    for (const std::string& text : values["positional"].as<Words>()) {
      Setting setting;
      split_equals(text, "dmavp dmatest:", setting.path, setting.value);
      if (setting.path.find_first_of(".:[") != std::string::npos) {
        throw InputError("dmavp dmatest: \"" + setting.path + "\" is no parameter of the module");
      }
      setting.path = "client.dmatest." + setting.path;
      line.run.settings.push_back(setting);
    }
  }
  return line;
}

CommandLine parse_diff(const Words& arguments) {
  po::options_description options("options");
  options.add_options()("help,h", "this text")(
      "threshold", po::value<Words>()->value_name("FIELD=N|N%"),
      "how far a number may be from A's, in its unit or in percent; of several that match the last counts; "
      "repeatable")("ignore", po::value<Words>()->value_name("FIELD"),
                    "do not compare this field, whatever thresholds say; repeatable");
  const auto values = parse(arguments, options, "diff");
  if (values.count("help") != 0) {
    return help(
        "usage: dmavp diff A.json B.json [OPTION...]\n\n"
        "Compares two results of dmavp run --json. Prints the fields that differ by more than is allowed.\n"
        "FIELD is a path as it is printed: sim_time_ps, channels[dmac0.ch0].reader.fifo, "
        "clients[copy].latency_ns.\n"
        "* stands for any characters; an object or array stands for everything below it. wall_s is compared "
        "only\n"
        "with --threshold wall_s=N.\n\n"
        "exit status: 0 equal within the thresholds, 1 different, 2 wrong input or command line\n\n" +
        shown(options));
  }
  CommandLine line;
  line.command = Command::kDiff;
  const Words files = values.count("positional") != 0 ? values["positional"].as<Words>() : Words{};
  if (files.size() != 2) {
    throw InputError("dmavp diff: two results are needed, " + std::to_string(files.size()) +
                     " given (see dmavp diff --help)");
  }
  line.file_a = files[0];
  line.file_b = files[1];
  if (values.count("threshold") != 0) {
    for (const std::string& text : values["threshold"].as<Words>()) {
      line.tolerances.push_back(parse_threshold(text));
    }
  }
  if (values.count("ignore") != 0) {
    for (const std::string& field : values["ignore"].as<Words>()) {
      Tolerance tolerance;
      tolerance.pattern = field;
      tolerance.ignore = true;
      line.tolerances.push_back(tolerance);
    }
  }
  return line;
}

CommandLine parse_sweep(const Words& arguments) {
  po::options_description options("options");
  options.add_options()("help,h", "this text")(
      "vary", po::value<Words>()->value_name("NAME=VALUE,..."),
      "NAME is a path as for --set, or board, seed or timing; a VALUE is a text or a range A..B, A..B+STEP, "
      "A..B*FACTOR; repeatable, all combinations are run")(
      "list", po::value<std::string>()->value_name("FILE.csv"),
      "points: names in the first line, values in each other one; with --vary all combinations of both")(
      "csv", po::value<std::string>()->value_name("FILE"),
      "write a row per point (default: to standard output)")(
      "json", po::value<std::string>()->value_name("FILE"), "write all points as JSON")(
      "html", po::value<std::string>()->value_name("FILE"), "write a page with charts and a table")(
      "jobs,j", po::value<std::string>()->value_name("N"), "points at a time (default: one per processor)")(
      "resume", "go on with an interrupted sweep")("board", po::value<std::string>()->value_name("NAME|FILE"),
                                                   "as for run (default k210)")(
      "timing", po::value<std::string>()->value_name("lt|at"), "as for run")(
      "seed", po::value<std::string>()->value_name("N"), "as for run")(
      "set", po::value<Words>()->value_name("PATH=VALUE"), "for all points; repeatable")(
      "insmod", po::value<Words>()->value_name("FILE[,P=V...]"), "for all points; repeatable")(
      "quiet,q", "no summary of failed points");
  const auto values = parse(arguments, options, "sweep");
  if (values.count("help") != 0) {
    return help(
        "usage: dmavp sweep [SCENARIO] --vary NAME=VALUE,... [OPTION...]\n\n"
        "exit status: 0 all points passed, 1 some did not (their rows say why), 2 wrong command line, 3 "
        "internal\n"
        "fault, 130 interrupted\n\n" +
        shown(options));
  }
  CommandLine line;
  line.command = Command::kSweep;
  if (values.count("positional") != 0) {
    const auto names = values["positional"].as<Words>();
    if (names.size() > 1)
      throw InputError("dmavp sweep: more than one scenario: " + names[0] + ", " + names[1]);
    line.sweep.run.scenario = names[0];
  }
  fill_common(values, line.sweep.run);
  line.sweep.run.quiet = values.count("quiet") != 0;
  if (values.count("vary") != 0) line.sweep.vary = values["vary"].as<Words>();
  if (values.count("list") != 0) line.sweep.list_file = file_name(values, "list");
  if (values.count("csv") != 0) line.sweep.csv_file = file_name(values, "csv");
  if (values.count("json") != 0) line.sweep.json_file = file_name(values, "json");
  if (values.count("html") != 0) line.sweep.html_file = file_name(values, "html");
  line.sweep.resume = values.count("resume") != 0;
  if (values.count("jobs") != 0) {
    const auto jobs = parse_size(values["jobs"].as<std::string>());
    if (!jobs || *jobs == 0 || *jobs > 1024)
      throw InputError("--jobs " + values["jobs"].as<std::string>() + ": must be 1..1024");
    line.sweep.jobs = static_cast<unsigned>(*jobs);
  }
  return line;
}

CommandLine parse_calibrate(const Words& arguments) {
  po::options_description options("options");
  options.add_options()("help,h", "this text")(
      "evaluate", po::value<std::string>()->value_name("OTHER.csv"),
      "fit all rows of the reference and report on these (default: every fourth row of the reference is not "
      "fitted, but reported on)")("json", po::value<std::string>()->value_name("FILE"), "write the result")(
      "quiet,q", "no text");
  const auto values = parse(arguments, options, "calibrate");
  if (values.count("help") != 0) {
    return help(
        "usage: dmavp calibrate REFERENCE.csv [OPTION...]\n\n"
        "Finds the parameters with which the controller of the timed mode takes as long as an engine of\n"
        "which cycle counts are known, and prints them as device-tree properties, with the errors that\n"
        "remain. The columns of the file are described in docs/accuracy.md.\n\n"
        "exit status: 0 targets met, 1 missed, 2 wrong input or command line\n\n" +
        shown(options));
  }
  CommandLine line;
  line.command = Command::kCalibrate;
  const Words files = values.count("positional") != 0 ? values["positional"].as<Words>() : Words{};
  if (files.size() != 1) {
    throw InputError("dmavp calibrate: one reference file is needed, " + std::to_string(files.size()) +
                     " given (see dmavp calibrate --help)");
  }
  line.calibrate.reference = files[0];
  if (values.count("evaluate") != 0) line.calibrate.evaluate = values["evaluate"].as<std::string>();
  if (values.count("json") != 0) line.calibrate.json_file = file_name(values, "json");
  line.calibrate.quiet = values.count("quiet") != 0;
  return line;
}

// The commands that list something.
CommandLine parse_list(const std::string& name, Command command, const Words& arguments) {
  po::options_description options("options");
  options.add_options()("help,h", "this text");
  const bool table = command == Command::kProperties || command == Command::kFaults;
  if (table) {
    options.add_options()("format", po::value<std::string>()->value_name("text|md"),
                          "form of the table (default text)");
  }
  if (command == Command::kRegs) {
    options.add_options()("format", po::value<std::string>()->value_name("md|json|h|svd"),
                          "form of the reference (default md): Markdown, JSON, C header, CMSIS-SVD")(
        "board", po::value<std::string>()->value_name("NAME|FILE"), "board of the device (default k210)")(
        "device", po::value<std::string>()->value_name("NAME"),
        "alias or path of a controller or peripheral, or all (default: the first "
        "controller)")("set", po::value<Words>()->value_name("PATH=VALUE"),
                       "change a property of the board; repeatable");
  }
  const auto values = parse(arguments, options, name);
  if (values.count("help") != 0) return help("usage: dmavp " + name + " [OPTION...]\n\n" + shown(options));
  if (values.count("positional") != 0) {
    throw InputError("dmavp " + name + ": unexpected argument \"" + values["positional"].as<Words>()[0] +
                     "\"");
  }
  CommandLine line;
  line.command = command;
  if (values.count("board") != 0) line.board = values["board"].as<std::string>();
  if (values.count("device") != 0) line.device = values["device"].as<std::string>();
  if (values.count("set") != 0) {
    for (const std::string& text : values["set"].as<Words>()) {
      Setting setting;
      split_equals(text, "--set", setting.path, setting.value);
      line.run.settings.push_back(setting);
    }
  }
  line.format = values.count("format") != 0 ? values["format"].as<std::string>() : "";
  if (command == Command::kRegs && line.format.empty()) line.format = "md";
  if (const std::string& f = line.format;
      command == Command::kRegs && f != "md" && f != "json" && f != "h" && f != "svd") {
    throw InputError("dmavp regs --format " + f + ": no such format (md, json, h, svd)");
  }
  if (table && !line.format.empty() && line.format != "md" && line.format != "text") {
    throw InputError("dmavp " + name + " --format " + line.format + ": no such format (text, md)");
  }
  return line;
}

}  // namespace

CommandLine parse_command_line(const Words& arguments) {
  if (arguments.empty()) throw InputError("no command (see dmavp --help)");
  const std::string& name = arguments[0];
  const Words rest(arguments.begin() + 1, arguments.end());
  if (name == "--help" || name == "-h" || name == "help") return help(kOverview);
  if (name == "--version") {
    CommandLine line;
    line.command = Command::kVersion;
    return line;
  }
  if (name == "run") return parse_run(rest);
  if (name == "dmatest") return parse_dmatest(rest);
  if (name == "diff") return parse_diff(rest);
  if (name == "sweep") return parse_sweep(rest);
  if (name == "calibrate") return parse_calibrate(rest);
  if (name == "regs") return parse_list(name, Command::kRegs, rest);
  if (name == "boards") return parse_list(name, Command::kBoards, rest);
  if (name == "scenarios") return parse_list(name, Command::kScenarios, rest);
  if (name == "modules") return parse_list(name, Command::kModules, rest);
  if (name == "properties") return parse_list(name, Command::kProperties, rest);
  if (name == "faults") return parse_list(name, Command::kFaults, rest);
  for (const char* later : {"diagnostics"}) {
    if (name == later) throw InputError("dmavp " + name + " is not available in this version");
  }
  throw InputError("\"" + name + "\" is no command of dmavp (see dmavp --help)");
}

}  // namespace dmavp::platform
