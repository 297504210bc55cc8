#include "platform/timeline_reader.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace dmavp::test {
namespace {

namespace json = boost::json;

std::uint64_t picoseconds(const json::value& us) {
  return static_cast<std::uint64_t>(std::llround(us.to_number<double>() * 1e6));
}

class Reader {
 public:
  TimelineFile read(std::string text, bool whole) {
    if (!whole) text += "\n]";
    std::vector<json::object> events;
    json::value file = json::parse(text);
    for (json::value& event : file.as_array()) {
      events.push_back(std::move(event.as_object()));
      if (events.back().at("ph").as_string() == "M") name(events.back());
    }
    const auto time = [](const json::object& e) { return e.contains("ts") ? picoseconds(e.at("ts")) : 0; };
    std::stable_sort(events.begin(), events.end(),
                     [&](const json::object& a, const json::object& b) { return time(a) < time(b); });
    for (const json::object& e : events) {
      now_ = time(e);
      event(e, std::string(e.at("ph").as_string()));
    }
    for (const auto& [track, open] : open_) {
      if (!open.empty() && whole) problem(track + ": " + open.back().name + " never ends");
    }
    for (auto& [track, state] : file_.tracks) close(track, state);
    for (const auto& [id, flow] : file_.flows) look_at(id, flow, whole);
    return std::move(file_);
  }

 private:
  void problem(const std::string& text) {
    if (file_.problems.size() < 100) file_.problems.push_back("at " + std::to_string(now_) + " ps: " + text);
  }

  void name(const json::object& e) {
    const std::uint64_t process = e.at("pid").to_number<std::uint64_t>();
    const std::string what(e.at("name").as_string());
    if (what == "process_name") {
      processes_[process] = std::string(e.at("args").at("name").as_string());
    } else if (what == "thread_name") {
      const auto key = e.at("tid").to_number<std::uint64_t>();
      if (!threads_.emplace(key, std::string(e.at("args").at("name").as_string())).second)
        problem("two names of a track");
    }
  }

  std::string process_of(const json::object& e) {
    const auto process = processes_.find(e.at("pid").to_number<std::uint64_t>());
    if (process == processes_.end()) problem("a process without name");
    return process == processes_.end() ? "?" : process->second;
  }
  std::string track_of(const json::object& e) {
    const auto thread = threads_.find(e.at("tid").to_number<std::uint64_t>());
    if (thread == threads_.end()) problem("a track without name");
    return process_of(e) + "/" + (thread == threads_.end() ? "?" : thread->second);
  }
  static json::object args_of(const json::object& e) {
    return e.contains("args") ? e.at("args").as_object() : json::object{};
  }

  void event(const json::object& e, const std::string& phase) {
    if (phase == "M") return;
    if (phase == "C") {
      for (const auto& series : e.at("args").as_object()) {
        auto& values = file_.counters[process_of(e) + "/" + std::string(e.at("name").as_string()) + "/" +
                                      std::string(series.key())];
        if (!values.empty() && values.rbegin()->first == now_) problem("two values of a counter at one time");
        values[now_] = series.value().to_number<std::uint64_t>();
      }
      return;
    }
    const std::string track = track_of(e);
    std::vector<TimelineSlice>& open = open_[track];
    if (phase == "B" || phase == "X") {
      TimelineSlice slice{now_, ~std::uint64_t{0}, std::string(e.at("name").as_string()), args_of(e), 0};
      if (phase == "X") {
        slice.to = now_ + picoseconds(e.at("dur"));
        std::uint64_t& last = last_end_[track];
        if (!open.empty() || now_ < last) problem(track + ": " + slice.name + " overlaps");
        last = slice.to;
        file_.tracks[track].slices.push_back(slice);
      } else {
        slice.depth = static_cast<unsigned>(open.size());
        open.push_back(slice);
      }
    } else if (phase == "E") {
      if (open.empty()) return problem(track + ": an end without a begin");
      open.back().to = now_;
      file_.tracks[track].slices.push_back(open.back());
      open.pop_back();
    } else if (phase == "i") {
      file_.tracks[track].instants.push_back({now_, std::string(e.at("name").as_string()), args_of(e)});
    } else if (phase == "s" || phase == "t" || phase == "f") {
      if (phase == "f" && e.at("bp").as_string() != "e")
        problem("an end of an arrow that binds to the next slice");
      file_.flows[e.at("id").to_number<std::uint64_t>()].points.push_back({phase[0], now_, track, ""});
    } else {
      problem("unknown phase " + phase);
    }
  }

  void close(const std::string& name, TimelineTrack& track) {
    for (TimelineSlice& slice : open_[name]) track.slices.push_back(slice);
    std::stable_sort(track.slices.begin(), track.slices.end(),
                     [](const TimelineSlice& a, const TimelineSlice& b) {
                       return a.from != b.from ? a.from < b.from : a.depth < b.depth;
                     });
  }

  void look_at(std::uint64_t id, const TimelineFlow& flow, bool whole) {
    const std::string title = "arrow " + std::to_string(id);
    for (std::size_t i = 0; i < flow.points.size(); ++i) {
      auto& point = file_.flows[id].points[i];
      const bool last = i + 1 == flow.points.size();
      if (whole && point.phase != (i == 0 ? 's' : last ? 'f' : 't'))
        problem(title + ": phase " + point.phase + " at place " + std::to_string(i));
      const TimelineSlice* inner = nullptr;
      const std::vector<TimelineSlice>& slices = file_.tracks[point.track].slices;
      auto slice = std::upper_bound(slices.begin(), slices.end(), point.time,
                                    [](std::uint64_t time, const TimelineSlice& s) { return time < s.from; });
      for (; slice != slices.begin() && inner == nullptr;) {
        --slice;
        if (slice->to >= point.time) inner = &*slice;
        if (slice->depth == 0 && slice->to < point.time) break;
      }
      if (inner == nullptr) {
        problem(title + ": no slice of " + point.track + " at " + std::to_string(point.time));
      } else {
        point.slice = inner->name;
      }
    }
    if (whole && flow.points.size() < 2) problem(title + " has one end");
  }

  TimelineFile file_;
  std::uint64_t now_ = 0;
  std::map<std::uint64_t, std::string> processes_, threads_;
  std::map<std::string, std::vector<TimelineSlice>> open_;
  std::map<std::string, std::uint64_t> last_end_;
};

}  // namespace

std::vector<TimelineSlice> TimelineFile::of(const std::string& part) const {
  std::vector<TimelineSlice> found;
  for (const auto& [path, track] : tracks) {
    if (path.find(part) != std::string::npos)
      found.insert(found.end(), track.slices.begin(), track.slices.end());
  }
  return found;
}

TimelineFile read_timeline(const std::string& text, bool whole) { return Reader().read(text, whole); }

}  // namespace dmavp::test
