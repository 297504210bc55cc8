#include "platform/report/filter.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "platform/config/problem.h"
#include "platform/config/value.h"
#include "platform/report/timeline.h"
#include "platform/report/trace.h"

namespace dmavp::platform {
namespace {

using Words = std::vector<std::string>;

Words split(const std::string& text, char separator) {
  Words words;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return words;
}

std::string join(const Words& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool holds(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

Words sources_of(const BoardDescription& board) {
  Words names;
  for (const DmacDescription& d : board.dmacs) names.push_back(d.name);
  for (const PeripheralDescription& p : board.peripherals) names.push_back(p.name);
  names.push_back(board.plic.name);
  for (std::size_t i = 0; i < board.cpus.size(); ++i) names.push_back("cpu" + std::to_string(i));
  return names;
}

/// "dma0chan3": how the framework names channels, in the order in which they were registered.
bool is_software_channel(const std::string& name) {
  const std::string digits = "0123456789";
  const std::size_t device = name.find_first_not_of(digits, 3);
  return name.rfind("dma", 0) == 0 && device != std::string::npos && device > 3 &&
         name.compare(device, 4, "chan") == 0 && device + 4 < name.size() &&
         name.find_first_not_of(digits, device + 4) == std::string::npos;
}

class Reader {
 public:
  /// Without `kinds` there are the keys source, from and to only.
  Reader(const std::string& option, const std::string& text, const BoardDescription& board, Words kinds)
      : where_(option + " \"" + text + "\": "), board_(board), kinds_(std::move(kinds)) {
    for (const std::string& part : split(text, ',')) read(part);
    if (filter_.from >= filter_.to) throw InputError(where_ + "from is not before to");
  }
  const EventFilter& filter() const { return filter_; }

 private:
  void read(const std::string& part) {
    const std::size_t equals = part.find('=');
    const std::string key = part.substr(0, equals);
    const Words known =
        !kinds_.empty() ? Words{"channel", "kind", "source", "from", "to"} : Words{"source", "from", "to"};
    if (equals == std::string::npos || !holds(known, key))
      throw InputError(where_ + "\"" + part + "\" is not one of " + join(known) + " with = and a value");
    if (holds(seen_, key))
      throw InputError(where_ + key + " is given twice (several values are joined by |)");
    seen_.push_back(key);
    const std::string value = part.substr(equals + 1);
    if (key == "from") {
      filter_.from = time(key, value);
    } else if (key == "to") {
      filter_.to = time(key, value);
    } else {
      for (const std::string& name : split(value, '|')) add(key, name);
    }
  }

  std::uint64_t time(const std::string& key, const std::string& value) const {
    const auto ps = parse_time_ps(value);
    if (!ps) throw InputError(where_ + key + "=" + value + ": not a time (12.5us)");
    return *ps;
  }

  void add(const std::string& key, const std::string& name) {
    if (key == "channel") {
      add_channel(name);
      return;
    }
    const bool kind = key == "kind";
    const Words known = kind ? kinds_ : sources_of(board_);
    if (!holds(known, name))
      throw InputError(where_ + "no " + key + " \"" + name + "\" (" + join(known) + ")");
    (kind ? filter_.kinds : filter_.sources).push_back(name);
  }

  void add_channel(const std::string& name) {
    if (is_software_channel(name)) {
      filter_.software_channels.push_back(name);
      return;
    }
    std::string known;
    for (const DmacDescription& d : board_.dmacs) {
      for (unsigned ch = 0; ch < d.parameters.num_channels; ++ch) {
        if (name != d.name + ".ch" + std::to_string(ch)) continue;
        filter_.channels.emplace_back(d.name, static_cast<int>(ch));
        return;
      }
      known += d.name + ".ch0 to " + d.name + ".ch" + std::to_string(d.parameters.num_channels - 1) + ", ";
    }
    throw InputError(where_ + "no channel \"" + name + "\" (" + known +
                     "or as software names it: dma0chan0)");
  }

  std::string where_;
  const BoardDescription& board_;
  Words kinds_;
  Words seen_;
  EventFilter filter_;
};

}  // namespace

bool EventFilter::matches(const EventKey& event) const {
  if (event.time < from || event.time >= to) return false;
  if (!kinds.empty() && !holds(kinds, event.kind)) return false;
  if (!sources.empty() && !holds(sources, event.source)) return false;
  if (channels.empty() && software_channels.empty()) return true;
  for (const auto& [source, channel] : channels) {
    if (channel == event.channel && source == event.source) return true;
  }
  return holds(software_channels, event.software);
}

unsigned EventFilter::interests(const std::string& source) const {
  if (!sources.empty() && !holds(sources, source)) return 0;
  const bool any = channels.empty() && software_channels.empty();
  const bool mine = std::any_of(channels.begin(), channels.end(),
                                [&](const auto& channel) { return channel.first == source; });
  if (!any && !mine) return 0;
  if (kinds.empty()) return kEverything;
  unsigned bits = 0;
  for (const std::string& kind : kinds) bits |= interest_of(kind);
  return bits;
}

unsigned EventFilters::interests(const std::string& source) const {
  if (filters_.empty()) return kEverything;
  unsigned bits = 0;
  for (const EventFilter& filter : filters_) bits |= filter.interests(source);
  return bits;
}

EventFilter parse_trace_filter(const std::string& option, const std::string& text,
                               const BoardDescription& board) {
  return Reader(option, text, board, event_kinds()).filter();
}

EventFilter parse_timeline_filter(const std::string& option, const std::string& text,
                                  const BoardDescription& board) {
  return Reader(option, text, board, timeline_kinds()).filter();
}

EventFilter parse_vcd_filter(const std::string& option, const std::string& text,
                             const BoardDescription& board) {
  return Reader(option, text, board, {}).filter();
}

}  // namespace dmavp::platform
