// A UART without SystemC: core and registers, with a clock the test sets.
#pragma once

#include <cstdint>
#include <vector>

#include "peripherals/uart_core.h"
#include "peripherals/uart_registers.h"

namespace dmavp::tb {

/// Offsets as the specification lists them [peripherals 2.1].
enum UartOffset : std::uint64_t {
  RBR = 0x00,
  THR = 0x00,
  DLL = 0x00,
  IER = 0x04,
  DLH = 0x04,
  IIR = 0x08,
  FCR = 0x08,
  LCR = 0x0C,
  MCR = 0x10,
  LSR = 0x14,
  MSR = 0x18,
  SCR = 0x1C,
  STHR = 0x30,
  FAR = 0x70,
  TFR = 0x74,
  RFW = 0x78,
  USR = 0x7C,
  TFL = 0x80,
  RFL = 0x84,
  SRR = 0x88,
  SRTS = 0x8C,
  SBCR = 0x90,
  SDMAM = 0x94,
  SFE = 0x98,
  SRT = 0x9C,
  STET = 0xA0,
  HTX = 0xA4,
  DMASA = 0xA8,
  RE_EN = 0xB4,
  DLF = 0xC0,
  CPR = 0xF4,
  UCV = 0xF8,
  CTR = 0xFC,
};

class UartRig : public uart::CoreOwner {
 public:
  struct Change {
    Picoseconds at;
    bool interrupt;
  };

  explicit UartRig(const uart::Parameters& parameters = {}, std::uint64_t baud_hz = 100'000'000)
      : clock(baud_hz),
        core(parameters, clock, *this),
        registers("uart", core, Delegate<void()>::bind<&UartRig::dropped>(this)) {}

  void write(std::uint64_t offset, std::uint64_t value) {
    registers.write(offset, 4, value, RegisterBank::kAllLanes);
    outputs_changed(core.now());
  }
  std::uint32_t read(std::uint64_t offset) {
    std::uint64_t value = 0;
    ok = registers.read(offset, 4, value, RegisterBank::kAllLanes);
    outputs_changed(core.now());
    return static_cast<std::uint32_t>(value);
  }
  std::uint32_t peek(std::uint64_t offset) const {
    return static_cast<std::uint32_t>(registers.bank().peek(offset, 4));
  }
  void wait(Picoseconds duration) { core.advance(core.now() + duration); }
  /// 8 data bits, no parity, 1 stop bit, FIFOs on.
  void set_up(unsigned divisor = 1, unsigned fcr = 0x01) {
    write(LCR, 0x83);
    write(DLL, divisor & 0xFF);
    write(DLH, divisor >> 8);
    write(LCR, 0x03);
    write(FCR, fcr);
  }
  Picoseconds character() const { return core.character_time(); }

  void outputs_changed(Picoseconds at) override {
    if (changes.empty() ? core.interrupt() : core.interrupt() != changes.back().interrupt) {
      changes.push_back({at, core.interrupt()});
    }
  }
  void events_changed() override {}

  Clock clock;
  uart::Core core;
  uart::Registers registers;
  std::vector<Change> changes;  // of the interrupt line
  unsigned drops = 0;           // DMASA
  bool ok = true;               // of the last read

 private:
  void dropped() { ++drops; }
};

}  // namespace dmavp::tb
