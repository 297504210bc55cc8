#include "peripherals/ssi.h"

#include <stdexcept>
#include <string>

namespace dmavp {

namespace {

const ssi::Parameters& validated(const ssi::Parameters& parameters, const char* name) {
  refuse(name, ssi::validate(parameters));
  return parameters;
}

}  // namespace

DwApbSsi::DwApbSsi(const sc_core::sc_module_name& module_name, const ssi::Parameters& parameters,
                   const Clock& clock)
    : SerialSlave(module_name, parameters.access_latency, clock),
      registers_(validated(parameters, name()), clock) {
  set_model(registers_);
}

void DwApbSsi::attach(unsigned select, SpiDevice* device) {
  const unsigned count = registers_.parameters().num_cs;
  if (select >= count) {
    throw std::invalid_argument(std::string(name()) + ": chip select " + std::to_string(select) +
                                " does not exist, there are " + std::to_string(count));
  }
  registers_.core().attach(select, device);
}

}  // namespace dmavp
