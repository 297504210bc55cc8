// Reference files: cycle counts of a real engine as comma separated values (docs/accuracy.md).
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "platform/calibrate/reference_point.h"

namespace dmavp::platform {

/// Reads rows with the columns dut, cfg, dw_bits, max_burst, mem, L, Lw, N, len_bytes, src_off, dst_off,
/// ndesc, cycles, n_ar, n_aw, max_rd_out, max_wr_out, t_first_ar, t_first_r, t_first_w, in any order; others
/// are ignored. `dut` is a name and nothing else.
/// @throws InputError naming file, line and column: a column is missing, a value is no number, out of its
/// range or something that is not simulated (transfers that are no multiple of the width or not aligned to
/// it)
std::vector<ReferencePoint> read_reference(std::istream& in, const std::string& name);
std::vector<ReferencePoint> read_reference(const std::string& file);

}  // namespace dmavp::platform
