// Spinlocks and mutexes.
#include <linux/bottom_half.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include <cstdio>
#include <cstring>

#include "kernel/exec/internal.h"
#include "kernel/services.h"

using namespace dmavp::kernel::exec;

namespace {

/// "file:line" without the file's directory, which is another one on every machine.
const char* place(const char* site) { return site != nullptr ? dmavp::kernel::base_name(site) : "?"; }

const char* name_of(task_struct* task) { return task != nullptr ? thread_of(task).name : "nobody"; }

void remember(Thread& t, const void* lock, const char* site) {
  if (t.held_count < kMaxHeldLocks) t.held[t.held_count] = {lock, site};
  ++t.held_count;
}

void forget(Thread& t, const void* lock) {
  const unsigned known = t.held_count < kMaxHeldLocks ? t.held_count : kMaxHeldLocks;
  for (unsigned i = known; i-- != 0;) {
    if (t.held[i].lock != lock) continue;
    for (unsigned k = i + 1; k < known; ++k) t.held[k - 1] = t.held[k];
    break;
  }
  if (t.held_count != 0) --t.held_count;
}

/// Follows who spins for whom; true when that leads back to `c`.
bool deadlocked(const Cpu& c, const spinlock_t* lock) {
  for (unsigned i = 0; i < g.cpus; ++i) {
    const Thread* owner = reinterpret_cast<const Thread*>(lock->owner);
    if (owner == nullptr) return false;
    const Cpu& there = g.cpu[owner->cpu];
    if (there.current != owner) return false;
    if (&there == &c) return true;
    if (there.spins_on == nullptr) return false;
    lock = there.spins_on;
  }
  return false;
}

void take(spinlock_t* lock, Thread& t, const char* site) {
  lock->locked = 1;
  lock->owner = &t.task;
  lock->owner_cpu = t.cpu;
  lock->site = site;
  remember(t, lock, site);
}

/// Follows who sleeps for whom; a circle back to `t` is a deadlock, whatever other threads still do.
void refuse_circle(const Thread& t, const struct mutex* lock, const char* site) {
  char text[600];
  std::size_t used = 0;
  const auto add = [&](const char* format, auto... values) {
    const int n = std::snprintf(text + used, sizeof(text) - used, format, values...);
    used += n > 0 && used + static_cast<std::size_t>(n) < sizeof(text) ? static_cast<std::size_t>(n) : 0;
  };
  add("deadlock: thread %s waits at %s for the mutex that", t.name, place(site));
  for (unsigned i = 0; lock != nullptr && lock->owner != nullptr && i <= g.live; ++i) {
    const Thread& owner = thread_of(lock->owner);
    add(" %s took at %s", owner.name, place(lock->site));
    if (&owner == &t) fatal("%s", text);
    add("%s", ", which waits for the mutex that");
    lock = owner.waits_mutex;
  }
}

// Preemption is off already.
void acquire(spinlock_t* lock, const char* site) {
  Thread& t = self();
  if (g.here == nullptr) {
    if (lock->locked != 0)
      fatal("spinlock taken at %s is held by %s (%s)", place(site), name_of(lock->owner), place(lock->site));
    take(lock, t, site);
    return;
  }
  point(Step::kLock);
  if (lock->locked != 0) {
    ++g.statistics.spinlock_contended;
    while (lock->locked != 0) {
      Cpu& c = *g.here;
      c.spins_on = lock;
      if (deadlocked(c, lock))
        fatal("deadlock: thread %s on cpu %u spins at %s for a lock that thread %s took at %s", t.name,
              c.index, place(site), name_of(lock->owner), place(lock->site));
      point(Step::kSpin, spin_cost(c));
    }
    g.here->spins_on = nullptr;
  }
  take(lock, t, site);
}

// Without a preemption point: the caller has one more thing to release.
void release(spinlock_t* lock, const char* site) {
  Thread& t = self();
  if (lock->locked == 0)
    diagnostic(2, "kernel.unlock-of-unlocked", "spinlock released at %s is not held", place(site));
  else if (lock->owner != &t.task)
    diagnostic(2, "kernel.lock-not-held", "spinlock released at %s by %s is held by %s (taken at %s)",
               place(site), t.name, name_of(lock->owner), place(lock->site));
  else
    forget(t, lock);
  lock->locked = 0;
  lock->owner = nullptr;
}

void leave_preempt(const char* site) {
  Thread& t = self();
  if (t.preempt == 0)
    diagnostic(2, "kernel.preempt-count", "more unlocks than locks at %s (thread %s)", place(site), t.name);
  else
    --t.preempt;
  if (g.here != nullptr) update_limit();
}

}  // namespace

extern "C" {

void dmavp_spin_lock(spinlock_t* lock, const char* site) {
  ++self().preempt;
  acquire(lock, site);
}

void dmavp_spin_lock_bh(spinlock_t* lock, const char* site) {
  ++self().bh_off;
  ++self().preempt;
  acquire(lock, site);
}

unsigned long dmavp_spin_lock_irqsave(spinlock_t* lock, const char* site) {
  const unsigned long flags = dmavp_irq_save();
  ++self().preempt;
  acquire(lock, site);
  return flags;
}

int dmavp_spin_trylock(spinlock_t* lock, const char* site) {
  ++self().preempt;
  point(Step::kLock);
  if (lock->locked == 0) {
    take(lock, self(), site);
    return 1;
  }
  leave_preempt(site);
  return 0;
}

int dmavp_spin_trylock_irqsave(spinlock_t* lock, unsigned long* flags, const char* site) {
  *flags = dmavp_irq_save();
  if (dmavp_spin_trylock(lock, site)) return 1;
  dmavp_irq_restore(*flags);
  return 0;
}

void dmavp_spin_unlock(spinlock_t* lock, const char* site) {
  release(lock, site);
  leave_preempt(site);
  point(Step::kUnlock);
}

void dmavp_spin_unlock_bh(spinlock_t* lock, const char* site) {
  release(lock, site);
  leave_preempt(site);
  local_bh_enable();
}

void dmavp_spin_unlock_irqrestore(spinlock_t* lock, unsigned long flags, const char* site) {
  release(lock, site);
  leave_preempt(site);
  dmavp_irq_restore(flags);
}

void mutex_init(struct mutex* lock) {
  lock->owner = nullptr;
  lock->site = nullptr;
  INIT_LIST_HEAD(&lock->wait_list);
}

int dmavp_mutex_trylock(struct mutex* lock, const char* site) {
  Thread& t = self();
  point(Step::kMutexLock);
  if (lock->owner != nullptr) return 0;
  lock->owner = &t.task;
  lock->site = site;
  remember(t, lock, site);
  return 1;
}

void dmavp_mutex_lock(struct mutex* lock, const char* site) {
  dmavp_might_sleep(site, 0);
  if (dmavp_mutex_trylock(lock, site)) return;
  Thread& t = self();
  if (lock->owner == &t.task)
    fatal("deadlock: thread %s takes the mutex at %s that it took at %s", t.name, place(site),
          place(lock->site));
  struct wait_queue_entry entry;
  init_wait_entry(&entry, 0);
  list_add_tail(&entry.entry, &lock->wait_list);
  t.waits_mutex = lock;
  refuse_circle(t, lock, site);
  while (lock->owner != nullptr) {
    t.task.__state = TASK_UNINTERRUPTIBLE;
    schedule();
  }
  t.waits_mutex = nullptr;
  list_del(&entry.entry);
  lock->owner = &t.task;
  lock->site = site;
  remember(t, lock, site);
}

void dmavp_mutex_unlock(struct mutex* lock, const char* site) {
  Thread& t = self();
  if (lock->owner != &t.task)
    diagnostic(2, "kernel.mutex-not-owner", "mutex released at %s by %s is held by %s", place(site), t.name,
               name_of(lock->owner));
  else
    forget(t, lock);
  if (t.interrupted())
    diagnostic(2, "kernel.sleep-in-atomic", "mutex released at %s in interrupt context", place(site));
  lock->owner = nullptr;
  if (!list_empty(&lock->wait_list)) {
    auto* first = list_first_entry(&lock->wait_list, struct wait_queue_entry, entry);
    wake(thread_of(static_cast<task_struct*>(first->private_)), TASK_NORMAL);
  }
  point(Step::kMutexUnlock);
}

int dmavp_lock_is_held(const void* lock) {
  const Thread& t = self();
  const unsigned known = t.held_count < kMaxHeldLocks ? t.held_count : kMaxHeldLocks;
  for (unsigned i = 0; i < known; ++i)
    if (t.held[i].lock == lock) return 1;
  return 0;
}

void dmavp_assert_held(const void* lock, const char* site) {
  if (!dmavp_lock_is_held(lock))
    diagnostic(2, "kernel.lock-not-held", "a lock that must be held is not, at %s (thread %s)", place(site),
               self().name);
}

void dmavp_assert_context(int what, const char* site) {
  const Thread& t = self();
  const bool good[] = {t.irqs_off, !t.irqs_off, t.softirq != 0 || t.bh_off != 0, t.hardirq != 0};
  static const char* const kText[] = {"interrupts off", "interrupts on", "softirq context",
                                      "hard interrupt context"};
  if (what >= 0 && what < 4 && !good[what])
    diagnostic(2, "kernel.wrong-context", "%s must hold at %s (thread %s)", kText[what], place(site), t.name);
}

}  // extern "C"
