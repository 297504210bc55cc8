// The simulated operating system as the platform sees it: boot, modules, and running software up to a
// horizon.
#pragma once

#include <cstdint>

#include "port/machine.h"

namespace dmavp::kernel {

inline constexpr unsigned kMaxCpus = 4;

/// What software costs on one CPU, in picoseconds (design decision 12); 0 is allowed everywhere. The platform
/// fills them from the properties of the CPU's node.
struct CpuCosts {
  port::Time interrupt_entry = 200'000;
  port::Time interrupt_exit = 150'000;
  port::Time context_switch = 500'000;
  port::Time softirq = 100'000;
  port::Time primitive = 20'000;      ///< lock, unlock, wake-up, allocation and other small steps
  port::Time cache_line = 5'000;      ///< clean or invalidate one line (non-coherent boards)
  port::Time copy_per_kib = 100'000;  ///< CPU copy, fill or compare of 1 KiB
};

/// Policies that come from the device tree and the scenario.
struct Tunables {
  CpuCosts costs[kMaxCpus];
  port::Time time_slice = 10'000'000'000;  ///< 10 ms
  unsigned defer_softirq_percent =
      20;              ///< chance that softirqs go to the CPU's thread instead of interrupt exit
  unsigned hz = 1000;  ///< jiffies per second
  port::Time interrupt_latency_max = 0;  ///< extra interrupt latency, drawn from 0 .. max
};

/// Counters of one run, for the result file and tests.
struct RunStatistics {
  std::uint64_t context_switches = 0;  ///< between software threads
  std::uint64_t machine_yields = 0;    ///< run() returned although software could go on
  std::uint64_t interrupts[64] = {};   ///< hard interrupts per CPU
  std::uint64_t softirq_deferred = 0;
  std::uint64_t spinlock_contended = 0;
  std::uint64_t submit_during_callback = 0;
  std::uint64_t tasklet_on_other_cpu = 0;  ///< tasklet ran on a CPU other than the one whose thread it wakes
  std::uint64_t step_hash = 0;             ///< hash of the order of software steps (time, CPU, step kind)
  std::uint64_t live_allocations = 0;      ///< kmalloc + dma pool + coherent objects alive now
};

/// One kernel per process (it owns the globals that C code sees). Not thread safe.
class Kernel {
 public:
  static Kernel& create(port::Machine& machine, const Tunables& tunables);
  static Kernel& instance();
  static void destroy();  ///< after shutdown; frees everything, a new kernel may be created

  /// Parses the device tree, sets up CPUs, memory, interrupt controller and platform devices. On a bad tree
  /// returns -EINVAL with the reason in error(). Runs no software yet.
  int boot();

  /// Queues work for the first thread of the system ("init"), executed in order inside run(): modules are
  /// loaded (dlopen, module_init, probing) in process context. `parameters` is "name=value name=value".
  void queue_load(const char* path, const char* parameters, const char* client_name);
  /// In reverse order, once every client has finished (init waits for that), so that it can be queued right
  /// after the loads and the moment does not depend on when run() returns.
  void queue_unload_all();
  /// True when every queued load and unload has finished.
  bool idle_init() const;
  /// 0, or the first error of the queue, described by error().
  int status() const;
  const char* error() const;

  /// Runs software steps in order of (local time, CPU) while the least local time is below machine.horizon().
  /// Returns when it must be called again if no interrupt comes first (a timer), port::kNever if all CPUs
  /// idle.
  port::Time run();

  /// Level of the external interrupt input of a CPU (output of the interrupt controller), at bus time `when`.
  void set_interrupt(unsigned cpu, bool level, port::Time when);

  /// Clients (registered through <dmavp/client.h>) that have not finished.
  unsigned clients_running() const;
  unsigned cpus() const;
  const RunStatistics& statistics() const;
  /// Text for a report: every thread, where it is and what it waits for.
  const char* describe_threads();

  /// Name of the loaded module whose code contains `address`, or "kernel"/"?"; for tests and crash reports.
  const char* module_of(const void* address) const;
};

}  // namespace dmavp::kernel
