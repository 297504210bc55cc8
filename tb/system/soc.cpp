#include "system/soc.h"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

#include "components/simulate.h"
#include "dmac/planner.h"
#include "platform/config/board_description.h"
#include "platform/config/property_table.h"

namespace dmavp::tb {

platform::DeviceTree board_tree(const std::string& board, const std::vector<std::string>& settings) {
  platform::DeviceTree tree =
      platform::DeviceTree::load(DMAVP_SOURCE_DIR "/platform/boards/" + board + ".dts");
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    platform::apply_board_setting(tree, setting.substr(0, equals), setting.substr(equals + 1));
  }
  return tree;
}

AxiLimits axi_limits(const platform::DmacDescription& description) {
  AxiLimits limits;
  limits.bus_bytes = description.parameters.data_width_bytes;
  limits.incr_beats = dmac::longest_burst(description.parameters);
  limits.outstanding = description.parameters.osr_lmt;
  return limits;
}

platform::BoardDescription describe(const platform::DeviceTree& tree, bool timed) {
  platform::BoardDescription description = platform::describe_board(tree);
  description.timed = timed;
  return description;
}

Soc::Soc(const SocOptions& options)
    : tree_(board_tree(options.board, options.settings)),
      description_(describe(tree_, options.timed)),
      choices_(options.seed),
      recorder_(nullptr, options.views) {
  board_ = options.links != nullptr
               ? std::make_unique<platform::Board>("board", description_, choices_, *options.links)
               : std::make_unique<platform::Board>("board", description_, choices_);
  for (unsigned i = 0; i < board_->dmacs(); ++i) {
    const platform::DmacDescription& d = description_.dmacs[i];
    Observer* observer = recorder_.observer_for(d.name, board_->dmac(i).clock());
    if (options.check_axi) {
      axi_[d.name] = std::make_unique<AxiObserver>(axi_limits(d), observer);
      observer = axi_[d.name].get();
    }
    board_->dmac(i).set_observer(observer);
  }
  board_->plic().set_observer(recorder_.observer_for(description_.plic.name, board_->clock()));
}

Soc::~Soc() { kernel::Kernel::destroy(); }

void Soc::load(const std::string& module, const std::string& parameters, const std::string& client) {
  work_.push_back({DMAVP_MODULE_DIR "/" + module + ".so", parameters, client});
}

void Soc::load(const platform::Scenario& scenario) {
  for (const platform::ModuleSpec& module : scenario.modules) {
    std::string parameters;
    for (const auto& [name, value] : module.parameters) parameters.append(name + "=" + value + " ");
    work_.push_back({module.file, parameters, module.client});
  }
  end_ps_ = scenario.duration_ps;
  unload_all();
}

void Soc::unload_all() { work_.emplace_back(); }

void Soc::load_main_job() {
  for (const char* driver : {"dmaengine", "virt-dma", "dw-axi-dmac"}) load(driver);
  load("filecopy", "path=LICENSE chunk=256", "file");
  load("dmatest",
       "iterations=" + std::to_string(kIterations) + " threads_per_chan=1 test_buf_size=2048 run=1",
       "dmatest");
  unload_all();
}

platform::Outcome Soc::run() {
  platform::Cluster::Options options;
  options.quantum = description_.quantum_ps;
  options.end = end_ps_;
  options.base_directory = DMAVP_SOURCE_DIR;
  for (const Load& load : work_) options.modules += load.file.empty() ? 0 : 1;
  options.log = [this](int, port::Time, unsigned, const char* line) { log_ += std::string(line) + "\n"; };
  options.settled = [this](port::Time) {
    if (settled_) settled_();
  };
  options.fatal = [](const char* text) {
    std::fprintf(stderr, "%s\n", text);
    std::abort();
  };
  cluster_ = std::make_unique<platform::Cluster>("cpus", *board_, tree_.blob(), choices_, recorder_, options);
  kernel_ = &kernel::Kernel::create(*cluster_, description_.tunables);
  cluster_->attach(*kernel_);
  if (kernel_->boot() != 0) throw std::runtime_error(kernel_->error());
  for (const Load& load : work_) {
    if (load.file.empty())
      kernel_->queue_unload_all();
    else
      kernel_->queue_load(load.file.c_str(), load.parameters.c_str(), load.client.c_str());
  }
  simulate();
  return cluster_->outcome();
}

}  // namespace dmavp::tb
