// Something that shows a run as it happens and is told of both event streams.
#pragma once

#include <string>

#include "base/observer.h"
#include "platform/faults/fault_trigger.h"
#include "port/machine.h"

namespace dmavp::platform {

/// What it is told of may lie behind the end of the run, which it leaves out itself.
class View {
 public:
  virtual ~View() = default;
  /// What takes the events of a model; null if nothing of it is shown. Lives as long as this.
  virtual Observer* observer_of(const std::string& source) const = 0;
  virtual void soft(const port::SoftEvent& event) = 0;
  virtual void fault(const FaultLog::Hit& hit) = 0;
  /// Of models, the platform and software alike.
  virtual void diagnostic(const DiagnosticEvent& /*event*/) {}
};

}  // namespace dmavp::platform
