// What a device tree says about the board, checked and ready to build from. Plain data, no SystemC.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dmac/parameters.h"
#include "kernel/kernel.h"
#include "platform/config/device_tree.h"

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
  std::vector<std::uint32_t> interrupts;  ///< 1 = combined; else one per channel, and possibly the common one
};

struct BoardDescription {
  std::string model;
  std::vector<CpuDescription> cpus;
  std::vector<MemoryDescription> memories;
  PlicDescription plic;
  std::vector<DmacDescription> dmacs;
  kernel::Tunables tunables;
  std::uint64_t quantum_ps = 0;
  std::uint64_t clock_hz = 0;         ///< AXI clock of the interconnect and the memories
  std::uint64_t request_latency = 0;  ///< cycles
  std::uint64_t response_latency = 0;
  bool coherent = true;
  std::vector<std::string> ignored;  ///< paths of nodes nobody knows
};

/// Throws InputError with one line for every problem found.
BoardDescription describe_board(const DeviceTree& tree);

}  // namespace dmavp::platform
