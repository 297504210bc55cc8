// The register map of DW_apb_uart (spec peripherals 2.1). Plain C++.
#pragma once

#include <cstdint>
#include <string>

#include "base/delegate.h"
#include "base/register_bank.h"
#include "peripherals/uart_core.h"

namespace dmavp::uart {

/// Accesses act on the core at its now(). 8, 16 and 32 bits; 64 are two accesses. What is not there reads 0
/// and ignores writes.
class Registers {
 public:
  /// `drop_requests` is called when DMASA is written.
  Registers(const std::string& name, Core& core, Delegate<void()> drop_requests);

  /// False: the bus answers with an error (pslverr_resp_en).
  bool read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes);
  bool write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes);

  const RegisterBank& bank() const { return bank_; }

 private:
  void declare_classic();
  void declare_shadows();
  void declare_additional();
  const Parameters& parameters() const { return core_.parameters(); }

  // One pair a register; (unsigned) is the instance, of which only the aliases have several.
  std::uint64_t data(unsigned) const;
  void data_read(unsigned);
  void write_data(unsigned, const RegisterWrite& write);
  std::uint64_t alias(unsigned) const { return core_.head(); }
  void alias_read(unsigned);
  void write_alias(unsigned, const RegisterWrite& write);
  std::uint64_t ier(unsigned) const;
  void write_ier(unsigned, const RegisterWrite& write);
  std::uint64_t iir(unsigned) const { return core_.iir(); }
  void iir_read(unsigned) { core_.iir_read(); }
  void write_fcr(unsigned, const RegisterWrite& write);
  std::uint64_t lcr(unsigned) const { return core_.lcr(); }
  void write_lcr(unsigned, const RegisterWrite& write);
  std::uint64_t mcr(unsigned) const { return core_.mcr(); }
  void write_mcr(unsigned, const RegisterWrite& write);
  std::uint64_t lsr(unsigned) const { return core_.lsr(); }
  void lsr_read(unsigned) { core_.lsr_read(); }
  std::uint64_t msr(unsigned) const { return core_.msr(); }
  void msr_read(unsigned) { core_.msr_read(); }
  std::uint64_t usr(unsigned) const { return core_.usr(); }
  void usr_read(unsigned) { core_.usr_read(); }
  std::uint64_t tfl(unsigned) const { return core_.transmit_level(); }
  std::uint64_t rfl(unsigned) const { return core_.receive_level(); }
  std::uint64_t far(unsigned) const { return core_.fifo_access() ? 1 : 0; }
  void write_far(unsigned, const RegisterWrite& write);
  std::uint64_t tfr(unsigned) const { return core_.next_transmit(); }
  void tfr_read(unsigned) { core_.pop_transmit(); }
  void write_rfw(unsigned, const RegisterWrite& write);
  void write_srr(unsigned, const RegisterWrite& write);
  std::uint64_t srts(unsigned) const { return (core_.mcr() >> 1) & 1; }
  void write_srts(unsigned, const RegisterWrite& write);
  std::uint64_t sbcr(unsigned) const { return (core_.lcr() >> 6) & 1; }
  void write_sbcr(unsigned, const RegisterWrite& write);
  std::uint64_t sdmam(unsigned) const { return core_.dma_mode() ? 1 : 0; }
  void write_sdmam(unsigned, const RegisterWrite& write);
  std::uint64_t sfe(unsigned) const { return core_.fifos_on() ? 1 : 0; }
  void write_sfe(unsigned, const RegisterWrite& write);
  std::uint64_t srt(unsigned) const { return core_.rt(); }
  void write_srt(unsigned, const RegisterWrite& write);
  std::uint64_t stet(unsigned) const { return core_.tet(); }
  void write_stet(unsigned, const RegisterWrite& write);
  std::uint64_t htx(unsigned) const { return core_.halted() ? 1 : 0; }
  void write_htx(unsigned, const RegisterWrite& write);
  void write_dmasa(unsigned, const RegisterWrite& write);
  std::uint64_t dlf(unsigned) const { return core_.dlf(); }
  void write_dlf(unsigned, const RegisterWrite& write);

  void pop();

  Core& core_;
  Delegate<void()> drop_requests_;
  RegisterBank bank_;
  bool bus_error_ = false;  // of the access on the stack
};

}  // namespace dmavp::uart
