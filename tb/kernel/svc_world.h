// A booted kernel on the fake machine: page-aligned RAM and a device tree of the test's choice.
#pragma once

#include <gtest/gtest.h>
#include <linux/kthread.h>
#include <linux/sched/task.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "kernel/exec/exec.h"
#include "kernel/fake_machine.h"

namespace dmavp::tb {

inline std::vector<char> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in.good()) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

class ServiceMachine : public FakeMachine {
 public:
  static constexpr std::size_t kRam = 8 << 20;
  explicit ServiceMachine(std::uint64_t seed = 1, bool coherent = true)
      : FakeMachine(seed, 1), tree_(read_file(SVC_TREE)) {
    cpu_ = static_cast<std::byte*>(std::aligned_alloc(4096, kRam));
    bus_ = coherent ? cpu_ : static_cast<std::byte*>(std::aligned_alloc(4096, kRam));
    std::memset(cpu_, 0, kRam);
    std::memset(bus_, 0, kRam);
  }
  ~ServiceMachine() override {
    if (bus_ != cpu_) std::free(bus_);
    std::free(cpu_);
  }
  port::RamRegion ram_region(unsigned) override { return {0x80000000, kRam, cpu_, bus_}; }
  const void* device_tree() override { return tree_.data(); }
  void use_tree(std::vector<char> tree) { tree_ = std::move(tree); }
  std::byte* bus() { return bus_; }

  std::map<std::string, std::string> files;
  std::vector<port::ClientReport> reports;
  std::vector<std::string> report_names;
  std::vector<std::string> notes;
  void report(const port::ClientReport& r) override {
    reports.push_back(r);
    report_names.push_back(r.client);
  }
  void client_note(const char* client, const char* key, const char* value) override {
    notes.push_back(std::string(client) + "." + key + "=" + value);
  }
  std::int64_t file_size(const char* path) override {
    const auto it = files.find(path);
    return it != files.end() ? static_cast<std::int64_t>(it->second.size()) : -2;
  }
  std::int64_t file_read(const char* path, std::uint64_t offset, void* into, std::uint64_t bytes) override {
    std::memcpy(into, files.at(path).data() + offset, bytes);
    return static_cast<std::int64_t>(bytes);
  }
  bool logged(const std::string& part) const {
    return std::any_of(lines.begin(), lines.end(),
                       [&](const std::string& l) { return l.find(part) != std::string::npos; });
  }

 private:
  std::vector<char> tree_;
  std::byte* cpu_;
  std::byte* bus_;
};

/// Boots in the constructor; run() executes code on a thread of the simulated system.
class ServiceWorld {
 public:
  explicit ServiceWorld(std::uint64_t seed = 1, bool coherent = true)
      : machine(seed, coherent), kernel(kernel::Kernel::create(machine, {})) {
    EXPECT_EQ(kernel.boot(), 0) << kernel.error();
  }
  ~ServiceWorld() { kernel::Kernel::destroy(); }
  ServiceWorld(const ServiceWorld&) = delete;
  ServiceWorld& operator=(const ServiceWorld&) = delete;

  void run(std::function<void()> body) {
    body_ = std::move(body);
    done_ = false;
    wake_up_process(kthread_create(&ServiceWorld::enter, this, "test"));
    machine.run(kernel);
    EXPECT_TRUE(done_) << kernel.describe_threads();
  }
  /// Lets the first thread work off its queue; its status.
  int settle() {
    machine.run(kernel);
    EXPECT_TRUE(kernel.idle_init());
    return kernel.status();
  }
  std::uint64_t live() { return kernel.statistics().live_allocations; }

  ServiceMachine machine;
  kernel::Kernel& kernel;

 private:
  static int enter(void* self) {
    auto* world = static_cast<ServiceWorld*>(self);
    world->body_();
    world->done_ = true;
    return 0;
  }
  std::function<void()> body_;
  bool done_ = false;
};

}  // namespace dmavp::tb
