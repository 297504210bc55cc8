// One point of a sweep that has been run, as named values.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <string>
#include <vector>

namespace dmavp::platform {

/// `status`: "passed", "failed" (ran, expectations not met), "refused" (wrong input), "crashed".
struct Row {
  std::size_t point = 0;
  std::vector<std::string> values;  ///< of what is varied
  std::string status;
  std::string problem;          ///< why it has not passed, one line
  boost::json::object figures;  ///< column -> number; empty unless it ran
};

/// The figures of a result file (docs/sweep.md lists the columns). Channels that moved nothing have none.
boost::json::object figures_of(const boost::json::value& result);

/// The columns of all rows, in the order in which they first occur.
std::vector<std::string> columns_of(const std::vector<Row>& rows);

/// One row per point; the first columns are the varied names, then status, problem and the figures.
void write_csv(std::ostream& out, const std::vector<std::string>& names, const std::vector<Row>& rows);

}  // namespace dmavp::platform
