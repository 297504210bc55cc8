#include "peripherals/interrupt_output.h"

#include <algorithm>

#include "base/sim_time.h"

namespace dmavp {

InterruptOutput::InterruptOutput(Port& port, unsigned line) : port_(port), line_(line) {
  sc_core::sc_spawn_options options;
  options.spawn_method();
  options.dont_initialize();
  options.set_sensitivity(&due_);
  sc_core::sc_spawn([this] { drive(); }, sc_core::sc_gen_unique_name("drive_interrupt"), &options);
}

void InterruptOutput::observe(Observer* observer, EventSource source) {
  observer_ = interested(observer, kInterrupts);
  source_ = source;
}

void InterruptOutput::plan(bool level, Picoseconds at) {
  planned_ = level;
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  const bool waiting = !changes_.empty();
  const Picoseconds time = std::max(waiting ? changes_.back().time : now, at);
  changes_.push_back({time, level});
  if (!waiting) due_.notify(from_picoseconds(time - now));
}

void InterruptOutput::drive() {
  const Picoseconds now = to_picoseconds(sc_core::sc_time_stamp());
  std::size_t done = 0;
  for (; done < changes_.size() && changes_[done].time <= now; ++done) {
    for (int i = 0; i < port_.size(); ++i) port_[i]->write(changes_[done].level);
    if (observer_ != nullptr) {
      observer_->interrupt({source_, changes_[done].time, line_, changes_[done].level});
    }
  }
  changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(done));
  if (!changes_.empty()) due_.notify(from_picoseconds(changes_.front().time - now));
}

}  // namespace dmavp
