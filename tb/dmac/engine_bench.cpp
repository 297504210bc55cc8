// Host time of the burst engine alone: linked-list copies of 64 MiB, blocks of 64 KiB, bursts of 8 beats of
// 16 bytes, woken granule by granule as in a platform. `memcpy` moves the same bytes.
#include <benchmark/benchmark.h>

#include <memory>

#include "dmac/engine_rig.h"

namespace dmavp::dmac::test {
namespace {

constexpr std::uint64_t kBytes = std::uint64_t{64} << 20;
constexpr std::uint32_t kBlock = 64u << 10;
constexpr std::uint32_t kBurst = 128;

std::unique_ptr<Rig> make_rig(bool direct, unsigned channels) {
  Parameters p = default_parameters();
  p.data_width_bytes = 16;
  p.fifo_depth = 64;
  auto rig = std::make_unique<Rig>(p, 2 * kBytes + (1u << 20));
  rig->port.direct = direct;
  std::memset(rig->port.memory.data(), 1, rig->port.memory.size());
  const std::uint64_t share = kBytes / channels;
  for (unsigned ch = 0; ch < channels; ++ch) {
    const std::uint64_t items = 2 * kBytes + ch * (share / kBlock) * 64;
    for (std::uint64_t i = 0; i < share / kBlock; ++i) {
      Control control;
      control.src_width = control.dst_width = 4;
      control.burst = kBurst / 16;
      control.last = (i + 1) * kBlock == share;
      const std::uint64_t at = ch * share + i * kBlock;
      rig->write_item(items + 64 * i, at, kBytes + at, kBlock, items + 64 * (i + 1), control);
    }
  }
  return rig;
}

void copy(benchmark::State& state) {
  const bool direct = state.range(0) != 0;
  const auto channels = static_cast<unsigned>(state.range(1));
  auto rig = make_rig(direct, channels);
  for (auto _ : state) {
    state.PauseTiming();
    for (unsigned ch = 0; ch < channels; ++ch) {
      const std::uint64_t items = 2 * kBytes + ch * (kBytes / channels / kBlock) * 64;
      for (std::uint64_t i = 0; i < kBytes / channels / kBlock; ++i) {
        rig->port.memory[items + 64 * i + 0x27] |= std::byte{0x80};  // VALID again
      }
      rig->program_list(ch, items);
      rig->engine.enable(ch);
    }
    state.ResumeTiming();
    rig->run(kNever - 1);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBytes));
  state.counters["ns_per_pair"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kBytes / kBurst * 1e-9,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void plain_memcpy(benchmark::State& state) {
  std::vector<std::byte> memory(2 * kBytes, std::byte{1});
  for (auto _ : state) {
    std::memcpy(&memory[kBytes], memory.data(), kBytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(kBytes));
}

BENCHMARK(plain_memcpy)->Unit(benchmark::kMillisecond);
BENCHMARK(copy)
    ->ArgNames({"direct", "channels"})
    ->Args({1, 1})
    ->Args({1, 4})
    ->Args({0, 1})
    ->Args({0, 4})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dmavp::dmac::test

BENCHMARK_MAIN();
