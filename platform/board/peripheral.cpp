#include "platform/board/peripheral.h"

#include <filesystem>
#include <iostream>

#include "peripherals/dw_apb_uart.h"
#include "peripherals/traffic.h"
#include "peripherals/uart_backends.h"
#include "platform/board/peripheral_parts.h"
#include "platform/config/problem.h"

namespace dmavp::platform {
namespace {

class UartPeripheral : public Peripheral {
 public:
  explicit UartPeripheral(const PeripheralPlan& plan)
      : uart_(plan.module_name, plan.description.uart.parameters, Clock(plan.description.clock_hz),
              Clock(plan.description.bus_hz)) {
    connect(plan);
  }

  tlm::tlm_target_socket<>& socket() override { return uart_.socket; }
  InterruptOutput::Port& interrupt() override { return uart_.irq; }
  Handshake receive() override { return {&uart_.rx_request, &uart_.rx_acknowledge}; }
  Handshake transmit() override { return {&uart_.tx_request, &uart_.tx_acknowledge}; }
  void set_observer(Observer* observer) override { uart_.set_observer(observer); }
  void set_fault_point(FaultPoint* hook) override { uart_.set_fault_point(hook); }
  const RegisterBank& bank() const override { return uart_.bank(); }
  void synchronize() override { uart_.synchronize(); }
  std::string announcement() const override { return announcement_; }
  void save() const override {
    if (file_ != nullptr) file_->flush();
  }

  std::vector<Counter> counters() const override {
    const uart::Statistics& s = uart_.statistics();
    return {{"sent", s.sent},
            {"received", s.received},
            {"rx_overruns", s.rx_overruns, true},
            {"rx_unheard", s.rx_unheard, true},
            {"tx_overflows", s.tx_overflows, true},
            {"rx_underflows", s.rx_underflows, true},
            {"tx_gaps", s.tx_gaps},
            {"tx_gap_ps", s.tx_gap_time},
            {"frames_cut", s.frames_cut},
            {"rx_flushed", s.rx_flushed},
            {"tx_flushed", s.tx_flushed},
            {"parity_errors", s.parity_errors, true},
            {"framing_errors", s.framing_errors, true},
            {"breaks", s.breaks, true},
            {"busy_lcr_writes", s.busy_lcr_writes},
            {"dma_rx_transactions", uart_.rx_line().acknowledges()},
            {"dma_tx_transactions", uart_.tx_line().acknowledges()}};
  }

 private:
  void connect(const PeripheralPlan& plan) {
    const UartSettings& settings = plan.description.uart;
    switch (settings.backend) {
      case UartBackend::kNone:
        return;
      case UartBackend::kLoopback:
        return uart_.connect_to(uart_);
      case UartBackend::kFile:
        return plan.guard("dmavp,backend-input, dmavp,backend-output", [&] {
          auto file = std::make_unique<uart::FileBackend>(uart::FileBackend::Config{
              settings.output, plan.input_file(settings.input), settings.start, settings.obey_rts});
          file_ = file.get();
          uart_.attach(std::move(file));
        });
      case UartBackend::kStdout:
        return uart_.attach(std::make_unique<uart::StreamBackend>(std::cout));
      case UartBackend::kPty:
        return plan.guard("dmavp,backend", [&] {
          auto terminal = std::make_unique<uart::PtyBackend>(settings.poll);
          announcement_ = "terminal " + terminal->path();
          uart_.attach(std::move(terminal));
        });
    }
  }

  DwApbUart uart_;
  std::string announcement_;
  uart::FileBackend* file_ = nullptr;  ///< attached to the UART
};

class TrafficPeripheral : public Peripheral {
 public:
  explicit TrafficPeripheral(const PeripheralPlan& plan)
      : traffic_(plan.module_name, plan.description.traffic, Clock(plan.description.bus_hz)) {}

  tlm::tlm_target_socket<>& socket() override { return traffic_.socket; }
  InterruptOutput::Port& interrupt() override { return traffic_.irq; }
  Handshake receive() override { return {&traffic_.source_request, &traffic_.source_acknowledge}; }
  Handshake transmit() override { return {&traffic_.sink_request, &traffic_.sink_acknowledge}; }
  void set_observer(Observer* observer) override { traffic_.set_observer(observer); }
  void set_fault_point(FaultPoint* hook) override { traffic_.set_fault_point(hook); }
  const RegisterBank& bank() const override { return traffic_.bank(); }
  void synchronize() override { traffic_.synchronize(); }

  std::vector<Counter> counters() const override {
    const traffic::Statistics& s = traffic_.statistics();
    return {{"sink_items", s.sink_items},
            {"sink_drained", s.sink_drained},
            {"sink_lost", s.sink_lost, true},
            {"sink_starved", s.sink_starved},
            {"mismatches", s.mismatches, true},
            {"source_items", s.source_items},
            {"source_made", s.source_made},
            {"source_lost", s.source_lost, true},
            {"source_underruns", s.source_underruns, true},
            {"dma_rx_transactions", traffic_.source_line().acknowledges()},
            {"dma_tx_transactions", traffic_.sink_line().acknowledges()}};
  }

 private:
  Traffic traffic_;
};

}  // namespace

std::string PeripheralPlan::input_file(const std::string& name) const {
  std::error_code error;
  if (name.empty() || name[0] == '/' || base_directory.empty() || std::filesystem::exists(name, error)) {
    return name;
  }
  const std::string other = base_directory + "/" + name;
  return std::filesystem::exists(other, error) ? other : name;
}

void PeripheralPlan::guard(const char* property, const std::function<void()>& action) const {
  try {
    action();
  } catch (const std::exception& error) {
    throw InputError(description.where + ": " + property + ": " + error.what());
  }
}

std::unique_ptr<Peripheral> make_uart(const PeripheralPlan& plan) {
  return std::make_unique<UartPeripheral>(plan);
}

std::unique_ptr<Peripheral> make_traffic(const PeripheralPlan& plan) {
  return std::make_unique<TrafficPeripheral>(plan);
}

std::unique_ptr<Peripheral> make_peripheral(const std::string& module_name,
                                            const PeripheralDescription& description,
                                            const std::string& base_directory) {
  const PeripheralPlan plan{module_name.c_str(), description, base_directory};
  switch (description.kind) {
    case PeripheralKind::kSpi:
      return make_spi(plan);
    case PeripheralKind::kI2s:
      return make_i2s(plan);
    case PeripheralKind::kTraffic:
      return make_traffic(plan);
    case PeripheralKind::kUart:
      break;
  }
  return make_uart(plan);
}

}  // namespace dmavp::platform
