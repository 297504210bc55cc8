// Inside of the execution half. A step is what software does between two preemption points; steps are totally
// ordered by the local time of their CPU. Code runs only while its CPU is selected: no other CPU has an
// earlier step and the time is below the machine's horizon. So an effect on shared state may be made at once;
// only after time has been added must the CPU be selected again.
#pragma once

#include <linux/interrupt.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include <cstdint>

#include "kernel/exec/exec.h"
#include "port/fiber.h"

namespace dmavp::kernel::exec {

using port::kNever;
using port::Time;

inline constexpr unsigned kMaxHeldLocks = 16;

/// Kinds of steps, as they enter the hash of the order of steps.
enum class Step : std::uint32_t {
  kMmioRead = 1,
  kMmioWrite,
  kDelay,
  kRelax,
  kLock,
  kSpin,
  kUnlock,
  kMutexLock,
  kMutexUnlock,
  kIrqRestore,
  kPreemptEnable,
  kWake,
  kState,
  kSchedule,
  kInterruptEntry,
  kInterruptExit,
  kTimerInterrupt,
  kSoftirq,
  kTasklet,
  kTimer,
  kCharge,
  kThreadStart,
  kThreadEnd
};

struct Thread;

/// Wakes its thread from the timer interrupt of the CPU on which it was armed.
struct ClockEvent {
  ClockEvent* next = nullptr;
  Time when = kNever;
  Thread* thread = nullptr;
  unsigned cpu = 0;
  bool armed = false;
};

struct HeldLock {
  const void* lock;
  const char* site;
};

struct Thread {
  task_struct task{};  // first: task_struct pointers are Thread pointers
  char name[64] = "";
  Thread* next_ready = nullptr;
  Thread* next_known = nullptr;
  port::Fiber* fiber = nullptr;
  int (*function)(void*) = nullptr;
  void* argument = nullptr;
  unsigned cpu = 0;              ///< where it runs or ran last
  unsigned long allowed = ~0ul;  ///< CPUs it may run on, one bit each
  bool queued = false;
  bool ended = false;
  bool system = false;  ///< idle and softirq threads
  bool should_stop = false;
  bool woken = false;     ///< at least once
  bool returned = false;  ///< from its function
  wait_queue_head exit_wait{};
  // Context of the code on this stack.
  unsigned preempt = 0;
  unsigned bh_off = 0;
  unsigned softirq = 0;
  unsigned hardirq = 0;
  bool irqs_off = false;
  ClockEvent sleep;
  // For reports.
  const char* site_file = nullptr;
  int site_line = 0;
  const char* waits_kind = nullptr;
  const char* waits_for = nullptr;
  const struct mutex* waits_mutex = nullptr;
  bool entered = false;  ///< has a stack to look at
  HeldLock held[kMaxHeldLocks] = {};
  unsigned held_count = 0;
  unsigned rcu = 0;               ///< read-side sections entered
  std::uint64_t rcu_section = 0;  ///< counts outermost ones
  bool has_random = false;
  std::uint32_t random_stream = 0;

  bool interrupted() const { return hardirq != 0 || softirq != 0; }
  bool atomic() const { return preempt != 0 || bh_off != 0 || interrupted() || irqs_off; }
};

struct TaskletQueue {
  tasklet_struct* head = nullptr;
  tasklet_struct* tail = nullptr;
};

struct Cpu {
  unsigned index = 0;
  Time now = 0;
  Thread* current = nullptr;
  Thread* idle = nullptr;
  Thread* softirqd = nullptr;
  bool idling = false;    ///< the idle thread waits: no step of its own
  Time wake_at = kNever;  ///< idling: when the first thread became ready
  Time busy_until = 0;    ///< in a delay
  Thread* ready_head = nullptr;
  Thread* ready_tail = nullptr;
  unsigned ready = 0;
  bool need_resched = false;
  Time slice_end = kNever;
  bool irq_level = false;
  Time irq_since = 0;
  ClockEvent* events = nullptr;  ///< by time, then order of arming
  list_head timers{};            ///< timer_list by expiry
  timer_list* running_timer = nullptr;
  bool in_timer_softirq = false;
  std::uint32_t pending = 0;  ///< softirqs
  TaskletQueue tasklets[2];   ///< normal, high priority
  tasklet_struct* running_tasklet = nullptr;
  const spinlock_t* spins_on = nullptr;
  std::uint32_t latency_stream = 0, softirq_stream = 0, pick_stream = 0, preempt_stream = 0,
                random_stream = 0;
};

/// Where a thread stands; filled in on its own stack.
struct StackSurvey {
  static constexpr int kMost = 48;
  void* frames[kMost];  ///< innermost first
  int count = 0;
};

struct System {
  port::Machine* machine = nullptr;
  Tunables tunables;
  RunStatistics statistics;
  Cpu cpu[kMaxCpus];
  unsigned cpus = 0;
  Cpu* here = nullptr;  ///< the CPU whose code runs; null in the host's context
  Time horizon = 0;
  Time lead = 0;         ///< of an access (port::Machine)
  Time others = kNever;  ///< earliest step of the other CPUs
  Time limit = 0;        ///< the fast path ends here: min(horizon, others, what this CPU must look at)
  Time latest = 0;       ///< time of the latest step
  std::uint64_t hash = 0;
  volatile std::uint64_t progress = 0;
  Thread host;
  Thread* known = nullptr;
  Thread** known_tail = &known;
  unsigned next_pid = 1;
  unsigned live = 0;
  bool dead = false;              ///< after fatal()
  StackSurvey* survey = nullptr;  ///< a report asks each resumed thread for its stack
  std::uint32_t tie_stream = 0, wake_stream = 0, sleep_stream = 0, affinity_stream = 0;
  Time tick = 0;  ///< picoseconds per jiffy
  bool observed = false;
  bool failures_planned = false;
};

extern System g;

inline std::uint64_t draw(std::uint32_t stream, std::uint64_t bound) {
  return bound == 1 ? 0 : g.machine->draw(stream, bound);
}

inline Thread& self() { return *reinterpret_cast<Thread*>(::current); }
inline Thread& thread_of(task_struct* task) { return *reinterpret_cast<Thread*>(task); }
inline const CpuCosts& costs(const Cpu& c) { return g.tunables.costs[c.index]; }
inline Time local_time() { return g.here != nullptr ? g.here->now : g.latest; }

/// When this CPU, which runs, must look up from its code: interrupt, timer, another thread's turn.
Time attention(const Cpu& c);
/// Earliest time at which this CPU has a step to make, kNever when it idles for ever.
Time next_step(const Cpu& c);
/// After a change of anything that attention() looks at, on the running CPU.
inline void update_limit() {
  Time limit = g.horizon < g.others ? g.horizon : g.others;
  const Time look = attention(*g.here);
  g.limit = limit < look ? limit : look;
}
/// After a change of another CPU's next step.
void update_others();

/// Leaves the running fiber; returns when its CPU is selected.
void switch_out();
/// The stack of the running thread (stacks.cpp).
void look_at_stack(StackSurvey& survey);
/// Appends where a thread stands, a line each, to the text of a report: the function of the kernel it is in
/// and the functions of modules that led there.
void describe_stack(const Thread& thread, char* text, std::size_t size);
/// The function of a module that the running code was called from, empty if there is none.
void describe_caller(char* text, std::size_t size);
/// Makes the CPU selected again and takes what is due on it.
void sync_slow();
/// Takes one interrupt or thread switch that is due; false when there is none.
bool attend();
/// Lets the next thread of this CPU run, the idle thread if there is none; returns when this one runs again.
void switch_threads(bool preempted);

inline void note(Step step) {
  const Cpu& c = *g.here;
  std::uint64_t x = c.now + (static_cast<std::uint64_t>(c.index) << 56) +
                    (static_cast<std::uint64_t>(step) << 48) +
                    (static_cast<std::uint64_t>(c.current->task.pid) << 32);
  x ^= g.hash;
  x *= 0x9E3779B97F4A7C15u;
  g.hash = x ^ (x >> 29);
  g.progress = g.progress + 1;
}

/// Preemption point: adds the cost, then continues at once or lets earlier steps go first.
inline void point(Step step, Time cost) {
  Cpu* c = g.here;
  if (c == nullptr) return;
  c->now += cost;
  note(step);
  if (c->now >= g.limit) sync_slow();
}
inline void point(Step step) {
  if (g.here != nullptr) point(step, costs(*g.here).primitive);
}

/// What a round of a busy loop costs at least, so that time always passes.
inline Time spin_cost(const Cpu& c) { return costs(c).primitive > 10'000 ? costs(c).primitive : 10'000; }

// --- threads
// --------------------------------------------------------------------------------------------------
Thread* new_thread(int (*function)(void*), void* argument, const char* name);
/// Makes a sleeping thread ready on a CPU drawn from those it may use. No preemption point.
bool wake(Thread& thread, unsigned states);
void enqueue(Cpu& c, Thread& thread);
/// Busy until `d` has passed; takes interrupts.
void delay(Time d);
/// Sleeps in the given state until woken or `when`.
void sleep_until(Time when, unsigned state);
void arm(ClockEvent& event, Cpu& c, Time when);
void disarm(ClockEvent& event);

// --- interrupts
// -----------------------------------------------------------------------------------------------
void take_interrupt(Cpu& c);
void take_timer(Cpu& c);
Time timer_due(const Cpu& c);
/// The end of both: softirqs, here or in their thread.
void leave_hardirq(Cpu& c);
/// Tells the observer what this CPU executes from now on, on behalf or on top of thread `t`.
void tell_context(const Thread& t);
void raise(Cpu& c, unsigned softirq);
/// Softirqs at the end of an interrupt or of a bottom-half section; `text` for the event.
void run_softirqs(const char* text);
void start_softirqd(Cpu& c);
void run_timers(Cpu& c);
/// Claims, handles and completes everything the interrupt controller has for this CPU (irq/).
void handle_external(unsigned cpu);
/// Interrupt controller: read from the device tree, programmed by the first thread.
bool irq_probe(const void* device_tree, const char** error);
void irq_setup();
void irq_reset();
void percpu_reset();
void workqueue_reset();

}  // namespace dmavp::kernel::exec
