// What channels cost that do nothing: one busy channel of a controller of 32 beside the only channel of a
// controller of one, on the bare engine, in one interleaved run.
//
//   bench_channels --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
#include <benchmark/benchmark.h>

#include <memory>

#include "bench/gates.h"
#include "dmac/engine_rig.h"

namespace dmavp::dmac::test {
namespace {

constexpr std::uint64_t kBytes = std::uint64_t{4} << 20;
constexpr std::uint32_t kBlock = 64u << 10;
constexpr std::uint64_t kItems = 2 * kBytes;

/// @param direct  data by memory pointers, else a call per burst
/// @param overlapping  source and destination overlap: burst by burst through the FIFO
std::unique_ptr<Rig> make_rig(unsigned channels, bool direct, bool overlapping) {
  Parameters p = default_parameters();
  p.num_channels = channels;
  p.data_width_bytes = 16;
  p.fifo_depth = 64;
  auto rig = std::make_unique<Rig>(p, 2 * kBytes + (1u << 20));
  rig->port.direct = direct;
  for (std::uint64_t i = 0; i < kBytes / kBlock; ++i) {
    Control control;
    control.src_width = control.dst_width = 4;
    control.burst = 8;
    control.last = (i + 1) * kBlock == kBytes;
    const std::uint64_t from = i * kBlock, to = overlapping ? from + 4096 : kBytes + from;
    rig->write_item(kItems + 64 * i, from, to, kBlock, kItems + 64 * (i + 1), control);
  }
  return rig;
}

void copy(benchmark::State& state, unsigned channels, bool direct, bool overlapping) {
  const auto rig = make_rig(channels, direct, overlapping);
  const unsigned busy = channels / 2;
  for (auto _ : state) {
    for (std::uint64_t i = 0; i < kBytes / kBlock; ++i) {
      rig->port.memory[kItems + 64 * i + 0x27] |= std::byte{0x80};  // VALID again
    }
    rig->program_list(busy, kItems);
    rig->engine.enable(busy);
    rig->run(kNever - 1);
  }
  state.counters["ns_per_pair"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kBytes / 128 * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK_CAPTURE(copy, direct_1, 1, true, false)->MinTime(0.03)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy, direct_32, 32, true, false)->MinTime(0.03)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy, calls_1, 1, false, false)->MinTime(0.03)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy, calls_32, 32, false, false)->MinTime(0.03)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy, overlap_1, 1, true, true)->MinTime(0.03)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(copy, overlap_32, 32, true, true)->MinTime(0.03)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace dmavp::dmac::test

int main(int argc, char** argv) {
  using dmavp::bench::Gate;
  return dmavp::bench::run(
      argc, argv,
      {{"one busy channel of 32, by memory pointers, time against one of one", "copy/direct_32",
        "copy/direct_1", Gate::kAtMost, 1.05},
       {"the same with a call for each burst", "copy/calls_32", "copy/calls_1", Gate::kAtMost, 1.05},
       {"the same over overlapping memory, burst by burst", "copy/overlap_32", "copy/overlap_1",
        Gate::kAtMost, 1.05}});
}
