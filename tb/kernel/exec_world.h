// A kernel on a fake machine whose first thread runs a piece of test code.
#pragma once

#include <gtest/gtest.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/sched/task.h>

#include <functional>
#include <string>

#include "kernel/exec/exec.h"
#include "kernel/fake_machine.h"

namespace dmavp::tb {

class World {
 public:
  explicit World(std::uint64_t seed = 1, unsigned cpus = 2, Time slice = kMs, kernel::Tunables tunables = {})
      : machine(seed, cpus, slice), cpus_(cpus), tunables_(tunables) {}
  ~World() { kernel::exec::destroy(); }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  /// Runs `init` on the first thread and everything it starts, until nothing is left to do.
  Time run(std::function<void()> init, Time end = kNever) {
    init_ = std::move(init);
    kernel::exec::create(machine, tunables_);
    const char* error = nullptr;
    EXPECT_TRUE(kernel::exec::start(cpus_, &World::enter, this, machine.device_tree(), &error)) << error;
    return machine.run(kernel, end);
  }

  FakeMachine machine;
  kernel::Kernel kernel;

 private:
  static int enter(void* self) {
    static_cast<World*>(self)->init_();
    return 0;
  }
  unsigned cpus_;
  kernel::Tunables tunables_;
  std::function<void()> init_;
};

/// A thread that runs a closure; stop() waits for its end.
class Task {
 public:
  explicit Task(std::function<int()> body, const char* name = "task") : body_(std::move(body)) {
    task_ = kthread_create(&Task::enter, this, "%s", name);
    get_task_struct(task_);
  }
  ~Task() { put_task_struct(task_); }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  Task& start() {
    wake_up_process(task_);
    return *this;
  }
  Task& bind(unsigned cpu) {
    kthread_bind(task_, cpu);
    return *this;
  }
  int stop() { return kthread_stop(task_); }
  task_struct* get() { return task_; }

 private:
  static int enter(void* self) { return static_cast<Task*>(self)->body_(); }
  std::function<int()> body_;
  task_struct* task_;
};

inline void* alarm_register(unsigned alarm, unsigned offset) {
  return reinterpret_cast<void*>(static_cast<std::uintptr_t>(kAlarmBase + 16 * alarm + offset));
}

}  // namespace dmavp::tb
