// Readers run with preemption off, so a grace period is over when no CPU is inside a section that it was in
// before.
#include <linux/delay.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>

#include "kernel/exec/internal.h"

using namespace dmavp::kernel::exec;

extern "C" {

void rcu_read_lock(void) {
  Thread& t = self();
  ++t.preempt;
  if (t.rcu++ == 0) ++t.rcu_section;
}

void rcu_read_unlock(void) {
  Thread& t = self();
  if (t.rcu == 0) {
    diagnostic(2, "kernel.rcu-unlock", "rcu_read_unlock without rcu_read_lock (thread %s)", t.name);
    return;
  }
  --t.rcu;
  preempt_enable();
}

int rcu_read_lock_held(void) { return self().rcu != 0; }

void synchronize_rcu(void) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (g.here == nullptr) return;
  if (self().rcu != 0) fatal("synchronize_rcu inside rcu_read_lock never returns (thread %s)", self().name);
  const Thread* reader[NR_CPUS];
  std::uint64_t section[NR_CPUS];
  for (unsigned i = 0; i < g.cpus; ++i) {
    reader[i] = g.cpu[i].current;
    section[i] = reader[i]->rcu_section;
  }
  for (unsigned i = 0; i < g.cpus; ++i)
    while (reader[i]->rcu != 0 && reader[i]->rcu_section == section[i])
      sleep_until(local_time() + 1'000'000, TASK_UNINTERRUPTIBLE);
}

}  // extern "C"
