// Synthesis parameters of DW_apb_i2s (spec peripherals 5).
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "peripherals/parameter_check.h"

namespace dmavp::i2s {

/// What lets DMA requests out.
enum class DmaEnable : std::uint8_t {
  kDmacr,  ///< DMACR at 0x200
  kCcr,    ///< K210: CCR[8] and [9]; CCR[11:5] exist
  kAlways  ///< JH7110
};

/// Whose FIFO makes a request when several channels are on.
enum class RequestRule : std::uint8_t {
  kLowestChannel,  ///< that of the lowest one
  kAllChannels     ///< every one must meet the condition
};

struct Parameters {
  unsigned fifo_depth = 16;  ///< pairs: 2, 4, 8 or 16
  unsigned tx_channels = 1;  ///< stereo channels, 0..4
  unsigned rx_channels = 1;  ///< 0..4; one direction must be there
  unsigned word_bits = 32;   ///< widest sample: 12, 16, 20, 24 or 32
  bool master = true;        ///< false: frames are clocked from outside
  DmaEnable dma_enable = DmaEnable::kDmacr;
  RequestRule request_rule = RequestRule::kLowestChannel;
  unsigned frame_cycles =
      0;  ///< SCLK cycles per frame: 0 by CCR.WSS, else fixed, 32..64 and even (JH7110: 64)
  bool flush_while_on = true;           ///< flush registers act although the block or channel is on
  std::uint32_t version = 0x3131'342A;  ///< COMP_VERSION
  std::uint32_t type = 0x4457'01A0;     ///< COMP_TYPE
  Cycle access_latency = 2;             ///< cycles of the bus clock per register access

  std::uint32_t comp_param_1() const;
  std::uint32_t comp_param_2() const;
  /// Code of word_bits in TCR and RCR: 1 for 12 bits .. 5 for 32.
  std::uint32_t word_code() const;
};

/// Every problem of a set of parameters, in the order of the declarations; empty if there is none.
std::vector<ParameterProblem> validate(const Parameters& parameters);

}  // namespace dmavp::i2s
