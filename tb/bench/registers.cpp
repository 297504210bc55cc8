// The gate on the path of a register access: readl and writel of a module on a CPU of generic32, through the
// kernel, the cluster of CPUs, the interconnect and the register file of an idle controller, beside a bare
// transaction of four bytes through the same interconnect.
//
//   bench_registers --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//
// A table of ratios follows; the exit status is 1 when a gate is missed.
#include <benchmark/benchmark.h>
#include <time.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include "base/seeded_choices.h"
#include "bench/fresh_context.h"
#include "bench/gates.h"
#include "bench/hardware.h"
#include "kernel/kernel.h"
#include "platform/cpu/cluster.h"
#include "platform/report/recorder.h"

namespace dmavp {
namespace {

double processor_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Seconds per access as the module's marks in the log show them.
struct Times {
  double read = 0;
  double write = 0;
};

Times run_module(unsigned count) {
  bench::fresh_context();
  const platform::DeviceTree tree = platform::DeviceTree::load("generic32");
  SeededChoices choices(1);
  platform::Board board("board", platform::describe_board(tree), choices);
  platform::Recorder recorder(nullptr);
  board.dmac(0).set_observer(recorder.observer_for("dmac0", board.dmac(0).clock()));
  std::vector<double> marks;
  platform::Cluster::Options options;
  options.quantum = board.description().quantum_ps;
  options.end = 100'000'000'000'000;
  options.modules = 1;
  options.log = [&marks](int, port::Time, unsigned, const char*) { marks.push_back(processor_seconds()); };
  options.fatal = [](const char*) { std::abort(); };
  platform::Cluster cluster("cpus", board, tree.blob(), choices, recorder, options);
  kernel::Kernel& kernel = kernel::Kernel::create(cluster, board.description().tunables);
  cluster.attach(kernel);
  if (kernel.boot() != 0) std::abort();
  kernel.queue_load(BENCH_MODULE, ("count=" + std::to_string(count)).c_str(), "");
  kernel.queue_unload_all();
  sc_core::sc_start();
  const bool good = kernel.status() == 0 && marks.size() == 3;
  kernel::Kernel::destroy();
  if (!good) return {};
  return {(marks[1] - marks[0]) / count, (marks[2] - marks[1]) / count};
}

void driver(benchmark::State& state, bool write) {
  for (auto _ : state) {
    const Times times = run_module(static_cast<unsigned>(state.range(0)));
    if (times.read == 0) state.SkipWithError("the module did not run");
    state.SetIterationTime(write ? times.write : times.read);
  }
}
BENCHMARK_CAPTURE(driver, readl, false)->Arg(100'000)->Iterations(1)->UseManualTime();
BENCHMARK_CAPTURE(driver, writel, true)->Arg(100'000)->Iterations(1)->UseManualTime();

void bare_access(benchmark::State& state) {
  bench::fresh_context();
  bench::Hardware hardware("hardware");
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  std::uint32_t data = 0;
  std::uint64_t address = bench::kRam;
  for (auto _ : state) {
    hardware.transport(tlm::TLM_READ_COMMAND, address, &data, 4);
    address = bench::kRam + ((address + 4) & 0xfff);
  }
}
BENCHMARK(bare_access)->MinTime(0.02);

}  // namespace
}  // namespace dmavp

int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  using dmavp::bench::Gate;
  return dmavp::bench::run(argc, argv,
                           {{"readl of a module, time against a bare transaction", "driver/readl",
                             "bare_access", Gate::kAtMost, 8},
                            {"writel of a module, time against a bare transaction", "driver/writel",
                             "bare_access", Gate::kAtMost, 8}});
}
