// JSON as people read it.
#pragma once

#include <boost/json/value.hpp>
#include <ostream>

namespace dmavp::platform {

/// Indented, keys in the order of insertion, objects of plain values on one line; numbers with nine digits.
void print_json(std::ostream& out, const boost::json::value& value, unsigned depth = 0);

}  // namespace dmavp::platform
