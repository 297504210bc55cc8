// Register map of DW_apb_ssi and DWC_ssi on top of the core (spec peripherals 3). Plain C++.
#pragma once

#include <cstdint>

#include "peripherals/spi_i2s_model.h"
#include "peripherals/ssi_core.h"
#include "peripherals/ssi_parameters.h"

namespace dmavp::ssi {

/// Bits of ISR, RISR and IMR.
enum Interrupt : std::uint32_t {
  kTxEmpty = 1,
  kTxOverflow = 2,
  kRxUnderflow = 4,
  kRxOverflow = 8,
  kRxFull = 16,
  kMultiMaster = 32
};
/// Bits of SR.
enum Status : std::uint32_t { kBusy = 1, kTfnf = 2, kTfe = 4, kRfne = 8, kRff = 16 };

class Registers : public ClockedModel {
 public:
  /// @param parameters valid ones
  Registers(const Parameters& parameters, const Clock& clock);

  const RegisterBank& bank() const override { return bank_; }
  RegisterBank& bank() override { return bank_; }
  void advance(Picoseconds time) override;
  Picoseconds next_change() const override;
  bool interrupt() const override { return (raw() & imr()) != 0; }
  RequestLevels request(Direction direction) const override;
  void acknowledged(Direction direction, bool finish) override;

  Core& core() { return core_; }
  const Core& core() const { return core_; }
  const Parameters& parameters() const { return parameters_; }

 private:
  /// Positions of the fields of CTRLR0.
  struct Fields {
    unsigned dfs, dfs_bits, frf, scph, scpol, tmod, slv_oe, srl, cfs;
    int spi_frf, sste, mst;  ///< -1: not there
    std::uint32_t reset;
  };
  static Fields fields_of(const Parameters& parameters);

  void declare();
  void declare_ctrlr0();
  void declare_status();
  void declare_storage();

  std::uint64_t while_enabled(unsigned, const RegisterWrite& write);
  void enable_written(unsigned, const RegisterWrite& write);
  void select_written(unsigned, const RegisterWrite& write);
  void tx_threshold_written(unsigned, const RegisterWrite& write);
  void rx_threshold_written(unsigned, const RegisterWrite& write);
  void dma_written(unsigned, const RegisterWrite& write);
  std::uint64_t tx_level(unsigned) { return core_.tx_level(); }
  std::uint64_t rx_level(unsigned) { return core_.rx_level(); }
  std::uint64_t status(unsigned);
  std::uint64_t masked(unsigned) { return raw() & imr(); }
  std::uint64_t unmasked(unsigned) { return raw(); }
  std::uint64_t tx_overflow(unsigned) { return core_.tx_overflow() ? 1 : 0; }
  std::uint64_t rx_overrun(unsigned) { return core_.rx_overrun() ? 1 : 0; }
  std::uint64_t rx_underflow(unsigned) { return core_.rx_underflow() ? 1 : 0; }
  std::uint64_t any_latched(unsigned);
  void clear_tx_overflow(unsigned) { core_.clear_tx_overflow(); }
  void clear_rx_overrun(unsigned) { core_.clear_rx_overrun(); }
  void clear_rx_underflow(unsigned) { core_.clear_rx_underflow(); }
  void clear_latched(unsigned);
  std::uint64_t data(unsigned) { return core_.front(); }
  void data_read(unsigned);
  void data_written(unsigned, const RegisterWrite& write);

  std::uint32_t raw() const;
  std::uint32_t imr() const { return static_cast<std::uint32_t>(imr_->value()); }
  Format format() const;
  void report_losses(Picoseconds time);
  void report_stranded(std::uint64_t dmacr) const;

  const Parameters parameters_;
  const Fields fields_;
  Core core_;
  RegisterBank bank_;
  Register* ctrlr0_ = nullptr;
  Register* ctrlr1_ = nullptr;
  Register* baudr_ = nullptr;
  Register* txftlr_ = nullptr;
  Register* rxftlr_ = nullptr;
  Register* imr_ = nullptr;
  Register* dmacr_ = nullptr;
  Register* dmatdlr_ = nullptr;
  Register* dmardlr_ = nullptr;
  bool more_expected_ = false;
  std::uint64_t starved_reported_ = 0;
  bool overflow_reported_ = false;
  bool overrun_reported_ = false;
  bool underflow_reported_ = false;
};

}  // namespace dmavp::ssi
