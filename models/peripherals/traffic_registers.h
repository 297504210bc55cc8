// The register map of the traffic source/sink (spec boards 7.5). Plain C++.
#pragma once

#include <cstdint>
#include <string>

#include "base/register_bank.h"
#include "peripherals/traffic_core.h"

namespace dmavp::traffic {

/// Accesses act on the core at its now(). 8, 16, 32 and, for items of 8 bytes, 64 bits: SINK and SOURCE are
/// then the writing and the reading half of one 64-bit register at 0x08. Each access to them is one item.
class Registers {
 public:
  Registers(const std::string& name, Core& core);

  void read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes);
  void write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes);

  const RegisterBank& bank() const { return bank_; }

 private:
  void declare_control();
  void declare_line();
  void declare_counters();
  bool is_item(std::uint64_t offset, unsigned bytes) const;

  std::uint64_t ctrl(unsigned) const;
  void write_ctrl(unsigned, const RegisterWrite& write);
  std::uint64_t status(unsigned) const { return core_.status(); }
  void write_status(unsigned, const RegisterWrite& write);
  void write_sink(unsigned, const RegisterWrite& write);
  std::uint64_t source(unsigned) const { return core_.source_head(); }
  void source_read(unsigned) { core_.pop_source(); }
  std::uint64_t sink_watermark(unsigned) const { return core_.sink_watermark(); }
  void write_sink_watermark(unsigned, const RegisterWrite& write);
  std::uint64_t source_watermark(unsigned) const { return core_.source_watermark(); }
  void write_source_watermark(unsigned, const RegisterWrite& write);
  std::uint64_t burst(unsigned) const { return core_.items_per_burst(); }
  void write_burst(unsigned, const RegisterWrite& write);
  std::uint64_t gap(unsigned) const { return core_.gap(); }
  void write_gap(unsigned, const RegisterWrite& write);
  std::uint64_t seed(unsigned) const { return core_.seed(); }
  void write_seed(unsigned, const RegisterWrite& write);
  std::uint64_t enable(unsigned) const { return core_.enable(); }
  void write_enable(unsigned, const RegisterWrite& write);
  std::uint64_t sink_length(unsigned) const { return core_.sink_length(); }
  void write_sink_length(unsigned, const RegisterWrite& write);
  std::uint64_t source_length(unsigned) const { return core_.source_length(); }
  void write_source_length(unsigned, const RegisterWrite& write);
  std::uint64_t flow_items(unsigned) const { return core_.flow_items(); }
  void write_flow_items(unsigned, const RegisterWrite& write);
  std::uint64_t sink_level(unsigned) const { return core_.sink_level(); }
  std::uint64_t source_level(unsigned) const { return core_.source_level(); }
  std::uint64_t sink_count(unsigned) const { return core_.since_reset().sink_items; }
  std::uint64_t source_count(unsigned) const { return core_.since_reset().source_items; }
  std::uint64_t sink_lost(unsigned) const { return core_.since_reset().sink_lost; }
  std::uint64_t source_lost(unsigned) const { return core_.since_reset().source_lost; }
  std::uint64_t sink_starved(unsigned) const { return core_.since_reset().sink_starved; }
  std::uint64_t source_underruns(unsigned) const { return core_.since_reset().source_underruns; }
  std::uint64_t mismatches(unsigned) const { return core_.since_reset().mismatches; }

  Core& core_;
  RegisterBank bank_;
};

}  // namespace dmavp::traffic
