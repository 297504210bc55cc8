// The execution half of the kernel as its other half sees it: CPUs, preemption points, contexts, threads.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernel/kernel.h"
#include "port/machine.h"

struct task_struct;

namespace dmavp::kernel::exec {

/// Called by Kernel::create(), before boot(). Resets everything.
void create(port::Machine& machine, const Tunables& tunables);
/// Called by Kernel::boot() once the number of CPUs (1..kMaxCpus) is known. Creates the idle threads, the
/// softirq threads and the thread "init", which runs `init(argument)` at time 0 on CPU 0. `device_tree` (may
/// be null: no interrupt controller) is searched for a PLIC; false and a reason in `error` when its node is
/// unusable.
bool start(unsigned cpus, int (*init)(void*), void* argument, const void* device_tree, const char** error);
/// Called by Kernel::destroy(). Threads that never ended are abandoned, not unwound.
void destroy();

port::Machine& machine();
const Tunables& tunables();
RunStatistics& statistics();
unsigned cpus();

/// Preemption point that costs `cost` picoseconds of the running CPU's time. From the host's context (outside
/// run()) nothing happens.
void charge(port::Time cost);
/// The same with the cost of CpuCosts::primitive.
void charge_primitive();
/// The same for the CPU's copying, filling or comparing `bytes`.
void charge_copy(std::size_t bytes);
/// The same for cleaning or invalidating `lines` cache lines.
void charge_cache_lines(std::size_t lines);

/// Local time of the running CPU; from the host's context, of the latest step.
port::Time now();
/// The running CPU; 0 from the host's context.
unsigned cpu();
/// True while software runs (on a thread of the kernel); false in the host's context.
bool in_software();
/// True when the running context may not sleep (interrupt, softirq, spinlock, preemption or interrupts off).
bool atomic_context();
/// Name of the running thread, "host" in the host's context.
const char* thread_name();
/// Threads that have been created and have not ended, idle and softirq threads aside.
unsigned live_threads();

/// Threads that have been woken, whose function belongs to `module` and has not returned.
unsigned running_threads(const char* module);

/// A diagnostic event and a line in the log. kind "kernel.bad-free"; severity 0 note, 1 warning, 2 error.
void diagnostic(int severity, const char* kind, const char* format, ...)
    __attribute__((format(printf, 3, 4)));
/// Ends the simulation with a report; does not return.
[[noreturn]] void fatal(const char* format, ...) __attribute__((format(printf, 1, 2)));
/// Sends an event when somebody observes; time and CPU are filled in.
void event(port::SoftEventKind kind, const char* text, std::uint64_t number = 0, std::uint64_t address = 0,
           std::uint64_t bytes = 0);

/// Whether a fault plan makes this call fail; `site` is the caller's code. Never in the host's context.
bool call_fails(port::FallibleCall call, const void* site);

/// What a signal handler may read: changes with every preemption point.
std::uint64_t progress();
/// What a signal handler may read: where software is right now.
struct Whereabouts {
  const char* thread;   ///< name, or "host"
  const char* context;  ///< "process", "softirq", "hardirq"
  unsigned cpu;
};
Whereabouts whereabouts();

}  // namespace dmavp::kernel::exec
