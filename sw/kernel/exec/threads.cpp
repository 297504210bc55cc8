// Threads as modules see them.
#include <linux/cpu.h>
#include <linux/errno.h>
#include <linux/kthread.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include <cstdarg>
#include <cstdio>

#include "kernel/exec/internal.h"
#include "kernel/services.h"

using namespace dmavp::kernel::exec;
using dmavp::kernel::base_name;

namespace {

task_struct* create_thread(int (*function)(void*), void* data, const char* name) {
  Thread* t = new_thread(function, data, name);
  return t != nullptr ? &t->task : static_cast<task_struct*>(ERR_PTR(-ENOMEM));
}

const char* context_name(const Thread& t) {
  if (t.hardirq != 0) return "a hard interrupt";
  if (t.softirq != 0) return "a softirq";
  if (t.held_count != 0) return "a section with a lock held";
  if (t.irqs_off) return "a section with interrupts off";
  if (t.bh_off != 0) return "a section with bottom halves off";
  return "a section with preemption off";
}

void report_atomic(const Thread& t, const char* what) {
  const char* site = t.held_count != 0 ? t.held[t.held_count - 1].site : nullptr;
  char caller[320];
  describe_caller(caller, sizeof(caller));
  diagnostic(2, "kernel.sleep-in-atomic", "%s in %s (thread %s%s%s%s%s)", what, context_name(t), t.name,
             site != nullptr ? ", lock taken at " : "", site != nullptr ? base_name(site) : "",
             caller[0] != '\0' ? ", called from " : "", caller);
}

}  // namespace

extern "C" {

struct task_struct* kthread_create_on_node(int (*threadfn)(void*), void* data, int, const char* namefmt,
                                           ...) {
  char name[64];
  va_list arguments;
  va_start(arguments, namefmt);
  std::vsnprintf(name, sizeof(name), namefmt, arguments);
  va_end(arguments);
  task_struct* task = create_thread(threadfn, data, name);
  point(Step::kCharge);
  return task;
}

struct task_struct* kthread_create_on_cpu(int (*threadfn)(void*), void* data, unsigned int cpu,
                                          const char* namefmt) {
  char name[64];
  std::snprintf(name, sizeof(name), "%s/%u", namefmt, cpu);
  task_struct* task = create_thread(threadfn, data, name);
  if (!IS_ERR(task)) kthread_bind(task, cpu);
  point(Step::kCharge);
  return task;
}

void kthread_bind(struct task_struct* task, unsigned int cpu) {
  Thread& t = thread_of(task);
  if (t.woken) diagnostic(1, "kernel.bind-after-start", "kthread_bind of %s, which runs already", t.name);
  if (cpu < g.cpus) t.allowed = 1ul << cpu;
}

int kthread_stop(struct task_struct* task) {
  Thread& t = thread_of(task);
  if (&t == &self()) fatal("thread %s waits for its own end (kthread_stop)", t.name);
  dmavp_might_sleep(__FILE__, __LINE__);
  ++task->usage;
  t.should_stop = true;
  wake(t, TASK_NORMAL);
  point(Step::kWake);
  self().waits_kind = "end of thread";
  self().waits_for = t.name;
  ___wait_event_dmavp(t.exit_wait, t.ended, TASK_UNINTERRUPTIBLE);
  self().waits_kind = nullptr;
  const int result = t.task.exit_code;
  put_task_struct(task);
  return result;
}

int kthread_stop_put(struct task_struct* task) {
  const int result = kthread_stop(task);
  put_task_struct(task);
  return result;
}

bool kthread_should_stop(void) { return self().should_stop; }

struct task_struct* get_task_struct(struct task_struct* task) {
  ++task->usage;
  return task;
}

// The structure stays until the kernel is destroyed, so that a late use can be named instead of crashing.
void put_task_struct(struct task_struct* task) {
  if (--task->usage < 0)
    diagnostic(2, "kernel.task-refcount", "put_task_struct without get on %s", task->comm);
}

int wake_up_state(struct task_struct* task, unsigned int state) {
  const int woke = wake(thread_of(task), state) ? 1 : 0;
  point(Step::kWake);
  return woke;
}

int wake_up_process(struct task_struct* task) { return wake_up_state(task, TASK_NORMAL); }

void set_user_nice(struct task_struct* task, long nice) {
  task->static_prio = 120 + static_cast<int>(nice < MIN_NICE ? MIN_NICE : nice > MAX_NICE ? MAX_NICE : nice);
}

void dmavp_set_current_state(unsigned int state) {
  current->__state = state;
  point(Step::kState);
}

void schedule(void) {
  Thread& t = self();
  if (g.here == nullptr) fatal("sleeping is possible on threads of the kernel only");
  if (t.task.__state != TASK_RUNNING && t.atomic()) report_atomic(t, "schedule()");
  if (&t == g.here->idle) {
    // An interrupt on an idle CPU: nobody else can take over, so the CPU waits.
    while (t.task.__state != TASK_RUNNING) point(Step::kSpin, 1'000'000);
    return;
  }
  switch_threads(false);
}

long schedule_timeout(long timeout) {
  if (timeout == MAX_SCHEDULE_TIMEOUT) {
    schedule();
    return timeout;
  }
  if (timeout < 0) {
    diagnostic(2, "kernel.bad-timeout", "schedule_timeout(%ld)", timeout);
    current->__state = TASK_RUNNING;
    return 0;
  }
  const unsigned long expires = dmavp_jiffies() + static_cast<unsigned long>(timeout);
  Thread& t = self();
  if (g.here != nullptr && expires < kNever / g.tick) arm(t.sleep, *g.here, expires * g.tick);
  schedule();
  disarm(t.sleep);
  const unsigned long now_ticks = dmavp_jiffies();
  return expires > now_ticks ? static_cast<long>(expires - now_ticks) : 0;
}

long schedule_timeout_interruptible(long timeout) {
  current->__state = TASK_INTERRUPTIBLE;
  return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout) {
  current->__state = TASK_UNINTERRUPTIBLE;
  return schedule_timeout(timeout);
}

void yield(void) {
  current->__state = TASK_RUNNING;
  point(Step::kSchedule);
  if (g.here != nullptr) schedule();
}

int dmavp_need_resched(void) { return g.here != nullptr && g.here->need_resched; }

int dmavp_cond_resched(void) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (g.here == nullptr || self().atomic()) return 0;
  const std::uint64_t before = g.statistics.context_switches;
  if (g.here->ready != 0 && (g.here->need_resched || g.here->slice_end <= g.here->now)) switch_threads(true);
  point(Step::kSchedule, 0);
  return g.statistics.context_switches != before;
}

void dmavp_might_sleep(const char* file, int line) {
  Thread& t = self();
  t.site_file = file;
  t.site_line = line;
  if (g.here == nullptr || !t.atomic()) return;
  char what[160] = "sleeping call";
  if (file != nullptr && line != 0)
    std::snprintf(what, sizeof(what), "sleeping call at %s:%d", base_name(file), line);
  if (file != nullptr && line == 0) std::snprintf(what, sizeof(what), "sleeping call at %s", base_name(file));
  report_atomic(t, what);
}

unsigned int dmavp_processor_id(void) { return g.here != nullptr ? g.here->index : 0; }

// --- contexts
// -------------------------------------------------------------------------------------------------

void preempt_disable(void) { ++self().preempt; }

void preempt_enable(void) {
  Thread& t = self();
  if (t.preempt == 0) {
    diagnostic(2, "kernel.preempt-count", "preempt_enable without preempt_disable (thread %s)", t.name);
    return;
  }
  --t.preempt;
  if (g.here == nullptr) return;
  update_limit();
  point(Step::kPreemptEnable, 0);
}

int preempt_count(void) {
  const Thread& t = self();
  return static_cast<int>(t.preempt + ((t.softirq + t.bh_off) << 8) + (t.hardirq << 16));
}

int dmavp_in_hardirq(void) { return self().hardirq != 0; }
int dmavp_in_softirq(void) { return self().softirq != 0 || self().bh_off != 0; }
int dmavp_in_serving_softirq(void) { return self().softirq != 0; }
int dmavp_in_atomic(void) {
  const Thread& t = self();
  return t.preempt != 0 || t.bh_off != 0 || t.interrupted();
}

unsigned long dmavp_irq_flags(void) { return self().irqs_off ? 1 : 0; }

unsigned long dmavp_irq_save(void) {
  Thread& t = self();
  const unsigned long flags = t.irqs_off ? 1 : 0;
  t.irqs_off = true;
  if (g.here != nullptr) update_limit();
  return flags;
}

void dmavp_irq_restore(unsigned long flags) {
  Thread& t = self();
  if (flags == 0 && t.hardirq != 0)
    diagnostic(2, "kernel.irq-enable-in-hardirq", "interrupts enabled inside a hard interrupt handler");
  else
    t.irqs_off = flags != 0;
  if (g.here == nullptr) return;
  update_limit();
  point(Step::kIrqRestore);
}

const struct cpumask* dmavp_cpu_online_mask(void) {
  static cpumask online;
  online.bits[0] = (1ul << nr_cpu_ids) - 1;
  return &online;
}

const struct cpumask* cpumask_of(unsigned int cpu) {
  static cpumask masks[NR_CPUS];
  masks[cpu % NR_CPUS].bits[0] = 1ul << (cpu % NR_CPUS);
  return &masks[cpu % NR_CPUS];
}

}  // extern "C"
