// The AXI checker on the typed event stream of a controller, and on the text of a trace.
#pragma once

#include <istream>
#include <map>
#include <string>

#include "base/observer.h"
#include "components/axi_checker.h"

namespace dmavp::tb {

AxiBurst axi_burst(const BurstEvent& event);

/// Stands before another observer, or none, which sees what it would see without it.
class AxiObserver : public Observer {
 public:
  explicit AxiObserver(const AxiLimits& limits, Observer* next = nullptr) : checker_(limits), next_(next) {}
  const AxiChecker& checker() const { return checker_; }

  unsigned interests() const override { return (next_ != nullptr ? next_->interests() : 0) | kBursts; }
  void burst_begins(const BurstEvent& event) override {
    if (interested(next_, kBursts)) next_->burst_begins(event);
  }
  void burst(const BurstEvent& event) override {
    checker_.burst(axi_burst(event));
    if (interested(next_, kBursts)) next_->burst(event);
  }
  void block(const BlockEvent& event) override {
    if (interested(next_, kBlocks)) next_->block(event);
  }
  void register_access(const RegisterEvent& event) override {
    if (interested(next_, kRegisterAccesses)) next_->register_access(event);
  }
  void interrupt(const InterruptEvent& event) override {
    if (interested(next_, kInterrupts)) next_->interrupt(event);
  }
  void diagnostic(const DiagnosticEvent& event) override {
    if (interested(next_, kDiagnostics)) next_->diagnostic(event);
  }
  void dma_request(const DmaRequestEvent& event) override {
    if (interested(next_, kDmaRequests)) next_->dma_request(event);
  }
  void grant(const GrantEvent& event) override {
    if (interested(next_, kActivity)) next_->grant(event);
  }
  void side(const SideEvent& event) override {
    if (interested(next_, kActivity)) next_->side(event);
  }
  void fifo(const FifoEvent& event) override {
    if (interested(next_, kActivity)) next_->fifo(event);
  }

 private:
  AxiChecker checker_;
  Observer* next_;
};

/// The bursts of a trace (docs/trace-format.md), a checker for each controller. Throws std::runtime_error for
/// a burst it cannot read.
std::map<std::string, AxiChecker> check_trace(std::istream& trace, const AxiLimits& limits);

}  // namespace dmavp::tb
