// Latencies of transfers in bounded memory.
#pragma once

#include <cstdint>
#include <vector>

#include "port/machine.h"

namespace dmavp::platform {

/// Exact up to kExact samples. Later each one is counted in a class of 1/1024 of its value or less, so that
/// half a MiB is enough for any number of them; least and greatest stay exact.
class Latencies {
 public:
  static constexpr std::size_t kExact = 1u << 16;

  void add(port::Time picoseconds);

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  port::Time min() const { return min_; }  ///< of at least one sample
  port::Time max() const { return max_; }

  /// The least sample that at least `percent` (1 .. 100) of all do not exceed; 0 when there are none.
  port::Time percentile(unsigned percent) const;

  /// Calls fn(picoseconds, number) for each value, in rising order.
  template <class Fn>
  void for_each(Fn fn) const {
    for (const port::Time t : sorted()) fn(t, std::uint64_t{1});
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      if (classes_[i] != 0) fn(middle_of(i), classes_[i]);
    }
  }

 private:
  static std::size_t class_of(port::Time picoseconds);
  port::Time middle_of(std::size_t index) const;
  void classify(port::Time picoseconds);
  std::vector<port::Time> sorted() const;

  std::uint64_t count_ = 0;
  port::Time min_ = port::kNever;
  port::Time max_ = 0;
  std::vector<port::Time> exact_;       ///< in the order of their arrival; empty once there are classes
  std::vector<std::uint64_t> classes_;  ///< samples of each class
};

}  // namespace dmavp::platform
