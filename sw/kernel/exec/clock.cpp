// Time: delays, sleeping, timers. A CPU's timer interrupt comes when its first clock event or timer is due.
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/timer.h>

#include "kernel/exec/internal.h"

namespace dmavp::kernel::exec {

namespace {

timer_list* first_timer(const Cpu& c) {
  if (c.timers.next == &c.timers || c.timers.next == nullptr) return nullptr;
  return list_entry(c.timers.next, timer_list, entry);
}

Time tick_time(unsigned long ticks) { return ticks < kNever / g.tick ? ticks * g.tick : kNever; }

void detach(timer_list& timer) {
  list_del(&timer.entry);
  timer.entry.next = nullptr;
  timer.entry.prev = nullptr;
}

}  // namespace

Time timer_due(const Cpu& c) {
  Time due = c.events != nullptr ? c.events->when : kNever;
  // Once raised, the softirq takes care of the timers.
  if (c.in_timer_softirq || (c.pending & (1u << TIMER_SOFTIRQ)) != 0) return due;
  if (const timer_list* timer = first_timer(c); timer != nullptr) {
    const Time t = tick_time(timer->expires);
    if (t < due) due = t;
  }
  return due;
}

void arm(ClockEvent& event, Cpu& c, Time when) {
  disarm(event);
  event.when = when;
  event.cpu = c.index;
  event.armed = true;
  ClockEvent** link = &c.events;
  while (*link != nullptr && (*link)->when <= when) link = &(*link)->next;
  event.next = *link;
  *link = &event;
  if (g.here != nullptr) update_limit();
}

void disarm(ClockEvent& event) {
  if (!event.armed) return;
  event.armed = false;
  for (ClockEvent** link = &g.cpu[event.cpu].events; *link != nullptr; link = &(*link)->next) {
    if (*link != &event) continue;
    *link = event.next;
    break;
  }
  if (g.here != nullptr) {
    if (g.here->index != event.cpu) update_others();
    update_limit();
  }
}

void take_timer(Cpu& c) {
  Thread& t = self();
  ++t.hardirq;
  tell_context(t);
  t.irqs_off = true;
  const spinlock_t* const below = c.spins_on;
  c.spins_on = nullptr;
  update_limit();
  point(Step::kTimerInterrupt, costs(c).interrupt_entry);
  while (c.events != nullptr && c.events->when <= c.now) {
    ClockEvent* event = c.events;
    c.events = event->next;
    event->armed = false;
    wake(*event->thread, TASK_NORMAL);
  }
  if (const timer_list* timer = first_timer(c); timer != nullptr && tick_time(timer->expires) <= c.now)
    c.pending |= 1u << TIMER_SOFTIRQ;
  leave_hardirq(c);
  c.spins_on = below;
}

void run_timers(Cpu& c) {
  c.in_timer_softirq = true;
  for (;;) {
    timer_list* timer = first_timer(c);
    if (timer == nullptr || tick_time(timer->expires) > c.now) break;
    detach(*timer);
    c.running_timer = timer;
    const unsigned depth = self().preempt;
    note(Step::kTimer);
    timer->function(timer);
    if (self().preempt != depth)
      diagnostic(2, "kernel.preempt-count", "a timer function returned with a lock held or preemption off");
    c.running_timer = nullptr;
    point(Step::kTimer);
  }
  c.in_timer_softirq = false;
  update_limit();
}

void delay(Time d) {
  if (g.here == nullptr) return;
  const Time deadline = g.here->now + d;
  note(Step::kDelay);
  for (;;) {
    Cpu& c = *g.here;
    if (c.now >= deadline) {
      if (c.now >= g.limit) sync_slow();
      return;
    }
    if (deadline < g.limit) {
      c.now = deadline;
      return;
    }
    c.busy_until = deadline;
    switch_out();
    g.here->busy_until = 0;
    while (attend()) {
      if (g.here->now >= g.horizon || g.here->now >= g.others) switch_out();
    }
  }
}

void sleep_until(Time when, unsigned state) {
  Thread& t = self();
  while (local_time() < when) {
    t.task.__state = state;
    arm(t.sleep, *g.here, when);
    schedule();
    disarm(t.sleep);
    if (state == TASK_INTERRUPTIBLE) return;
  }
}

}  // namespace dmavp::kernel::exec

using namespace dmavp::kernel::exec;

extern "C" {

unsigned long dmavp_jiffies(void) { return g.tick != 0 ? local_time() / g.tick : 0; }

unsigned long dmavp_hz(void) { return g.tunables.hz; }

u64 get_jiffies_64(void) { return dmavp_jiffies(); }

ktime_t ktime_get(void) { return static_cast<ktime_t>(local_time() / 1000); }

u64 sched_clock(void) { return local_time() / 1000; }

unsigned long msecs_to_jiffies(unsigned int milliseconds) {
  if (static_cast<int>(milliseconds) < 0) return MAX_JIFFY_OFFSET;
  return (static_cast<unsigned long>(milliseconds) * dmavp_hz() + 999) / 1000;
}

unsigned long usecs_to_jiffies(unsigned int microseconds) {
  return (static_cast<unsigned long>(microseconds) * dmavp_hz() + 999'999) / 1'000'000;
}

unsigned int jiffies_to_msecs(unsigned long ticks) {
  return static_cast<unsigned int>(ticks * 1000 / dmavp_hz());
}

unsigned int jiffies_to_usecs(unsigned long ticks) {
  return static_cast<unsigned int>(ticks * 1'000'000 / dmavp_hz());
}

void dmavp_delay_ns(u64 nanoseconds) { delay(nanoseconds * 1000); }

void cpu_relax(void) {
  if (g.here != nullptr) point(Step::kRelax, spin_cost(*g.here));
}

void msleep(unsigned int milliseconds) {
  dmavp_might_sleep(__FILE__, __LINE__);
  long left = static_cast<long>(msecs_to_jiffies(milliseconds)) + 1;
  while (left != 0) left = schedule_timeout_uninterruptible(left);
}

unsigned long msleep_interruptible(unsigned int milliseconds) {
  dmavp_might_sleep(__FILE__, __LINE__);
  return jiffies_to_msecs(static_cast<unsigned long>(
      schedule_timeout_interruptible(static_cast<long>(msecs_to_jiffies(milliseconds)) + 1)));
}

void ssleep(unsigned int seconds) { msleep(seconds * 1000); }

void usleep_range(unsigned long min_us, unsigned long max_us) {
  dmavp_might_sleep(__FILE__, __LINE__);
  if (g.here == nullptr) return;
  const Time spread = max_us > min_us ? (max_us - min_us) * 1'000'000 : 0;
  const Time when = local_time() + min_us * 1'000'000 + (spread != 0 ? draw(g.sleep_stream, spread + 1) : 0);
  if (self().atomic())
    delay(when - local_time());
  else
    sleep_until(when, TASK_UNINTERRUPTIBLE);
}

void fsleep(unsigned long microseconds) {
  if (microseconds <= 10)
    dmavp_delay_ns(microseconds * 1000);
  else if (microseconds <= 20'000)
    usleep_range(microseconds, 2 * microseconds);
  else
    msleep(static_cast<unsigned int>((microseconds + 999) / 1000));
}

void timer_setup(struct timer_list* timer, void (*function)(struct timer_list*), unsigned int flags) {
  timer->entry.next = nullptr;
  timer->entry.prev = nullptr;
  timer->expires = 0;
  timer->function = function;
  timer->flags = flags;
  timer->sequence = 0;
}

int mod_timer(struct timer_list* timer, unsigned long expires) {
  const int was_pending = timer_pending(timer);
  if (was_pending != 0) detach(*timer);
  Cpu& c = g.here != nullptr ? *g.here : g.cpu[0];
  timer->expires = expires;
  timer->flags = c.index;
  list_head* before = c.timers.prev;
  while (before != &c.timers && list_entry(before, timer_list, entry)->expires > expires)
    before = before->prev;
  list_add(&timer->entry, before);
  if (g.here != nullptr) {
    update_others();
    update_limit();
  }
  point(Step::kCharge);
  return was_pending;
}

void add_timer(struct timer_list* timer) {
  if (timer_pending(timer)) {
    diagnostic(2, "kernel.timer-pending", "add_timer of a timer that is pending");
    return;
  }
  mod_timer(timer, timer->expires);
}

int dmavp_timer_delete(struct timer_list* timer) {
  const int was_pending = timer_pending(timer);
  if (was_pending != 0) {
    detach(*timer);
    if (g.here != nullptr) {
      update_others();
      update_limit();
    }
  }
  point(Step::kCharge);
  return was_pending;
}

int timer_delete_sync(struct timer_list* timer) {
  int was_pending = timer_delete(timer);
  for (unsigned i = 0; i < g.cpus; ++i) {
    if (g.here != nullptr && g.cpu[i].running_timer == timer && &g.cpu[i] == g.here && self().softirq != 0)
      fatal("timer function waits for itself (timer_delete_sync in its own timer, thread %s)", self().name);
    while (g.here != nullptr && g.cpu[i].running_timer == timer) {
      if (self().atomic())
        cpu_relax();
      else
        yield();
      cpu_relax();
    }
  }
  if (timer_pending(timer)) was_pending |= timer_delete(timer);
  return was_pending;
}

}  // extern "C"
