#include "components/axi_observer.h"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

namespace dmavp::tb {
namespace {

class Details {
 public:
  Details(const std::string& line, std::istringstream& words) : line_(line) {
    for (std::string word; words >> word;) {
      const std::size_t equals = word.find('=');
      values_[word.substr(0, equals)] = equals == std::string::npos ? "" : word.substr(equals + 1);
    }
  }
  bool has(const char* key) const { return values_.count(key) != 0; }
  const std::string& text(const char* key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) throw std::runtime_error(std::string("no ") + key + "=: " + line_);
    return found->second;
  }
  std::uint64_t number(const char* key) const {
    const std::string& digits = text(key);
    char* end = nullptr;
    const std::uint64_t value = std::strtoull(digits.c_str(), &end, 0);
    if (digits.empty() || *end != '\0')
      throw std::runtime_error(std::string(key) + "= is no number: " + line_);
    return value;
  }

 private:
  const std::string& line_;
  std::map<std::string, std::string> values_;
};

AxiBurst parse(const Details& d) {
  const std::string& kind = d.text("kind");
  AxiBurst b;
  b.type = d.has("fixed") ? AxiBurst::Type::kFixed : AxiBurst::Type::kIncr;
  b.write = kind == "write" || kind == "lli-write-back";
  b.data = kind == "read" || kind == "write";
  b.master = static_cast<unsigned>(d.number("master"));
  b.channel = static_cast<unsigned>(d.number("ch"));
  b.address = d.number("address");
  b.bytes = static_cast<std::uint32_t>(d.number("bytes"));
  b.beats = static_cast<unsigned>(d.number("beats"));
  b.accepted = d.number("accepted");
  b.first_beat = d.number("first");
  b.last_beat = d.number("last");
  b.response = d.number("response");
  return b;
}

}  // namespace

AxiBurst axi_burst(const BurstEvent& event) {
  AxiBurst b;
  b.type = event.fixed ? AxiBurst::Type::kFixed : AxiBurst::Type::kIncr;
  b.write = event.kind == BurstKind::kWrite || event.kind == BurstKind::kDescriptorWriteBack;
  b.data = event.kind == BurstKind::kRead || event.kind == BurstKind::kWrite;
  b.master = event.master;
  b.channel = event.channel;
  b.address = event.address;
  b.bytes = event.bytes;
  b.beats = event.beats;
  b.accepted = event.accepted;
  b.first_beat = event.first_beat;
  b.last_beat = event.last_beat;
  b.response = event.response;
  return b;
}

std::map<std::string, AxiChecker> check_trace(std::istream& trace, const AxiLimits& limits) {
  std::map<std::string, AxiChecker> checkers;
  for (std::string line; std::getline(trace, line);) {
    std::istringstream words(line);
    std::string time, source, event;
    words >> time >> source >> event;
    if (event != "burst") continue;
    checkers.try_emplace(source, limits).first->second.burst(parse(Details(line, words)));
  }
  return checkers;
}

}  // namespace dmavp::tb
