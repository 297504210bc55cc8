// Nothing that software can do to a peripheral crashes or hangs the simulation.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <tlm_utils/simple_initiator_socket.h>

#include "base/sim_time.h"
#include "peripherals/dw_apb_uart.h"
#include "peripherals/handshake_master.h"
#include "peripherals/i2s.h"
#include "peripherals/ssi.h"
#include "peripherals/traffic.h"
#include "tier.h"

namespace dmavp {
namespace {

using sc_core::SC_PS;
using sc_core::sc_time;

/// Random transactions: any width, streaming width, byte enables, alignment, run-ahead; and acknowledges
/// nobody asked for.
class Fuzzer : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<Fuzzer> socket{"socket"};
  std::vector<tb::RequestRecorder*> lines;
  std::uint64_t window = 0x100;  ///< of most accesses
  std::uint64_t accesses = 0;
  std::uint64_t errors = 0;

  Fuzzer(const sc_core::sc_module_name& name, std::uint64_t seed) : sc_module(name), random_(seed) {}

  void step() {
    if (random_() % 8 == 0 && !lines.empty())
      lines[random_() % lines.size()]->acknowledge_now(random_() % 2 == 0);
    const auto length = static_cast<unsigned>(1 + random_() % (random_() % 4 == 0 ? 64 : 8));
    std::vector<unsigned char> data(length);
    for (unsigned char& byte : data) {
      // Small values keep divisors and gaps short, so that much happens.
      byte = static_cast<unsigned char>(random_() % 4 == 0 ? random_() : random_() % 4);
    }
    std::vector<unsigned char> enables(1 + random_() % 8);
    for (unsigned char& enable : enables) enable = random_() % 2 == 0 ? 0xFF : 0x00;
    tlm::tlm_generic_payload access;
    access.set_command(static_cast<tlm::tlm_command>(random_() % 5 == 0 ? 2 : random_() % 2));
    access.set_address(random_() % 4 != 0 ? random_() % (window / 4) * 4 : random_() % (window + 0x20));
    access.set_data_ptr(data.data());
    access.set_data_length(length);
    access.set_streaming_width(random_() % 2 == 0 ? length : static_cast<unsigned>(1 + random_() % 8));
    if (random_() % 4 == 0) {
      access.set_byte_enable_ptr(enables.data());
      access.set_byte_enable_length(static_cast<unsigned>(enables.size()));
    }
    sc_time delay = from_picoseconds(random_() % 4 == 0 ? random_() % 1'000'000 : 0);
    socket->b_transport(access, delay);
    ++accesses;
    if (!access.is_response_ok()) ++errors;
    if (access.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE) ADD_FAILURE() << "no response";
  }
  void write(std::uint64_t offset, std::uint32_t value) {
    tlm::tlm_generic_payload access;
    access.set_write();
    access.set_address(offset);
    access.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    access.set_data_length(4);
    access.set_streaming_width(4);
    sc_time delay;
    socket->b_transport(access, delay);
  }
  std::uint64_t draw(std::uint64_t bound) { return random_() % bound; }

 private:
  std::mt19937_64 random_;
};

void connect(DmaRequestPort& request, sc_core::sc_export<DmaAcknowledgeIf>& acknowledge,
             tb::RequestRecorder& line) {
  request.bind(line);
  line.acknowledge.bind(acknowledge);
}

TEST(PeripheralFuzz, UartsInEveryConfiguration) {
  SCOPED_TRACE("seed " + std::to_string(tb::seed_base()));
  std::vector<std::unique_ptr<DwApbUart>> uarts;
  std::vector<std::unique_ptr<Fuzzer>> fuzzers;
  std::vector<std::unique_ptr<tb::RequestRecorder>> lines;
  std::vector<std::unique_ptr<sc_core::sc_signal<bool>>> irqs;
  for (unsigned i = 0; i < 8; ++i) {
    uart::Parameters p;
    p.fifo_depth = i % 4 == 0 ? 0 : i % 4 == 1 ? 128 : 16;
    p.dlf_size = i % 7;
    p.uart_16550_compatible = i % 2 == 1;
    p.dma_extra = i % 3 != 0;
    p.pslverr_resp_en = i == 2;
    p.timeout_requests_dma = i == 4;
    p.cts = i == 7;
    const std::string n = std::to_string(i);
    uarts.push_back(
        std::make_unique<DwApbUart>(("uart" + n).c_str(), p, Clock(100'000'000), Clock(250'000'000)));
    fuzzers.push_back(std::make_unique<Fuzzer>(("fuzzer" + n).c_str(), tb::seed_base() * 100 + i));
    fuzzers[i]->socket.bind(uarts[i]->socket);
    irqs.push_back(std::make_unique<sc_core::sc_signal<bool>>(("irq" + n).c_str()));
    uarts[i]->irq.bind(*irqs[i]);
    for (const char* side : {"rx", "tx"}) {
      lines.push_back(std::make_unique<tb::RequestRecorder>((side + n).c_str()));
      fuzzers[i]->lines.push_back(lines.back().get());
    }
    connect(uarts[i]->rx_request, uarts[i]->rx_acknowledge, *fuzzers[i]->lines[0]);
    connect(uarts[i]->tx_request, uarts[i]->tx_acknowledge, *fuzzers[i]->lines[1]);
  }
  uarts[0]->connect_to(*uarts[1]);
  uarts[2]->connect_to(*uarts[3]);
  uarts[4]->connect_to(*uarts[4]);
  uarts[5]->connect_to(*uarts[5]);

  // Now and then a working set-up, so that random accesses meet a UART that moves something.
  const std::pair<std::uint64_t, std::uint32_t> set_up[] = {{0xA4, 0}, {0x70, 0}, {0x08, 7}, {0x0C, 0x83},
                                                            {0x00, 1}, {0x04, 0}, {0x0C, 3}, {0x08, 1}};
  const std::uint64_t rounds = tb::programs(1'000'000, 10) / 8;
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (round % 16 == 0) {
      for (auto& fuzzer : fuzzers) {
        for (const auto& [offset, value] : set_up) fuzzer->write(offset, value);
      }
    }
    for (auto& fuzzer : fuzzers) fuzzer->step();
    sc_core::sc_start(from_picoseconds(1 + fuzzers[0]->draw(2'000'000)));
    for (auto& line : lines) {
      if (line->calls.size() > 1000) line->calls.erase(line->calls.begin(), line->calls.end() - 1);
    }
  }
  std::uint64_t moved = 0;
  for (auto& u : uarts) moved += u->statistics().sent + u->statistics().received;
  EXPECT_GT(moved, rounds / 10);
  for (auto& line : lines) EXPECT_EQ(line->out_of_order, 0u);
  for (std::size_t i = 0; i < fuzzers.size(); ++i) EXPECT_EQ(fuzzers[i]->errors > 0, i == 2) << i;
}

TEST(PeripheralFuzz, TrafficDevicesOfEveryWidth) {
  SCOPED_TRACE("seed " + std::to_string(tb::seed_base()));
  std::vector<std::unique_ptr<Traffic>> devices;
  std::vector<std::unique_ptr<Fuzzer>> fuzzers;
  std::vector<std::unique_ptr<tb::RequestRecorder>> lines;
  for (unsigned i = 0; i < 4; ++i) {
    traffic::Parameters p;
    p.item_bytes = 1u << i;
    p.fifo_depth = 5 + 10 * i;
    p.sink_watermark = 4;
    p.flow_controller = i % 2 == 0;
    const std::string n = std::to_string(i);
    devices.push_back(std::make_unique<Traffic>(("traffic" + n).c_str(), p, Clock(100'000'000)));
    fuzzers.push_back(std::make_unique<Fuzzer>(("fuzzer" + n).c_str(), tb::seed_base() * 100 + i));
    fuzzers[i]->socket.bind(devices[i]->socket);
    for (const char* side : {"sink", "source"}) {
      lines.push_back(std::make_unique<tb::RequestRecorder>((side + n).c_str()));
      fuzzers[i]->lines.push_back(lines.back().get());
    }
    connect(devices[i]->sink_request, devices[i]->sink_acknowledge, *fuzzers[i]->lines[0]);
    connect(devices[i]->source_request, devices[i]->source_acknowledge, *fuzzers[i]->lines[1]);
  }
  const std::uint64_t rounds = tb::programs(1'000'000, 10) / 4;
  // As for the UARTs: a short gap, and both sides on.
  const std::pair<std::uint64_t, std::uint32_t> set_up[] = {
      {0x38, 0}, {0x3C, 0}, {0x18, 1}, {0x1C, 9}, {0x00, 3}};
  for (std::uint64_t round = 0; round < rounds; ++round) {
    if (round % 16 == 0) {
      for (auto& fuzzer : fuzzers) {
        for (const auto& [offset, value] : set_up) fuzzer->write(offset, value);
      }
    }
    for (auto& fuzzer : fuzzers) fuzzer->step();
    sc_core::sc_start(from_picoseconds(1 + fuzzers[0]->draw(500'000)));
    for (auto& line : lines) {
      if (line->calls.size() > 1000) line->calls.erase(line->calls.begin(), line->calls.end() - 1);
    }
  }
  std::uint64_t moved = 0;
  for (auto& device : devices) moved += device->statistics().source_made + device->statistics().sink_items;
  EXPECT_GT(moved, rounds / 10);
  for (auto& line : lines) EXPECT_EQ(line->out_of_order, 0u);
  for (auto& fuzzer : fuzzers) EXPECT_EQ(fuzzer->errors, 0u);
}

/// A serial device, what fuzzes it, and its request and interrupt lines.
template <class Device>
struct Fuzzed {
  std::unique_ptr<Device> device;
  Fuzzer fuzzer;
  tb::RequestRecorder tx, rx;
  sc_core::sc_signal<bool> irq;

  Fuzzed(std::unique_ptr<Device> fuzzed, const std::string& n, std::uint64_t window)
      : device(std::move(fuzzed)),
        fuzzer(("fuzzer" + n).c_str(), tb::seed_base() * 100),
        tx(("tx" + n).c_str()),
        rx(("rx" + n).c_str()),
        irq(("irq" + n).c_str()) {
    fuzzer.socket.bind(device->socket);
    fuzzer.window = window;
    fuzzer.lines = {&tx, &rx};
    device->irq.bind(irq);
    connect(device->dma_tx, device->dma_tx_ack, tx);
    connect(device->dma_rx, device->dma_rx_ack, rx);
  }
  /// Now and then a working set-up is written, and `change` is called.
  void run(
      const std::vector<std::pair<std::uint64_t, std::uint32_t>>& set_up, std::uint64_t longest_wait_ps,
      const std::function<void()>& change = [] {}) {
    SCOPED_TRACE("seed " + std::to_string(tb::seed_base()));
    const std::uint64_t rounds = tb::programs(1'000'000, 10);
    for (std::uint64_t round = 0; round < rounds; ++round) {
      if (round % 32 == 0) {
        for (const auto& [offset, value] : set_up) fuzzer.write(offset, value);
        change();
      }
      fuzzer.step();
      sc_core::sc_start(from_picoseconds(1 + fuzzer.draw(longest_wait_ps)));
      for (tb::RequestRecorder* line : fuzzer.lines) {
        if (line->calls.size() > 1000) line->calls.erase(line->calls.begin(), line->calls.end() - 1);
      }
    }
    EXPECT_EQ(tx.out_of_order + rx.out_of_order, 0u);
  }
};

TEST(PeripheralFuzz, SpiMasterWithALoopback) {
  Fuzzed<DwApbSsi> ssi(std::make_unique<DwApbSsi>("spi", ssi::Parameters{}, Clock(100'000'000)), "0", 0x100);
  SpiLoopback loopback;
  ssi.device->attach(0, &loopback);
  ssi.run({{0x08, 0}, {0x00, 7 << 16}, {0x14, 2}, {0x10, 1}, {0x4C, 3}, {0x08, 1}, {0x60, 0x55}}, 2'000'000);
  ssi.device->synchronize();
  EXPECT_GT(ssi.device->traffic().frames, tb::programs(1'000'000, 10) / 100);
}

TEST(PeripheralFuzz, I2sWhoseClockChanges) {
  Fuzzed<DwApbI2s> i2s(
      std::make_unique<DwApbI2s>("i2s", i2s::Parameters{}, Clock(100'000'000), Clock(1'536'000)), "0", 0x240);
  I2sLoopback line;
  i2s.device->set_line(&line);
  i2s.run({{0x0C, 0},
           {0x10, 0},
           {0x28, 1},
           {0x2C, 1},
           {0x200, 3u << 16},
           {0x00, 1},
           {0x04, 1},
           {0x08, 1},
           {0x0C, 1}},
          40'000'000, [&] { i2s.device->set_sclk(Clock(1 + i2s.fuzzer.draw(10'000'000))); });
  i2s.device->synchronize();
  EXPECT_GT(i2s.device->frames(), tb::programs(1'000'000, 10) / 10);
  i2s.device->set_line(nullptr);
}

}  // namespace
}  // namespace dmavp
