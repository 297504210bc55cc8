// The order of software steps: independent of how the machine slices time, a function of the seed alone.
#include <linux/completion.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kernel/exec_world.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

struct Outcome {
  std::uint64_t hash = 0;
  std::uint64_t random = 0;
  kernel::RunStatistics statistics;
  Time end = 0;
  std::vector<std::string> diagnostics;
};

/// Everything at once: threads with spinlocks, mutexes, waiting, random delays; an interrupt per thread whose
/// handler schedules a tasklet that wakes the thread; timers.
class Storm {
 public:
  Storm(std::uint64_t seed, unsigned cpus, Time slice, unsigned rounds)
      : world_(seed, cpus, slice), rounds_(rounds) {}

  Outcome run() {
    Outcome o;
    world_.run([this] { init(); });
    o.end = end_;
    o.statistics = world_.kernel.statistics();
    o.hash = o.statistics.step_hash;
    o.random = random_;
    o.diagnostics = world_.machine.diagnostics;
    EXPECT_EQ(world_.machine.fatal_text, "");
    EXPECT_TRUE(finished_);
    EXPECT_EQ(spin_count_, spin_expected_);
    EXPECT_EQ(mutex_count_, mutex_expected_);
    EXPECT_EQ(overlaps_, 0u);
    EXPECT_EQ(kernel::exec::live_threads(), 0u);
    return o;
  }

 private:
  static constexpr unsigned kThreads = 4;
  struct Unit {
    Storm* storm;
    unsigned number;
    tasklet_struct tasklet;
    wait_queue_head_t queue;
    unsigned interrupts = 0;
    unsigned callbacks = 0;
    bool in_tasklet = false;
  };

  static irqreturn_t handler(int, void* dev) {
    auto* u = static_cast<Unit*>(dev);
    if (readl(alarm_register(u->number, 8)) == 0) return IRQ_NONE;
    writel(0, alarm_register(u->number, 4));
    ++u->interrupts;
    tasklet_schedule(&u->tasklet);
    return IRQ_HANDLED;
  }

  static void callback(tasklet_struct* t) {
    Unit* u = container_of(t, Unit, tasklet);
    if (u->in_tasklet) ++u->storm->overlaps_;
    u->in_tasklet = true;
    EXPECT_FALSE(irqs_disabled());
    EXPECT_TRUE(in_serving_softirq());
    u->storm->spin_section();
    u->callbacks = u->interrupts;
    wake_up(&u->queue);
    u->in_tasklet = false;
  }

  void spin_section() {
    unsigned long flags;
    spin_lock_irqsave(&lock_, flags);
    const unsigned seen = spin_count_;
    readl(alarm_register(0, 8));
    ndelay(get_random_u32_below(300));
    spin_count_ = seen + 1;
    ++spin_expected_;
    spin_unlock_irqrestore(&lock_, flags);
  }

  void mutex_section() {
    mutex_lock(&mutex_);
    const unsigned seen = mutex_count_;
    if (get_random_u32_below(4) == 0)
      usleep_range(1, 5);
    else
      udelay(1);
    mutex_count_ = seen + 1;
    ++mutex_expected_;
    mutex_unlock(&mutex_);
  }

  int body(Unit& u) {
    for (unsigned i = 0; i < rounds_; ++i) {
      const unsigned wanted = u.interrupts + 1;
      writel(get_random_u32_below(3000), alarm_register(u.number, 0));
      switch (get_random_u32_below(3)) {
        case 0:
          spin_section();
          break;
        case 1:
          mutex_section();
          break;
        default:
          ndelay(get_random_u32_below(2000));
      }
      // Not while (interrupts < wanted): the tasklet answers, not the handler.
      EXPECT_NE(wait_event_timeout(u.queue, u.callbacks >= wanted, 1000), 0);
      random_ += get_random_u64();
    }
    complete(&done_);
    while (!kthread_should_stop()) msleep(1);
    return 0;
  }

  void init() {
    std::vector<std::unique_ptr<Task>> tasks;
    for (unsigned i = 0; i < kThreads; ++i) {
      Unit& u = units_[i];
      u.storm = this;
      u.number = i;
      tasklet_setup(&u.tasklet, &callback);
      init_waitqueue_head(&u.queue);
      EXPECT_EQ(request_irq(i + 1, &handler, 0, "alarm", &u), 0);
      tasks.push_back(
          std::make_unique<Task>([this, &u] { return body(u); }, ("storm" + std::to_string(i)).c_str()));
    }
    for (auto& t : tasks) t->start();
    for (unsigned i = 0; i < kThreads; ++i) wait_for_completion(&done_);
    for (auto& t : tasks) EXPECT_EQ(t->stop(), 0);
    for (unsigned i = 0; i < kThreads; ++i) {
      free_irq(i + 1, &units_[i]);
      tasklet_kill(&units_[i].tasklet);
    }
    end_ = static_cast<Time>(ktime_get());
    finished_ = true;
  }

  World world_;
  unsigned rounds_;
  spinlock_t lock_{};
  struct mutex mutex_ = __MUTEX_INITIALIZER(mutex_);
  struct completion done_ = COMPLETION_INITIALIZER(done_);
  Unit units_[kThreads] = {};
  unsigned spin_count_ = 0, spin_expected_ = 0, mutex_count_ = 0, mutex_expected_ = 0, overlaps_ = 0;
  std::uint64_t random_ = 0;
  Time end_ = 0;  // nanoseconds
  bool finished_ = false;
};

TEST(ExecOrder, SameStepsForEverySliceOfTime) {
  for (const unsigned cpus : {1u, 2u, 4u}) {
    const Outcome whole = Storm(7, cpus, kMs, 40).run();
    EXPECT_TRUE(whole.diagnostics.empty()) << whole.diagnostics.front();
    std::uint64_t finest = 0;
    for (const Time slice : {kNs, 7 * kNs, 100 * kNs, 1500 * kNs, 40 * kUs, Time{333'333}}) {
      const Outcome sliced = Storm(7, cpus, slice, 40).run();
      EXPECT_EQ(sliced.hash, whole.hash) << slice;
      EXPECT_EQ(sliced.end, whole.end) << slice;
      EXPECT_EQ(sliced.random, whole.random) << slice;
      EXPECT_EQ(sliced.statistics.context_switches, whole.statistics.context_switches) << slice;
      if (slice == kNs) finest = sliced.statistics.machine_yields;
    }
    EXPECT_GE(finest, 5 * whole.statistics.machine_yields) << cpus;
  }
}

TEST(ExecOrder, SeedDecidesTheScheduleAndNothingElse) {
  std::set<std::uint64_t> hashes;
  kernel::RunStatistics sum;
  const std::uint64_t first = tb::seed_base();
  for (std::uint64_t seed = first; seed < first + 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const unsigned cpus = seed % 2 == 0 ? 2 : 4;
    const Outcome once = Storm(seed, cpus, kMs, 30).run();
    const Outcome again = Storm(seed, cpus, kMs, 30).run();
    EXPECT_EQ(once.hash, again.hash);
    EXPECT_EQ(once.end, again.end);
    hashes.insert(once.hash);
    sum.softirq_deferred += once.statistics.softirq_deferred;
    sum.spinlock_contended += once.statistics.spinlock_contended;
    sum.tasklet_on_other_cpu += once.statistics.tasklet_on_other_cpu;
  }
  EXPECT_EQ(hashes.size(), 20u);
  EXPECT_GT(sum.softirq_deferred, 0u);
  EXPECT_GT(sum.spinlock_contended, 0u);
  EXPECT_GT(sum.tasklet_on_other_cpu, 0u);
}

TEST(ExecOrder, ZeroCostsStillEnd) {
  kernel::Tunables t;
  for (auto& c : t.costs) c = {0, 0, 0, 0, 0, 0, 0};
  t.interrupt_latency_max = 500 * kNs;
  std::uint64_t hash[2];
  for (int i = 0; i < 2; ++i) {
    World world(3, 2, i == 0 ? kMs : kNs, t);
    unsigned count = 0;
    spinlock_t lock{};
    world.run([&] {
      Task a([&] {
        for (int k = 0; k < 100; ++k) {
          spin_lock(&lock);
          ++count;
          spin_unlock(&lock);
          cpu_relax();
        }
        return 0;
      });
      a.start();
      for (int k = 0; k < 100; ++k) {
        spin_lock(&lock);
        ++count;
        spin_unlock(&lock);
        cpu_relax();
      }
      a.stop();
    });
    EXPECT_GE(count, 100u);
    hash[i] = world.kernel.statistics().step_hash;
  }
  EXPECT_EQ(hash[0], hash[1]);
}

}  // namespace
}  // namespace dmavp::tb
