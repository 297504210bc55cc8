#include "peripherals/ssi_parameters.h"

namespace dmavp::ssi {

Parameters Parameters::k210() {
  Parameters p;
  p.rx_full_quirk = true;
  return p;
}

Parameters Parameters::k210_spi3() {
  Parameters p = k210();
  p.layout = Layout::kDwc;
  return p;
}

std::uint32_t Parameters::version_value() const {
  if (version != 0) return version;
  return layout == Layout::kDwc ? 0x3130'312A : 0x3430'312A;
}

std::vector<ParameterProblem> validate(const Parameters& p) {
  ParameterCheck check;
  check.range("fifo_depth", p.fifo_depth, 8, 256, " frames");
  check.range("num_cs", p.num_cs, 1, kMaxSelects, " chip selects");
  const unsigned widest = p.layout == Layout::kApb16 ? 16 : 32;
  if (p.max_frame != widest && (p.layout != Layout::kDwc || p.max_frame != 16)) {
    check.add("max_frame", "is " + std::to_string(p.max_frame) + ", must be " +
                               (p.layout == Layout::kDwc ? "16 or 32" : std::to_string(widest)) +
                               " bits with this layout");
  }
  check.range("access_latency", p.access_latency, 0, 1'000'000, " cycles");
  return check.take();
}

}  // namespace dmavp::ssi
