// The kernel as the platform sees it: boot, the queue of the first thread, its end.
#include "kernel/kernel.h"

#include <linux/errno.h>
#include <linux/of.h>
#include <linux/printk.h>
#include <linux/wait.h>

#include <deque>
#include <string>

#include "kernel/device_private.h"
#include "kernel/exec/exec.h"
#include "kernel/memory.h"
#include "kernel/module_loader.h"
#include "kernel/services.h"

namespace dmavp::kernel {
namespace {

struct Job {
  bool unload_all;
  std::string path, parameters, client;
};

struct State {
  bool alive = false;
  std::deque<Job> queue;
  bool busy = false;
  int status = 0;
  std::string error;
};

State state;
Kernel the_kernel;
struct wait_queue_head work_wait;

void fail(int code, const std::string& text) {
  if (state.status == 0) {
    state.status = code;
    state.error = text;
  }
  pr_err("%s\n", text.c_str());
}

void unload_everything() {
  std::string error;
  const std::vector<std::string> names = loader::loaded();
  for (std::size_t i = names.size(); i-- > 0;) {
    const int ret = loader::unload(names[i], error);
    if (ret != 0) fail(ret, error);
  }
}

void work_off(const Job& job) {
  if (job.unload_all) {
    wait_event(work_wait, state.status != 0 || clients::running() == 0);
    unload_everything();
    return;
  }
  if (state.status != 0) return;  // what depends on the failed one would only fail too
  std::string error;
  const int ret = loader::load(job.path, job.parameters, job.client, error);
  if (ret != 0) fail(ret, error);
  if (state.queue.empty() || state.queue.front().unload_all) report_deferred();
}

unsigned cpus_in_tree() {
  unsigned count = 0;
  struct device_node* cpu;
  for_each_available_child_of_node(of_find_node_by_path("/cpus"), cpu) {
    const char* type = nullptr;
    if (of_property_read_string(cpu, "device_type", &type) == 0 && std::string(type) == "cpu") count++;
  }
  return count;
}

}  // namespace

void clients::finished() { wake_up(&work_wait); }

int kernel_init_thread(void*) {
  for (;;) {
    wait_event(work_wait, !state.queue.empty());
    state.busy = true;
    const Job job = state.queue.front();
    state.queue.pop_front();
    work_off(job);
    state.busy = false;
  }
}

Kernel& Kernel::create(port::Machine& machine, const Tunables& tunables) {
  if (state.alive) destroy();
  state = State{};
  state.alive = true;
  exec::create(machine, tunables);
  reset_log();
  loader::start();
  return the_kernel;
}

Kernel& Kernel::instance() { return the_kernel; }

void Kernel::destroy() {
  if (!state.alive) return;
  exec::destroy();
  loader::stop();
  clients::stop();
  devices::stop();
  clocks::stop();
  tree::stop();
  memory::stop();
  state = State{};
}

int Kernel::boot() {
  const char* error = "";
  const auto refuse = [&](const std::string& text) {
    state.status = -EINVAL;
    state.error = text;
    return -EINVAL;
  };
  port::Machine& machine = exec::machine();
  if (!tree::start(machine.device_tree(), &error)) return refuse(error);
  const unsigned cpus = cpus_in_tree();
  if (cpus == 0) return refuse("device tree: /cpus has no available child with device_type \"cpu\"");
  if (cpus > kMaxCpus)
    return refuse("device tree: /cpus has " + std::to_string(cpus) + " CPUs, more than " +
                  std::to_string(kMaxCpus));
  if (!memory::start(machine, &error)) return refuse(error);
  init_waitqueue_head(&work_wait);
  if (!exec::start(cpus, kernel_init_thread, nullptr, machine.device_tree(), &error)) return refuse(error);
  devices::populate();
  return 0;
}

void Kernel::queue_load(const char* path, const char* parameters, const char* client_name) {
  state.queue.push_back(
      {false, path, parameters != nullptr ? parameters : "", client_name != nullptr ? client_name : ""});
  wake_up(&work_wait);
}

void Kernel::queue_unload_all() {
  state.queue.push_back({true, {}, {}, {}});
  wake_up(&work_wait);
}

bool Kernel::idle_init() const { return state.queue.empty() && !state.busy; }
int Kernel::status() const { return state.status; }
const char* Kernel::error() const { return state.error.c_str(); }
unsigned Kernel::clients_running() const { return clients::running(); }
unsigned Kernel::cpus() const { return exec::cpus(); }
const char* Kernel::module_of(const void* address) const { return loader::owner_of(address); }

}  // namespace dmavp::kernel
