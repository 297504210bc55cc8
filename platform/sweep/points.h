// What a sweep runs: the values of its axes, and every combination of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "platform/config/scenario.h"

namespace dmavp::platform {

/// Something that is varied: a path of --set, or one of "board", "seed" and "timing".
struct Axis {
  std::string name;
  std::vector<std::string> values;
};

/// Rows of values for the columns `names`, from a file.
struct PointList {
  std::vector<std::string> names;
  std::vector<std::vector<std::string>> rows;
};

/// "PATH=V,V,...": a value is any text without a comma, or a range of whole numbers (sizes may carry their
/// unit): A..B, A..B+STEP, A..B*FACTOR, both ends included if they are met.
/// @throws InputError
Axis parse_axis(const std::string& text);

/// A CSV file: paths in its first line, a point in each other one.
/// @throws InputError naming file and line
PointList read_point_list(const std::string& file);

/// Points 0 .. size() - 1: the rows of the list, in each of them the grid of the axes, the last one fastest.
class Points {
 public:
  static constexpr std::size_t kMost = 1'000'000;

  /// @throws InputError for no point, too many of them, and a name that comes twice
  Points(PointList list, std::vector<Axis> axes);

  std::size_t size() const { return size_; }
  const std::vector<std::string>& names() const { return names_; }  ///< of the list, then of the axes
  const std::vector<Axis>& axes() const { return axes_; }
  const PointList& list() const { return list_; }
  std::vector<std::string> values(std::size_t point) const;  ///< in the order of names()

 private:
  PointList list_;
  std::vector<Axis> axes_;
  std::vector<std::string> names_;
  std::size_t size_ = 0;
};

}  // namespace dmavp::platform
