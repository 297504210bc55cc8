// DW_apb_ssi / DWC_ssi: SPI master with FIFOs and DMA requests, as a SystemC module (spec peripherals 3).
#pragma once

#include "peripherals/spi_i2s_slave.h"
#include "peripherals/ssi_registers.h"

namespace dmavp {

/// Socket, interrupt and DMA ports are those of SerialSlave.
class DwApbSsi : public SerialSlave {
 public:
  /// @param clock ssi_clk, from which BAUDR divides; register latency and the answer to a DMA acknowledge
  ///   count its cycles as well
  /// @throws std::invalid_argument listing every parameter out of range
  DwApbSsi(const sc_core::sc_module_name& name, const ssi::Parameters& parameters, const Clock& clock);

  /// Connects `device` (null: nothing) to native chip select `select`; it outlives the module.
  /// @throws std::invalid_argument if the part has no such select
  void attach(unsigned select, SpiDevice* device);

  /// As of the last access or wake-up; synchronize() brings them up to date.
  const ssi::Losses& losses() const { return registers_.core().losses(); }
  const ssi::Traffic& traffic() const { return registers_.core().traffic(); }
  const ssi::Parameters& parameters() const { return registers_.parameters(); }

 private:
  ssi::Registers registers_;
};

}  // namespace dmavp
