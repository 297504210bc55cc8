// Figures over time in bounded memory: bins that become twice as wide when the time outgrows them.
#pragma once

#include <cstdint>
#include <vector>

namespace dmavp::platform {

/// Several series over one time axis.
class SeriesSet {
 public:
  static constexpr std::size_t kBins = 480;

  /// Returns the number of a new series; before the first add().
  std::size_t create() {
    series_.emplace_back(kBins, 0.0);
    return series_.size() - 1;
  }
  /// `amount` in all, evenly from `from` to before `to`; picoseconds.
  void add(std::size_t series, std::uint64_t from, std::uint64_t to, double amount);

  std::uint64_t bin_ps() const { return width_; }
  /// The bins of the time before `end`.
  std::size_t bins(std::uint64_t end) const;
  const std::vector<double>& values(std::size_t series) const { return series_[series]; }

 private:
  void widen();

  std::uint64_t width_ = 1000;  ///< ps
  std::vector<std::vector<double>> series_;
};

}  // namespace dmavp::platform
