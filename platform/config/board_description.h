// What a device tree says about the board, checked and ready to build from. Plain data, no SystemC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "bus/bus_arbiter.h"
#include "bus/traffic_generator_config.h"
#include "dmac/parameters.h"
#include "kernel/kernel.h"
#include "memory/dram_timing.h"
#include "peripherals/request_select_registers.h"
#include "platform/config/device_tree.h"
#include "platform/config/peripheral_settings.h"

namespace dmavp::platform {

struct CpuDescription {
  std::string name;
  std::string path;
  kernel::CpuCosts costs;
  unsigned context = 0;  ///< of the interrupt controller
};

struct MemoryDescription {
  std::string name;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint64_t read_latency = 0;  ///< cycles
  std::uint64_t write_latency = 0;
  std::uint64_t initiation_interval = 1;  ///< cycles
  bool shared_data_port = false;
  unsigned port_bytes = 0;
  std::optional<DramConfig> dram{};
  bool dmi = true;
  bool main_memory = false;  ///< device_type = "memory": software allocates from it
};

struct PlicDescription {
  std::string name;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  unsigned sources = 0;
  unsigned contexts = 0;
};

struct DmacDescription {
  std::string name;
  std::string path;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint64_t clock_hz = 0;
  dmac::Parameters parameters;
  bool dmi = true;
  unsigned bus_weight = 1;
  std::vector<std::uint32_t> interrupts;  ///< 1 = combined; else channels, common, combined (intr_io_type)
};

/// One handshake interface of a peripheral, wired by its `dmas`.
struct DmaLink {
  std::string controller;  ///< path of its node
  unsigned dmac = 0;       ///< index in BoardDescription::dmacs
  unsigned number = 0;     ///< handshake interface there
};

/// What hangs behind a native chip select of an SPI master.
struct SpiChip {
  std::string name;
  std::string path;
  unsigned select = 0;
  bool flash = false;  ///< else a loopback
  FlashSettings settings;
};

enum class PeripheralKind : std::uint8_t { kUart, kSpi, kI2s, kTraffic };
const char* to_string(PeripheralKind kind);  ///< "uart", "spi", "i2s", "traffic"

struct PeripheralDescription {
  PeripheralKind kind = PeripheralKind::kUart;
  std::string name;
  std::string path;
  std::string where;  ///< file and path, for messages about host files
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  std::uint64_t bus_hz = 0;    ///< of register accesses and DMA handshakes
  std::uint64_t clock_hz = 0;  ///< baud clock, ssi clock or serial clock of an I2S
  std::optional<std::uint32_t> interrupt;
  std::optional<DmaLink> rx;  ///< peripheral to memory
  std::optional<DmaLink> tx;  ///< memory to peripheral
  // Of these the one of its kind.
  UartSettings uart;
  ssi::Parameters spi;
  std::vector<SpiChip> chips;
  I2sSettings i2s;
  unsigned peer = 0;  ///< I2sBackend::kPeer: index in BoardDescription::peripherals
  traffic::Parameters traffic;
};

/// One request line of a peripheral at a request select.
struct RequestLine {
  unsigned peripheral = 0;            ///< index in BoardDescription::peripherals
  bool transmit = false;              ///< memory to peripheral
  std::optional<unsigned> handshake;  ///< wired to it while software has selected nothing
  std::optional<unsigned> code;       ///< by which software selects the line
};

/// Registers by which software connects request lines with the handshake interfaces of a controller.
struct RequestSelectDescription {
  std::string name;
  std::string path;
  std::uint64_t base = 0;
  std::uint64_t size = 0;
  request_select::Layout layout = request_select::Layout::kK210;
  unsigned dmac = 0;  ///< index in BoardDescription::dmacs
  std::vector<RequestLine> lines;
};

/// A master that loads the bus beside the controllers.
struct LoadDescription {
  std::string name;
  std::string path;
  TrafficGeneratorConfig config;
  unsigned bus_weight = 1;
};

struct BoardDescription {
  std::string model;
  std::vector<CpuDescription> cpus;
  std::vector<MemoryDescription> memories;
  PlicDescription plic;
  std::vector<DmacDescription> dmacs;
  std::vector<PeripheralDescription> peripherals;
  std::vector<RequestSelectDescription> request_selects;
  std::vector<LoadDescription> loads;  ///< those that are not silent
  kernel::Tunables tunables;
  std::uint64_t quantum_ps = 0;
  std::uint64_t clock_hz = 0;         ///< AXI clock of the interconnect and the memories
  std::uint64_t request_latency = 0;  ///< cycles
  unsigned target_outstanding = 0;    ///< bursts; 0: no limit
  Arbitration arbitration = Arbitration::kRoundRobin;
  std::uint64_t response_latency = 0;
  bool coherent = true;
  bool timed = false;                ///< timing mode at
  std::vector<std::string> ignored;  ///< paths of nodes nobody knows
  std::vector<std::string> notes;    ///< what was assumed or left out, one sentence each
};

/// Throws InputError with one line for every problem found.
BoardDescription describe_board(const DeviceTree& tree);
/// The same after assume_clock_rates(), which changes the tree.
BoardDescription complete_and_describe(DeviceTree& tree);

}  // namespace dmavp::platform
