#include "peripherals/uart_registers.h"

namespace dmavp::uart {
namespace {

constexpr Access kRo = Access::kRo;
constexpr Access kRw = Access::kRw;
constexpr Access kWo = Access::kWo;

}  // namespace

Registers::Registers(const std::string& name, Core& core, Delegate<void()> drop_requests)
    : core_(core), drop_requests_(drop_requests), bank_(name, 32, PartialAccess::kAllow) {
  declare_classic();
  declare_shadows();
  declare_additional();
  bank_.seal();
}

void Registers::declare_classic() {
  bank_.add(0x00, "RBR_THR_DLL", "Receive buffer, transmit holding, divisor low")
      .field(7, 0, "DATA", kRw,
             "LCR.DLAB = 0: reading pops the receive FIFO, writing pushes the transmit FIFO; "
             "LCR.DLAB = 1: divisor [7:0]")
      .live<&Registers::data>(this)
      .after_read<&Registers::data_read>(this)
      .on_write<&Registers::write_data>(this);
  bank_.add(0x04, "IER_DLH", "Interrupt enable, divisor high")
      .field(7, 0, "IER", kRw,
             "LCR.DLAB = 0: [0] receive data and time-out, [1] transmitter empty, [2] line status, [3] modem "
             "status, [7] programmable THRE mode; LCR.DLAB = 1: divisor [15:8]")
      .live<&Registers::ier>(this)
      .on_write<&Registers::write_ier>(this);
  bank_.add(0x08, "IIR_FCR", "Interrupt identification (read), FIFO control (write)")
      .reset(0x01)
      .field(7, 0, "IIR", kRw,
             "read: [3:0] id (6 line status, 4 data, C time-out, 2 transmitter empty, 0 modem status, 7 busy "
             "detect, 1 none), [7:6] 3 if FIFOs are on; write: [0] FIFOs on, [1] clear receive, [2] clear "
             "transmit, [3] DMA mode, [5:4] TET, [7:6] RT; [7:1] only if [0] is 1")
      .live<&Registers::iir>(this)
      .after_read<&Registers::iir_read>(this)
      .on_write<&Registers::write_fcr>(this);
  bank_.add(0x0C, "LCR", "Line control; ignored while the UART is busy unless 16550-compatible")
      .field(1, 0, "DLS", kRw, "data bits - 5")
      .bit(2, "STOP", kRw, "0: 1 stop bit; 1: 2, or 1.5 with 5 data bits")
      .bit(3, "PEN", kRw, "parity")
      .bit(4, "EPS", kRw, "even parity")
      .bit(5, "SP", kRw, "stick parity")
      .bit(6, "BREAK", kRw, "serial output low")
      .bit(7, "DLAB", kRw, "offsets 0x00 and 0x04 are the divisor")
      .live<&Registers::lcr>(this)
      .on_write<&Registers::write_lcr>(this);
  bank_.add(0x10, "MCR", "Modem control")
      .bit(0, "DTR", kRw, "data terminal ready")
      .bit(1, "RTS", kRw, "request to send")
      .bit(2, "OUT1", kRw, "user output 1")
      .bit(3, "OUT2", kRw, "user output 2")
      .bit(4, "LOOPBACK", kRw, "transmitter feeds receiver, outputs feed modem inputs")
      .bit(5, "AFCE", parameters().afce ? kRw : kRo, "automatic flow control by RTS and CTS")
      .bit(6, "SIRE", kRo, "infrared mode; not configured")
      .live<&Registers::mcr>(this)
      .on_write<&Registers::write_mcr>(this);
  bank_.add(0x14, "LSR", "Line status; reading clears OE, PE, FE, BI")
      .access(kRo)
      .reset(0x60)
      .bit(0, "DR", "data ready")
      .bit(1, "OE", "a received character was lost")
      .bit(2, "PE", "parity error of the character at the head of the FIFO")
      .bit(3, "FE", "framing error of that character")
      .bit(4, "BI", "that character is a break")
      .bit(5, "THRE", "transmit FIFO empty; with IER.PTIME and FIFOs: full")
      .bit(6, "TEMT", "transmit FIFO and shift register empty")
      .bit(7, "RFE", "an erroneous character is in the FIFO")
      .live<&Registers::lsr>(this)
      .after_read<&Registers::lsr_read>(this);
  bank_.add(0x18, "MSR", "Modem status; reading clears the changes")
      .access(kRo)
      .bit(0, "DCTS", "CTS has changed")
      .bit(1, "DDSR", "DSR has changed")
      .bit(2, "TERI", "RI has ended")
      .bit(3, "DDCD", "DCD has changed")
      .bit(4, "CTS", "clear to send")
      .bit(5, "DSR", "data set ready")
      .bit(6, "RI", "ring indicator")
      .bit(7, "DCD", "data carrier detect")
      .live<&Registers::msr>(this)
      .after_read<&Registers::msr_read>(this);
  bank_.add(0x1C, "SCR", "Scratch").field(7, 0, "SCR", kRw, "storage");
  bank_.add(0x20, "LPDLL", "Low-power divisor low").field(7, 0, "LPDLL", kRw, "storage");
  bank_.add(0x24, "LPDLH", "Low-power divisor high").field(7, 0, "LPDLH", kRw, "storage");
}

void Registers::declare_shadows() {
  bank_.group("SDATA", 16, 0x30, 4)
      .add(0, "SRBR_STHR", "Alias of RBR and THR for bursts")
      .field(7, 0, "DATA", kRw, "reading pops the receive FIFO, writing pushes the transmit FIFO")
      .live<&Registers::alias>(this)
      .after_read<&Registers::alias_read>(this)
      .on_write<&Registers::write_alias>(this);
  bank_.add(0x88, "SRR", "Software reset")
      .access(kWo)
      .bit(0, "UR", "resets the UART")
      .bit(1, "RFR", "clears the receive FIFO")
      .bit(2, "XFR", "clears the transmit FIFO")
      .on_write<&Registers::write_srr>(this);
  bank_.add(0x8C, "SRTS", "Shadow of MCR.RTS")
      .bit(0, "SRTS", kRw, "request to send")
      .live<&Registers::srts>(this)
      .on_write<&Registers::write_srts>(this);
  bank_.add(0x90, "SBCR", "Shadow of LCR.BREAK")
      .bit(0, "SBCB", kRw, "serial output low")
      .live<&Registers::sbcr>(this)
      .on_write<&Registers::write_sbcr>(this);
  bank_.add(0x94, "SDMAM", "Shadow of the DMA mode of FCR")
      .bit(0, "SDMAM", kRw, "DMA mode 1")
      .live<&Registers::sdmam>(this)
      .on_write<&Registers::write_sdmam>(this);
  bank_.add(0x98, "SFE", "Shadow of the FIFO enable of FCR")
      .bit(0, "SFE", kRw, "FIFOs on")
      .live<&Registers::sfe>(this)
      .on_write<&Registers::write_sfe>(this);
  bank_.add(0x9C, "SRT", "Shadow of the receive trigger of FCR")
      .field(1, 0, "SRT", kRw, "level: 0: 1, 1: depth/4, 2: depth/2, 3: depth-2")
      .live<&Registers::srt>(this)
      .on_write<&Registers::write_srt>(this);
  bank_.add(0xA0, "STET", "Shadow of the transmit trigger of FCR")
      .field(1, 0, "STET", kRw, "level: 0: empty, 1: 2, 2: depth/4, 3: depth/2")
      .live<&Registers::stet>(this)
      .on_write<&Registers::write_stet>(this);
}

void Registers::declare_additional() {
  bank_.add(0x70, "FAR", "FIFO access")
      .bit(0, "FAR", kRw, "test mode: TFR and RFW reach the FIFOs, the line does not; a change empties both")
      .live<&Registers::far>(this)
      .on_write<&Registers::write_far>(this);
  bank_.add(0x74, "TFR", "Transmit FIFO read")
      .field(7, 0, "TFR", kRo, "with FAR: pops the transmit FIFO")
      .live<&Registers::tfr>(this)
      .after_read<&Registers::tfr_read>(this);
  bank_.add(0x78, "RFW", "Receive FIFO write")
      .access(kWo)
      .field(7, 0, "RFWD", "with FAR: pushes the receive FIFO")
      .bit(8, "RFPE", "with a parity error")
      .bit(9, "RFFE", "with a framing error")
      .on_write<&Registers::write_rfw>(this);
  bank_.add(0x7C, "USR", "UART status; reading clears busy detect")
      .access(kRo)
      .reset(0x06)
      .bit(0, "BUSY", "a character is on the line or in a FIFO")
      .bit(1, "TFNF", "transmit FIFO not full")
      .bit(2, "TFE", "transmit FIFO empty")
      .bit(3, "RFNE", "receive FIFO not empty")
      .bit(4, "RFF", "receive FIFO full")
      .live<&Registers::usr>(this)
      .after_read<&Registers::usr_read>(this);
  bank_.add(0x80, "TFL", "Transmit FIFO level")
      .field(11, 0, "TFL", kRo, "characters")
      .live<&Registers::tfl>(this);
  bank_.add(0x84, "RFL", "Receive FIFO level")
      .field(11, 0, "RFL", kRo, "characters")
      .live<&Registers::rfl>(this);
  bank_.add(0xA4, "HTX", "Halt of the transmitter")
      .bit(0, "HTX", kRw, "stops after the current character; the FIFO can be filled")
      .live<&Registers::htx>(this)
      .on_write<&Registers::write_htx>(this);
  bank_.add(0xA8, "DMASA", "DMA software acknowledge")
      .bit(0, "DMASA", kWo, "drops all request lines for one evaluation")
      .on_write<&Registers::write_dmasa>(this);
  const unsigned fraction = parameters().dlf_size;
  bank_.add(0xC0, "DLF", "Divisor fraction")
      .field(fraction == 0 ? 0 : fraction - 1, 0, "DLF", fraction == 0 ? kRo : kRw,
             "in units of 1/2^dlf_size")
      .live<&Registers::dlf>(this)
      .on_write<&Registers::write_dlf>(this);
  bank_.add(0xF4, "CPR", "Configured parameters")
      .access(kRo)
      .reset(parameters().cpr())
      .field(1, 0, "APB_DATA_WIDTH", "2: 32 bits")
      .bit(4, "AFCE_MODE", "automatic flow control")
      .bit(5, "THRE_MODE", "programmable THRE interrupt")
      .bit(6, "SIR_MODE", "infrared mode")
      .bit(7, "SIR_LP_MODE", "low-power infrared mode")
      .bit(8, "ADDITIONAL_FEAT", "the registers of this line")
      .bit(9, "FIFO_ACCESS", "FAR, TFR, RFW")
      .bit(10, "FIFO_STAT", "USR, TFL, RFL")
      .bit(11, "SHADOW", "shadow registers")
      .bit(12, "UART_ADD_ENCODED_PARAMS", "this register is there")
      .bit(13, "DMA_EXTRA", "requests by watermark, and single requests")
      .field(23, 16, "FIFO_MODE", "FIFO depth / 16");
  bank_.add(0xF8, "UCV", "Component version")
      .access(kRo)
      .reset(parameters().ucv)
      .field(31, 0, "UCV", "ASCII");
  bank_.add(0xFC, "CTR", "Component type")
      .access(kRo)
      .reset(parameters().ctr)
      .field(31, 0, "CTR", "DesignWare component number");
}

bool Registers::read(std::uint64_t offset, unsigned bytes, std::uint64_t& value, std::uint64_t lanes) {
  bus_error_ = false;
  bank_.read(offset, bytes, value, lanes);
  return !bus_error_;
}

bool Registers::write(std::uint64_t offset, unsigned bytes, std::uint64_t value, std::uint64_t lanes) {
  bus_error_ = false;
  bank_.write(offset, bytes, value, lanes);
  return !bus_error_;
}

void Registers::pop() {
  const bool strict = parameters().pslverr_resp_en && core_.fifos_on();
  if (!core_.pop_receive() && strict) bus_error_ = true;
}

std::uint64_t Registers::data(unsigned) const { return core_.dlab() ? core_.divisor() & 0xFF : core_.head(); }
void Registers::data_read(unsigned) {
  if (!core_.dlab()) pop();
}
void Registers::write_data(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  const auto byte = static_cast<std::uint8_t>(w.value);
  if (core_.dlab()) {
    core_.set_divisor((core_.divisor() & 0xFF00) | byte);
  } else {
    core_.write_transmit(byte);
  }
}
void Registers::alias_read(unsigned) { pop(); }
void Registers::write_alias(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.write_transmit(static_cast<std::uint8_t>(w.value));
}
std::uint64_t Registers::ier(unsigned) const { return core_.dlab() ? core_.divisor() >> 8 : core_.ier(); }
void Registers::write_ier(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  const auto byte = static_cast<std::uint8_t>(w.value);
  if (core_.dlab()) {
    core_.set_divisor((core_.divisor() & 0xFF) | static_cast<std::uint32_t>(byte) << 8);
  } else {
    core_.set_ier(byte);
  }
}
void Registers::write_fcr(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  const auto value = static_cast<unsigned>(w.data & 0xFF);
  core_.set_fifo_enable((value & 1) != 0);
  if ((value & 1) == 0 || parameters().fifo_depth == 0) return;
  if ((value & 2) != 0) core_.clear_receive();
  if ((value & 4) != 0) core_.clear_transmit();
  core_.set_dma_mode((value & 8) != 0);
  core_.set_triggers(value >> 6, (value >> 4) & 3);
}
void Registers::write_lcr(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.write_lcr(static_cast<std::uint8_t>(w.value));
}
void Registers::write_mcr(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_mcr(static_cast<std::uint8_t>(w.value));
}
void Registers::write_far(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_fifo_access((w.value & 1) != 0);
}
void Registers::write_rfw(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  core_.push_receive(static_cast<std::uint8_t>(w.data), (w.data & 0x100) != 0, (w.data & 0x200) != 0);
}
void Registers::write_srr(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) != 0) {
    core_.reset();
    bank_.reset();
  }
  if ((w.data & 2) != 0) core_.clear_receive();
  if ((w.data & 4) != 0) core_.clear_transmit();
}
void Registers::write_srts(unsigned, const RegisterWrite& w) {
  if (!w.has_low_byte()) return;
  core_.set_mcr(static_cast<std::uint8_t>((core_.mcr() & ~0x02) | ((w.value & 1) != 0 ? 0x02 : 0)));
}
void Registers::write_sbcr(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_break((w.value & 1) != 0);
}
void Registers::write_sdmam(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_dma_mode((w.value & 1) != 0);
}
void Registers::write_sfe(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_fifo_enable((w.value & 1) != 0);
}
void Registers::write_srt(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_triggers(static_cast<unsigned>(w.value & 3), core_.tet());
}
void Registers::write_stet(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_triggers(core_.rt(), static_cast<unsigned>(w.value & 3));
}
void Registers::write_htx(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_halt((w.value & 1) != 0);
}
void Registers::write_dmasa(unsigned, const RegisterWrite& w) {
  if ((w.data & 1) != 0 && drop_requests_) drop_requests_();
}
void Registers::write_dlf(unsigned, const RegisterWrite& w) {
  if (w.has_low_byte()) core_.set_dlf(static_cast<std::uint32_t>(w.value));
}

}  // namespace dmavp::uart
