// The waveform of a run (--vcd): what controllers, peripherals, interrupts and CPUs do, as variables over
// time.
#pragma once

#include <cstdint>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/observer.h"
#include "platform/config/board_description.h"
#include "platform/config/fault_plan.h"
#include "platform/report/filter.h"
#include "platform/report/vcd.h"
#include "platform/report/view.h"
#include "port/machine.h"

namespace dmavp::platform {

/// Variables of a board, by scope:
///   dmac0.chN   fifo [bytes], reader and writer [cause], irq
///   dmac0.mN    ar, r, aw, w, b [occupied], and *_channel: whose it is
///   dmac0       irq_common, irq_all
///   uart1       rx and tx {burst, single, last}, irq
///   plic0       cpuN: its output to that CPU
///   cpu0        context, thread, interrupt [number while it is handled]
///   faults      N_KIND_TARGET [hits so far], N counting the plan's faults from 1
class Waveform : public View {
 public:
  /// Of sources and the time that `filter` selects; of the plan's `faults`, which outlive this.
  Waveform(const BoardDescription& board, const std::vector<FaultSpec>& faults, EventFilter filter);
  ~Waveform() override;

  Observer* observer_of(const std::string& source) const override;
  void soft(const port::SoftEvent& event) override;
  void fault(const FaultLog::Hit& hit) override;

  std::size_t size() const { return vcd_.size(); }
  /// As of Trace; the waits of every controller must have been told (Engine::tell_waits()).
  void flush(std::ostream& out, std::uint64_t time) { vcd_.flush(out, time); }
  void finish(std::ostream& out, std::uint64_t end) { vcd_.finish(out, end); }

 private:
  class Dmac;
  class Device;
  class InterruptController;
  struct Cpu {
    bool shown = false;
    Vcd::Variable context = 0, thread = 0, interrupt = 0;
  };

  bool shown(const std::string& source) const;
  void add(const std::string& source, std::unique_ptr<Observer> observer);

  EventFilter filter_;
  Vcd vcd_;
  std::vector<std::pair<std::string, std::unique_ptr<Observer>>> observers_;
  std::vector<Cpu> cpus_;
  std::vector<std::pair<const FaultSpec*, Vcd::Variable>> faults_;
};

}  // namespace dmavp::platform
