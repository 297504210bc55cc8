#include "platform/run/run.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <optional>
#include <regex>
#include <systemc>
#include <utility>

#include "base/seeded_choices.h"
#include "kernel/kernel.h"
#include "platform/board/board.h"
#include "platform/config/module_parameters.h"
#include "platform/config/paths.h"
#include "platform/config/problem.h"
#include "platform/config/property_table.h"
#include "platform/config/value.h"
#include "platform/cpu/cluster.h"
#include "platform/faults/fault_injection.h"
#include "platform/report/result.h"
#include "platform/report/situation.h"
#include "platform/run/crash.h"
#include "platform/run/explain.h"
#include "platform/run/interruption.h"
#include "platform/run/output.h"
#include "platform/run/recordings.h"
#include "platform/run/symbol.h"

namespace dmavp::platform {
namespace {

constexpr unsigned kWatchdogSeconds = 10;

// Lines of the kernel log that fail the run: what modules that know nothing of the platform found.
class ForbiddenLog {
 public:
  explicit ForbiddenLog(const std::optional<std::string>& pattern) {
    if (pattern) pattern_.emplace(*pattern);
  }
  void look(const char* line) {
    if (!pattern_ || !std::regex_search(line, *pattern_)) return;
    if (count_++ == 0) first_ = line;
  }
  std::uint64_t count() const { return count_; }
  const std::string& first() const { return first_; }

 private:
  std::optional<std::regex> pattern_;
  std::uint64_t count_ = 0;
  std::string first_;
};

std::vector<Setting> split_settings(const std::vector<Setting>& all, DeviceTree& tree) {
  std::vector<Setting> scenario;
  for (const Setting& setting : all) {
    if (setting.path.find(':') != std::string::npos) {
      apply_board_setting(tree, setting.path, setting.value);
    } else {
      scenario.push_back(setting);
    }
  }
  return scenario;
}

// The loader's form: name=value separated by blanks, values with blanks in quotes.
std::string parameter_line(const ModuleSpec& module) {
  std::string line;
  for (const auto& [name, value] : module.parameters) {
    const bool quote = value.empty() || value.find_first_of(" \t") != std::string::npos;
    line += (line.empty() ? "" : " ") + name + "=" + (quote ? "\"" + value + "\"" : value);
  }
  return line;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::vector<std::string> module_names(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const ModuleSpec& module : scenario.modules)
    names.push_back(std::filesystem::path(module.file).stem().string());
  return names;
}

/// A device may have several aliases; reports and the plan use one.
Scenario with_known_targets(Scenario scenario, const DeviceTree& tree) {
  for (FaultSpec& fault : scenario.faults) {
    const auto node = tree.node(fault.target);
    if (node) fault.target = tree.label(*node);
  }
  return scenario;
}

class Run {
 public:
  explicit Run(const RunOptions& options)
      : options_(options),
        tree_(DeviceTree::load(options.board)),
        scenario_settings_(split_settings(options.settings, tree_)),
        description_(complete_and_describe(tree_)),
        scenario_(with_known_targets(load_scenario(options.scenario, scenario_settings_), tree_)),
        json_(options.json_file),
        recordings_(options, description_, scenario_.faults),
        forbidden_log_(scenario_.expect.log_never),
        choices_(options.seed.value_or(scenario_.seed)),
        recorder_(recordings_.trace(), recordings_.views()) {
    if (!options.timing.empty()) scenario_.timing = options.timing;
    description_.timed = scenario_.timing == "at";
    for (const std::string& insmod : options.insmods) scenario_.modules.push_back(parse_insmod(insmod));
    check_modules();
    faults_ = std::make_unique<FaultInjection>(scenario_.faults, description_, module_names(scenario_),
                                               choices_, recorder_);
    recordings_.refuse_same(json_);
    if (scenario_.modules.empty())
      throw InputError(scenario_.source + ": no module and no client, nothing to do");
  }

  int execute() {
    build();
    kernel::Kernel& kernel = kernel::Kernel::create(*cluster_, description_.tunables);
    cluster_->attach(kernel);
    if (kernel.boot() != 0) throw InputError(tree_.source() + ": " + kernel.error());
    for (const ModuleSpec& module : scenario_.modules) {
      kernel.queue_load(module.file.c_str(), parameter_line(module).c_str(), module.client.c_str());
    }
    kernel.queue_unload_all();

    install_crash_handlers();
    catch_interruption();
    start_watchdog(kWatchdogSeconds);
    started_ = std::chrono::steady_clock::now();
    sc_core::sc_start();
    const Outcome outcome = cluster_->outcome();
    const bool refused = kernel.status() != 0 && !cluster_->all_loaded();
    if ((refused && !faults_->any_hit()) || !cluster_->refused_files().empty()) return refuse(kernel);
    judge_faults(faults_->triggers(), recorder_.clients(), refused, scenario_.expect.errors.has_value(),
                 summary_.failures);
    judge(outcome, kernel);
    return publish();
  }

 private:
  /// What is no module is refused before the modules in front of it run.
  void check_modules() const {
    std::vector<std::string> problems;
    for (const ModuleSpec& module : scenario_.modules) {
      const std::string problem = module_problem(module.file);
      if (!problem.empty()) problems.push_back(module.origin + ": " + problem);
    }
    if (!problems.empty()) throw InputError(problems);
  }

  void build() {
    board_ = std::make_unique<Board>("board", description_, choices_, *faults_);
    if (!description_.timed) {
      for (const LoadDescription& load : description_.loads)
        std::cerr << "dmavp: " << load.name << ": silent, because it acts in the timing mode at only\n";
    }
    faults_->attach(*board_);
    for (unsigned i = 0; i < board_->dmacs(); ++i) {
      const DmacDescription& d = description_.dmacs[i];
      board_->dmac(i).set_observer(recorder_.observer_for(d.name, board_->dmac(i).clock()));
      recorder_.watch_interrupts(d.name);
    }
    for (unsigned i = 0; i < board_->peripherals(); ++i) {
      const std::string& name = description_.peripherals[i].name;
      Peripheral& peripheral = board_->peripheral(i);
      peripheral.set_observer(recorder_.observer_for(name, board_->clock()));
      if (!peripheral.announcement().empty())
        std::cerr << "dmavp: " << name << ": " << peripheral.announcement() << "\n";
    }
    if (recordings_.wanted()) {
      board_->plic().set_observer(recorder_.observer_for(description_.plic.name, board_->clock()));
    }
    Cluster::Options options;
    options.quantum = description_.quantum_ps;
    options.end = scenario_.duration_ps;
    options.modules = scenario_.modules.size();
    options.base_directory = data_directory();
    const bool quiet = options_.quiet;
    options.log = [quiet, this](int level, port::Time time, unsigned, const char* line) {
      forbidden_log_.look(line);
      if (quiet || level > 6) return;
      std::fprintf(stderr, "[%5llu.%06llu] %s\n", static_cast<unsigned long long>(time / 1'000'000'000'000),
                   static_cast<unsigned long long>(time / 1'000'000 % 1'000'000), line);
    };
    if (recordings_.wanted()) options.settled = [this](port::Time now) { recordings_.settled(*board_, now); };
    if (faults_->plans_failures()) {
      options.fails = [this](port::FallibleCall call, const char* caller, port::Time now) {
        return faults_->fails(call, caller, now);
      };
    }
    options.interrupted = interrupted;
    options.describe_code = describe_code;
    options.fatal = [this](const char* text) { fatal(text); };
    cluster_ = std::make_unique<Cluster>("cpus", *board_, tree_.blob(), choices_, recorder_, options);
  }

  // "client.NAME.PARAMETER: " of the parameters that name the file; nothing when a module's default does.
  std::string asked_by(const std::string& path) const {
    std::string who;
    for (const ModuleSpec& module : scenario_.modules) {
      for (const auto& [name, value] : module.parameters) {
        if (value != path) continue;
        who += module.client.empty() ? module.origin + ": " + name : "client." + module.client + "." + name;
        who += ": ";
      }
    }
    return who;
  }

  // What was asked for cannot be had: a module or a file.
  int refuse(kernel::Kernel& kernel) {
    // What led to it is worth a look.
    recordings_.finish(*board_, recorder_.end());
    recordings_.close();
    for (const auto& [path, reason] : cluster_->refused_files()) {
      std::cerr << "dmavp: " << asked_by(path) << (path.empty() ? "\"\"" : path) << ": " << reason << "\n";
    }
    if (kernel.status() != 0) std::cerr << "dmavp: " << kernel.error() << "\n";
    return 2;
  }

  void judge(Outcome outcome, kernel::Kernel& kernel) {
    auto& failures = summary_.failures;
    if (outcome == Outcome::kInterrupted) {
      failures.push_back("interrupted by a signal after " + format_time(recorder_.end()) +
                         " of simulated time");
    }
    if (kernel.status() != 0 && !states("load-failed")) failures.emplace_back(kernel.error());
    if (outcome == Outcome::kTimeout || outcome == Outcome::kDeadlock) {
      failures.push_back(outcome == Outcome::kTimeout
                             ? "not finished after " + format_time(scenario_.duration_ps) +
                                   " of simulated time (scenario.duration)"
                             : "deadlock: nothing can happen any more");
      std::cerr << "dmavp: " << failures.back() << "\n" << kernel.describe_threads() << "\n";
    }
    std::uint64_t bytes = 0;
    std::uint64_t errors = 0;
    for (const ClientRecord& client : recorder_.clients()) {
      bytes += client.bytes;
      errors += client.errors;
      const bool fails = contains(scenario_.expect.failing_clients, client.name);
      if (client.done && client.result == 0 && fails) {
        failures.push_back("client " + client.name +
                           " ended without an error, though the scenario expects one");
      }
      if (client.done && client.result != 0 && !fails) {
        failures.push_back("client " + client.name + " ended with result " + std::to_string(client.result));
      }
    }
    const Expectations& expect = scenario_.expect;
    if (expect.errors && errors != *expect.errors) {
      failures.push_back(std::to_string(errors) + " failed transfers, expected " +
                         std::to_string(*expect.errors));
    }
    if (expect.bytes_min && bytes < *expect.bytes_min) {
      failures.push_back(std::to_string(bytes) + " bytes moved, expected at least " +
                         std::to_string(*expect.bytes_min));
    }
    if (expect.duration_max_ps && recorder_.end() > *expect.duration_max_ps) {
      failures.push_back("took " + format_time(recorder_.end()) + ", expected at most " +
                         format_time(*expect.duration_max_ps));
    }
    if (expect.halts_max) judge_halts(*expect.halts_max);
    if (expect.losses_max) judge_losses(*expect.losses_max);
    if (forbidden_log_.count() != 0) {
      failures.push_back("lines of the kernel log that match expect.log_never: " +
                         std::to_string(forbidden_log_.count()) + ", the first: " + forbidden_log_.first());
    }
    judge_diagnostics();
    if (states("load-failed")) return;
    for (const ModuleSpec& module : scenario_.modules) {
      if (module.client.empty()) continue;
      bool seen = false;
      for (const ClientRecord& client : recorder_.clients()) seen = seen || client.name == module.client;
      if (!seen) failures.push_back("client " + module.client + " never started");
    }
  }

  void judge_halts(std::uint64_t allowed) {
    std::uint64_t halts = 0;
    std::vector<std::string> which;
    for (const DmacDescription& dmac : description_.dmacs) {
      for (const auto& [number, channel] : recorder_.halts(dmac.name)) {
        halts += channel.halts;
        which.push_back(dmac.name + ".ch" + std::to_string(number) + " halted " +
                        std::to_string(channel.halts) + " times (expected at most " +
                        std::to_string(allowed) + " in all), first at " + format_time(channel.first->time) +
                        ": " + channel.first->cause);
      }
    }
    if (halts > allowed) summary_.failures.insert(summary_.failures.end(), which.begin(), which.end());
  }

  /// A fault of the plan states this outcome.
  bool states(const std::string& outcome) const {
    for (const FaultSpec& fault : scenario_.faults) {
      if (fault.outcome == outcome) return true;
    }
    return false;
  }

  void judge_diagnostics() {
    const auto& expected = scenario_.expect.diagnostics;
    for (const DiagnosticRecord& d : recorder_.diagnostics()) {
      const bool known = contains(expected, d.kind) ||
                         (d.kind == "client.failed" && !scenario_.expect.failing_clients.empty());
      if (d.severity == Severity::kError && !known) summary_.failures.push_back("diagnostic " + d.kind);
    }
    for (const std::string& kind : expected) {
      const auto& found = recorder_.diagnostics();
      if (std::none_of(found.begin(), found.end(), [&](const DiagnosticRecord& d) { return d.kind == kind; }))
        summary_.failures.push_back("no diagnostic " + kind + ", though the scenario expects it");
    }
  }

  void judge_losses(std::uint64_t allowed) {
    std::uint64_t losses = 0;
    std::string which;
    for (unsigned i = 0; i < board_->peripherals(); ++i) {
      for (const Counter& c : board_->peripheral(i).counters()) {
        if (!c.loss || c.value == 0) continue;
        losses += c.value;
        which += (which.empty() ? "" : ", ") + description_.peripherals[i].name + " " + c.name + " " +
                 std::to_string(c.value);
      }
    }
    if (losses <= allowed) return;
    summary_.failures.push_back("peripherals lost data: " + which + " (expected at most " +
                                std::to_string(allowed) + ")");
  }

  Explanation try_advice() const {
    Explanation result;
    result.predicted_gain = summary_.why.knob.gain;
    if (!summary_.passed) {
      result.outcome = "the run has failed";
    } else if (summary_.why.knob.settings.empty()) {
      result.outcome = "no advice to try";
    } else {
      result = explain(options_, summary_, recorder_);
    }
    return result;
  }

  // False, with a message, when a file of a back end cannot be written.
  bool save_back_ends() {
    bool saved = true;
    for (unsigned i = 0; i < board_->peripherals(); ++i) {
      try {
        board_->peripheral(i).save();
      } catch (const std::exception& error) {
        std::cerr << "dmavp: " << description_.peripherals[i].path << ": " << error.what() << "\n";
        saved = false;
      }
    }
    return saved;
  }

  // Status of the run; every output is written.
  int publish() {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - started_;
    summary_.wall_s = wall.count();
    summary_.switches = recorder_.statistics().machine_yields;
    summary_.board = options_.board;
    summary_.scenario = scenario_.name;
    summary_.timing = scenario_.timing;
    summary_.seed = choices_.root_seed();
    summary_.ignored = description_.ignored;
    summary_.faults = fault_records(faults_->triggers());
    summary_.passed = summary_.failures.empty();
    summary_.why = why::advise(situation_of(*board_, recorder_));
    if (options_.explain) summary_.explanation = try_advice();
    recordings_.finish(*board_, recorder_.end());
    recordings_.write_page_of(summary_, *board_, recorder_);
    if (json_.wanted()) write_json(json_.stream(), summary_, *board_, recorder_);
    const bool written = recordings_.close() & json_.close() & save_back_ends();
    if (!options_.quiet) write_table(std::cout, summary_, *board_, recorder_);
    std::cout.flush();
    if (!std::cout) std::cerr << "dmavp: standard output: writing failed\n";
    if (!written || !std::cout) return 3;
    if (options_.quiet) {
      for (const std::string& failure : summary_.failures) std::cerr << "dmavp: failed: " << failure << "\n";
    }
    return summary_.passed ? 0 : 1;
  }

  // BUG() or a deadlock inside the kernel: called on a stack of simulated software, which must not go on.
  [[noreturn]] void fatal(const char* text) {
    std::cout.flush();
    std::cerr << "dmavp: " << text << "\n" << kernel::Kernel::instance().describe_threads() << "\n";
    summary_.failures.emplace_back(text);
    recorder_.finish(sc_core::sc_time_stamp().value());
    publish();
    std::cerr.flush();
    std::_Exit(1);
  }

  RunOptions options_;
  DeviceTree tree_;
  std::vector<Setting> scenario_settings_;
  BoardDescription description_;
  Scenario scenario_;
  Output json_;
  Recordings recordings_;
  ForbiddenLog forbidden_log_;
  SeededChoices choices_;
  Recorder recorder_;
  std::unique_ptr<FaultInjection> faults_;
  std::unique_ptr<Board> board_;
  std::unique_ptr<Cluster> cluster_;
  RunSummary summary_;
  std::chrono::steady_clock::time_point started_;
};

}  // namespace

int run(const RunOptions& options) {
  Run simulation(options);
  const int status = simulation.execute();
  kernel::Kernel::destroy();
  return status;
}

}  // namespace dmavp::platform
