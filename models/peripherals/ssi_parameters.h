// Synthesis parameters of DW_apb_ssi and DWC_ssi (spec peripherals 3.2, 3.3).
#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "peripherals/parameter_check.h"

namespace dmavp::ssi {

inline constexpr unsigned kMaxSelects = 16;

/// The three layouts of CTRLR0.
enum class Layout : std::uint8_t {
  kApb16,  ///< DW_apb_ssi with frames of 4..16 bits, DFS at [3:0]
  kApb32,  ///< DW_apb_ssi with frames of 4..32 bits, DFS_32 at [20:16]
  kDwc,    ///< DWC_ssi
};

struct Parameters {
  Layout layout = Layout::kApb32;
  unsigned fifo_depth = 32;      ///< frames, 8..256, of each FIFO
  unsigned num_cs = 4;           ///< 1..16 native chip selects
  unsigned max_frame = 32;       ///< bits, 16 or 32; kApb16 has 16, kApb32 has 32
  bool ss_toggle = false;        ///< SCPH = 0: the select rises between frames on a part without SSTE
  bool rx_full_quirk = false;    ///< the frame that would fill the receive FIFO overruns it (K210)
  std::uint32_t version = 0;     ///< VERSION; 0: 4.01 (DW_apb_ssi) or 1.01 (DWC_ssi)
  std::uint32_t idr = 0;         ///< IDR
  std::uint32_t spi_ctrlr0 = 0;  ///< reset value of SPI_CTRLR0
  Cycle access_latency = 2;      ///< cycles per register access

  /// spi0 and spi1 of the K210: 32-bit frames, 32 deep, four selects, overrun by the 32nd frame.
  static Parameters k210();
  /// spi3 of the K210: DWC_ssi 1.01 with the same FIFOs.
  static Parameters k210_spi3();

  std::uint32_t version_value() const;
  /// CTRLR0 has MST, and a part with MST = 0 is a slave, which never starts: DWC_ssi from 1.02.
  bool has_mst() const { return layout == Layout::kDwc && version_value() >= 0x3130'322A; }
};

/// Every problem of a set of parameters, in the order of the declarations; empty if there is none.
std::vector<ParameterProblem> validate(const Parameters& parameters);

}  // namespace dmavp::ssi
