// What an observer is told of the contexts of CPUs.
#include <linux/timer.h>

#include <memory>
#include <string>
#include <vector>

#include "kernel/exec_world.h"
#include "tier.h"

namespace dmavp::tb {
namespace {

class Watched {
 public:
  explicit Watched(World& world) : world_(world) { world.machine.want_events = true; }

  std::vector<std::string> contexts(unsigned cpu, std::size_t from = 0) const {
    std::vector<std::string> texts;
    for (std::size_t i = from; i < world_.machine.events.size(); ++i) {
      const port::SoftEvent& e = world_.machine.events[i];
      if (e.kind == port::SoftEventKind::kContext && e.cpu == cpu) texts.emplace_back(e.text);
    }
    return texts;
  }
  /// Where software looks from, it runs in what was told last of its CPU.
  void look() {
    const char* here = in_hardirq() != 0 ? "hardirq" : in_serving_softirq() != 0 ? "softirq" : "process";
    const auto told = contexts(kernel::exec::cpu());
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back(), here);
    ++looks_[here[0] == 'h' ? 0 : here[0] == 's' ? 1 : 2];
  }
  unsigned least() const { return *std::min_element(std::begin(looks_), std::end(looks_)); }

 private:
  World& world_;
  unsigned looks_[3] = {};
};

struct Device {
  Watched* watched = nullptr;
  tasklet_struct tasklet;
  timer_list timer;

  static irqreturn_t interrupt(int, void* dev) {
    auto* device = static_cast<Device*>(dev);
    writel(0, alarm_register(0, 4));
    device->watched->look();
    tasklet_schedule(&device->tasklet);
    return IRQ_HANDLED;
  }
  static void after_interrupt(tasklet_struct* t) { reinterpret_cast<Device*>(t->data)->work(); }
  static void on_timer(timer_list* t) { from_timer_list(t)->work(); }
  static Device* from_timer_list(timer_list* t) { return container_of(t, Device, timer); }
  void work() {
    watched->look();
    udelay(2);
    watched->look();
  }
};

TEST(ExecEvents, ContextsToldAreThoseOfWhatRuns) {
  for (std::uint64_t seed = seed_base(); seed < seed_base() + seeds(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    World world(seed, 2);
    Watched watched(world);
    Device device;
    device.watched = &watched;
    world.run([&] {
      tasklet_setup(&device.tasklet, &Device::after_interrupt);
      device.tasklet.data = reinterpret_cast<unsigned long>(&device);
      timer_setup(&device.timer, &Device::on_timer, 0);
      ASSERT_EQ(request_irq(1, &Device::interrupt, 0, "device", &device), 0);
      const auto body = [&] {
        for (unsigned i = 0; i < 30; ++i) {
          writel(1000 * (i % 5), alarm_register(0, 0));
          if (i % 8 == 0) mod_timer(&device.timer, jiffies + 1);
          for (unsigned n = 0; n < 6; ++n) {
            udelay(1);
            watched.look();
          }
          if (i % 3 == 0) usleep_range(20, 400);
          watched.look();
        }
        return 0;
      };
      Task a(body), b(body);
      a.start();
      b.start();
      usleep_range(40'000, 40'000);
      a.stop();
      b.stop();
      timer_delete_sync(&device.timer);
      tasklet_kill(&device.tasklet);
      free_irq(1, &device);
    });
    EXPECT_TRUE(world.machine.diagnostics.empty()) << world.machine.diagnostics[0];
    EXPECT_GT(watched.least(), 3u);
    for (unsigned cpu = 0; cpu < 2; ++cpu) EXPECT_EQ(watched.contexts(cpu).back(), "idle");
  }
}

TEST(ExecEvents, ATimerInterruptsAnIdleCpu) {
  World world(1, 1);
  Watched watched(world);
  std::vector<std::string> seen;
  world.run([&] {
    const std::size_t before = world.machine.events.size();
    usleep_range(100, 100);
    seen = watched.contexts(0, before);
  });
  ASSERT_GE(seen.size(), 4u);
  EXPECT_EQ(seen.front(), "idle");
  EXPECT_EQ(seen[1], "hardirq");
  EXPECT_EQ(seen[2], "idle");
  EXPECT_EQ(seen.back(), "process");
}

}  // namespace
}  // namespace dmavp::tb
