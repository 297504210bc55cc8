// What --trace-filter, --vcd-filter and --perfetto-filter select. No SystemC.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/observer.h"
#include "platform/config/board_description.h"

namespace dmavp::platform {

inline constexpr int kNoChannel = -1;

/// An event as filters see it. Text pointers are valid during the call.
struct EventKey {
  std::uint64_t time;
  const char* source;         ///< "dmac0", "cpu1"
  const char* kind;           ///< second word of its line in the trace
  int channel = kNoChannel;   ///< of the controller `source`
  const char* software = "";  ///< name of the channel to software ("dma0chan3")
};

/// One filter: what it names, an event must be; of several names in one place, one of them. Times are
/// picoseconds, and `to` is excluded.
struct EventFilter {
  std::vector<std::string> sources;
  std::vector<std::string> kinds;
  std::vector<std::pair<std::string, int>> channels;
  std::vector<std::string> software_channels;
  std::uint64_t from = 0;
  std::uint64_t to = ~std::uint64_t{0};

  bool matches(const EventKey& event) const;
  /// Kinds of events of a model that can match, as bits of Interest.
  unsigned interests(const std::string& source) const;
};

/// An event passes that matches one of the filters; all do when there is none.
class EventFilters {
 public:
  void add(EventFilter filter) { filters_.push_back(std::move(filter)); }
  bool pass(const EventKey& event) const {
    if (filters_.empty()) return true;
    for (const EventFilter& filter : filters_) {
      if (filter.matches(event)) return true;
    }
    return false;
  }
  unsigned interests(const std::string& source) const;

 private:
  std::vector<EventFilter> filters_;
};

/// Reads "channel=dmac0.ch3|dma0chan3,kind=burst|callback,source=dmac0,from=1ms,to=2ms". Throws InputError
/// naming `option` and what there is on this board.
EventFilter parse_trace_filter(const std::string& option, const std::string& text,
                               const BoardDescription& board);
/// The same with kinds of a timeline.
EventFilter parse_timeline_filter(const std::string& option, const std::string& text,
                                  const BoardDescription& board);
/// The same with the keys source, from and to.
EventFilter parse_vcd_filter(const std::string& option, const std::string& text,
                             const BoardDescription& board);

}  // namespace dmavp::platform
