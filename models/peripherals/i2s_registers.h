// Register map of DW_apb_i2s on top of the core (spec peripherals 5). Plain C++.
#pragma once

#include <cstdint>

#include "peripherals/i2s_core.h"
#include "peripherals/spi_i2s_model.h"

namespace dmavp::i2s {

/// Bits of ISR and IMR of a channel.
enum Interrupt : std::uint32_t { kRxda = 0x01, kRxfo = 0x02, kTxfe = 0x10, kTxfo = 0x20 };

class Registers : public ClockedModel {
 public:
  /// @param parameters valid ones
  Registers(const Parameters& parameters, const Clock& sclk);

  const RegisterBank& bank() const override { return bank_; }
  RegisterBank& bank() override { return bank_; }
  void advance(Picoseconds time) override;
  Picoseconds next_change() const override;
  bool interrupt() const override;
  RequestLevels request(Direction direction) const override;

  /// A frame boundary from outside, for a slave, at now().
  void external_start();
  void external_boundary(const std::array<I2sFrame, kI2sChannels>& received);

  Core& core() { return core_; }
  const Core& core() const { return core_; }
  const Parameters& parameters() const { return parameters_; }

 private:
  /// Where the next access to TXDMA or RXDMA goes.
  struct Sequence {
    unsigned channel = 0;
    bool right = false;
  };

  struct Reported {
    std::uint64_t underruns = 0;
    bool overrun = false;
    bool overflow = false;
    bool underflow = false;
  };

  void declare();
  void declare_dma();
  void declare_channels();

  void ier_written(unsigned, const RegisterWrite& w);
  void irer_written(unsigned, const RegisterWrite& w) { core_.set_receiving((w.value & 1) != 0); }
  void iter_written(unsigned, const RegisterWrite& w) { core_.set_transmitting((w.value & 1) != 0); }
  void cer_written(unsigned, const RegisterWrite& w) { core_.set_clock_on((w.value & 1) != 0); }
  void ccr_written(unsigned, const RegisterWrite& w);
  void rxffr_written(unsigned, const RegisterWrite& w);
  void txffr_written(unsigned, const RegisterWrite& w);
  void rff_written(unsigned n, const RegisterWrite& w);
  void tff_written(unsigned n, const RegisterWrite& w);
  void rer_written(unsigned n, const RegisterWrite& w);
  void ter_written(unsigned n, const RegisterWrite& w);
  void rcr_written(unsigned n, const RegisterWrite& w);
  void tcr_written(unsigned n, const RegisterWrite& w);
  std::uint64_t left_data(unsigned n);
  std::uint64_t right_data(unsigned n);
  void left_read(unsigned n);
  void right_read(unsigned n);
  void left_written(unsigned n, const RegisterWrite& w);
  void right_written(unsigned n, const RegisterWrite& w);
  std::uint64_t isr(unsigned n) { return status(n); }
  std::uint64_t ror(unsigned n) { return n < core_.rx_count() && core_.rx(n).overrun ? 1 : 0; }
  std::uint64_t tor(unsigned n) { return n < core_.tx_count() && core_.tx(n).overflow ? 1 : 0; }
  void ror_read(unsigned n);
  void tor_read(unsigned n);
  std::uint64_t rxdma_data(unsigned);
  void rxdma_read(unsigned);
  void txdma_written(unsigned, const RegisterWrite& w);
  void rrxdma_written(unsigned, const RegisterWrite& w);
  void rtxdma_written(unsigned, const RegisterWrite& w);

  std::uint32_t status(unsigned n) const;
  bool dma_on(Direction direction) const;
  bool tx_on(unsigned n) const { return core_.tx(n).on; }
  bool rx_on(unsigned n) const { return core_.rx(n).on; }
  /// Channel of the next DMA item: `from` or the next one that is on, round; count if none is.
  unsigned tx_channel(unsigned from) const;
  unsigned rx_channel(unsigned from) const;
  bool split_items() const;
  std::uint32_t sample(unsigned n, std::uint32_t value) const;
  void report_losses();

  const Parameters parameters_;
  Core core_;
  RegisterBank bank_;
  Register* ccr_ = nullptr;
  Register* dmacr_ = nullptr;
  Register* imr_ = nullptr;
  Register* rfcr_ = nullptr;
  Register* tfcr_ = nullptr;
  Sequence tx_next_;
  Sequence rx_next_;
  Reported reported_;
};

}  // namespace dmavp::i2s
