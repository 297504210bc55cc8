#include "platform/report/latencies.h"

#include <algorithm>

namespace dmavp::platform {
namespace {

constexpr unsigned kBits = 10;  // classes of one power of two: 2^kBits

}  // namespace

void Latencies::add(port::Time picoseconds) {
  ++count_;
  min_ = std::min(min_, picoseconds);
  max_ = std::max(max_, picoseconds);
  if (!classes_.empty()) return classify(picoseconds);
  exact_.push_back(picoseconds);
  if (exact_.size() <= kExact) return;
  for (const port::Time t : exact_) classify(t);
  exact_ = {};
}

/// Small values are classes of their own; above, the kBits below the highest one tell them apart.
std::size_t Latencies::class_of(port::Time picoseconds) {
  unsigned shift = 0;
  while (picoseconds >> shift >= 2u << kBits) ++shift;
  return (std::size_t{shift} << kBits) + (picoseconds >> shift);
}

port::Time Latencies::middle_of(std::size_t index) const {
  const std::size_t shift = index < (2u << kBits) ? 0 : (index >> kBits) - 1;
  const port::Time low = port::Time{index - (shift << kBits)} << shift;
  return std::clamp(low + ((port::Time{1} << shift) - 1) / 2, min_, max_);
}

void Latencies::classify(port::Time picoseconds) {
  const std::size_t index = class_of(picoseconds);
  if (index >= classes_.size()) classes_.resize(index + 1);
  ++classes_[index];
}

std::vector<port::Time> Latencies::sorted() const {
  std::vector<port::Time> all = exact_;
  std::sort(all.begin(), all.end());
  return all;
}

port::Time Latencies::percentile(unsigned percent) const {
  if (empty()) return 0;
  const std::uint64_t rank = std::max<std::uint64_t>((count_ * percent + 99) / 100, 1);
  if (rank == count_) return max_;
  port::Time found = 0;
  std::uint64_t seen = 0;
  for_each([&](port::Time t, std::uint64_t number) {
    if (seen < rank) found = t;
    seen += number;
  });
  return found;
}

}  // namespace dmavp::platform
