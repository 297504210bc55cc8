#include "platform/html/page.h"

#include <boost/json.hpp>

#include "platform/html/embedded.h"

namespace dmavp::platform {

namespace {

/// Nothing in a script element ends it or starts a comment.
std::string for_script(const std::string& json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      text += "\\u003c";
    } else {
      text += c;
    }
  }
  return text;
}

std::string for_html(const std::string& plain) {
  std::string text;
  for (const char c : plain)
    text += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  return text;
}

}  // namespace

void write_page(std::ostream& out, PageKind kind, const std::string& title, const boost::json::value& data) {
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
      << for_html(title) << "</title>\n<style>\n"
      << embedded_style() << "</style>\n</head>\n<body>\n<main id=\"page\"></main>\n"
      << "<footer>Charts: Chart.js " DMAVP_CHART_JS_VERSION
         " (MIT licence, "
         "&copy; Chart.js contributors), contained in this file.</footer>\n"
      << "<script type=\"application/json\" id=\"data\">" << for_script(boost::json::serialize(data))
      << "</script>\n<script>\n"
      << embedded_library() << "\n</script>\n<script>\n"
      << embedded_common() << (kind == PageKind::kRun ? embedded_run() : embedded_sweep())
      << "</script>\n</body>\n</html>\n";
}

}  // namespace dmavp::platform
