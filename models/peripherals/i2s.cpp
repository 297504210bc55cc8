#include "peripherals/i2s.h"

#include <algorithm>

namespace dmavp {

namespace {

const i2s::Parameters& validated(const i2s::Parameters& parameters, const char* name) {
  refuse(name, i2s::validate(parameters));
  return parameters;
}

}  // namespace

DwApbI2s::DwApbI2s(const sc_core::sc_module_name& module_name, const i2s::Parameters& parameters,
                   const Clock& bus, const Clock& sclk)
    : SerialSlave(module_name, parameters.access_latency, bus),
      registers_(validated(parameters, name()), sclk) {
  set_model(registers_);
}

void DwApbI2s::set_sclk(const Clock& sclk) {
  synchronize();
  registers_.core().set_sclk(sclk);
  changed();
}

void DwApbI2s::external_boundary(const std::array<I2sFrame, kI2sChannels>& received, Picoseconds at) {
  advance_to(std::max(at, registers_.now()));
  registers_.external_boundary(received);
  changed();
}

void DwApbI2s::external_start(Picoseconds at) {
  advance_to(std::max(at, registers_.now()));
  registers_.external_start();
  changed();
}

I2sFrame DwApbI2s::sending(unsigned channel) const {
  if (channel >= registers_.core().tx_count()) return {};
  const i2s::TransmitChannel& tx = registers_.core().tx(channel);
  return tx.sending ? tx.frame : I2sFrame{};
}

}  // namespace dmavp
