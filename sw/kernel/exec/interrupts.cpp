// Entry to and exit from hard interrupts.
#include "kernel/exec/internal.h"

namespace dmavp::kernel::exec {

void take_interrupt(Cpu& c) {
  Thread& t = self();
  ++t.hardirq;
  tell_context(t);
  t.irqs_off = true;
  ++g.statistics.interrupts[c.index];
  // The handler does not spin for what the code below it spins for (see deadlocked()).
  const spinlock_t* const below = c.spins_on;
  c.spins_on = nullptr;
  update_limit();
  point(Step::kInterruptEntry, costs(c).interrupt_entry);
  const unsigned preempt = t.preempt;
  handle_external(c.index);
  if (t.preempt != preempt)
    diagnostic(2, "kernel.preempt-count", "an interrupt handler returned with a lock held or preemption off");
  leave_hardirq(c);
  c.spins_on = below;
}

void leave_hardirq(Cpu& c) {
  Thread& t = self();
  point(Step::kInterruptExit, costs(c).interrupt_exit);
  --t.hardirq;
  tell_context(t);
  if (t.hardirq == 0 && t.softirq == 0 && t.bh_off == 0 && c.pending != 0) {
    // The softirq thread, once woken, does all of it; else the seed decides.
    if (c.softirqd->task.__state == TASK_RUNNING) {
      c.need_resched = true;
    } else if (draw(c.softirq_stream, 100) < g.tunables.defer_softirq_percent) {
      ++g.statistics.softirq_deferred;
      wake(*c.softirqd, TASK_NORMAL);
      c.need_resched = true;
    } else {
      run_softirqs("exit");
    }
  }
  t.irqs_off = t.hardirq != 0;
  update_limit();
}

}  // namespace dmavp::kernel::exec
