// Cuts one side of a block into AXI bursts. Pure functions of address and length; no state, no time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "dmac/parameters.h"

namespace dmavp::dmac {

inline constexpr std::uint32_t kAxiBoundary = 4096;  ///< no burst crosses a multiple of it
inline constexpr std::uint32_t kMaxFixedBeats = 16;  ///< AXI limit of a FIXED burst
inline constexpr unsigned kReservedWidthCode = 7;

/// What the bursts of one side of a block have in common.
struct SideShape {
  std::uint8_t width_log2 = 0;  ///< beat size, log2 bytes
  bool fixed = false;           ///< FIXED bursts: every beat at the same address
  std::uint32_t max_bytes = 1;  ///< longest burst: beats times beat size

  std::uint32_t width() const { return 1u << width_log2; }
};

struct PlannedBurst {
  std::uint32_t bytes = 0;
  std::uint32_t beats = 0;
};

/// Bytes of the first beat of a burst at `address` that lie before it.
inline std::uint32_t misalignment(const SideShape& shape, std::uint64_t address) {
  return shape.fixed ? 0 : static_cast<std::uint32_t>(address) & (shape.width() - 1);
}

/// The next burst at `address` with `left` bytes to go, `left` > 0. A misaligned start makes the first beat
/// partial, so that all later beats, and the next burst, are aligned.
inline PlannedBurst plan_burst(const SideShape& shape, std::uint64_t address, std::uint32_t left) {
  const std::uint32_t offset = misalignment(shape, address);
  std::uint32_t bytes = std::min(left, shape.max_bytes - offset);
  if (!shape.fixed) {
    bytes = std::min(bytes, kAxiBoundary - (static_cast<std::uint32_t>(address) & (kAxiBoundary - 1)));
  }
  return {bytes, (offset + bytes + shape.width() - 1) >> shape.width_log2};
}

/// The part of `bytes` at `address` that ends on a whole beat; 0 if not even one beat is complete.
inline std::uint32_t whole_beats(const SideShape& shape, std::uint64_t address, std::uint32_t bytes) {
  const std::uint32_t offset = misalignment(shape, address);
  const std::uint32_t end = (offset + bytes) & ~(shape.width() - 1);
  return end > offset ? end - offset : 0;
}

/// Beat of a burst at `address` that carries byte `index` of it.
inline std::uint32_t beat_of(const SideShape& shape, std::uint64_t address, std::uint32_t index) {
  return (misalignment(shape, address) + index) >> shape.width_log2;
}

/// Beats of the longest burst that the controller can ask for.
inline std::uint32_t longest_burst(const Parameters& parameters) {
  return std::min(parameters.max_burst_len, 1u << std::min(parameters.burstlen_width, 8u));
}

/// SRC_TR_WIDTH or DST_TR_WIDTH as the hardware can do it: not wider than the bus. `clipped` tells if it had
/// to be.
std::uint8_t clip_width(const Parameters& parameters, unsigned width_code, bool& clipped);

/// The shape of one side. `len_enabled` and `len` are ARLEN_EN and ARLEN (beats - 1), or their AW
/// counterparts. A burst that needs its space in the FIFO at once never takes more than half of it, so that
/// reading and writing overlap and neither can block the other for ever.
SideShape make_shape(const Parameters& parameters, std::uint8_t width_log2, bool fixed, bool len_enabled,
                     unsigned len);

/// FIFO capacity of a channel in bytes.
inline std::uint32_t fifo_bytes_of(const Parameters& p) { return p.fifo_depth * p.data_width_bytes; }

}  // namespace dmavp::dmac
