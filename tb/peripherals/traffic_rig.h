// A traffic source and sink without SystemC, with a clock the test sets.
#pragma once

#include <cstdint>

#include "peripherals/traffic_core.h"
#include "peripherals/traffic_registers.h"

namespace dmavp::tb {

/// Offsets as docs/traffic.md lists them.
enum TrafficOffset : std::uint64_t {
  CTRL = 0x00,
  STATUS = 0x04,
  SINK = 0x08,
  SOURCE = 0x0C,
  SINK_WM = 0x10,
  SOURCE_WM = 0x14,
  BURST = 0x18,
  GAP = 0x1C,
  SINK_COUNT = 0x20,
  SOURCE_COUNT = 0x24,
  SINK_LOST = 0x28,
  SOURCE_LOST = 0x2C,
  SEED = 0x30,
  INT_ENABLE = 0x34,
  SINK_LENGTH = 0x38,
  SOURCE_LENGTH = 0x3C,
  FLOW_ITEMS = 0x40,
  MISMATCHES = 0x44,
  STARVED = 0x48,
  UNDERRUNS = 0x4C,
  SINK_LEVEL = 0x50,
  SOURCE_LEVEL = 0x54,
  CONFIG = 0x58,
};

struct NoOwner : traffic::CoreOwner {
  void outputs_changed(Picoseconds) override { ++events; }
  std::uint64_t events = 0;
};

/// 1 GHz: a cycle is 1000 ps.
struct TrafficRig {
  NoOwner owner;
  traffic::Core core;
  traffic::Registers registers{"traffic", core};
  explicit TrafficRig(const traffic::Parameters& p = {}) : core(p, Clock(1'000'000'000), owner) {}
  void write(std::uint64_t offset, std::uint64_t value) {
    registers.write(offset, 4, value, RegisterBank::kAllLanes);
  }
  std::uint32_t read(std::uint64_t offset) {
    std::uint64_t value = 0;
    registers.read(offset, 4, value, RegisterBank::kAllLanes);
    return static_cast<std::uint32_t>(value);
  }
  void run_to(Cycle cycle) { core.advance(cycle * 1000); }
};

}  // namespace dmavp::tb
