#include "peripherals/i2s_parameters.h"

#include "peripherals/i2s_line.h"

namespace dmavp::i2s {

std::uint32_t Parameters::word_code() const {
  switch (word_bits) {
    case 12:
      return 1;
    case 16:
      return 2;
    case 20:
      return 3;
    case 24:
      return 4;
    default:
      return 5;
  }
}

std::uint32_t Parameters::comp_param_1() const {
  const std::uint32_t word = word_code() - 1;
  std::uint32_t depth_code = 0;
  while ((2u << depth_code) < fifo_depth) ++depth_code;
  std::uint32_t value = 2 | depth_code << 2;  // 32-bit APB
  if (master) value |= 1u << 4;
  if (tx_channels > 0) value |= 1u << 5 | (tx_channels - 1) << 9;
  if (rx_channels > 0) value |= 1u << 6 | (rx_channels - 1) << 7;
  return value | word << 16 | word << 19 | word << 22 | word << 25;
}

std::uint32_t Parameters::comp_param_2() const {
  const std::uint32_t word = word_code() - 1;
  return word | word << 3 | word << 7 | word << 10;
}

std::vector<ParameterProblem> validate(const Parameters& p) {
  ParameterCheck check;
  if (p.fifo_depth != 2 && p.fifo_depth != 4 && p.fifo_depth != 8 && p.fifo_depth != 16) {
    check.add("fifo_depth", "is " + std::to_string(p.fifo_depth) + ", must be 2, 4, 8 or 16 pairs");
  }
  check.range("tx_channels", p.tx_channels, 0, kI2sChannels);
  check.range("rx_channels", p.rx_channels, 0, kI2sChannels);
  if (p.tx_channels == 0 && p.rx_channels == 0) {
    check.add("tx_channels", "and rx_channels are 0, one direction must be there");
  }
  if (p.word_bits != 12 && p.word_bits != 16 && p.word_bits != 20 && p.word_bits != 24 && p.word_bits != 32) {
    check.add("word_bits", "is " + std::to_string(p.word_bits) + ", must be 12, 16, 20, 24 or 32");
  }
  if (p.frame_cycles != 0) check.range("frame_cycles", p.frame_cycles, 32, 64, " cycles, or 0");
  if (p.frame_cycles % 2 != 0) check.add("frame_cycles", "is odd");
  check.range("access_latency", p.access_latency, 0, 1'000'000, " cycles");
  return check.take();
}

}  // namespace dmavp::i2s
