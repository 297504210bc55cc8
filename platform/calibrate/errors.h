// How far simulated transfers are from measured ones.
#pragma once

#include <array>
#include <vector>

#include "dmac/parameters.h"
#include "platform/calibrate/reference_point.h"

namespace dmavp::platform {

/// A measured transfer and its simulation.
struct Comparison {
  const ReferencePoint* point = nullptr;
  TransferFigures simulated;

  std::int64_t cycles() const;    ///< simulated - measured
  double percent() const;         ///< of the measured cycles, without sign
  bool same_bursts() const;       ///< n_ar and n_aw
  bool same_outstanding() const;  ///< max_rd_out and max_wr_out
  Cycle first_apart() const;      ///< the largest difference of t_first_ar, t_first_r and t_first_w
};

/// Errors of the cycles, without sign: mean, 95th percentile by nearest rank, worst.
struct Spread {
  double mean = 0, p95 = 0, worst = 0;
};

/// What an estimate is asked to keep, in percent; a row may be off by `worst_cycles` whatever its percentage.
struct Target {
  double mean, p95, worst;
  Cycle worst_cycles;
};
inline constexpr Target kSeparateTarget{1, 3, 10, 2};  ///< separate data ports
inline constexpr Target kSharedTarget{3, 8, 15, 4};    ///< one data port for both directions
inline constexpr Cycle kFirstTarget = 2;               ///< t_first_*: cycles

struct ErrorSummary {
  std::size_t rows = 0;
  Spread percent;
  Spread cycles;
  std::size_t bursts_differ = 0;       ///< rows whose n_ar or n_aw differ
  std::size_t outstanding_differ = 0;  ///< max_rd_out or max_wr_out
  Cycle first_apart = 0;               ///< largest difference of a t_first_*
  bool met = true;                     ///< all of the target
};

/// Simulates every point with what its `cfg` makes of `fitted`.
std::vector<Comparison> compare(const dmac::Parameters& fitted, const std::vector<ReferencePoint>& points);

/// Of the rows with this kind of port.
ErrorSummary summarise(const std::vector<Comparison>& rows, bool shared);

}  // namespace dmavp::platform
