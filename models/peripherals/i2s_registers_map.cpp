// Declaration of the register map of DW_apb_i2s (spec peripherals 5.1).
#include <algorithm>

#include "peripherals/i2s_registers.h"

namespace dmavp::i2s {

void Registers::declare() {
  Register& ier = bank_.add(0x000, "IER", "Enable");
  ier.bit(0, "IEN", "1: on; 0 stops everything and empties every FIFO")
      .on_write<&Registers::ier_written>(this);
  if (parameters_.dma_enable == DmaEnable::kDmacr) {
    ier.bit(1, "INTF_TYPE", "1: TDM; no effect")
        .bit(5, "FRAME_OFF", "TDM frame offset; no effect")
        .field(11, 8, "TDM_SLOTS", "TDM slots - 1; no effect");
  }
  bank_.add(0x004, "IRER", "Receiver block enable")
      .bit(0, "RXEN", "1: on")
      .on_write<&Registers::irer_written>(this);
  bank_.add(0x008, "ITER", "Transmitter block enable")
      .bit(0, "TXEN", "1: on")
      .on_write<&Registers::iter_written>(this);
  bank_.add(0x00C, "CER", "Clock enable")
      .bit(0, "CLKEN", "1: a master generates the clocks")
      .on_write<&Registers::cer_written>(this);
  ccr_ = &bank_.add(0x010, "CCR", "Clock configuration")
              .field(2, 0, "SCLKG", "gating of SCLK; no effect")
              .field(4, 3, "WSS", "SCLK cycles of a half frame: 0 16, 1 24, 2 32")
              .on_write<&Registers::ccr_written>(this);
  if (parameters_.dma_enable == DmaEnable::kCcr) {
    ccr_->field(7, 5, "ALIGN", "1 I2S, 2 right, 4 left; no effect")
        .bit(8, "DMA_TX_EN", "transmit requests")
        .bit(9, "DMA_RX_EN", "receive requests")
        .bit(10, "DMA_DIVIDE_16", "an item of TXDMA and RXDMA is a pair, left sample in its low half")
        .bit(11, "SIGN_EXPAND", "received samples are sign-extended to 32 bits");
  }
  bank_.add(0x014, "RXFFR", "Receiver block flush")
      .bit(0, "RXFFR", Access::kWo, "1: empties every receive FIFO")
      .on_write<&Registers::rxffr_written>(this);
  bank_.add(0x018, "TXFFR", "Transmitter block flush")
      .bit(0, "TXFFR", Access::kWo, "1: empties every transmit FIFO")
      .on_write<&Registers::txffr_written>(this);
  declare_channels();
  declare_dma();
  bank_.add(0x1F0, "COMP_PARAM_2", "Component parameters 2")
      .access(Access::kRo)
      .reset(parameters_.comp_param_2());
  bank_.add(0x1F4, "COMP_PARAM_1", "Component parameters 1")
      .access(Access::kRo)
      .reset(parameters_.comp_param_1());
  bank_.add(0x1F8, "COMP_VERSION", "Version in ASCII").access(Access::kRo).reset(parameters_.version);
  bank_.add(0x1FC, "COMP_TYPE", "Component type").access(Access::kRo).reset(parameters_.type);
  if (parameters_.dma_enable == DmaEnable::kDmacr) {
    dmacr_ = &bank_.add(0x200, "DMACR", "DMA control")
                  .bit(16, "RXBLOCK", "receive requests")
                  .bit(17, "TXBLOCK", "transmit requests");
    bank_.group("SLOT", kI2sChannels, 0x224, 4).add(0, "RTSLOT", "TDM slots; no effect");
  }
  bank_.seal();
}

void Registers::declare_dma() {
  bank_.add(0x1C0, "RXDMA", "Receive data of all channels in turn")
      .access(Access::kRo)
      .live<&Registers::rxdma_data>(this)
      .after_read<&Registers::rxdma_read>(this);
  bank_.add(0x1C4, "RRXDMA", "Restart of RXDMA")
      .bit(0, "RRXDMA", Access::kWo, "1: the next item is the left one of the lowest channel")
      .on_write<&Registers::rrxdma_written>(this);
  bank_.add(0x1C8, "TXDMA", "Transmit data of all channels in turn")
      .access(Access::kWo)
      .on_write<&Registers::txdma_written>(this);
  bank_.add(0x1CC, "RTXDMA", "Restart of TXDMA")
      .bit(0, "RTXDMA", Access::kWo, "1: the next item is the left one of the lowest channel")
      .on_write<&Registers::rtxdma_written>(this);
}

void Registers::declare_channels() {
  const unsigned count = std::max(core_.tx_count(), core_.rx_count());
  const std::uint32_t threshold = parameters_.fifo_depth / 2 - 1;
  RegisterBank::Group channel = bank_.group("CH", count, 0x20, 0x40);
  channel.add(0x00, "LRBR_LTHR", "Left sample: received when read, to transmit when written")
      .live<&Registers::left_data>(this)
      .after_read<&Registers::left_read>(this)
      .on_write<&Registers::left_written>(this);
  channel.add(0x04, "RRBR_RTHR", "Right sample; reading removes the pair, writing adds one")
      .live<&Registers::right_data>(this)
      .after_read<&Registers::right_read>(this)
      .on_write<&Registers::right_written>(this);
  channel.add(0x08, "RER", "Receive channel enable")
      .reset(1)
      .bit(0, "RXCHEN", "1: on")
      .field(23, 8, "SLOTS", "TDM slots; no effect")
      .on_write<&Registers::rer_written>(this);
  channel.add(0x0C, "TER", "Transmit channel enable")
      .reset(1)
      .bit(0, "TXCHEN", "1: on")
      .field(23, 8, "SLOTS", "TDM slots; no effect")
      .on_write<&Registers::ter_written>(this);
  channel.add(0x10, "RCR", "Receive configuration")
      .reset(parameters_.word_code())
      .field(2, 0, "WLEN", "0 as the half frame, 1 12, 2 16, 3 20, 4 24, 5 32 bits")
      .on_write<&Registers::rcr_written>(this);
  channel.add(0x14, "TCR", "Transmit configuration")
      .reset(parameters_.word_code())
      .field(2, 0, "WLEN", "0 as the half frame, 1 12, 2 16, 3 20, 4 24, 5 32 bits")
      .on_write<&Registers::tcr_written>(this);
  Register& flags = channel.add(0x18, "ISR", "Interrupt status").access(Access::kRo);
  for (unsigned n = 0; n < core_.tx_count(); ++n) flags.reset_of(n, kTxfe);
  flags.bit(0, "RXDA", "receive FIFO above its threshold")
      .bit(1, "RXFO", "receive FIFO overrun")
      .bit(4, "TXFE", "transmit FIFO at or below its threshold")
      .bit(5, "TXFO", "transmit FIFO overflow")
      .live<&Registers::isr>(this);
  imr_ = &channel.add(0x1C, "IMR", "Interrupt mask, 1: masked")
              .reset(0x33)
              .bit(0, "RXDAM", "of RXDA")
              .bit(1, "RXFOM", "of RXFO")
              .bit(4, "TXFEM", "of TXFE")
              .bit(5, "TXFOM", "of TXFO");
  channel.add(0x20, "ROR", "Receive overrun; reading clears")
      .access(Access::kRo)
      .bit(0, "RXCHO", "a pair was lost")
      .live<&Registers::ror>(this)
      .after_read<&Registers::ror_read>(this);
  channel.add(0x24, "TOR", "Transmit overflow; reading clears")
      .access(Access::kRo)
      .bit(0, "TXCHO", "a pair was lost")
      .live<&Registers::tor>(this)
      .after_read<&Registers::tor_read>(this);
  rfcr_ = &channel.add(0x28, "RFCR", "Receive FIFO configuration")
               .reset(threshold)
               .field(3, 0, "RXCHDT", "pairs; request and RXDA above this level");
  tfcr_ = &channel.add(0x2C, "TFCR", "Transmit FIFO configuration")
               .reset(threshold)
               .field(3, 0, "TXCHET", "pairs; request and TXFE at or below this level");
  channel.add(0x30, "RFF", "Receive FIFO flush")
      .bit(0, "RXCHFR", Access::kWo, "1: empties it")
      .on_write<&Registers::rff_written>(this);
  channel.add(0x34, "TFF", "Transmit FIFO flush")
      .bit(0, "TXCHFR", Access::kWo, "1: empties it")
      .on_write<&Registers::tff_written>(this);
}

}  // namespace dmavp::i2s
