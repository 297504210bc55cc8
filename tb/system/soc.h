// A board with its real software inside the test's own process, where a test can reach every part of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/seeded_choices.h"
#include "components/axi_observer.h"
#include "kernel/kernel.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"
#include "platform/config/scenario.h"
#include "platform/cpu/cluster.h"
#include "platform/report/recorder.h"
#include "tier.h"

namespace dmavp::tb {

/// A built-in board with "alias:property=value" settings applied.
platform::DeviceTree board_tree(const std::string& board, const std::vector<std::string>& settings = {});

/// The board of a tree in one of the timing modes.
platform::BoardDescription describe(const platform::DeviceTree& tree, bool timed);

/// What a controller of a board may put on its bus.
AxiLimits axi_limits(const platform::DmacDescription& description);

struct SocOptions {
  std::string board = "k210";
  std::vector<std::string> settings;
  std::uint64_t seed = 1;
  platform::Links* links = nullptr;      ///< null: direct
  bool timed = timed_mode();             ///< timing mode at
  std::vector<platform::View*> views{};  ///< told of everything
  bool check_axi = false;  ///< the AXI checker sees every burst; without it direct memory goes unseen
};

/// One per process.
class Soc {
 public:
  explicit Soc(const SocOptions& options);
  ~Soc();
  Soc(const Soc&) = delete;
  Soc& operator=(const Soc&) = delete;

  /// Work for the software, in order. `module` is a built-in module's name.
  void load(const std::string& module, const std::string& parameters = "", const std::string& client = "");
  /// The modules and clients of a scenario, then unloads them.
  void load(const platform::Scenario& scenario);
  void unload_all();
  static constexpr unsigned kIterations = 4;  ///< of dmatest in load_main_job()
  /// The drivers, filecopy and dmatest on the channels that are left.
  void load_main_job();

  /// Called whenever software and hardware have settled.
  void on_settled(std::function<void()> hook) { settled_ = std::move(hook); }
  /// Until everything loaded is unloaded again, or a second of simulated time (duration of the scenario) has
  /// passed.
  platform::Outcome run();

  platform::Board& board() { return *board_; }
  /// What the AXI checkers have found, by controller; empty without them.
  const std::map<std::string, std::unique_ptr<AxiObserver>>& axi() const { return axi_; }
  const platform::Recorder& recorder() const { return recorder_; }
  kernel::Kernel& kernel() { return *kernel_; }
  /// Kernel log, a line each; for messages of a failing test.
  const std::string& log() const { return log_; }

 private:
  struct Load {
    std::string file, parameters, client;  ///< file empty: unload everything
  };

  platform::DeviceTree tree_;
  platform::BoardDescription description_;
  SeededChoices choices_;
  platform::Recorder recorder_;
  std::map<std::string, std::unique_ptr<AxiObserver>> axi_;
  std::unique_ptr<platform::Board> board_;
  std::unique_ptr<platform::Cluster> cluster_;
  kernel::Kernel* kernel_ = nullptr;
  std::vector<Load> work_;
  std::function<void()> settled_;
  std::string log_;
  std::uint64_t end_ps_ = 1'000'000'000'000;
};

}  // namespace dmavp::tb
