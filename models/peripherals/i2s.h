// DW_apb_i2s: I2S controller with FIFOs and DMA requests, as a SystemC module (spec peripherals 5).
#pragma once

#include <array>

#include "peripherals/i2s_registers.h"
#include "peripherals/spi_i2s_slave.h"

namespace dmavp {

/// Socket, interrupt and DMA ports are those of SerialSlave.
class DwApbI2s : public SerialSlave {
 public:
  /// @param bus clock of register latency and of the answer to a DMA acknowledge
  /// @param sclk serial clock; a frame is twice CCR.WSS (or Parameters::frame_cycles) of its cycles
  /// @throws std::invalid_argument listing every parameter out of range
  DwApbI2s(const sc_core::sc_module_name& name, const i2s::Parameters& parameters, const Clock& bus,
           const Clock& sclk);

  /// Connects a back end (null: silence) that outlives the module.
  void set_line(I2sLine* line) { registers_.core().set_line(line); }

  /// The clock controller gives another SCLK from the current time on; the current frame is not stretched.
  void set_sclk(const Clock& sclk);
  const Clock& sclk() const { return registers_.core().sclk(); }

  /// For a slave: a frame boundary at `at` (not before the current simulation time), and what came in until
  /// it.
  void external_boundary(const std::array<I2sFrame, kI2sChannels>& received, Picoseconds at);
  /// The clock of the master starts: its first frame begins at `at`. What was left of an earlier one is void.
  void external_start(Picoseconds at);
  /// Frame that a transmit channel is sending; silence if it is not.
  I2sFrame sending(unsigned channel) const;

  /// As of the last access or wake-up; synchronize() brings them, and the back end, up to date.
  const i2s::Losses& losses() const { return registers_.core().losses(); }
  std::uint64_t frames() const { return registers_.core().frames(); }
  const i2s::Parameters& parameters() const { return registers_.parameters(); }

 private:
  i2s::Registers registers_;
};

/// Back end of a master that clocks a slave: what the master sends is received by the slave, and the reverse.
class I2sLink : public I2sLine {
 public:
  /// `slave` outlives the link.
  explicit I2sLink(DwApbI2s& slave) : slave_(slave) {}

  void play(unsigned channel, const I2sFrame& frame, I2sContent, Picoseconds) override {
    sent_[channel] = frame;
  }
  I2sFrame capture(unsigned channel, Picoseconds) override { return slave_.sending(channel); }
  void frame_ended(Picoseconds at) override {
    slave_.external_boundary(sent_, at);
    sent_ = {};
  }
  void clock_starts(Picoseconds at) override { slave_.external_start(at); }
  bool wants_every_frame() const override { return true; }

 private:
  DwApbI2s& slave_;
  std::array<I2sFrame, kI2sChannels> sent_ = {};
};

}  // namespace dmavp
