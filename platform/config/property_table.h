// Every device-tree property that shapes the platform, in one table: validation, `dmavp properties`, the
// manual and the edits of --set come from it.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "bus/bus_arbiter.h"
#include "bus/traffic_generator_config.h"
#include "dmac/parameters.h"
#include "kernel/kernel.h"
#include "memory/dram_timing.h"
#include "platform/config/device_tree.h"
#include "platform/config/peripheral_settings.h"

namespace dmavp::platform {

enum class NodeKind : std::uint8_t {
  kCpus,
  kCpu,
  kMemory,
  kDmac,
  kPlic,
  kBus,
  kRequestSelect,
  kUart,
  kSpi,
  kFlash,
  kI2s,
  kTraffic,
  kTrafficGenerator
};
const char* to_string(NodeKind kind);

/// What the properties of one node say; only the parts of the node's kind mean anything.
struct NodeSettings {
  kernel::CpuCosts costs;        // kCpu
  std::uint64_t quantum_ps = 0;  // kCpus
  std::uint64_t time_slice_ps = 0;
  std::uint64_t interrupt_latency_max_ps = 0;
  unsigned defer_softirq_percent = 0;
  unsigned hz = 0;
  std::uint64_t read_latency = 0;  // kMemory: cycles
  std::uint64_t write_latency = 0;
  std::uint64_t initiation_interval = 1;
  unsigned data_ports = 2;
  unsigned port_bytes = 0;
  bool dram = false;
  DramConfig dram_times;
  std::uint64_t request_latency = 0;  // kBus: cycles
  std::uint64_t response_latency = 0;
  unsigned target_outstanding = 0;
  Arbitration arbitration = Arbitration::kRoundRobin;
  bool dmi = true;               // kMemory, kDmac
  unsigned sources = 0;          // kPlic: riscv,ndev
  unsigned data_width_code = 0;  // kDmac: snps,data-width
  unsigned bus_weight = 1;       // kDmac, kTrafficGenerator
  unsigned burst_property = 0;   // kDmac: snps,axi-max-burst-len, 0 if absent
  dmac::Parameters dmac;         // kDmac
  UartSettings uart;             // kUart
  ssi::Parameters spi;           // kSpi
  FlashSettings flash;           // kFlash
  I2sSettings i2s;               // kI2s
  traffic::Parameters traffic;   // kTraffic
  TrafficGeneratorConfig load;   // kTrafficGenerator; base and size: of `load_memory`
  std::string load_memory;       // an alias, empty for the main memory
};

enum class PropertyType : std::uint8_t {
  kCell,    ///< one 32-bit number
  kCells,   ///< numbers, one for each channel
  kFlag,    ///< present or absent
  kChoice,  ///< one of the words in `choices`
  kText     ///< any text, the name of a file for example
};

struct Property {
  const char* name;
  NodeKind kind;
  PropertyType type;
  const char* unit;  ///< "" where it is a plain number
  std::uint64_t min;
  std::uint64_t max;
  const char* default_text;  ///< value that applies when absent; "required"; or "= ..." for a derived one
  const char* text;
  void (*set)(NodeSettings& settings, unsigned index,
              std::uint64_t value);  ///< for kChoice the index of the word
  std::vector<const char*> choices = {};
  void (*set_text)(NodeSettings& settings, const std::string& value) = nullptr;  ///< for kText

  bool required() const;
  bool has_default() const;
};

const std::vector<Property>& property_table();
const Property* find_property(NodeKind kind, const std::string& name);

/// Kinds of node this platform builds or reads; false for nodes it ignores.
bool kind_of(const DeviceTree& tree, int node, NodeKind& kind);

/// Reads the node's properties; appends one line to `problems` for each that is missing, malformed or out of
/// range.
NodeSettings read_settings(const DeviceTree& tree, int node, NodeKind kind,
                           std::vector<std::string>& problems);

/// `path` = "node:property" or "node:property[index]", value in the property's unit (times may carry their
/// own). Throws InputError when node or property do not exist or the value does not parse.
void apply_board_setting(DeviceTree& tree, const std::string& path, const std::string& value);

void print_properties(std::ostream& out);           ///< for a terminal
void write_properties_markdown(std::ostream& out);  ///< for the manual

}  // namespace dmavp::platform
