// Softirqs and tasklets.
#include <linux/interrupt.h>

#include <cstdio>

#include "kernel/exec/internal.h"

namespace dmavp::kernel::exec {

namespace {

constexpr unsigned kMaxRounds = 10;

const char* const kSoftirqNames[NR_SOFTIRQS] = {"HI",    "TIMER",    "NET_TX", "NET_RX",
                                                "BLOCK", "IRQ_POLL", "TASKLET"};

void append(TaskletQueue& queue, tasklet_struct& t) {
  t.next = nullptr;
  if (queue.tail != nullptr)
    queue.tail->next = &t;
  else
    queue.head = &t;
  queue.tail = &t;
}

bool test_and_set(tasklet_struct& t, unsigned bit) {
  const bool was = (t.state >> bit & 1) != 0;
  t.state |= 1ul << bit;
  return was;
}

void clear(tasklet_struct& t, unsigned bit) { t.state &= ~(1ul << bit); }
bool test(const tasklet_struct& t, unsigned bit) { return (t.state >> bit & 1) != 0; }

void run_tasklets(Cpu& c, unsigned high) {
  TaskletQueue& queue = c.tasklets[high];
  tasklet_struct* list = queue.head;
  queue = {};
  while (list != nullptr) {
    tasklet_struct* t = list;
    list = t->next;
    t->next = nullptr;
    if (!test(*t, TASKLET_STATE_RUN) && t->count.counter == 0) {
      test_and_set(*t, TASKLET_STATE_RUN);
      clear(*t, TASKLET_STATE_SCHED);  // scheduling it again from here on means another run
      const unsigned preempt = self().preempt;
      note(Step::kTasklet);
      c.running_tasklet = t;
      if (g.observed) {
        const void* function = t->use_callback ? reinterpret_cast<const void*>(t->callback)
                                               : reinterpret_cast<const void*>(t->func);
        event(port::SoftEventKind::kTasklet, "", 0, reinterpret_cast<std::uintptr_t>(function));
      }
      if (t->use_callback)
        t->callback(t);
      else
        t->func(t->data);
      if (g.observed) event(port::SoftEventKind::kTaskletEnd, "");
      c.running_tasklet = nullptr;
      if (self().preempt != preempt)
        diagnostic(2, "kernel.preempt-count", "a tasklet returned with a lock held or preemption off");
      clear(*t, TASKLET_STATE_RUN);
      point(Step::kTasklet);
    } else {
      append(queue, *t);  // disabled, or running on another CPU
      c.pending |= 1u << (high != 0 ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
    }
  }
}

int softirqd_main(void* argument) {
  Cpu& c = *static_cast<Cpu*>(argument);
  Thread& t = self();
  for (;;) {
    if (c.pending == 0) {
      t.task.__state = TASK_INTERRUPTIBLE;
      schedule();
      continue;
    }
    t.irqs_off = true;
    run_softirqs("deferred");
    t.irqs_off = false;
    update_limit();
    point(Step::kSoftirq);
  }
}

}  // namespace

void start_softirqd(Cpu& c) {
  char name[24];
  std::snprintf(name, sizeof(name), "ksoftirqd/%u", c.index);
  c.softirqd = new_thread(&softirqd_main, &c, name);
  if (c.softirqd == nullptr) return;
  c.softirqd->system = true;
  c.softirqd->allowed = 1ul << c.index;
  c.softirqd->cpu = c.index;
  --g.live;
}

// Called with interrupts off; they are on while a softirq runs.
void run_softirqs(const char* text) {
  Cpu& c = *g.here;
  Thread& t = self();
  ++t.softirq;
  tell_context(t);
  for (unsigned round = 0; c.pending != 0 && round < kMaxRounds; ++round) {
    std::uint32_t pending = c.pending;
    c.pending = 0;
    t.irqs_off = false;
    update_limit();
    while (pending != 0) {
      const auto nr = static_cast<unsigned>(__builtin_ctz(pending));
      pending &= pending - 1;
      if (g.observed) event(port::SoftEventKind::kSoftirq, text, nr);
      point(Step::kSoftirq, costs(c).softirq);
      if (nr == HI_SOFTIRQ)
        run_tasklets(c, 1);
      else if (nr == TASKLET_SOFTIRQ)
        run_tasklets(c, 0);
      else if (nr == TIMER_SOFTIRQ)
        run_timers(c);
    }
    t.irqs_off = true;
  }
  --t.softirq;
  tell_context(t);
  if (c.pending != 0 && c.softirqd != &t) {
    wake(*c.softirqd, TASK_NORMAL);
    c.need_resched = true;
  }
}

void raise(Cpu& c, unsigned softirq) {
  c.pending |= 1u << softirq;
  const Thread& t = self();
  if (!t.interrupted() && t.bh_off == 0) wake(*c.softirqd, TASK_NORMAL);
}

}  // namespace dmavp::kernel::exec

using namespace dmavp::kernel::exec;

namespace {

void schedule_tasklet(tasklet_struct* t, unsigned high) {
  if (g.here == nullptr) fatal("tasklet_schedule outside of the simulated software");
  if (!test_and_set(*t, TASKLET_STATE_SCHED)) {
    append(g.here->tasklets[high], *t);
    raise(*g.here, high != 0 ? HI_SOFTIRQ : TASKLET_SOFTIRQ);
  }
  point(Step::kWake);
}

// Lets others go on: sleeping where that is possible, else busy.
void wait_a_little() {
  if (g.here == nullptr) fatal("waiting for a tasklet outside of the simulated software");
  if (self().atomic())
    cpu_relax();
  else
    sleep_until(local_time() + 1'000'000, TASK_UNINTERRUPTIBLE);
}

bool runs_below_us(const tasklet_struct* t) {
  return g.here != nullptr && self().softirq != 0 && g.here->running_tasklet == t;
}

}  // namespace

extern "C" {

void raise_softirq(unsigned int nr) {
  if (g.here == nullptr || nr >= NR_SOFTIRQS) return;
  if (nr != HI_SOFTIRQ && nr != TASKLET_SOFTIRQ && nr != TIMER_SOFTIRQ)
    diagnostic(1, "kernel.softirq-without-handler", "softirq %s was raised and has no handler",
               kSoftirqNames[nr]);
  raise(*g.here, nr);
  point(Step::kWake);
}

void local_bh_disable(void) { ++self().bh_off; }

void local_bh_enable(void) {
  Thread& t = self();
  if (t.bh_off == 0) {
    diagnostic(2, "kernel.bh-count", "local_bh_enable without local_bh_disable (thread %s)", t.name);
    return;
  }
  if (t.hardirq != 0 || (t.irqs_off && t.bh_off == 1))
    diagnostic(1, "kernel.bh-enable-irqs-off", "local_bh_enable with interrupts off (thread %s)", t.name);
  if (g.here == nullptr) {
    --t.bh_off;
    return;
  }
  if (t.bh_off == 1 && !t.interrupted() && !t.irqs_off && g.here->pending != 0) {
    // Softirqs that became pending meanwhile run before anything else can.
    t.irqs_off = true;
    t.bh_off = 0;
    run_softirqs("enable");
    t.irqs_off = false;
  } else {
    --t.bh_off;
  }
  update_limit();
  point(Step::kPreemptEnable);
}

void tasklet_setup(struct tasklet_struct* t, void (*callback)(struct tasklet_struct*)) {
  *t = {};
  t->use_callback = true;
  t->callback = callback;
}

void tasklet_init(struct tasklet_struct* t, void (*func)(unsigned long), unsigned long data) {
  *t = {};
  t->func = func;
  t->data = data;
}

void tasklet_schedule(struct tasklet_struct* t) { schedule_tasklet(t, 0); }

void tasklet_hi_schedule(struct tasklet_struct* t) { schedule_tasklet(t, 1); }

int tasklet_trylock(struct tasklet_struct* t) { return !test_and_set(*t, TASKLET_STATE_RUN); }

void tasklet_unlock(struct tasklet_struct* t) { clear(*t, TASKLET_STATE_RUN); }

void tasklet_unlock_wait(struct tasklet_struct* t) {
  if (runs_below_us(t)) fatal("tasklet waits for itself to end (thread %s)", self().name);
  while (test(*t, TASKLET_STATE_RUN)) wait_a_little();
}

void tasklet_kill(struct tasklet_struct* t) {
  if (g.here == nullptr && t->state == 0) return;
  if (self().interrupted())
    diagnostic(2, "kernel.tasklet-kill-in-interrupt", "tasklet_kill called in interrupt context (thread %s)",
               self().name);
  else
    dmavp_might_sleep(__FILE__, __LINE__);
  if (runs_below_us(t))
    fatal("tasklet_kill called from the tasklet itself never returns (thread %s)", self().name);
  // A scheduled run is waited for, not cancelled.
  while (test_and_set(*t, TASKLET_STATE_SCHED)) {
    while (test(*t, TASKLET_STATE_SCHED)) wait_a_little();
  }
  tasklet_unlock_wait(t);
  clear(*t, TASKLET_STATE_SCHED);
  point(Step::kWake);
}

void tasklet_disable_nosync(struct tasklet_struct* t) { ++t->count.counter; }

void tasklet_disable(struct tasklet_struct* t) {
  ++t->count.counter;
  tasklet_unlock_wait(t);
}

void tasklet_disable_in_atomic(struct tasklet_struct* t) { tasklet_disable(t); }

void tasklet_enable(struct tasklet_struct* t) {
  --t->count.counter;
  point(Step::kWake);
}

}  // extern "C"
