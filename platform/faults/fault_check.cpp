#include "platform/faults/fault_check.h"

#include <algorithm>

#include "platform/config/value.h"

namespace dmavp::platform {
namespace {

template <class List>
auto find_named(const List& list, const std::string& name) {
  return std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.name == name; });
}

template <class List>
std::string names_of(const List& list) {
  std::string names;
  for (const auto& entry : list) names += (names.empty() ? "" : ", ") + entry.name;
  return names.empty() ? "none" : names;
}

class Checker {
 public:
  Checker(const BoardDescription& board, const std::vector<std::string>& modules)
      : board_(board), modules_(modules) {}

  std::vector<std::string> take_problems() { return std::move(problems_); }

  void check(const FaultSpec& fault) {
    fault_ = &fault;
    switch (fault.info().target) {
      case FaultTarget::kController:
        if (const auto* dmac = controller()) check_controller(*dmac);
        break;
      case FaultTarget::kMemory:
        check_memory();
        break;
      case FaultTarget::kPeripheral:
        check_peripheral();
        break;
      case FaultTarget::kInterrupting:
        check_interrupting();
        break;
      case FaultTarget::kSoftware:
        if (fault.target != "kernel" &&
            std::find(modules_.begin(), modules_.end(), fault.target) == modules_.end())
          complain("target", fault.target + " is neither \"kernel\" nor a module of the scenario");
        break;
    }
  }

 private:
  void complain(const char* key, const std::string& text) {
    problems_.push_back(fault_->origin + "." + key + ": " + text);
  }

  const DmacDescription* controller() {
    const auto found = find_named(board_.dmacs, fault_->target);
    if (found != board_.dmacs.end()) return &*found;
    complain("target", "no controller " + fault_->target + " (there are: " + names_of(board_.dmacs) + ")");
    return nullptr;
  }

  void check_channel(const DmacDescription& dmac) {
    if (fault_->channel && *fault_->channel >= dmac.parameters.num_channels)
      complain("channel", dmac.name + " has " + std::to_string(dmac.parameters.num_channels) + " channels");
  }

  void check_controller(const DmacDescription& dmac) {
    check_channel(dmac);
    if (fault_->on == "write-back" && !dmac.parameters.lli_wb_en)
      complain("on", dmac.name + " writes no descriptors back");
  }

  void check_memory() {
    const auto found = find_named(board_.memories, fault_->target);
    if (found == board_.memories.end())
      return complain("target",
                      "no memory " + fault_->target + " (there are: " + names_of(board_.memories) + ")");
    if (fault_->first < found->base || fault_->first - found->base >= found->size)
      complain("address",
               found->name + " is from " + hex(found->base) + " to " + hex(found->base + found->size - 1));
  }

  void check_peripheral() {
    const auto found = find_named(board_.peripherals, fault_->target);
    if (found == board_.peripherals.end())
      return complain(
          "target", "no peripheral " + fault_->target + " (there are: " + names_of(board_.peripherals) + ")");
    const bool any = fault_->on.empty() && (found->rx || found->tx);
    if (!any && !(fault_->on == "rx" ? found->rx : found->tx))
      complain(fault_->on.empty() ? "target" : "on", found->name + " has no such DMA request");
  }

  void check_interrupting() {
    const auto dmac = find_named(board_.dmacs, fault_->target);
    if (dmac != board_.dmacs.end()) {
      check_channel(*dmac);
      if (fault_->channel && dmac->interrupts.size() == 1 && dmac->parameters.intr_io_type != 1)
        complain("channel", dmac->name + " has one interrupt line for all channels");
      return;
    }
    const auto found = find_named(board_.peripherals, fault_->target);
    if (found == board_.peripherals.end())
      return complain("target", "no controller or peripheral " + fault_->target + " (there are: " +
                                    names_of(board_.dmacs) + ", " + names_of(board_.peripherals) + ")");
    if (fault_->channel) complain("channel", found->name + " has no channels");
    if (!found->interrupt) complain("target", found->name + " has no interrupt");
  }

  const BoardDescription& board_;
  const std::vector<std::string>& modules_;
  const FaultSpec* fault_ = nullptr;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> check_faults(const std::vector<FaultSpec>& plan, const BoardDescription& board,
                                      const std::vector<std::string>& modules) {
  Checker checker(board, modules);
  for (const FaultSpec& fault : plan) checker.check(fault);
  return checker.take_problems();
}

}  // namespace dmavp::platform
