#include "dmac/planner.h"

namespace dmavp::dmac {

namespace {

std::uint8_t log2_of(unsigned value) {
  std::uint8_t result = 0;
  while (value > 1) {
    value >>= 1;
    ++result;
  }
  return result;
}

}  // namespace

std::uint8_t clip_width(const Parameters& parameters, unsigned width_code, bool& clipped) {
  const std::uint8_t bus = log2_of(parameters.data_width_bytes);
  clipped = width_code > bus || width_code >= kReservedWidthCode;
  return clipped ? bus : static_cast<std::uint8_t>(width_code);
}

SideShape make_shape(const Parameters& parameters, std::uint8_t width_log2, bool fixed, bool len_enabled,
                     unsigned len) {
  std::uint32_t beats = longest_burst(parameters);
  if (len_enabled) beats = std::min(beats, len + 1);
  if (fixed) beats = std::min(beats, kMaxFixedBeats);
  if (parameters.fifo_credit == FifoCredit::kBurst)
    beats = std::min(beats, (fifo_bytes_of(parameters) / 2) >> width_log2);
  SideShape shape;
  shape.width_log2 = width_log2;
  shape.fixed = fixed;
  shape.max_bytes = std::max(beats, 1u) << width_log2;
  return shape;
}

}  // namespace dmavp::dmac
