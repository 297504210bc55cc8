// Reads Trace Event JSON as a viewer does: independent of what writes it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <boost/json.hpp>

namespace dmavp::test {

struct TimelineSlice {
  std::uint64_t from = 0, to = 0;  ///< picoseconds
  std::string name;
  boost::json::object args;
  unsigned depth = 0;
};

struct TimelineInstant {
  std::uint64_t time = 0;
  std::string name;
  boost::json::object args;
};

struct TimelineTrack {
  std::vector<TimelineSlice> slices;  ///< by time, the outer first
  std::vector<TimelineInstant> instants;
};

struct TimelineFlow {
  struct Point {
    char phase;
    std::uint64_t time;
    std::string track;
    std::string slice;  ///< the innermost
  };
  std::vector<Point> points;  ///< by time
};

struct TimelineFile {
  std::map<std::string, TimelineTrack> tracks;  ///< "dmac0/ch0 reads"
  /// "dmac0/ch0 FIFO/bytes": value from each time on
  std::map<std::string, std::map<std::uint64_t, std::uint64_t>> counters;
  std::map<std::uint64_t, TimelineFlow> flows;
  std::vector<std::string> problems;  ///< of the first hundred, a sentence each

  /// Slices of all tracks whose path ends in or contains `part`.
  std::vector<TimelineSlice> of(const std::string& part) const;
};

/// Sorts by time and keeps the order of the file at equal times, as viewers do. `whole`: the end of the file
/// is there; else it may be cut behind any event. What does not nest, has no name, no slice or no end is a
/// problem.
TimelineFile read_timeline(const std::string& text, bool whole = true);

}  // namespace dmavp::test
