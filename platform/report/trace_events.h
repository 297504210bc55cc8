// Trace Event JSON in its array form, as ui.perfetto.dev and chrome://tracing load it.
#pragma once

#include <array>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace dmavp::platform {

/// What an event says about itself, as members of a JSON object.
class Arguments {
 public:
  Arguments& number(const char* key, std::uint64_t value);
  Arguments& signed_number(const char* key, std::int64_t value);
  Arguments& address(const char* key, std::uint64_t value);  ///< hexadecimal, a text
  Arguments& text(const char* key, std::string_view value);
  bool empty() const { return members_.empty(); }
  const std::string& members() const { return members_; }

 private:
  void key(const char* key);
  std::string members_;
};

/// `text` as a JSON string with its quotes; what is not UTF-8 becomes replacement characters.
std::string json_string(std::string_view text);

/// Writes events as they come and keeps only the slices that are open and the latest value of each counter.
/// Times are picoseconds. On one track slices begin and end in order of time and nest; tracks may be written
/// in any order: who loads the file sorts by time, and keeps the order of the file at equal times.
class TraceEvents {
 public:
  using Track = unsigned;
  using Counter = unsigned;
  static constexpr Track kHidden = ~0u;  ///< a track of which nothing is shown

  /// Slices are cut to [from, to); nothing else outside of it is written.
  TraceEvents(std::uint64_t from, std::uint64_t to) : from_(from), to_(to) {}

  /// A heading for tracks and counters, shown in the order in which they are added. Not shown without an
  /// event, unless show_process() asks for it.
  unsigned add_process(const std::string& name);
  void show_process(unsigned process);
  /// Tracks of a process are shown in the order of `place` (below 1000000, one track each); one without an
  /// event is not shown.
  Track add_track(unsigned process, unsigned place, const std::string& name);
  /// Of one or two series.
  Counter add_counter(unsigned process, const std::string& name, const std::vector<std::string>& series);

  /// One that is not `visible` counts in depth() and is not written.
  void begin(Track track, std::uint64_t time, const std::string& name, const Arguments& arguments = {},
             bool visible = true);
  /// Ends what began last. Nothing open: no effect.
  void end(Track track, std::uint64_t time);
  /// Ends the innermost until `depth` are open.
  void end_to(Track track, std::size_t depth, std::uint64_t time);
  std::size_t depth(Track track) const { return track == kHidden ? 0 : tracks_[track].open.size(); }
  bool inside_visible(Track track) const;  ///< of an open slice
  /// A slice that does not share its track with others of its time.
  void slice(Track track, std::uint64_t from, std::uint64_t to, const std::string& name,
             const Arguments& arguments = {});
  void instant(Track track, std::uint64_t time, const std::string& name, const Arguments& arguments = {});

  /// Series `series` has this value from `time` on. Times do not fall.
  void count(Counter counter, std::uint64_t time, std::size_t series, std::uint64_t value);

  enum class Flow : char { kStart = 's', kStep = 't', kEnd = 'f' };
  /// A point of an arrow, in the slice that is open at `time`. False if it is not shown.
  bool flow(Flow phase, std::uint64_t id, Track track, std::uint64_t time);
  /// What flow() would return.
  bool shown(Track track, std::uint64_t time) const {
    return track != kHidden && time >= from_ && time < to_;
  }

  std::uint64_t from() const { return from_; }
  std::uint64_t to() const { return to_; }

  /// Cuts what is still open at `end` and writes pending counters.
  void close(std::uint64_t end);
  /// Moves what has been written to `out`, whole events only: the file can be loaded after each call.
  void write(std::ostream& out);
  /// The end of the file; after close() and write().
  void finish(std::ostream& out);
  std::size_t buffered() const { return text_.size(); }  ///< bytes

 private:
  struct Slice {
    std::string name, arguments;
    std::uint64_t begin;
    bool visible;
    bool written;
  };
  struct Process {
    std::string name;
    bool named;
  };
  struct TrackState {
    unsigned process, thread;
    std::string name;
    bool named = false;
    std::vector<Slice> open;
  };
  struct CounterState {
    unsigned process;
    std::string name;
    std::vector<std::string> series;
    std::array<std::uint64_t, 2> value{}, written{};
    std::uint64_t time = 0;
  };

  void event(char phase, const TrackState& track, std::uint64_t time);
  void finish_event(std::string_view name, const std::string& arguments);
  void open(TrackState& track);
  void name_track(TrackState& track);
  void metadata(const char* what, unsigned process, unsigned thread, const std::string& argument);
  void write_counter(CounterState& counter);
  void separate();

  const std::uint64_t from_;
  std::uint64_t to_;
  std::vector<Process> processes_;
  std::vector<TrackState> tracks_;
  std::vector<CounterState> counters_;
  std::string text_;
  bool started_ = false;
};

}  // namespace dmavp::platform
