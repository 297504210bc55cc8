// The dispatcher, and what decides which thread a CPU runs.
#include <linux/errno.h>

#include <cstdio>
#include <new>

#include "kernel/exec/internal.h"
#include "kernel/services.h"

struct task_struct* current = &dmavp::kernel::exec::g.host.task;
unsigned int nr_cpu_ids = 1;

namespace dmavp::kernel::exec {

System g;

Time attention(const Cpu& c) {
  const Thread& t = *c.current;
  if (t.irqs_off) return kNever;
  Time look = timer_due(c);
  if (c.irq_level && c.irq_since < look) look = c.irq_since;
  if (!t.atomic() && c.current != c.idle) {
    if (c.need_resched) return 0;
    if (c.ready != 0 && c.slice_end < look) look = c.slice_end;
  }
  return look;
}

Time next_step(const Cpu& c) {
  Time t = kNever;
  if (c.idling) {
    if (c.ready != 0) t = c.wake_at;
    if (c.irq_level && c.irq_since < t) t = c.irq_since;
    const Time due = timer_due(c);
    if (due < t) t = due;
  } else if (c.busy_until > c.now) {
    t = attention(c);
    if (c.busy_until < t) t = c.busy_until;
  }  // else it goes on from where it is
  else
    return c.now;
  return t > c.now ? t : c.now;
}

void update_others() {
  Time least = kNever;
  for (unsigned i = 0; i < g.cpus; ++i) {
    if (&g.cpu[i] == g.here) continue;
    const Time t = next_step(g.cpu[i]);
    if (t < least) least = t;
  }
  g.others = least;
}

void switch_out() {
  port::Fiber* fiber = self().fiber;
  fiber->suspend();
  while (g.survey != nullptr) {
    look_at_stack(*g.survey);
    fiber->suspend();
  }
}

bool attend() {
  Cpu& c = *g.here;
  Thread& t = *c.current;
  if (!t.irqs_off) {
    if (c.irq_level && c.irq_since <= c.now) {
      take_interrupt(c);
      return true;
    }
    if (timer_due(c) <= c.now) {
      take_timer(c);
      return true;
    }
    if (&t != c.idle && !t.atomic() && (c.need_resched || (c.ready != 0 && c.slice_end <= c.now))) {
      c.need_resched = false;
      if (c.ready != 0) {
        switch_threads(true);
        return true;
      }
    }
  }
  update_limit();
  return false;
}

void sync_slow() {
  do {
    const Cpu& c = *g.here;
    if (c.now >= g.horizon || c.now >= g.others) switch_out();
  } while (attend());
}

void enqueue(Cpu& c, Thread& t) {
  t.cpu = c.index;
  t.queued = true;
  t.next_ready = nullptr;
  if (c.ready_tail != nullptr)
    c.ready_tail->next_ready = &t;
  else
    c.ready_head = &t;
  c.ready_tail = &t;
  ++c.ready;
}

namespace {

Thread* take_ready(Cpu& c) {
  if (c.ready == 0) return nullptr;
  std::uint64_t which = draw(c.pick_stream, c.ready);
  Thread** link = &c.ready_head;
  Thread* before = nullptr;
  while (which-- != 0) {
    before = *link;
    link = &(*link)->next_ready;
  }
  Thread* t = *link;
  *link = t->next_ready;
  if (c.ready_tail == t) c.ready_tail = before;
  t->next_ready = nullptr;
  t->queued = false;
  --c.ready;
  return t;
}

/// Decides who runs next on this CPU; the caller leaves its fiber if it is somebody else. A preempted thread
/// stays ready whatever its state says: it was on its way to sleep, not asleep.
bool choose_next(Cpu& c, Thread& t, bool preempted) {
  c.need_resched = false;
  if ((preempted || t.task.__state == TASK_RUNNING) && &t != c.idle) enqueue(c, t);
  Thread* next = take_ready(c);
  if (next == nullptr) next = c.idle;
  c.slice_end = c.now + g.tunables.time_slice;
  if (c.ready == 0) c.wake_at = kNever;
  if (next == &t) return false;
  c.current = next;
  next->cpu = c.index;
  ++g.statistics.context_switches;
  c.now += costs(c).context_switch;
  c.slice_end += costs(c).context_switch;
  if (g.observed) event(port::SoftEventKind::kThreadSwitch, next->name);
  tell_context(*next);
  return true;
}

void thread_main(void* argument) {
  Thread& t = *static_cast<Thread*>(argument);
  t.entered = true;
  note(Step::kThreadStart);
  int result = -EINTR;
  if (!t.should_stop) result = t.function(t.argument);
  t.task.exit_code = result;
  if (t.held_count != 0)
    diagnostic(2, "kernel.exit-with-lock", "thread %s ended with a lock held that was taken at %s", t.name,
               base_name(t.held[t.held_count - 1].site));
  if (t.atomic()) diagnostic(2, "kernel.exit-in-atomic", "thread %s ended in atomic context", t.name);
  t.preempt = t.bh_off = 0;
  t.irqs_off = false;
  t.returned = true;
  clients::thread_returned(reinterpret_cast<const void*>(t.function), result);
  point(Step::kThreadEnd);
  t.ended = true;
  t.task.__state = TASK_DEAD;
  if (!t.system) --g.live;
  for (list_head* at = t.exit_wait.head.next; at != &t.exit_wait.head;) {
    auto* entry = list_entry(at, wait_queue_entry, entry);
    at = at->next;
    wake(thread_of(static_cast<task_struct*>(entry->private_)), TASK_NORMAL);
  }
  choose_next(*g.here, t, false);
}

[[noreturn]] void idle_main(void*) {
  g.here->idling = false;
  for (;;) {
    while (attend()) {
      if (g.here->now >= g.horizon || g.here->now >= g.others) switch_out();
    }
    Cpu& c = *g.here;
    if (c.ready != 0) {
      switch_threads(false);
      continue;
    }
    c.wake_at = kNever;
    c.idling = true;
    switch_out();
    c.idling = false;
  }
}

void idle_entry(void* argument) { idle_main(argument); }

int (*init_function)(void*) = nullptr;
void* init_argument = nullptr;

int init_main(void*) {
  irq_setup();
  return init_function(init_argument);
}

}  // namespace

void switch_threads(bool preempted) {
  Thread& t = self();
  note(Step::kSchedule);
  if (choose_next(*g.here, t, preempted))
    switch_out();
  else
    update_limit();
}

Thread* new_thread(int (*function)(void*), void* argument, const char* name) {
  auto* t = new (std::nothrow) Thread;
  if (t == nullptr) return nullptr;
  t->fiber = port::Fiber::create(&thread_main, t);
  if (t->fiber == nullptr) {
    delete t;
    return nullptr;
  }
  t->function = function;
  t->argument = argument;
  std::snprintf(t->name, sizeof(t->name), "%s", name);
  std::snprintf(t->task.comm, sizeof(t->task.comm), "%.*s", static_cast<int>(sizeof(t->task.comm) - 1), name);
  t->task.pid = static_cast<int>(g.next_pid++);
  t->task.flags = PF_KTHREAD;
  t->task.static_prio = 120;
  t->task.usage = 1;
  t->task.__state = TASK_UNINTERRUPTIBLE;
  t->sleep.thread = t;
  init_waitqueue_head(&t->exit_wait);
  *g.known_tail = t;
  g.known_tail = &t->next_known;
  ++g.live;
  return t;
}

bool wake(Thread& t, unsigned states) {
  if ((t.task.__state & states) == 0 || t.ended) return false;
  t.woken = true;
  t.task.__state = TASK_RUNNING;
  if (t.queued || g.cpu[t.cpu].current == &t) return true;
  if (g.here != nullptr && g.here->current->softirq != 0 && t.cpu != g.here->index && !t.system)
    ++g.statistics.tasklet_on_other_cpu;

  unsigned long allowed = t.allowed & ((1ul << g.cpus) - 1);
  std::uint64_t which = draw(g.wake_stream, static_cast<unsigned>(__builtin_popcountl(allowed)));
  while (which-- != 0) allowed &= allowed - 1;
  Cpu& c = g.cpu[__builtin_ctzl(allowed)];
  enqueue(c, t);
  const Time when = local_time() > c.now || g.here != nullptr ? local_time() : c.now;
  // In a delay the CPU has come as far as the waker; it must not take the news back into its past.
  if (&c != g.here && c.busy_until > c.now && when > c.now) c.now = when < c.busy_until ? when : c.busy_until;
  if (c.idling) {
    if (when < c.wake_at) c.wake_at = when;
  } else if (c.current != c.idle && draw(c.preempt_stream, 4) == 0) {
    c.need_resched = true;
  }
  if (g.here != nullptr) {
    if (&c != g.here) update_others();
    update_limit();
  }
  return true;
}

void create(port::Machine& machine, const Tunables& tunables) {
  destroy();
  g.machine = &machine;
  g.tunables = tunables;
  if (g.tunables.hz == 0) g.tunables.hz = 1000;
  g.tick = 1'000'000'000'000u / g.tunables.hz;
  g.host.task.__state = TASK_RUNNING;
  std::snprintf(g.host.task.comm, sizeof(g.host.task.comm), "host");
  std::snprintf(g.host.name, sizeof(g.host.name), "host");
  g.tie_stream = machine.choice_stream("sched.tie");
  g.wake_stream = machine.choice_stream("sched.wake-cpu");
  g.sleep_stream = machine.choice_stream("time.sleep-range");
  g.affinity_stream = machine.choice_stream("irq.affinity");
  g.cpus = 1;
  nr_cpu_ids = 1;
}

bool start(unsigned cpus, int (*init)(void*), void* argument, const void* device_tree, const char** error) {
  g.cpus = cpus < 1 ? 1 : cpus > kMaxCpus ? kMaxCpus : cpus;
  nr_cpu_ids = g.cpus;
  g.observed = g.machine->observed();
  g.failures_planned = g.machine->plans_failures();
  for (unsigned i = 0; i < g.cpus; ++i) {
    Cpu& c = g.cpu[i];
    c.index = i;
    INIT_LIST_HEAD(&c.timers);
    char name[48];
    const auto stream = [&](const char* what) {
      std::snprintf(name, sizeof(name), "cpu%u.%s", i, what);
      return g.machine->choice_stream(name);
    };
    c.latency_stream = stream("interrupt-latency");
    c.softirq_stream = stream("softirq");
    c.pick_stream = stream("pick");
    c.preempt_stream = stream("preempt");
    c.random_stream = stream("random");
    std::snprintf(name, sizeof(name), "idle/%u", i);
    c.idle = new_thread(nullptr, nullptr, name);
    if (c.idle == nullptr) {
      *error = "no memory for the stack of a thread";
      return false;
    }
    c.idle->system = true;
    c.idle->task.pid = 0;
    c.idle->task.__state = TASK_RUNNING;
    c.idle->cpu = i;
    c.idle->allowed = 1ul << i;
    port::Fiber::destroy(c.idle->fiber);
    c.idle->fiber = port::Fiber::create(&idle_entry, &c);
    c.current = c.idle;
    --g.live;
    c.idling = true;
  }
  for (unsigned i = 0; i < g.cpus; ++i) start_softirqd(g.cpu[i]);
  if (!irq_probe(device_tree, error)) return false;
  init_function = init;
  init_argument = argument;
  Thread* first = new_thread(&init_main, nullptr, "init");
  if (first == nullptr) {
    *error = "no memory for the stack of a thread";
    return false;
  }
  first->allowed = 1;
  wake(*first, TASK_NORMAL);
  return true;
}

void destroy() {
  for (Thread* t = g.known; t != nullptr;) {
    Thread* next = t->next_known;
    port::Fiber::destroy(t->fiber);
    delete t;
    t = next;
  }
  irq_reset();
  percpu_reset();
  workqueue_reset();
  g = System{};
  ::current = &g.host.task;
  g.known_tail = &g.known;
  nr_cpu_ids = 1;
}

}  // namespace dmavp::kernel::exec

namespace dmavp::kernel {

using namespace exec;

port::Time Kernel::run() {
  if (g.dead) return kNever;
  g.horizon = g.machine->horizon();
  g.lead = g.machine->lead();
  g.observed = g.machine->observed();
  for (;;) {
    Time times[kMaxCpus];
    Time least = kNever;
    unsigned ties = 0;
    for (unsigned i = 0; i < g.cpus; ++i) {
      times[i] = next_step(g.cpu[i]);
      if (times[i] < least) {
        least = times[i];
        ties = 0;
      }
      if (times[i] == least) ++ties;
    }
    if (least == kNever) return kNever;
    if (least >= g.horizon) {
      for (unsigned i = 0; i < g.cpus; ++i) {
        if (g.cpu[i].idling || times[i] != least) continue;
        ++g.statistics.machine_yields;
        break;
      }
      return least;
    }
    std::uint64_t which = ties > 1 ? draw(g.tie_stream, ties) : 0;
    Cpu* chosen = nullptr;
    g.others = kNever;
    for (unsigned i = 0; i < g.cpus; ++i) {
      if (times[i] == least && chosen == nullptr && which-- == 0) {
        chosen = &g.cpu[i];
      } else if (times[i] < g.others) {
        g.others = times[i];
      }
    }
    chosen->now = least;
    g.latest = least;
    g.here = chosen;
    Thread* t = chosen->current;
    ::current = &t->task;
    update_limit();
    t->fiber->resume();
    g.here = nullptr;
    ::current = &g.host.task;
    if (g.dead) return kNever;
    if (t->fiber->finished()) {
      port::Fiber::destroy(t->fiber);
      t->fiber = nullptr;
    }
  }
}

void Kernel::set_interrupt(unsigned cpu, bool level, port::Time when) {
  if (cpu >= g.cpus || g.machine == nullptr) return;
  Cpu& c = g.cpu[cpu];
  if (c.irq_level == level) return;
  c.irq_level = level;
  if (level) {
    const Time most = g.tunables.interrupt_latency_max;
    c.irq_since = when + (most != 0 ? draw(c.latency_stream, most + 1) : 0);
  }
  if (g.here != nullptr) {
    update_others();
    update_limit();
  }
}

const RunStatistics& Kernel::statistics() const {
  g.statistics.step_hash = g.hash;
  return g.statistics;
}

}  // namespace dmavp::kernel
