// How a DW_apb_uart was configured when it was synthesized (spec peripherals 2.2). Plain C++.
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "peripherals/parameter_check.h"

namespace dmavp::uart {

struct Parameters {
  unsigned fifo_depth = 16;            ///< characters: 0 (no FIFOs), 16, 32, 64 .. 2048
  unsigned dlf_size = 4;               ///< bits of the fractional divisor, 0..6
  bool uart_16550_compatible = false;  ///< no busy detection, LCR can always be written
  bool dma_extra = true;               ///< DMA requests by watermark, with dma_single; else by FCR[3]
  bool afce = true;                    ///< automatic flow control (MCR[5])
  bool thre_mode = true;               ///< programmable THRE interrupt (IER[7])
  bool pslverr_resp_en = false;        ///< bus error on reading an empty RBR while FIFOs are on
  bool timeout_requests_dma = false;   ///< with dma_extra: the character time-out raises dma_req of receive
  bool cts = false;                    ///< modem inputs while nothing is wired to the UART
  bool dsr = false;
  bool ri = false;
  bool dcd = false;
  std::uint32_t ucv = 0x3430'322A;  ///< UCV: component version in ASCII
  std::uint32_t ctr = 0x4457'0110;  ///< CTR: component type
  Cycle register_latency = 2;       ///< of an access, in cycles of the bus clock

  /// CPR: the configuration as software reads it.
  std::uint32_t cpr() const;
};

/// What is out of range; empty if nothing is.
std::vector<ParameterProblem> validate(const Parameters& parameters);

}  // namespace dmavp::uart
