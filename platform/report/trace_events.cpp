#include "platform/report/trace_events.h"

#include <algorithm>
#include <cstdio>

namespace dmavp::platform {
namespace {

constexpr std::uint64_t kPsPerUs = 1'000'000;
constexpr unsigned kPlaces = 1'000'000;  // of a process, so that thread numbers are unique

// Microseconds with all picoseconds.
std::string microseconds(std::uint64_t ps) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%llu.%06llu", static_cast<unsigned long long>(ps / kPsPerUs),
                static_cast<unsigned long long>(ps % kPsPerUs));
  return text.data();
}

/// Bytes of the character that begins at `at`; 0 if it is not one of UTF-8.
std::size_t character(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned char first = byte(0);
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xc2 ? 0
                             : first < 0xe0 ? 2
                             : first < 0xf0 ? 3
                             : first < 0xf5 ? 4
                                            : 0;
  if (length > text.size() - at) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
  }
  // Too long a form, a surrogate, or behind the last character.
  if ((first == 0xe0 && byte(1) < 0xa0) || (first == 0xed && byte(1) >= 0xa0)) return 0;
  if ((first == 0xf0 && byte(1) < 0x90) || (first == 0xf4 && byte(1) >= 0x90)) return 0;
  return length;
}

}  // namespace

std::string json_string(std::string_view text) {
  std::string quoted = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = character(text, at);
    const char c = text[at];
    if (length == 0) {
      quoted += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      quoted += {'\\', c};
    } else if (length == 1 && (c < ' ' || c == 0x7f)) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      quoted += escape.data();
    } else {
      quoted += text.substr(at, length);
    }
    at += std::max<std::size_t>(length, 1);
  }
  return quoted + '"';
}

void Arguments::key(const char* key) {
  if (!members_.empty()) members_ += ',';
  members_ += '"';
  members_ += key;
  members_ += "\":";
}

Arguments& Arguments::number(const char* name, std::uint64_t value) {
  key(name);
  members_ += std::to_string(value);
  return *this;
}

Arguments& Arguments::signed_number(const char* name, std::int64_t value) {
  key(name);
  members_ += std::to_string(value);
  return *this;
}

Arguments& Arguments::address(const char* name, std::uint64_t value) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "0x%llx", static_cast<unsigned long long>(value));
  return this->text(name, text.data());
}

Arguments& Arguments::text(const char* name, std::string_view value) {
  key(name);
  members_ += json_string(value);
  return *this;
}

// --- structure
// ----------------------------------------------------------------------------------------------

void TraceEvents::separate() {
  text_ += started_ ? ",\n" : "[\n";
  started_ = true;
}

void TraceEvents::metadata(const char* what, unsigned process, unsigned thread, const std::string& argument) {
  separate();
  text_ += "{\"ph\":\"M\",\"pid\":" + std::to_string(process);
  if (thread != 0) text_ += ",\"tid\":" + std::to_string(thread);
  text_ += std::string(",\"name\":\"") + what + "\",\"args\":{" + argument + "}}";
}

unsigned TraceEvents::add_process(const std::string& name) {
  processes_.push_back({name, false});
  return static_cast<unsigned>(processes_.size());
}

void TraceEvents::show_process(unsigned process) {
  Process& state = processes_[process - 1];
  if (state.named) return;
  state.named = true;
  metadata("process_name", process, 0, "\"name\":" + json_string(state.name));
  metadata("process_sort_index", process, 0, "\"sort_index\":" + std::to_string(process));
}

TraceEvents::Track TraceEvents::add_track(unsigned process, unsigned place, const std::string& name) {
  tracks_.push_back({process, process * kPlaces + place, name, false, {}});
  return static_cast<Track>(tracks_.size() - 1);
}

TraceEvents::Counter TraceEvents::add_counter(unsigned process, const std::string& name,
                                              const std::vector<std::string>& series) {
  counters_.push_back({process, name, series, {}, {}, 0});
  return static_cast<Counter>(counters_.size() - 1);
}

void TraceEvents::name_track(TrackState& track) {
  if (track.named) return;
  track.named = true;
  show_process(track.process);
  metadata("thread_name", track.process, track.thread, "\"name\":" + json_string(track.name));
  metadata("thread_sort_index", track.process, track.thread,
           "\"sort_index\":" + std::to_string(track.thread));
}

void TraceEvents::event(char phase, const TrackState& track, std::uint64_t time) {
  separate();
  text_ += "{\"ph\":\"";
  text_ += phase;
  text_ += "\",\"pid\":" + std::to_string(track.process) + ",\"tid\":" + std::to_string(track.thread) +
           ",\"ts\":" + microseconds(time);
}

void TraceEvents::finish_event(std::string_view name, const std::string& arguments) {
  text_ += ",\"name\":" + json_string(name);
  if (!arguments.empty()) text_ += ",\"args\":{" + arguments + "}";
  text_ += '}';
}

// --- slices
// -------------------------------------------------------------------------------------------------

/// Writes what is open and has not been written; what began before the window begins with it.
void TraceEvents::open(TrackState& track) {
  for (Slice& slice : track.open) {
    if (slice.written || !slice.visible || slice.begin >= to_) continue;
    name_track(track);
    event('B', track, std::max(slice.begin, from_));
    finish_event(slice.name, slice.arguments);
    slice.written = true;
  }
}

void TraceEvents::begin(Track track, std::uint64_t time, const std::string& name, const Arguments& arguments,
                        bool visible) {
  if (track == kHidden) return;
  tracks_[track].open.push_back({name, arguments.members(), time, visible, false});
  if (time >= from_) open(tracks_[track]);
}

void TraceEvents::end(Track track, std::uint64_t time) {
  if (track == kHidden || tracks_[track].open.empty()) return;
  TrackState& state = tracks_[track];
  if (time > from_) open(state);
  if (state.open.back().written) {
    event('E', state, std::min(time, to_));
    text_ += '}';
  }
  state.open.pop_back();
}

void TraceEvents::end_to(Track track, std::size_t depth, std::uint64_t time) {
  while (this->depth(track) > depth) end(track, time);
}

bool TraceEvents::inside_visible(Track track) const {
  if (track == kHidden) return false;
  const std::vector<Slice>& open = tracks_[track].open;
  return std::any_of(open.begin(), open.end(), [](const Slice& slice) { return slice.visible; });
}

void TraceEvents::slice(Track track, std::uint64_t from, std::uint64_t to, const std::string& name,
                        const Arguments& arguments) {
  const std::uint64_t begin = std::max(from, from_);
  const std::uint64_t end = std::min(to, to_);
  if (track == kHidden || begin >= end) return;
  name_track(tracks_[track]);
  event('X', tracks_[track], begin);
  text_ += ",\"dur\":" + microseconds(end - begin);
  finish_event(name, arguments.members());
}

void TraceEvents::instant(Track track, std::uint64_t time, const std::string& name,
                          const Arguments& arguments) {
  if (!shown(track, time)) return;
  name_track(tracks_[track]);
  event('i', tracks_[track], time);
  text_ += ",\"s\":\"t\"";
  finish_event(name, arguments.members());
}

bool TraceEvents::flow(Flow phase, std::uint64_t id, Track track, std::uint64_t time) {
  if (!shown(track, time)) return false;
  event(static_cast<char>(phase), tracks_[track], time);
  text_ += ",\"cat\":\"dma\",\"id\":" + std::to_string(id);
  if (phase == Flow::kEnd) text_ += ",\"bp\":\"e\"";  // binds to the enclosing slice, not to the next one
  finish_event("descriptor", "");
  return true;
}

// --- counters
// -----------------------------------------------------------------------------------------------

void TraceEvents::count(Counter counter, std::uint64_t time, std::size_t series, std::uint64_t value) {
  CounterState& state = counters_[counter];
  const std::uint64_t at = std::max(time, from_);
  if (at > state.time) write_counter(state);
  state.time = at;
  state.value[series] = value;
}

void TraceEvents::write_counter(CounterState& counter) {
  if (counter.time >= to_ || counter.value == counter.written) return;  // zero before the first
  counter.written = counter.value;
  show_process(counter.process);
  separate();
  text_ += "{\"ph\":\"C\",\"pid\":" + std::to_string(counter.process) +
           ",\"ts\":" + microseconds(counter.time) + ",\"name\":" + json_string(counter.name) + ",\"args\":{";
  for (std::size_t i = 0; i < counter.series.size(); ++i) {
    if (i != 0) text_ += ',';
    text_ += json_string(counter.series[i]) + ':' + std::to_string(counter.value[i]);
  }
  text_ += "}}";
}

// --- the file
// -----------------------------------------------------------------------------------------------

void TraceEvents::close(std::uint64_t end) {
  to_ = std::min(to_, end + 1);
  for (Track track = 0; track < tracks_.size(); ++track) end_to(track, 0, std::min(to_, end));
  for (CounterState& counter : counters_) write_counter(counter);
}

void TraceEvents::write(std::ostream& out) {
  out.write(text_.data(), static_cast<std::streamsize>(text_.size()));
  out.flush();
  text_.clear();
}

void TraceEvents::finish(std::ostream& out) {
  text_ += started_ ? "\n]\n" : "[]\n";
  write(out);
}

}  // namespace dmavp::platform
