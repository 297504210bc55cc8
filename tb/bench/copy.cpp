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
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "bench/gates.h"
#include "platform/board/board.h"
#include "platform/config/device_tree.h"

namespace dmavp {
namespace {

constexpr std::uint64_t kRam = 0x80000000;
constexpr std::uint64_t kDmac = 0x10000000;
constexpr std::uint64_t kSource = kRam + (16u << 20);
constexpr std::uint64_t kDestination = kRam + (128u << 20);
constexpr std::uint64_t kItems = kRam + 0x10000;
constexpr std::uint64_t kBytes = 64u << 20;
constexpr std::uint64_t kBlock = 1u << 20;  // 65536 items of 16 bytes
constexpr std::uint64_t kSmall = 4u << 20;  // for the path without DMI

/// Hardware of generic32 without CPUs; the benchmark is the master of their ports.
class Bench : public sc_core::sc_module {
 public:
  explicit Bench(const sc_core::sc_module_name& name)
      : sc_module(name),
        tree_(platform::DeviceTree::load("generic32")),
        board_("board", platform::describe_board(tree_)) {
    for (unsigned cpu = 0; cpu < board_.description().cpus.size(); ++cpu) {
      cpus_.push_back(
          std::make_unique<tlm_utils::simple_initiator_socket<Bench>>(("cpu" + std::to_string(cpu)).c_str()));
      board_.join_cpu(cpu, *cpus_.back());
    }
    ram_ = board_.ram().front().bus_view;
    std::memset(ram_ + (kSource - kRam), 0x5a, kBytes);
    std::memset(ram_ + (kDestination - kRam), 0, kBytes);
  }

  /// The one of this process, as the next benchmark wants it.
  static Bench& instance(bool dmi, Observer* observer = nullptr) {
    static Bench bench("bench");
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    bench.board_.dmac(0).set_dmi_allowed(dmi);
    bench.board_.dmac(0).set_observer(observer);
    return bench;
  }

  void transport(tlm::tlm_command command, std::uint64_t address, void* data, unsigned bytes) {
    sc_core::sc_time delay;
    access_.set_command(command);
    access_.set_address(address);
    access_.set_data_ptr(static_cast<unsigned char*>(data));
    access_.set_data_length(bytes);
    access_.set_streaming_width(bytes);
    access_.set_dmi_allowed(false);
    access_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    (*cpus_[0])->b_transport(access_, delay);
    if (!access_.is_response_ok()) std::abort();
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
      std::memcpy(ram_ + (kItems - kRam) + n * 64, item, sizeof item);
    }
    write(0x010, 1);                                                          // DMAC_EN, no interrupts
    write(0x120, 0xF | (std::uint64_t{3} << 55) | (std::uint64_t{3} << 59));  // CFG2: linked list, OSR_LMT 3
    write(0x128, kItems);                                                     // LLP
    write(0x018, 0x10001);                                                    // enable channel 0
    while (read(0x018) & 1) sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_US));
  }
  std::byte* ram() { return ram_; }

 private:
  platform::DeviceTree tree_;
  platform::Board board_;
  std::vector<std::unique_ptr<tlm_utils::simple_initiator_socket<Bench>>> cpus_;
  tlm::tlm_generic_payload access_;
  std::byte* ram_ = nullptr;
};

void host_memcpy(benchmark::State& state) {
  Bench& bench = Bench::instance(true);
  for (auto _ : state) {
    std::memcpy(bench.ram() + (kDestination - kRam), bench.ram() + (kSource - kRam), kBytes);
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
  Bench& bench = Bench::instance(dmi, observed ? &counter : nullptr);
  std::memset(bench.ram() + (kDestination - kRam), 0, bytes);
  for (auto _ : state) bench.copy(bytes);
  Bench::instance(dmi);  // the counter goes
  if (std::memcmp(bench.ram() + (kSource - kRam), bench.ram() + (kDestination - kRam), bytes) != 0)
    state.SkipWithError("the copy is wrong");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}
BENCHMARK_CAPTURE(dma_copy, dmi, true, false, kBytes)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dma_copy, dmi_observed, true, true, kBytes)->MinTime(0.05)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(dma_copy, transactions, false, false, kSmall)->MinTime(0.05)->Unit(benchmark::kMillisecond);

/// For every 128 bytes of kSmall a read and a write through the interconnect, and nothing else.
void bare_transactions(benchmark::State& state) {
  Bench& bench = Bench::instance(false);
  std::uint8_t data[128];
  for (auto _ : state) {
    for (std::uint64_t at = 0; at < kSmall; at += sizeof data) {
      bench.transport(tlm::TLM_READ_COMMAND, kSource + at, data, sizeof data);
      bench.transport(tlm::TLM_WRITE_COMMAND, kDestination + at, data, sizeof data);
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
