// The gates on the path of a burst: a linked-list copy of 64 MiB on the hardware of generic32, with and
// without DMI, beside memcpy and beside bare transactions through the same interconnect, all in one
// interleaved run.
//
//   bench_copy --benchmark_repetitions=9 --benchmark_enable_random_interleaving=true
//
// A table of ratios follows; the exit status is 1 when a gate is missed.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>

#include "bench/gates.h"
#include "bench/hardware.h"

namespace dmavp {
namespace {

using bench::kDmac;
using bench::kRam;
constexpr std::uint64_t kSource = kRam + (16u << 20);
constexpr std::uint64_t kDestination = kRam + (128u << 20);
constexpr std::uint64_t kItems = kRam + 0x10000;
constexpr std::uint64_t kBytes = 64u << 20;
constexpr std::uint64_t kBlock = 1u << 20;  // 65536 items of 16 bytes
constexpr std::uint64_t kSmall = 4u << 20;  // for the path without DMI

/// Programs the controller.
class Bench : public bench::Hardware {
 public:
  explicit Bench(const sc_core::sc_module_name& name) : Hardware(name) {
    std::memset(ram + (kSource - kRam), 0x5a, kBytes);
    std::memset(ram + (kDestination - kRam), 0, kBytes);
    sc_core::sc_report_handler::set_actions(sc_core::SC_ID_NO_SC_START_ACTIVITY_, sc_core::SC_DO_NOTHING);
  }

  /// The one of this process, as the next benchmark wants it.
  static Bench& instance(bool dmi, Observer* observer = nullptr) {
    static Bench only("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    only.board.dmac(0).set_dmi_allowed(dmi);
    only.board.dmac(0).set_observer(observer);
    return only;
  }

  void write(std::uint64_t offset, std::uint64_t value) {
    transport(tlm::TLM_WRITE_COMMAND, kDmac + offset, &value, 8);
  }
  std::uint64_t read(std::uint64_t offset) {
    std::uint64_t value = 0;
    transport(tlm::TLM_READ_COMMAND, kDmac + offset, &value, 8);
    return value;
  }

  /// Linked list of blocks of 1 MiB, 128-bit beats, four bursts of 128 bytes outstanding on each side.
  void copy(std::uint64_t bytes) {
    const std::uint64_t blocks = bytes / kBlock;
    for (std::uint64_t n = 0; n < blocks; ++n) {
      std::uint64_t item[8] = {};
      item[0] = kSource + n * kBlock;
      item[1] = kDestination + n * kBlock;
      item[2] = kBlock / 16 - 1;
      item[3] = kItems + (n + 1) * 64;
      item[4] = (std::uint64_t{4} << 8) | (std::uint64_t{4} << 11) | (std::uint64_t{1} << 38) |
                (std::uint64_t{7} << 39) | (std::uint64_t{1} << 47) | (std::uint64_t{7} << 48) |
                (std::uint64_t{1} << 63) | (n + 1 == blocks ? std::uint64_t{1} << 62 : 0);
      std::memcpy(ram + (kItems - kRam) + n * 64, item, sizeof item);
    }
    write(0x010, 1);                                                          // DMAC_EN, no interrupts
    write(0x120, 0xF | (std::uint64_t{3} << 55) | (std::uint64_t{3} << 59));  // CFG2: linked list, OSR_LMT 3
    write(0x128, kItems);                                                     // LLP
    write(0x018, 0x10001);                                                    // enable channel 0
    while (read(0x018) & 1) sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_US));
  }
};

void host_memcpy(benchmark::State& state) {
  Bench& hw = Bench::instance(true);
  for (auto _ : state) {
    std::memcpy(hw.ram + (kDestination - kRam), hw.ram + (kSource - kRam), kBytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kBytes));
}
BENCHMARK(host_memcpy)->MinTime(0.05)->Unit(benchmark::kMillisecond);

class Counter : public Observer {
 public:
  void burst(const BurstEvent& event) override { bytes += event.bytes; }
  std::uint64_t bytes = 0;
};

void dma_copy(benchmark::State& state, bool dmi, bool observed, std::uint64_t bytes) {
  Counter counter;
  Bench& hw = Bench::instance(dmi, observed ? &counter : nullptr);
  std::memset(hw.ram + (kDestination - kRam), 0, bytes);
  for (auto _ : state) hw.copy(bytes);
  Bench::instance(dmi);  // the counter goes
  if (std::memcmp(hw.ram + (kSource - kRam), hw.ram + (kDestination - kRam), bytes) != 0)
    state.SkipWithError("the copy is wrong");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}
BENCHMARK_CAPTURE(dma_copy, dmi, true, false, kBytes)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dma_copy, dmi_observed, true, true, kBytes)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dma_copy, transactions, false, false, kSmall)->MinTime(0.05)->Unit(benchmark::kMillisecond);

/// For every 128 bytes of kSmall a read and a write through the interconnect, and nothing else.
void bare_transactions(benchmark::State& state) {
  Bench& hw = Bench::instance(false);
  std::uint8_t data[128];
  for (auto _ : state) {
    for (std::uint64_t at = 0; at < kSmall; at += sizeof data) {
      hw.transport(tlm::TLM_READ_COMMAND, kSource + at, data, sizeof data);
      hw.transport(tlm::TLM_WRITE_COMMAND, kDestination + at, data, sizeof data);
    }
  }
}
BENCHMARK(bare_transactions)->MinTime(0.05)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace dmavp

int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  using dmavp::bench::Gate;
  return dmavp::bench::run(
      argc, argv,
      {{"linked-list copy of 64 MiB by DMI, speed against memcpy", "host_memcpy", "dma_copy/dmi",
        Gate::kAtLeast, 0.5},
       {"the same with an observer on every burst", "host_memcpy", "dma_copy/dmi_observed", Gate::kReport, 0},
       {"copy without DMI, time against two bare transactions per 128 bytes", "dma_copy/transactions",
        "bare_transactions", Gate::kAtMost, 3.0}});
}
