// One measured transfer of a real engine, and its simulation by ours.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "dmac/parameters.h"
#include "platform/calibrate/reference_memory.h"

namespace dmavp::platform {

/// What is counted of a transfer. Times are cycles behind the start.
struct TransferFigures {
  Cycle cycles = 0;                ///< start to done
  std::uint64_t read_bursts = 0;   ///< n_ar
  std::uint64_t write_bursts = 0;  ///< n_aw
  unsigned reads_outstanding =
      0;  ///< max_rd_out: most at a time, a burst that ends in a cycle not counted in it
  unsigned writes_outstanding = 0;  ///< max_wr_out: likewise, but counted in the cycle of its response
  Cycle first_address = 0;          ///< t_first_ar
  Cycle first_read = 0;             ///< t_first_r
  Cycle first_write = 0;            ///< t_first_w
};

/// A row of a reference file.
struct ReferencePoint {
  unsigned line = 0;
  std::map<std::string, unsigned> configuration;  ///< cfg: key=value;...
  unsigned width_bytes = 8;                       ///< dw_bits / 8
  unsigned max_burst = 16;                        ///< beats
  MemoryTiming memory;
  std::uint32_t bytes = 0;   ///< of one transfer
  std::uint64_t source = 0;  ///< src_off, dst_off: bytes behind a page boundary
  std::uint64_t destination = 0;
  unsigned transfers = 1;  ///< ndesc
  TransferFigures measured;
};

/// Lets the engine move what the point describes, through the asynchronous port that the timed mode uses.
/// `parameters` are those of the engine; width, longest burst and memory come from the point.
TransferFigures simulate(const dmac::Parameters& parameters, const ReferencePoint& point);

}  // namespace dmavp::platform
