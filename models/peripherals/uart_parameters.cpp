#include "peripherals/uart_parameters.h"

#include <string>

namespace dmavp::uart {

std::uint32_t Parameters::cpr() const {
  constexpr std::uint32_t kBus32 = 2;
  // Additional features, FIFO access, FIFO status, shadow registers, encoded parameters.
  constexpr std::uint32_t kAlways = 0x1F00;
  return kBus32 | kAlways | (afce ? 1u << 4 : 0) | (thre_mode ? 1u << 5 : 0) | (dma_extra ? 1u << 13 : 0) |
         (fifo_depth / 16) << 16;
}

std::vector<ParameterProblem> validate(const Parameters& p) {
  ParameterCheck check;
  const bool power_of_two = (p.fifo_depth & (p.fifo_depth - 1)) == 0;
  if (p.fifo_depth != 0 && (!power_of_two || p.fifo_depth < 16 || p.fifo_depth > 2048)) {
    check.add("fifo_depth",
              "is " + std::to_string(p.fifo_depth) + ", must be 0, 16, 32, 64, 128, 256, 512, 1024 or 2048");
  }
  check.range("dlf_size", p.dlf_size, 0, 6, " bits");
  check.range("register_latency", p.register_latency, 0, 1'000'000, " cycles");
  return check.take();
}

}  // namespace dmavp::uart
