#include "platform/report/series.h"

#include <algorithm>

namespace dmavp::platform {

void SeriesSet::add(std::size_t series, std::uint64_t from, std::uint64_t to, double amount) {
  to = std::max(to, from + 1);
  while ((to - 1) / width_ >= kBins) widen();
  const double per_ps = amount / static_cast<double>(to - from);
  for (std::uint64_t bin = from / width_; bin <= (to - 1) / width_; ++bin) {
    const std::uint64_t first = std::max(from, bin * width_), last = std::min(to, (bin + 1) * width_);
    series_[series][bin] += per_ps * static_cast<double>(last - first);
  }
}

void SeriesSet::widen() {
  for (std::vector<double>& values : series_) {
    for (std::size_t i = 0; i < kBins / 2; ++i) values[i] = values[2 * i] + values[2 * i + 1];
    std::fill(values.begin() + kBins / 2, values.end(), 0.0);
  }
  width_ *= 2;
}

std::size_t SeriesSet::bins(std::uint64_t end) const {
  return std::clamp<std::uint64_t>((end + width_ - 1) / width_, 1, kBins);
}

}  // namespace dmavp::platform
