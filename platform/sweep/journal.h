// The points of a sweep that have been run, in a file that survives whatever ends the program.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <string>
#include <vector>

#include "platform/sweep/row.h"

namespace dmavp::platform {

/// A line of JSON per entry: first what the sweep is, then a row for each point, in the order in which they
/// ended. Each is on the disk before append() returns. A line that was being written when the program was
/// killed is dropped, and its point run again.
class Journal {
 public:
  /// Starts a journal. @throws InputError if the file exists already or cannot be written
  static Journal create(const std::string& file, const boost::json::object& definition);
  /// Goes on with one. `rows` gets what it holds.
  /// @throws InputError if there is none, if it belongs to another sweep (what differs is named), or if a
  /// line before the last one is damaged
  static Journal resume(const std::string& file, const boost::json::object& definition,
                        std::vector<Row>& rows);

  Journal(Journal&& other) noexcept;
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  /// False when it could not be written.
  bool append(const Row& row);
  /// The sweep is complete and its results are written.
  void remove();

 private:
  Journal(std::string file, int descriptor) : file_(std::move(file)), descriptor_(descriptor) {}
  bool write_line(const boost::json::object& line);

  std::string file_;
  int descriptor_;
};

}  // namespace dmavp::platform
