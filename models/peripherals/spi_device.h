// What hangs behind a chip select of an SPI master. Plain C++.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace dmavp {

/// Bits that were clocked while a device was selected.
struct SpiFrame {
  std::uint32_t out = 0;  ///< what the master sent, right-justified; the highest of `bits` bits comes first
  unsigned bits = 8;      ///< 1..32
  Picoseconds start = 0;  ///< first clock edge
  std::uint64_t hz = 1;   ///< serial clock, rounded down, but not to 0
};

/// Calls come in the order of their times. Frames come only between select() and deselect(); a frame that the
/// master broke off has the bits that were clocked until then.
class SpiDevice {
 public:
  virtual ~SpiDevice() = default;
  /// Chip select asserted (falls) at `at`.
  virtual void select(Picoseconds at) { (void)at; }
  /// Chip select released (rises) at `at`.
  virtual void deselect(Picoseconds at) { (void)at; }
  /// What the device sent meanwhile, right-justified; ones where it does not drive its line.
  virtual std::uint32_t exchange(const SpiFrame& frame) = 0;
};

/// Data out wired to data in.
class SpiLoopback : public SpiDevice {
 public:
  std::uint32_t exchange(const SpiFrame& frame) override { return frame.out; }
};

}  // namespace dmavp
