// Declaration of the register map of DW_apb_ssi and DWC_ssi (spec peripherals 3.1, 3.2).
#include "peripherals/ssi_registers.h"

namespace dmavp::ssi {

Registers::Fields Registers::fields_of(const Parameters& p) {
  switch (p.layout) {
    case Layout::kApb16:
      return {0, 4, 4, 6, 7, 8, 10, 11, 12, -1, -1, -1, 0x7};
    case Layout::kApb32:
      return {16, 5, 4, 6, 7, 8, 10, 11, 12, 21, 24, -1, 0x7'0000};
    case Layout::kDwc:
      break;
  }
  return {0, p.max_frame == 16 ? 4u : 5u, 6, 8, 9, 10, 12, 13, 16, 22, 14, p.has_mst() ? 31 : -1, 0x4007};
}

void Registers::declare() {
  declare_ctrlr0();
  ctrlr1_ = &bank_.add(0x04, "CTRLR1", "Control 1")
                 .field(15, 0, "NDF", "frames to receive - 1 (transfer modes 2 and 3)")
                 .locked<&Registers::while_enabled>(this);
  bank_.add(0x08, "SSIENR", "Enable")
      .bit(0, "SSI_EN", "1: enabled; 0 ends a transfer at once and empties the FIFOs")
      .on_write<&Registers::enable_written>(this);
  bank_.add(0x0C, "MWCR", "Microwire control")
      .bit(2, "MHS", "handshake")
      .bit(1, "MDD", "direction")
      .bit(0, "MWMOD", "sequential transfer")
      .locked<&Registers::while_enabled>(this);
  bank_.add(0x10, "SER", "Slave enable")
      .field(parameters_.num_cs - 1, 0, "SER", "one bit per native chip select")
      .on_write<&Registers::select_written>(this);
  baudr_ = &bank_.add(0x14, "BAUDR", "Baud rate select")
                .field(15, 1, "SCKDV", "divider without its bit 0; 0: no serial clock")
                .locked<&Registers::while_enabled>(this);
  txftlr_ = &bank_.add(0x18, "TXFTLR", "Transmit FIFO threshold")
                 .field(7, 0, "TFT", "TXE while the level is at most this; values >= depth are not taken")
                 .on_write<&Registers::tx_threshold_written>(this);
  rxftlr_ = &bank_.add(0x1C, "RXFTLR", "Receive FIFO threshold")
                 .field(7, 0, "RFT", "RXF while the level is above this; values >= depth are not taken")
                 .on_write<&Registers::rx_threshold_written>(this);
  declare_status();

  dmacr_ = &bank_.add(0x4C, "DMACR", "DMA control")
                .bit(1, "TDMAE", "transmit requests")
                .bit(0, "RDMAE", "receive requests")
                .on_write<&Registers::dma_written>(this);
  dmatdlr_ = &bank_.add(0x50, "DMATDLR", "DMA transmit data level")
                  .field(7, 0, "DMATDL", "request while the level is at most this");
  dmardlr_ = &bank_.add(0x54, "DMARDLR", "DMA receive data level")
                  .field(7, 0, "DMARDL", "request while the level is above this");
  bank_.add(0x58, "IDR", "Identification").access(Access::kRo).reset(parameters_.idr);
  bank_.add(0x5C, "VERSION", "Version in ASCII").access(Access::kRo).reset(parameters_.version_value());
  bank_.group("DR", 36, 0x60, 4)
      .add(0, "DATA", "Data: a write fills the transmit FIFO, a read takes from the receive FIFO")
      .field(parameters_.max_frame - 1, 0, "DR", "one frame, right-justified")
      .live<&Registers::data>(this)
      .after_read<&Registers::data_read>(this)
      .on_write<&Registers::data_written>(this);
  declare_storage();
  bank_.seal();
}

void Registers::declare_ctrlr0() {
  const Fields& f = fields_;
  Register& reg = bank_.add(0x00, "CTRLR0", "Control 0");
  reg.reset(f.reset)
      .field(f.dfs + f.dfs_bits - 1, f.dfs, "DFS", "frame size - 1, in bits; below 3 is 3")
      .field(f.frf + 1, f.frf, "FRF", "frame format: 0 Motorola, 1 TI SSP, 2 Microwire")
      .bit(f.scph, "SCPH", "clock phase")
      .bit(f.scpol, "SCPOL", "clock polarity")
      .field(f.tmod + 1, f.tmod, "TMOD", "0 transmit and receive, 1 transmit, 2 receive, 3 EEPROM read")
      .bit(f.slv_oe, "SLV_OE", "slave output off")
      .bit(f.srl, "SRL", "loop: receives what it sends")
      .field(f.cfs + 3, f.cfs, "CFS", "Microwire control frame size - 1");
  if (f.spi_frf >= 0) {
    const auto lo = static_cast<unsigned>(f.spi_frf);
    reg.field(lo + 1, lo, "SPI_FRF", "data lines: 0 one, 1 two, 2 four, 3 eight");
  }
  if (f.sste >= 0) {
    reg.bit(static_cast<unsigned>(f.sste), "SSTE", "SCPH = 0: select rises between frames");
  }
  if (f.mst >= 0) reg.bit(static_cast<unsigned>(f.mst), "MST", "1: master");
  ctrlr0_ = &reg.locked<&Registers::while_enabled>(this);
}

void Registers::declare_status() {
  bank_.add(0x20, "TXFLR", "Transmit FIFO level").access(Access::kRo).live<&Registers::tx_level>(this);
  bank_.add(0x24, "RXFLR", "Receive FIFO level").access(Access::kRo).live<&Registers::rx_level>(this);
  bank_.add(0x28, "SR", "Status")
      .access(Access::kRo)
      .reset(kTfnf | kTfe)
      .bit(0, "BUSY", "a transfer is going on")
      .bit(1, "TFNF", "transmit FIFO not full")
      .bit(2, "TFE", "transmit FIFO empty")
      .bit(3, "RFNE", "receive FIFO not empty")
      .bit(4, "RFF", "receive FIFO full")
      .bit(5, "TXE", "transmission error (slave only)")
      .bit(6, "DCOL", "data collision (several masters only)")
      .live<&Registers::status>(this);
  const auto interrupts = [](Register& reg) -> Register& {
    return reg.bit(0, "TXE", "transmit FIFO at or below its threshold")
        .bit(1, "TXO", "transmit FIFO overflow")
        .bit(2, "RXU", "receive FIFO underflow")
        .bit(3, "RXO", "receive FIFO overflow")
        .bit(4, "RXF", "receive FIFO above its threshold")
        .bit(5, "MST", "contention of masters");
  };
  imr_ = &interrupts(bank_.add(0x2C, "IMR", "Interrupt mask, 1: enabled").reset(0x3F));
  interrupts(bank_.add(0x30, "ISR", "Interrupt status: RISR and IMR").access(Access::kRo))
      .live<&Registers::masked>(this);
  interrupts(bank_.add(0x34, "RISR", "Raw interrupt status").access(Access::kRo))
      .live<&Registers::unmasked>(this);
  bank_.add(0x38, "TXOICR", "Transmit overflow; reading clears")
      .access(Access::kRo)
      .live<&Registers::tx_overflow>(this)
      .after_read<&Registers::clear_tx_overflow>(this);
  bank_.add(0x3C, "RXOICR", "Receive overflow; reading clears")
      .access(Access::kRo)
      .live<&Registers::rx_overrun>(this)
      .after_read<&Registers::clear_rx_overrun>(this);
  bank_.add(0x40, "RXUICR", "Receive underflow; reading clears")
      .access(Access::kRo)
      .live<&Registers::rx_underflow>(this)
      .after_read<&Registers::clear_rx_underflow>(this);
  bank_.add(0x44, "MSTICR", "Contention of masters; never raised").access(Access::kRo);
  bank_.add(0x48, "ICR", "Any of the four latched interrupts; reading clears them")
      .access(Access::kRo)
      .live<&Registers::any_latched>(this)
      .after_read<&Registers::clear_latched>(this);
}

/// Registers of functions that have no behaviour here.
void Registers::declare_storage() {
  bank_.add(0xF0, "RX_SAMPLE_DLY", "Receive sample delay")
      .field(7, 0, "RSD", "ssi clocks; no effect")
      .locked<&Registers::while_enabled>(this);
  bank_.add(0xF4, "SPI_CTRLR0", "Enhanced SPI control; no effect")
      .reset(parameters_.spi_ctrlr0)
      .locked<&Registers::while_enabled>(this);
  bank_.add(0xFC, "XIP_MODE_BITS", "Execute in place; no effect");
  bank_.group("XIP", 6, 0x100, 4).add(0, "WORD", "Execute in place; no effect");
  bank_.add(0x118, "ENDIAN", "Byte order of the K210; no effect");
}

}  // namespace dmavp::ssi
