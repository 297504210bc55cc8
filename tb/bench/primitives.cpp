// The bare cost of the SystemC primitives everything else is measured against.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <vector>

#include "base/axi_extension.h"
#include "bench/fresh_context.h"
#include "bus/axi_interconnect.h"
#include "components/scripted_initiator.h"
#include "memory/sram.h"

namespace dmavp {
namespace {

/// A master on an SRAM of 1 MiB, or on the last of `regions` regions of an interconnect with that SRAM behind
/// it.
struct Path {
  Clock clock{400'000'000};
  BackingStore store{1 << 20};
  Sram sram{"sram", store, {}, clock};
  std::unique_ptr<AxiInterconnect> bus;
  std::vector<std::unique_ptr<tb::ScriptedTarget>> others;
  tb::ScriptedInitiator master{"master"};
  std::vector<unsigned char> data = std::vector<unsigned char>(4096);
  tlm::tlm_generic_payload access;
  AxiExtension axi;

  explicit Path(unsigned regions) {
    if (regions == 0) {
      master.socket.bind(sram.socket);
    } else {
      InterconnectConfig config;
      for (unsigned r = 0; r < regions; ++r)
        config.regions.push_back({"region", std::uint64_t{r} << 20, 1 << 20});
      bus = std::make_unique<AxiInterconnect>("bus", config, clock);
      master.socket.bind(bus->in[0]);
      for (unsigned r = 0; r + 1 < regions; ++r) {
        others.push_back(std::make_unique<tb::ScriptedTarget>(sc_core::sc_gen_unique_name("other")));
        bus->out[r].bind(others.back()->socket);
      }
      bus->out[regions - 1].bind(sram.socket);
    }
    access.set_extension(&axi);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
  ~Path() { access.clear_extension(&axi); }

  void transport(tlm::tlm_command command, std::uint64_t address, unsigned bytes) {
    sc_core::sc_time delay;
    access.set_command(command);
    access.set_address(address);
    access.set_data_ptr(data.data());
    access.set_data_length(bytes);
    access.set_streaming_width(bytes);
    access.set_dmi_allowed(false);
    access.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    master.socket->b_transport(access, delay);
    benchmark::DoNotOptimize(delay);
  }
};

/// range(0): bytes; range(1): regions of the interconnect, 0 for a direct link.
void b_transport(benchmark::State& state) {
  bench::fresh_context();
  Path path(static_cast<unsigned>(state.range(1)));
  const auto bytes = static_cast<unsigned>(state.range(0));
  const std::uint64_t base = state.range(1) == 0 ? 0 : static_cast<std::uint64_t>(state.range(1) - 1) << 20;
  std::uint64_t offset = 0;
  for (auto _ : state) {
    path.transport(tlm::TLM_WRITE_COMMAND, base + offset, bytes);
    offset = (offset + bytes) & 0xffff;
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(b_transport)
    ->ArgNames({"bytes", "regions"})
    ->Args({4, 0})
    ->Args({4, 1})
    ->Args({4, 16})
    ->Args({128, 0})
    ->Args({128, 1})
    ->Args({128, 16});

/// A read and a write of 128 bytes, as a DMA controller without direct memory has to make.
void b_transport_pair_128(benchmark::State& state) {
  bench::fresh_context();
  Path path(8);
  const std::uint64_t base = 7u << 20;
  std::uint64_t offset = 0;
  for (auto _ : state) {
    path.transport(tlm::TLM_READ_COMMAND, base + offset, 128);
    path.transport(tlm::TLM_WRITE_COMMAND, base + 0x80000 + offset, 128);
    offset = (offset + 128) & 0xffff;
  }
  state.SetBytesProcessed(state.iterations() * 128);
}
BENCHMARK(b_transport_pair_128);

void latency_probe(benchmark::State& state) {
  bench::fresh_context();
  Path path(8);
  for (auto _ : state) path.transport(tlm::TLM_IGNORE_COMMAND, 7u << 20, 0);
}
BENCHMARK(latency_probe);

void direct_memory_request(benchmark::State& state) {
  bench::fresh_context();
  Path path(8);
  for (auto _ : state) {
    tlm::tlm_dmi dmi;
    path.access.set_address(7u << 20);
    benchmark::DoNotOptimize(path.master.socket->get_direct_mem_ptr(path.access, dmi));
  }
}
BENCHMARK(direct_memory_request);

/// One SC_METHOD that notifies itself: one kernel event per round.
struct Ticker : sc_core::sc_module {
  sc_core::sc_event event{"event"};
  sc_core::sc_time period;
  std::uint64_t rounds = 0;

  Ticker(const sc_core::sc_module_name& name, sc_core::sc_time p) : sc_module(name), period(std::move(p)) {
    SC_METHOD(tick);
    sensitive << event;
  }
  SC_HAS_PROCESS(Ticker);
  void tick() {
    if (rounds-- > 0) event.notify(period);
  }
};

void run_ticker(benchmark::State& state, const sc_core::sc_time& period) {
  constexpr std::uint64_t kRounds = 10000;
  bench::fresh_context();
  Ticker ticker("ticker", period);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  for (auto _ : state) {
    ticker.rounds = kRounds;
    ticker.event.notify(sc_core::SC_ZERO_TIME);
    sc_core::sc_start();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kRounds));
}
void method_timed_notify(benchmark::State& state) { run_ticker(state, sc_core::sc_time(1, sc_core::SC_NS)); }
void method_delta_notify(benchmark::State& state) { run_ticker(state, sc_core::SC_ZERO_TIME); }
BENCHMARK(method_timed_notify);
BENCHMARK(method_delta_notify);

void thread_wait(benchmark::State& state) {
  constexpr int kRounds = 10000;
  bench::fresh_context();
  tb::ScriptedTarget sink("sink");
  tb::ScriptedInitiator thread("thread", [](tb::ScriptedInitiator&) {
    const sc_core::sc_time period(1, sc_core::SC_NS);
    while (true) sc_core::wait(period);
  });
  thread.socket.bind(sink.socket);
  for (auto _ : state) sc_core::sc_start(sc_core::sc_time(kRounds, sc_core::SC_NS));
  state.SetItemsProcessed(state.iterations() * kRounds);
}
BENCHMARK(thread_wait);

void memcpy_bytes(benchmark::State& state) {
  const auto bytes = static_cast<std::size_t>(state.range(0));
  std::vector<unsigned char> from(bytes, 1), to(bytes);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), bytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}
BENCHMARK(memcpy_bytes)->Arg(64)->Arg(128)->Arg(4096)->Arg(64 << 20);

}  // namespace
}  // namespace dmavp

extern "C" int sc_main(int argc, char** argv);

extern "C" int sc_main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
