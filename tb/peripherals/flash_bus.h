// A NOR flash and a master that sends it commands.
#pragma once

#include <cstdint>
#include <vector>

#include "peripherals/flash_nor.h"

namespace dmavp::tb {

using Bytes = std::vector<unsigned char>;

inline constexpr Picoseconds kUs = 1'000'000;

/// Small times, so that tests can wait for everything.
inline FlashParameters quick_flash() {
  FlashParameters p;
  p.page_program_time = 10 * kUs;
  p.sector_erase_time = 20 * kUs;
  p.half_block_erase_time = 30 * kUs;
  p.block_erase_time = 40 * kUs;
  p.chip_erase_time = 50 * kUs;
  p.status_write_time = 5 * kUs;
  return p;
}

/// A master that clocks bytes at 10 MHz.
struct FlashBus {
  SpiNorFlash flash;
  Picoseconds now = 0;
  std::uint64_t hz = 10'000'000;
  explicit FlashBus(const FlashParameters& parameters = quick_flash()) : flash("flash", parameters) {}

  std::uint32_t bits(std::uint32_t out, unsigned count) {
    const std::uint32_t in = flash.exchange({out, count, now, hz});
    now += count * (Picoseconds{1'000'000'000'000} / hz);
    return in;
  }
  /// One command: sends `out`, then clocks `in` more bytes and returns them.
  Bytes command(const Bytes& out, unsigned in = 0, unsigned extra_bits = 0) {
    flash.select(now);
    for (const unsigned char byte : out) bits(byte, 8);
    Bytes got;
    for (unsigned n = 0; n < in; ++n) got.push_back(static_cast<unsigned char>(bits(0, 8)));
    if (extra_bits > 0) bits(0, extra_bits);
    flash.deselect(now);
    return got;
  }
  static Bytes addressed(std::uint8_t code, std::uint32_t address, const Bytes& data = {}) {
    Bytes out{code, static_cast<unsigned char>(address >> 16), static_cast<unsigned char>(address >> 8),
              static_cast<unsigned char>(address)};
    for (const unsigned char byte : data) out.push_back(byte);
    return out;
  }
  std::uint8_t status() { return command({0x05}, 1)[0]; }
  void ready() {
    while ((status() & SpiNorFlash::kWip) != 0) now += kUs;
  }
  void write_enable() { command({0x06}); }
  void program(std::uint32_t address, const Bytes& data) {
    write_enable();
    command(addressed(0x02, address, data));
    ready();
  }
  void erase(std::uint8_t code, std::uint32_t address) {
    write_enable();
    command(addressed(code, address));
    ready();
  }
  Bytes read(std::uint32_t address, unsigned bytes) { return command(addressed(0x03, address), bytes); }
};

}  // namespace dmavp::tb
