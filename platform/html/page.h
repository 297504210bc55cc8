// Pages of --html: one file with data, style, plotting library and scripts, so that it opens without a
// network.
#pragma once

#include <boost/json/value.hpp>
#include <ostream>
#include <string>

namespace dmavp::platform {

enum class PageKind { kRun, kSweep };

/// `data` is what the scripts draw: for kRun {"result", "series"}, for kSweep the sweep's document.
void write_page(std::ostream& out, PageKind kind, const std::string& title, const boost::json::value& data);

}  // namespace dmavp::platform
