// Contexts: interrupts, softirqs, tasklets, timers, sleeping, threads and their end, misuse that has a name.
#include <linux/completion.h>
#include <linux/iopoll.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "kernel/exec_world.h"

namespace dmavp::tb {
namespace {

kernel::Tunables never_deferred() {
  kernel::Tunables t;
  t.defer_softirq_percent = 0;
  return t;
}

struct Alarm {
  unsigned number = 0;
  std::vector<Time> taken;  // nanoseconds
  std::function<void()> in_handler;

  static irqreturn_t handler(int, void* dev) {
    auto* a = static_cast<Alarm*>(dev);
    if (readl(alarm_register(a->number, 8)) == 0) return IRQ_NONE;
    writel(0, alarm_register(a->number, 4));
    EXPECT_TRUE(in_hardirq());
    EXPECT_TRUE(irqs_disabled());
    a->taken.push_back(static_cast<Time>(ktime_get()));
    if (a->in_handler) a->in_handler();
    return IRQ_HANDLED;
  }
  void fire(unsigned ns) { writel(ns, alarm_register(number, 0)); }
};

TEST(ExecInterrupt, WaitsWhileOffAndComesAtRestore) {
  World world(1, 1);
  Alarm a;
  world.run([&] {
    ASSERT_EQ(request_irq(1, &Alarm::handler, 0, "alarm", &a), 0);
    unsigned long flags;
    local_irq_save(flags);
    a.fire(100);
    udelay(5);
    EXPECT_TRUE(a.taken.empty());
    const auto before = static_cast<Time>(ktime_get());
    local_irq_restore(flags);
    ASSERT_EQ(a.taken.size(), 1u);
    EXPECT_GE(a.taken[0], before);
    EXPECT_FALSE(irqs_disabled());
    free_irq(1, &a);
  });
  EXPECT_TRUE(world.machine.diagnostics.empty());
}

TEST(ExecInterrupt, InterruptsADelayAtItsTime) {
  World world(1, 1);
  Alarm a;
  world.run([&] {
    ASSERT_EQ(request_irq(1, &Alarm::handler, 0, "alarm", &a), 0);
    const auto start = static_cast<Time>(ktime_get());
    a.fire(20'000);
    udelay(100);
    const auto end = static_cast<Time>(ktime_get());
    ASSERT_EQ(a.taken.size(), 1u);
    EXPECT_NEAR(static_cast<double>(a.taken[0] - start), 20'000, 1000);
    EXPECT_NEAR(static_cast<double>(end - start), 100'000, 1000);
    free_irq(1, &a);
  });
}

TEST(ExecInterrupt, SharedLineCallsEveryHandlerAndErrorsAreTold) {
  World world;
  Alarm a, b;
  world.run([&] {
    EXPECT_EQ(request_irq(0, &Alarm::handler, 0, "x", &a), -EINVAL);
    EXPECT_EQ(request_irq(kSources + 1, &Alarm::handler, 0, "x", &a), -EINVAL);
    EXPECT_EQ(request_irq(1, &Alarm::handler, IRQF_SHARED, "x", nullptr), -EINVAL);
    ASSERT_EQ(request_irq(1, &Alarm::handler, IRQF_SHARED, "a", &a), 0);
    EXPECT_EQ(request_irq(1, &Alarm::handler, 0, "x", &b), -EBUSY);
    b.number = 1;  // looks at another device: never its own
    ASSERT_EQ(request_irq(1, &Alarm::handler, IRQF_SHARED, "b", &b), 0);
    a.fire(100);
    udelay(10);
    EXPECT_EQ(a.taken.size(), 1u);
    EXPECT_TRUE(b.taken.empty());
    disable_irq(1);
    a.fire(100);
    udelay(10);
    EXPECT_EQ(a.taken.size(), 1u);
    enable_irq(1);
    udelay(10);
    EXPECT_EQ(a.taken.size(), 2u);
    free_irq(1, &a);
    EXPECT_FALSE(world.machine.saw("kernel."));
    free_irq(1, &a);
    EXPECT_TRUE(world.machine.saw("kernel.free-irq"));
    a.fire(100);  // only b is left, which says it is not his
    udelay(3000);
    EXPECT_TRUE(world.machine.saw("kernel.irq-nobody-cared"));
    free_irq(1, &b);
  });
}

struct Tick {
  tasklet_struct tasklet;
  unsigned runs = 0;
  std::function<void(Tick&)> body;
  static void run(tasklet_struct* t) {
    auto* self = reinterpret_cast<Tick*>(t->data);
    ++self->runs;
    EXPECT_TRUE(in_serving_softirq());
    EXPECT_FALSE(irqs_disabled());
    if (self->body) self->body(*self);
  }
  Tick() {
    tasklet_setup(&tasklet, &run);
    tasklet.data = reinterpret_cast<unsigned long>(this);
  }
};

TEST(ExecTasklet, ScheduledTwiceRunsOnceAndFromItselfAgain) {  // covers: K42
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, 2);
    Tick a, b;
    std::vector<char> order;
    world.run([&] {
      a.body = [&](Tick& t) {
        order.push_back('a');
        if (t.runs == 1) tasklet_schedule(&t.tasklet);
      };
      b.body = [&](Tick&) { order.push_back('b'); };
      local_bh_disable();
      tasklet_schedule(&a.tasklet);
      tasklet_schedule(&a.tasklet);
      tasklet_schedule(&b.tasklet);
      udelay(1);
      EXPECT_EQ(a.runs, 0u);
      local_bh_enable();
      tasklet_kill(&a.tasklet);
      tasklet_kill(&b.tasklet);
      EXPECT_EQ(order, (std::vector<char>{'a', 'b', 'a'}));
      EXPECT_EQ(a.tasklet.state, 0u);
    });
  }
}

TEST(ExecTasklet, KillWaitsForAScheduledRun) {  // covers: K42
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, 2);
    Tick a;
    bool inside = false;
    world.run([&] {
      a.body = [&](Tick&) {
        inside = true;
        udelay(20);
        inside = false;
      };
      for (unsigned i = 1; i <= 5; ++i) {
        tasklet_schedule(&a.tasklet);
        tasklet_kill(&a.tasklet);
        EXPECT_FALSE(inside);
        EXPECT_EQ(a.runs, i);
      }
      tasklet_disable(&a.tasklet);
      tasklet_schedule(&a.tasklet);
      udelay(50);
      EXPECT_EQ(a.runs, 5u);
      tasklet_enable(&a.tasklet);
      tasklet_kill(&a.tasklet);
      EXPECT_EQ(a.runs, 6u);
    });
  }
}

TEST(ExecTasklet, KillFromItselfIsReported) {  // covers: K42
  World world;
  Tick a;
  world.run([&] {
    a.body = [&](Tick& t) { tasklet_kill(&t.tasklet); };
    tasklet_schedule(&a.tasklet);
    msleep(1);
  });
  EXPECT_NE(world.machine.fatal_text.find("tasklet_kill"), std::string::npos);
}

TEST(ExecTasklet, RunsAtInterruptExitAfterTheHandler) {  // covers: K42 R25
  World world(1, 1, kMs, never_deferred());
  Alarm a;
  Tick t;
  bool handler_done = false;
  world.run([&] {
    ASSERT_EQ(request_irq(1, &Alarm::handler, 0, "alarm", &a), 0);
    a.in_handler = [&] {
      tasklet_schedule(&t.tasklet);
      udelay(2);
      EXPECT_EQ(t.runs, 0u);
      handler_done = true;
    };
    t.body = [&](Tick&) { EXPECT_TRUE(handler_done); };
    a.fire(1000);
    udelay(50);
    EXPECT_EQ(t.runs, 1u);
    free_irq(1, &a);
  });
}

struct Timed {
  timer_list timer;
  std::vector<unsigned long>* log = nullptr;
  static void fire(timer_list* t) {
    auto* self = container_of(t, Timed, timer);
    EXPECT_TRUE(in_serving_softirq());
    EXPECT_GE(jiffies, t->expires);
    self->log->push_back(t->expires);
  }
};

TEST(ExecTimer, FireInOrderOnceAndCanBeDeleted) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, 2);
    std::vector<unsigned long> log;
    Timed timers[20];
    unsigned deleted = 0;
    world.run([&] {
      const unsigned long start = jiffies;
      for (auto& t : timers) {
        timer_setup(&t.timer, &Timed::fire, 0);
        t.log = &log;
        local_bh_disable();  // all on one CPU
        mod_timer(&t.timer, start + 2 + get_random_u32_below(30));
        local_bh_enable();
      }
      EXPECT_EQ(timer_delete_sync(&timers[3].timer), 1);
      EXPECT_EQ(timer_delete_sync(&timers[3].timer), 0);
      ++deleted;
      msleep(50);
      for (auto& t : timers) EXPECT_FALSE(timer_pending(&t.timer));
    });
    EXPECT_EQ(log.size() + deleted, 20u);
    EXPECT_TRUE(std::is_sorted(log.begin(), log.end()));
  }
}

TEST(ExecTime, SleepsLastAsLongAsTheySay) {
  World world(1, 2);
  world.run([&] {
    const ktime_t t0 = ktime_get();
    msleep(3);
    const ktime_t t1 = ktime_get();
    EXPECT_GE(t1 - t0, 3'000'000);
    EXPECT_LE(t1 - t0, 4'100'000);
    usleep_range(50, 80);
    const ktime_t t2 = ktime_get();
    EXPECT_GE(t2 - t1, 50'000);
    EXPECT_LE(t2 - t1, 85'000);
    EXPECT_EQ(msecs_to_jiffies(static_cast<unsigned>(-1)), static_cast<unsigned long>(MAX_JIFFY_OFFSET));
    u32 value = 0;
    EXPECT_EQ(readl_poll_timeout_atomic(alarm_register(0, 8), value, value == 7, 10, 1000), -ETIMEDOUT);
    EXPECT_GE(ktime_get() - t2, 1'000'000);
    DECLARE_WAIT_QUEUE_HEAD(never);
    EXPECT_EQ(wait_event_timeout(never, false, 2), 0);
    EXPECT_GE(wait_event_timeout(never, true, 0), 1);
  });
}

TEST(ExecThread, StopMatrix) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, 2);
    bool ran = false;
    world.run([&] {
      Task never([&] {
        ran = true;
        return 1;
      });
      EXPECT_EQ(never.stop(), -EINTR);
      EXPECT_FALSE(ran);
      Task done([] { return 42; });
      done.start();
      msleep(1);
      EXPECT_EQ(done.stop(), 42);
      Task sleeping([] {
        while (!kthread_should_stop()) {
          set_current_state(TASK_INTERRUPTIBLE);
          if (!kthread_should_stop()) schedule();
          __set_current_state(TASK_RUNNING);
        }
        return 7;
      });
      sleeping.start();
      if (seed % 2 == 0) msleep(1);
      const int result = sleeping.stop();
      EXPECT_TRUE(result == 7 || (seed % 2 != 0 && result == -EINTR))
          << result;                                // stopped before its first step
      EXPECT_EQ(kernel::exec::live_threads(), 1u);  // this one
    });
    EXPECT_TRUE(world.machine.diagnostics.empty());
  }
}

TEST(ExecThread, RandomBytesDependOnTheNameAlone) {
  const auto bytes_of = [](std::uint64_t seed, unsigned others) {
    World world(seed, 2);
    std::uint64_t value = 0;
    world.run([&] {
      std::vector<std::unique_ptr<Task>> noise;
      for (unsigned i = 0; i < others; ++i) {
        noise.push_back(
            std::make_unique<Task>([] { return static_cast<int>(get_random_u32() & 1); }, "noise"));
        noise.back()->start();
      }
      Task t(
          [&] {
            value = get_random_u64();
            return 0;
          },
          "subject");
      t.start();
      msleep(1);
      t.stop();
      for (auto& n : noise) n->stop();
    });
    return value;
  };
  EXPECT_EQ(bytes_of(5, 0), bytes_of(5, 3));
  EXPECT_NE(bytes_of(5, 0), bytes_of(6, 0));
}

TEST(ExecMisuse, SleepingInAtomicContextIsNamedAndGoesOn) {
  World world(1, 2);
  spinlock_t lock{};
  bool reached = false;
  world.run([&] {
    spin_lock(&lock);
    msleep(1);
    spin_unlock(&lock);
    reached = true;
  });
  EXPECT_TRUE(reached);
  EXPECT_TRUE(world.machine.saw("kernel.sleep-in-atomic"));
}

TEST(ExecMisuse, DeadlocksAreReportedWithBothPlaces) {
  {
    World world(1, 1);
    spinlock_t lock{};
    world.run([&] {
      spin_lock(&lock);
      spin_lock(&lock);
    });
    EXPECT_NE(world.machine.fatal_text.find("deadlock"), std::string::npos);
    EXPECT_NE(world.machine.fatal_text.find("exec_context_test.cpp"), std::string::npos);
  }
  World world(1, 2);
  spinlock_t a{}, b{};
  world.run([&] {
    Task t([&] {
      spin_lock(&a);
      udelay(5);
      spin_lock(&b);
      return 0;
    });
    t.bind(1).start();
    spin_lock(&b);
    udelay(5);
    spin_lock(&a);
  });
  EXPECT_NE(world.machine.fatal_text.find("deadlock"), std::string::npos);
}

// A client holds its lock and submits (the channel's lock) while another CPU, spinning for the client's lock,
// handles the channel's interrupt: the handler lets go of the channel's lock by itself.
TEST(ExecMisuse, AHandlerOnASpinningCpuIsNoDeadlock) {
  World world(1, 2);
  Alarm alarm;
  spinlock_t client{}, channel{};
  bool held = false, both = false;
  world.run([&] {
    alarm.in_handler = [&] {
      spin_lock(&channel);
      held = true;
      for (int i = 0; i < 200; ++i) cpu_relax();
      held = false;
      spin_unlock(&channel);
    };
    ASSERT_EQ(request_irq(1, &Alarm::handler, 0, "alarm", &alarm), 0);
    struct cpumask first = *cpumask_of(0);
    irq_set_affinity(1, &first);
    Task t([&] {
      spin_lock(&client);
      while (!held) cpu_relax();
      unsigned long flags;
      spin_lock_irqsave(&channel, flags);
      both = true;
      spin_unlock_irqrestore(&channel, flags);
      spin_unlock(&client);
      return 0;
    });
    t.bind(1).start();
    alarm.fire(5000);
    udelay(2);
    spin_lock(&client);
    spin_unlock(&client);
    t.stop();
    free_irq(1, &alarm);
  });
  EXPECT_EQ(world.machine.fatal_text, "");
  EXPECT_TRUE(both);
}

TEST(ExecMisuse, LocksAndRegistersComplain) {
  World world(1, 2);
  spinlock_t lock{};
  struct mutex m = __MUTEX_INITIALIZER(m);
  world.machine.bus_error = [](std::uint64_t address) { return address == 0x10; };
  world.run([&] {
    lockdep_assert_held(&lock);
    EXPECT_TRUE(world.machine.saw("kernel.lock-not-held"));
    mutex_unlock(&m);
    EXPECT_TRUE(world.machine.saw("kernel.mutex-not-owner"));
    EXPECT_EQ(readl(reinterpret_cast<void*>(0x10)), 0xffffffffu);
    EXPECT_TRUE(world.machine.saw("kernel.bus-error"));
    spin_lock(&lock);
    lockdep_assert_held(&lock);
    spin_unlock(&lock);
  });
  EXPECT_EQ(world.machine.diagnostics.size(), 3u);
}

TEST(ExecReport, DescribesWhatAThreadWaitsFor) {
  World world(1, 2);
  struct mutex m = __MUTEX_INITIALIZER(m);
  std::unique_ptr<Task> waiter;
  world.run([&] {
    mutex_lock(&m);
    waiter = std::make_unique<Task>(
        [&] {
          mutex_lock(&m);
          return 0;
        },
        "waiter");
    waiter->start();
    DECLARE_WAIT_QUEUE_HEAD(never);
    wait_event(never, false);
  });
  const std::string text = world.kernel.describe_threads();
  EXPECT_NE(text.find("waiter"), std::string::npos);
  EXPECT_NE(text.find("waits for the mutex that init took at exec_context_test.cpp"), std::string::npos)
      << text;
  EXPECT_NE(text.find("init"), std::string::npos);
}

TEST(ExecMisc, DelayedWorkWaitsForItsTimer) {
  World world(1, 2);
  world.run([&] {
    struct Job {
      delayed_work dwork;
      int runs = 0;
      s64 at = 0;
    } job;
    INIT_DELAYED_WORK(&job.dwork, [](work_struct* w) {
      Job* j = container_of(to_delayed_work(w), Job, dwork);
      ++j->runs;
      j->at = ktime_get();
    });
    workqueue_struct* wq = alloc_workqueue("%s", WQ_UNBOUND, 1, "jobs");
    const s64 start = ktime_get();
    EXPECT_TRUE(queue_delayed_work(wq, &job.dwork, msecs_to_jiffies(20)));
    EXPECT_FALSE(schedule_delayed_work(&job.dwork, 1)) << "waits already";
    EXPECT_TRUE(mod_delayed_work(wq, &job.dwork, msecs_to_jiffies(40)));
    msleep(30);
    EXPECT_EQ(job.runs, 0);
    msleep(30);
    EXPECT_EQ(job.runs, 1);
    EXPECT_GE(job.at - start, 36 * NSEC_PER_MSEC);  // jiffies of 4 ms
    EXPECT_TRUE(schedule_delayed_work(&job.dwork, msecs_to_jiffies(10)));
    EXPECT_TRUE(cancel_delayed_work_sync(&job.dwork));
    EXPECT_FALSE(cancel_delayed_work(&job.dwork));
    msleep(20);
    EXPECT_EQ(job.runs, 1);
    EXPECT_TRUE(schedule_delayed_work(&job.dwork, msecs_to_jiffies(10)));
    EXPECT_TRUE(flush_delayed_work(&job.dwork));
    EXPECT_EQ(job.runs, 2);
    EXPECT_TRUE(schedule_delayed_work(&job.dwork, 0));
    destroy_workqueue(wq);
    EXPECT_EQ(job.runs, 3);
  });
}

TEST(ExecMisc, WorkPerCpuAndRcu) {
  World world(1, 4);
  world.run([&] {
    struct Job {
      work_struct work;
      int runs = 0;
    } job;
    INIT_WORK(&job.work, [](work_struct* w) { ++container_of(w, Job, work)->runs; });
    EXPECT_TRUE(schedule_work(&job.work));
    flush_work(&job.work);
    EXPECT_EQ(job.runs, 1);
    EXPECT_FALSE(cancel_work_sync(&job.work));

    int* counter = alloc_percpu(int);
    ASSERT_NE(counter, nullptr);
    for (unsigned i = 0; i < 4; ++i) {
      Task t([&] {
        this_cpu_inc(*counter);
        return 0;
      });
      t.bind(i).start();
      msleep(1);
      t.stop();
    }
    for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(*per_cpu_ptr(counter, i), 1);
    free_percpu(counter);

    bool reading = false;
    Task reader([&] {
      rcu_read_lock();
      reading = true;
      udelay(30);
      reading = false;
      rcu_read_unlock();
      return 0;
    });
    reader.bind(1).start();
    while (!reading) cpu_relax();
    synchronize_rcu();
    EXPECT_FALSE(reading);
    reader.stop();
  });
  EXPECT_TRUE(world.machine.diagnostics.empty());
}

}  // namespace
}  // namespace dmavp::tb
